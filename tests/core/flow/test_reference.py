"""The reference kernel against calculations that know nothing of layouts: a greedy rule and small sums."""

from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.core.errors import SolutionError
from mirab.core.flow import reference
from mirab.core.flow.model import Kernel
from mirab.core.flow.run import Run
from mirab.core.network import Network, Zone

APRIL = dekads(date(2023, 4, 1), 1)
KERNELS: tuple[Kernel, ...] = ("reference", "simplex", "claims")


def convergent(rng: np.random.Generator) -> Network:
    """A tree with losses; claims, one in-stream flow and two-zone stores, each with a priority of its own."""
    network = Network("tree", states=("AAA",))
    network.boundary("n0")
    ranks = iter(int(rank) + 1 for rank in rng.permutation(40))
    count = int(rng.integers(4, 9))
    for i in range(1, count):
        if rng.random() < 0.4:
            zones = [Zone(40.0, next(ranks)), Zone(100.0, next(ranks))]
            network.store(f"n{i}", full_mcm=100.0, start_mcm=float(rng.uniform(0, 100)), zones=zones)
        else:
            network.node(f"n{i}")
        network.reach(f"n{i}", f"n{rng.integers(0, i)}", loss=float(rng.choice([0.0, 0.1, 0.3])))
    for i in range(2):
        network.source(f"s{i}", into=f"n{rng.integers(1, count)}")
    for i in range(int(rng.integers(2, 7))):
        place, demand = f"n{rng.integers(1, count)}", float(rng.exponential(20.0))
        network.claim(f"c{i}", at=place, demand=demand, priority=next(ranks))
    kept = str(rng.choice([reach for reach in network.reaches if not reach.startswith("s")]))
    network.instream("kept", reach=kept, flow=float(rng.exponential(15.0)), priority=next(ranks))
    return network


def path(network: Network, node: str) -> list[tuple[str, float]]:
    """Nodes below, each with the part of a unit at `node` that leaves it."""
    ways = {reach.tail: reach for reach in network.reaches.values()}
    found, gain = [(node, 1.0)], 1.0
    while node in ways and ways[node].head != "n0":
        gain *= 1.0 - ways[node].loss
        node = ways[node].head
        found.append((node, gain))
    return found


def wishes(network: Network, length: float) -> list[tuple[int, str, str, float, bool]]:
    """(priority, id, node, amount in m3/s, whether it only passes), senior first."""
    found = [(c.priority, c.id, c.node, float(np.max(c.demand_m3s)), False) for c in network.claims.values()]
    for store in network.stores.values():
        # A zone asks for all water up to its top: who is served first holds what lies below it, too.
        reached = 0.0
        for zone in sorted(store.zones, key=lambda zone: zone.priority):
            top = max(float(np.max(zone.top_mcm)) / length, reached)
            found.append((zone.priority, store.id, store.id, top - reached, False))
            reached = top
    for kept in network.instreams.values():
        reach = network.reaches[kept.reach]
        found.append((kept.priority, kept.id, reach.tail, float(np.max(kept.flow_m3s)), True))
    return sorted(found)


def greedy(network: Network, inflow: dict[str, float]) -> dict[str, float]:
    """Each request in turn takes what every place below can spare: exact where water has only one way."""
    length = float(APRIL.mcm_per_m3s[0])
    heads = {reach.tail: reach.head for reach in network.reaches.values()}
    waters = [(heads[source], amount) for source, amount in inflow.items()]
    waters += [(store.id, store.start_mcm / length) for store in network.stores.values()]
    spare: dict[str, float] = {}
    for place, amount in waters:
        for node, gain in path(network, place):
            spare[node] = spare.get(node, 0.0) + gain * amount
    got: dict[str, float] = {}
    for _, id, node, amount, passes in wishes(network, length):
        below = [(node, 1.0)] if passes else path(network, node)
        part = max(min([amount, *(spare.get(place, 0.0) / gain for place, gain in below)]), 0.0)
        for place, gain in below:
            spare[place] = spare.get(place, 0.0) - gain * part
        got[id] = got.get(id, 0.0) + part
    return got


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("first", range(0, 60, 20))
def test_on_a_tree_all_kernels_give_what_the_greedy_rule_gives(kernel: Kernel, first: int) -> None:
    for seed in range(first, first + 20):
        rng = np.random.default_rng(seed)
        network = convergent(rng)
        amounts = rng.exponential(25.0, 2)
        inflow = Ensemble.of("inflow", "m3/s", ("s0", "s1"), APRIL, amounts.reshape(1, 1, 2))
        run = network.compile().simulate(inflow, kernel=kernel, threads=1)
        expected = greedy(network, {"s0": float(amounts[0]), "s1": float(amounts[1])})
        for claim in network.claims:
            assert run.delivered[claim][0, 0] == pytest.approx(expected[claim], abs=2e-7), (seed, claim)
        for store in network.stores:
            held = run.volume[store][0, 0] / APRIL.mcm_per_m3s[0]
            assert held == pytest.approx(expected[store], abs=2e-7), (seed, store)


def shared_water(estate: float, kernel: Kernel) -> list[float]:
    """Three claims of 100, 200 and 300 at one place and priority, on an estate in m3/s."""
    network = Network("estate", states=("AAA",))
    network.boundary("sea")
    network.node("head")
    network.source("estate", into="head")
    network.reach("head", "sea")
    for demand in (100.0, 200.0, 300.0):
        network.claim(f"c{demand:.0f}", at="head", demand=demand, priority=1)
    inflow = Ensemble.of("inflow", "m3/s", ("estate",), APRIL, np.full((1, 1, 1), estate))
    run: Run = network.compile().simulate(inflow, kernel=kernel)
    return [float(run.delivered[claim][0, 0]) for claim in network.claims]


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("estate", [60.0, 300.0, 600.0, 900.0])
def test_one_priority_and_place_share_in_proportion_to_demand(kernel: Kernel, estate: float) -> None:
    part = min(estate / 600.0, 1.0)
    assert shared_water(estate, kernel) == pytest.approx([100 * part, 200 * part, 300 * part], abs=1e-7)


def test_an_empty_programme_says_what_to_check() -> None:
    one = np.ones(1)
    with pytest.raises(SolutionError, match="no feasible point; check for capacities without excess_to"):
        reference.solve(one, np.ones((1, 1)), (2 * one, 2 * one), (0 * one, one))


def test_a_programme_gives_value_and_duals() -> None:
    """Cheapest way to bring 3 by a column of cost 1 that carries 2, and one of cost 5."""
    bounds = np.zeros(2), np.array([2.0, np.inf])
    row = np.array([3.0])
    found = reference.solve(np.array([1.0, 5.0]), np.ones((1, 2)), (row, row), bounds)
    assert found.value == pytest.approx(7.0)
    assert found.at == pytest.approx([2.0, 1.0])
    assert found.row_dual == pytest.approx([5.0])
    assert found.column_dual == pytest.approx([-4.0, 0.0])
