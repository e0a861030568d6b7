"""Events: the same network, cargo as single consignments and vessels as single ships (SimPy).

A fluid sees neither lumps nor chance. Here consignments of `lot` units come evenly or at random (Poisson), a
service takes its mean time or one that is exponential, a station serves one consignment after the other,
senior commodities first, and a ship sails with whole consignments. The world of a member (closures, factors,
demand) is that of the fluid, so that both can be laid side by side: `run_events` is for detail, one member
after the other, `engine.run` for ensembles.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from mirab.core.ensemble import LANES, READ, Ensemble, Members
from mirab.core.errors import InputError, Problem
from mirab.core.queues import draws
from mirab.core.queues.check import check
from mirab.core.queues.engine import Job
from mirab.core.queues.layout import UNBOUNDED, Cell, Layout, Station, ends, passage_h
from mirab.core.queues.network import QueueNetwork

if TYPE_CHECKING:
    import simpy

Floats = NDArray[np.float64]
Law = Literal["even", "random"]
Process = Generator[Any, Any, None]


@dataclass(frozen=True)
class EventRun:
    """Results as Ensembles on the axis of the demand, named as in `QueueRun`; and each consignment.

    `waiting` and `journey` are means over consignments that came to a station, or entered, in a step and
    were served, or arrived, by the end of the run; NaN where there were none. `waits` by station are rows of
    hour of coming, hours of waiting, member; `journeys` by stream of hour of entering, hours, member.
    """

    network: QueueNetwork
    entered: Ensemble
    served: Ensemble
    delivered: Ensemble
    waiting: Ensemble
    journey: Ensemble
    trips: Ensemble
    waits: dict[str, Floats]
    journeys: dict[str, Floats]


def run_events(
    network: QueueNetwork,
    demand: Members,
    *,
    seed: int,
    lot: float,
    arrivals: Law = "random",
    services: Law = "even",
    levels: Ensemble | None = None,
    factors: Ensemble | None = None,
    step_h: float = 6.0,
) -> EventRun:
    """Simulate every member consignment by consignment; `lot` is their size in units of the network.

    `arrivals` and `services` are even (deterministic) or random (exponential); `step_h` is the resolution of
    closures. A fleet is rounded to whole ships, whose load keeps what all carry together. The rest is as in
    `engine.run`. Raises NetworkError and InputError as it does.
    """
    check(network, demand, step_h=step_h, levels=levels, factors=factors)
    if not 0 < lot < np.inf:
        raise InputError(f"run of {network.name}", [Problem("lot", f"is {lot:g}", "give a number > 0")])
    job = Job(Layout(network, demand.axis, step_h), demand.members, seed, levels, factors)
    chance = Chance(seed, lot, arrivals == "random", services == "random")
    found = [World(job, chance, member, values).run() for member, values in _members(job, demand)]
    return _gathered(job, demand, found)


@dataclass(frozen=True)
class Chance:
    """What is drawn in the event mode."""

    seed: int
    lot: float
    random_arrivals: bool
    random_services: bool


@dataclass
class Noted:
    """What one member left: sums by (axis step, item), and rows of consignments by station and stream."""

    entered: Floats
    served: Floats
    delivered: Floats
    trips: Floats
    waits: dict[int, list[tuple[float, float]]] = field(default_factory=dict)
    journeys: dict[int, list[tuple[float, float]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Curve:
    """A cumulative curve over time, straight between edges: work that can be done by then, or what came."""

    edge: Sequence[float]
    height: Sequence[float]

    @classmethod
    def of(cls, edge: Floats, rate: Floats) -> Curve:
        """The curve of a rate (1/h) that holds over each step."""
        return cls(edge.tolist(), np.concatenate([[0.0], np.cumsum(rate * np.diff(edge))]).tolist())

    def at(self, time: float) -> float:
        """Height at a time."""
        return _between(self.edge, self.height, bisect_right(self.edge, time), time)

    def when(self, height: float) -> float:
        """First time at which the height is reached; infinite where it never is."""
        if height > self.height[-1]:
            return np.inf
        return _between(self.height, self.edge, bisect_left(self.height, height), height)

    def opens(self, time: float) -> float:
        """First time from `time` on at which the curve rises; infinite where it never does."""
        i = bisect_right(self.height, self.at(time) * (1 + 1e-12))
        return np.inf if i == len(self.height) else max(self.edge[i - 1], time)


def _between(known: Sequence[float], wanted: Sequence[float], i: int, value: float) -> float:
    """Where `wanted` stands when `known`, which rises, stands at a value below its entry i."""
    i = min(max(i, 1), len(known) - 1)
    low, high = known[i - 1], known[i]
    part = (value - low) / (high - low) if high > low else 0.0
    return wanted[i - 1] + part * (wanted[i] - wanted[i - 1])


@dataclass
class Pier:
    """Cargo that waits for a vessel: a heap of (priority, number, work, hour, event), and its work."""

    env: simpy.Environment
    berth: Any
    gate: Curve
    heap: list[tuple[int, int, float, float, Any]] = field(default_factory=list)
    work: float = 0.0
    changed: Any = None

    def put(self, priority: int, number: int, work: float) -> Any:
        """Add a consignment; the event comes with its arrival at the other end."""
        event = self.env.event()
        heapq.heappush(self.heap, (priority, number, work, self.env.now, event))
        self.work += work
        if self.changed is not None:
            self.changed.succeed()
            self.changed = None
        return event

    def take(self, load: float) -> list[tuple[int, int, float, float, Any]]:
        """Whole consignments up to a load, senior first."""
        found: list[tuple[int, int, float, float, Any]] = []
        while self.heap and self.heap[0][2] <= load * (1 + 1e-9):
            one = heapq.heappop(self.heap)
            load -= one[2]
            self.work -= one[2]
            found.append(one)
        return found


class World:
    """One member: its closures, factors and demand, and the processes of consignments and vessels."""

    def __init__(self, job: Job, chance: Chance, member: int, demand: Floats) -> None:
        import simpy

        self.job, self.layout, self.chance, self.member = job, job.layout, chance, member
        self.env, self.demand, self.numbers = simpy.Environment(), demand, count()
        block, lane = divmod(member, LANES)
        self.edge, self.hours = self.layout.clock.edge, self.layout.clock.hours
        self.gate = draws.gates(self.layout, job.seed, block)[:, :, lane]
        self.factor = job.factor(block)[:, :, lane]
        self.starts = np.concatenate([[0.0], np.cumsum(self.layout.axis.days * 24.0)])
        self.days = self.starts[:-1].tolist()
        self.servers = [simpy.PriorityResource(self.env, 1) for _ in self.layout.stations]
        self.curves = [self._curve(station) for station in self.layout.stations]
        self.piers = {
            i: Pier(self.env, simpy.Resource(self.env, 1), self.curves[i])
            for i, station in enumerate(self.layout.stations)
            if station.fleet
        }
        self.noted = self._nothing()
        self.random = [self._generator(f"service|{station.id}") for station in self.layout.stations]

    def run(self) -> Noted:
        """All that happens until the end of the axis."""
        for stream in range(len(self.layout.chains)):
            self.env.process(self.arrivals(stream))
        for fleet in range(len(self.layout.ways) // 2):
            self.start_fleet(fleet)
        self.env.run(until=float(self.edge[-1]))
        return self.noted

    def arrivals(self, stream: int) -> Process:
        """Consignments of a stream: one each time that its cumulative demand has grown by a lot."""
        curve, lot = Curve.of(self.starts, self.demand[:, stream] / 24.0), self.chance.lot
        generator, height = self._generator(f"arrivals|{self.job.streams[stream]}"), 0.0
        chain, priority = self.layout.chains[stream], self.layout.priority(stream)
        while True:
            height += lot * (generator.standard_exponential() if self.chance.random_arrivals else 1.0)
            time = curve.when(height)
            if time >= self.edge[-1]:
                return
            yield self.env.timeout(max(time - self.env.now, 0.0))
            self.noted.entered[self.step(), stream] += lot
            self.env.process(self.consignment(stream, chain, priority))

    def consignment(self, stream: int, chain: Sequence[Cell], priority: int) -> Process:
        """The journey of one consignment."""
        begun, commodity = self.env.now, self.job.network.streams[stream].commodity
        for cell in chain:
            station = self.layout.stations[cell.station]
            work = self.chance.lot * station.use[commodity]
            if station.fleet:
                yield self.piers[cell.station].put(priority, next(self.numbers), work)
                continue
            yield from self.serve(cell.station, station, work, priority)
            hours = station.hours * self._spread(cell.station, station) + cell.lag_h
            if hours > 0:
                yield self.env.timeout(hours)
        self.noted.delivered[self.step(), stream] += self.chance.lot
        self.noted.journeys.setdefault(stream, []).append((begun, self.env.now - begun))

    def serve(self, number: int, station: Station, work: float, priority: int) -> Process:
        """Wait for a station, and be served; at once where it has no capacity and is open."""
        came, curve = self.env.now, self.curves[number]
        if station.per_day is None:
            yield from self.until(curve.opens(came))
            self.note(number, came, self.env.now)
            return
        with self.servers[number].request(priority=priority) as turn:
            yield turn
            begun = curve.opens(self.env.now)
            drawn = self.random[number].standard_exponential() if self.chance.random_services else 1.0
            yield from self.until(curve.when(curve.at(self.env.now) + work * drawn))
        self.note(number, came, begun)

    def until(self, time: float) -> Process:
        """Pass the time until then; for ever where it never comes."""
        if time == np.inf:
            yield self.env.event()
        elif time > self.env.now:
            yield self.env.timeout(time - self.env.now)

    def start_fleet(self, fleet: int) -> None:
        """Put the vessels of a fleet on their round, evenly."""
        out, back = self.layout.ways[2 * fleet : 2 * fleet + 2]
        if out.fleet is None:
            return
        running = out.fleet.vessels * out.fleet.in_service
        ships = max(round(running), 1)
        hours = passage_h(out), passage_h(back)
        for ship in range(ships):
            phase = ship * sum(hours) / ships
            way, wait = (1, hours[0] - phase) if phase < hours[0] else (0, sum(hours) - phase)
            self.env.process(self.vessel(fleet, way, wait, running / ships))

    def vessel(self, fleet: int, way: int, wait: float, scale: float) -> Process:
        """A vessel that is ready at the end of `way` after `wait` hours, and goes round for ever."""
        yield self.env.timeout(wait)
        stations = self.layout.ways[2 * fleet : 2 * fleet + 2]
        numbers = [self.layout.stations.index(station) for station in stations]
        while True:
            station, pier, ready = stations[way], self.piers[numbers[way]], self.env.now
            with pier.berth.request() as turn:
                yield turn
                yield from self.until(pier.gate.opens(self.env.now))
                yield from self.load_up(station, pier, self.load(numbers[way]) * scale, ready)
                yield from self.until(pier.gate.opens(self.env.now))
                cargo = pier.take(self.load(numbers[way]) * scale)
            self.noted.trips[self.step(), fleet] += way == 0
            for _, _, _, came, _ in cargo:
                self.note(numbers[way], came, self.env.now)
            lag = station.link.lag_h if station.link else 0.0
            yield self.env.timeout(lag)
            for *_, event in cargo:
                event.succeed()
            yield self.env.timeout(passage_h(station) - lag)
            way = 1 - way

    def load_up(self, station: Station, pier: Pier, load: float, ready: float) -> Process:
        """Wait until a full load is there, or as long as the vessel may since it was ready."""
        last = ready + (station.fleet.wait_h if station.fleet else 0.0)
        while pier.work < load * (1 - 1e-9) and self.env.now < last:
            pier.changed = self.env.event()
            yield pier.changed | self.env.timeout(last - self.env.now)

    def load(self, number: int) -> float:
        """Units of service that a vessel takes now."""
        station, net = self.layout.stations[number], self.job.net.stations
        rows = net.factor[net.factor_start[number] : net.factor_start[number + 1]]
        return float((station.fleet.load if station.fleet else 0.0) * self.factor[self.step(), rows].prod())

    def note(self, number: int, came: float, begun: float) -> None:
        """Note a consignment that a station has served, and its wait."""
        self.noted.served[self.step(), number] += self.chance.lot
        self.noted.waits.setdefault(number, []).append((came, begun - came))

    def step(self) -> int:
        """Step of the axis that holds the present."""
        return min(bisect_right(self.days, self.env.now), len(self.days)) - 1

    def _curve(self, station: Station) -> Curve:
        """Work that a station can do; hours that it is open where it has no capacity."""
        axis, number = self.layout.clock.axis, self.layout.stations.index(station)
        names = [node for _, node in self.layout.gates]
        open_share = self.gate[:, [node in ends(station) for node in names]].prod(axis=1)
        rate = np.minimum(self.layout.capacity(station), UNBOUNDED)[axis] / 24.0
        rows = self.job.net.stations
        factor = self.factor[:, rows.factor[rows.factor_start[number] : rows.factor_start[number + 1]]]
        known = station.per_day is not None
        work = rate * factor.prod(axis=1)[axis] if known else np.ones(len(axis))
        return Curve.of(self.edge, work * open_share)

    def _spread(self, number: int, station: Station) -> float:
        if station.spread == 0:
            return 1.0
        sigma = np.sqrt(np.log1p(station.spread**2))
        return float(np.exp(sigma * self.random[number].standard_normal() - sigma**2 / 2.0))

    def _generator(self, name: str) -> np.random.Generator:
        return draws.generator(self.chance.seed, f"events|{name}", self.member)

    def _nothing(self) -> Noted:
        steps, streams = self.demand.shape
        sizes = (streams, len(self.layout.stations), streams, len(self.layout.ways) // 2)
        entered, served, delivered, trips = (np.zeros((steps, size)) for size in sizes)
        return Noted(entered, served, delivered, trips)


def _members(job: Job, demand: Members) -> Iterator[tuple[int, Floats]]:
    """Number and demand (axis step, stream) of each member."""
    for first in range(0, demand.members, READ):
        part = demand.part(first, min(first + READ, demand.members)).select(job.streams)
        for i, values in enumerate(part.values()):
            yield first + i, values


def _gathered(job: Job, demand: Members, found: Sequence[Noted]) -> EventRun:
    """Members as ensembles."""
    days = demand.axis.days[None, :, None]
    sums = {
        name: np.stack([getattr(one, name) for one in found]) / days
        for name in ("entered", "served", "delivered", "trips")
    }
    waits = {one.id: _rows(found, "waits", i) for i, one in enumerate(job.layout.stations)}
    journeys = {id: _rows(found, "journeys", i) for i, id in enumerate(job.streams)}
    means = {"waiting": _means(job, waits), "journey": _means(job, journeys)}
    ensembles = {
        name: Ensemble.of(
            name, job.labels[name][0], job.labels[name][1], demand.axis, values,
            states=job.labels[name][2], seed=job.seed,
            how=f"simulated by events on the network of queues {job.network.name!r}",
        )
        for name, values in {**sums, **means}.items()
    }  # fmt: skip
    return EventRun(job.network, **ensembles, waits=waits, journeys=journeys)


def _rows(found: Sequence[Noted], name: str, item: int) -> Floats:
    """Hour, hours and member of each consignment of an item."""
    rows = [(*row, m) for m, one in enumerate(found) for row in getattr(one, name).get(item, ())]
    return np.array(rows, dtype=float).reshape(-1, 3)


def _means(job: Job, rows: dict[str, Floats]) -> Floats:
    """Mean hours by (member, axis step, item) of the consignments that came in the step."""
    days = job.layout.axis.days
    starts = np.concatenate([[0.0], np.cumsum(days * 24.0)])
    found = np.full((job.members, len(days), len(rows)), np.nan)
    for i, table in enumerate(rows.values()):
        step = np.searchsorted(starts, table[:, 0], side="right") - 1
        cell = (table[:, 2] * len(days) + step).astype(np.int64)
        size = job.members * len(days)
        many = np.bincount(cell, minlength=size)
        total = np.bincount(cell, weights=table[:, 1], minlength=size)
        found[:, :, i] = np.divide(total, many, out=np.full(size, np.nan), where=many > 0).reshape(
            job.members, len(days)
        )
    return found
