"""K1 allocates as the definition does, and as K2 does, on every structure; equal shares worked by hand."""

from datetime import date

import numpy as np
import pytest
from random_networks import COMPARED, compare_with_reference, random_case

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.core.flow.model import Model
from mirab.core.flow.packing import Packing
from mirab.core.flow.work import Kernel
from mirab.core.network import Curve, Network, Zone

CASES, QUICK, BATCH = 300, 30, 30
KERNELS: tuple[Kernel, Kernel] = ("claims", "simplex")


def test_k1_equals_the_reference_on_random_networks() -> None:
    compare_with_reference(range(QUICK), "claims")


@pytest.mark.slow
@pytest.mark.parametrize("first", range(QUICK, QUICK + CASES, BATCH))
def test_k1_equals_the_reference_on_300_more_random_networks(first: int) -> None:
    compare_with_reference(range(first, first + BATCH), "claims")


def compare_with_k2(seeds: range) -> None:
    """Over 36 steps with storage, flows included: unclaimed water takes the same ways."""
    for seed in seeds:
        model, inflow = random_case(seed, members=9, steps=36)
        ours, theirs = (model.simulate(inflow, kernel=kernel, threads=1) for kernel in KERNELS)
        for name in (*COMPARED, "flow"):
            difference = np.abs(getattr(ours, name).lanes - getattr(theirs, name).lanes).max(initial=0.0)
            assert difference <= 1e-6, (seed, name, difference)
        assert np.abs(ours.end.under_way_mcm - theirs.end.under_way_mcm).max(initial=0.0) <= 1e-6


def test_k1_equals_k2_over_36_steps() -> None:
    compare_with_k2(range(2_000, 2_000 + QUICK))


@pytest.mark.slow
def test_k1_equals_k2_over_36_steps_on_300_more_networks() -> None:
    compare_with_k2(range(3_000, 3_000 + CASES))


def test_random_networks_are_carried_by_claims_in_every_way_that_is_claimed() -> None:
    """Trees, folded side links, proved capacities and returns; and some member-steps need the simplex."""
    cases = [random_case(seed, members=8, steps=6) for seed in range(QUICK)]
    packings = [packing for model, _ in cases for packing in model.packings]
    assert all(isinstance(packing, Packing) for packing in packings)
    told = " ".join(choice.why for model, _ in cases for choice in model.describe())
    for part in ("side links folded", "capacities proved", "returns proved"):
        assert part in told
    repaired = [model.simulate(inflow, threads=1).repaired for model, inflow in cases]
    assert 0 in repaired
    assert max(repaired) > 0


def one_river(*claims: tuple[float, int], at: str = "low") -> Network:
    """A source into `top`, a reach to `low`, a reach to the sea; claims (demand, priority)."""
    network = Network("river", states=("AAA",))
    network.boundary("sea")
    network.node("top")
    network.node("low")
    network.source("spring", into="top")
    network.reach("top", "low")
    network.reach("low", "sea")
    for i, (demand, priority) in enumerate(claims):
        network.claim(f"c{i}", at=at, demand=demand, priority=priority)
    return network


def delivered(model: Model, *springs: float) -> list[list[float]]:
    """What each claim gets, by member; each member has its own spring."""
    values = np.array(springs).reshape(len(springs), 1, 1)
    inflow = Ensemble.of("inflow", "m3/s", ("spring",), dekads(date(2023, 4, 1), 1), values)
    run = model.simulate(inflow, kernel="claims")
    return [[float(run.delivered[c][0, m]) for c in run.delivered.items] for m in range(len(springs))]


def test_each_member_in_a_lane_has_its_own_shortage() -> None:
    model = one_river((20.0, 2), (30.0, 1), (50.0, 2)).compile()
    expected = [[0, 10, 0], [10, 30, 25], [20, 30, 50]]
    for got, wanted in zip(delivered(model, 10.0, 65.0, 500.0), expected, strict=True):
        assert got == pytest.approx(wanted)


def test_who_meets_a_full_cap_stops_and_the_others_go_on() -> None:
    network = one_river((20.0, 1), (20.0, 1), (40.0, 1))
    network.cap("canal", claims=["c0"], flow=4.0)
    assert delivered(network.compile(), 34.0)[0] == pytest.approx([4.0, 10.0, 20.0])


def test_what_a_senior_returns_helps_a_junior_by_as_much_as_it_is() -> None:
    """The return reaches a tributary that its water did not come from; nothing has to be served again."""
    network = one_river()
    network.node("side")
    network.source("brook", into="side")
    network.reach("side", "low")
    network.claim("upper", at="top", demand=10.0, priority=1, returns=("side", 0.5))
    network.claim("beside", at="side", demand=8.0, priority=2)
    values = np.array([[[20.0, 1.0]], [[4.0, 1.0]]])
    axis = dekads(date(2023, 4, 1), 1)
    run = network.compile().simulate(Ensemble.of("inflow", "m3/s", ("spring", "brook"), axis, values))
    assert run.delivered["beside"][0] == pytest.approx([6.0, 3.0])
    assert run.repaired == 0


def test_evaporation_is_corrected_at_the_mean_volume_in_every_lane() -> None:
    network = one_river()
    curve = Curve((0.0, 500.0), (5.0, 60.0))
    network.store(
        "lake", full_mcm=500.0, start_mcm=100.0, zones=[Zone(500.0, 1)], curve=curve, evaporation_mm=180.0
    )
    network.reach("lake", "low")
    axis = dekads(date(2023, 6, 1), 1)
    values = np.zeros((3, 1, 1))
    starts = np.array([6.0, 100.0, 480.0])
    run = network.compile().simulate(
        Ensemble.of("inflow", "m3/s", ("spring",), axis, values), start={"lake": starts}, kernel="claims"
    )
    lost = run.evaporated["lake"][0] * axis.mcm_per_m3s[0]
    first = np.interp(starts, curve.volume_mcm, curve.area_km2) * 0.18 * 10 / 30
    corrected = np.interp(starts - first / 2, curve.volume_mcm, curve.area_km2) * 0.18 * 10 / 30
    assert lost == pytest.approx(corrected)


@pytest.mark.parametrize("seed", range(6))
def test_the_area_of_each_lane_is_read_from_a_curve_of_any_number_of_points(seed: int) -> None:
    """Volumes on the points, between them and beyond the last one; two curves that differ in length."""
    rng = np.random.default_rng(seed)
    network, axis, starts, areas = one_river(), dekads(date(2023, 6, 1), 1), {}, {}
    for lake, points in (("lake", 2 + seed), ("pond", 3)):
        volume = np.cumsum(rng.uniform(5.0, 60.0, points))
        curve = Curve((0.0, *volume), (1.0, *(1.0 + np.cumsum(rng.uniform(0.0, 8.0, points)))))
        full = float(volume[-1]) + 20.0
        network.store(
            lake, full_mcm=full, start_mcm=full, zones=[Zone(full, 1)], curve=curve, evaporation_mm=90.0
        )
        network.reach(lake, "low")
        starts[lake] = np.concatenate([volume, rng.uniform(20.0, full, 12)])[:12]
        areas[lake] = curve
    inflow = Ensemble.of("inflow", "m3/s", ("spring",), axis, np.zeros((12, 1, 1)))
    run = network.compile().simulate(inflow, start=starts, kernel="claims")
    for lake, curve in areas.items():
        volume = starts[lake]
        for _ in range(2):
            lost = np.interp(volume, curve.volume_mcm, curve.area_km2) * 0.09 * 10 / 30
            volume = starts[lake] - lost / 2
        assert run.evaporated[lake][0] * axis.mcm_per_m3s[0] == pytest.approx(lost, rel=1e-9)
