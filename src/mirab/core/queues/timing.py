"""Timing: the steps of the engine inside those of an axis, and when what leaves in a step arrives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis
from mirab.core.queues.kernels.arrays import Clock

DAY_H = 24.0
Floats = NDArray[np.float64]
REACH = 3


def clock_of(axis: TimeAxis, step_h: float | None) -> Clock:
    """Steps of `step_h` hours, a divisor of 24, or one for each step of the axis where it is None."""
    parts = np.ones(len(axis), dtype=np.int64)
    if step_h is not None:
        parts = np.round(axis.days * DAY_H / step_h).astype(np.int64)
    hours = np.repeat(axis.days * DAY_H / parts, parts)
    number = np.repeat(np.arange(len(axis)), parts)
    return Clock(np.concatenate([[0.0], np.cumsum(hours)]), hours, number)


def delay_rows(
    clock: Clock, keys: Sequence[tuple[float, bool]]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Offsets (delay, step) and shares (delay, step, 3) of what leaves evenly over a step.

    Each key has the hours of the delay, and whether what arrives within the same step is still seen there: if
    not, it arrives in the next. Beyond the end the steps go on as long as the last.
    """
    found = [_delay(clock, hours, ahead) for hours, ahead in keys]
    steps = clock.hours.size
    offset = np.array([one[0] for one in found], dtype=np.int64).reshape(len(keys), steps)
    return offset, np.array([one[1] for one in found]).reshape(len(keys), steps, REACH)


def _delay(clock: Clock, delay_h: float, ahead: bool) -> tuple[NDArray[np.int64], Floats]:
    last = float(clock.hours[-1])
    more = int(delay_h / last) + REACH + 2
    edges = np.concatenate([clock.edge, clock.edge[-1] + last * np.arange(1, more + 1)])
    begin, end = clock.edge[:-1] + delay_h, clock.edge[1:] + delay_h
    first = np.searchsorted(edges, begin + 1e-9, side="right") - 1
    share = np.zeros((len(begin), REACH))
    for k in range(REACH):
        low, high = edges[first + k], edges[first + k + 1]
        share[:, k] = np.clip(np.minimum(high, end) - np.maximum(low, begin), 0.0, None) / clock.hours
    share /= share.sum(axis=1, keepdims=True)
    offset = first - np.arange(len(begin))
    if not ahead:
        now = offset == 0
        share[now] = np.stack([share[now, 0] + share[now, 1], share[now, 2], 0.0 * share[now, 2]], axis=1)
        offset[now] = 1
    return offset, share
