"""K2 allocates as the definition does: the reference kernel solves that definition by exact programmes."""

import hashlib
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from random_networks import compare_with_reference, random_case

from mirab.core import compiling
from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.core.flow.balance import scale
from mirab.core.flow.kernels import filling, lanes, stepping
from mirab.core.flow.model import Model
from mirab.core.flow.work import Kernel
from mirab.core.network import Network

CASES = 300
QUICK = 30
BATCH = 30


def test_k2_equals_the_reference_on_random_networks() -> None:
    compare_with_reference(range(QUICK), "simplex")


def test_a_basis_of_unlike_sizes_is_not_called_infeasible_for_a_rounding() -> None:
    """Network 2654 has entries of the tableau of 4,400: a bound is missed by 1.3e-9 that none can mend."""
    model, inflow = random_case(2654, members=8, steps=6)
    run = model.simulate(inflow, kernel="simplex", threads=1)
    assert np.abs(run.balance()).max() <= 1e-9 * scale(run)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(QUICK, QUICK + CASES, BATCH))
def test_k2_equals_the_reference_on_300_more_random_networks(first: int) -> None:
    compare_with_reference(range(first, first + BATCH), "simplex")


def crossing() -> Network:
    """Two rivers that meet; claims of one priority on each and below."""
    network = Network("crossing", states=("AAA",))
    network.boundary("sea")
    network.node("meeting")
    network.reach("meeting", "sea")
    for name in ("rich", "poor"):
        network.node(name)
        network.source(f"{name}_spring", into=name)
        network.reach(name, "meeting")
        network.claim(name, at=name, demand=40.0, priority=1)
    network.claim("below", at="meeting", demand=40.0, priority=1)
    return network


# Fractions of (rich, poor, below): what each river and both together can give.
SHARED = [
    ((90.0, 10.0), (1.0, 0.25, 1.0)),
    ((10.0, 90.0), (0.25, 1.0, 1.0)),
    ((40.0, 40.0), (2 / 3, 2 / 3, 2 / 3)),
    ((50.0, 10.0), (0.625, 0.25, 0.625)),
    ((10.0, 50.0), (0.25, 0.625, 0.625)),
    ((0.0, 0.0), (0.0, 0.0, 0.0)),
    ((80.0, 80.0), (1.0, 1.0, 1.0)),
]


@pytest.mark.parametrize("kernel", ["simplex", "claims"])
def test_groups_of_one_priority_part_and_join_as_rivers_change_places(kernel: Kernel) -> None:
    """Each step begins with the groups of the step before, which are the wrong ones."""
    for order in (SHARED, SHARED[::-1], SHARED[::2] + SHARED[1::2]):
        axis = dekads(date(2023, 4, 1), len(order))
        values = np.array([springs for springs, _ in order])[None]
        inflow = Ensemble.of("inflow", "m3/s", ("rich_spring", "poor_spring"), axis, values)
        run = crossing().compile().simulate(inflow, kernel=kernel, threads=1)
        found = np.stack([run.delivered[name][:, 0] / 40.0 for name in ("rich", "poor", "below")], axis=1)
        assert found == pytest.approx(np.array([fractions for _, fractions in order]), abs=1e-9)


def test_random_networks_hold_every_structure_that_is_claimed() -> None:
    models = [random_case(seed)[0] for seed in range(QUICK)]
    assert {feature for model in models for feature in features(model)} == FEATURES


FEATURES = {
    "lag", "capacity", "excess elsewhere", "several ways", "return", "equal priorities",
    "instream", "cap", "quota", "evaporation", "zones by month", "two components", "circle",
}  # fmt: skip


def features(model: Model) -> set[str]:
    network = model.network
    reaches, claims, stores = (
        list(parts.values()) for parts in (network.reaches, network.claims, network.stores)
    )
    tails = [reach.tail for reach in reaches]
    priorities = [claim.priority for claim in claims]
    found = {
        "lag": any(reach.lag for reach in reaches),
        "capacity": any(reach.capacity_m3s for reach in reaches),
        "excess elsewhere": any(reach.excess_to not in (None, reach.head) for reach in reaches),
        "several ways": len(set(tails)) < len(tails),
        "return": any(claim.return_node for claim in claims),
        "equal priorities": len(set(priorities)) < len(priorities),
        "instream": bool(network.instreams),
        "cap": bool(network.caps),
        "quota": bool(network.quotas),
        "evaporation": any(store.evaporation_mm for store in stores),
        "zones by month": any(isinstance(zone.top_mcm, tuple) for store in stores for zone in store.zones),
        "two components": len(model.layouts) > 1,
        "circle": any(reach.id.startswith("pump") for reach in reaches),
    }
    return {name for name, present in found.items() if present}


def test_compiled_kernels_are_cached_by_the_state_of_all_their_sources() -> None:
    """A cached function would else go on with an old version of one that it calls from another file."""
    folder = Path(filling.__file__).parent
    sources = [*sorted(folder.glob("*.py")), Path(compiling.__file__)]
    text = b"".join(path.read_bytes() for path in sources)
    state = f"flow-kernels-{hashlib.sha256(text).hexdigest()[:12]}"
    kernels = (filling.allocate, stepping.run_step, stepping.run_blocks, lanes.run_claims)
    assert {state in kernel.stats.cache_path for kernel in kernels} == {True}
