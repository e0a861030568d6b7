"""What a chunk of claims writes directly is what is taken and summed up from the results of all items."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest
from random_networks import random_case

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.core.flow import direct
from mirab.core.flow.model import Model
from mirab.core.flow.run import Run
from mirab.core.flow.work import Work
from mirab.core.network import Curve, Network, Zone

NAMES = ("flow", "volume", "delivered", "evaporated", "energy")
SUMS = ("total", "least", "most", "short")


def powered(members: int) -> tuple[Model, Ensemble]:
    """Two plants, one below a lake with a curve of its head, one on a reach that carries a source alone."""
    network = Network("powered", states=("AAA",))
    network.boundary("sea")
    curve = Curve((0.0, 200.0), (5.0, 20.0), (30.0, 60.0))
    network.store(
        "lake", full_mcm=200.0, start_mcm=50.0, zones=[Zone(200.0, 3)], evaporation_mm=30.0, curve=curve
    )
    network.source("spring", into="lake", state="AAA")
    network.reach("lake", "sea")
    network.claim("town", at="lake", demand=15.0, priority=1)
    network.turbine("upper", reach="spring__lake", max_flow_m3s=30.0, installed_mw=9.0, head_m=60.0)
    network.turbine("lower", reach="lake__sea", max_flow_m3s=50.0, installed_mw=40.0, store="lake")
    values = np.random.default_rng(members).exponential(25.0, (members, 6, 1))
    return network.compile(), Ensemble.of("inflow", "m3/s", ["spring"], dekads(date(2023, 4, 1), 6), values)


def every_second(model: Model, driven: Ensemble) -> dict[str, tuple[str, ...]]:
    """Every second item of all that a run gives, so that numbers change."""
    run = model.simulate(driven.steps(0, 1))
    return {name: getattr(run, name).items[::2] for name in NAMES}


def without_end(runs: list[Run]) -> list[list[Any]]:
    """All that runs keep and sum up, as arrays."""
    kept = [[getattr(run, name).lanes for name in NAMES] for run in runs]
    sums = [[getattr(one, name) for one in run.summary.values() for name in SUMS] for run in runs]
    ends = [list(vars(run.end).values()) for run in runs]
    return [[*a, *b, *c] for a, b, c in zip(kept, sums, ends, strict=True)]


def both_ways(
    model: Model, driven: Ensemble, monkeypatch: pytest.MonkeyPatch, refuse: Callable[[], None]
) -> tuple[list[Any], list[Any]]:
    """A run with chunks that write directly, and one in which `refuse` has kept them from it."""
    keep = every_second(model, driven)
    first = model.simulate(driven, keep=keep, threads=1)
    refuse()
    second = model.simulate(driven, keep=keep, threads=1)
    monkeypatch.undo()
    one, other = without_end([first, second])
    return one, other


@pytest.mark.parametrize("seed", range(12))
def test_networks_with_every_feature_keep_and_sum_up_the_same_both_ways(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, driven = random_case(seed, members=(1, 9, 130)[seed % 3], steps=5)
    one, other = both_ways(model, driven, monkeypatch, lambda: monkeypatch.setattr(Work, "is_direct", False))
    assert len(one) == len(other) > len(NAMES)
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_energy_is_made_of_flows_and_volumes_in_double_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = both_ways(*powered(130), monkeypatch, lambda: monkeypatch.setattr(Work, "is_direct", False))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_a_chunk_with_a_member_that_is_not_settled_is_run_the_other_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The kernel gives up after it has written all."""
    run_claims, asked = direct.run_claims, []

    def gives_up(*arguments: Any) -> tuple[int, int, int, int]:
        run_claims(*arguments)
        asked.append(1)
        return 0, 0, 3, 1

    one, other = both_ways(
        *powered(130), monkeypatch, lambda: monkeypatch.setattr(direct, "run_claims", gives_up)
    )
    assert len(asked) == 2
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
