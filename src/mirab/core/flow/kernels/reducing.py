"""Reductions over members, compiled: one pass over lane arrays, member after member, in one order."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mirab.core.flow.kernels.simplex import allocating, compiled

LANES = 8


class Moments(NamedTuple):
    """Sum, minimum and maximum over members by (time, item)."""

    total: Any
    least: Any
    most: Any


class Sums(NamedTuple):
    """Reductions of what a step gives; `short` counts the takes below `bound`, both by (time, item).

    `work` has a row of lanes for each of the moments.
    """

    flow: Moments
    volume: Moments
    taken: Moments
    evaporated: Moments
    bound: Any
    short: Any
    work: Any


def new_sums(steps: int, items: tuple[int, int, int, int], bound: Any) -> Sums:
    """Sums of nothing for so many items of flow, volume, takes and evaporation.

    The bound is laid by rows: kernels are compiled once more for an array that lies otherwise.
    """
    flow, volume, taken, evaporated = (
        Moments(*(np.zeros((steps, count)) for _ in Moments._fields)) for count in items
    )
    short = np.zeros(bound.shape, dtype=np.int64)
    return Sums(flow, volume, taken, evaporated, np.ascontiguousarray(bound), short, np.zeros((3, LANES)))


@compiled
def reduce_lanes(
    values: Any, items: Any, numbers: Any, count: int, moments: Moments, work: Any, t: int
) -> None:
    """Moments of row numbers[i] over its first `count` lanes as item items[i] of step t.

    In the order of `reduce_members`: each lane of a block on its own, the lanes one after the other, and
    then the members of a block that is not full.
    """
    full = count - count % LANES
    for i in range(items.size):
        item, row = items[i], values[numbers[i]]
        for w in range(LANES):
            work[0, w], work[1, w], work[2, w] = 0.0, np.inf, -np.inf
        for first in range(0, full, LANES):
            for w in range(LANES):
                value = max(row[first + w], 0.0)
                work[0, w] += value
                work[1, w] = min(work[1, w], value)
                work[2, w] = max(work[2, w], value)
        total, least, most = 0.0, np.inf, -np.inf
        for w in range(LANES):
            total, least, most = total + work[0, w], min(least, work[1, w]), max(most, work[2, w])
        for w in range(full, count):
            value = max(row[w], 0.0)
            total, least, most = total + value, min(least, value), max(most, value)
        moments.total[t, item], moments.least[t, item], moments.most[t, item] = total, least, most


@compiled
def count_lanes(values: Any, items: Any, numbers: Any, count: int, bound: Any, short: Any) -> None:
    """Number of the first `count` lanes of row numbers[i] below bound[items[i]], into short[items[i]]."""
    for i in range(items.size):
        item, row, found = items[i], values[numbers[i]], 0
        for w in range(count):
            found += max(row[w], 0.0) < bound[item]
        short[item] = found


@allocating
def reduce_members(values: Any, members: int, total: Any, least: Any, most: Any) -> None:
    """Sum, minimum and maximum over the first `members`, by (time, item), of (block, time, item, lane).

    Each lane is summed on its own, block after block, then the lanes one after the other.
    """
    blocks, steps, items, lanes = values.shape
    full = members // lanes
    sums, lows, highs = np.empty(items * lanes), np.empty(items * lanes), np.empty(items * lanes)
    for t in range(steps):
        reduce_step(values[:full, t], sums, lows, highs)
        for i in range(items):
            total[t, i], least[t, i], most[t, i] = 0.0, np.inf, -np.inf
            for lane in range(lanes):
                total[t, i] += sums[i * lanes + lane]
                least[t, i] = min(least[t, i], lows[i * lanes + lane])
                most[t, i] = max(most[t, i], highs[i * lanes + lane])
            for lane in range(members - full * lanes):
                value = values[full, t, i, lane]
                total[t, i] += value
                least[t, i], most[t, i] = min(least[t, i], value), max(most[t, i], value)


@compiled
def reduce_step(values: Any, sums: Any, lows: Any, highs: Any) -> None:
    """Sum, minimum and maximum over blocks, by (item, lane) in one row."""
    for n in range(sums.size):
        sums[n], lows[n], highs[n] = 0.0, np.inf, -np.inf
    lanes = values.shape[2]
    for block in range(values.shape[0]):
        for i in range(values.shape[1]):
            for lane in range(lanes):
                n, value = i * lanes + lane, values[block, i, lane]
                sums[n] += value
                lows[n] = min(lows[n], value)
                highs[n] = max(highs[n], value)


@compiled
def count_below(values: Any, members: int, bound: Any, count: Any) -> None:
    """How many of the first `members` lie below `bound` (time, item), by (time, item)."""
    blocks, steps, items, lanes = values.shape
    count[:] = 0
    for block in range(blocks):
        inside = min(lanes, members - block * lanes)
        for t in range(steps):
            for i in range(items):
                for lane in range(inside):
                    if values[block, t, i, lane] < bound[t, i]:
                        count[t, i] += 1
