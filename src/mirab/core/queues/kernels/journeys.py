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
def place(clock: Clock, even: bool, rate: float, time: float) -> Any:
    """Step that holds a time, and how far into it the time is, as one number; the end after the end."""
    last = clock.hours.size
    if not time < clock.edge[last]:
        return float(last)
    if even:
        return time * rate
    s = min(int(time * rate), last - 1)
    while clock.edge[s] > time:
        s -= 1
    while clock.edge[s + 1] <= time:
        s += 1
    return s + (time - clock.edge[s]) / clock.hours[s]


@inlined
def are_even(clock: Clock) -> bool:
    """Whether all steps are as long as the first."""
    even = True
    for s in range(clock.hours.size):
        even = even and clock.hours[s] == clock.hours[0]
    return even


@compiled
def journeys(net: Net, legs: Legs, memory: Memory, middle: Any, factor: Any, hours: Any) -> None:
    """Hours by (axis step, stream, lane) of what enters at the hours `middle` of each step.

    Waits are linear between edges, and after the end what they are there. `factor` (axis step, service, lane)
    multiplies the mean hours of the service. Half a headway goes by until a vessel leaves.
    """
    clock, after, wait, headway = net.clock, net.cells.after, memory.curves.wait, memory.curves.headway
    even, rate, last = are_even(clock), 1.0 / clock.hours[0], clock.hours.size - 1
    for t in range(middle.size):
        for stream in range(net.entry.size):
            for w in range(LANES):
                hours[t, stream, w] = 0.0
            c = net.entry[stream]
            while c < after.size:
                draw, way, lag, service = legs.draw[c], legs.way[c], legs.lag_h[c], legs.service_h[c]
                for w in range(LANES):
                    at = place(clock, even, rate, middle[t] + hours[t, stream, w])
                    s = min(int(at), last)
                    early, late = wait[s, c, w], wait[s + 1, c, w]
                    spent = early + (at - s) * (late - early) + lag
                    spent += headway[s, way, w] / 2.0 if way >= 0 else 0.0
                    spent += service * factor[t, draw, w] if draw >= 0 else service
                    hours[t, stream, w] += spent
                c = after[c]
