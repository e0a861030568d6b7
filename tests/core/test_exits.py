from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.errors import InputError
from mirab.core.exits import AT_ONCE, LATENCY, RESTORED, Element, Exits
from mirab.core.graph import Graph, Link

MS = 1000 * 9.79e-3


def two_gateways(**more: object) -> Exits:
    """Home states XA and XB; XB reaches the exchange X1 through XA or X2 directly.

    a -1000- x1, a -1000- b, b -3000- x2, x2 -1000- x1; the destination is x1.
    """
    ends = (("a", "x1", 1000.0), ("a", "b", 1000.0), ("b", "x2", 3000.0), ("x2", "x1", 1000.0))
    links = tuple(Link(f"{one}_{other}", one, other, km) for one, other, km in ends)
    given = {
        "graph": Graph(("a", "b", "x1", "x2"), links),
        "states": {"a": "XA", "b": "XB", "x1": "X1", "x2": "X2"},
        "home": ("XA", "XB"),
        "exchanges": ("x1", "x2"),
        "destination": "x1",
        "demand": {"a": 1.0, "b": 1.0},
        "theta": 0.05,
    }
    return Exits(**{**given, **more})


def outcome(exits: Exits, *failures: Element) -> np.ndarray:
    sets = np.arange(max(1, len(failures)), dtype=np.int64)[None]
    return exits.outcomes(failures, sets if failures else np.full((1, 1), -1, dtype=np.int64))[0]


def test_gateways_are_the_states_abroad_that_home_is_linked_to() -> None:
    assert two_gateways().gateways == ("X1", "X2")


def test_shares_are_a_logit_of_the_round_trip() -> None:
    through, trips = two_gateways().usual()
    short, long = 2 * MS, 4 * MS  # b by a, and b by x2
    second = 1 / (1 + np.exp(0.05 * (long - short)))
    assert through[1] == pytest.approx([1.0, second, 1.0 - second, 1.0])  # X1, X2, XA, XB
    assert trips[1] == pytest.approx((1 - second) * short + second * long)


def test_a_border_costs_in_the_choice_and_not_in_the_round_trip() -> None:
    free, dear = two_gateways(), two_gateways(border_ms=10.0)
    assert dear.usual()[0][0, 2] == pytest.approx(1.0)
    cost = {"a": 2 * MS + 2 * 10, "x2": 4 * MS + 2 * 10}
    second = 1 / (1 + np.exp(0.05 * (cost["x2"] - cost["a"])))
    assert dear.usual()[0][1, 1] == pytest.approx(second)
    assert dear.usual()[1][1] == pytest.approx(free.usual()[1][1])


def test_a_lost_way_takes_its_traffic_until_it_is_moved() -> None:
    exits = two_gateways()
    second = exits.usual()[0][1, 1]
    found = outcome(exits, Element("cut", links=("a_x1",)))
    assert found[AT_ONCE, 1] == pytest.approx(second)
    assert found[RESTORED].tolist() == pytest.approx([1.0, 1.0])
    assert found[LATENCY].tolist() == pytest.approx([5 * MS, 4 * MS])


def test_a_state_that_carries_no_transit_leaves_its_neighbour_one_way() -> None:
    exits = two_gateways(closed=("XA",))
    assert exits.usual()[0][1, 1] == 1.0
    assert outcome(exits, Element("x2", nodes=("x2",)))[RESTORED].tolist() == [1.0, 0.0]


def test_an_exchange_point_is_enough_to_be_connected_without_the_destination() -> None:
    found = outcome(two_gateways(), Element("x1", nodes=("x1",)))
    assert found[RESTORED].tolist() == [1.0, 1.0]
    assert np.isnan(found[LATENCY]).all()


def test_what_is_answered_inside_and_a_back_up_are_left_where_nothing_else_is() -> None:
    exits = two_gateways(local={"XA": 0.25}, backup={"XB": 0.1})
    cut = [Element(link, links=(link,)) for link in ("a_x1", "b_x2")]
    assert outcome(exits, *cut)[RESTORED].tolist() == [0.25, 0.1]


def test_a_state_shut_off_by_decision_has_nothing_left() -> None:
    exits = two_gateways(local={"XA": 0.25}, backup={"XA": 0.1})
    found = outcome(exits, Element("off", states=("XA",)))
    assert found[RESTORED].tolist() == [0.0, 1.0]


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.sets(st.sampled_from(["a_x1", "a_b", "b_x2", "x2_x1"])))
def test_connected_are_the_places_that_some_exchange_point_reaches(lost: set[str]) -> None:
    exits = two_gateways()
    found = outcome(exits, *(Element(link, links=(link,)) for link in sorted(lost)))
    reached = exits.graph.without(links=lost).distances(exits.exchanges)
    assert found[RESTORED].tolist() == [float("a" in reached), float("b" in reached)]
    assert (found[AT_ONCE] <= found[RESTORED] + 1e-12).all()


def test_threads_leave_no_trace() -> None:
    exits = two_gateways()
    failures = [Element(link.id, links=(link.id,)) for link in exits.graph.links]
    sets = np.random.default_rng(1).integers(-1, 4, (2000, 2))
    one, two = (exits.outcomes(failures, sets, threads=count) for count in (1, 2))
    assert np.array_equal(one, two, equal_nan=True)


def test_a_failure_of_something_unknown_is_refused() -> None:
    with pytest.raises(InputError, match="failure cut names 'ax1', not among the links; nearest is 'a_x1'"):
        two_gateways().kills([Element("cut", links=("ax1",))])


def test_a_place_that_no_exchange_point_reaches_is_refused() -> None:
    base = two_gateways()
    lonely = Graph((*base.graph.nodes, "c"), base.graph.links)
    with pytest.raises(InputError, match="node c is linked to no exchange point abroad"):
        replace(base, graph=lonely, states={**base.states, "c": "XA"})


def test_states_without_an_exchange_point_abroad_are_refused() -> None:
    with pytest.raises(InputError, match="exchanges none lies outside the home states"):
        two_gateways(exchanges=("a",), destination="a")


def test_a_state_that_asks_for_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="state XB has no place that asks for a connection"):
        two_gateways(demand={"a": 1.0})
