"""Reductions over members, compiled: one pass over lane arrays, member after member, in one order."""

from __future__ import annotations

from typing import Any

import numpy as np

from mirab.core.flow.kernels.simplex import allocating, compiled


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
