"""A game: what every coalition of states can reach together, for every member of an ensemble.

The sharing rules (`sharing.py`), the facts on stability (`stability.py`) and the deal in words (`deal.py`)
all read a Game; who makes one need only fill a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mirab.core.errors import InputError, Problem, UnknownNameError

Floats = NDArray[np.float64]
Coalition = tuple[str, ...]
Law = Literal["monotonicity", "superadditivity"]
NOISE = 1e-9
"""The noise of values that are worked out without an optimiser."""


@dataclass(frozen=True)
class Violation:
    """A pair of coalitions that breaks a law, in how many members, and by how much in the worst of them.

    Monotonicity: the second holds the first and one state more, and is worth less. Superadditivity: the two
    have no state in common, and are worth more apart than together.
    """

    law: Law
    pair: tuple[Coalition, Coalition]
    members: int
    worst: float


@dataclass(frozen=True, eq=False)
class Game:
    """The value of every coalition of `states`, in USD or any unit that can be handed over, by member.

    `values` has shape (members, 2**n). A column is the bitmask of its coalition: bit i stands for states[i],
    column 0 for nobody, the last for all. States are codes sorted A to Z. Values are kept as a copy that
    cannot be written to. `noise` is what two values of a member may differ by and still count as equal, as a
    fraction of its largest: an optimiser needs more than the default. Raises InputError with all that is
    wrong.

    >>> game = Game(("KAZ", "UZB"), np.array([[0.0, 1.0, 2.0, 5.0]]))
    >>> game.coalition(3), game.mask(["UZB"]), game.without(["KAZ"]).values.tolist()
    (('KAZ', 'UZB'), 2, [[0.0, 2.0]])
    """

    states: tuple[str, ...]
    values: Floats
    noise: float = NOISE

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float64)
        problems = [*_misnamed(self.states), *_misshapen(values, len(self.states)), *_unknown(values)]
        if not 0.0 <= self.noise < 1.0:
            problems.append(
                Problem("noise", f"is {self.noise}", "give a small fraction, 1e-6 for an optimiser")
            )
        if problems:
            raise InputError(f"game of {', '.join(self.states) or 'nobody'}", problems)
        values.setflags(write=False)
        object.__setattr__(self, "values", values)

    @property
    def members(self) -> int:
        """How many members the game has."""
        return len(self.values)

    @property
    def everybody(self) -> int:
        """The bitmask of the coalition of all states."""
        return (1 << len(self.states)) - 1

    @property
    def total(self) -> Floats:
        """What all states reach together, by member: shape (members,)."""
        return self.values[:, -1]

    @property
    def alone(self) -> Floats:
        """What each state reaches by itself: shape (members, states)."""
        return self.values[:, [1 << i for i in range(len(self.states))]]

    @property
    def slack(self) -> Floats:
        """The noise of each member in the unit of the game: shape (members,)."""
        return np.asarray(self.noise * np.abs(self.values - self.values[:, :1]).max(axis=1))

    def coalition(self, mask: int) -> Coalition:
        """The states of a bitmask, A to Z; raises InputError where it is none of this game."""
        if not 0 <= mask <= self.everybody:
            problem = Problem("mask", f"is {mask}", f"allowed is 0 to {self.everybody}")
            raise InputError(f"game of {', '.join(self.states)}", [problem])
        return tuple(state for i, state in enumerate(self.states) if mask >> i & 1)

    def mask(self, states: Iterable[str]) -> int:
        """The bitmask of a coalition; raises UnknownNameError for a state that is not in the game."""
        return sum(1 << self._position(state) for state in set(states))

    def without(self, states: Iterable[str]) -> Game:
        """The game of the other states: what they reach while these take no part.

        Raises UnknownNameError for a state that is not in the game, InputError where nobody would be left.
        """
        kept = [i for i in range(len(self.states)) if not self.mask(states) >> i & 1]
        return Game(tuple(self.states[i] for i in kept), self.values[:, _columns(kept)], self.noise)

    def normalised(self) -> Game:
        """The same game with the value of nobody (what comes about without any of them) taken from each."""
        return Game(self.states, self.values - self.values[:, :1], self.noise)

    def violations(self, noise: float | None = None) -> tuple[Violation, ...]:
        """Pairs of coalitions that break monotonicity or superadditivity in some member, the worst first.

        What is within the noise of the game, or the one given, is not counted. Monotonicity is looked at one
        state at a time, which finds any break of it. Values are taken as `normalised`.
        """
        game = self if noise is None else Game(self.states, self.values, noise)
        values, least = game.normalised().values, game.slack
        found = (self._violation(law, pair, loss, least) for law, pair, loss in _losses(values))
        return tuple(sorted((one for one in found if one), key=lambda one: -one.worst))

    def _position(self, state: str) -> int:
        if state not in self.states:
            raise UnknownNameError("state of the game", state, self.states)
        return self.states.index(state)

    def _violation(self, law: Law, pair: tuple[int, int], loss: Floats, least: Floats) -> Violation | None:
        broken = loss > least
        if not broken.any():
            return None
        names = self.coalition(pair[0]), self.coalition(pair[1])
        return Violation(law, names, int(broken.sum()), float(loss[broken].max()))


def _misnamed(states: Sequence[str]) -> Iterator[Problem]:
    if not states:
        yield Problem("states", "is empty", "name at least one")
    for state in sorted({state for state in states if states.count(state) > 1}):
        yield Problem("states", f"has {state!r} {states.count(state)} times", "name each once")
    if list(states) != sorted(states):
        yield Problem("states", f"stand as {', '.join(states)}", f"sort them: {', '.join(sorted(states))}")


def _misshapen(values: Floats, states: int) -> Iterator[Problem]:
    if values.ndim != 2 or values.shape[1] != 1 << states or not len(values):
        want = f"give one row a member and {1 << states} columns, one a coalition of {states} states"
        yield Problem("values", f"has the shape {values.shape}", want)


def _unknown(values: Floats) -> Iterator[Problem]:
    wrong = np.argwhere(~np.isfinite(values))
    if len(wrong):
        place = ", ".join(map(str, wrong[0]))
        what = f"has {len(wrong)} entries that are no finite number, the first at [{place}]"
        yield Problem("values", what, "leave such members out and say how many")


def _columns(kept: Sequence[int]) -> list[int]:
    """The columns of the coalitions among the states at these positions, in the order of their own masks."""
    return [sum(1 << i for k, i in enumerate(kept) if mask >> k & 1) for mask in range(1 << len(kept))]


def _losses(values: Floats) -> Iterator[tuple[Law, tuple[int, int], Floats]]:
    """Of each pair that a law speaks of, by how much each member breaks it (negative: it holds)."""
    last = values.shape[1] - 1
    for one in range(last):
        for bit in (1 << i for i in range(last.bit_length()) if not one >> i & 1):
            yield "monotonicity", (one, one | bit), values[:, one] - values[:, one | bit]
    for one in range(1, last):
        for other in range(one + 1, last + 1):
            if not one & other:
                yield (
                    "superadditivity",
                    (one, other),
                    values[:, one] + values[:, other] - values[:, one | other],
                )
