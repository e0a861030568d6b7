"""The deal: what states gain by acting together, how it can be shared, who compensates whom, and if it lasts.

From a Game alone, so that it does not matter where the values of coalitions come from. All amounts are USD
over the period of the game. The middle figure is the mean over members, because means add up: the parts to
the total, and compensation to nought.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mirab.core.errors import InputError, Problem
from mirab.core.records import RuleGain
from mirab.resolve import sentences
from mirab.resolve.game import Game, Violation
from mirab.resolve.sharing import RULES, Shares
from mirab.resolve.stability import Stability, in_core, stability

Floats = NDArray[np.float64]
Spread = tuple[float, float, float]
SHOWN = ("shapley", "nucleolus")
"""The two rules that people see; the others make the range."""


@dataclass(frozen=True)
class Part:
    """The part of one state in a deal, in USD: each a 10 % point, a mean and a 90 % point over members.

    `alone` is what it reaches by itself, `before` what acting together brings it before anything is handed
    over (None: not known). By rule that is shown: `shares` of what all reach, `gains` by which they exceed
    `alone`, and `compensation` that makes `before` into the share: received, or paid where negative; empty
    where `before` is not known. `lowest` and `highest` are the means of the smallest and the largest gain
    over all rules; a rule counts in the members in which it leaves no state with less than it reaches alone.
    """

    state: str
    alone: Spread
    before: Spread | None
    shares: dict[str, Spread]
    gains: dict[str, Spread]
    lowest: float
    highest: float
    compensation: dict[str, Spread]


@dataclass(frozen=True)
class Deal:
    """What all states of a game gain together, and what is known of sharing it; states stand A to Z.

    `total` is what they reach together, `surplus` that less what each reaches alone, `worthwhile` the
    fraction of members in which there is a surplus. `rules` are the gains by every rule, the two that are
    shown first, `stability` is of those two. `violations`
    are pairs of coalitions whose values break a law that they should keep; they are told, not repaired.
    `sentences` are three. `apart` are states whose taking part is looked at on its own: `without` is the deal
    of the others, `beside` what sets the two deals apart.
    """

    states: tuple[str, ...]
    members: int
    total: Spread
    surplus: Spread
    worthwhile: float
    parts: tuple[Part, ...]
    rules: tuple[RuleGain, ...]
    stability: tuple[Stability, ...]
    violations: tuple[Violation, ...]
    remarks: tuple[str, ...]
    sentences: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    without: Deal | None = None
    beside: str = ""


def deal(
    game: Game,
    names: Mapping[str, str] | None = None,
    *,
    before: Floats | None = None,
    apart: Iterable[str] = (),
) -> Deal:
    """The deal of a game in USD, with its sentences; `names` by state are those that people read.

    `before`, of shape (members, states), is what acting together brings each state by itself; it adds up to
    the total in each member. `apart` is split off in a second deal where any of it and two other states are
    in the game. Raises InputError for a `before` that does not fit.

    >>> game = Game(("KAZ", "UZB"), np.array([[0.0, 1e6, 2e6, 9e6]]))
    >>> found = deal(game, before=np.array([[9e6, 0.0]]))
    >>> [(part.state, part.gains["shapley"][1], part.compensation["shapley"][1]) for part in found.parts]
    [('KAZ', 3000000.0, -5000000.0), ('UZB', 3000000.0, 5000000.0)]
    """
    game = game.normalised()
    if before is not None:
        _check(game, before)
    named = {state: (names or {}).get(state, state) for state in game.states}
    shares = {name: rule(game) for name, rule in RULES.items()}
    told = replace(found := _deal(game, shares, before), sentences=sentences.of(found, named))
    split = tuple(sorted(set(apart) & set(game.states)))
    if not split or len(game.states) - len(split) < 2:
        return told
    without = deal(game.without(split), names)
    return replace(told, apart=split, without=without, beside=sentences.beside(told, without, split, named))


def enabled(states: Sequence[str], gains: Floats, needed: Iterable[str]) -> Game:
    """The game of one step that brings each state a gain once all that are `needed` take it (ours).

    v(S) is the sum of the gains of S where it holds all that are needed and gains on average over members
    (whether to take the step is decided before anybody knows the member); else nought. All together take it.
    `gains` has shape (members, states), states A to Z. Raises UnknownNameError for a needed state that is not
    among them.

    >>> enabled(("KAZ", "KGZ"), np.array([[9.0, -4.0]]), ["KGZ"]).values.tolist()
    [[0.0, 0.0, 0.0, 5.0]]
    """
    whole = Game(tuple(states), np.zeros((len(gains), 1 << len(states))))
    masks, required = np.arange(whole.everybody + 1), whole.mask(needed)
    values = gains @ (masks[:, None] >> np.arange(len(states)) & 1).T
    able = (masks & required) == required
    taken = able & (values.mean(axis=0) > 0.0) | (masks == whole.everybody)
    return Game(whole.states, np.where(taken, values, 0.0))


def _deal(game: Game, shares: Mapping[str, Shares], before: Floats | None) -> Deal:
    surplus = game.total - game.alone.sum(axis=1)
    known = (stability(game, shares[name]) for name in SHOWN)
    return Deal(
        states=game.states,
        members=game.members,
        total=_spread(game.total),
        surplus=_spread(surplus),
        worthwhile=float((surplus > game.slack).mean()),
        parts=_parts(game, shares, before),
        rules=tuple(_gains(game, one) for one in shares.values()),
        stability=tuple(one for one in known if one),
        violations=game.violations(),
        remarks=tuple(f"{name}: {one.remark}" for name, one in shares.items() if one.remark),
    )


def _parts(game: Game, shares: Mapping[str, Shares], before: Floats | None) -> tuple[Part, ...]:
    gains = {name: one.amounts - game.alone for name, one in shares.items()}
    lowest, highest = _range(game, gains)
    return tuple(
        Part(
            state,
            _spread(game.alone[:, i]),
            None if before is None else _spread(before[:, i]),
            {name: _spread(shares[name].amounts[:, i]) for name in SHOWN},
            {name: _spread(gains[name][:, i]) for name in SHOWN},
            float(lowest[:, i].mean()),
            float(highest[:, i].mean()),
            {}
            if before is None
            else {name: _spread(shares[name].amounts[:, i] - before[:, i]) for name in SHOWN},
        )
        for i, state in enumerate(game.states)
    )


def _gains(game: Game, shares: Shares) -> RuleGain:
    answered = shares.answered
    gains = shares.amounts[answered] - game.alone[answered]
    by_state = {state: _spread(gains[:, i]) for i, state in enumerate(game.states)} if answered.any() else {}
    core = float(in_core(game, shares).mean()) if answered.any() else 0.0
    return RuleGain(shares.rule, float(answered.mean()), core, by_state)


def _range(game: Game, gains: Mapping[str, Floats]) -> tuple[Floats, Floats]:
    """Smallest and largest gain of each state over the rules that count, by member."""
    counted = []
    for name, gain in gains.items():
        # A rule without an answer in a member has no number there, and no number is not above anything.
        fair = gain.min(axis=1) >= -game.slack if name not in SHOWN else np.ones(game.members, dtype=bool)
        counted.append(np.where(fair[:, None], gain, np.nan))
    return np.nanmin(counted, axis=0), np.nanmax(counted, axis=0)


def _spread(values: Floats) -> Spread:
    low, high = np.quantile(values, (0.1, 0.9))
    return float(low), float(values.mean()), float(high)


def _check(game: Game, before: Floats) -> None:
    problems = []
    if before.shape != game.alone.shape:
        what = f"has the shape {before.shape}"
        problems.append(Problem("before", what, f"give {game.members} rows of {len(game.states)} states"))
    else:
        gap = np.abs(before.sum(axis=1) - game.total)
        worst = int(gap.argmax())
        if gap[worst] > max(1e-6 * float(np.abs(game.values[worst]).max()), 2.0 * game.slack[worst]):
            what = (
                f"adds up to {before[worst].sum():.6g} in member {worst}, all reach {game.total[worst]:.6g}"
            )
            problems.append(Problem("before", what, "give what each state has of the same total"))
    if problems:
        raise InputError("deal", problems)
