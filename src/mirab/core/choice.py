"""Choice of one way among several by their cost, and the fixed point where costs answer to what is chosen.

Alternatives lie in nests of what is alike. Arrays are by member and alternative; nothing here names a field
of work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mirab.core.errors import InputError, Problem

Floats = NDArray[np.float64]
Cost = Callable[[Floats], Floats]
ROUNDS, GAP = 8, 0.01


@dataclass(frozen=True)
class Choice:
    """How alternatives are chosen.

    `nests[i]` is the nest of alternative i. `theta`, shape (member,), is how strongly a difference of cost
    is felt (1 over the unit of cost); `likeness` in (0, 1] is 1 where alternatives of one nest are no more
    alike than others, and small where they are nearly one. `size[i]` in (0, 1] is the path size. Raises
    InputError where shapes or bounds do not fit.
    """

    nests: tuple[str, ...]
    theta: Floats
    likeness: float = 1.0
    size: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        wrong = [
            Problem(name, f"is {value!r}", fix)
            for name, value, fix, holds in (
                ("nests", self.nests, "name one for each alternative", bool(self.nests)),
                ("theta", self.theta, "give numbers above 0", bool(np.all(self.theta > 0))),
                ("likeness", self.likeness, "give a number above 0, at most 1", 0 < self.likeness <= 1),
                ("size", self.size, "give one for each nest, above 0", self._is_sized()),
            )
            if not holds
        ]
        if wrong:
            raise InputError("choice", wrong)

    def _is_sized(self) -> bool:
        return not self.size or (len(self.size) == len(self.nests) and min(self.size) > 0)

    def shares(self, cost: ArrayLike) -> Floats:
        """Share of each alternative, shape (member, alternative), at these costs of the same shape.

        A nested logit (Williams 1977; Ben-Akiva and Lerman 1985, chapter 10) with the logarithm of the path
        size in the utility (Ben-Akiva and Bierlaire 1999). A cost that is infinite has no share; members in
        which every cost is infinite have none at all.
        """
        utility = -self.theta[:, None] * np.asarray(cost, dtype=float)
        utility = utility + np.log(self.size or np.ones(len(self.nests)))
        names = sorted(set(self.nests))
        inside = [np.array([nest == name for nest in self.nests]) for name in names]
        worth = np.stack([_log_sum(utility[:, own] / self.likeness) for own in inside], axis=1)
        found = np.zeros(utility.shape)
        with np.errstate(invalid="ignore"):
            outer = np.exp(self.likeness * worth - _log_sum(self.likeness * worth)[:, None])
            for i, own in enumerate(inside):
                within = np.exp(utility[:, own] / self.likeness - worth[:, i : i + 1])
                found[:, own] = within * outer[:, i : i + 1]
        return np.nan_to_num(found, nan=0.0)


@dataclass(frozen=True)
class Equilibrium:
    """Shares and costs that answer to each other, shape (member, alternative).

    `gap` is the mean over members of the largest difference between the shares and those that their costs
    ask for; `rounds` how often the costs were computed.
    """

    shares: Floats
    cost: Floats
    gap: float
    rounds: int


def equilibrium(
    choice: Choice, cost: Cost, first: ArrayLike, *, rounds: int = ROUNDS, gap: float = GAP
) -> Equilibrium:
    """The fixed point of a choice and of costs that answer to it, by the method of successive averages.

    `first` are costs of an empty network, shape (member, alternative). Stops at the stated gap or after so
    many rounds; the gap reached is part of the answer (Sheffi 1985, chapter 12).
    """
    shares = choice.shares(first)
    for count in range(1, rounds + 1):
        now = cost(shares)
        asked = choice.shares(now)
        apart = float(np.abs(asked - shares).max(axis=1).mean())
        if apart <= gap or count == rounds:
            break
        shares = shares + (asked - shares) / (count + 1)
    return Equilibrium(shares, now, apart, count)


def path_sizes(parts: Sequence[Sequence[str]], lengths: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """Path size of each alternative from its parts and their lengths: 1 where it shares nothing.

    A part that n alternatives use counts for one n-th of its length (Ben-Akiva and Bierlaire 1999).

    >>> path_sizes([["a", "b"], ["a", "c"]], [[1.0, 1.0], [1.0, 1.0]])
    (0.75, 0.75)
    """
    uses: dict[str, int] = {}
    for own in parts:
        for part in set(own):
            uses[part] = uses.get(part, 0) + 1
    return tuple(
        sum(length / uses[part] for part, length in zip(own, far, strict=True)) / sum(far)
        for own, far in zip(parts, lengths, strict=True)
    )


def _log_sum(utility: Floats) -> Floats:
    """Logarithm of the sum of exponentials over the last axis; minus infinity where all are."""
    top = utility.max(axis=1)
    safe = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(safe + np.log(np.exp(utility - safe[:, None]).sum(axis=1)))
