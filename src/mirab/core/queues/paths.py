"""Paths: who still reaches whom when nodes are shut, and which cut stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations

from mirab.core.calendar import TimeAxis
from mirab.core.errors import NetworkError, Problem
from mirab.core.queues.network import Closure, QueueNetwork


@dataclass(frozen=True)
class NoPath:
    """A commodity that cannot go from origin to destination: all its `routes` pass a node of the `cut`.

    The cut is the fewest shut nodes that meet every route.
    """

    origin: str
    destination: str
    commodity: str
    routes: tuple[str, ...]
    cut: tuple[str, ...]


def shut_throughout(network: QueueNetwork, axis: TimeAxis) -> tuple[str, ...]:
    """Nodes that closures shut on every day of an axis, in order of declaration."""
    shut = {
        node for closure in network.closures for node in closure.nodes if _closes_all(network, node, axis)
    }
    return tuple(node.id for node in network.nodes if node.id in shut)


def cut_paths(network: QueueNetwork, axis: TimeAxis) -> tuple[NoPath, ...]:
    """What has no path left, by origin, destination and commodity, in order of the streams."""
    shut = shut_throughout(network, axis)
    passed = {route.id: _nodes(network, route.links) for route in network.routes}
    ways: dict[tuple[str, str, str], list[str]] = {}
    for stream in network.streams:
        nodes = passed[stream.route]
        ways.setdefault((nodes[0], nodes[-1], stream.commodity), []).append(stream.route)
    return tuple(
        NoPath(*between, tuple(routes), _fewest([passed[route] for route in routes], shut))
        for between, routes in ways.items()
        if all(set(passed[route]) & set(shut) for route in routes)
    )


def check_paths(network: QueueNetwork, axis: TimeAxis) -> None:
    """Raise NetworkError where every path of the network is cut, with each cut named."""
    found = cut_paths(network, axis)
    between = {(one.origin, one.destination, one.commodity) for one in found}
    nodes = {route.id: _nodes(network, route.links) for route in network.routes}
    asked = {(nodes[s.route][0], nodes[s.route][-1], s.commodity) for s in network.streams}
    if between == asked:
        raise NetworkError(f"network {network.name}", [_problem(one, axis) for one in found])


def _problem(one: NoPath, axis: TimeAxis) -> Problem:
    where = f"{one.commodity} from {one.origin} to {one.destination}"
    last = axis.end - timedelta(days=1)
    what = f"has no path from {axis.starts[0]} to {last}: {', '.join(one.cut)} shut, which cuts"
    return Problem(where, f"{what} {', '.join(one.routes)}", "open one of them, or add a route around")


def _closes_all(network: QueueNetwork, node: str, axis: TimeAxis) -> bool:
    """Whether the windows that shut a node leave no day of the axis."""
    windows = sorted(
        window for closure in network.closures if _shuts(closure, node) for window in closure.windows
    )
    day = axis.starts[0]
    for first, last in windows:
        if first <= day <= last:
            day = last + timedelta(days=1)
    return day >= axis.end


def _shuts(closure: Closure, node: str) -> bool:
    return node in closure.nodes and closure.open_share == 0


def _nodes(network: QueueNetwork, links: Sequence[str]) -> tuple[str, ...]:
    """Nodes that a route passes."""
    by_id = {link.id: link for link in network.links}
    return (by_id[links[0]].tail, *(by_id[id].head for id in links))


def _fewest(routes: Sequence[Sequence[str]], shut: Sequence[str]) -> tuple[str, ...]:
    """The fewest shut nodes that meet every route, the first in order of declaration."""
    for size in range(1, len(shut) + 1):
        for nodes in combinations(shut, size):
            if all(set(nodes) & set(route) for route in routes):
                return nodes
    return ()
