"""When every path is cut the answer is "no path", with the fewest nodes that cut it."""

from dataclasses import replace
from datetime import date

import pytest
from queue_cases import START

from mirab.core.calendar import days
from mirab.core.errors import NetworkError
from mirab.core.queues.network import Closure, Commodity, Link, Node, QueueNetwork, Route, Stream
from mirab.core.queues.paths import check_paths, cut_paths, shut_throughout

PAIRS = ("ab", "bz", "ac", "cd", "dz", "cz")
NETWORK = QueueNetwork(
    "three ways",
    "t",
    (Commodity("oil"),),
    tuple(Node(id) for id in "abcdz"),
    tuple(Link(pair, *pair, 1.0) for pair in PAIRS),
    (Route("north", ("ab", "bz")), Route("middle", ("ac", "cz")), Route("south", ("ac", "cd", "dz"))),
    tuple(Stream(route, "oil") for route in ("north", "middle", "south")),
)
AXIS = days(START, 10)


def shut(*nodes: str, last: date = date(2024, 1, 10), share: float = 0.0) -> QueueNetwork:
    return replace(NETWORK, closures=(Closure("shut", nodes, ((START, last),), share),))


def test_one_open_route_is_a_path() -> None:
    assert cut_paths(shut("c"), AXIS) == ()
    check_paths(shut("b", "d"), AXIS)


def test_the_cut_is_the_fewest_nodes_that_meet_every_route() -> None:
    (found,) = cut_paths(shut("b", "c", "d"), AXIS)
    assert (found.origin, found.destination, found.commodity) == ("a", "z", "oil")
    assert found.cut == ("b", "c")
    assert found.routes == ("north", "middle", "south")


def test_no_path_is_an_answer_with_the_cut_named() -> None:
    message = "oil from a to z has no path from 2024-01-01 to 2024-01-10: b, c shut, which cuts north, middle"
    with pytest.raises(NetworkError, match=message):
        check_paths(shut("b", "c"), AXIS)


def test_a_node_that_opens_for_a_day_or_in_part_is_no_cut() -> None:
    assert shut_throughout(shut("a", last=date(2024, 1, 9)), AXIS) == ()
    assert shut_throughout(shut("a", share=0.1), AXIS) == ()


def test_windows_that_join_shut_throughout() -> None:
    windows = ((date(2024, 1, 5), date(2024, 1, 20)), (date(2023, 12, 1), date(2024, 1, 4)))
    network = replace(NETWORK, closures=(Closure("shut", ("a",), windows),))
    assert shut_throughout(network, AXIS) == ("a",)
