"""Rules that share what all states reach together, for every member of a game at once.

Values can be handed over (in USD, say), so a rule answers with an amount for each state. The worth of nobody,
column 0 of a game, belongs to no state: it is taken from every coalition first, and the amounts of a rule add
up to what is left of the total. People are shown two rules, `shapley` and `nucleolus`, and the range of all.

The examples share 200 among three with claims of 100, 200 and 300: a coalition reaches what the claims of
the others leave (O'Neill 1982).

>>> left = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 100.0, 200.0]
>>> game = Game(("KAZ", "KGZ", "UZB"), np.array([left]))
>>> {name: rule(game).amounts[0].round(2).tolist() for name, rule in RULES.items() if name != "proportional"}
... # doctest: +NORMALIZE_WHITESPACE
{'shapley': [33.33, 83.33, 83.33],
 'nucleolus': [50.0, 75.0, 75.0],
 'nash': [66.67, 66.67, 66.67],
 'tau': [40.0, 80.0, 80.0],
 'gately': [40.0, 80.0, 80.0],
 'equal': [66.67, 66.67, 66.67]}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from math import factorial
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from mirab.core.errors import InputError, Problem, suggest
from mirab.resolve.game import Game
from mirab.resolve.nucleolus import membership, nucleoli

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Shares:
    """What a rule gives each state: `amounts` of shape (members, states), in the unit of the game.

    A member for which the rule has no answer has no number in its row; `remark` then says in how many
    members, and why. It also tells where a rule answers by another one. Empty: nothing to tell.
    """

    rule: str
    states: tuple[str, ...]
    amounts: Floats
    remark: str = ""

    @property
    def answered(self) -> Flags:
        """Whether the rule has an answer: shape (members,)."""
        return np.asarray(np.isfinite(self.amounts).all(axis=1))

    def of(self, state: str) -> Floats:
        """What one state is given in the members that have an answer."""
        return np.asarray(self.amounts[self.answered, self.states.index(state)])


Rule = Callable[[Game], Shares]


def shapley(game: Game) -> Shares:
    """What a state adds when it joins, on average over all orders of joining (Shapley 1953).

    phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S)): one matrix for all members.
    Example: the first of the three adds 100 if it comes last, in a third of the orders, and else nothing:
    100 / 3 = 33.33.
    """
    return Shares("shapley", game.states, game.values @ _orders(len(game.states)).T)


def nucleolus(game: Game) -> Shares:
    """The amounts whose angriest coalitions are least angry (Schmeidler 1969; method in `nucleolus.py`).

    The excess v(S) - x(S) of the angriest coalition is made as small as it can be, then the next, and so on,
    among amounts that give nobody less than it reaches alone. Where there are none (states reach less
    together than alone) the pre-nucleolus answers, which drops that condition. Example: 50, 75, 75, which is
    what the Talmud gives to claims of 100, 200 and 300 (Aumann and Maschler 1985).
    """
    values, alone = _worth(game), _alone(game)
    possible = _surplus(game) >= -game.slack
    least = np.where(possible[:, None], alone, _below(values))
    remark = _told(~possible, "states reach less together than alone; the pre-nucleolus answers there")
    return Shares("nucleolus", game.states, nucleoli(values, least), remark)


def nash(
    game: Game, weights: Mapping[str, float] | None = None, disagreement: Floats | None = None
) -> Shares:
    """The bargain of Nash 1950 where value can be handed over: the surplus is split by weight.

    x_i = d_i + w_i / sum w (v(N) - sum d), which makes the product of (x_i - d_i) ** w_i largest (weights:
    Kalai 1977). `weights` by state say who bargains with what power, all the same unless given;
    `disagreement` of shape (members, states) is what each has without a deal, by default what it reaches
    alone. No answer where the surplus is negative. Raises InputError for weights that are not positive or not
    of these states. Example: each has nothing without a deal, so each gets 200 / 3 = 66.67.
    """
    points = _alone(game) if disagreement is None else np.broadcast_to(disagreement, _alone(game).shape)
    surplus = _worth(game)[:, -1] - points.sum(axis=1)
    amounts = points + surplus[:, None] * _weights(game, weights)
    return _answer("nash", game, amounts, surplus >= -game.slack, "no deal leaves a surplus to share")


def tau(game: Game) -> Shares:
    """The compromise between what each can hope for and what each can insist on (Tijs 1981).

    Hope: M_i = v(N) - v(N - i). Claim: m_i, the most that a coalition leaves to i once its other states have
    what they hope for. tau = m + a (M - m) with a such that it adds up to v(N). No answer where a claim is
    above its hope, or v(N) not between their sums. Example: hopes of 100, 200, 200 and claims of nothing
    give 2/5 of the hopes: 40, 80, 80.
    """
    values, each = _worth(game), membership(len(game.states))
    hope = _hope(values)
    gap = hope @ each.T - values
    least = np.stack([gap[:, column > 0].min(axis=1) for column in each.T], axis=1)
    missing, room, noise = gap[:, -1], least.sum(axis=1), game.slack
    compromise = (gap.min(axis=1) >= -noise) & (missing <= room + noise)
    part = np.divide(missing, room, out=np.zeros_like(room), where=room > noise)
    amounts = hope - part[:, None] * least
    return _answer("tau", game, amounts, compromise, "hopes and claims leave no room for a compromise")


def gately(game: Game) -> Shares:
    """The amounts at which every state is equally prone to disrupt the deal (Gately 1974).

    x_i = v_i + (M_i - v_i) / sum (M - v) (v(N) - sum v): the surplus by what all would lose without i. No
    answer where a state adds less to all than it reaches alone, or where nobody's leaving costs anything
    though there is a surplus. Example: losses of 100, 200, 200 give 40, 80, 80.
    """
    alone, surplus, noise = _alone(game), _surplus(game), game.slack
    loss = _hope(_worth(game)) - alone
    total = loss.sum(axis=1)
    part = np.divide(surplus, total, out=np.zeros_like(total), where=total > noise)
    fair = (loss.min(axis=1) >= -noise) & ((total > noise) | (np.abs(surplus) <= noise))
    amounts = alone + part[:, None] * loss
    return _answer("gately", game, amounts, fair, "a state adds less than it reaches alone, or none adds")


def equal(game: Game) -> Shares:
    """The same amount for each state: x_i = v(N) / n. Example: 66.67 each of 200."""
    states = len(game.states)
    return Shares("equal", game.states, np.repeat(_worth(game)[:, -1:] / states, states, axis=1))


def proportional(game: Game) -> Shares:
    """Amounts in proportion to what each reaches alone: x_i = v(N) v_i / sum v (Banker 1981).

    No answer where one of them is negative or all are nought, as with the three claims. Example: 10 and 30
    alone and 60 together give 15 and 45.
    """
    alone, noise = _alone(game), game.slack
    total = alone.sum(axis=1)
    known = (alone.min(axis=1) >= -noise) & (total > noise)
    part = np.divide(_worth(game)[:, -1], total, out=np.zeros_like(total), where=known)
    why = "a state reaches less than nothing alone, or all of them nothing"
    return _answer("proportional", game, part[:, None] * alone, known, why)


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "shapley": shapley,
        "nucleolus": nucleolus,
        "nash": nash,
        "tau": tau,
        "gately": gately,
        "equal": equal,
        "proportional": proportional,
    }
)
"""All rules by name, the two that people are shown first."""


def least_core(game: Game) -> Floats:
    """The smallest excess that the angriest coalition can be brought to, by member: shape (members,).

    Up to nought the game has a core; above, what leaving would have to cost before all stay (Maschler, Peleg
    and Shapley 1979). Computed as the largest excess at the pre-nucleolus. Nobody but the one can leave a
    game of one state: nought. Example: -50; at 50, 75, 75 the first state is angriest, with 50 more than
    the nothing that it reaches alone.
    """
    values = _worth(game)
    excess = values - nucleoli(values, _below(values)) @ membership(len(game.states)).T
    return excess[:, 1:-1].max(axis=1) if len(game.states) > 1 else np.zeros(game.members)


@cache
def _orders(states: int) -> Floats:
    """The matrix that takes the values of all coalitions to the Shapley value: shape (states, 2**states)."""
    each = membership(states)
    size = each.sum(axis=1).astype(int)
    ways = [
        factorial(before) * factorial(states - before - 1) / factorial(states) for before in range(states)
    ]
    joining, staying = np.array([0.0, *ways])[size], np.array([*ways, 0.0])[size]
    return np.asarray((each * joining[:, None] - (1.0 - each) * staying[:, None]).T)


def _worth(game: Game) -> Floats:
    return game.values - game.values[:, :1]


def _alone(game: Game) -> Floats:
    return game.alone - game.values[:, :1]


def _surplus(game: Game) -> Floats:
    return np.asarray(game.total - game.values[:, 0] - _alone(game).sum(axis=1))


def _hope(values: Floats) -> Floats:
    """What each state adds to all others: shape (members, states)."""
    last = values.shape[1] - 1
    return np.asarray(values[:, -1:] - values[:, [last ^ 1 << i for i in range(last.bit_length())]])


def _below(values: Floats) -> Floats:
    """Amounts below those of the pre-nucleolus, which gives each at least what it adds somewhere.

    Else all of the angriest coalitions would hold that state, and giving it more would calm them all.
    """
    each = membership(values.shape[1].bit_length() - 1)
    masks = np.arange(len(each))
    added = [
        values[:, masks[column > 0]] - values[:, masks[column > 0] ^ 1 << i]
        for i, column in enumerate(each.T)
    ]
    smallest = np.stack([one.min(axis=1) for one in added], axis=1)
    return np.asarray(smallest - np.abs(values).max(axis=1, keepdims=True))


def _weights(game: Game, weights: Mapping[str, float] | None) -> Floats:
    if weights is None:
        return np.full(len(game.states), 1.0 / len(game.states))
    problems = [
        Problem(f"weight of {state}", "is missing", "give one for each state")
        for state in game.states
        if state not in weights
    ]
    problems += [
        Problem(f"weight of {state}", "is of no state of the game", suggest(state, game.states))
        for state in weights
        if state not in game.states
    ]
    problems += [
        Problem(f"weight of {state}", f"is {weight}", "give a positive number")
        for state, weight in weights.items()
        if not 0.0 < weight < np.inf
    ]
    if problems:
        raise InputError("weights of the bargain", problems)
    given = np.array([weights[state] for state in game.states])
    return np.asarray(given / given.sum())


def _answer(rule: str, game: Game, amounts: Floats, answered: Flags, why: str) -> Shares:
    remark = _told(~answered, f"no answer: {why}")
    return Shares(rule, game.states, np.where(answered[:, None], amounts, np.nan), remark)


def _told(where: Flags, what: str) -> str:
    return f"in {where.sum():,} of {where.size:,} members {what}" if where.any() else ""
