"""K2, the filling kernel: exact priority allocation on any network, compiled.

Method (ours). One step of one component is the polytope {A x = b, lower <= x <= upper} of flows, carried
over volumes and takes. A request asks that one column be at least a target. Requests are served class by
class, senior first: the lower bounds of a class rise together, each by the same fraction of what it asks
for, as far as the polytope stays non-empty. That is a parametric right-hand side: a bounded dual simplex
follows it from breakpoint to breakpoint. Where no column can enter, the row of the leaving variable proves
which requests can rise no further; they are frozen and the others go on (progressive filling, so the
result is the lexicographic max-min). Requests leave no trace but bounds, hence one basis serves all
classes, and the next step starts warm. The objective is the routing of unclaimed water only; its costs are
generic, so flows are unique and the dual simplex cannot cycle.

Dense inverse of the basis (rows <= about 200), sparse columns, refactored every REFACTOR pivots. A member
depends on nothing but its own inputs: results do not depend on chunks or threads, bit by bit.
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

BASIC, LOWER, UPPER = 0, 1, 2
TOLERANCE = 1e-8
SMALLEST_PIVOT = 1e-9
REFACTOR = 120
MOST_PIVOTS = 20_000


class Program(NamedTuple):
    """What never changes: sparse columns (start, row, value), costs, and the first basis with its inverse."""

    start: Any
    row: Any
    value: Any
    cost: Any
    basis: Any
    status: Any
    inverse: Any
    reduced: Any


class Requests(NamedTuple):
    """The column of each request, senior first; class c is class_start[c] to class_start[c + 1] - 1."""

    column: Any
    class_start: Any


class Tableau(NamedTuple):
    """Working state of one thread; `count` holds pivots, pivots since refactoring, freezes, failures."""

    basis: Any
    status: Any
    inverse: Any
    reduced: Any
    at: Any
    lower: Any
    upper: Any
    basic: Any
    rhs: Any
    alpha: Any
    column: Any
    rate: Any
    rise: Any
    active: Any
    count: Any


F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """The function compiled by numba without the interpreter lock, cached on disk.

    numba looks for changes in the file of a function only, not in those that it calls: the cache lies in a
    folder of its own for each state of all kernels, or an old kernel would go on inside a new one.
    """
    settings: Any = numba.config
    outside = settings.CACHE_DIR
    settings.CACHE_DIR = str(_cache_folder(outside))
    try:
        return cast(F, numba.njit(nogil=True, cache=True, error_model="numpy")(function))
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


@compiled
def refactor(program: Program, tableau: Tableau) -> None:
    """Invert the basis afresh (Gauss-Jordan, partial pivoting) and price every column again."""
    m = tableau.basis.size
    work = np.zeros((m, 2 * m))
    for i in range(m):
        j = tableau.basis[i]
        for k in range(program.start[j], program.start[j + 1]):
            work[program.row[k], i] = program.value[k]
        work[i, m + i] = 1.0
    for i in range(m):
        p = i + np.argmax(np.abs(work[i:, i]))
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
    tableau.inverse[:, :] = work[:, m:]
    price(program, tableau)
    tableau.count[1] = 0


@compiled
def price(program: Program, tableau: Tableau) -> None:
    """Reduced costs of all columns from the present inverse."""
    m = tableau.basis.size
    dual = np.zeros(m)
    for i in range(m):
        cost = program.cost[tableau.basis[i]]
        if cost != 0.0:
            for k in range(m):
                dual[k] += cost * tableau.inverse[i, k]
    for j in range(program.cost.size):
        total = program.cost[j]
        for k in range(program.start[j], program.start[j + 1]):
            total -= dual[program.row[k]] * program.value[k]
        tableau.reduced[j] = 0.0 if tableau.status[j] == BASIC else total


@compiled
def evaluate(program: Program, tableau: Tableau) -> None:
    """Values of the basic columns from the right-hand side and the columns at their bounds."""
    m = tableau.basis.size
    rest = tableau.rhs.copy()
    for j in range(program.cost.size):
        if tableau.status[j] != BASIC and tableau.at[j] != 0.0:
            for k in range(program.start[j], program.start[j + 1]):
                rest[program.row[k]] -= program.value[k] * tableau.at[j]
    for i in range(m):
        total = 0.0
        for k in range(m):
            total += tableau.inverse[i, k] * rest[k]
        tableau.basic[i] = total


@compiled
def find_entering(program: Program, tableau: Tableau, p: int, falling: bool) -> int:
    """Column that may enter for row p (bounded dual ratio test), or -1: then the row is a proof."""
    best, best_ratio, best_size = -1, np.inf, 0.0
    for j in range(program.cost.size):
        tableau.alpha[j] = 0.0
        if tableau.status[j] == BASIC:
            continue
        total = 0.0
        for k in range(program.start[j], program.start[j + 1]):
            total += tableau.inverse[p, program.row[k]] * program.value[k]
        tableau.alpha[j] = total
        if tableau.upper[j] - tableau.lower[j] <= 0.0:
            continue
        towards = total if falling else -total
        helps = towards > SMALLEST_PIVOT if tableau.status[j] == LOWER else towards < -SMALLEST_PIVOT
        if not helps:
            continue
        size = abs(total)
        ratio = abs(tableau.reduced[j]) / size
        if ratio < best_ratio - 1e-13 or (ratio <= best_ratio + 1e-13 and size > best_size):
            best, best_ratio, best_size = j, ratio, size
    return best


@compiled
def load_column(program: Program, tableau: Tableau, j: int) -> None:
    """Column j in terms of the basis, into `tableau.column`."""
    tableau.column[:] = 0.0
    for k in range(program.start[j], program.start[j + 1]):
        row, value = program.row[k], program.value[k]
        for i in range(tableau.basis.size):
            tableau.column[i] += tableau.inverse[i, row] * value


@compiled
def pivot(program: Program, tableau: Tableau, p: int, q: int, falling: bool) -> None:
    """Column q enters for row p, whose column goes to its upper (falling) or lower bound."""
    m = tableau.basis.size
    load_column(program, tableau, q)
    column, leaving = tableau.column, tableau.basis[p]
    bound = tableau.upper[leaving] if falling else tableau.lower[leaving]
    move = (tableau.basic[p] - bound) / column[p]
    for i in range(m):
        tableau.basic[i] -= move * column[i]
    ratio = tableau.reduced[q] / tableau.alpha[q]
    for j in range(program.cost.size):
        if tableau.status[j] != BASIC:
            tableau.reduced[j] -= ratio * tableau.alpha[j]
    tableau.reduced[q], tableau.reduced[leaving] = 0.0, -ratio
    tableau.status[q], tableau.status[leaving] = BASIC, UPPER if falling else LOWER
    tableau.basic[p] = tableau.at[q] + move
    tableau.at[leaving] = bound
    tableau.basis[p] = q
    scale = 1.0 / column[p]
    for k in range(m):
        tableau.inverse[p, k] *= scale
    for i in range(m):
        factor = column[i]
        if i != p and factor != 0.0:
            for k in range(m):
                tableau.inverse[i, k] -= factor * tableau.inverse[p, k]
    tableau.count[0] += 1
    tableau.count[1] += 1
    if tableau.count[1] >= REFACTOR:
        refactor(program, tableau)
        evaluate(program, tableau)


@compiled
def restore(program: Program, tableau: Tableau) -> bool:
    """Dual simplex until every basic column is within its bounds; False when no point is feasible."""
    for _ in range(MOST_PIVOTS):
        p, worst, falling = -1, TOLERANCE, False
        for i in range(tableau.basis.size):
            j = tableau.basis[i]
            if tableau.lower[j] - tableau.basic[i] > worst:
                p, worst, falling = i, tableau.lower[j] - tableau.basic[i], False
            elif tableau.basic[i] - tableau.upper[j] > worst:
                p, worst, falling = i, tableau.basic[i] - tableau.upper[j], True
        if p < 0:
            return True
        q = find_entering(program, tableau, p, falling)
        if q < 0:
            return False
        pivot(program, tableau, p, q, falling)
    return False


@compiled
def set_rates(program: Program, tableau: Tableau, columns: Any) -> None:
    """Change of each basic column while the active lower bounds rise by `rise` a unit of the fraction."""
    tableau.rate[:] = 0.0
    for j in columns:
        if tableau.active[j] and tableau.status[j] == LOWER:
            for k in range(program.start[j], program.start[j + 1]):
                row, value = program.row[k], program.value[k] * tableau.rise[j]
                for i in range(tableau.basis.size):
                    tableau.rate[i] -= tableau.inverse[i, row] * value


@compiled
def next_break(tableau: Tableau, room: float) -> tuple[int, float, bool]:
    """First row that a further rise brings to a bound: (row, distance, falling); row -1 if none does."""
    p, distance, falling, steepest = -1, room, False, 0.0
    for i in range(tableau.basis.size):
        j = tableau.basis[i]
        closing = tableau.rate[i] - (tableau.rise[j] if tableau.active[j] else 0.0)
        if closing < -SMALLEST_PIVOT:
            reach = max(tableau.basic[i] - tableau.lower[j], 0.0) / -closing
            if reach < distance or (reach == distance and p >= 0 and -closing > steepest):
                p, distance, falling, steepest = i, reach, False, -closing
        if tableau.rate[i] > SMALLEST_PIVOT:
            reach = max(tableau.upper[j] - tableau.basic[i], 0.0) / tableau.rate[i]
            if reach < distance or (reach == distance and p >= 0 and tableau.rate[i] > steepest):
                p, distance, falling, steepest = i, reach, True, tableau.rate[i]
    return p, distance, falling


@compiled
def advance(tableau: Tableau, columns: Any, distance: float) -> None:
    """Raise all active lower bounds by `distance` of what they ask for, and move the basic columns."""
    for j in columns:
        if tableau.active[j]:
            tableau.lower[j] = min(tableau.lower[j] + distance * tableau.rise[j], tableau.upper[j])
            if tableau.status[j] == LOWER:
                tableau.at[j] = tableau.lower[j]
    for i in range(tableau.basis.size):
        tableau.basic[i] += distance * tableau.rate[i]


@compiled
def freeze(tableau: Tableau, columns: Any, p: int) -> None:
    """Stop the requests that row p proves to be at their best; the number that were stopped."""
    stopped = 0
    for j in columns:
        holds = tableau.status[j] == LOWER and abs(tableau.alpha[j]) > SMALLEST_PIVOT
        if tableau.active[j] and (holds or j == tableau.basis[p]):
            tableau.active[j] = False
            stopped += 1
    if stopped == 0:
        for j in columns:
            tableau.active[j] = False
    tableau.count[2] += stopped


@compiled
def fill_class(program: Program, tableau: Tableau, columns: Any, targets: Any) -> bool:
    """Raise the requests of one class together to the lexicographic max-min; False when it does not end."""
    wanted = 0
    for r in range(columns.size):
        j = columns[r]
        tableau.rise[j] = min(targets[r], tableau.upper[j]) - tableau.lower[j]
        tableau.active[j] = tableau.rise[j] > 0.0
        wanted += tableau.active[j]
    fraction = 0.0
    for _ in range(MOST_PIVOTS):
        if wanted == 0 or fraction >= 1.0:
            break
        set_rates(program, tableau, columns)
        p, distance, falling = next_break(tableau, 1.0 - fraction)
        advance(tableau, columns, distance)
        fraction += distance
        if p < 0:
            break
        q = find_entering(program, tableau, p, falling)
        if q >= 0:
            pivot(program, tableau, p, q, falling)
        else:
            freeze(tableau, columns, p)
            wanted = 0
            for r in range(columns.size):
                wanted += tableau.active[columns[r]]
    else:
        return False
    for r in range(columns.size):
        tableau.active[columns[r]] = False
    return True


@compiled
def allocate(program: Program, tableau: Tableau, requests: Requests, targets: Any) -> bool:
    """Serve all requests on the present right-hand side, class by class; False when it fails."""
    tableau.lower[:] = 0.0
    for j in range(program.cost.size):
        if tableau.status[j] == BASIC:
            continue
        if tableau.reduced[j] < 0.0 and tableau.upper[j] < np.inf:
            tableau.status[j] = UPPER
        else:
            tableau.status[j] = LOWER
        tableau.at[j] = tableau.upper[j] if tableau.status[j] == UPPER else 0.0
    evaluate(program, tableau)
    if not restore(program, tableau):
        return False
    for c in range(requests.class_start.size - 1):
        first, last = requests.class_start[c], requests.class_start[c + 1]
        if not fill_class(program, tableau, requests.column[first:last], targets[first:last]):
            return False
    evaluate(program, tableau)
    if not restore(program, tableau):
        return False
    for i in range(tableau.basis.size):
        tableau.at[tableau.basis[i]] = max(tableau.basic[i], 0.0) + 0.0
    return True


@compiled
def new_tableau(program: Program) -> Tableau:
    """Working arrays for one thread, with the first basis."""
    m, n = program.basis.size, program.cost.size
    return Tableau(
        program.basis.copy(),
        program.status.copy(),
        program.inverse.copy(),
        program.reduced.copy(),
        np.zeros(n),
        np.zeros(n),
        np.zeros(n),
        np.zeros(m),
        np.zeros(m),
        np.zeros(n),
        np.zeros(m),
        np.zeros(m),
        np.zeros(n),
        np.zeros(n, dtype=np.bool_),
        np.zeros(4, dtype=np.int64),
    )


@compiled
def start_member(program: Program, tableau: Tableau) -> None:
    """The first basis again, so that a member depends on its own inputs only."""
    tableau.basis[:] = program.basis
    tableau.status[:] = program.status
    tableau.inverse[:, :] = program.inverse
    tableau.reduced[:] = program.reduced
    tableau.at[:] = 0.0
    tableau.count[1] = 0
