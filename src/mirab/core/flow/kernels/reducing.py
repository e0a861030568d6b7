"""Reductions over members, compiled: one pass over lane arrays, member after member, in one order."""

from __future__ import annotations

from typing import Any

import numpy as np

from mirab.core.flow.kernels.simplex import compiled


@compiled
def reduce_members(values: Any, members: int, total: Any, least: Any, most: Any) -> None:
    """Sum, minimum and maximum over the first `members`, by (time, item), of (block, time, item, lane)."""
    blocks, steps, items, lanes = values.shape
    total[:] = 0.0
    least[:] = np.inf
    most[:] = -np.inf
    for block in range(blocks):
        inside = min(lanes, members - block * lanes)
        for t in range(steps):
            for i in range(items):
                for lane in range(inside):
                    value = values[block, t, i, lane]
                    total[t, i] += value
                    least[t, i] = min(least[t, i], value)
                    most[t, i] = max(most[t, i], value)


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
