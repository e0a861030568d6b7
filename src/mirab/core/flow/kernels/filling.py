"""K2, the filling kernel: exact priority allocation on any network, compiled.

Method (ours). One step of one component is a polytope of flows, carried over volumes and takes. A request
asks that one column be at least a target; requests are served class by class, senior first, and within a
class by the lexicographic max-min of the served fractions. A class of one is one level of the objective of
the simplex (simplex.py). The requests of a larger class are tied together in groups, each served one common
fraction, one level a group. What the groups are is guessed from the step before, and proved:

- a member of a group that is short must be held: to raise it alone must cost a group of its own or of an
  earlier level. The others leave it and form the next group, which begins full (progressive filling: those
  that are held freeze, the others go on);
- no group that is short may come after one of a larger fraction. Where their levels cannot be exchanged,
  because the earlier one lives at the cost of the later, they become one group.

A member depends on nothing but its own inputs: results do not depend on chunks or threads, bit by bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mirab.core.compiling import inlined
from mirab.core.flow.kernels.simplex import (
    CHANGES,
    MOVES,
    NOUGHT,
    OPEN,
    PROVED,
    TOLERANCE,
    UPPER,
    Mix,
    Program,
    Requests,
    Tableau,
    allocating,
    column_product,
    compiled,
    evaluate,
    exchange,
    find_entering,
    list_open,
    load_column,
    pivot,
    resting_place,
    restore,
    routing_cost,
    start_basis,
)

SETTLED, CHANGED, FAILED = 0, 1, 2
# A group whose mix of columns has changed keeps its row of the basis only with a sound pivot.
SOUND_PIVOT = 1e-6


@compiled
def start_groups(requests: Requests, tableau: Tableau) -> None:
    """One group for each class, with all its requests, in the order of the classes."""
    mix, order, n = tableau.mix, tableau.order, tableau.at.size
    mix.head[n:] = -1
    mix.share[:] = 1.0
    for c in range(requests.class_start.size - 1):
        first, last = requests.class_start[c], requests.class_start[c + 1]
        mix.head[n + first] = n + first
        for r in range(first, last):
            order[r] = n + r
            mix.link[n + r] = n + r + 1 if r + 1 < last else -1


@inlined
def is_mixed(mix: Mix, k: int) -> bool:
    """Whether slot k has more than one member."""
    return bool(mix.head[k] >= 0 and mix.link[mix.head[k]] >= 0)


@compiled
def renew(program: Program, tableau: Tableau, k: int) -> bool:
    """Bring the changed column of basic slot k into its row; False when that would cost a senior level."""
    mix, order, place, column = tableau.mix, tableau.order, tableau.place, tableau.column
    load_column(program.matrix, mix, tableau.inverse, k, column)
    for level in range(order.size):
        if order[level] == k:
            break
        i = place[order[level]]
        if i >= 0 and abs(column[i]) > NOUGHT:
            return False
    if column[place[k]] < SOUND_PIVOT:
        return False
    exchange(tableau, place[k], routing_cost(program, mix, tableau.dual, k))
    return True


@inlined
def weigh(tableau: Tableau, k: int) -> bool:
    """Width of the group in slot k, and the shares of its members in it; whether those have changed."""
    mix, amount, width, count = tableau.mix, tableau.amount, tableau.width, tableau.count
    total, r = 0.0, mix.head[k]
    while r >= 0:
        total += amount[r]
        r = mix.link[r]
    if total > 0.0 and width[k] <= 0.0:
        count[MOVES] += 1
    width[k] = total
    changed, r = False, mix.head[k] if total > 0.0 else -1
    while r >= 0:
        share = amount[r] / total
        changed = changed or share != mix.share[r]
        if share > 0.0 and mix.share[r] == 0.0:
            count[MOVES] += 1
        mix.share[r] = share
        r = mix.link[r]
    return changed


@inlined
def ask(tableau: Tableau, targets: Any) -> None:
    """Amounts that requests ask beyond more senior ones of their column, and what is left of the columns."""
    column, upper, amount, width = tableau.mix.column, tableau.upper, tableau.amount, tableau.width
    n, filled = upper.size, tableau.at
    filled[:] = 0.0
    for r in range(n, column.size):
        j = column[r]
        top = min(targets[r - n], upper[j])
        amount[r] = max(top - filled[j], 0.0)
        filled[j] = max(top, filled[j])
    for j in range(n):
        width[j] = upper[j] - filled[j]
        amount[j] = width[j]


@compiled
def measure(program: Program, tableau: Tableau, targets: Any) -> bool:
    """Widths of all slots, and the basis mended where the mix of a group has changed.

    A slot of no width takes no part in the ratio test: once it has one again, its place is found anew.
    False when a group whose mix has changed cannot leave the basis.
    """
    width, place, stale, opened = tableau.width, tableau.place, tableau.stale, tableau.open
    ask(tableau, targets)
    for k in range(tableau.at.size, width.size):
        if weigh(tableau, k) and (place[k] < 0 or not renew(program, tableau, k)):
            stale[k] = True
    list_open(tableau)
    for k in range(width.size):
        stale[k] = stale[k] or (width[k] <= 0.0 and place[k] < 0)
    for c in range(tableau.count[OPEN]):
        if stale[opened[c]] and place[opened[c]] < 0:
            rest(program, tableau, opened[c])
    for k in range(width.size):
        if stale[k] and place[k] >= 0:
            if not expel(program, tableau, k):
                return False
            rest(program, tableau, k)
    return True


@compiled
def rest(program: Program, tableau: Tableau, k: int) -> None:
    """Put slot k, which is not basic, where it must stand."""
    place = resting_place(program, tableau, k)
    if tableau.place[k] != place:
        tableau.count[MOVES] += 1
    tableau.place[k] = place
    tableau.stale[k] = tableau.width[k] <= 0.0


@compiled
def expel(program: Program, tableau: Tableau, k: int) -> bool:
    """Bring slot k out of the basis, if it is there, to either end; False where no slot can enter for it."""
    p = tableau.place[k]
    if p < 0:
        return True
    for falling in (True, False):
        q = find_entering(program, tableau, p, falling)
        if q >= 0:
            pivot(program, tableau, p, q, falling)
            return True
    return False


@inlined
def leaves(program: Program, tableau: Tableau, level: int, r: int) -> bool:
    """Whether member r, raised or lowered alone, would bring its group's level or a senior one more.

    What it would cost the senior levels to raise it, or else its own, decides: at its width it may not cost
    them anything, at nought it must, and in between it must cost its own.
    """
    place, j = tableau.place[tableau.order[level]], tableau.mix.column[r]
    inverse, scarce = tableau.inverse, tableau.scarce
    for c in range(tableau.before[level] + (place >= 0)):
        cost = column_product(program.matrix, inverse[:, scarce[c]], j)
        if abs(cost) > NOUGHT:
            return bool((cost > 0.0) == (place == UPPER))
    return bool(place != UPPER)


@inlined
def list_scarce(tableau: Tableau) -> None:
    """List the rows of the groups that are partly served, senior first."""
    order, place, scarce, before = tableau.order, tableau.place, tableau.scarce, tableau.before
    count = 0
    for level in range(order.size):
        before[level] = count
        if place[order[level]] >= 0:
            scarce[count] = place[order[level]]
            count += 1


@inlined
def append(mix: Mix, k: int, last: int, r: int) -> int:
    """Member r joins slot k after its member `last` (-1: as the first); r."""
    mix.link[r] = -1
    if last < 0:
        mix.head[k] = r
    else:
        mix.link[last] = r
    return r


@compiled
def empty_group(head: Any, requests: Requests, k: int) -> int:
    """A slot of the class of the group in slot k that has no member."""
    c, n = 0, head.size - requests.column.size
    while n + requests.class_start[c + 1] <= k:
        c += 1
    fresh = n + requests.class_start[c]
    while head[fresh] >= 0:
        fresh += 1
    return int(fresh)


@compiled
def put_behind(order: Any, fresh: int, k: int) -> None:
    """Give slot `fresh` the level next to that of slot k; those between move up or down by one."""
    here, step = 0, 1
    while order[here] != fresh:
        step = -1 if order[here] == k else step
        here += 1
    while here == 0 or order[here - 1] != k:
        order[here], order[here + step] = order[here + step], order[here]
        here += step


@inlined
def sort_out(program: Program, tableau: Tableau, requests: Requests, level: int) -> int:
    """Move the members that must not share the fraction of a level's group to an empty slot; it, or -1."""
    mix, amount, k, fresh = tableau.mix, tableau.amount, tableau.order[level], -1
    r, kept, moved = mix.head[k], -1, -1
    while r >= 0:
        following = mix.link[r]
        if amount[r] > 0.0 and leaves(program, tableau, level, r):
            if fresh < 0:
                fresh = empty_group(mix.head, requests, k)
            moved = append(mix, fresh, moved, r)
        else:
            kept = append(mix, k, kept, r)
        r = following
    return int(fresh)


@compiled
def split(program: Program, tableau: Tableau, requests: Requests, level: int) -> int:
    """Members that must not share the fraction of the group of a level become a group of the next."""
    k = tableau.order[level]
    fresh = sort_out(program, tableau, requests, level)
    if fresh < 0:
        return SETTLED
    put_behind(tableau.order, fresh, k)
    if not expel(program, tableau, k):
        return FAILED
    return regroup(program, tableau, k, fresh)


@compiled
def regroup(program: Program, tableau: Tableau, a: int, b: int) -> int:
    """Weigh two groups that are not basic and whose members have changed, and put them where they stand."""
    weigh(tableau, a)
    weigh(tableau, b)
    list_open(tableau)
    rest(program, tableau, a)
    rest(program, tableau, b)
    evaluate(program, tableau)
    tableau.count[CHANGES] += 1
    tableau.count[MOVES] += 1
    return CHANGED


@compiled
def is_in_place(program: Program, tableau: Tableau, a: int, b: int) -> bool:
    """Whether the basis is still optimal when the levels of slots a and b have been exchanged."""
    place, opened = tableau.place, tableau.open
    both = place[a] >= 0 and place[b] >= 0
    for c in range(tableau.count[OPEN]):
        k = opened[c]
        if place[k] < 0 and (both or k in (a, b)) and resting_place(program, tableau, k) != place[k]:
            return False
    return True


@compiled
def merge(program: Program, tableau: Tableau, a: int, b: int) -> int:
    """The members of the group in slot b join that in slot a."""
    mix = tableau.mix
    if not (expel(program, tableau, a) and expel(program, tableau, b)):
        return FAILED
    last = mix.head[a]
    while mix.link[last] >= 0:
        last = mix.link[last]
    mix.link[last], mix.head[b] = mix.head[b], -1
    return regroup(program, tableau, a, b)


@compiled
def reorder(program: Program, tableau: Tableau, senior: int, junior: int) -> int:
    """Exchange two levels of a class whose fractions fall, or merge their groups where that cannot be."""
    order = tableau.order
    a, b = order[senior], order[junior]
    order[senior], order[junior] = b, a
    if is_in_place(program, tableau, a, b):
        tableau.count[CHANGES] += 1
        tableau.count[MOVES] += 1
        return CHANGED
    order[senior], order[junior] = a, b
    return merge(program, tableau, a, b)


@inlined
def settle_class(program: Program, tableau: Tableau, requests: Requests, c: int) -> int:
    """Prove the groups of class c at the present optimum, or change the first that is wrong."""
    mix, order, place, widths = tableau.mix, tableau.order, tableau.place, tableau.width
    unproved = tableau.count[PROVED] != tableau.count[MOVES]
    before, least, served = -1, 0.0, 1.0
    for level in range(requests.class_start[c], requests.class_start[c + 1]):
        k = order[level]
        width, row = widths[k], place[k]
        if width <= 0.0:
            continue
        if unproved and is_mixed(mix, k):
            verdict = split(program, tableau, requests, level)
            if verdict != SETTLED:
                return verdict
        value = tableau.basic[row] if row >= 0 else width if row == UPPER else 0.0
        if width - value > TOLERANCE and (served - value / width) * min(width, least) > TOLERANCE:
            return reorder(program, tableau, before, level)
        before, least, served = level, width, value / width
    return SETTLED


@inlined
def settle(program: Program, tableau: Tableau, requests: Requests) -> int:
    """The same for all classes, senior first."""
    list_scarce(tableau)
    for c in range(requests.class_start.size - 1):
        if requests.class_start[c + 1] - requests.class_start[c] > 1:
            verdict = settle_class(program, tableau, requests, c)
            if verdict != SETTLED:
                return verdict
    tableau.count[PROVED] = tableau.count[MOVES]
    return SETTLED


@inlined
def serve(program: Program, tableau: Tableau, requests: Requests) -> bool:
    """Optimum for the present groups, and so on until they are proved; False when that does not end."""
    for _ in range(4 * tableau.order.size + 8):
        if not restore(program, tableau):
            return False
        verdict = settle(program, tableau, requests)
        if verdict != CHANGED:
            return bool(verdict == SETTLED)
    return False


@inlined
def finish(tableau: Tableau) -> None:
    """Add up the slots of each column."""
    mix, at, place, opened = tableau.mix, tableau.at, tableau.place, tableau.open
    at[:] = 0.0
    for c in range(tableau.count[OPEN]):
        r = mix.head[opened[c]] if place[opened[c]] == UPPER else -1
        while r >= 0:
            at[mix.column[r]] += tableau.amount[r]
            r = mix.link[r]
    for i in range(tableau.basis.size):
        r = mix.head[tableau.basis[i]]
        while r >= 0:
            at[mix.column[r]] += mix.share[r] * tableau.basic[i]
            r = mix.link[r]
    for j in range(at.size):
        at[j] = max(at[j], 0.0) + 0.0


@compiled
def allocate(program: Program, tableau: Tableau, requests: Requests, targets: Any) -> bool:
    """Serve all requests on the present right-hand side and upper bounds; False when it fails.

    Where the basis of the step before does not lead on, it starts again from the first basis, and then from
    the first groups.
    """
    for attempt in range(3):
        if attempt > 0:
            start_basis(program, tableau)
        if attempt > 1:
            start_groups(requests, tableau)
        if measure(program, tableau, targets):
            evaluate(program, tableau)
            if serve(program, tableau, requests):
                finish(tableau)
                return True
    return False


@allocating
def new_tableau(program: Program) -> Tableau:
    """Working arrays for one thread, with the first basis and the first groups."""
    m, n, requests = program.basis.size, program.cost.size, program.asked.column.size
    slots = n + requests
    column = np.arange(slots)
    column[n:] = program.asked.column
    tableau = Tableau(
        at=np.zeros(n),
        rhs=np.zeros(m),
        upper=np.zeros(n),
        targets=np.zeros(requests),
        mix=Mix(np.arange(slots), np.full(slots, -1), np.ones(slots), column),
        amount=np.zeros(slots),
        width=np.zeros(slots),
        place=np.zeros(slots, dtype=np.int64),
        stale=np.zeros(slots, dtype=np.bool_),
        open=np.zeros(slots, dtype=np.int64),
        basis=np.zeros(m, dtype=np.int64),
        basic=np.zeros(m),
        inverse=np.zeros((m, m)),
        dual=np.zeros(m),
        order=np.zeros(requests, dtype=np.int64),
        scarce=np.zeros(requests, dtype=np.int64),
        before=np.zeros(requests, dtype=np.int64),
        rho=np.zeros(m),
        alpha=np.zeros(slots),
        column=np.zeros(m),
        candidate=np.zeros(slots, dtype=np.int64),
        score=np.zeros(slots),
        work=np.zeros((m, 2 * m)),
        count=np.zeros(6, dtype=np.int64),
    )
    start_member(program, tableau)
    return tableau


@compiled
def start_member(program: Program, tableau: Tableau) -> None:
    """The first basis and the first groups again, so that a member depends on its own inputs only."""
    start_basis(program, tableau)
    start_groups(program.asked, tableau)
