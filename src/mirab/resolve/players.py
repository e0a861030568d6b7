"""States as players: what those who must act in steps reach together, how it is shared, whether it lasts.

A player is a state that must act in some step: one that only gains or loses by what others do has no say in
it, and stands outside the shares. A group takes the steps of which it holds all actors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mirab.core.errors import InputError, Problem
from mirab.core.records import Change, Option
from mirab.resolve.deal import Deal, deal
from mirab.resolve.game import Coalition, Game
from mirab.resolve.options import ORDER
from mirab.resolve.steps import by_steps

Floats = NDArray[np.float64]
Brings = Callable[[Sequence[Change], Sequence[str]], Floats]
Met = Callable[[Sequence[Sequence[Change]]], NDArray[np.bool_]]
MOST, NOISE = 7, 1e-3
"""Players of one game, each more doubles the groups; noise of values from averages that stop early."""


@dataclass(frozen=True)
class Played:
    """The game of some steps, the deal of all its players, and the steps that each group takes.

    `left_out` are ids of steps whose actors would be more players than the game may have.
    """

    game: Game
    deal: Deal
    steps: Mapping[Coalition, tuple[str, ...]]
    left_out: tuple[str, ...] = ()


def play(
    options: Sequence[Option],
    brings: Brings,
    names: Mapping[str, str],
    *,
    apart: Iterable[str] = (),
    most: int = MOST,
    met: Met | None = None,
) -> Played:
    """The game of the steps with changes; `brings` gives USD of changes to states, shape (member, state).

    `apart` are states whose taking part is looked at on its own. `met` gives the members that count, from the
    sets of changes that were run; all where it is None. Raises InputError where no step has a change, or one
    has nobody who must act.
    """
    able, left_out = seated(options, most)
    states = sorted({state for one in able for state in one.actors})
    game, steps = by_steps(states, able, lambda changes: brings(changes, states), NOISE)
    changes = {one.id: one.changes for one in able}
    sets = [[change for id in ids for change in changes[id]] for ids in dict.fromkeys(steps.values())]
    before = brings(max(sets, key=len), states)
    count = np.ones(game.members, dtype=bool) if met is None else met(sets)
    counted = Game(game.states, game.values[count], NOISE)
    return Played(counted, deal(counted, names, before=before[count], apart=apart), steps, left_out)


def seated(options: Sequence[Option], most: int = MOST) -> tuple[tuple[Option, ...], tuple[str, ...]]:
    """Steps with changes that at most so many states act in, the furthest come first, and ids of the rest.

    Raises InputError where no step has a change, or one has nobody who must act.
    """
    valued = sorted(
        (one for one in options if one.changes), key=lambda one: (ORDER.index(one.standing), one.id)
    )
    problems = [
        Problem(one.id, "names nobody who must act", "give its actors") for one in valued if not one.actors
    ]
    if not valued:
        problems = [Problem("steps", "have no change that can be run", "add rows to option_changes")]
    if problems:
        raise InputError("states as players", problems)
    kept: list[Option] = []
    for one in valued:
        if len({*one.actors, *(state for other in kept for state in other.actors)}) <= most:
            kept.append(one)
    return tuple(kept), tuple(one.id for one in valued if one not in kept)
