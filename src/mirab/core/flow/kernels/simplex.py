"""A bounded dual simplex whose objective is a list, senior first: the basis, its inverse, its pivots.

Method (ours; the lexicographic order of objectives is Isermann's, OR Spektrum 4, 1982). The programme is
{A x = b, 0 <= x <= upper}. A column is cut into slots that add up to it: one for each request on it, and the
rest. Requests that rise together share one slot, a mix of their columns. Level l of the objective is the
slot of the l-th group, to be made as large as possible; the last level is the cost of routing. No reduced
cost is stored: at level l it is the entry of the tableau in the row of that level's slot, nought unless
that slot is basic, that is, partly served. So what is scarce is basic and follows the right-hand side by
itself: the last basis of a step is nearly the right one in the next. Costs are generic, so that no two
columns tie on all levels: flows are unique and the simplex cannot cycle.

Dense inverse of the basis (rows <= about 200), sparse columns, refactored every REFACTOR pivots.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mirab.core.compiling import Kernels, inlined

# A slot is basic (its place is its row), or stands at nought or at its width.
LOWER, UPPER = -1, -2
TOLERANCE = 1e-8
SMALLEST_PIVOT = 1e-9
NOUGHT = 1e-9
REFACTOR = 120
MOST_PIVOTS = 5_000
# What `count` holds: pivots, changes of the inverse since it was refactored, changes of groups, all that has
# moved, what had moved when the groups were last proved, and the open slots.
PIVOTS, SINCE, CHANGES, MOVES, PROVED, OPEN = 0, 1, 2, 3, 4, 5


class Requests(NamedTuple):
    """The column of each request, senior first; class c is class_start[c] to class_start[c + 1] - 1."""

    column: Any
    class_start: Any


class Matrix(NamedTuple):
    """Sparse columns: the entries of column j are start[j] to start[j + 1] - 1 of `row` and `value`."""

    start: Any
    row: Any
    value: Any


class Program(NamedTuple):
    """What never changes: columns, costs, requests, and the first basis.

    `basis[row]` is a column, `place[column]` its row or LOWER or UPPER; with the inverse and the duals.
    """

    matrix: Matrix
    cost: Any
    asked: Requests
    basis: Any
    place: Any
    inverse: Any
    dual: Any


class Mix(NamedTuple):
    """What a slot consists of: members, from `head[slot]` on along `link`, with a share in it and a column.

    Slot and member j < n are column j, what no request asks of it; then come groups and requests.
    """

    head: Any
    link: Any
    share: Any
    column: Any


class Tableau(NamedTuple):
    """Working state of one thread.

    `at`, `upper` by column; `width`, `place`, `stale` by slot, those with a width listed in `open`; `amount`
    by member; `inverse[row, basic]` is transposed. `order[level]` is the slot of a group; `scarce` are the
    rows of partly served groups, of which `before[level]` are more senior.
    """

    at: Any
    rhs: Any
    upper: Any
    targets: Any
    mix: Mix
    amount: Any
    width: Any
    place: Any
    stale: Any
    open: Any
    basis: Any
    basic: Any
    inverse: Any
    dual: Any
    order: Any
    scarce: Any
    before: Any
    rho: Any
    alpha: Any
    column: Any
    candidate: Any
    score: Any
    work: Any
    count: Any


KERNELS = Kernels(Path(__file__).parent)
compiled, allocating = KERNELS.compiled, KERNELS.allocating


@inlined
def copy(source: Any, target: Any) -> None:
    """Copy the elements of `source` to the front of `target`."""
    for i in range(source.size):
        target[i] = source[i]


@inlined
def column_product(matrix: Matrix, rows: Any, j: int) -> float:
    """Sum of column j times `rows`."""
    total = 0.0
    for e in range(matrix.start[j], matrix.start[j + 1]):
        total += rows[matrix.row[e]] * matrix.value[e]
    return total


@inlined
def product(matrix: Matrix, mix: Mix, rows: Any, k: int) -> float:
    """Sum of slot k times `rows`; with rows = inverse[:, i], its entry of the tableau in row i.

    That is its reduced cost at the level whose group is basic there.
    """
    total, r = 0.0, mix.head[k]
    while r >= 0:
        total += mix.share[r] * column_product(matrix, rows, mix.column[r])
        r = mix.link[r]
    return total


@inlined
def routing_cost(program: Program, mix: Mix, dual: Any, k: int) -> float:
    """Reduced cost of slot k at the last level."""
    total, r = 0.0, mix.head[k]
    while r >= 0:
        j = mix.column[r]
        total += mix.share[r] * (program.cost[j] - column_product(program.matrix, dual, j))
        r = mix.link[r]
    return total


@inlined
def load_column(matrix: Matrix, mix: Mix, inverse: Any, k: int, column: Any) -> None:
    """Slot k in terms of the basis, into `column`."""
    column[:] = 0.0
    r = mix.head[k]
    while r >= 0:
        j = mix.column[r]
        for e in range(matrix.start[j], matrix.start[j + 1]):
            row, value = matrix.row[e], matrix.value[e] * mix.share[r]
            for i in range(column.size):
                column[i] += inverse[row, i] * value
        r = mix.link[r]


@inlined
def exchange(tableau: Tableau, p: int, reduced: float) -> None:
    """The slot in `tableau.column`, of reduced cost `reduced`, comes into the basis in row p."""
    inverse, column, dual, count = tableau.inverse, tableau.column, tableau.dual, tableau.count
    scale = 1.0 / column[p]
    for k in range(column.size):
        factor = inverse[k, p] * scale
        if factor != 0.0:
            for i in range(column.size):
                inverse[k, i] -= factor * column[i]
            inverse[k, p] = factor
            dual[k] += reduced * factor
    count[SINCE] += 1
    count[MOVES] += 1


@inlined
def pivot(program: Program, tableau: Tableau, p: int, q: int, falling: bool) -> None:
    """Slot q enters in row p, whose slot goes to its width (falling) or to nought."""
    mix, column, basic, basis = tableau.mix, tableau.column, tableau.basic, tableau.basis
    width, place = tableau.width, tableau.place
    reduced = routing_cost(program, mix, tableau.dual, q)
    load_column(program.matrix, mix, tableau.inverse, q, column)
    leaving = basis[p]
    bound = width[leaving] if falling else 0.0
    move = (basic[p] - bound) / column[p]
    for i in range(basic.size):
        basic[i] -= move * column[i]
    basic[p] = move + (width[q] if place[q] == UPPER else 0.0)
    exchange(tableau, p, reduced)
    place[leaving] = UPPER if falling else LOWER
    tableau.stale[leaving] = width[leaving] <= 0.0
    place[q], basis[p] = p, q
    tableau.count[PIVOTS] += 1


@inlined
def load_basis(matrix: Matrix, mix: Mix, basis: Any, work: Any) -> None:
    """The columns of the basis and, beside them, the identity, into `work` of shape (m, 2 m)."""
    work[:, :] = 0.0
    for i in range(basis.size):
        work[i, basis.size + i] = 1.0
        r = mix.head[basis[i]]
        while r >= 0:
            j = mix.column[r]
            for e in range(matrix.start[j], matrix.start[j + 1]):
                work[matrix.row[e], i] += mix.share[r] * matrix.value[e]
            r = mix.link[r]


@compiled
def eliminate(work: Any) -> bool:
    """Gauss-Jordan with partial pivoting on `work` of shape (m, 2 m); False when it is singular."""
    m = work.shape[0]
    for i in range(m):
        p = i
        for r in range(i + 1, m):
            p = r if abs(work[r, i]) > abs(work[p, i]) else p
        if abs(work[p, i]) < SMALLEST_PIVOT:
            return False
        for k in range(2 * m):
            work[i, k], work[p, k] = work[p, k], work[i, k]
        scale = 1.0 / work[i, i]
        for k in range(i, 2 * m):
            work[i, k] *= scale
        for r in range(m):
            factor = work[r, i]
            if r != i and factor != 0.0:
                for k in range(i, 2 * m):
                    work[r, k] -= factor * work[i, k]
    return True


@compiled
def refactor(program: Program, tableau: Tableau) -> bool:
    """Invert the basis afresh and price its rows at the last level; False when it is singular."""
    mix, basis, inverse, dual = tableau.mix, tableau.basis, tableau.inverse, tableau.dual
    work, m = tableau.work, basis.size
    load_basis(program.matrix, mix, basis, work)
    if not eliminate(work):
        return False
    dual[:] = 0.0
    for i in range(m):
        cost, r = 0.0, mix.head[basis[i]]
        while r >= 0:
            cost += mix.share[r] * program.cost[mix.column[r]]
            r = mix.link[r]
        for k in range(m):
            inverse[k, i] = work[i, m + k]
            dual[k] += cost * inverse[k, i]
    tableau.count[SINCE] = 0
    return True


@compiled
def evaluate(program: Program, tableau: Tableau) -> None:
    """Values of the basic slots from the right-hand side and the slots at their width."""
    matrix, mix, place, amount = program.matrix, tableau.mix, tableau.place, tableau.amount
    rest, basic, inverse, opened = tableau.rho, tableau.basic, tableau.inverse, tableau.open
    copy(tableau.rhs, rest)
    for c in range(tableau.count[OPEN]):
        r = mix.head[opened[c]] if place[opened[c]] == UPPER else -1
        while r >= 0:
            j = mix.column[r]
            for e in range(matrix.start[j], matrix.start[j + 1]):
                rest[matrix.row[e]] -= matrix.value[e] * amount[r]
            r = mix.link[r]
    basic[:] = 0.0
    for k in range(rest.size):
        if rest[k] != 0.0:
            for i in range(rest.size):
                basic[i] += inverse[k, i] * rest[k]


@inlined
def list_open(tableau: Tableau) -> None:
    """List the slots that have a width."""
    width, opened, count = tableau.width, tableau.open, 0
    for k in range(width.size):
        if width[k] > 0.0:
            opened[count] = k
            count += 1
    tableau.count[OPEN] = count


@inlined
def find_candidates(matrix: Matrix, tableau: Tableau, p: int, falling: bool) -> int:
    """Number of slots that would help the slot of row p to its bound, in `tableau.candidate`."""
    mix, place, rho, alpha = tableau.mix, tableau.place, tableau.rho, tableau.alpha
    opened, candidate, count = tableau.open, tableau.candidate, 0
    copy(tableau.inverse[:, p], rho)
    for c in range(tableau.count[OPEN]):
        k = opened[c]
        alpha[k] = 0.0
        if place[k] >= 0:
            continue
        total = product(matrix, mix, rho, k)
        alpha[k] = total if falling else -total
        if alpha[k] > SMALLEST_PIVOT if place[k] == LOWER else alpha[k] < -SMALLEST_PIVOT:
            candidate[count] = k
            count += 1
    return count


@inlined
def keep_least(matrix: Matrix, tableau: Tableau, i: int, count: int) -> int:
    """Keep the candidates of least ratio at the level whose slot is basic in row i; how many they are."""
    mix, alpha, candidate, score = tableau.mix, tableau.alpha, tableau.candidate, tableau.score
    rows, least = tableau.inverse[:, i], np.inf
    for c in range(count):
        reduced = product(matrix, mix, rows, candidate[c])
        # The sign of alpha is that of the direction in which the slot can go.
        score[c] = reduced / alpha[candidate[c]] if abs(reduced) > NOUGHT else 0.0
        least = min(least, score[c])
    kept, most = 0, least + NOUGHT * (1.0 + abs(least))
    for c in range(count):
        if score[c] <= most:
            candidate[kept] = candidate[c]
            kept += 1
    return kept


@inlined
def keep_own(place: Any, candidate: Any, k: int, count: int) -> int:
    """The same at the level of slot k, which is not basic: nobody else has a reduced cost there."""
    for c in range(count):
        if candidate[c] == k:
            if place[k] == LOWER:
                candidate[0] = k
                return 1
            candidate[c] = candidate[count - 1]
            return count - 1
    return count


@inlined
def find_entering(program: Program, tableau: Tableau, p: int, falling: bool) -> int:
    """Slot that enters for row p (bounded dual ratio test, level by level), or -1: no point is feasible."""
    matrix, place, alpha = program.matrix, tableau.place, tableau.alpha
    order, candidate = tableau.order, tableau.candidate
    count = find_candidates(matrix, tableau, p, falling)
    for level in range(order.size):
        if count <= 1:
            break
        k = order[level]
        if place[k] >= 0:
            count = keep_least(matrix, tableau, place[k], count)
        elif tableau.width[k] > 0.0 and alpha[k] != 0.0:
            count = keep_own(place, candidate, k, count)
    best, least, size = candidate[0] if count == 1 else -1, np.inf, 0.0
    for c in range(count if count > 1 else 0):
        k = candidate[c]
        ratio = routing_cost(program, tableau.mix, tableau.dual, k) / alpha[k]
        if ratio < least - 1e-13 or (ratio <= least + 1e-13 and abs(alpha[k]) > size):
            best, least, size = k, ratio, abs(alpha[k])
    return best


@compiled
def resting_place(program: Program, tableau: Tableau, k: int) -> int:
    """LOWER or UPPER: where slot k, which is not basic, must stand for the basis to be optimal."""
    mix, order, place, inverse = tableau.mix, tableau.order, tableau.place, tableau.inverse
    for level in range(order.size):
        if order[level] == k:
            return UPPER
        i = place[order[level]]
        if i >= 0:
            reduced = product(program.matrix, mix, inverse[:, i], k)
            if abs(reduced) > NOUGHT:
                return LOWER if reduced > 0.0 else UPPER
    if tableau.width[k] == np.inf or routing_cost(program, mix, tableau.dual, k) >= 0.0:
        return LOWER
    return UPPER


@inlined
def farthest(basis: Any, basic: Any, width: Any) -> tuple[int, bool]:
    """Row whose slot is farthest outside its bounds, and whether it must fall; row -1 if all are inside."""
    p, worst, falling = -1, TOLERANCE, False
    for i in range(basis.size):
        over = basic[i] - width[basis[i]]
        if -basic[i] > worst:
            p, worst, falling = i, -basic[i], False
        elif over > worst:
            p, worst, falling = i, over, True
    return p, falling


@inlined
def restore(program: Program, tableau: Tableau) -> bool:
    """Dual simplex until every basic slot is within its bounds; False when no point is feasible."""
    basis, basic, width, count = tableau.basis, tableau.basic, tableau.width, tableau.count
    for _ in range(MOST_PIVOTS):
        if count[SINCE] >= REFACTOR:
            if not refactor(program, tableau):
                return False
            evaluate(program, tableau)
        p, falling = farthest(basis, basic, width)
        if p < 0:
            return True
        q = find_entering(program, tableau, p, falling)
        if q < 0:
            return False
        pivot(program, tableau, p, q, falling)
    return False


@compiled
def start_basis(program: Program, tableau: Tableau) -> None:
    """The first basis again: every request at its width."""
    copy(program.basis, tableau.basis)
    tableau.place[:] = UPPER
    copy(program.place, tableau.place)
    for i in range(program.basis.size):
        for k in range(program.basis.size):
            tableau.inverse[k, i] = program.inverse[i, k]
    copy(program.dual, tableau.dual)
    tableau.count[SINCE] = 0
    tableau.count[MOVES] += 1
