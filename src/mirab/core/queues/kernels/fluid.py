"""The time loop of the fluid queues: eight members side by side, step after step.

Cumulative curves by cell (a stream at one of its stations) give the waits: what has come by the end of a step
has left when the curve of what left reaches that height. Where nothing came, a thought consignment passes
once the station has room.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mirab.core.compiling import inlined
from mirab.core.queues.kernels.arrays import LANES, Curves, Given, Memory, Net, Results
from mirab.core.queues.kernels.spells import compiled

# Smallest share of a height of the cumulative curve that tells two heights apart.
NOUGHT = 1e-9
# Weight of a step in which nothing came, in the mean wait of steps in which nothing came.
NOTHING = 1e-9
# Hours over which the headway of vessels is averaged.
MEMORY_H = 336.0


@compiled
def clear(net: Net, memory: Memory) -> None:
    """Empty network; vessels are spread over their round."""
    curves = memory.curves
    for values in (memory.queue, memory.noted, memory.left, memory.ready, memory.sailed, memory.transit):
        values[:] = 0.0
    for sums in (memory.used, memory.offered, curves.earlier):
        sums[:] = 0.0
    for more in (memory.ring, memory.vessels, curves.weight, curves.weighted):
        more[:] = 0.0
    curves.height[0] = 0.0
    curves.next[:] = 0
    begin, rate = net.ways.begin, net.ways.rate
    for way in range(rate.size):
        for w in range(LANES):
            memory.often[way, w] = rate[way]
            for k in range(begin.shape[0]):
                memory.vessels[k, way, w] = begin[k, way]


@compiled
def run_block(net: Net, given: Given, memory: Memory, results: Results, closing_h: float) -> None:
    """All steps of one block; `closing_h` hours before the end the rate for what is left begins."""
    clock, last, first, since = net.clock, net.clock.hours.size - 1, 0, 0.0
    clear(net, memory)
    for s in range(last + 1):
        if clock.edge[s] <= clock.edge[last + 1] - closing_h:
            note_left(memory)
            since = clock.edge[s]
        enter(net, given, memory, results, s)
        for station in net.stations.order:
            arrive(net, memory, station, s)
            open_up(net, given, memory, station, s)
            if net.stations.direction[station] >= 0:
                sail(net, given, memory, results, station, s)
            serve(net, memory, results, station, s)
        deliver(net, memory, results, s)
        note_headway(net, memory, s)
        if s == last or clock.axis[s + 1] != clock.axis[s]:
            close_step(net, memory, results, s, first)
            first = s + 1
    finish(net, memory, clock.edge[last + 1] - since)


@compiled
def note_left(memory: Memory) -> None:
    """Keep what has left each cell so far."""
    for c in range(memory.left.shape[0]):
        for w in range(LANES):
            memory.curves.earlier[c, w] = memory.left[c, w]


@compiled
def enter(net: Net, given: Given, memory: Memory, results: Results, s: int) -> None:
    """Put what enters in a step before the first cell of each stream, where `arrive` finds it."""
    t, row = net.clock.axis[s], s % memory.ring.shape[0]
    days = net.clock.hours[s] / 24.0
    for stream in range(net.entry.size):
        for w in range(LANES):
            amount = given.demand[t, stream, w] * days
            memory.ring[row, net.entry[stream], w] += amount
            results.entered[t, stream, w] += amount


@compiled
def arrive(net: Net, memory: Memory, station: int, s: int) -> None:
    """Take what comes to the cells of a station in a step off the ring, and note the height that it makes."""
    row, curves = s % memory.ring.shape[0], memory.curves
    for c in range(net.stations.first[station], net.stations.last[station]):
        for w in range(LANES):
            amount = memory.ring[row, c, w]
            memory.ring[row, c, w] = 0.0
            memory.queue[c, w] += amount
            curves.height[s + 1, c, w] = curves.height[s, c, w] + amount


@compiled
def open_up(net: Net, given: Given, memory: Memory, station: int, s: int) -> None:
    """Room of a station in a step: units of service at nodes, the open share at fleets."""
    at, t = net.stations, net.clock.axis[s]
    days = net.clock.hours[s] / 24.0 if at.direction[station] < 0 else 1.0
    for w in range(LANES):
        memory.room[w] = at.capacity[t, station] * days
    for k in range(at.gate_start[station], at.gate_start[station + 1]):
        for w in range(LANES):
            memory.room[w] *= given.gate[s, at.gate[k], w]
    if at.direction[station] >= 0:
        return
    for k in range(at.factor_start[station], at.factor_start[station + 1]):
        for w in range(LANES):
            memory.room[w] *= given.factor[t, at.factor[k], w]
    for w in range(LANES):
        memory.offered[station, w] += memory.room[w]


@compiled
def loads(net: Net, given: Given, station: int, t: int, w: int) -> Any:
    """Units of service that one vessel takes in a step of the axis."""
    at = net.stations
    load = net.ways.load[at.direction[station]]
    for k in range(at.factor_start[station], at.factor_start[station + 1]):
        load *= given.factor[t, at.factor[k], w]
    return load


@compiled
def sail(net: Net, given: Given, memory: Memory, results: Results, station: int, s: int) -> None:
    """Vessels that leave in a step, and the room that they have: `memory.room` holds the open share before.

    Full ones first; of the others the share that has waited long enough.
    """
    way, t, hours = net.stations.direction[station], net.clock.axis[s], net.clock.hours[s]
    row = s % memory.vessels.shape[0]
    patience = net.ways.wait_h[way]
    leave = 1.0 if patience <= hours else hours / patience
    for w in range(LANES):
        asked, load = 0.0, loads(net, given, station, t, w)
        for c in range(net.stations.first[station], net.stations.last[station]):
            asked += memory.queue[c, w] * net.cells.use[c]
        memory.ready[way, w] += memory.vessels[row, way, w]
        memory.vessels[row, way, w] = 0.0
        if net.ways.steady[way]:
            memory.ready[way, w] = net.ways.rate[way] * hours
        free = max(memory.ready[way, w], 0.0) * memory.room[w]
        full = min(free, asked / load) if load > 0.0 else 0.0
        going = full + (free - full) * leave
        memory.ready[way, w] -= going
        memory.sailed[way, w] += going
        memory.room[w] = going * load
        idle = (free - going) * min(hours / net.ways.cycle_h[way], 1.0)
        memory.offered[station, w] += (going + idle) * load
        if way % 2 == 0:
            results.trips[t, way // 2, w] += going
        if not net.ways.steady[way]:
            for k in range(3):
                later = (s + net.delays.offset[net.ways.delay[way], s] + k) % memory.vessels.shape[0]
                memory.vessels[later, way ^ 1, w] += going * net.delays.share[net.ways.delay[way], s, k]


@compiled
def serve(net: Net, memory: Memory, results: Results, station: int, s: int) -> None:
    """Share the room of a station among its cells, class after class, and pass on what is served."""
    first, last = net.stations.first[station], net.stations.last[station]
    while first < last:
        end = first
        for w in range(LANES):
            memory.share[w] = 0.0
        while end < last and net.cells.rank[end] == net.cells.rank[first]:
            for w in range(LANES):
                memory.share[w] += memory.queue[end, w] * net.cells.use[end]
            end += 1
        for w in range(LANES):
            asked, room = memory.share[w], memory.room[w]
            memory.open[w] = room > 0.0
            memory.pace[w] = min(asked / room, 1.0) if room > 0.0 else 1.0
            memory.share[w] = 1.0 if asked <= room else room / asked
            memory.room[w] = max(room - asked, 0.0)
            memory.used[station, w] += min(asked, room)
        for c in range(first, end):
            pass_on(net, memory, c, s)
            date_edges(net, memory, (station, c), s)
        first = end


@inlined
def pass_on(net: Net, memory: Memory, c: int, s: int) -> None:
    """Send the served share of a cell on its way to the next."""
    after, delay, rows = net.cells.after[c], net.cells.delay[c], memory.ring.shape[0]
    row = (s + net.delays.offset[delay, s]) % rows
    for w in range(LANES):
        out = memory.queue[c, w] * memory.share[w]
        memory.out[w] = out
        memory.queue[c, w] -= out
        memory.left[c, w] += out
    for k in range(3):
        share = net.delays.share[delay, s, k]
        if share > 0.0:
            later = row + k if row + k < rows else row + k - rows
            for w in range(LANES):
                memory.ring[later, after, w] += memory.out[w] * share


@inlined
def date_edges(net: Net, memory: Memory, where: tuple[int, int], s: int) -> None:
    """Waits of what came to a cell at each edge that has passed in this step.

    Where no lane has a queue, or had one, they are nought.
    """
    station, c = where
    curves, busy = memory.curves, 0
    for w in range(LANES):
        at_once = curves.next[c, w] == s + 1 and memory.queue[c, w] <= 0.0 and memory.open[w]
        busy += 0 if at_once else 1
    if busy:
        for w in range(LANES):
            if memory.open[w]:
                date_lane(net, memory, (station, c, w), s)
        return
    for w in range(LANES):
        curves.wait[s + 1, c, w] = 0.0
        curves.next[c, w] = s + 2


@compiled
def date_lane(net: Net, memory: Memory, where: tuple[int, int, int], s: int) -> None:
    """The same for one lane: an edge has passed when what left has the height of the curve there."""
    station, c, w = where
    curves, edge = memory.curves, net.clock.edge
    begun, left = memory.left[c, w] - memory.out[w], memory.left[c, w]
    high = left + NOUGHT * left
    k = curves.next[c, w]
    while k <= s + 1 and curves.height[k, c, w] <= high:
        height = curves.height[k, c, w]
        part = min((height - begun) / (left - begun), 1.0) if height > begun else 0.0
        passed = edge[s] + part * memory.pace[w] * net.clock.hours[s]
        set_wait(net, curves, (station, c, w), k, max(passed - edge[k], 0.0))
        k += 1
    curves.next[c, w] = k


@inlined
def set_wait(net: Net, curves: Curves, where: tuple[int, int, int], k: int, wait: float) -> None:
    """Note the wait at an edge, and count it for what came since the edge before."""
    station, c, w = where
    curves.wait[k, c, w] = wait
    if k > 0:
        came = curves.height[k, c, w] - curves.height[k - 1, c, w] + NOTHING
        mean = (curves.wait[k - 1, c, w] + wait) / 2.0
        curves.weighted[net.clock.axis[k - 1], station, w] += came * mean


@compiled
def deliver(net: Net, memory: Memory, results: Results, s: int) -> None:
    """Take what arrives behind the last cells off the ring."""
    row, t, cells = s % memory.ring.shape[0], net.clock.axis[s], net.cells.use.size
    for stream in range(net.entry.size):
        for w in range(LANES):
            amount = memory.ring[row, cells + stream, w]
            results.delivered[t, stream, w] += amount
            memory.ring[row, cells + stream, w] = 0.0


@compiled
def note_headway(net: Net, memory: Memory, s: int) -> None:
    """Hours between vessels, from a fading mean of how often they left."""
    hours = net.clock.hours[s]
    new = 1.0 - np.exp(-hours / MEMORY_H)
    for way in range(net.ways.rate.size):
        for w in range(LANES):
            memory.often[way, w] += new * (memory.sailed[way, w] / hours - memory.often[way, w])
            memory.sailed[way, w] = 0.0
            memory.curves.headway[s, way, w] = 1.0 / memory.often[way, w]


@compiled
def close_step(net: Net, memory: Memory, results: Results, s: int, first: int) -> None:
    """Write what stands at the end of a step of the axis, of the steps `first` to s, and what it served."""
    t, height = net.clock.axis[s], memory.curves.height
    for station in range(net.stations.first.size):
        for c in range(net.stations.first[station], net.stations.last[station]):
            stream = net.cells.stream[c]
            for w in range(LANES):
                came = height[s + 1, c, w] - height[first, c, w]
                results.queue[t, station, w] += memory.queue[c, w]
                results.waits[t, stream, w] += memory.queue[c, w]
                results.served[t, station, w] += memory.left[c, w] - memory.noted[c, w]
                memory.transit[stream, w] += memory.left[c, w] - memory.noted[c, w] - came
                memory.curves.weight[t, station, w] += came + NOTHING * (s + 1 - first)
                memory.noted[c, w] = memory.left[c, w]
        for w in range(LANES):
            offered = memory.offered[station, w]
            short = 1.0 if results.queue[t, station, w] > 0.0 else 0.0
            results.utilisation[t, station, w] = memory.used[station, w] / offered if offered > 0.0 else short
            memory.used[station, w] = memory.offered[station, w] = 0.0
    for stream in range(net.entry.size):
        for w in range(LANES):
            memory.transit[stream, w] += results.entered[t, stream, w] - results.delivered[t, stream, w]
            results.under_way[t, stream, w] = memory.transit[stream, w]


@compiled
def finish(net: Net, memory: Memory, closing_h: float) -> None:
    """Waits of what has not passed by the end, at the rate of the last hours; NaN where that is 0."""
    curves, edge = memory.curves, net.clock.edge
    last = edge.size - 1
    for station in range(net.stations.first.size):
        for c in range(net.stations.first[station], net.stations.last[station]):
            for w in range(LANES):
                rate = (memory.left[c, w] - curves.earlier[c, w]) / closing_h
                for k in range(curves.next[c, w], last + 1):
                    behind = max(curves.height[k, c, w] - memory.left[c, w], 0.0)
                    more = 0.0 if behind == 0.0 else behind / rate if rate > 0.0 else np.nan
                    set_wait(net, curves, (station, c, w), k, edge[last] - edge[k] + more)
