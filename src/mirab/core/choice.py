"""Choice of one way among several by their cost, and the fixed point where costs answer to what is chosen.

Alternatives lie in nests of what is alike. Arrays are by member and alternative; nothing here names a field
of work.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mirab.core.errors import InputError, Problem

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]
Cost = Callable[[Floats, Numbers], Floats]
ROUNDS, GAP = 12, 0.01
DEPTH, MIXING, LEAST = 3, 0.5, 1e-10


@dataclass(frozen=True)
class Choice:
    """How alternatives are chosen.

    `nests[i]` is the nest of alternative i. `theta`, shape (member,), is how strongly a difference of cost
    is felt (1 over the unit of cost); `likeness` in (0, 1] is 1 where alternatives of one nest are no more
    alike than others, and small where they are nearly one. `constant[i]` is the worth of alternative i
    beside its cost. Raises InputError where these do not fit.
    """

    nests: tuple[str, ...]
    theta: Floats
    likeness: float = 1.0
    constant: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        wrong = [
            Problem(name, f"is {value!r}", fix)
            for name, value, fix, holds in (
                ("nests", self.nests, "name one for each alternative", bool(self.nests)),
                ("theta", self.theta, "give numbers above 0", bool(np.all(self.theta > 0))),
                ("likeness", self.likeness, "give a number above 0, at most 1", 0 < self.likeness <= 1),
                ("constant", self.constant, "give one for each nest", self._is_whole()),
            )
            if not holds
        ]
        if wrong:
            raise InputError("choice", wrong)

    def _is_whole(self) -> bool:
        return len(self.constant) in (0, len(self.nests))

    def shares(self, cost: ArrayLike) -> Floats:
        """Share of each alternative, shape (member, alternative), at these costs of the same shape.

        A nested logit (Williams 1977; Ben-Akiva and Lerman 1985, chapter 10). A cost that is infinite has no
        share; members in which every cost is infinite have none at all.
        """
        utility, inside, worth = self._nested(cost)
        found = np.zeros(utility.shape)
        with np.errstate(invalid="ignore"):
            outer = np.exp(self.likeness * worth - _log_sum(self.likeness * worth)[:, None])
            for i, own in enumerate(inside):
                within = np.exp(utility[:, own] / self.likeness - worth[:, i : i + 1])
                found[:, own] = within * outer[:, i : i + 1]
        return np.nan_to_num(found, nan=0.0)

    def worth(self, cost: ArrayLike) -> Floats:
        """What the alternatives are worth together, in the unit of the cost, shape (member,).

        Differences of it are what a change brings to who chooses (Small and Rosen 1981); minus infinity where
        there is no alternative.
        """
        return np.asarray(_log_sum(self.likeness * self._nested(cost)[2]) / self.theta)

    @property
    def places(self) -> tuple[slice, ...]:
        """All alternatives are those of the one choice."""
        return (slice(0, len(self.nests)),)

    def of_members(self, members: Numbers) -> Choice:
        """The same choice for these members only."""
        return replace(self, theta=self.theta[members])

    def _nested(self, cost: ArrayLike) -> tuple[Floats, list[NDArray[np.bool_]], Floats]:
        """Utilities, the alternatives of each nest, and the log sum of each nest by member."""
        utility = -self.theta[:, None] * np.asarray(cost, dtype=float) + np.array(self.constant or 0.0)
        inside = [np.array([nest == name for nest in self.nests]) for name in sorted(set(self.nests))]
        sums = [_log_sum(utility[:, own] / self.likeness) for own in inside]
        return utility, inside, np.stack(sums, axis=1)

    def at(self, observed: Sequence[float]) -> Choice:
        """The same choice with the constants that give these shares at equal costs (the pivot of a logit).

        Costs are then told against those at which the shares were observed, which is an incremental logit
        (Kumar 1980; Ben-Akiva and Lerman 1985, chapter 5). Shares need not add to one; 0 stays 0.
        """
        within: dict[str, float] = {}
        for nest, share in zip(self.nests, observed, strict=True):
            within[nest] = within.get(nest, 0.0) + share
        return replace(
            self,
            constant=tuple(
                self.likeness * math.log(share / within[nest]) + math.log(within[nest])
                if share
                else -math.inf
                for nest, share in zip(self.nests, observed, strict=True)
            ),
        )


class Chooser(Protocol):
    """What gives shares at costs, both of shape (member, alternative)."""

    def shares(self, cost: ArrayLike) -> Floats:
        """Share of each alternative at these costs."""
        ...

    @property
    def places(self) -> tuple[slice, ...]:
        """Which alternatives share what there is."""
        ...

    def of_members(self, members: Numbers) -> Chooser:
        """The same choice for these members only."""
        ...


@dataclass(frozen=True)
class Side:
    """Choices side by side: the alternatives of each follow those of the one before."""

    choices: tuple[Choice, ...]

    def shares(self, cost: ArrayLike) -> Floats:
        """Share of each alternative within its own choice, shape (member, alternative)."""
        whole = np.asarray(cost, dtype=float)
        pairs = zip(self.choices, self.places, strict=True)
        return np.concatenate([one.shares(whole[:, place]) for one, place in pairs], axis=1)

    def worths(self, cost: ArrayLike) -> tuple[Floats, ...]:
        """What each choice is worth by member, in the unit of the cost (`Choice.worth`)."""
        whole = np.asarray(cost, dtype=float)
        return tuple(one.worth(whole[:, place]) for one, place in zip(self.choices, self.places, strict=True))

    @property
    def places(self) -> tuple[slice, ...]:
        """Which alternatives are those of each choice."""
        edges = np.cumsum([0, *(len(choice.nests) for choice in self.choices)])
        return tuple(slice(int(a), int(b)) for a, b in pairwise(edges))

    def of_members(self, members: Numbers) -> Side:
        """The same choices for these members only."""
        return Side(tuple(one.of_members(members) for one in self.choices))


@dataclass(frozen=True)
class Equilibrium:
    """Shares and costs that answer to each other, shape (member, alternative).

    `gaps`, shape (member,), is the largest difference between the shares of a member and those that their
    costs ask for; `rounds` how often costs were computed, each time for the members that were still apart.
    """

    shares: Floats
    cost: Floats
    gaps: Floats
    rounds: int

    @property
    def gap(self) -> float:
        """The mean gap over members."""
        return float(self.gaps.mean())


def equilibrium(
    choice: Chooser, cost: Cost, first: ArrayLike, *, rounds: int = ROUNDS, gap: float = GAP
) -> Equilibrium:
    """The fixed point of a choice and of costs that answer to it, for each member on its own.

    `first` are costs of an empty network, shape (member, alternative); `cost(shares, members)` gives those of
    some members, by number, and must draw the same in each round. A member takes part until its gap is at
    most `gap`, or for so many rounds, and keeps its best round; the gaps reached are part of the answer.

    Successive averages (Sheffi 1985, chapter 12) creep where a queue makes cost rise steeply with a share.
    Anderson's mixing (1965; Walker and Ni 2011) learns that slope from the last rounds.
    """
    best = choice.shares(first)
    found = Equilibrium(best.copy(), np.zeros_like(best), np.full(len(best), np.inf), 0)
    members, tried, missed = np.arange(len(best)), [best], list[Floats]()
    for number in range(1, rounds + 1):
        shares = tried[-1]
        now = cost(shares, members)
        missed.append(choice.of_members(members).shares(now) - shares)
        apart = _note(found, members, shares, now, np.abs(missed[-1]).max(axis=1), gap)
        if number == rounds or not apart.any():
            break
        members = members[apart]
        tried, missed = ([one[apart] for one in rows[-DEPTH - 1 :]] for rows in (tried, missed))
        tried.append(_mixed(tried, missed, choice.places))
    return replace(found, rounds=number)


def _note(
    best: Equilibrium, members: Numbers, shares: Floats, cost: Floats, gaps: Floats, gap: float
) -> NDArray[np.bool_]:
    """Write the round of those members that came nearer into the best; which are still apart."""
    nearer = gaps < best.gaps[members]
    for whole, own in ((best.shares, shares), (best.cost, cost), (best.gaps, gaps)):
        whole[members[nearer]] = own[nearer]
    return np.asarray(gaps > gap)


def _mixed(tried: Sequence[Floats], missed: Sequence[Floats], places: Sequence[slice]) -> Floats:
    """The next shares: those that would miss least if what was missed were linear in the last rounds."""
    step = MIXING * missed[-1]
    if len(tried) > 1:
        moved, turned = (np.stack([b - a for a, b in pairwise(rows)], axis=2) for rows in (tried, missed))
        normal = np.einsum("mik,mil->mkl", turned, turned)
        least = LEAST * np.trace(normal, axis1=1, axis2=2) + np.finfo(float).tiny
        normal += least[:, None, None] * np.eye(normal.shape[1])
        seen = np.einsum("mik,mi->mk", turned, missed[-1])
        weights = np.linalg.solve(normal, seen[:, :, None])[:, :, 0]
        step = step - np.einsum("mik,mk->mi", moved + MIXING * turned, weights)
    return _proper(tried[-1] + step, places)


def _proper(shares: Floats, places: Sequence[slice]) -> Floats:
    """None below 0, and each choice with as much as it is of: 1, or 0 where it has no alternative."""
    found = np.maximum(shares, 0.0)
    for place in places:
        total = found[:, place].sum(axis=1, keepdims=True)
        found[:, place] /= np.where(total > 0, total, 1.0)
    return found


def concentration(shares: Floats) -> Floats:
    """Herfindahl-Hirschman index of shares of shape (member, alternative): 1 where one has all."""
    whole = shares.sum(axis=1)
    found = np.divide((shares**2).sum(axis=1), whole**2, out=np.zeros_like(whole), where=whole > 0)
    return np.asarray(found)


def dependence(shares: Floats, passes: Sequence[Sequence[str]], ends: Sequence[str]) -> dict[str, Floats]:
    """Share that passes each state, by member, states A to Z; those in which all begins or ends are left out.

    `shares` has shape (member, alternative), `passes[i]` are the states of alternative i.
    """
    states = sorted({state for own in passes for state in own} - set(ends))
    whole = shares.sum(axis=1)
    safe = np.where(whole > 0, whole, 1.0)
    return {state: shares[:, [state in own for own in passes]].sum(axis=1) / safe for state in states}


def _log_sum(utility: Floats) -> Floats:
    """Logarithm of the sum of exponentials over the last axis; minus infinity where all are."""
    top = utility.max(axis=1)
    safe = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(safe + np.log(np.exp(utility - safe[:, None]).sum(axis=1)))
