"""Layout: a declared network of queues as numbered stations and cells, and as the arrays of the kernels.

A cell is one stream at one of the stations on its route; it is followed by the next, or by its delivery.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis
from mirab.core.network import Profile
from mirab.core.queues.kernels import arrays, journeys
from mirab.core.queues.network import Fleet, Link, Node, QueueNetwork, Service, stations_of
from mirab.core.queues.timing import clock_of, delay_rows

Floats = NDArray[np.float64]
# What a station without a known capacity can serve in a day: more than any network carries.
UNBOUNDED = 1e30


class Station(NamedTuple):
    """A place where cargo waits: a service of `node`, or a way of `fleet` (0 out, 1 back) over `link`.

    `use` by commodity; `per_day` None where it is not modelled.
    """

    id: str
    node: str
    use: Mapping[str, float]
    per_day: Profile | None = None
    hours: float = 0.0
    spread: float = 0.0
    fleet: Fleet | None = None
    way: int = 0
    link: Link | None = None


class Cell(NamedTuple):
    """A stream at a station: hours of the service, and of the link behind it; `last` in its stream."""

    stream: int
    station: int
    service_h: float
    lag_h: float
    last: bool


@dataclass(frozen=True)
class Layout:
    """A network that holds (see `check`), over the steps of an axis."""

    network: QueueNetwork
    axis: TimeAxis
    step_h: float | None

    @cached_property
    def stations(self) -> tuple[Station, ...]:
        """All stations in the order of `QueueNetwork.stations`."""
        return tuple(all_stations(self.network))

    @cached_property
    def ways(self) -> tuple[Station, ...]:
        """The stations of fleets: out and back in turn."""
        return tuple(station for station in self.stations if station.fleet)

    @cached_property
    def chains(self) -> tuple[tuple[Cell, ...], ...]:
        """The cells of each stream, from the first to the last."""
        return tuple(chain(self.network, self.stations, i) for i in range(len(self.network.streams)))

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Stations in the order in which they serve: upstream first, as far as the routes agree."""
        onward: dict[int, list[int]] = {i: [] for i in range(len(self.stations))}
        for cells in self.chains:
            for here, there in pairwise(cells):
                onward[here.station].append(there.station)
        return upstream_first(onward)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """All cells: by station in order of service, then by priority."""
        place = {station: i for i, station in enumerate(self.order)}
        cells = [cell for cells in self.chains for cell in cells]
        return tuple(
            sorted(cells, key=lambda cell: (place[cell.station], self.priority(cell.stream), cell.stream))
        )

    def priority(self, stream: int) -> int:
        """Priority of the commodity of a stream."""
        commodity = self.network.streams[stream].commodity
        return next(one.priority for one in self.network.commodities if one.id == commodity)

    @cached_property
    def spread(self) -> tuple[int, ...]:
        """Stations whose hours of service differ from one consignment to the next."""
        return tuple(i for i, station in enumerate(self.stations) if station.spread > 0 and station.hours > 0)

    @cached_property
    def gates(self) -> tuple[tuple[str, str], ...]:
        """Rows that open and close nodes: (availability, node); ('', node) for all closures of a node."""
        network = self.network
        rows = [(one.id, node) for one in network.availabilities for node in one.nodes]
        shut = dict.fromkeys(node for one in network.closures for node in one.nodes)
        return (*rows, *(("", node) for node in shut))

    @cached_property
    def clock(self) -> arrays.Clock:
        """The steps of the engine."""
        return clock_of(self.axis, self.step_h)

    def net(self, factors: Sequence[str]) -> arrays.Net:
        """The arrays of the kernels, where `factors` names the rows that multiply capacities and loads."""
        rows: dict[tuple[float, bool], int] = {}
        cells, ways = self._cells(rows), self._ways(rows)
        offset, share = delay_rows(self.clock, list(rows))
        first = {(cell.stream, cell.station): i for i, cell in reversed(list(enumerate(self.cells)))}
        entry = [first[chain[0].stream, chain[0].station] for chain in self.chains]
        delays = arrays.Delays(offset, share)
        return arrays.Net(self.clock, delays, self._stations(factors), cells, ways, np.array(entry))

    def legs(self) -> journeys.Legs:
        """What a consignment spends beside waiting, by cell."""
        way = {station.id: i for i, station in enumerate(self.ways)}
        draw = {station: i for i, station in enumerate(self.spread)}
        return journeys.Legs(
            np.array([cell.service_h for cell in self.cells]),
            np.array([draw.get(cell.station, -1) for cell in self.cells]),
            np.array([cell.lag_h for cell in self.cells]),
            np.array([way.get(self.stations[cell.station].id, -1) for cell in self.cells]),
        )

    def _cells(self, rows: dict[tuple[float, bool], int]) -> arrays.Cells:
        place = {station: i for i, station in enumerate(self.order)}
        at = {(cell.stream, cell.station): i for i, cell in enumerate(self.cells)}
        after, delay = [0] * len(self.cells), [0] * len(self.cells)
        for cells in self.chains:
            for here, there in zip(cells, (*cells[1:], None), strict=True):
                i = at[here.stream, here.station]
                ahead = there is None or place[there.station] > place[here.station]
                key = (here.service_h + here.lag_h, ahead)
                after[i] = at[there.stream, there.station] if there else len(self.cells) + here.stream
                delay[i] = rows.setdefault(key, len(rows))
        streams = self.network.streams
        use = [self.stations[cell.station].use[streams[cell.stream].commodity] for cell in self.cells]
        rank = [self.priority(cell.stream) for cell in self.cells]
        stream = [cell.stream for cell in self.cells]
        return arrays.Cells(np.array(use), np.array(rank), np.array(stream), np.array(after), np.array(delay))

    def _stations(self, factors: Sequence[str]) -> arrays.Stations:
        ids = [station.id for station in self.ways]
        of = [cell.station for cell in self.cells]
        first = [of.index(i) if i in of else 0 for i in range(len(self.stations))]
        gates = [[g for g, (_, node) in enumerate(self.gates) if node in ends(one)] for one in self.stations]
        named = [[f for f, name in enumerate(factors) if name in names(one)] for one in self.stations]
        return arrays.Stations(
            np.array(self.order),
            np.array(first),
            np.array([start + of.count(i) for i, start in enumerate(first)]),
            np.stack([self.capacity(station) for station in self.stations], axis=1),
            *_rows(gates),
            *_rows(named),
            np.array([ids.index(one.id) if one.fleet else -1 for one in self.stations]),
        )

    def capacity(self, station: Station) -> Floats:
        """Units of service a day by step of the axis; 1 for fleets."""
        if station.fleet:
            return np.ones(len(self.axis))
        return self.axis.spread(UNBOUNDED if station.per_day is None else station.per_day)

    def _ways(self, rows: dict[tuple[float, bool], int]) -> arrays.Ways:
        passages = [passage_h(way) for way in self.ways]
        fleets = [way.fleet for way in self.ways if way.fleet]
        cycle = [passages[i] + passages[i ^ 1] for i in range(len(passages))]
        running = np.array([fleet.vessels * fleet.in_service for fleet in fleets])
        longest = float(self.clock.hours.max())
        steady = [min(passages[i], passages[i ^ 1]) < longest for i in range(len(passages))]
        return arrays.Ways(
            np.array([fleet.load for fleet in fleets]),
            np.array([rows.setdefault((hours, False), len(rows)) for hours in passages], dtype=np.int64),
            np.array([fleet.wait_h for fleet in fleets]),
            self._begin(passages, cycle, running),
            running / np.array(cycle),
            np.array(cycle),
            np.array(steady, dtype=np.bool_),
        )

    def _begin(self, passages: Sequence[float], cycle: Sequence[float], running: Floats) -> Floats:
        """Vessels that become ready in each step, spread evenly over their round at the start."""
        start, hours = self.clock.edge[:-1], self.clock.hours
        before = np.array([passages[i ^ 1] for i in range(len(passages))])
        begun = start < before.max(initial=0.0)
        inside = np.clip(before[None] - start[begun, None], 0.0, hours[begun, None])
        return np.asarray(inside * (running / np.array(cycle))[None], dtype=float)


def all_stations(network: QueueNetwork) -> list[Station]:
    """Stations of nodes, then those of fleets, as `QueueNetwork.stations` names them."""
    links = {link.id: link for link in network.links}
    commodities = tuple(commodity.id for commodity in network.commodities)
    found = [
        Station(id, node.id, _use(one.commodities, one.use), one.per_day, one.hours, one.spread)
        for node in network.nodes
        for id, one in zip(stations_of(node), node.services or (Service(commodities),), strict=True)
    ]
    for fleet in network.fleets:
        use = _use(fleet.commodities or commodities, fleet.use)
        for way, link in enumerate((links[fleet.out], links[fleet.back])):
            id = f"{link.tail}/{fleet.id}"
            found.append(Station(id, link.tail, use, fleet=fleet, way=way, link=link))
    return found


def chain(network: QueueNetwork, stations: Sequence[Station], number: int) -> tuple[Cell, ...]:
    """The cells of a stream in order."""
    stream = network.streams[number]
    links = {link.id: link for link in network.links}
    route = next(route for route in network.routes if route.id == stream.route)
    way = [links[id] for id in route.links]
    served = {
        station.node: i
        for i, station in enumerate(stations)
        if not station.fleet and stream.commodity in station.use
    }
    carried = {station.link.id: i for i, station in enumerate(stations) if station.link}
    found = []
    for link in way:
        at, sea = served[link.tail], carried.get(link.id)
        lag = link.lag_h if sea is None else 0.0
        found.append(Cell(number, at, stations[at].hours, lag, False))
        if sea is not None:
            found.append(Cell(number, sea, 0.0, link.lag_h, False))
    end = served[way[-1].head]
    return (*found, Cell(number, end, stations[end].hours, 0.0, True))


def upstream_first(onward: Mapping[int, Sequence[int]]) -> tuple[int, ...]:
    """An order in which all come before those that they lead to, but for what closes a circle."""
    done: dict[int, None] = {}
    opened: set[int] = set()
    for begin in onward:
        stack = [(begin, iter(onward[begin]))] if begin not in opened else []
        opened.add(begin)
        while stack:
            here, heads = stack[-1]
            head = next((one for one in heads if one not in opened), None)
            if head is None:
                done[here] = None
                stack.pop()
            else:
                opened.add(head)
                stack.append((head, iter(onward[head])))
    return tuple(reversed(done))


def passage_h(way: Station) -> float:
    """Hours from one end until a vessel is ready again at the other."""
    if way.fleet is None or way.link is None:
        return 0.0
    return way.link.lag_h + way.fleet.port_h[1 - way.way]


def ends(station: Station) -> tuple[str, ...]:
    """Nodes that must be open for a station to serve."""
    return (station.link.tail, station.link.head) if station.link else (station.node,)


def names(station: Station) -> tuple[str, ...]:
    """Names under which a factor reaches a station."""
    if station.fleet:
        return (station.id, station.fleet.id, f"draft of {station.fleet.id}")
    return (station.id, station.node)


def _use(commodities: Sequence[str], use: Sequence[float]) -> dict[str, float]:
    return dict(zip(commodities, use or (1.0,) * len(commodities), strict=True))


def _rows(lists: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Starts and numbers of lists put behind each other."""
    start = np.cumsum([0, *map(len, lists)])
    return start, np.array([number for one in lists for number in one], dtype=np.int64)


def node_of(network: QueueNetwork, id: str) -> Node:
    """The node of an id that is declared."""
    return next(node for node in network.nodes if node.id == id)
