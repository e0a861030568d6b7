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

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np

# A slot is basic (its place is its row), or stands at nought or at its width.
LOWER, UPPER = -1, -2
TOLERANCE = 1e-9
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


class Program(NamedTuple):
    """What never changes: sparse columns (start, row, value), costs, requests, and the first basis.

    `basis[row]` is a column, `place[column]` its row or LOWER or UPPER; with the inverse and the duals.
    """

    start: Any
    row: Any
    value: Any
    cost: Any
    asked: Requests
    basis: Any
    place: Any
    inverse: Any
    dual: Any


class Tableau(NamedTuple):
    """Working state of one thread. Slots: columns (what no request asks of them), then groups of requests.

    `at`, `upper` by column; `width`, `place`, `stale` by slot, those with a width listed in `open`;
    `inverse[row, basic]` is transposed. `link`, `amount`, `share`, `targets` by request; `head` (first
    member, then along `link`) by group; `order[level]` is a group; `scarce` are the rows of partly served
    groups, of which `before[level]` are more senior.
    """

    at: Any
    rhs: Any
    upper: Any
    width: Any
    place: Any
    stale: Any
    open: Any
    basis: Any
    basic: Any
    inverse: Any
    dual: Any
    link: Any
    amount: Any
    share: Any
    head: Any
    order: Any
    scarce: Any
    before: Any
    targets: Any
    rho: Any
    alpha: Any
    column: Any
    candidate: Any
    score: Any
    work: Any
    count: Any


F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """The function compiled by numba without the interpreter lock, cached on disk; it may allocate nothing.

    Without memory of its own it need not count references to its arrays, which takes longer than most of
    what is done with them.
    """
    return _cached(function, allocates=False)


def allocating(function: F) -> F:
    """The same for the few that make arrays."""
    return _cached(function, allocates=True)


def inlined(function: F) -> F:
    """Compiled into each of its callers, which are kernels: a call would hand over every array of a tuple."""
    plain = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "forceinline": True}
    return cast(F, numba.njit(nogil=True, error_model="numpy", _nrt=False, **plain)(function))


def _cached(function: F, *, allocates: bool) -> F:
    """numba looks for changes in the file of a function only, not in those that it calls.

    So the cache lies in a folder of its own for each state of all kernels, or an old kernel would go on
    inside a new one.
    """
    settings: Any = numba.config
    outside = settings.CACHE_DIR
    settings.CACHE_DIR = str(_cache_folder(outside))
    try:
        return cast(F, numba.njit(nogil=True, cache=True, error_model="numpy", _nrt=allocates)(function))
    finally:
        settings.CACHE_DIR = outside


@cache
def _cache_folder(outside: str) -> Path:
    """Folder named after the sources of the kernels: in `outside`, beside them, or in the user's cache."""
    here = Path(__file__).parent
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(here.glob("*.py")))).hexdigest()
    beside = here / "__pycache__"
    writable = os.access(beside if beside.is_dir() else here, os.W_OK)
    root = Path(outside) if outside else beside if writable else Path("~/.cache/mirab").expanduser()
    return root / f"kernels-{digest[:12]}"


@inlined
def copy(source: Any, target: Any) -> None:
    """Copy the elements of `source` to the front of `target`."""
    for i in range(source.size):
        target[i] = source[i]


@inlined
def product(program: Program, rows: Any, j: int) -> float:
    """Sum of column j times `rows`."""
    total = 0.0
    for e in range(program.start[j], program.start[j + 1]):
        total += rows[program.row[e]] * program.value[e]
    return total


@inlined
def entry(program: Program, tableau: Tableau, i: int, k: int) -> float:
    """Entry of the tableau in row i for slot k: its reduced cost at the level whose slot is basic there."""
    n = program.cost.size
    if k < n:
        return product(program, tableau.inverse[:, i], k)
    total, r = 0.0, tableau.head[k - n]
    while r >= 0:
        total += tableau.share[r] * product(program, tableau.inverse[:, i], program.asked.column[r])
        r = tableau.link[r]
    return total


@inlined
def routing_cost(program: Program, tableau: Tableau, k: int) -> float:
    """Reduced cost of slot k at the last level."""
    n = program.cost.size
    if k < n:
        return float(program.cost[k] - product(program, tableau.dual, k))
    total, r = 0.0, tableau.head[k - n]
    while r >= 0:
        j = program.asked.column[r]
        total += tableau.share[r] * (program.cost[j] - product(program, tableau.dual, j))
        r = tableau.link[r]
    return total


@inlined
def add_flow(program: Program, rows: Any, j: int, flow: float) -> None:
    """Add to `rows` what a flow in column j brings to each."""
    for e in range(program.start[j], program.start[j + 1]):
        rows[program.row[e]] += program.value[e] * flow


@inlined
def add_column(program: Program, inverse: Any, column: Any, j: int, share: float) -> None:
    """Add `share` of column j, in terms of the basis, to `column`."""
    for e in range(program.start[j], program.start[j + 1]):
        row, value = program.row[e], program.value[e] * share
        for i in range(column.size):
            column[i] += inverse[row, i] * value


@inlined
def load_column(program: Program, tableau: Tableau, k: int) -> None:
    """Slot k in terms of the basis, into `tableau.column`."""
    n = program.cost.size
    tableau.column[:] = 0.0
    if k < n:
        add_column(program, tableau.inverse, tableau.column, k, 1.0)
        return
    r = tableau.head[k - n]
    while r >= 0:
        add_column(program, tableau.inverse, tableau.column, program.asked.column[r], tableau.share[r])
        r = tableau.link[r]


@inlined
def exchange(tableau: Tableau, p: int, reduced: float) -> None:
    """The slot in `tableau.column`, of reduced cost `reduced`, comes into the basis in row p."""
    inverse, column, dual = tableau.inverse, tableau.column, tableau.dual
    scale = 1.0 / column[p]
    for k in range(column.size):
        factor = inverse[k, p] * scale
        if factor != 0.0:
            for i in range(column.size):
                inverse[k, i] -= factor * column[i]
            inverse[k, p] = factor
            dual[k] += reduced * factor
    tableau.count[SINCE] += 1
    tableau.count[MOVES] += 1


@compiled
def pivot(program: Program, tableau: Tableau, p: int, q: int, falling: bool) -> None:
    """Slot q enters in row p, whose slot goes to its width (falling) or to nought."""
    reduced = routing_cost(program, tableau, q)
    load_column(program, tableau, q)
    column, basic, leaving = tableau.column, tableau.basic, tableau.basis[p]
    bound = tableau.width[leaving] if falling else 0.0
    move = (basic[p] - bound) / column[p]
    for i in range(basic.size):
        basic[i] -= move * column[i]
    basic[p] = move + (tableau.width[q] if tableau.place[q] == UPPER else 0.0)
    exchange(tableau, p, reduced)
    tableau.place[leaving] = UPPER if falling else LOWER
    tableau.stale[leaving] = tableau.width[leaving] <= 0.0
    tableau.place[q], tableau.basis[p] = p, q
    tableau.count[PIVOTS] += 1


@compiled
def load_basis(program: Program, tableau: Tableau, work: Any) -> None:
    """The columns of the basis and, beside them, the identity, into `work` of shape (m, 2 m)."""
    m, n = tableau.basis.size, program.cost.size
    work[:, :] = 0.0
    for i in range(m):
        work[i, m + i] = 1.0
        k = tableau.basis[i]
        r = tableau.head[k - n] if k >= n else -1
        while k < n or r >= 0:
            j, share = (k, 1.0) if k < n else (program.asked.column[r], tableau.share[r])
            for e in range(program.start[j], program.start[j + 1]):
                work[program.row[e], i] += share * program.value[e]
            if k < n:
                break
            r = tableau.link[r]


@compiled
def refactor(program: Program, tableau: Tableau) -> bool:
    """Invert the basis afresh (Gauss-Jordan, partial pivoting) and price it; False when it is singular."""
    m, work = tableau.basis.size, tableau.work
    load_basis(program, tableau, work)
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
    for i in range(m):
        for k in range(m):
            tableau.inverse[k, i] = work[i, m + k]
    price(program, tableau)
    tableau.count[SINCE] = 0
    return True


@compiled
def price(program: Program, tableau: Tableau) -> None:
    """Duals of the rows at the last level, from the present inverse."""
    n = program.cost.size
    tableau.dual[:] = 0.0
    for i in range(tableau.basis.size):
        k = tableau.basis[i]
        cost = program.cost[k] if k < n else 0.0
        r = tableau.head[k - n] if k >= n else -1
        while r >= 0:
            cost += tableau.share[r] * program.cost[program.asked.column[r]]
            r = tableau.link[r]
        for row in range(tableau.basis.size):
            tableau.dual[row] += cost * tableau.inverse[row, i]


@compiled
def evaluate(program: Program, tableau: Tableau) -> None:
    """Values of the basic slots from the right-hand side and the slots at their width."""
    n, rest = program.cost.size, tableau.rho
    copy(tableau.rhs, rest)
    for c in range(tableau.count[OPEN]):
        k = tableau.open[c]
        if tableau.place[k] != UPPER:
            continue
        if k < n:
            add_flow(program, rest, k, -tableau.width[k])
            continue
        r = tableau.head[k - n]
        while r >= 0:
            add_flow(program, rest, program.asked.column[r], -tableau.amount[r])
            r = tableau.link[r]
    tableau.basic[:] = 0.0
    for k in range(rest.size):
        if rest[k] != 0.0:
            for i in range(rest.size):
                tableau.basic[i] += tableau.inverse[k, i] * rest[k]


@compiled
def list_open(tableau: Tableau) -> None:
    """List the slots that have a width."""
    count = 0
    for k in range(tableau.width.size):
        if tableau.width[k] > 0.0:
            tableau.open[count] = k
            count += 1
    tableau.count[OPEN] = count


@inlined
def find_candidates(program: Program, tableau: Tableau, p: int, falling: bool) -> int:
    """Number of slots that would help the slot of row p to its bound, in `tableau.candidate`."""
    n, alpha, count = program.cost.size, tableau.alpha, 0
    copy(tableau.inverse[:, p], tableau.rho)
    for c in range(tableau.count[OPEN]):
        k = tableau.open[c]
        alpha[k] = 0.0
        if tableau.place[k] >= 0:
            continue
        total, r = 0.0, -1
        if k < n:
            total = product(program, tableau.rho, k)
        else:
            r = tableau.head[k - n]
        while r >= 0:
            total += tableau.share[r] * product(program, tableau.rho, program.asked.column[r])
            r = tableau.link[r]
        alpha[k] = total if falling else -total
        if alpha[k] > SMALLEST_PIVOT if tableau.place[k] == LOWER else alpha[k] < -SMALLEST_PIVOT:
            tableau.candidate[count] = k
            count += 1
    return count


@inlined
def keep_least(program: Program, tableau: Tableau, i: int, count: int) -> int:
    """Keep the candidates of least ratio at the level whose slot is basic in row i; how many they are."""
    least = np.inf
    for c in range(count):
        k = tableau.candidate[c]
        reduced = entry(program, tableau, i, k)
        # The sign of alpha is that of the direction in which the slot can go.
        tableau.score[c] = reduced / tableau.alpha[k] if abs(reduced) > NOUGHT else 0.0
        least = min(least, tableau.score[c])
    kept, most = 0, least + NOUGHT * (1.0 + abs(least))
    for c in range(count):
        if tableau.score[c] <= most:
            tableau.candidate[kept] = tableau.candidate[c]
            kept += 1
    return kept


@inlined
def keep_own(tableau: Tableau, k: int, count: int) -> int:
    """The same at the level of slot k, which is not basic: nobody else has a reduced cost there."""
    for c in range(count):
        if tableau.candidate[c] == k:
            if tableau.place[k] == LOWER:
                tableau.candidate[0] = k
                return 1
            tableau.candidate[c] = tableau.candidate[count - 1]
            return count - 1
    return count


@compiled
def find_entering(program: Program, tableau: Tableau, p: int, falling: bool) -> int:
    """Slot that enters for row p (bounded dual ratio test, level by level), or -1: no point is feasible."""
    n = program.cost.size
    count = find_candidates(program, tableau, p, falling)
    for level in range(tableau.order.size):
        if count <= 1:
            break
        k = n + tableau.order[level]
        if tableau.place[k] >= 0:
            count = keep_least(program, tableau, tableau.place[k], count)
        elif tableau.width[k] > 0.0 and tableau.alpha[k] != 0.0:
            count = keep_own(tableau, k, count)
    best, least, size = tableau.candidate[0] if count == 1 else -1, np.inf, 0.0
    for c in range(count if count > 1 else 0):
        k = tableau.candidate[c]
        ratio = routing_cost(program, tableau, k) / tableau.alpha[k]
        if ratio < least - 1e-13 or (ratio <= least + 1e-13 and abs(tableau.alpha[k]) > size):
            best, least, size = k, ratio, abs(tableau.alpha[k])
    return best


@inlined
def resting_place(program: Program, tableau: Tableau, k: int) -> int:
    """LOWER or UPPER: where slot k, which is not basic, must stand for the basis to be optimal."""
    n = program.cost.size
    for level in range(tableau.order.size):
        other = n + tableau.order[level]
        if other == k:
            return UPPER
        if tableau.place[other] >= 0:
            reduced = entry(program, tableau, tableau.place[other], k)
            if abs(reduced) > NOUGHT:
                return LOWER if reduced > 0.0 else UPPER
    if tableau.width[k] == np.inf or routing_cost(program, tableau, k) >= 0.0:
        return LOWER
    return UPPER


@compiled
def restore(program: Program, tableau: Tableau) -> bool:
    """Dual simplex until every basic slot is within its bounds; False when no point is feasible."""
    for _ in range(MOST_PIVOTS):
        if tableau.count[SINCE] >= REFACTOR:
            if not refactor(program, tableau):
                return False
            evaluate(program, tableau)
        p, worst, falling = -1, TOLERANCE, False
        for i in range(tableau.basis.size):
            value = tableau.basic[i]
            over = value - tableau.width[tableau.basis[i]]
            if -value > worst:
                p, worst, falling = i, -value, False
            elif over > worst:
                p, worst, falling = i, over, True
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
    n = program.cost.size
    copy(program.basis, tableau.basis)
    copy(program.place, tableau.place)
    tableau.place[n:] = UPPER
    for i in range(program.basis.size):
        for k in range(program.basis.size):
            tableau.inverse[k, i] = program.inverse[i, k]
    copy(program.dual, tableau.dual)
    tableau.count[SINCE] = 0
    tableau.count[MOVES] += 1
