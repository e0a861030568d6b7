"""Games that several tests draw, and what a test computes on its own to hold the rules against."""

from itertools import pairwise, permutations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from mirab.resolve.game import Game

Floats = NDArray[np.float64]
NAMES = ("AFG", "KAZ", "KGZ", "TJK", "TKM", "UZB")


def members(states: int) -> Floats:
    """Which states each coalition holds, row = bitmask."""
    return np.array([[float(mask >> i & 1) for i in range(states)] for mask in range(1 << states)])


def drawn(seed: int, states: int = 4, kind: str = "convex", count: int = 3) -> Game:
    """Games of a kind: `convex` has a core; `whole` has ties and a generous total; `any` keeps no law."""
    rng = np.random.default_rng(seed)
    shape = (count, 1 << states)
    if kind == "convex":
        values = (rng.uniform(0.1, 5.0, (count, states)) @ members(states).T) ** 1.5
    elif kind == "whole":
        values = rng.integers(0, 4, shape).astype(float)
        values[:, -1] += 4 * states
    else:
        values = rng.normal(size=shape)
    values[:, 0] = 0.0
    return Game(NAMES[:states], values)


def claims_on(estate: float, claims: list[float]) -> Game:
    """The game of those who claim parts of an estate: what the claims of the others leave."""
    left = np.maximum(0.0, estate - (1.0 - members(len(claims))) @ np.array(claims))
    return Game(NAMES[: len(claims)], left[None, :])


def joining_in_every_order(value: Floats, states: int) -> Floats:
    """Mean of what each adds when it joins, one order after the other."""
    found = np.zeros(states)
    orders = list(permutations(range(states)))
    for order in orders:
        masks = [sum(1 << i for i in order[:k]) for k in range(states + 1)]
        for state, (before, after) in zip(order, pairwise(masks), strict=True):
            found[state] += value[after] - value[before]
    return found / len(orders)


def settles(value: Floats, share: Floats, least: Floats) -> bool:
    """Kohlberg's criterion 1971: at each level, the coalitions at least so angry are balanced.

    States at their least share may weigh in. A level that fails is one whose anger could be eased.
    """
    states = len(share)
    each = members(states)[1:-1]
    excess = value[1:-1] - each @ share
    scale = 1.0 + np.abs(value).max()
    bound = np.eye(states)[share - least < 1e-7 * scale]
    for level in np.unique(np.round(excess / scale, 7)):
        angry = each[excess / scale >= level - 1e-6]
        if not _balanced(angry, bound):
            return False
    return True


def _balanced(angry: Floats, bound: Floats) -> bool:
    """Whether positive weights on `angry`, and any on `bound`, add up to one for each state.

    Else some way of giving (which sums to nought) eases one of them and burdens none.
    """
    states = angry.shape[1]
    ease = linprog(
        -angry.sum(axis=0),
        A_ub=-np.vstack([angry, bound]),
        b_ub=np.zeros(len(angry) + len(bound)),
        A_eq=np.ones((1, states)),
        b_eq=[0.0],
        bounds=[(-1.0, 1.0)] * states,
    )
    return bool(ease.status == 0 and -ease.fun < 1e-6)
