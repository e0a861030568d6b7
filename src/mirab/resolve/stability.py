"""Whether shares last: which coalition would do better by itself, in how many members, and who may leave.

All of it is counted over the members for which the rule has an answer. The examples look at the Shapley value
33.33, 83.33, 83.33 of three who claim 100, 200 and 300 of 200 (`sharing.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mirab.resolve.game import Coalition, Game
from mirab.resolve.nucleolus import membership
from mirab.resolve.sharing import Shares, least_core

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Masks = NDArray[np.intp]
LEVELS = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Objection:
    """A coalition that reaches more by itself than its states are given.

    `share` is the fraction of members in which it does, `mean` and `worst` by how much in those, in the unit
    of the game.
    """

    coalition: Coalition
    share: float
    mean: float
    worst: float


@dataclass(frozen=True)
class Stability:
    """What is known of the shares of one rule.

    `members` have an answer; `in_core` is the fraction of them in which no coalition does better by itself,
    `core` the fraction in which any shares at all could reach that. `ahead` says whether no coalition does
    better by mean shares at mean values, as counts when states agree before the member is known. `angriest`
    is the coalition that is most often the angriest, `excess` its 10, 50 and 90 % points when it is.
    `may_leave` is by state the fraction of members in which a coalition with it does better, `propensity` the
    10, 50 and 90 % points of its propensity to disrupt: None where that is without bound.
    """

    rule: str
    members: int
    in_core: float
    core: float
    ahead: bool
    angriest: Coalition
    excess: tuple[float, float, float]
    objections: tuple[Objection, ...]
    may_leave: dict[str, float]
    propensity: dict[str, tuple[float | None, ...]]


def stability(game: Game, shares: Shares) -> Stability | None:
    """All that is known of the shares of one rule; None where it has no answer in any member."""
    if not shares.answered.any():
        return None
    masks, excess = angriest(game, shares)
    most = int(np.bincount(masks).argmax())
    core = least_core(game)[shares.answered] <= game.slack[shares.answered]
    objecting = objections(game, shares)
    spread = np.quantile(propensity(game, shares), LEVELS, axis=0, method="nearest")
    return Stability(
        shares.rule,
        len(masks),
        float(in_core(game, shares).mean()),
        float(core.mean()),
        _ahead(game, shares),
        game.coalition(most),
        _points(np.quantile(excess[masks == most], LEVELS)),
        objecting,
        _leaving(game, shares),
        {state: _bounded(spread[:, i]) for i, state in enumerate(game.states)},
    )


def excesses(game: Game, shares: Shares) -> Floats:
    """What each coalition reaches by itself less what its states are given: shape (members, 2**n).

    e(S, x) = v(S) - x(S), with v of nobody taken off. Example: of the second and third together, -66.67.
    """
    values = game.values[shares.answered]
    given = shares.amounts[shares.answered] @ membership(len(game.states)).T
    return np.asarray(values - values[:, :1] - given)


def angriest(game: Game, shares: Shares) -> tuple[Masks, Floats]:
    """The coalition with the largest excess, as a bitmask, and that excess, by member.

    All together are no such coalition, but in a game of one state. Example: the first alone, with -33.33.
    """
    first = 1
    last = max(first, game.everybody - 1)
    excess = excesses(game, shares)[:, first : last + 1]
    return excess.argmax(axis=1) + first, excess.max(axis=1)


def in_core(game: Game, shares: Shares) -> Flags:
    """Whether no coalition does better by itself (Gillies 1959), by member. Example: so it is."""
    return np.asarray(angriest(game, shares)[1] <= game.slack[shares.answered])


def propensity(game: Game, shares: Shares) -> Floats:
    """By how many times more than itself a state can hurt the others by leaving: (members, states).

    d_i = (x(N - i) - v(N - i)) / (x_i - v_i) (Gately 1974). Infinite where leaving costs the state nothing
    and would cost the others, or pays it; nought where it costs nobody anything (ours). Example: 2, 1.4 and
    1.4; at 40, 80, 80 all have 1.5.
    """
    amounts = shares.amounts[shares.answered]
    values = game.values[shares.answered] - game.values[shares.answered, :1]
    singles = [1 << i for i in range(len(game.states))]
    own = amounts - values[:, singles]
    others = values[:, -1:] - values[:, [game.everybody ^ one for one in singles]] - amounts
    noise = game.slack[shares.answered][:, None]
    bound = np.where((others > noise) | (own < -noise), np.inf, 0.0)
    return np.asarray(np.divide(others, own, out=bound, where=own > noise))


def objections(game: Game, shares: Shares) -> tuple[Objection, ...]:
    """Coalitions that do better by themselves in some member, most often first. Example: none."""
    excess = excesses(game, shares)
    objects = excess > game.slack[shares.answered][:, None]
    found = [_objection(game, mask, excess[:, mask], objects[:, mask]) for mask in _proper(game, objects)]
    return tuple(sorted(found, key=lambda one: (-one.share, -one.mean, one.coalition)))


def _ahead(game: Game, shares: Shares) -> bool:
    """Whether mean shares are in the core of the mean game, over the members with an answer."""
    values = game.values[shares.answered].mean(axis=0, keepdims=True)
    amounts = shares.amounts[shares.answered].mean(axis=0, keepdims=True)
    mean = Game(game.states, values, game.noise)
    return bool(in_core(mean, Shares(shares.rule, shares.states, amounts))[0])


def _objection(game: Game, mask: int, excess: Floats, objects: Flags) -> Objection:
    gain = excess[objects]
    return Objection(game.coalition(mask), float(objects.mean()), float(gain.mean()), float(gain.max()))


def _proper(game: Game, objects: Flags) -> Sequence[int]:
    """Bitmasks of the coalitions, without nobody and all, that object in some member."""
    return [mask for mask in range(1, game.everybody) if objects[:, mask].any()]


def _leaving(game: Game, shares: Shares) -> dict[str, float]:
    """By state, the fraction of members in which some coalition with it does better by itself."""
    objects = excesses(game, shares) > game.slack[shares.answered][:, None]
    objects[:, [0, game.everybody]] = False
    each = membership(len(game.states)) > 0.0
    return {state: float(objects[:, each[:, i]].any(axis=1).mean()) for i, state in enumerate(game.states)}


def _bounded(values: Floats) -> tuple[float | None, ...]:
    return tuple(float(value) if np.isfinite(value) else None for value in values)


def _points(values: Floats) -> tuple[float, float, float]:
    low, middle, high = (float(value) for value in values)
    return low, middle, high
