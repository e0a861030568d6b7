"""The nucleolus of all members of a game at once: the share whose angriest coalitions are least angry.

The excess of a coalition is what it reaches alone minus what its states are given. The nucleolus makes the
largest excess as small as possible, then the next, and so on (Schmeidler 1969). Each stage is a linear
programme: make t large where x(S) - t >= v(S) for every coalition S that is not settled. Coalitions with a
positive dual are settled at their excess, those that depend on settled ones drop out, and the next stage goes
on (Kopelowitz 1967; Maschler, Peleg and Shapley 1979) from where the last one ended (Potters, Reijnierse and
Ansing 1996).

The solver is ours: a primal simplex on the rows, for all members side by side. A stage that is done leaves
one direction in which t can grow; going along it to the next row gives a vertex of the next stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from mirab.core.errors import SolutionError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]
ZERO = 1e-8
GREEDY, MOST = 60, 5_000


@cache
def membership(states: int) -> Floats:
    """Which states each coalition holds: 1 or 0, shape (2**states, states), row = bitmask."""
    masks = np.arange(1 << states)[:, None]
    return np.asarray(masks >> np.arange(states) & 1, dtype=np.float64)


def nucleoli(values: Floats, least: Floats) -> Floats:
    """Shares of v(N) that make the ordered excesses smallest among shares that are nowhere below `least`.

    `values` has shape (members, 2**n) with 0 for nobody, `least` (members, n) and in no member more than
    v(N) in sum; the result has shape (members, n). With `least` = what each reaches alone this is the
    nucleolus; with any `least` that does not bind, the pre-nucleolus. Raises SolutionError where rounding
    keeps the simplex from an end.

    >>> values = np.array([[0.0, 0.0, 0.0, 0.0, 0.0, 100.0, 200.0, 300.0]])
    >>> nucleoli(values, np.zeros((1, 3))).round(6).tolist()
    [[50.0, 100.0, 150.0]]
    """
    each = membership(least.shape[1])
    shifted = values - least @ each.T
    scale = np.abs(shifted).max(axis=1, keepdims=True)
    scale[scale == 0.0] = 1.0
    return np.asarray(least + scale * _solved(shifted / scale))


@dataclass
class _Stage:
    """The simplex of each pending member: rows of coalitions, then one a state for its least share.

    A vertex is where the n + 1 rows of its basis hold as equalities; `settled` ones no longer contain t.
    `bound` is the right-hand side of the basis, `open` tells the rows that may still stop a step.
    """

    member: Places
    bounds: Floats
    basis: Places
    settled: Flags
    bound: Floats
    open: Flags

    def keep(self, chosen: Flags) -> None:
        """Only the members chosen go on."""
        for name, array in vars(self).items():
            setattr(self, name, array[chosen])


def _solved(values: Floats) -> Floats:
    """The nucleolus with least shares of nought."""
    states = values.shape[1].bit_length() - 1
    rows = _rows(states)
    shares = np.empty((len(values), states))
    stage = _first(values, rows)
    for turn in range(MOST):
        point, ended = _turn(stage, rows, greedy=turn < GREEDY)
        shares[stage.member[ended]] = point[ended, :-1]
        stage.keep(~ended)
        if not stage.member.size:
            return shares
    what = f"the nucleolus of {stage.member.size} members was not found in {MOST} steps"
    raise SolutionError(f"{what}; round the values of their coalitions to what is known of them")


def _rows(states: int) -> Floats:
    """Coefficients of (x, t): of each coalition, 1 for its states and -1 for t; of each state, 1."""
    coalitions = np.hstack([membership(states), -np.ones((1 << states, 1))])
    return np.vstack([coalitions, np.eye(states, states + 1)])


def _first(values: Floats, rows: Floats) -> _Stage:
    """The vertex at which the last state has all, and t what the first coalition to stop it allows."""
    members, states = len(values), rows.shape[1] - 1
    count = 1 << states
    bounds = np.hstack([values, np.zeros((members, states))])
    open_rows = np.ones((members, count + states), dtype=bool)
    open_rows[:, [0, count - 1]] = False
    given = np.where(np.arange(count) >> (states - 1) & 1, values[:, -1:], 0.0)
    room = np.where(open_rows[:, :count], given - values, np.inf)
    basis = np.empty((members, states + 1), dtype=np.intp)
    basis[:, 0] = count - 1
    basis[:, 1:-1] = count + np.arange(states - 1)
    basis[:, -1] = room.argmin(axis=1)
    settled = np.zeros((members, states + 1), dtype=bool)
    settled[:, 0] = True
    bound = np.take_along_axis(bounds, basis, axis=1)
    return _Stage(np.arange(members), bounds, basis, settled, bound, open_rows)


def _turn(stage: _Stage, rows: Floats, *, greedy: bool) -> tuple[Floats, Flags]:
    """One step of every member, within its stage or into the next; its point, and which members ended."""
    states = rows.shape[1] - 1
    inverse = np.asarray(np.linalg.inv(_matrix(stage, rows)), dtype=np.float64)
    point = (inverse @ stage.bound[:, :, None])[:, :, 0]
    dual = np.where(stage.settled, 0.0, -inverse[:, -1, :])
    leaving, within = _leaving(stage, dual, greedy)
    direction: Floats = np.take_along_axis(inverse, leaving[:, None, None], axis=2)[:, :, 0]
    done = ~within
    if done.any():
        leaving[done], direction[done] = _settle(stage, rows, inverse, point, dual, done)
    ended = done & (stage.settled.sum(axis=1) >= states)
    _advance(stage, rows, point, direction, leaving, ~ended)
    return point, ended


def _matrix(stage: _Stage, rows: Floats) -> Floats:
    """The rows of each basis: (members, n + 1, n + 1), without t in those that are settled."""
    matrix = rows[stage.basis]
    matrix[:, :, -1] = np.where(stage.settled, 0.0, matrix[:, :, -1])
    return matrix


def _leaving(stage: _Stage, dual: Floats, greedy: bool) -> tuple[Places, Flags]:
    """Which place of the basis goes: that of the worst dual, or by Bland's rule, which cannot cycle."""
    wrong = dual < -ZERO
    order = dual if greedy else np.where(wrong, stage.basis, np.iinfo(np.intp).max)
    return order.argmin(axis=1), np.any(wrong, axis=1, keepdims=True)[:, 0]


def _settle(
    stage: _Stage, rows: Floats, inverse: Floats, point: Floats, dual: Floats, done: Flags
) -> tuple[Places, Floats]:
    """End the stage of the members `done`: settle rows, close what depends on them, find the way on.

    Of the rows settled now one follows from the others, so its place is given up. On the way on t grows and
    all other rows of the basis hold.
    """
    states = rows.shape[1] - 1
    tight = (dual > ZERO) & done[:, None]
    coalition = tight & (stage.basis < 1 << states)
    amounts = np.einsum("mki,mi->mk", rows[stage.basis][:, :, :-1], point[:, :-1])
    stage.bound = np.where(tight, amounts, stage.bound)
    stage.settled |= tight
    beside = np.where(stage.settled[done][:, None, :], 0.0, rows[:, :-1] @ inverse[done, :-1])
    stage.open[done] &= np.abs(beside).max(axis=2) > ZERO
    given_up = np.where(coalition, dual, -1.0).argmax(axis=1)[done]
    stage.settled[np.flatnonzero(done), given_up] = False
    return given_up, -(inverse @ coalition[:, :, None])[done, :, 0]


def _advance(
    stage: _Stage, rows: Floats, point: Floats, direction: Floats, leaving: Places, going: Flags
) -> None:
    """Go along the direction to the first open row that stops it, which takes the place that is free."""
    rate = direction @ rows.T
    room = np.maximum(point @ rows.T - stage.bounds, 0.0)
    stops = stage.open & (rate < -ZERO)
    length = np.divide(room, -rate, out=np.full_like(room, np.inf), where=stops)
    shortest = length.min(axis=1, keepdims=True)
    if np.isinf(shortest[going]).any():
        raise SolutionError("no coalition ends a stage of the nucleolus; report the game that did it")
    entering = (length <= shortest + 1e-12).argmax(axis=1)
    each = np.arange(len(entering))
    stage.basis[each, leaving] = entering
    stage.settled[each, leaving] = False
    stage.bound[each, leaving] = stage.bounds[each, entering]
