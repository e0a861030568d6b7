"""Networks of queues for tests: a chain of nodes, and random nets of routes over common nodes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from hypothesis import strategies as st

from mirab.core.calendar import TimeAxis, days
from mirab.core.ensemble import Ensemble
from mirab.core.queues.network import (
    Availability,
    Closure,
    Commodity,
    Fleet,
    Link,
    Node,
    QueueNetwork,
    Route,
    Service,
    Stream,
)

START = date(2024, 1, 1)


def chain(capacities: Sequence[float | None], lags_h: Sequence[float]) -> QueueNetwork:
    """One stream `r/a` through nodes n0, n1, ... with these capacities a day, over links with these lags."""
    nodes = tuple(Node(f"n{i}", (Service(("a",), per_day),)) for i, per_day in enumerate(capacities))
    links = tuple(Link(f"l{i}", f"n{i}", f"n{i + 1}", lag) for i, lag in enumerate(lags_h))
    route = Route("r", tuple(link.id for link in links))
    return QueueNetwork("chain", "t", (Commodity("a"),), nodes, links, (route,), (Stream("r", "a"),))


def ferry(vessels: float = 2.0, *, wait_h: float = 0.0) -> QueueNetwork:
    """One stream `r/a` by a ferry that takes 100 t, sails 18 hours and stays 6 in port."""
    links = (Link("sea", "here", "there", 18.0), Link("sea_back", "there", "here", 18.0))
    fleet = Fleet("ferry", "sea", "sea_back", vessels, load=100.0, port_h=(6.0, 6.0), wait_h=wait_h)
    nodes, route = (Node("here"), Node("there")), Route("r", ("sea",))
    return QueueNetwork(
        "ferry", "t", (Commodity("a"),), nodes, links, (route,), (Stream("r", "a"),), (fleet,)
    )


def demand(network: QueueNetwork, values: np.ndarray, axis: TimeAxis | None = None) -> Ensemble:
    """Demand of all streams, from (member, time, stream) or one number for all."""
    axis = axis or days(START, values.shape[1])
    ids = [stream.id for stream in network.streams]
    return Ensemble.of("demand", f"{network.unit}/day", ids, axis, values)


def constant(network: QueueNetwork, per_day: float, count: int, members: int = 1) -> Ensemble:
    """The same demand of every stream on each of `count` days."""
    return demand(network, np.full((members, count, len(network.streams)), per_day))


@st.composite
def networks(draw: st.DrawFn) -> QueueNetwork:
    """Two routes over five nodes in any order, two commodities, a ferry, spells, and a closure."""
    ids = [f"n{i}" for i in range(5)]
    amounts, hours = st.floats(5.0, 200.0), st.floats(0.0, 60.0)
    nodes = []
    for id in ids:
        both = Service(("a", "b"), draw(st.none() | amounts), (1.0, 2.0), draw(hours), 0.5)
        nodes.append(Node(id, draw(st.sampled_from([(), (both,)]))))
    ways = [draw(st.permutations(ids)) for _ in range(2)]
    pairs = dict.fromkeys((a, b) for way in ways for a, b in zip(way, way[1:], strict=False))
    first = next(iter(pairs))
    pairs[first[::-1]] = None
    links = tuple(Link(f"{a}>{b}", a, b, draw(hours)) for a, b in pairs)
    fleet = Fleet(
        "ferry", f"{first[0]}>{first[1]}", f"{first[1]}>{first[0]}", draw(st.floats(1, 4)), 50.0,
        (draw(st.floats(1.0, 20.0)), 6.0), wait_h=draw(hours),
    )  # fmt: skip
    routes = tuple(
        Route(f"r{i}", tuple(f"{a}>{b}" for a, b in zip(way, way[1:], strict=False)))
        for i, way in enumerate(ways)
    )
    streams = tuple(Stream(route.id, commodity) for route in routes for commodity in ("a", "b"))
    return QueueNetwork(
        "random", "t", (Commodity("a"), Commodity("b", 2)), tuple(nodes), links, routes, streams, (fleet,),
        (Availability("wind", ("n0", "n1"), draw(st.floats(0, 0.6)), 40.0, 2.0, draw(st.floats(0, 1))),),
        (Closure("holiday", ("n2",), ((date(2024, 1, 5), date(2024, 1, 9)),), draw(st.floats(0, 1))),),
    )  # fmt: skip
