"""K1, the claims kernel: requests take from rows of room in the order of their priority, members in lanes.

A component comes as packing rows (see `core/flow/packing.py`): each request lowers the room of the rows on
its way, and gets what the tightest of them still has. A class of several requests rises by equal fractions;
what meets a full row stops, the others go on. There is no programme to solve and no iteration for a class of
one. What the rows leave out is proved afterwards by the flows (`proving.py`).

Up to WIDTH members stand side by side in every array, so that the innermost loops are long, plain and free of
branches: the compiler makes vector instructions of them, and what a call costs is shared by all.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mirab.core.flow.kernels.filling import compiled
from mirab.core.flow.kernels.stepping import Parts, Steps, area_of

LANES = 8
WIDTH = 128
FULL = 1e-10


class Water(NamedTuple):
    """How water reaches nodes (from the top down) and rows.

    Compressed rows: entry e of row r is at row_start[r] <= e < row_start[r + 1]. `base[t, row]` is the room
    that does not come with the water.
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


class Asks(NamedTuple):
    """What requests take from rows: by variable (compressed), and the rows of each class with their requests.

    `brought` is what a variable's return adds to rows, counted on at `most[t, variable]` until `settles` says
    that the variable rises no more.
    """

    variable: Any
    class_start: Any
    taken_start: Any
    taken_row: Any
    taken: Any
    inverse: Any
    class_row_start: Any
    class_row: Any
    use_start: Any
    use_request: Any
    use_part: Any
    brought_start: Any
    brought_row: Any
    brought: Any
    most: Any
    settles: Any
    evaporation_store: Any


class Held(NamedTuple):
    """Lane arrays of the state: volume of stores, water under way, use of quotas; then the step's own."""

    volume: Any
    arrivals: Any
    used: Any
    local: Any
    natural: Any
    evaporation: Any
    carried: Any


class Room(NamedTuple):
    """Lane arrays of an allocation: room of rows (first, now), level of variables, what a class needs."""

    first: Any
    now: Any
    level: Any
    want: Any
    use: Any
    step: Any
    fraction: Any


@compiled
def new_held(water: Water, parts: Parts, longest: int, width: int) -> Held:
    """Working arrays for one thread; water is under way for `longest` steps at most."""
    stores, nodes = parts.store_row.size, water.parent.size
    return Held(
        np.zeros((stores, width)),
        np.zeros((parts.lag_row.size, longest, width)),
        np.zeros((parts.quota_row.size, width)),
        np.zeros((nodes, width)),
        np.zeros((nodes, width)),
        np.zeros((stores, width)),
        np.zeros((stores, width)),
    )


@compiled
def new_room(asks: Asks, rows: int, variables: int, width: int) -> Room:
    """Working arrays for one thread."""
    return Room(
        np.zeros((rows, width)),
        np.zeros((rows, width)),
        np.zeros((variables, width)),
        np.zeros((asks.variable.size, width)),
        np.zeros((asks.class_row.size, width)),
        np.zeros(width),
        np.zeros(width),
    )


@compiled
def gather(water: Water, parts: Parts, held: Held, inflow: Any, rate: float) -> None:
    """Water of the step by node, and what would pass each node if nobody took any."""
    width = held.local.shape[1]
    local, natural = held.local, held.natural
    local[:, :] = 0.0
    for s in range(water.source_node.size):
        node = water.source_node[s]
        if node >= 0:
            item, part = parts.source_item[s], parts.source_gain[s]
            for b in range(inflow.shape[0]):
                for lane in range(LANES):
                    local[node, b * LANES + lane] += inflow[b, item, lane] * part
    for s in range(water.store_node.size):
        node = water.store_node[s]
        for w in range(width):
            local[node, w] += held.volume[s, w] * rate
    for k in range(water.arrival_node.size):
        node = water.arrival_node[k]
        if node >= 0:
            for w in range(width):
                local[node, w] += held.arrivals[k, 0, w] * rate
    natural[:, :] = local
    pass_on(water.parent, water.gain, natural)


@compiled
def pass_on(parent: Any, gain: Any, flow: Any) -> None:
    """Add the flow of every node to the node below it, less what is lost on the way."""
    width = flow.shape[1]
    for v in range(parent.size):
        head, part = parent[v], gain[v]
        if head >= 0:
            for w in range(width):
                flow[head, w] += part * flow[v, w]


@compiled
def open_room(water: Water, parts: Parts, held: Held, first: Any, t: int, rate: float) -> None:
    """Room of each row before any request: what passes its nodes, bounds, and what quotas leave."""
    width = first.shape[1]
    for r in range(water.base.shape[1]):
        base = water.base[t, r]
        for w in range(width):
            first[r, w] = base
        for e in range(water.row_start[r], water.row_start[r + 1]):
            node, part = water.row_node[e], water.row_part[e]
            for w in range(width):
                first[r, w] += part * held.natural[node, w]
    for q in range(water.quota_row.size):
        if parts.quota_reset[t, q]:
            held.used[q, :] = 0.0
        if parts.quota_open[t, q]:
            for w in range(width):
                left = max(parts.quota_volume[q] - held.used[q, w], 0.0)
                first[water.quota_row[q], w] = left * rate


@compiled
def set_evaporation(steps: Steps, parts: Parts, held: Held, t: int, again: bool) -> None:
    """Evaporation of each store in m3/s, at the start of the step or (again) at its mean volume."""
    width = held.volume.shape[1]
    length = steps.mcm_per_m3s[t]
    for s in range(held.volume.shape[0]):
        depth = steps.evaporation_mm[t, s]
        if depth > 0.0:
            for w in range(width):
                volume = held.volume[s, w]
                if again:
                    volume = 0.5 * (volume + held.carried[s, w] * length)
                area = area_of(parts.curve_volume[s], parts.curve_area[s], volume)
                held.evaporation[s, w] = depth * area * 1e-3 / length
        else:
            held.evaporation[s, :] = 0.0


@compiled
def serve(asks: Asks, room: Room, targets: Any, c: int) -> int:
    """Serve class c and those after it as long as they are classes of one; the first class that is not.

    Each gets what it asks for as far as the tightest row goes.
    """
    now, level, amount = room.now, room.level, room.step
    width = amount.size
    while c < asks.class_start.size - 1:
        request = asks.class_start[c]
        if asks.class_start[c + 1] - request > 1 or asks.evaporation_store[request] >= 0:
            return c
        k, wanted = asks.variable[request], targets[request]
        for w in range(width):
            amount[w] = wanted - level[k, w]
        for e in range(asks.taken_start[k], asks.taken_start[k + 1]):
            row, part = asks.taken_row[e], asks.inverse[e]
            for w in range(width):
                amount[w] = min(amount[w], now[row, w] * part)
        for w in range(width):
            amount[w] = max(amount[w], 0.0)
            level[k, w] += amount[w]
        for e in range(asks.taken_start[k], asks.taken_start[k + 1]):
            row, part = asks.taken_row[e], asks.taken[e]
            for w in range(width):
                now[row, w] -= part * amount[w]
        c += 1
        if asks.settles[request]:
            return c
    return c


@compiled
def settle(asks: Asks, room: Any, level: Any, most: Any, k: int) -> None:
    """Variable k rises no more: what it does not bring where it was counted on is missing there."""
    width = room.shape[1]
    for e in range(asks.brought_start[k], asks.brought_start[k + 1]):
        row, part = asks.brought_row[e], asks.brought[e]
        for w in range(width):
            room[row, w] -= part * (most[k] - level[k, w])


@compiled
def serve_together(asks: Asks, room: Room, targets: Any, evaporation: Any, c: int) -> None:
    """Raise the requests of class c by equal fractions of what they ask for; full rows stop theirs."""
    width = room.now.shape[1]
    first, last = asks.class_start[c], asks.class_start[c + 1]
    for r in range(first, last):
        k, store = asks.variable[r], asks.evaporation_store[r]
        for w in range(width):
            target = evaporation[store, w] if store >= 0 else targets[r]
            room.want[r, w] = max(target - room.level[k, w], 0.0)
    room.fraction[:] = 0.0
    for _ in range(last - first + 1):
        find_step(asks, room, c)
        ended = True
        for w in range(width):
            room.fraction[w] += room.step[w]
            ended = ended and room.fraction[w] >= 1.0
        for r in range(first, last):
            k = asks.variable[r]
            for w in range(width):
                room.level[k, w] += room.step[w] * room.want[r, w]
        for i in range(asks.class_row_start[c], asks.class_row_start[c + 1]):
            row = asks.class_row[i]
            for w in range(width):
                room.now[row, w] -= room.step[w] * room.use[i, w]
        if ended or not stop_full(asks, room, c):
            return


@compiled
def find_step(asks: Asks, room: Room, c: int) -> None:
    """How far the requests of class c may rise before a row is full, and what each row gives to that."""
    step, use, want, now = room.step, room.use, room.want, room.now
    width = step.size
    for w in range(width):
        step[w] = 1.0 - room.fraction[w]
    for i in range(asks.class_row_start[c], asks.class_row_start[c + 1]):
        for w in range(width):
            use[i, w] = 0.0
        for e in range(asks.use_start[i], asks.use_start[i + 1]):
            r, part = asks.use_request[e], asks.use_part[e]
            for w in range(width):
                use[i, w] += part * want[r, w]
        row = asks.class_row[i]
        for w in range(width):
            reach = now[row, w] / max(use[i, w], FULL)
            step[w] = min(step[w], reach if use[i, w] > FULL else step[w])
    for w in range(width):
        step[w] = max(step[w], 0.0)


@compiled
def stop_full(asks: Asks, room: Room, c: int) -> bool:
    """Stop the requests of class c that use a full row; whether any lane has others that may go on."""
    width = room.now.shape[1]
    use = room.use
    for i in range(asks.class_row_start[c], asks.class_row_start[c + 1]):
        row, any_full = asks.class_row[i], False
        for w in range(width):
            full = use[i, w] > FULL and room.now[row, w] <= FULL * max(1.0, use[i, w])
            use[i, w] = 0.0 if full else 1.0
            any_full = any_full or full
        if any_full:
            for e in range(asks.use_start[i], asks.use_start[i + 1]):
                for w in range(width):
                    room.want[asks.use_request[e], w] *= use[i, w]
    left = 0.0
    for r in range(asks.class_start[c], asks.class_start[c + 1]):
        for w in range(width):
            left += room.want[r, w] if room.fraction[w] < 1.0 else 0.0
    return left > 0.0


@compiled
def allocate(asks: Asks, room: Room, targets: Any, most: Any, evaporation: Any) -> None:
    """Serve all requests of a step, class by class, from the room that the step begins with."""
    room.now[:, :] = room.first
    room.level[:, :] = 0.0
    c, served = 0, 0
    while c < asks.class_start.size - 1:
        served = c
        c = serve(asks, room, targets, c)
        if c == served:
            serve_together(asks, room, targets, evaporation, c)
            c += 1
        for r in range(asks.class_start[served], asks.class_start[c]):
            if asks.settles[r]:
                settle(asks, room.now, room.level, most, asks.variable[r])
