"""Time loop of K1: members side by side, evaporation corrected once, unproved member-steps by K2."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mirab.core.flow.kernels.claims import (
    LANES,
    WIDTH,
    Asks,
    Held,
    Losses,
    Room,
    Water,
    allocate,
    gather,
    new_held,
    new_room,
    open_room,
    set_evaporation,
)
from mirab.core.flow.kernels.filling import new_tableau, start_member
from mirab.core.flow.kernels.proving import (
    Draws,
    Flows,
    Sides,
    find_flows,
    find_sides,
    new_flows,
    prove,
    set_carried,
)
from mirab.core.flow.kernels.reducing import Sums, count_lanes, reduce_lanes
from mirab.core.flow.kernels.routing import Routing, new_routing
from mirab.core.flow.kernels.simplex import Tableau, allocating, compiled
from mirab.core.flow.kernels.stepping import Problem, Results, State, run_step


class Places(NamedTuple):
    """Where flows, takes, volumes and evaporation stand in result arrays: item i is row number i.

    `more_side` are side links whose flow counts as that of a main way (`more_node`, or -1) or of another side
    link (`more_into`, or -1).
    """

    flow_item: Any
    flow_node: Any
    side_item: Any
    side_number: Any
    more_side: Any
    more_node: Any
    more_into: Any
    take_item: Any
    take_variable: Any
    store_item: Any
    store_number: Any
    evaporated_item: Any
    evaporated_variable: Any


class Output(NamedTuple):
    """What a run of lanes writes: results in full, some of them in single precision, and sums over members.

    Each with the places of what it takes; `length` is that of the sums in steps, 0 where there are none.
    """

    whole: Places
    results: Results
    kept: Places
    singles: Results
    summed: Places
    sums: Sums


class Carry(NamedTuple):
    """What a step hands to the next: how lagged reaches are fed and quotas used. The length of each step."""

    length: Any
    lag_steps: Any
    lag_gain: Any
    lag_item: Any
    lag_node: Any
    lag_side: Any
    quota_row: Any
    quota_volume: Any
    quota_open: Any
    quota_reset: Any
    quota_start: Any
    quota_variable: Any


class Columns(NamedTuple):
    """Columns of K2 for main ways (compressed), side links, takes, stores and evaporation."""

    way_start: Any
    way: Any
    side: Any
    take: Any
    carry: Any


class Packed(NamedTuple):
    """One component over one time axis, ready for the claims kernel.

    `is_exact` when the rows are the whole truth; `keeps_more` when a store may keep more than its zones ask.
    """

    water: Water
    losses: Losses
    asks: Asks
    draws: Draws
    sides: Sides
    carry: Carry
    places: Places
    columns: Columns
    is_exact: bool
    keeps_more: bool


@compiled
def load(held: Held, state: State, first: int) -> int:
    """Copy the members from `first` on into lanes; lanes beyond the last repeat it. How many there are."""
    width = held.volume.shape[1]
    count: int = min(width, state.volume.shape[0] - first)
    for w in range(width):
        member = first + min(w, count - 1)
        for s in range(state.volume.shape[1]):
            held.volume[s, w] = state.volume[member, s]
        for k in range(state.arrivals.shape[1]):
            for i in range(state.arrivals.shape[2]):
                held.arrivals[k, i, w] = state.arrivals[member, k, i]
        for q in range(state.used.shape[1]):
            held.used[q, w] = state.used[member, q]
    return count


@compiled
def unload(held: Held, state: State, first: int, lane: int, count: int) -> None:
    """Copy `count` lanes from `lane` on back to the members from `first` on."""
    for w in range(count):
        for s in range(state.volume.shape[1]):
            state.volume[first + w, s] = held.volume[s, lane + w]
        for k in range(state.arrivals.shape[1]):
            for i in range(state.arrivals.shape[2]):
                state.arrivals[first + w, k, i] = held.arrivals[k, i, lane + w]
        for q in range(state.used.shape[1]):
            state.used[first + w, q] = held.used[q, lane + w]


@compiled
def open_quotas(carry: Carry, used: Any, first: Any, t: int, rate: float) -> None:
    """Room that quotas leave where their season is open; a season that begins starts afresh."""
    for q in range(carry.quota_row.size):
        for w in range(used.shape[1]):
            if carry.quota_reset[t, q]:
                used[q, w] = 0.0
            if carry.quota_open[t, q]:
                first[carry.quota_row[q], w] = max(carry.quota_volume[q] - used[q, w], 0.0) * rate


@compiled
def serve_step(packed: Packed, held: Held, room: Room, flows: Flows, routing: Routing, t: int) -> None:
    """One allocation of step t, its flows, and which lanes they prove."""
    draws, sides = packed.draws, packed.sides
    asks = packed.asks
    allocate(asks, room, held.evaporation, t, asks.class_start.size - 1)
    find_flows(draws, sides, held.local, room.level, flows)
    if not (packed.is_exact or prove(draws, sides, room.level, flows, t)) and sides.cost.size > 0:
        find_sides(draws, sides, room.level, flows, routing, t)
    set_carried(draws, sides, room.level, flows, held.carried)


@compiled
def close_lanes(carry: Carry, held: Held, level: Any, flows: Flows, t: int) -> None:
    """Carry volumes, water under way and quotas to the next step."""
    length, width = carry.length[t], held.volume.shape[1]
    for s in range(held.volume.shape[0]):
        for w in range(width):
            held.volume[s, w] = held.carried[s, w] * length
    for k in range(carry.lag_steps.size):
        last = carry.lag_steps[k] - 1
        for w in range(width):
            for i in range(last):
                held.arrivals[k, i, w] = held.arrivals[k, i + 1, w]
            held.arrivals[k, last, w] = 0.0
    for k in range(carry.lag_item.size):
        item, node, side = carry.lag_item[k], carry.lag_node[k], carry.lag_side[k]
        part, last = length * carry.lag_gain[item], carry.lag_steps[item] - 1
        for w in range(width):
            sent = flows.flow[node, w] if side < 0 else flows.side[side, w]
            held.arrivals[item, last, w] += max(sent, 0.0) * part
    use_quotas(carry, held.used, level, t)


@compiled
def use_quotas(carry: Carry, used: Any, level: Any, t: int) -> None:
    """Add what was taken under each open quota to its use."""
    for q in range(carry.quota_row.size):
        if carry.quota_open[t, q]:
            for e in range(carry.quota_start[q], carry.quota_start[q + 1]):
                for w in range(used.shape[1]):
                    used[q, w] += level[carry.quota_variable[e], w] * carry.length[t]


@compiled
def join_sides(places: Places, flows: Flows) -> None:
    """Add the side flows that count as those of another way to it, once the step is closed."""
    for i in range(places.more_side.size):
        s, node, into = places.more_side[i], places.more_node[i], places.more_into[i]
        for w in range(flows.side.shape[1]):
            if node >= 0:
                flows.flow[node, w] = max(flows.flow[node, w], 0.0) + flows.side[s, w]
            else:
                flows.side[into, w] += flows.side[s, w]


@compiled
def put_lanes(values: Any, items: Any, numbers: Any, result: Any, lane: int) -> None:
    """Row numbers[i] of a lane array, from `lane` on, as row items[i] of a result."""
    for i in range(items.size):
        item, number = items[i], numbers[i]
        for w in range(LANES):
            result[item, w] = max(values[number, lane + w], 0.0)


@compiled
def keep_lanes(
    places: Places, volume: Any, level: Any, flows: Flows, results: Results, at: tuple[int, int]
) -> None:
    """Write the flows, takes and volumes of the step into the lane arrays, from block at[0] on."""
    for b in range(level.shape[1] // LANES):
        block, t, lane = at[0] + b, at[1], b * LANES
        put_lanes(flows.flow, places.flow_item, places.flow_node, results.flow[block, t], lane)
        put_lanes(flows.side, places.side_item, places.side_number, results.flow[block, t], lane)
        put_lanes(level, places.take_item, places.take_variable, results.taken[block, t], lane)
        put_lanes(volume, places.store_item, places.store_number, results.volume[block, t], lane)
        put_lanes(
            level, places.evaporated_item, places.evaporated_variable, results.evaporated[block, t], lane
        )


@compiled
def sum_lanes(places: Places, volume: Any, level: Any, flows: Flows, sums: Sums, at: tuple[int, int]) -> None:
    """Add the flows, takes and volumes of the first at[1] lanes of step at[0] to the sums over members."""
    t, count = at
    reduce_lanes(flows.flow, places.flow_item, places.flow_node, count, sums.flow, sums.work, t)
    reduce_lanes(flows.side, places.side_item, places.side_number, count, sums.flow, sums.work, t)
    reduce_lanes(level, places.take_item, places.take_variable, count, sums.taken, sums.work, t)
    reduce_lanes(volume, places.store_item, places.store_number, count, sums.volume, sums.work, t)
    reduce_lanes(
        level, places.evaporated_item, places.evaporated_variable, count, sums.evaporated, sums.work, t
    )
    count_lanes(level, places.take_item, places.take_variable, count, sums.bound[t], sums.short[t])


@compiled
def write_lanes(
    output: Output, volume: Any, level: Any, flows: Flows, count: int, at: tuple[int, int]
) -> None:
    """Write step at[1] of `count` members from block at[0] on to all that is written."""
    join_sides(output.whole, flows)
    keep_lanes(output.whole, volume, level, flows, output.results, at)
    keep_lanes(output.kept, volume, level, flows, output.singles, at)
    sum_lanes(output.summed, volume, level, flows, output.sums, (at[1], count))


@compiled
def take_over(columns: Columns, at: Any, held: Held, level: Any, flows: Flows, w: int) -> None:
    """Put what K2 found (`at`, by column) in the place of what lane w did not prove."""
    for v in range(flows.flow.shape[0]):
        flows.flow[v, w] = 0.0
        for e in range(columns.way_start[v], columns.way_start[v + 1]):
            flows.flow[v, w] += at[columns.way[e]]
    for s in range(columns.side.size):
        flows.side[s, w] = at[columns.side[s]]
    for k in range(columns.take.size):
        if columns.take[k] >= 0:
            level[k, w] = at[columns.take[k]]
    for s in range(columns.carry.size):
        held.carried[s, w] = at[columns.carry[s]]


@compiled
def serve_again(
    problem: Problem, tableau: Tableau, held: Held, spare: State, t: int, inflow: Any, w: int
) -> bool:
    """Serve step t of lane w by K2 from the state before the step; `spare` has room for one member."""
    unload(held, spare, 0, w, 1)
    start_member(problem.program, tableau)
    return run_step(problem, tableau, t, inflow, State(spare.volume[0], spare.arrivals[0], spare.used[0]))


@compiled
def serve_lanes(packed: Packed, held: Held, room: Room, flows: Flows, routing: Routing, t: int) -> None:
    """Allocate step t in all lanes from their states, evaporation corrected once at the mean volume."""
    length = packed.carry.length[t]
    open_room(packed.water, held.natural, room.first, t)
    open_quotas(packed.carry, held.used, room.first, t, 1.0 / length)
    if set_evaporation(packed.losses, held, t, length, False):
        if packed.keeps_more:
            serve_step(packed, held, room, flows, routing, t)
        else:
            allocate(packed.asks, room, held.evaporation, t, packed.asks.storing)
            set_carried(packed.draws, packed.sides, room.level, flows, held.carried)
        set_evaporation(packed.losses, held, t, length, True)
    serve_step(packed, held, room, flows, routing, t)


@compiled
def run_group(
    tableau: Tableau,
    routing: Routing,
    spare: State,
    work: tuple[Held, Room, Flows],
    problem: Problem,
    packed: Packed,
    inflow: Any,
    output: Output,
    place: tuple[int, int],
) -> tuple[int, int]:
    """All steps of the place[1] members in the lanes of `work`, from block place[0] on.

    Returns the member-steps that K2 served, and the first (step * lanes + lane) that failed, or -1.
    """
    block, count = place
    held, room, flows = work
    width, repaired = flows.lowest.size, 0
    for t in range(packed.carry.length.size):
        gather(packed.water, held, inflow[block : block + width // LANES, t], 1.0 / packed.carry.length[t])
        serve_lanes(packed, held, room, flows, routing, t)
        for w in range(count):
            if not flows.served[w]:
                repaired += 1
                own = inflow[block + w // LANES, t, :, w % LANES]
                if not serve_again(problem, tableau, held, spare, t, own, w):
                    return repaired, t * width + w
                take_over(packed.columns, tableau.at, held, room.level, flows, w)
        close_lanes(packed.carry, held, room.level, flows, t)
        write_lanes(output, held.volume, room.level, flows, count, (block, t))
    return repaired, -1


@allocating
def run_claims(
    problem: Problem, packed: Packed, inflow: Any, state: State, output: Output, span: tuple[int, int]
) -> tuple[int, int, int, int]:
    """All steps of the members in blocks span[0] to span[1] - 1, like `stepping.run_blocks`.

    Returns pivots of K2, member-steps that K2 served, and the first failing (member, step) or (-1, -1).
    """
    water, sides = packed.water, packed.sides
    tableau, routing = new_tableau(problem.program), new_routing(sides.touched.size, sides.cost.size)
    stores, (_, lagged, longest), quotas = state.volume.shape[1], state.arrivals.shape, state.used.shape[1]
    spare = State(np.zeros((1, stores)), np.zeros((1, lagged, longest)), np.zeros((1, quotas)))
    repaired, block = 0, span[0]
    while block < span[1]:
        last = min(block + WIDTH // LANES, span[1])
        width = (last - block) * LANES
        held = new_held(water, (lagged, longest, quotas), width)
        room = new_room(packed.asks, water.base.shape[1], packed.draws.draw_node.size, width)
        flows = new_flows(water.parent.size, sides.cost.size, width)
        count = load(held, state, block * LANES)
        work, place = (held, room, flows), (block, count)
        again, failed = run_group(tableau, routing, spare, work, problem, packed, inflow, output, place)
        repaired += again
        if failed >= 0:
            return tableau.count[0], repaired, block * LANES + failed % width, failed // width
        unload(held, state, block * LANES, 0, count)
        block = last
    return tableau.count[0], repaired, -1, -1
