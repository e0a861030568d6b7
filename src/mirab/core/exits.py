"""Exits: the ways by which states reach the rest of the world, and what is left when parts of them fail.

Some states are `home`: theirs is the demand. Their traffic goes to one place abroad (`destination`) by any of
several **gateways**, the states abroad that a link from home leads to, in the shares of a logit of the cost
(McFadden 1974). A place is connected by a gateway that leads it to any exchange point abroad. A failure first
loses the traffic of the gateways that are gone; after the time to restore it goes by the others. Capacity is
not modelled: it does not bind. The routing and the restoration are ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from os import cpu_count
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mirab.core.errors import InputError, Problem, suggest
from mirab.core.graph import Graph

if TYPE_CHECKING:
    from mirab.core.reachability import Arrays, Kills

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
AT_ONCE, RESTORED, LATENCY = 0, 1, 2
"""Rows of an outcome: share reached before and after traffic is moved, and its round trip in ms."""
FEWEST = 256
"""Sets of failures below which no second thread is started."""


@dataclass(frozen=True)
class Element:
    """Something that fails as one: these places and links with it, and the demand of these home states."""

    id: str
    nodes: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exits:
    """A graph with the states of its places, and how the home states use it.

    `demand` is the weight of each place at home that asks for a connection, `local` the share of a state's
    demand that is answered inside it, `backup` the share that reaches the world without any link; both 0
    unless given. `theta` is by how much a gateway's share falls with a millisecond of cost; the cost of a way
    is its round trip, and `border_ms` more for each border that it crosses. States that are `closed` carry no
    traffic of others at home. Raises InputError with all that is wrong.
    """

    graph: Graph
    states: Mapping[str, str]
    home: tuple[str, ...]
    exchanges: tuple[str, ...]
    destination: str
    demand: Mapping[str, float]
    theta: float
    border_ms: float = 0.0
    closed: tuple[str, ...] = ()
    local: Mapping[str, float] = field(default_factory=dict)
    backup: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if problems := [*_unplaced(self), *_cut_off(self)]:
            raise InputError("exits", problems)

    @cached_property
    def gateways(self) -> tuple[str, ...]:
        """States abroad that a link from home leads to, A to Z."""
        pairs = [(self.states[link.tail], self.states[link.head]) for link in self.graph.links]
        found = {b for a, b in (*pairs, *((b, a) for a, b in pairs)) if a in self.home and b not in self.home}
        return tuple(sorted(found))

    @cached_property
    def everywhere(self) -> tuple[str, ...]:
        """All states that have a place, A to Z."""
        return tuple(sorted({self.states[node] for node in self.graph.nodes}))

    @cached_property
    def arrays(self) -> Arrays:
        """The same as arrays for the compiled loops."""
        from mirab.core import reachability

        return reachability.arrays(self)

    def usual(self, lengths: Floats | None = None, theta: float | None = None) -> tuple[Floats, Floats]:
        """Shares of each home state's traffic that pass each state, (home, everywhere); round trips in ms.

        Nothing has failed; `lengths` are factors on the length of each link. A state's own places count too.
        """
        from mirab.core import reachability

        net = self.arrays
        if lengths is not None:
            net = net._replace(ms=net.ms * lengths, cost=net.cost + net.ms * (lengths - 1.0))
        passed = np.zeros((len(self.home), len(self.everywhere)))
        trip = np.zeros(len(self.home))
        reachability.usual(net, self.theta if theta is None else theta, passed, trip)
        return passed, trip

    def outcomes(self, failures: Sequence[Element], sets: Ints, threads: int = 0) -> Floats:
        """Outcome of each set of failures, shape (set, 3, home): rows AT_ONCE, RESTORED and LATENCY.

        `sets` (set, most) are numbers of failures, -1 where there are fewer. `threads` 0 takes all cores.
        """
        from mirab.core import reachability

        taken, net, normal = self.kills(failures), self.arrays, self.normal
        out = np.empty((len(sets), 3, len(self.home)))
        count = max(1, min(threads or cpu_count() or 1, len(sets) // FEWEST + 1))
        edges = np.linspace(0, len(sets), count + 1).astype(int)
        with ThreadPoolExecutor(count) as pool:
            parts = [
                pool.submit(reachability.outcomes, net, taken, normal, sets[a:b], out[a:b])
                for a, b in zip(edges, edges[1:], strict=False)
            ]
        for part in parts:
            part.result()
        return out

    @cached_property
    def normal(self) -> Floats:
        """Share of the traffic of each demanding place that goes by each gateway when nothing has failed."""
        from mirab.core import reachability

        shares = np.zeros((self.arrays.place.size, self.arrays.gateways))
        reachability.contracted(self.arrays, shares)
        return shares

    def kills(self, failures: Sequence[Element]) -> Kills:
        """What each failure takes with it, as arrays. Raises InputError for a name that is not there."""
        from mirab.core import reachability

        links = {link.id for link in self.graph.links}
        parts = (("nodes", set(self.graph.nodes)), ("links", links), ("states", set(self.home)))
        problems = [
            Problem(
                f"failure {one.id}", f"names {name!r}, not among the {part}", suggest(name, sorted(known))
            )
            for one in failures
            for part, known in parts
            for name in getattr(one, part)
            if name not in known
        ]
        if problems:
            raise InputError("failures", problems)
        return reachability.kills(self, failures)


@dataclass(frozen=True)
class Hazard:
    """What fails, how often in a year, and how long: a lognormal with this median and 90 % point in hours.

    Where `supplier` names a state nothing fails, but of the demand that passes that state the share `lost` is
    given up, as when its price rises.
    """

    failure: Element
    kind: str
    rate: float
    median_h: float
    p90_h: float
    supplier: str = ""
    lost: float = 0.0


@dataclass(frozen=True)
class Connections:
    """Exits with what threatens them, and what is known of their parts.

    `restoration_h` is by home state the time to move traffic to another way, `capitals` its capital.
    `planned` are links that carry no traffic yet, `awaited` those of them with the day by which they were to
    be ready, `ends` the home states that a planned link touches, `systems` the links of each named system,
    planned ones too. `confidence` is by link, planned or not, that of its row, `lengths` of its length;
    `spread` that of the logarithm of an estimated length, `theta` a range.
    `posts` are the places at home where borders are crossed, and `offline` the share of their service that is
    left without a connection. `titles` name places, links, states and failures. `assumptions` are sentences
    for the page.
    """

    exits: Exits
    hazards: tuple[Hazard, ...]
    restoration_h: Mapping[str, float]
    capitals: Mapping[str, str]
    planned: tuple[str, ...]
    awaited: Mapping[str, date]
    ends: Mapping[str, tuple[str, ...]]
    systems: Mapping[str, tuple[str, ...]]
    confidence: Mapping[str, str]
    lengths: Mapping[str, str]
    spread: float
    theta: tuple[float, float]
    posts: tuple[str, ...]
    offline: float
    titles: Mapping[str, str]
    assumptions: tuple[str, ...] = ()


def _unplaced(exits: Exits) -> Iterator[Problem]:
    for node in exits.graph.nodes:
        if not exits.states.get(node):
            yield Problem(f"node {node}", "belongs to no state", "give its state")
    for node in exits.exchanges:
        if node not in exits.graph.nodes:
            yield Problem(f"exchange {node}", "is not in the graph", "add it, or leave it out")
    if exits.destination not in exits.exchanges:
        yield Problem(f"destination {exits.destination}", "is no exchange point", "choose one of them")
    if len(set(exits.states.values())) > 62:
        yield Problem("states", "are more than 62", "leave out those that nothing passes")


def _cut_off(exits: Exits) -> Iterator[Problem]:
    """Places at home that reach nothing, and home states that ask for nothing."""
    foreign = [node for node in exits.exchanges if exits.states.get(node) not in exits.home]
    if not foreign:
        yield Problem("exchanges", "none lies outside the home states", "add one abroad")
        return
    reached = exits.graph.distances([node for node in foreign if node in exits.graph.nodes])
    for node in exits.graph.nodes:
        if node not in reached:
            yield Problem(
                f"node {node}", "is linked to no exchange point abroad", "add its link, or take it out"
            )
    asking = {exits.states.get(node) for node, weight in exits.demand.items() if weight > 0.0}
    for state in exits.home:
        if state not in asking:
            yield Problem(f"state {state}", "has no place that asks for a connection", "give one a weight")
