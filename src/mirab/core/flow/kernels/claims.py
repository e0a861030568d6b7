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

from mirab.core.compiling import inlined
from mirab.core.flow.kernels.simplex import allocating, compiled

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
    """Depth of evaporation by step and store in mm, and the curves of volume and area by store and point.

    `wide` and `slope` are the volume and the area by volume between a point and the next.
    """

    depth: Any
    curve_volume: Any
    curve_area: Any
    wide: Any
    slope: Any


class Asks(NamedTuple):
    """What requests take from rows: by variable (compressed), and the rows of each class with their requests.

    `brought` is what a variable's return adds to rows, counted on at `most[t, variable]` until `settles` says
    that the variable rises no more. The first `storing` classes decide what stores carry; `use_request` is
    counted from the first request of its class.
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
    storing: int


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
    """Lane arrays of an allocation: room of rows (first, now) and level of variables.

    The rest belongs to the class that is served. By request: what it wants and is given. By row: its use, and
    of the `scarce` ones the room that is left. `part` is the fraction served, `amount` what rises now;
    `nearest` and `rate` are the room and the use of the row that is full next.
    """

    first: Any
    now: Any
    level: Any
    want: Any
    given: Any
    use: Any
    left: Any
    scarce: Any
    part: Any
    amount: Any
    nearest: Any
    rate: Any


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
    most_requests, most_rows = most_of(asks.class_start), most_of(asks.class_row_start)
    return Room(
        np.zeros((rows, width)),
        np.zeros((rows, width)),
        np.zeros((variables, width)),
        np.zeros((most_requests, width)),
        np.zeros((most_requests, width)),
        np.zeros((most_rows, width)),
        np.zeros((most_rows, width)),
        np.zeros(most_rows, dtype=np.int64),
        np.zeros(width),
        np.zeros(width),
        np.zeros(width),
        np.zeros(width),
    )


@compiled
def most_of(start: Any) -> int:
    """Length of the longest part between two places in `start`."""
    most = 0
    for i in range(start.size - 1):
        most = max(most, start[i + 1] - start[i])
    return most


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
    """Evaporation of each store in m3/s, at the start of the step or (again) at its mean volume; if any.

    The area is that of `stepping.area_of`, added up over the parts of the curve, so that no lane branches.
    """
    volume, carried, found = held.volume, held.carried, held.evaporation
    width, some = volume.shape[1], False
    for s in range(volume.shape[0]):
        rate, area = losses.depth[t, s] * 1e-3 / length, losses.curve_area[s, 0]
        some = some or rate > 0.0
        for w in range(width):
            found[s, w] = rate * area
        for i in range(losses.slope.shape[1] if rate > 0.0 else 0):
            low, wide, slope = losses.curve_volume[s, i], losses.wide[s, i], rate * losses.slope[s, i]
            if slope == 0.0:
                continue
            for w in range(width):
                now = 0.5 * (volume[s, w] + carried[s, w] * length) if again else volume[s, w]
                found[s, w] += slope * min(max(now - low, 0.0), wide)
    return some


@compiled
def serve(asks: Asks, room: Room, t: int, c: int, classes: int) -> int:
    """Serve class c and those after it as long as they are classes of one; the first class that is not.

    Each gets what it asks for as far as the tightest row goes.
    """
    now, level, amount = room.now, room.level, room.amount
    width = amount.size
    while c < classes:
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


@inlined
def find_wants(asks: Asks, room: Room, evaporation: Any, t: int, c: int) -> None:
    """What each request of class c asks for beyond what its variable has."""
    level, want, first = room.level, room.want, asks.class_start[c]
    for r in range(first, asks.class_start[c + 1]):
        k, n, store, target = asks.variable[r], r - first, asks.evaporation_store[r], asks.target[t, r]
        if store >= 0:
            for w in range(want.shape[1]):
                want[n, w] = max(evaporation[store, w] - level[k, w], 0.0)
        else:
            for w in range(want.shape[1]):
                want[n, w] = max(target - level[k, w], 0.0)


@compiled
def serve_together(asks: Asks, room: Room, evaporation: Any, t: int, c: int) -> None:
    """Raise the requests of class c by equal fractions of what they ask for; full rows stop theirs.

    Only rows that cannot give all that is asked play a part. In a lane where a row can, it has room without
    end, so that what other lanes lack changes nothing there, bit by bit.
    """
    first, last, base = asks.class_start[c], asks.class_start[c + 1], asks.class_row_start[c]
    level, now, use, amount = room.level, room.now, room.use, room.want
    find_wants(asks, room, evaporation, t, c)
    scarce = find_scarce(asks, room, c)
    if scarce > 0:
        share(asks, room, last - first, c, scarce)
        amount = room.given
    for r in range(first, last):
        k, n = asks.variable[r], r - first
        for w in range(level.shape[1]):
            level[k, w] += amount[n, w]
    for n in range(asks.class_row_start[c + 1] - base):
        if scarce > 0:
            add_uses(asks, amount, use, base, n)
        row = asks.class_row[base + n]
        for w in range(now.shape[1]):
            now[row, w] -= use[n, w]


@inlined
def add_uses(asks: Asks, amounts: Any, use: Any, base: int, n: int) -> None:
    """What `amounts` by request of a class use of the n-th of its rows, which are counted from `base`."""
    requests, parts = asks.use_request, asks.use_part
    first, last = asks.use_start[base + n], asks.use_start[base + n + 1]
    r, part = requests[first], parts[first]
    if last - first == 1:
        for w in range(use.shape[1]):
            use[n, w] = part * amounts[r, w]
        return
    q, other = requests[first + 1], parts[first + 1]
    for w in range(use.shape[1]):
        use[n, w] = part * amounts[r, w] + other * amounts[q, w]
    for e in range(first + 2, last):
        r, part = requests[e], parts[e]
        for w in range(use.shape[1]):
            use[n, w] += part * amounts[r, w]


@inlined
def find_scarce(asks: Asks, room: Room, c: int) -> int:
    """What class c wants of its rows, and in how many of them some lane lacks room; these are listed."""
    use, base, scarce = room.use, asks.class_row_start[c], 0
    for n in range(asks.class_row_start[c + 1] - base):
        add_uses(asks, room.want, use, base, n)
        row, lacking = asks.class_row[base + n], 0
        for w in range(use.shape[1]):
            lacking += use[n, w] > room.now[row, w]
        if lacking > 0:
            for w in range(use.shape[1]):
                now = room.now[row, w]
                room.left[scarce, w] = max(now, 0.0) if use[n, w] > now else np.inf
            room.scarce[scarce] = n
            scarce += 1
    return scarce


@inlined
def share(asks: Asks, room: Room, requests: int, c: int, scarce: int) -> None:
    """What each request of class c is given where rows are scarce: equal fractions, until a row is full."""
    part, given, amount, want = room.part, room.given, room.amount, room.want
    for w in range(part.size):
        part[w] = 0.0
    for r in range(requests):
        for w in range(part.size):
            given[r, w] = 0.0
    for _ in range(requests + 1):
        find_step(room, scarce)
        going = 0
        for r in range(requests):
            for w in range(part.size):
                given[r, w] += amount[w] * want[r, w]
                going += (want[r, w] > 0.0) & (part[w] < 1.0)
        if going == 0:
            return
        for m in range(scarce):
            stop_full(asks, room, asks.class_row_start[c], m)
        for m in range(scarce):
            add_uses(asks, want, room.use, asks.class_row_start[c], room.scarce[m])


@inlined
def find_step(room: Room, scarce: int) -> None:
    """How far the requests of a class may rise until a row is full, in `amount`."""
    part, amount, nearest, rate, lefts, uses = (
        room.part, room.amount, room.nearest, room.rate, room.left, room.use,
    )  # fmt: skip
    for w in range(part.size):
        nearest[w], rate[w] = max(1.0 - part[w], 0.0), 1.0
    for m in range(scarce):
        n = room.scarce[m]
        for w in range(part.size):
            left, use = lefts[m, w], uses[n, w]
            sooner = use > FULL and left * rate[w] < nearest[w] * use
            nearest[w], rate[w] = left if sooner else nearest[w], use if sooner else rate[w]
    for w in range(part.size):
        amount[w] = nearest[w] / rate[w]
        part[w] += amount[w]


@inlined
def stop_full(asks: Asks, room: Room, base: int, m: int) -> None:
    """Lower the room of scarce row m by what was given; where it is full, stop the requests that use it."""
    n, rate, lefts, uses, want, full = room.scarce[m], room.rate, room.left, room.use, room.want, 0
    amount = room.amount
    for w in range(rate.size):
        use = uses[n, w]
        left = max(lefts[m, w] - amount[w] * use, 0.0)
        stops = use > FULL and left <= FULL * max(1.0, use)
        lefts[m, w], rate[w] = left, 0.0 if stops else 1.0
        full += stops
    if full > 0:
        for e in range(asks.use_start[base + n], asks.use_start[base + n + 1]):
            r = asks.use_request[e]
            for w in range(rate.size):
                want[r, w] *= rate[w]


@compiled
def allocate(asks: Asks, room: Room, evaporation: Any, t: int, classes: int) -> None:
    """Serve the first classes of step t, one by one, from the room that the step begins with."""
    copy_rows(room.first, room.now)
    for k in range(room.level.shape[0]):
        for w in range(room.level.shape[1]):
            room.level[k, w] = 0.0
    c = 0
    while c < classes:
        served = c
        c = serve(asks, room, t, c, classes)
        if c == served:
            serve_together(asks, room, evaporation, t, c)
            c += 1
        for r in range(asks.class_start[served], asks.class_start[c]):
            if asks.settles[r]:
                settle(asks, room, t, asks.variable[r])
