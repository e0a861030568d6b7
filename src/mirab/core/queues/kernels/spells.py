"""Spells: how much of each step a node is open, from draws of an alternating renewal process."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from mirab.core.compiling import Kernels

KERNELS = Kernels(Path(__file__).parent)
compiled, allocating = KERNELS.compiled, KERNELS.allocating


class Spells(NamedTuple):
    """By step: `hours`, the hazard (1/h) that a closed spell begins, and the mean length (h) of one.

    By (draw, lane): `waits`, standard exponential, and `lengths` of mean 1. By lane: hours that are `left`
    of a spell at the start.
    """

    hours: Any
    hazard: Any
    mean: Any
    waits: Any
    lengths: Any
    left: Any


@compiled
def close(spells: Spells, share: Any) -> bool:
    """Multiply `share` (step, lane) by the open part of each step; False where the draws run out."""
    hours, hazard = spells.hours, spells.hazard
    for w in range(share.shape[1]):
        count, left, wait = 0, spells.left[w], spells.waits[0, w]
        for s in range(hours.size):
            rest, closed = hours[s], 0.0
            while rest > 0.0:
                if left > 0.0:
                    spent = min(left, rest)
                    closed, left, rest = closed + spent, left - spent, rest - spent
                elif wait >= rest * hazard[s]:
                    wait, rest = wait - rest * hazard[s], 0.0
                else:
                    rest -= wait / hazard[s]
                    left = spells.lengths[count, w] * spells.mean[s]
                    count += 1
                    if count == spells.waits.shape[0]:
                        return False
                    wait = spells.waits[count, w]
            share[s, w] *= 1.0 - closed / hours[s]
    return True
