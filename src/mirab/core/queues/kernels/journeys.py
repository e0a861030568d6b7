"""Waits by station and journeys by stream, read from the curves that the time loop leaves."""

from __future__ import annotations

from typing import Any, NamedTuple

from mirab.core.compiling import inlined
from mirab.core.queues.kernels.arrays import LANES, Clock, Memory, Net
from mirab.core.queues.kernels.spells import compiled


class Legs(NamedTuple):
    """By cell: mean hours of the service, row of its draws or -1, hours on the link behind it, way or -1."""

    service_h: Any
    draw: Any
    lag_h: Any
    way: Any


@compiled
def mean_waits(net: Net, memory: Memory, waiting: Any) -> None:
    """Mean wait by (axis step, station, lane) of what came in the step; 0 at stations without a stream."""
    weight, weighted = memory.curves.weight, memory.curves.weighted
    for t in range(waiting.shape[0]):
        for station in range(waiting.shape[1]):
            if net.stations.last[station] > net.stations.first[station]:
                for w in range(LANES):
                    waiting[t, station, w] = weighted[t, station, w] / weight[t, station, w]


@inlined
def step_of(clock: Clock, time: float) -> Any:
    """Step that holds a time; the last after the end."""
    last = clock.hours.size - 1
    if time >= clock.edge[last]:
        return last
    s = min(int(time / clock.hours[0]), last)
    while clock.edge[s] > time:
        s -= 1
    while clock.edge[s + 1] <= time:
        s += 1
    return s


@compiled
def journeys(net: Net, legs: Legs, memory: Memory, middle: Any, factor: Any, hours: Any) -> None:
    """Hours by (axis step, stream, lane) of what enters at the hours `middle` of each step.

    Waits are linear between edges, and after the end what they are there. `factor` (axis step, service, lane)
    multiplies the mean hours of the service. Half a headway goes by until a vessel leaves.
    """
    clock, after, wait = net.clock, net.cells.after, memory.curves.wait
    for t in range(middle.size):
        for stream in range(net.entry.size):
            for w in range(LANES):
                hours[t, stream, w] = 0.0
            c = net.entry[stream]
            while c < after.size:
                draw, way, lag = legs.draw[c], legs.way[c], legs.lag_h[c]
                for w in range(LANES):
                    time = middle[t] + hours[t, stream, w]
                    if time != time:
                        continue
                    s = step_of(clock, time)
                    part = min((time - clock.edge[s]) / clock.hours[s], 1.0)
                    spent = wait[s, c, w] + part * (wait[s + 1, c, w] - wait[s, c, w]) + lag
                    spent += memory.curves.headway[s, way, w] / 2.0 if way >= 0 else 0.0
                    drawn = factor[t, draw, w] if draw >= 0 else 1.0
                    hours[t, stream, w] += spent + legs.service_h[c] * drawn
                c = after[c]
