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

from mirab.core.flow.kernels.simplex import (
    CHANGES,
    MOVES,
    NOUGHT,
    OPEN,
    PROVED,
    TOLERANCE,
    UPPER,
    Program,
    Requests,
    Tableau,
    allocating,
    compiled,
    evaluate,
    exchange,
    find_entering,
    inlined,
    list_open,
    load_column,
    pivot,
    product,
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
    tableau.head[:] = -1
    tableau.share[:] = 1.0
    for c in range(requests.class_start.size - 1):
        first, last = requests.class_start[c], requests.class_start[c + 1]
        tableau.head[first] = first
        for r in range(first, last):
            tableau.order[r] = r
            tableau.link[r] = r + 1 if r + 1 < last else -1


@inlined
def is_mixed(tableau: Tableau, s: int) -> bool:
    """Whether a group has more than one member."""
    return bool(tableau.head[s] >= 0 and tableau.link[tableau.head[s]] >= 0)


@compiled
def renew(program: Program, tableau: Tableau, s: int) -> bool:
    """Bring the changed column of basic group s into its row; False when that would cost a senior level."""
    k = program.cost.size + s
    load_column(program, tableau, k)
    for level in range(tableau.order.size):
        if tableau.order[level] == s:
            break
        i = tableau.place[program.cost.size + tableau.order[level]]
        if i >= 0 and abs(tableau.column[i]) > NOUGHT:
            return False
    if tableau.column[tableau.place[k]] < SOUND_PIVOT:
        return False
    exchange(tableau, tableau.place[k], routing_cost(program, tableau, k))
    return True


@inlined
def weigh(program: Program, tableau: Tableau, s: int) -> None:
    """Width of group s, and the shares of its members in it; stale where a basis must be mended for that."""
    k, width, r = program.cost.size + s, 0.0, tableau.head[s]
    while r >= 0:
        width += tableau.amount[r]
        r = tableau.link[r]
    if width > 0.0 and tableau.width[k] <= 0.0:
        tableau.count[MOVES] += 1
    tableau.width[k] = width
    changed, r = False, tableau.head[s] if width > 0.0 else -1
    while r >= 0:
        share = tableau.amount[r] / width
        changed = changed or share != tableau.share[r]
        if share > 0.0 and tableau.share[r] == 0.0:
            tableau.count[MOVES] += 1
        tableau.share[r] = share
        r = tableau.link[r]
    if changed and (tableau.place[k] < 0 or not renew(program, tableau, s)):
        tableau.stale[k] = True


@compiled
def measure(program: Program, tableau: Tableau, targets: Any) -> bool:
    """Amounts that requests ask beyond more senior ones of their column, and the widths of all slots.

    A slot of no width takes no part in the ratio test: once it has one again, its place is found anew.
    False when a group whose mix has changed cannot leave the basis.
    """
    n, filled = program.cost.size, tableau.at
    filled[:] = 0.0
    for r in range(targets.size):
        j = program.asked.column[r]
        top = min(targets[r], tableau.upper[j])
        tableau.amount[r] = max(top - filled[j], 0.0)
        filled[j] = max(top, filled[j])
    for j in range(n):
        tableau.width[j] = tableau.upper[j] - filled[j]
    for s in range(targets.size):
        weigh(program, tableau, s)
    list_open(tableau)
    for k in range(tableau.width.size):
        tableau.stale[k] = tableau.stale[k] or (tableau.width[k] <= 0.0 and tableau.place[k] < 0)
    for c in range(tableau.count[OPEN]):
        k = tableau.open[c]
        if tableau.stale[k] and tableau.place[k] < 0:
            rest(program, tableau, k)
    for s in range(targets.size):
        if tableau.stale[n + s] and tableau.place[n + s] >= 0:
            if not expel(program, tableau, n + s):
                return False
            rest(program, tableau, n + s)
    return True


@inlined
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
    q, falling = find_entering(program, tableau, p, True), True
    if q < 0:
        q, falling = find_entering(program, tableau, p, False), False
    if q < 0:
        return False
    pivot(program, tableau, p, q, falling)
    return True


@inlined
def value_of(program: Program, tableau: Tableau, s: int) -> float:
    """What group s is served."""
    k = program.cost.size + s
    if tableau.place[k] >= 0:
        return float(tableau.basic[tableau.place[k]])
    return float(tableau.width[k]) if tableau.place[k] == UPPER else 0.0


@inlined
def leaves(program: Program, tableau: Tableau, level: int, r: int) -> bool:
    """Whether request r, raised or lowered alone, would bring its group's level or a senior one more.

    What it would cost the senior levels to raise it, or else its own, decides: at its width it may not cost
    them anything, at nought it must, and in between it must cost its own.
    """
    place = tableau.place[program.cost.size + tableau.order[level]]
    for c in range(tableau.before[level] + (place >= 0)):
        cost = product(program, tableau.inverse[:, tableau.scarce[c]], program.asked.column[r])
        if abs(cost) > NOUGHT:
            return bool((cost > 0.0) == (place == UPPER))
    return bool(place != UPPER)


@inlined
def list_scarce(program: Program, tableau: Tableau) -> None:
    """List the rows of the groups that are partly served, senior first."""
    count = 0
    for level in range(tableau.order.size):
        tableau.before[level] = count
        place = tableau.place[program.cost.size + tableau.order[level]]
        if place >= 0:
            tableau.scarce[count] = place
            count += 1


@inlined
def append(tableau: Tableau, s: int, last: int, r: int) -> int:
    """Request r becomes a member of group s, after its member `last` (-1: the first); r."""
    tableau.link[r] = -1
    if last < 0:
        tableau.head[s] = r
    else:
        tableau.link[last] = r
    return r


@compiled
def empty_group(tableau: Tableau, requests: Requests, s: int) -> int:
    """A group of the class of group s that has no member."""
    c = 0
    while requests.class_start[c + 1] <= s:
        c += 1
    fresh = requests.class_start[c]
    while tableau.head[fresh] >= 0:
        fresh += 1
    return int(fresh)


@compiled
def put_behind(tableau: Tableau, fresh: int, s: int) -> None:
    """Give group `fresh` the level next to that of group s; those between move up or down by one."""
    order, here, step = tableau.order, 0, 1
    while order[here] != fresh:
        step = -1 if order[here] == s else step
        here += 1
    while here == 0 or order[here - 1] != s:
        order[here], order[here + step] = order[here + step], order[here]
        here += step


@compiled
def split(program: Program, tableau: Tableau, requests: Requests, level: int) -> int:
    """Members that must not share the fraction of the group of a level become a group of the next."""
    n, s, fresh = program.cost.size, tableau.order[level], -1
    r, kept, moved = tableau.head[s], -1, -1
    while r >= 0:
        following = tableau.link[r]
        if tableau.amount[r] > 0.0 and leaves(program, tableau, level, r):
            if fresh < 0:
                fresh = empty_group(tableau, requests, s)
            moved = append(tableau, fresh, moved, r)
        else:
            kept = append(tableau, s, kept, r)
        r = following
    if fresh < 0:
        return SETTLED
    put_behind(tableau, fresh, s)
    tableau.count[CHANGES] += 1
    tableau.count[MOVES] += 1
    if kept < 0 or not expel(program, tableau, n + s):
        return FAILED
    return regroup(program, tableau, s, fresh)


@compiled
def regroup(program: Program, tableau: Tableau, a: int, b: int) -> int:
    """Weigh two groups that are not basic and whose members have changed, and put them where they stand."""
    n = program.cost.size
    weigh(program, tableau, a)
    weigh(program, tableau, b)
    list_open(tableau)
    rest(program, tableau, n + a)
    rest(program, tableau, n + b)
    evaluate(program, tableau)
    return CHANGED


@compiled
def is_in_place(program: Program, tableau: Tableau, a: int, b: int) -> bool:
    """Whether the basis is still optimal when the levels of groups a and b have been exchanged."""
    n = program.cost.size
    both = tableau.place[n + a] >= 0 and tableau.place[n + b] >= 0
    for k in range(tableau.width.size):
        if tableau.place[k] < 0 and tableau.width[k] > 0.0 and (both or k == n + a or k == n + b):
            if resting_place(program, tableau, k) != tableau.place[k]:
                return False
    return True


@compiled
def merge(program: Program, tableau: Tableau, a: int, b: int) -> int:
    """The members of group b join group a."""
    n, last = program.cost.size, tableau.head[a]
    if not (expel(program, tableau, n + a) and expel(program, tableau, n + b)):
        return FAILED
    while tableau.link[last] >= 0:
        last = tableau.link[last]
    r, tableau.head[b] = tableau.head[b], -1
    while r >= 0:
        following = tableau.link[r]
        last = append(tableau, a, last, r)
        r = following
    return regroup(program, tableau, a, b)


@compiled
def reorder(program: Program, tableau: Tableau, senior: int, junior: int) -> int:
    """Exchange two levels of a class whose fractions fall, or merge their groups where that cannot be."""
    order = tableau.order
    a, b = order[senior], order[junior]
    order[senior], order[junior] = b, a
    tableau.count[CHANGES] += 1
    tableau.count[MOVES] += 1
    if is_in_place(program, tableau, a, b):
        return CHANGED
    order[senior], order[junior] = a, b
    return merge(program, tableau, a, b)


@compiled
def settle_class(program: Program, tableau: Tableau, requests: Requests, c: int) -> int:
    """Prove the groups of class c at the present optimum, or change the first that is wrong."""
    n, before, served = program.cost.size, -1, 1.0
    unproved = tableau.count[PROVED] != tableau.count[MOVES]
    for level in range(requests.class_start[c], requests.class_start[c + 1]):
        s = tableau.order[level]
        width, value = tableau.width[n + s], value_of(program, tableau, s)
        if width <= 0.0:
            continue
        if unproved and is_mixed(tableau, s):
            verdict = split(program, tableau, requests, level)
            if verdict != SETTLED:
                return verdict
        if width - value > TOLERANCE and before >= 0:
            least = min(width, tableau.width[n + tableau.order[before]])
            if (served - value / width) * least > TOLERANCE:
                return reorder(program, tableau, before, level)
        before, served = level, value / width
    return SETTLED


@inlined
def settle(program: Program, tableau: Tableau, requests: Requests) -> int:
    """The same for all classes, senior first."""
    list_scarce(program, tableau)
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
            return verdict == SETTLED
    return False


@inlined
def finish(program: Program, tableau: Tableau) -> None:
    """Add up the slots of each column."""
    n, at = program.cost.size, tableau.at
    at[:] = 0.0
    for c in range(tableau.count[OPEN]):
        k = tableau.open[c]
        if tableau.place[k] >= 0:
            continue
        if k < n and tableau.place[k] == UPPER:
            at[k] += tableau.width[k]
        r = tableau.head[k - n] if k >= n and tableau.place[k] == UPPER else -1
        while r >= 0:
            at[program.asked.column[r]] += tableau.amount[r]
            r = tableau.link[r]
    for i in range(tableau.basis.size):
        k = tableau.basis[i]
        if k < n:
            at[k] += tableau.basic[i]
        r = tableau.head[k - n] if k >= n else -1
        while r >= 0:
            at[program.asked.column[r]] += tableau.share[r] * tableau.basic[i]
            r = tableau.link[r]
    for j in range(n):
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
                finish(program, tableau)
                return True
    return False


@allocating
def new_tableau(program: Program) -> Tableau:
    """Working arrays for one thread, with the first basis and the first groups."""
    m, n, requests = program.basis.size, program.cost.size, program.asked.column.size
    slots = n + requests
    tableau = Tableau(
        at=np.zeros(n),
        rhs=np.zeros(m),
        upper=np.zeros(n),
        width=np.zeros(slots),
        place=np.zeros(slots, dtype=np.int64),
        stale=np.zeros(slots, dtype=np.bool_),
        open=np.zeros(slots, dtype=np.int64),
        basis=np.zeros(m, dtype=np.int64),
        basic=np.zeros(m),
        inverse=np.zeros((m, m)),
        dual=np.zeros(m),
        link=np.zeros(requests, dtype=np.int64),
        amount=np.zeros(requests),
        share=np.zeros(requests),
        head=np.zeros(requests, dtype=np.int64),
        order=np.zeros(requests, dtype=np.int64),
        scarce=np.zeros(requests, dtype=np.int64),
        before=np.zeros(requests, dtype=np.int64),
        targets=np.zeros(requests),
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
