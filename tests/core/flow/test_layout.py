"""A component's columns and rows: what is folded, what ties, what a lag asks for."""

import numpy as np
import pytest
from random_networks import random_case

from mirab.core.flow.layout import EVAPORATION_PRIORITY, all_reaches, components, lay_out, uses_beyond
from mirab.core.network import Network, Zone


def cascade() -> Network:
    network = Network("cascade", states=("AAA",))
    network.boundary("sea")
    network.store("dam", full_mcm=100.0, start_mcm=50.0, zones=[Zone(100.0, 6)])
    network.node("bend")
    network.node("town")
    network.source("spring", into="dam")
    network.reach("dam", "bend", lag=1, loss=0.2)
    network.reach("bend", "town", lag=2, loss=0.5)
    network.reach("town", "sea")
    network.claim("near", at="bend", demand=8.0, priority=2)
    network.claim("far", at="town", demand=4.0, priority=3)
    network.instream("minimum", reach="town__sea", flow=2.0, priority=1)
    return network


@pytest.mark.parametrize("seed", range(20))
def test_no_column_makes_water(seed: int) -> None:
    """What leaves a node arrives once at most: the node entries of a column add to 0 or more."""
    for layout in random_case(seed)[0].layouts:
        assert (layout.matrix()[: len(layout.rows)].sum(axis=0) >= -1e-12).all()


@pytest.mark.parametrize("seed", range(20))
def test_requests_stand_senior_first_and_evaporation_before_all(seed: int) -> None:
    for layout in random_case(seed)[0].layouts:
        priorities = [request.priority for request in layout.requests]
        assert priorities == sorted(priorities)
        assert all((r.priority == EVAPORATION_PRIORITY) == (r.kind == "evaporation") for r in layout.requests)


def test_a_source_that_only_hands_on_needs_no_row() -> None:
    network = cascade()
    assert list(lay_out(network, list(network.nodes)).folded) == ["spring"]
    network.claim("mill", at="spring", demand=1.0, priority=1)
    assert not lay_out(network, list(network.nodes)).folded


def test_caps_and_returns_tie_components_and_boundaries_do_not() -> None:
    network = Network("two", states=("AAA",))
    network.boundary("sea")
    for river in ("left", "right"):
        network.node(river)
        network.source(f"{river}_spring", into=river)
        network.reach(river, "sea")
        network.claim(f"{river}_canal", at=river, demand=1.0, priority=1)
    assert len(components(network)) == 2
    network.cap("pumps", claims=["left_canal", "right_canal"], flow=1.0)
    assert len(components(network)) == 1


def test_excess_with_a_way_of_its_own_gets_a_reach_and_keeps_its_state() -> None:
    network = cascade()
    network.reach("town", "bend", id="back", lag=1, capacity_m3s=3.0, excess_to="sea", state="AAA")
    network.reach("dam", "sea", id="spill", capacity_m3s=1.0, excess_to="town", state="AAA")
    added = {id: reach for id, reach in all_reaches(network).items() if id not in network.reaches}
    assert [(reach.tail, reach.head, reach.states) for reach in added.values()] == [("dam", "town", ("AAA",))]


def test_a_lagged_reach_asks_for_all_that_waits_below_ahead_of_time_and_grossed_up() -> None:
    network = cascade()
    uses = {
        (priority, need.profile): (need.ahead, need.scale, need.consumes)
        for priority, need in uses_beyond(network, network.reaches["dam__bend"])
    }
    assert uses[2, 8.0] == pytest.approx((1, 1 / 0.8, True))
    assert uses[3, 4.0] == pytest.approx((3, 1 / (0.8 * 0.5), True))
    assert uses[1, 2.0] == pytest.approx((3, 1 / (0.8 * 0.5), False))


def test_a_release_carries_the_needs_of_its_priority_and_of_all_seniors() -> None:
    network = cascade()
    layout = lay_out(network, list(network.nodes))
    releases = [r for r in layout.requests if r.kind == "release" and r.part == "dam__bend"]
    assert [(r.priority, len(r.needs)) for r in releases] == [(1, 1), (2, 2), (3, 3)]


def test_costs_of_columns_all_differ() -> None:
    network = random_case(3)[0].network
    for nodes in components(network):
        costs = [column.cost for column in lay_out(network, nodes).columns]
        assert len(np.unique(costs)) == len(costs)
