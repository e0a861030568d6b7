"""K1, the claims kernel: requests take from rows of room in the order of their priority, members in lanes.

A component comes as packing rows (see `core/flow/packing.py`): each request lowers the room of the rows on
its way, and gets what the tightest of them still has. A class of several requests rises by equal fractions;
what meets a full row stops, the others go on. There is no programme to solve and no iteration for a class of
one. What the rows leave out is proved afterwards by the flows (`proving.py`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mirab.core.flow.kernels.filling import compiled
from mirab.core.flow.kernels.stepping import Parts, Problem, Steps, area_of

LANES = 8
FULL = 1e-10


class Claims(NamedTuple):
    """One component as packing rows over its nodes in order from the top down.

    Compressed rows: entry e of part p is at start[p] <= e < start[p + 1]. `base[t, row]` is the room that does
    not come with the water; `most[t, variable]` the largest amount of a variable.
    """

    parent: Any
    gain: Any
    source_node: Any
    store_node: Any
    arrival_node: Any
    row_start: Any
    row_node: Any
    row_part: Any
    base: Any
    quota_row: Any
    taken_start: Any
    taken_row: Any
    taken: Any
    taken_inverse: Any
    brought_start: Any
    brought_row: Any
    brought: Any
    most: Any
    draw_node: Any
    held_node: Any
    return_node: Any
    return_part: Any
    variable: Any
    settles: Any
    evaporation_store: Any
    class_row_start: Any
    class_row: Any
    take_variable: Any
    carry_variable: Any
    evaporation_variable: Any
    ceiling_node: Any
    ceiling: Any
    side_variable: Any
    side_limit: Any
    side_cost: Any
    touched: Any
    touched_held: Any
    touched_ceiling: Any
    effect: Any
    flow_item: Any
    way_start: Any
    way_column: Any
    side_item: Any
    side_store: Any
    side_column: Any
    lag_item: Any
    lag_node: Any
    lag_side: Any
    quota_variable: Any
    surplus: Any


class Work(NamedTuple):
    """Lane arrays of one thread: state, water by node, room by row, amounts by variable, flows."""

    volume: Any
    arrivals: Any
    used: Any
    local: Any
    natural: Any
    first_room: Any
    room: Any
    level: Any
    amount: Any
    evaporation: Any
    carried: Any
    use: Any
    rise: Any
    active: Any
    fraction: Any
    step: Any
    flow: Any
    side: Any
    lowest: Any
    served: Any


@compiled
def new_work(claims: Claims, parts: Parts, longest: int) -> Work:
    """Working arrays for one thread; water is under way for `longest` steps at most."""
    nodes, rows, variables = claims.parent.size, claims.row_start.size - 1, claims.held_node.size
    requests = claims.variable.size
    stores, lagged = parts.store_row.size, parts.lag_row.size
    return Work(
        np.zeros((stores, LANES)),
        np.zeros((lagged, longest, LANES)),
        np.zeros((parts.quota_row.size, LANES)),
        np.zeros((nodes, LANES)),
        np.zeros((nodes, LANES)),
        np.zeros((rows, LANES)),
        np.zeros((rows, LANES)),
        np.zeros((variables, LANES)),
        np.zeros(LANES),
        np.zeros((stores, LANES)),
        np.zeros((stores, LANES)),
        np.zeros((rows, LANES)),
        np.zeros((requests, LANES)),
        np.zeros((requests, LANES)),
        np.zeros(LANES),
        np.zeros(LANES),
        np.zeros((nodes, LANES)),
        np.zeros((claims.side_cost.size, LANES)),
        np.zeros(LANES),
        np.zeros(LANES, dtype=np.bool_),
    )


@compiled
def gather(claims: Claims, steps: Steps, parts: Parts, work: Work, t: int, inflow: Any) -> None:
    """Water of the step by node, what would pass each node, and the room of each row before any request."""
    rate = 1.0 / steps.mcm_per_m3s[t]
    local, natural, room = work.local, work.natural, work.first_room
    local[:, :] = 0.0
    for s in range(claims.source_node.size):
        if claims.source_node[s] >= 0:
            node, item, part = claims.source_node[s], parts.source_item[s], parts.source_gain[s]
            for w in range(LANES):
                local[node, w] += inflow[item, w] * part
    for s in range(claims.store_node.size):
        node = claims.store_node[s]
        for w in range(LANES):
            local[node, w] += work.volume[s, w] * rate
    for k in range(claims.arrival_node.size):
        if claims.arrival_node[k] >= 0:
            for w in range(LANES):
                local[claims.arrival_node[k], w] += work.arrivals[k, 0, w] * rate
    natural[:, :] = local
    for v in range(claims.parent.size):
        head, part = claims.parent[v], claims.gain[v]
        if head >= 0:
            for w in range(LANES):
                natural[head, w] += part * natural[v, w]
    for r in range(claims.row_start.size - 1):
        for w in range(LANES):
            room[r, w] = claims.base[t, r]
        for e in range(claims.row_start[r], claims.row_start[r + 1]):
            node, part = claims.row_node[e], claims.row_part[e]
            for w in range(LANES):
                room[r, w] += part * natural[node, w]
    for q in range(claims.quota_row.size):
        open_quotas(claims, parts, work, t, q, rate)


@compiled
def open_quotas(claims: Claims, parts: Parts, work: Work, t: int, q: int, rate: float) -> None:
    """Room that quota q leaves in step t, where its season is open."""
    if parts.quota_reset[t, q]:
        work.used[q, :] = 0.0
    if parts.quota_open[t, q] and claims.quota_row[q] >= 0:
        for w in range(LANES):
            work.first_room[claims.quota_row[q], w] = max(parts.quota_volume[q] - work.used[q, w], 0.0) * rate


@compiled
def set_evaporation(steps: Steps, parts: Parts, work: Work, t: int, again: bool) -> None:
    """Evaporation of each store in m3/s, at the start of the step or (again) at its mean volume."""
    for s in range(work.volume.shape[0]):
        depth = steps.evaporation_mm[t, s]
        for w in range(LANES):
            volume = work.volume[s, w]
            if again:
                volume = 0.5 * (volume + work.carried[s, w] * steps.mcm_per_m3s[t])
            area = area_of(parts.curve_volume[s], parts.curve_area[s], volume) if depth > 0.0 else 0.0
            work.evaporation[s, w] = depth * area * 1e-3 / steps.mcm_per_m3s[t]


@compiled
def serve(claims: Claims, work: Work, k: int, wanted: float) -> None:
    """Give variable k what it asks for, as far as the tightest row goes."""
    amount, room, level = work.amount, work.room, work.level
    for w in range(LANES):
        amount[w] = wanted - level[k, w]
    for e in range(claims.taken_start[k], claims.taken_start[k + 1]):
        row, part = claims.taken_row[e], claims.taken_inverse[e]
        for w in range(LANES):
            amount[w] = min(amount[w], room[row, w] * part)
    for w in range(LANES):
        amount[w] = max(amount[w], 0.0)
        level[k, w] += amount[w]
    for e in range(claims.taken_start[k], claims.taken_start[k + 1]):
        row, part = claims.taken_row[e], claims.taken[e]
        for w in range(LANES):
            room[row, w] -= part * amount[w]


@compiled
def settle(claims: Claims, work: Work, t: int, k: int) -> None:
    """Variable k rises no more: what it does not bring where it was counted on is missing there."""
    for e in range(claims.brought_start[k], claims.brought_start[k + 1]):
        row, part = claims.brought_row[e], claims.brought[e]
        for w in range(LANES):
            work.room[row, w] -= part * (claims.most[t, k] - work.level[k, w])


@compiled
def serve_together(
    claims: Claims, steps: Steps, work: Work, t: int, first: int, last: int, rows: tuple[int, int]
) -> None:
    """Raise requests first to last - 1 by equal fractions of what they ask for; full rows stop theirs."""
    rise, active = work.rise, work.active
    for r in range(first, last):
        k, store = claims.variable[r], claims.evaporation_store[r]
        for w in range(LANES):
            target = work.evaporation[store, w] if store >= 0 else steps.target[t, r]
            rise[r, w] = max(target - work.level[k, w], 0.0)
            active[r, w] = 1.0 if rise[r, w] > 0.0 else 0.0
    for w in range(LANES):
        work.fraction[w] = 0.0
    for _ in range(last - first + 1):
        if not raise_fraction(claims, work, first, last, rows):
            return


@compiled
def raise_fraction(claims: Claims, work: Work, first: int, last: int, rows: tuple[int, int]) -> bool:
    """One common rise of the active requests, up to the next full row in each lane; False when all is done."""
    use, room, step, rise, active = work.use, work.room, work.step, work.rise, work.active
    for i in range(rows[0], rows[1]):
        for w in range(LANES):
            use[claims.class_row[i], w] = 0.0
    for r in range(first, last):
        k = claims.variable[r]
        for e in range(claims.taken_start[k], claims.taken_start[k + 1]):
            row, part = claims.taken_row[e], claims.taken[e]
            for w in range(LANES):
                use[row, w] += part * rise[r, w] * active[r, w]
    for w in range(LANES):
        step[w] = 1.0 - work.fraction[w]
    for i in range(rows[0], rows[1]):
        row = claims.class_row[i]
        for w in range(LANES):
            reach = room[row, w] / use[row, w] if use[row, w] > FULL else np.inf
            step[w] = min(step[w], reach)
    ended = True
    for w in range(LANES):
        step[w] = max(step[w], 0.0)
        work.fraction[w] += step[w]
        ended = ended and work.fraction[w] >= 1.0
    for r in range(first, last):
        for w in range(LANES):
            work.level[claims.variable[r], w] += step[w] * rise[r, w] * active[r, w]
    for i in range(rows[0], rows[1]):
        row = claims.class_row[i]
        for w in range(LANES):
            room[row, w] -= step[w] * use[row, w]
    return not ended and stop_full(claims, work, first, last, rows)


@compiled
def stop_full(claims: Claims, work: Work, first: int, last: int, rows: tuple[int, int]) -> bool:
    """Stop the requests that use a full row; whether any lane has others left that may go on."""
    use, room, active = work.use, work.room, work.active
    for i in range(rows[0], rows[1]):
        row = claims.class_row[i]
        for w in range(LANES):
            full = use[row, w] > FULL and room[row, w] <= FULL * max(1.0, use[row, w])
            use[row, w] = 0.0 if full else 1.0
    left = 0.0
    for r in range(first, last):
        k = claims.variable[r]
        for e in range(claims.taken_start[k], claims.taken_start[k + 1]):
            row = claims.taken_row[e]
            for w in range(LANES):
                active[r, w] *= use[row, w]
        for w in range(LANES):
            left += active[r, w] * (1.0 if work.fraction[w] < 1.0 else 0.0)
    return left > 0.0


@compiled
def allocate(problem: Problem, claims: Claims, work: Work, t: int) -> None:
    """Serve all requests of step t, class by class, from the room that the step begins with."""
    work.room[:, :] = work.first_room
    work.level[:, :] = 0.0
    starts = problem.requests.class_start
    for c in range(starts.size - 1):
        first, last = starts[c], starts[c + 1]
        if last - first == 1 and claims.evaporation_store[first] < 0:
            serve(claims, work, claims.variable[first], problem.steps.target[t, first])
        else:
            rows = claims.class_row_start[c], claims.class_row_start[c + 1]
            serve_together(claims, problem.steps, work, t, first, last, rows)
        for r in range(first, last):
            if claims.settles[r]:
                settle(claims, work, t, claims.variable[r])
