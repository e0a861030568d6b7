"""Games of steps: what each group of states reaches by the steps that its own states can take.

A group can take a step if all who must act in it are in the group. Where what a set of steps brings comes
from does not matter here: queues, cables, anything that gives an amount to each state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mirab.core.records import Change, Option
from mirab.resolve.game import NOISE, Coalition, Game

Floats = NDArray[np.float64]
Brings = Callable[[Sequence[Change]], Floats]


def able(states: Sequence[str], options: Sequence[Option]) -> dict[Coalition, tuple[str, ...]]:
    """Ids of the options that each group of states can take by itself, in the order of their bitmasks."""
    groups = [tuple(s for i, s in enumerate(states) if mask >> i & 1) for mask in range(1 << len(states))]
    return {group: tuple(one.id for one in options if {*one.actors} <= {*group}) for group in groups}


def by_steps(
    states: Sequence[str], options: Sequence[Option], brings: Brings, noise: float = NOISE
) -> tuple[Game, Mapping[Coalition, tuple[str, ...]]]:
    """The game of all groups of states, A to Z, and the steps that each takes.

    `brings` gives what some changes bring each of the states beside none, shape (member, state); a group
    counts what its own states have of the steps that it takes. Each set of steps is run once; `noise` is that
    of the game.
    """
    groups = able(states, options)
    known = {one.id: one.changes for one in options}
    runs = {ids: brings([c for id in ids for c in known[id]]) for ids in dict.fromkeys(groups.values())}
    values = [
        runs[ids] @ np.array([s in group for s in states], dtype=float) for group, ids in groups.items()
    ]
    return Game(tuple(states), np.stack(values, axis=1), noise), groups
