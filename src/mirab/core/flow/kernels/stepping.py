"""Time loop of the K2 kernel: one member after the other, evaporation corrected once, state carried on."""

from __future__ import annotations

from typing import Any, NamedTuple

from mirab.core.compiling import inlined
from mirab.core.flow.kernels.filling import allocate, new_tableau, start_member
from mirab.core.flow.kernels.simplex import Program, Requests, Tableau, allocating, compiled, copy


class Steps(NamedTuple):
    """What changes with time: upper bounds, right-hand side of the cap rows, request targets in m3/s.

    `upper[t, column]`, `cap_rhs[t, cap row]`, `target[t, request]`, `evaporation_mm[t, store]`.
    """

    upper: Any
    cap_rhs: Any
    target: Any
    mcm_per_m3s: Any
    evaporation_mm: Any


class Parts(NamedTuple):
    """Where sources, stores, reaches, claims and quotas stand in rows, columns and result arrays."""

    source_row: Any
    source_item: Any
    source_gain: Any
    store_row: Any
    store_item: Any
    carry_column: Any
    evaporation_column: Any
    evaporation_request: Any
    curve_volume: Any
    curve_area: Any
    flow_column: Any
    flow_item: Any
    lag_column: Any
    lag_item: Any
    lag_row: Any
    lag_gain: Any
    lag_steps: Any
    take_column: Any
    take_item: Any
    quota_row: Any
    quota_start: Any
    quota_column: Any
    quota_volume: Any
    quota_open: Any
    quota_reset: Any


class Problem(NamedTuple):
    """One component over one time axis, ready to run."""

    program: Program
    requests: Requests
    steps: Steps
    parts: Parts


class State(NamedTuple):
    """One member's `volume` (store), `arrivals` (lagged reach, step) and `used` (quota); or all members'."""

    volume: Any
    arrivals: Any
    used: Any


class Results(NamedTuple):
    """Lane arrays (block, time, item, lane) that the kernel fills."""

    flow: Any
    volume: Any
    taken: Any
    evaporated: Any


@inlined
def area_of(volumes: Any, areas: Any, volume: float) -> float:
    """Area in km2 at a volume, linear between the points of the curve, flat beyond its ends."""
    if volume <= volumes[0]:
        return float(areas[0])
    for i in range(1, volumes.size):
        if volume <= volumes[i]:
            share = (volume - volumes[i - 1]) / (volumes[i] - volumes[i - 1])
            return float(areas[i - 1] + share * (areas[i] - areas[i - 1]))
    return float(areas[-1])


@inlined
def set_rhs(rhs: Any, steps: Steps, parts: Parts, t: int, inflow: Any, state: State) -> None:
    """Right-hand side and quota bounds of step t for one member, in m3/s."""
    length, caps = steps.mcm_per_m3s[t], steps.cap_rhs[t]
    source_row, source_item, source_gain = parts.source_row, parts.source_item, parts.source_gain
    store_row, lag_row, quota_row, used = parts.store_row, parts.lag_row, parts.quota_row, state.used
    rhs[:] = 0.0
    for g in range(caps.size):
        rhs[rhs.size - caps.size + g] = caps[g]
    for s in range(source_row.size):
        if source_row[s] >= 0:
            rhs[source_row[s]] += inflow[source_item[s]] * source_gain[s]
    for s in range(store_row.size):
        rhs[store_row[s]] += state.volume[s] / length
    for k in range(lag_row.size):
        if lag_row[k] >= 0:
            rhs[lag_row[k]] += state.arrivals[k, 0] / length
    for q in range(quota_row.size):
        if parts.quota_reset[t, q]:
            used[q] = 0.0
        if parts.quota_open[t, q]:
            rhs[quota_row[q]] = max(parts.quota_volume[q] - used[q], 0.0) / length


@inlined
def set_evaporation(
    tableau: Tableau, steps: Steps, parts: Parts, t: int, volume: Any, corrected: bool
) -> bool:
    """Targets and bounds of the evaporation columns at the volumes before the step, or at its mean volumes.

    True when there are any.
    """
    length, found = steps.mcm_per_m3s[t], False
    column, request, carry = parts.evaporation_column, parts.evaporation_request, parts.carry_column
    at, upper, targets = tableau.at, tableau.upper, tableau.targets
    for s in range(column.size):
        if column[s] < 0:
            continue
        mean, found = volume[s], True
        if corrected:
            mean = 0.5 * (mean + at[carry[s]] * length)
        area = area_of(parts.curve_volume[s], parts.curve_area[s], mean)
        amount = steps.evaporation_mm[t, s] * area * 1e-3 / length
        targets[request[s]] = upper[column[s]] = amount
    return found


@compiled
def close_step(tableau: Tableau, steps: Steps, parts: Parts, t: int, state: State) -> None:
    """Carry volumes, water under way and quotas to the next step.

    A flow may be negative by the tolerance; handed on, it would ask a later step for water that is not there.
    """
    length = steps.mcm_per_m3s[t]
    for s in range(parts.store_row.size):
        state.volume[s] = max(tableau.at[parts.carry_column[s]], 0.0) * length
    for k in range(parts.lag_steps.size):
        for i in range(parts.lag_steps[k] - 1):
            state.arrivals[k, i] = state.arrivals[k, i + 1]
        state.arrivals[k, parts.lag_steps[k] - 1] = 0.0
    for k in range(parts.lag_column.size):
        item = parts.lag_item[k]
        state.arrivals[item, parts.lag_steps[item] - 1] += (
            max(tableau.at[parts.lag_column[k]], 0.0) * length * parts.lag_gain[item]
        )
    for q in range(parts.quota_row.size):
        if parts.quota_open[t, q]:
            for k in range(parts.quota_start[q], parts.quota_start[q + 1]):
                state.used[q] += tableau.at[parts.quota_column[k]] * length


@compiled
def keep(tableau: Tableau, parts: Parts, results: Results, at: tuple[int, int, int], volume: Any) -> None:
    """Write the step's flows, takes and volumes into the lane arrays."""
    block, t, lane = at
    found, flow, taken = tableau.at, results.flow[block, t], results.taken[block, t]
    flow_column, flow_item = parts.flow_column, parts.flow_item
    take_column, take_item = parts.take_column, parts.take_item
    store_item, evaporation, result = parts.store_item, parts.evaporation_column, results.volume[block, t]
    for k in range(flow_column.size):
        flow[flow_item[k], lane] += found[flow_column[k]]
    for k in range(take_column.size):
        taken[take_item[k], lane] = found[take_column[k]]
    for s in range(store_item.size):
        result[store_item[s], lane] = volume[s]
        if evaporation[s] >= 0:
            results.evaporated[block, t, store_item[s], lane] = found[evaporation[s]]


@compiled
def run_step(problem: Problem, tableau: Tableau, t: int, inflow: Any, state: State) -> bool:
    """Allocate step t of one member, evaporation corrected once at the mean volume; False when it fails."""
    program, requests, steps, parts = problem
    copy(steps.target[t], tableau.targets)
    copy(steps.upper[t], tableau.upper)
    set_rhs(tableau.rhs, steps, parts, t, inflow, state)
    evaporates = set_evaporation(tableau, steps, parts, t, state.volume, False)
    if not allocate(program, tableau, requests, tableau.targets):
        return False
    if not evaporates:
        return True
    set_evaporation(tableau, steps, parts, t, state.volume, True)
    return allocate(program, tableau, requests, tableau.targets)


@compiled
def run_member(
    problem: Problem, tableau: Tableau, inflow: Any, state: State, results: Results, place: tuple[int, int]
) -> int:
    """All steps of the member in lane place[1] of block place[0]; the first that fails, or -1."""
    block, lane = place
    start_member(problem.program, tableau)
    for t in range(problem.steps.upper.shape[0]):
        if not run_step(problem, tableau, t, inflow[block, t, :, lane], state):
            return t
        close_step(tableau, problem.steps, problem.parts, t, state)
        keep(tableau, problem.parts, results, (block, t, lane), state.volume)
    return -1


@allocating
def run_blocks(
    problem: Problem, inflow: Any, state: State, results: Results, span: tuple[int, int]
) -> tuple[int, int, int, int]:
    """All steps of the members in blocks span[0] to span[1] - 1.

    `state` (members first) is read at the start and left at the end; the number of members is its length.
    Returns pivots, member-steps served after another kernel (0), and the first failing (member, step) or
    (-1, -1).
    """
    tableau = new_tableau(problem.program)
    lanes = inflow.shape[3]
    for member in range(span[0] * lanes, min(span[1] * lanes, state.volume.shape[0])):
        own = State(state.volume[member], state.arrivals[member], state.used[member])
        place = member // lanes, member % lanes
        failed = run_member(problem, tableau, inflow, own, results, place)
        if failed >= 0:
            return tableau.count[0], 0, member, failed
    return tableau.count[0], 0, -1, -1
