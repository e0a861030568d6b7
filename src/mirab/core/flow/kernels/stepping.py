"""Time loop of the K2 kernel: one member after the other, evaporation corrected once, state carried on."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mirab.core.flow.kernels.filling import (
    Program,
    Requests,
    Tableau,
    allocate,
    compiled,
    new_tableau,
    start_member,
)


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


@compiled
def area_of(volumes: Any, areas: Any, volume: float) -> float:
    """Area in km2 at a volume, linear between the points of the curve, flat beyond its ends."""
    if volume <= volumes[0]:
        return float(areas[0])
    for i in range(1, volumes.size):
        if volume <= volumes[i]:
            share = (volume - volumes[i - 1]) / (volumes[i] - volumes[i - 1])
            return float(areas[i - 1] + share * (areas[i] - areas[i - 1]))
    return float(areas[-1])


@compiled
def set_rhs(tableau: Tableau, steps: Steps, parts: Parts, t: int, inflow: Any, state: State) -> None:
    """Right-hand side and quota bounds of step t for one member, in m3/s."""
    length = steps.mcm_per_m3s[t]
    tableau.rhs[:] = 0.0
    first_cap = tableau.rhs.size - steps.cap_rhs.shape[1]
    for g in range(steps.cap_rhs.shape[1]):
        tableau.rhs[first_cap + g] = steps.cap_rhs[t, g]
    for s in range(parts.source_row.size):
        if parts.source_row[s] >= 0:
            tableau.rhs[parts.source_row[s]] += inflow[parts.source_item[s]] * parts.source_gain[s]
    for s in range(parts.store_row.size):
        tableau.rhs[parts.store_row[s]] += state.volume[s] / length
    for k in range(parts.lag_row.size):
        if parts.lag_row[k] >= 0:
            tableau.rhs[parts.lag_row[k]] += state.arrivals[k, 0] / length
    for q in range(parts.quota_row.size):
        if parts.quota_reset[t, q]:
            state.used[q] = 0.0
        if parts.quota_open[t, q]:
            tableau.rhs[parts.quota_row[q]] = max(parts.quota_volume[q] - state.used[q], 0.0) / length


@compiled
def set_evaporation(tableau: Tableau, steps: Steps, parts: Parts, t: int, targets: Any, volume: Any) -> None:
    """Targets and bounds of the evaporation columns at the given volumes."""
    for s in range(parts.store_row.size):
        if parts.evaporation_column[s] < 0:
            continue
        area = area_of(parts.curve_volume[s], parts.curve_area[s], volume[s])
        amount = steps.evaporation_mm[t, s] * area * 1e-3 / steps.mcm_per_m3s[t]
        targets[parts.evaporation_request[s]] = amount
        tableau.upper[parts.evaporation_column[s]] = amount


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
    for k in range(parts.flow_column.size):
        results.flow[block, t, parts.flow_item[k], lane] += tableau.at[parts.flow_column[k]]
    for k in range(parts.take_column.size):
        results.taken[block, t, parts.take_item[k], lane] = tableau.at[parts.take_column[k]]
    for s in range(parts.store_row.size):
        results.volume[block, t, parts.store_item[s], lane] = volume[s]
        if parts.evaporation_column[s] >= 0:
            results.evaporated[block, t, parts.store_item[s], lane] = tableau.at[parts.evaporation_column[s]]


@compiled
def run_step(problem: Problem, tableau: Tableau, t: int, inflow: Any, state: State) -> bool:
    """Allocate step t of one member, evaporation corrected once at the mean volume; False when it fails."""
    program, requests, steps, parts = problem
    targets = steps.target[t].copy()
    tableau.upper[:] = steps.upper[t]
    set_rhs(tableau, steps, parts, t, inflow, state)
    set_evaporation(tableau, steps, parts, t, targets, state.volume)
    if not allocate(program, tableau, requests, targets):
        return False
    if not np.any(parts.evaporation_column >= 0):
        return True
    middle = state.volume.copy()
    for s in range(parts.store_row.size):
        middle[s] = 0.5 * (state.volume[s] + tableau.at[parts.carry_column[s]] * steps.mcm_per_m3s[t])
    set_evaporation(tableau, steps, parts, t, targets, middle)
    return allocate(program, tableau, requests, targets)


@compiled
def run_blocks(
    problem: Problem, inflow: Any, state: State, results: Results, span: tuple[int, int]
) -> tuple[int, int, int, int]:
    """All steps of the members in blocks span[0] to span[1] - 1.

    `state` (members first) is read at the start and left at the end; the number of members is its length.
    Returns pivots, member-steps served after another kernel (0), and the first failing (member, step) or
    (-1, -1).
    """
    program, steps, parts = problem.program, problem.steps, problem.parts
    tableau = new_tableau(program)
    lanes = inflow.shape[3]
    for member in range(span[0] * lanes, min(span[1] * lanes, state.volume.shape[0])):
        block, lane = member // lanes, member % lanes
        own = State(state.volume[member], state.arrivals[member], state.used[member])
        start_member(program, tableau)
        for t in range(steps.upper.shape[0]):
            if not run_step(problem, tableau, t, inflow[block, t, :, lane], own):
                return tableau.count[0], 0, member, t
            close_step(tableau, steps, parts, t, own)
            keep(tableau, parts, results, (block, t, lane), own.volume)
    return tableau.count[0], 0, -1, -1
