"""Time loop of K1: eight members side by side, evaporation corrected once, unproved member-steps by K2."""

from __future__ import annotations

from typing import Any

import numpy as np

from mirab.core.flow.kernels.claims import LANES, Claims, Work, allocate, gather, new_work, set_evaporation
from mirab.core.flow.kernels.filling import Tableau, compiled, new_tableau, start_member
from mirab.core.flow.kernels.proving import balance_flows, set_carried
from mirab.core.flow.kernels.routing import Routing, new_routing
from mirab.core.flow.kernels.stepping import Parts, Problem, Results, State, run_step


@compiled
def load(work: Work, state: State, block: int) -> int:
    """Copy the members of a block into lanes; lanes beyond the last member repeat it. How many there are."""
    first = block * LANES
    count = min(LANES, state.volume.shape[0] - first)
    for w in range(LANES):
        member = first + min(w, count - 1)
        work.volume[:, w] = state.volume[member]
        work.arrivals[:, :, w] = state.arrivals[member]
        work.used[:, w] = state.used[member]
    return count


@compiled
def unload(work: Work, state: State, block: int, count: int) -> None:
    """Copy the lanes of a block back to their members."""
    for w in range(count):
        state.volume[block * LANES + w] = work.volume[:, w]
        state.arrivals[block * LANES + w] = work.arrivals[:, :, w]
        state.used[block * LANES + w] = work.used[:, w]


@compiled
def run_lanes(problem: Problem, claims: Claims, work: Work, routing: Routing, t: int, inflow: Any) -> None:
    """Allocate step t in all lanes, evaporation corrected once at the mean volume."""
    steps, parts = problem.steps, problem.parts
    gather(claims, steps, parts, work, t, inflow)
    evaporates = False
    for s in range(parts.store_row.size):
        evaporates = evaporates or (claims.evaporation_variable[s] >= 0 and steps.evaporation_mm[t, s] > 0.0)
    if evaporates:
        set_evaporation(steps, parts, work, t, False)
        allocate(problem, claims, work, t)
        if claims.surplus:
            balance_flows(claims, work, routing, t)
        set_carried(claims, work)
        set_evaporation(steps, parts, work, t, True)
    allocate(problem, claims, work, t)
    balance_flows(claims, work, routing, t)
    set_carried(claims, work)


@compiled
def repair(problem: Problem, claims: Claims, work: Work, tableau: Tableau, t: int, inflow: Any, w: int) -> bool:
    """Serve step t of one lane by K2, and put what it found in the place of what was not proved."""
    parts = problem.parts
    state = State(work.volume[:, w].copy(), work.arrivals[:, :, w].copy(), work.used[:, w].copy())
    start_member(problem.program, tableau)
    if not run_step(problem, tableau, t, inflow[:, w].copy(), state):
        return False
    for v in range(claims.parent.size):
        work.flow[v, w] = 0.0
        for e in range(claims.way_start[v], claims.way_start[v + 1]):
            work.flow[v, w] += tableau.at[claims.way_column[e]]
    for s in range(claims.side_cost.size):
        work.side[s, w] = tableau.at[claims.side_column[s]]
    for k in range(parts.take_column.size):
        work.level[claims.take_variable[k], w] = tableau.at[parts.take_column[k]]
    for s in range(parts.store_row.size):
        work.carried[s, w] = tableau.at[parts.carry_column[s]]
        if parts.evaporation_column[s] >= 0:
            work.level[claims.evaporation_variable[s], w] = tableau.at[parts.evaporation_column[s]]
    return True


@compiled
def close_lanes(problem: Problem, claims: Claims, work: Work, t: int) -> None:
    """Carry volumes, water under way and quotas to the next step."""
    parts, length = problem.parts, problem.steps.mcm_per_m3s[t]
    for s in range(parts.store_row.size):
        for w in range(LANES):
            work.volume[s, w] = work.carried[s, w] * length
    for k in range(parts.lag_steps.size):
        last = parts.lag_steps[k] - 1
        for i in range(last):
            work.arrivals[k, i, :] = work.arrivals[k, i + 1]
        work.arrivals[k, last, :] = 0.0
    for k in range(claims.lag_item.size):
        item, node, side = claims.lag_item[k], claims.lag_node[k], claims.lag_side[k]
        part, last = length * parts.lag_gain[item], parts.lag_steps[item] - 1
        for w in range(LANES):
            flow = work.flow[node, w] if side < 0 else work.side[side, w]
            work.arrivals[item, last, w] += max(flow, 0.0) * part
    for q in range(parts.quota_row.size):
        if parts.quota_open[t, q]:
            for e in range(parts.quota_start[q], parts.quota_start[q + 1]):
                for w in range(LANES):
                    work.used[q, w] += work.level[claims.quota_variable[e], w] * length


@compiled
def keep_lanes(claims: Claims, parts: Parts, work: Work, results: Results, block: int, t: int) -> None:
    """Write the flows, takes and volumes of the step into the lane arrays."""
    flow, volume, taken = results.flow[block, t], results.volume[block, t], results.taken[block, t]
    for v in range(claims.parent.size):
        item = claims.flow_item[v]
        if item >= 0:
            for w in range(LANES):
                flow[item, w] = max(work.flow[v, w], 0.0)
    for s in range(claims.side_item.size):
        item = claims.side_item[s]
        if item >= 0:
            for w in range(LANES):
                flow[item, w] += work.side[s, w]
    for k in range(claims.take_variable.size):
        for w in range(LANES):
            taken[parts.take_item[k], w] = work.level[claims.take_variable[k], w]
    for s in range(parts.store_item.size):
        k = claims.evaporation_variable[s]
        for w in range(LANES):
            volume[parts.store_item[s], w] = work.volume[s, w]
            if k >= 0:
                results.evaporated[block, t, parts.store_item[s], w] = work.level[k, w]


@compiled
def run_claims(
    problem: Problem, claims: Claims, inflow: Any, state: State, results: Results, span: tuple[int, int]
) -> tuple[int, int, int, int]:
    """All steps of the members in blocks span[0] to span[1] - 1, like `stepping.run_blocks`.

    Returns pivots of K2, member-steps that K2 served, and the first failing (member, step) or (-1, -1).
    """
    tableau, work = new_tableau(problem.program), new_work(claims, problem.parts, state.arrivals.shape[2])
    routing = new_routing(claims.touched.size, claims.side_cost.size)
    repaired = 0
    for block in range(span[0], span[1]):
        count = load(work, state, block)
        for t in range(problem.steps.upper.shape[0]):
            run_lanes(problem, claims, work, routing, t, inflow[block, t])
            for w in range(LANES):
                if not work.served[w] and w < count:
                    repaired += 1
                    if not repair(problem, claims, work, tableau, t, inflow[block, t], w):
                        return tableau.count[0], repaired, block * LANES + w, t
            close_lanes(problem, claims, work, t)
            keep_lanes(claims, problem.parts, work, results, block, t)
        unload(work, state, block, count)
    return tableau.count[0], repaired, -1, -1
