"""Time loop of K1: members side by side, evaporation corrected once, unproved member-steps by K2."""

from __future__ import annotations

from typing import Any, NamedTuple

from mirab.core.flow.kernels.claims import (
    LANES,
    WIDTH,
    Asks,
    Held,
    Room,
    Water,
    allocate,
    gather,
    new_held,
    new_room,
    open_room,
    set_evaporation,
)
from mirab.core.flow.kernels.filling import Tableau, compiled, new_tableau, start_member
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
from mirab.core.flow.kernels.routing import Routing, new_routing
from mirab.core.flow.kernels.stepping import Parts, Problem, Results, State, run_step


class Places(NamedTuple):
    """Where flows, takes and evaporation stand in columns of K2, state and result arrays; -1 for nowhere."""

    flow_item: Any
    flow_node: Any
    way_start: Any
    way_column: Any
    side_item: Any
    side_number: Any
    side_column: Any
    lag_item: Any
    lag_node: Any
    lag_side: Any
    take_variable: Any
    store_number: Any
    evaporation_variable: Any
    quota_variable: Any


class Packed(NamedTuple):
    """One component over one time axis, ready for the claims kernel.

    `is_exact` when the rows are the whole truth; `keeps_more` when a store may keep more than its zones ask.
    """

    water: Water
    asks: Asks
    draws: Draws
    sides: Sides
    places: Places
    is_exact: bool
    keeps_more: bool


class Work(NamedTuple):
    """Working arrays of one thread."""

    held: Held
    room: Room
    flows: Flows
    routing: Routing


@compiled
def load(held: Held, state: State, first: int) -> int:
    """Copy the members from `first` on into lanes; lanes beyond the last repeat it. How many there are."""
    width = held.volume.shape[1]
    count: int = min(width, state.volume.shape[0] - first)
    for w in range(width):
        member = first + min(w, count - 1)
        held.volume[:, w] = state.volume[member]
        held.arrivals[:, :, w] = state.arrivals[member]
        held.used[:, w] = state.used[member]
    return count


@compiled
def unload(held: Held, state: State, first: int, count: int) -> None:
    """Copy the lanes back to their members."""
    for w in range(count):
        state.volume[first + w] = held.volume[:, w]
        state.arrivals[first + w] = held.arrivals[:, :, w]
        state.used[first + w] = held.used[:, w]


@compiled
def serve_step(problem: Problem, packed: Packed, work: Work, t: int) -> None:
    """One allocation of step t and its flows."""
    asks, draws, sides = packed.asks, packed.draws, packed.sides
    held, room, flows = work.held, work.room, work.flows
    allocate(asks, room, problem.steps.target[t], asks.most[t], held.evaporation)
    find_flows(packed.water, draws, sides, held, room.level, flows)
    if not (packed.is_exact or prove(draws, sides, room.level, flows, t)) and sides.cost.size > 0:
        find_sides(draws, sides, room.level, flows, work.routing, t)
    set_carried(draws, sides, room.level, flows, held.carried)


@compiled
def run_lanes(problem: Problem, packed: Packed, work: Work, t: int, inflow: Any) -> None:
    """Allocate step t in all lanes, evaporation corrected once at the mean volume."""
    steps, parts, held = problem.steps, problem.parts, work.held
    rate = 1.0 / steps.mcm_per_m3s[t]
    gather(packed.water, parts, held, inflow, rate)
    open_room(packed.water, parts, held, work.room.first, t, rate)
    evaporates = False
    for s in range(parts.store_row.size):
        evaporates = evaporates or steps.evaporation_mm[t, s] > 0.0
    set_evaporation(steps, parts, held, t, False)
    if evaporates:
        if packed.keeps_more:
            serve_step(problem, packed, work, t)
        else:
            asks = packed.asks
            allocate(asks, work.room, steps.target[t], asks.most[t], held.evaporation)
            set_carried(packed.draws, packed.sides, work.room.level, work.flows, held.carried)
        set_evaporation(steps, parts, held, t, True)
    serve_step(problem, packed, work, t)


@compiled
def repair(
    problem: Problem, packed: Packed, work: Work, tableau: Tableau, t: int, inflow: Any, w: int
) -> bool:
    """Serve step t of one lane by K2, and put what it found in the place of what was not proved."""
    parts, places, held, flows = problem.parts, packed.places, work.held, work.flows
    state = State(held.volume[:, w].copy(), held.arrivals[:, :, w].copy(), held.used[:, w].copy())
    start_member(problem.program, tableau)
    if not run_step(problem, tableau, t, inflow, state):
        return False
    for v in range(flows.flow.shape[0]):
        flows.flow[v, w] = 0.0
        for e in range(places.way_start[v], places.way_start[v + 1]):
            flows.flow[v, w] += tableau.at[places.way_column[e]]
    for s in range(places.side_column.size):
        flows.side[s, w] = tableau.at[places.side_column[s]]
    for k in range(parts.take_column.size):
        work.room.level[places.take_variable[k], w] = tableau.at[parts.take_column[k]]
    for s in range(parts.store_row.size):
        held.carried[s, w] = tableau.at[parts.carry_column[s]]
        if parts.evaporation_column[s] >= 0:
            work.room.level[places.evaporation_variable[s], w] = tableau.at[parts.evaporation_column[s]]
    return True


@compiled
def close_lanes(problem: Problem, places: Places, work: Work, t: int) -> None:
    """Carry volumes, water under way and quotas to the next step."""
    parts, held, length = problem.parts, work.held, problem.steps.mcm_per_m3s[t]
    held.volume[:, :] = held.carried
    held.volume[:, :] *= length
    for k in range(parts.lag_steps.size):
        last = parts.lag_steps[k] - 1
        for i in range(last):
            held.arrivals[k, i, :] = held.arrivals[k, i + 1]
        held.arrivals[k, last, :] = 0.0
    for k in range(places.lag_item.size):
        item, node, side = places.lag_item[k], places.lag_node[k], places.lag_side[k]
        sent = work.flows.flow[node] if side < 0 else work.flows.side[side]
        part, last = length * parts.lag_gain[item], parts.lag_steps[item] - 1
        for w in range(sent.size):
            held.arrivals[item, last, w] += max(sent[w], 0.0) * part
    for q in range(parts.quota_row.size):
        if parts.quota_open[t, q]:
            for e in range(parts.quota_start[q], parts.quota_start[q + 1]):
                held.used[q] += work.room.level[places.quota_variable[e]] * length


@compiled
def copy_lanes(values: Any, items: Any, numbers: Any, to: Any, at: int) -> None:
    """Add row numbers[i] of the lane array, from lane `at` on, to row items[i] of a result; -1 is nowhere."""
    for i in range(items.size):
        if items[i] >= 0 and numbers[i] >= 0:
            for w in range(LANES):
                to[items[i], w] += max(values[numbers[i], at + w], 0.0)


@compiled
def keep_lanes(places: Places, parts: Parts, work: Work, results: Results, block: int, t: int) -> None:
    """Write the flows, takes and volumes of the step into the lane arrays, from `block` on."""
    flows, level = work.flows, work.room.level
    for b in range(level.shape[1] // LANES):
        to, at = block + b, b * LANES
        copy_lanes(flows.flow, places.flow_item, places.flow_node, results.flow[to, t], at)
        copy_lanes(flows.side, places.side_item, places.side_number, results.flow[to, t], at)
        copy_lanes(level, parts.take_item, places.take_variable, results.taken[to, t], at)
        copy_lanes(work.held.volume, parts.store_item, places.store_number, results.volume[to, t], at)
        copy_lanes(level, parts.store_item, places.evaporation_variable, results.evaporated[to, t], at)


@compiled
def new_work(problem: Problem, packed: Packed, state: State, width: int) -> Work:
    """Working arrays of one thread for `width` members side by side."""
    nodes, sides = packed.water.parent.size, packed.sides
    return Work(
        new_held(packed.water, problem.parts, state.arrivals.shape[2], width),
        new_room(packed.asks, packed.water.base.shape[1], packed.draws.draw_node.size, width),
        new_flows(nodes, sides.cost.size, width),
        new_routing(sides.touched.size, sides.cost.size),
    )


@compiled
def run_claims(
    problem: Problem, packed: Packed, inflow: Any, state: State, results: Results, span: tuple[int, int]
) -> tuple[int, int, int, int]:
    """All steps of the members in blocks span[0] to span[1] - 1, like `stepping.run_blocks`.

    Returns pivots of K2, member-steps that K2 served, and the first failing (member, step) or (-1, -1).
    """
    tableau, repaired, block = new_tableau(problem.program), 0, span[0]
    while block < span[1]:
        last = min(block + WIDTH // LANES, span[1])
        work = new_work(problem, packed, state, (last - block) * LANES)
        count = load(work.held, state, block * LANES)
        for t in range(problem.steps.upper.shape[0]):
            water = inflow[block:last, t]
            run_lanes(problem, packed, work, t, water)
            for w in range(count):
                if not work.flows.served[w]:
                    repaired += 1
                    own = water[w // LANES, :, w % LANES].copy()
                    if not repair(problem, packed, work, tableau, t, own, w):
                        return tableau.count[0], repaired, block * LANES + w, t
            close_lanes(problem, packed.places, work, t)
            keep_lanes(packed.places, problem.parts, work, results, block, t)
        unload(work.held, state, block * LANES, count)
        block = last
    return tableau.count[0], repaired, -1, -1
