"""Engine: a network of queues as a fluid, run over the members of its demand in threads.

Method (ours, on Newell's cumulative curves, Applications of Queueing Theory, 2nd ed. 1982): in each step a
station serves what waits and what comes, senior commodities first, up to its capacity; streams of one
priority share it by what waits of them. What leaves is spread over the steps in which it arrives. Vessels
are a fluid too, which goes round with its own delays. A fluid queue has no waiting below capacity (D/D/1):
what lumps and chance add is seen by the events of `mirab.core.queues.events`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mirab.core.ensemble import LANES, READ, Ensemble, Members
from mirab.core.errors import UnknownNameError
from mirab.core.queues import draws
from mirab.core.queues.check import check
from mirab.core.queues.kernels import arrays, fluid, journeys
from mirab.core.queues.layout import Layout
from mirab.core.queues.network import Fleet, QueueNetwork
from mirab.core.queues.run import QueueRun
from mirab.core.queues.yards import standing

Floats = NDArray[np.float64]
CHUNK = 64
CLOSING_DAYS = 28.0
RESULTS = (*arrays.Results._fields, "waiting", "standing", "journey")


def run(
    network: QueueNetwork,
    demand: Members,
    *,
    seed: int,
    step_h: float | None = 6.0,
    levels: Ensemble | None = None,
    factors: Ensemble | None = None,
    numbers: Sequence[int] | None = None,
    keep: Sequence[str] = RESULTS,
    threads: int | None = None,
) -> QueueRun:
    """Simulate a network of queues, empty at the start, for every member of `demand`.

    `demand` has what enters a day, an item for each stream. The engine steps by `step_h` hours, a divisor of
    24, or by the steps of the demand's axis where it is None. `levels` has the stages of drafts in m, and
    `factors` shares of the capacity of stations, nodes or fleets (by id); both on the same axis, with one
    member or as many as the demand. `seed` draws closed spells and times of service; `numbers` says which
    members of the seed they are, the first ones where it is None. `keep` names the results (`QueueRun`) that
    are held; asking for an item of another is a NotKeptError.

    Raises NetworkError with every problem of the declaration, InputError with those of what it is given,
    UnknownNameError for a result that there is not.
    """
    check(network, demand, step_h=step_h, levels=levels, factors=factors)
    worlds = None if numbers is None else tuple(numbers)
    job = Job(
        Layout(network, demand.axis, step_h), demand.members, seed, levels, factors, worlds, _known(keep)
    )
    lanes, workers = job.room(), threads or os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        for first in range(0, demand.members, READ):
            part = demand.part(first, min(first + READ, demand.members))
            part = part if part.items == job.streams else part.select(job.streams)
            size = min(CHUNK, LANES * -(-part.members // (LANES * workers)))
            starts = range(0, part.members, size)
            list(pool.map(partial(job.chunk, part, first, lanes, size), starts))
    return job.labelled(demand, step_h, lanes)


@dataclass(frozen=True)
class Job:
    """What all chunks of a run share."""

    layout: Layout
    members: int
    seed: int
    levels: Ensemble | None
    factors: Ensemble | None
    numbers: tuple[int, ...] | None = None
    keep: tuple[str, ...] = RESULTS

    @property
    def network(self) -> QueueNetwork:
        """The network of the layout."""
        return self.layout.network

    @cached_property
    def streams(self) -> tuple[str, ...]:
        """Ids of the streams."""
        return tuple(stream.id for stream in self.network.streams)

    @cached_property
    def factor_names(self) -> tuple[str, ...]:
        """Rows that multiply capacities and loads: the given ones, then the drafts of fleets."""
        given = self.factors.items if self.factors else ()
        return (*given, *(f"draft of {fleet.id}" for fleet in self.network.fleets if fleet.drafts))

    @cached_property
    def net(self) -> arrays.Net:
        """The arrays of the kernels."""
        return self.layout.net(self.factor_names)

    @cached_property
    def labels(self) -> dict[str, tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]]]:
        """Unit, items and owner states of each result."""
        network, unit = self.network, self.network.unit
        nodes = {node.id: node.states for node in network.nodes}
        owners = tuple(nodes[station.node] for station in self.layout.stations)
        stations = network.stations, owners
        streams = self.streams, ((),) * len(self.streams)
        fleets = tuple(fleet.id for fleet in network.fleets), ((),) * len(network.fleets)
        return {
            "queue": (unit, *stations),
            "served": (f"{unit}/day", *stations),
            "waiting": ("h", *stations),
            "utilisation": ("fraction", *stations),
            "standing": (unit, tuple(nodes), tuple(nodes.values())),
            "waits": (unit, *streams),
            "entered": (f"{unit}/day", *streams),
            "delivered": (f"{unit}/day", *streams),
            "under_way": (unit, *streams),
            "journey": ("h", *streams),
            "trips": ("1/day", *fleets),
        }

    def room(self) -> dict[str, NDArray[np.float32]]:
        """Lane arrays of zeros for the results that are kept."""
        blocks = -(-self.members // LANES)
        return {name: self.zeros(blocks, len(self.labels[name][1])) for name in self.keep}

    def zeros(self, blocks: int, items: int) -> NDArray[np.float32]:
        """A lane array of zeros."""
        return np.zeros((blocks, len(self.layout.axis), items, LANES), dtype=np.float32)

    def into(self, lanes: Mapping[str, NDArray[Any]], number: int) -> dict[str, NDArray[Any]]:
        """Where a block writes: the results that are kept, and room for what else the kernel leaves."""
        beside = {
            name: self.zeros(1, len(self.labels[name][1]))[0]
            for name in arrays.Results._fields
            if name not in lanes
        }
        return beside | {name: values[number] for name, values in lanes.items()}

    def of_worlds(self, draw: Callable[[Layout, int, int], Floats], number: int) -> Floats:
        """What is drawn for the members of a block, lane by lane, by the numbers that they have."""
        if self.numbers is None:
            return draw(self.layout, self.seed, number)
        own = np.array(self.numbers[number * LANES : (number + 1) * LANES])
        own = np.concatenate([own, np.repeat(own[-1:], LANES - own.size)])
        blocks = {int(block): draw(self.layout, self.seed, int(block)) for block in np.unique(own // LANES)}
        lanes = [blocks[world // LANES][..., world % LANES] for world in own.tolist()]
        return np.stack(lanes, axis=-1)

    def chunk(
        self, part: Ensemble, before: int, lanes: Mapping[str, NDArray[Any]], size: int, at: int
    ) -> None:
        """Run `size` members of a part from number `at` on; `before` members stand before the part."""
        memory = self.memory()
        for block in range(at // LANES, -(-min(at + size, part.members) // LANES)):
            number = before // LANES + block
            self.block(part.lanes[block], number, self.into(lanes, number), memory)

    def memory(self) -> arrays.Memory:
        """Room for the work of one thread."""
        net = self.net
        ring = max(int(net.delays.offset.max(initial=0)) + 4, net.ways.begin.shape[0] + 1)
        counts = (net.cells.use.size, net.entry.size, net.stations.first.size, net.ways.rate.size)
        return arrays.new_memory(arrays.Sizes(*counts, net.clock.hours.size, len(self.layout.axis), ring))

    def block(
        self, demand: NDArray[Any], number: int, into: Mapping[str, NDArray[Any]], memory: arrays.Memory
    ) -> None:
        """Run one block of members."""
        layout, net, steps = self.layout, self.net, len(self.layout.axis)
        gate = self.of_worlds(draws.gates, number)
        given = arrays.Given(np.ascontiguousarray(demand, dtype=np.float64), gate, self.factor(number))
        results = arrays.Results(*(into[name] for name in arrays.Results._fields))
        closing = min(CLOSING_DAYS * 24.0, float(net.clock.edge[-1]))
        fluid.run_block(net, given, memory, results, closing)
        if "waiting" in into:
            journeys.mean_waits(net, memory, into["waiting"])
        if "journey" in into:
            drawn = self.of_worlds(draws.service_factors, number)
            middle = np.cumsum(layout.axis.days * 24.0) - layout.axis.days * 12.0
            journeys.journeys(net, layout.legs(), memory, middle, drawn, into["journey"])
        for name in ("served", "entered", "delivered", "trips"):
            into[name][:] /= layout.axis.days.reshape(steps, 1, 1)
        if "standing" in into:
            self.by_node(into)
        fill_up(into.values(), min(self.members - number * LANES, LANES))

    def factor(self, number: int) -> Floats:
        """Values of the factor rows in a block, shape (axis step, row, lane)."""
        steps = len(self.layout.axis)
        given = _lanes(self.factors, number, steps)
        levels = _lanes(self.levels, number, steps)
        stages = self.levels.items if self.levels else ()
        drafts = [load_share(fleet, stages, levels) for fleet in self.network.fleets if fleet.drafts]
        return np.ascontiguousarray(np.concatenate([given, *(one[:, None] for one in drafts)], axis=1))

    def by_node(self, into: Mapping[str, NDArray[Any]]) -> None:
        """Write what stands at each node in a block."""
        stations, nodes = self.layout.stations, [node.id for node in self.network.nodes]
        waiting = {
            id: into["queue"][:, [i for i, one in enumerate(stations) if one.node == id]].sum(axis=1)
            for id in nodes
        }
        found = standing(self.network, waiting)
        for i, id in enumerate(nodes):
            into["standing"][:, i] = found[id]

    def labelled(self, demand: Members, step_h: float | None, lanes: Mapping[str, NDArray[Any]]) -> QueueRun:
        """The results as ensembles."""
        how = f"simulated on the network of queues {self.network.name!r}"
        found = {}
        for name, (unit, items, states) in self.labels.items():
            kept = name in lanes
            held = lanes[name] if kept else self.zeros(-(-self.members // LANES), 0)
            found[name] = Ensemble(
                name, unit, items if kept else (), demand.axis, demand.members, held,
                states if kept else (), how, self.seed, demand.evidence, () if kept else items,
            )  # fmt: skip
        known = tuple(
            one.id for one in self.layout.stations if one.fleet is not None or one.per_day is not None
        )
        if "utilisation" in lanes:
            found["utilisation"] = found["utilisation"].select(known)
        return QueueRun(
            self.network, demand, self.seed, step_h, **found, levels=self.levels, factors=self.factors,
            numbers=self.numbers,
        )  # fmt: skip


def _known(keep: Sequence[str]) -> tuple[str, ...]:
    for name in keep:
        if name not in RESULTS:
            raise UnknownNameError("result of queues", name, RESULTS)
    return tuple(dict.fromkeys(keep))


def fill_up(results: Iterable[NDArray[Any]], members: int) -> None:
    """Repeat the last member of a block in the lanes beyond it, as in every ensemble."""
    for lanes in results:
        lanes[:, :, members:] = lanes[:, :, members - 1 : members]


def load_share(fleet: Fleet, stages: Sequence[str], levels: Floats) -> Floats:
    """Share of the full load of a fleet by its drafts, shape (axis step, lane); the least of them counts."""
    shares = [
        np.interp(levels[:, stages.index(draft.stage)], draft.level_m, draft.share) for draft in fleet.drafts
    ]
    return np.asarray(np.min(shares, axis=0), dtype=float)


def _lanes(ensemble: Ensemble | None, number: int, steps: int) -> Floats:
    """The lanes of a block, shape (axis step, item, lane); the one member of an ensemble that has one."""
    if ensemble is None:
        return np.zeros((steps, 0, LANES))
    block = ensemble.lanes[0 if ensemble.members == 1 else number]
    return np.asarray(
        np.repeat(block[:, :, :1], LANES, axis=2) if ensemble.members == 1 else block, dtype=float
    )
