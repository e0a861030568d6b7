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

from mirab.core.flow.kernels.simplex import allocating, compiled
from mirab.core.flow.kernels.stepping import area_of

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
    source_item: Any
    source_gain: Any
    store_node: Any
    arrival_node: Any
    row_start: Any
    row_node: Any
    row_part: Any
    base: Any


class Losses(NamedTuple):
    """Depth of evaporation by step and store in mm, and the curves of volume and area."""

    depth: Any
    curve_volume: Any
    curve_area: Any


class Asks(NamedTuple):
    """What requests take from rows: by variable (compressed), and the rows of each class with their requests.

    `brought` is what a variable's return adds to rows, counted on at `most[t, variable]` until `settles` says
    that the variable rises no more.
    """

    target: Any
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
    lack: Any


@allocating
def new_held(water: Water, sizes: tuple[int, int, int], width: int) -> Held:
    """Working arrays for one thread; `sizes` are the lagged reaches, their longest lag, and the quotas."""
    stores, nodes = water.store_node.size, water.parent.size
    return Held(
        np.zeros((stores, width)),
        np.zeros((sizes[0], sizes[1], width)),
        np.zeros((sizes[2], width)),
        np.zeros((nodes, width)),
        np.zeros((nodes, width)),
        np.zeros((stores, width)),
        np.zeros((stores, width)),
    )


@allocating
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
        np.zeros(width),
    )


@compiled
def copy_rows(source: Any, target: Any) -> None:
    """Copy a lane array (row, lane) into another."""
    for i in range(source.shape[0]):
        for w in range(source.shape[1]):
            target[i, w] = source[i, w]


@compiled
def gather(water: Water, held: Held, inflow: Any, rate: float) -> None:
    """Water of the step by node, and what would pass each node if nobody took any."""
    local = held.local
    for v in range(local.shape[0]):
        for w in range(local.shape[1]):
            local[v, w] = 0.0
    for s in range(water.source_node.size):
        node = water.source_node[s]
        if node >= 0:
            item, part = water.source_item[s], water.source_gain[s]
            for b in range(inflow.shape[0]):
                for lane in range(LANES):
                    local[node, b * LANES + lane] += inflow[b, item, lane] * part
    add_rows(held.volume, rate, water.store_node, local)
    for k in range(water.arrival_node.size):
        add_rows(held.arrivals[k], rate, water.arrival_node[k : k + 1], local)
    copy_rows(local, held.natural)
    pass_on(water.parent, water.gain, held.natural)


@compiled
def add_rows(values: Any, part: Any, nodes: Any, total: Any) -> None:
    """Add a part of row i of a lane array to row nodes[i] of another; -1 is nowhere."""
    for i in range(nodes.size):
        node = nodes[i]
        if node >= 0:
            for w in range(total.shape[1]):
                total[node, w] += part * values[i, w]


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
def open_room(water: Water, natural: Any, first: Any, t: int) -> None:
    """Room of each row before any request: what passes its nodes, and bounds."""
    width = first.shape[1]
    for r in range(first.shape[0]):
        base = water.base[t, r]
        for w in range(width):
            first[r, w] = base
        for e in range(water.row_start[r], water.row_start[r + 1]):
            node, part = water.row_node[e], water.row_part[e]
            for w in range(width):
                first[r, w] += part * natural[node, w]


@compiled
def set_evaporation(losses: Losses, held: Held, t: int, length: float, again: bool) -> bool:
    """Evaporation of each store in m3/s, at the start of the step or (again) at its mean volume; if any."""
    width, some = held.volume.shape[1], False
    for s in range(held.volume.shape[0]):
        depth = losses.depth[t, s]
        some = some or depth > 0.0
        for w in range(width):
            amount = 0.0
            if depth > 0.0:
                volume = held.volume[s, w]
                if again:
                    volume = 0.5 * (volume + held.carried[s, w] * length)
                amount = depth * area_of(losses.curve_volume[s], losses.curve_area[s], volume) * 1e-3 / length
            held.evaporation[s, w] = amount
    return some


@compiled
def serve(asks: Asks, room: Room, t: int, c: int) -> int:
    """Serve class c and those after it as long as they are classes of one; the first class that is not.

    Each gets what it asks for as far as the tightest row goes.
    """
    now, level, amount = room.now, room.level, room.step
    width = amount.size
    while c < asks.class_start.size - 1:
        request = asks.class_start[c]
        if asks.class_start[c + 1] - request > 1 or asks.evaporation_store[request] >= 0:
            return c
        k, wanted = asks.variable[request], asks.target[t, request]
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
def settle(asks: Asks, room: Room, t: int, k: int) -> None:
    """Variable k rises no more: what it does not bring where it was counted on is missing there."""
    for e in range(asks.brought_start[k], asks.brought_start[k + 1]):
        row, part = asks.brought_row[e], asks.brought[e]
        for w in range(room.now.shape[1]):
            room.now[row, w] -= part * (asks.most[t, k] - room.level[k, w])


@compiled
def serve_together(asks: Asks, room: Room, evaporation: Any, t: int, c: int) -> None:
    """Raise the requests of class c by equal fractions of what they ask for; full rows stop theirs."""
    first, last = asks.class_start[c], asks.class_start[c + 1]
    width = room.now.shape[1]
    for r in range(first, last):
        k, store = asks.variable[r], asks.evaporation_store[r]
        for w in range(width):
            target = evaporation[store, w] if store >= 0 else asks.target[t, r]
            room.want[r, w] = max(target - room.level[k, w], 0.0)
    for w in range(width):
        room.fraction[w] = 0.0
    for _ in range(last - first + 1):
        find_step(asks, room, c)
        if rise(asks, room, c) or not stop_full(asks, room, c):
            return


@compiled
def rise(asks: Asks, room: Room, c: int) -> bool:
    """Raise the requests of class c by the step of each lane; whether all lanes gave all that was asked."""
    width, met = room.now.shape[1], True
    for w in range(width):
        room.fraction[w] += room.step[w]
        met = met and room.fraction[w] >= 1.0
    for r in range(asks.class_start[c], asks.class_start[c + 1]):
        k = asks.variable[r]
        for w in range(width):
            room.level[k, w] += room.step[w] * room.want[r, w]
    for i in range(asks.class_row_start[c], asks.class_row_start[c + 1]):
        row = asks.class_row[i]
        for w in range(width):
            room.now[row, w] -= room.step[w] * room.use[i, w]
    return met


@compiled
def find_step(asks: Asks, room: Room, c: int) -> None:
    """How far the requests of class c may rise before a row is full, and what each row gives to that."""
    step, use, want, lack = room.step, room.use, room.want, room.lack
    width = step.size
    for w in range(width):
        step[w], lack[w] = max(1.0 - room.fraction[w], 0.0), 0.0
    for i in range(asks.class_row_start[c], asks.class_row_start[c + 1]):
        for w in range(width):
            use[i, w] = 0.0
        for e in range(asks.use_start[i], asks.use_start[i + 1]):
            r, part = asks.use_request[e], asks.use_part[e]
            for w in range(width):
                use[i, w] += part * want[r, w]
        row = asks.class_row[i]
        for w in range(width):
            lack[w] = max(lack[w], use[i, w] * step[w] - room.now[row, w])
    some = 0.0
    for w in range(width):
        some = max(some, lack[w])
    if some > 0.0:
        shorten(asks, room, c)


@compiled
def shorten(asks: Asks, room: Room, c: int) -> None:
    """Shorten the step of the lanes that lack room to what the first row to be full allows."""
    step, use, lack = room.step, room.use, room.lack
    width = step.size
    for i in range(asks.class_row_start[c], asks.class_row_start[c + 1]):
        row = asks.class_row[i]
        for w in range(width):
            reach = max(room.now[row, w], 0.0) / max(use[i, w], FULL)
            step[w] = min(step[w], reach if use[i, w] > FULL and lack[w] > 0.0 else step[w])


@compiled
def stop_full(asks: Asks, room: Room, c: int) -> bool:
    """Stop the requests of class c that use a full row; whether any lane has others that may go on."""
    use, want, left = room.use, room.want, room.lack
    width = left.size
    for i in range(asks.class_row_start[c], asks.class_row_start[c + 1]):
        row = asks.class_row[i]
        for w in range(width):
            limit = FULL * max(1.0, use[i, w])
            use[i, w] = 0.0 if use[i, w] > FULL and room.now[row, w] <= limit else 1.0
        for e in range(asks.use_start[i], asks.use_start[i + 1]):
            r = asks.use_request[e]
            for w in range(width):
                want[r, w] *= use[i, w]
    for w in range(width):
        left[w] = 0.0
    for r in range(asks.class_start[c], asks.class_start[c + 1]):
        for w in range(width):
            left[w] += want[r, w]
    more = 0.0
    for w in range(width):
        more += left[w] if room.fraction[w] < 1.0 else 0.0
    return more > 0.0


@compiled
def allocate(asks: Asks, room: Room, evaporation: Any, t: int) -> None:
    """Serve all requests of step t, class by class, from the room that the step begins with."""
    copy_rows(room.first, room.now)
    for k in range(room.level.shape[0]):
        for w in range(room.level.shape[1]):
            room.level[k, w] = 0.0
    c = 0
    while c < asks.class_start.size - 1:
        served = c
        c = serve(asks, room, t, c)
        if c == served:
            serve_together(asks, room, evaporation, t, c)
            c += 1
        for r in range(asks.class_start[served], asks.class_start[c]):
            if asks.settles[r]:
                settle(asks, room, t, asks.variable[r])
