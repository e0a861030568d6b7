"""What a user declares of a network of queues: commodities, nodes, links, routes, fleets, closures.

Cargo of several commodities enters at the first node of its route, waits at each node until it is served, is
under way on each link for its lag, and leaves at the last node. All amounts are in the one `unit` of the
network (t, TEU, trucks). A capacity of None is not modelled (§3): nothing waits for it, and it never counts
as a bottleneck; a closure holds cargo back all the same.

    >>> port = Node("aktau", (Service(("containers",), per_day=300.0),), yard=4_000.0, excess_to="mangystau")
    >>> network = QueueNetwork(
    ...     "one crossing",
    ...     unit="TEU",
    ...     commodities=(Commodity("containers"),),
    ...     nodes=(Node("mangystau"), port, Node("alat")),
    ...     links=(
    ...         Link("rail", "mangystau", "aktau", lag_h=6.0),
    ...         Link("sea", "aktau", "alat", lag_h=24.0),
    ...         Link("sea_back", "alat", "aktau", lag_h=24.0),
    ...     ),
    ...     routes=(Route("caspian", ("rail", "sea")),),
    ...     streams=(Stream("caspian", "containers"),),
    ...     fleets=(Fleet("feeders", "sea", "sea_back", vessels=6.0, load=260.0, port_h=(24.0, 24.0)),),
    ... )
    >>> network.stations
    ('mangystau', 'aktau', 'alat', 'aktau/feeders', 'alat/feeders')

**Stations** are where cargo waits: one for each service of a node (id of the node, or `node/name` where the
service has a name; of a node without services, the node itself) and one for each direction of a fleet
(`tail/fleet` of its link). Declarations are frozen: a scenario is a `dataclasses.replace`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mirab.core.network import Profile


@dataclass(frozen=True)
class Commodity:
    """A class of cargo. At a station the lower `priority` is served first; equal ones share by what waits."""

    id: str
    priority: int = 1
    title: str = ""


@dataclass(frozen=True)
class Service:
    """What a node does to some commodities: `per_day` units of service, shared by them; None is not modelled.

    `use` are the units of service that one unit of each commodity takes (1 where empty): trains per t, say.
    `hours` is the mean time of the service itself, without waiting; `spread` is its coefficient of variation
    from one consignment to the next (lognormal).
    """

    commodities: tuple[str, ...]
    per_day: Profile | None = None
    use: tuple[float, ...] = ()
    hours: float = 0.0
    spread: float = 0.0
    name: str = ""


@dataclass(frozen=True)
class Node:
    """A place that cargo passes: at once where it has no services, unless it is closed.

    Where it has services, one of them names each commodity that passes.

    `yard` is the most that can stand at the node, in units of the network; what does not fit stands at
    `excess_to` until there is room, where it takes up the yard of that node. None: not modelled.
    """

    id: str
    services: tuple[Service, ...] = ()
    yard: float | None = None
    excess_to: str | None = None
    states: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True)
class Link:
    """A way from `tail` to `head` that takes `lag_h` hours."""

    id: str
    tail: str
    head: str
    lag_h: float
    states: tuple[str, ...] = ()


@dataclass(frozen=True)
class Route:
    """Links that join end to end."""

    id: str
    links: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True)
class Stream:
    """A commodity on a route: a customer class of queueing theory. Its demand is an item of an ensemble."""

    route: str
    commodity: str

    @property
    def id(self) -> str:
        """`route/commodity`."""
        return f"{self.route}/{self.commodity}"


@dataclass(frozen=True)
class Draft:
    """Share of the full load that a vessel carries at a water level, linear between levels, flat beyond.

    `stage` is an item of the ensemble of levels that the run is given.
    """

    stage: str
    level_m: tuple[float, ...]
    share: tuple[float, ...]


@dataclass(frozen=True)
class Fleet:
    """Vessels that go round between the ends of the link `out`, and return by `back`.

    A vessel takes `load` units of service (times the least share of its `drafts`), and leaves when it is full
    or has waited `wait_h` for cargo. It then sails for the lag of the link and is ready again `port_h` hours
    after it arrived at the tail and the head of `out` (unloading and loading). It leaves a node only while
    both ends are open. `in_service` is the share of the vessels that are not laid up. `commodities` that it
    takes are all where empty; `use` as in `Service`.
    """

    id: str
    out: str
    back: str
    vessels: float
    load: float
    port_h: tuple[float, float]
    commodities: tuple[str, ...] = ()
    use: tuple[float, ...] = ()
    wait_h: float = 0.0
    in_service: float = 1.0
    drafts: tuple[Draft, ...] = ()


@dataclass(frozen=True)
class Availability:
    """Spells in which nodes are closed: an alternating renewal process in each world, by season.

    Each node is closed for `closed_share` of the time (a number or 12 months), in spells of `closed_h` hours
    in the mean; the lengths of what causes them follow a gamma law of this `shape` (1: exponential).
    `correlation` is that of the states of two of the nodes at one time: storms that close all, beside
    spells of each node's own.
    """

    id: str
    nodes: tuple[str, ...]
    closed_share: Profile
    closed_h: float
    shape: float = 1.0
    correlation: float = 0.0


@dataclass(frozen=True)
class Closure:
    """Days on which nodes serve only `open_share` of what they can: holidays, works, a border that is shut.

    Each window is a first and a last day.
    """

    id: str
    nodes: tuple[str, ...]
    windows: tuple[tuple[date, date], ...]
    open_share: float = 0.0
    title: str = ""


@dataclass(frozen=True)
class QueueNetwork:
    """A declared network of queues, in any order; `mirab.core.queues.check` lists its problems."""

    name: str
    unit: str
    commodities: tuple[Commodity, ...]
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    routes: tuple[Route, ...]
    streams: tuple[Stream, ...]
    fleets: tuple[Fleet, ...] = ()
    availabilities: tuple[Availability, ...] = ()
    closures: tuple[Closure, ...] = ()

    @property
    def stations(self) -> tuple[str, ...]:
        """Ids of all places where cargo waits: those of nodes, then those of fleets."""
        tails = {link.id: link.tail for link in self.links}
        at_nodes = [id for node in self.nodes for id in stations_of(node)]
        at_fleets = [
            f"{tails[link]}/{fleet.id}"
            for fleet in self.fleets
            for link in (fleet.out, fleet.back)
            if link in tails
        ]
        return (*at_nodes, *at_fleets)


def stations_of(node: Node) -> tuple[str, ...]:
    """Ids of the stations of a node, in the order of its services."""
    named = [f"{node.id}/{service.name}" if service.name else node.id for service in node.services]
    return tuple(named) or (node.id,)
