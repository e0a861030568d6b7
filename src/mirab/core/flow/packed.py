"""Packed: a packing over a time axis as the struct that the claims kernel reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mirab.core.flow.arrays import lagged_of, merged, quotas_of, stores_of
from mirab.core.flow.kernels.claims import Claims
from mirab.core.flow.kernels.stepping import Problem
from mirab.core.flow.packing import ZERO, Packing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def claims_of(packing: Packing, problem: Problem) -> Claims:
    """Everything that the claims kernel needs beside what K2 needs for the same component and axis."""
    layout, rows = packing.layout, packing.rows
    place = np.empty(len(layout.rows), dtype=np.int64)
    place[list(packing.tree.order)] = np.arange(len(layout.rows))
    node_start, row_node, row_part = _compressed(rows.natural)
    parts: dict[str, Any] = {
        **_tree(packing, place),
        **_waters(packing, problem, place),
        "row_start": node_start,
        "row_node": place[row_node],
        "row_part": row_part,
        **_room(packing, problem),
        **_variables(packing, place),
        **_requests(packing),
        **_sides(packing, problem, place),
        **_results(packing, problem, place),
    }
    return Claims(**parts)


def _ints(values: Iterable[int]) -> Ints:
    return np.array(list(values), dtype=np.int64)


def _compressed(dense: Floats) -> tuple[Ints, Ints, Floats]:
    """Start, place and value of the entries of each row."""
    rows, places = np.nonzero(np.abs(dense) > ZERO)
    start = np.searchsorted(rows, np.arange(len(dense) + 1)).astype(np.int64)
    return start, places.astype(np.int64), np.ascontiguousarray(dense[rows, places])


def _tree(packing: Packing, place: Ints) -> dict[str, Any]:
    tree = packing.tree
    order = list(tree.order)
    parent = tree.parent[order]
    return {
        "parent": np.where(parent >= 0, place[parent], -1),
        "gain": tree.gain[order],
    }


def _waters(packing: Packing, problem: Problem, place: Ints) -> dict[str, Any]:
    parts = problem.parts

    def nodes(rows: Ints) -> Ints:
        return np.where(rows >= 0, place[rows], -1)

    return {
        "source_node": nodes(parts.source_row),
        "store_node": nodes(parts.store_row),
        "arrival_node": nodes(parts.lag_row),
    }


def _room(packing: Packing, problem: Problem) -> dict[str, Any]:
    """Room by step and row that does not come with the water, and what helping variables may bring."""
    rows, steps = packing.rows, problem.steps
    most = _most(packing, problem)
    bounds = [_bound(packing, problem, limit) for limit in packing.limits]
    series = np.array(bounds).reshape(len(bounds), len(steps.mcm_per_m3s))
    base = series.T @ rows.caps.T + most @ np.maximum(-rows.y, 0.0).T
    groups = {number: i for i, (kind, number) in enumerate(packing.limits) if kind == "group"}
    at = [
        int(np.flatnonzero(rows.caps[:, groups[packing.layout.groups.index(q)]])[0])
        for q in quotas_of(packing.layout)
    ]
    return {"base": np.ascontiguousarray(base), "quota_row": _ints(at), "most": most}


def _bound(packing: Packing, problem: Problem, limit: tuple[str, int]) -> Floats:
    kind, number = limit
    if kind == "group":
        return np.asarray(problem.steps.cap_rhs[:, number], dtype=float)
    column = packing.tree.way[number] if kind == "main" else number
    if column < 0:
        return np.zeros(len(problem.steps.mcm_per_m3s))
    upper = np.asarray(problem.steps.upper[:, column], dtype=float)
    return np.where(np.isfinite(upper), upper, 0.0)


def _most(packing: Packing, problem: Problem) -> Floats:
    """Largest amount that each variable can reach, by step, m3/s."""
    found = np.zeros((len(problem.steps.mcm_per_m3s), len(packing.variables)))
    for k, j in enumerate(packing.variables):
        asked = np.flatnonzero(problem.requests.column == j)
        found[:, k] = problem.steps.target[:, asked].max(axis=1)
    return found


def _variables(packing: Packing, place: Ints) -> dict[str, Any]:
    """Where each variable takes room, where its return brings some, and where its water goes."""
    rows, columns = packing.rows, [packing.layout.columns[j] for j in packing.variables]
    start, row, taken = _compressed(np.maximum(rows.y, 0.0).T)
    helps, helped, brought = _compressed(np.maximum(-rows.y, 0.0).T)
    nodes = len(packing.layout.rows)
    draw, held = np.full(len(columns), -1), np.full(len(columns), -1)
    back, part = np.full(len(columns), -1), np.zeros(len(columns))
    main = {int(j): v for v, j in enumerate(packing.tree.way)}
    for k, (j, column) in enumerate(zip(packing.variables, columns, strict=True)):
        if j in main:
            held[k] = place[main[j]]
        elif column.kind != "reach":
            entries = [(r, value) for r, value in column.entries if r < nodes]
            draw[k] = next(place[r] for r, value in entries if value > 0)
            back[k], part[k] = _return(entries, place)
    return {
        "taken_start": start, "taken_row": row, "taken": taken, "taken_inverse": 1.0 / taken,
        "brought_start": helps, "brought_row": helped, "brought": brought,
        "draw_node": draw, "held_node": held, "return_node": back, "return_part": part,
    }  # fmt: skip


def _return(entries: Sequence[tuple[int, float]], place: Ints) -> tuple[int, float]:
    """Node and part that come back; a return to the place of the take is what its entry lacks of 1."""
    for row, value in entries:
        if value < 0:
            return int(place[row]), -value
    row, value = entries[0]
    return (int(place[row]), 1.0 - value) if value < 1.0 else (-1, 0.0)


def _requests(packing: Packing) -> dict[str, Any]:
    layout = packing.layout
    groups = merged(layout.requests)
    number = {j: k for k, j in enumerate(packing.variables)}
    stores = stores_of(layout)
    variable = _ints(number[group[0].column] for group in groups)
    last = {int(k): r for r, k in enumerate(variable)}
    helps = {int(k) for k in np.flatnonzero((packing.rows.y < 0).any(axis=0))}
    priorities = [group[0].priority for group in groups]
    rows = [
        np.flatnonzero((packing.rows.y[:, [variable[r] for r, p in enumerate(priorities) if p == rank]] > 0).any(1))
        for rank in sorted(set(priorities))
    ]
    return {
        "variable": variable,
        "settles": np.array([int(k) in helps and last[int(k)] == r for r, k in enumerate(variable)], dtype=bool),
        "evaporation_store": _ints(
            stores.index(group[0].part) if group[0].kind == "evaporation" else -1 for group in groups
        ),
        "class_row_start": _ints(np.cumsum([0, *map(len, rows)])),
        "class_row": _ints(int(r) for found in rows for r in found),
    }


def _sides(packing: Packing, problem: Problem, place: Ints) -> dict[str, Any]:
    order = list(packing.tree.order)
    effect = packing.gained[order]
    touched = np.flatnonzero((np.abs(effect) > ZERO).any(axis=1))
    held = {int(place[_node(packing, j)]): k for k, j in enumerate(packing.variables) if j in packing.tree.way}
    ceilings = [int(place[v]) for v in packing.capped]
    steps = len(problem.steps.mcm_per_m3s)
    columns = [int(packing.tree.way[v]) for v in packing.capped]
    series = [problem.steps.upper[:, j] if j >= 0 else np.zeros(steps) for j in columns]
    return {
        "ceiling_node": _ints(ceilings),
        "ceiling": np.array(series).reshape(len(series), steps).T.copy(),
        "side_variable": _ints(
            packing.variables.index(j)
            if j in packing.variables and packing.layout.columns[j].kind == "reach"
            else -1
            for j in packing.sides
        ),
        "side_limit": np.ascontiguousarray(problem.steps.upper[:, list(packing.sides)]),
        "side_cost": packing.cost,
        "touched": touched.astype(np.int64),
        "touched_held": _ints(held.get(int(v), -1) for v in touched),
        "touched_ceiling": _ints(ceilings.index(v) if v in ceilings else -1 for v in touched),
        "effect": np.ascontiguousarray(effect[touched]),
        "surplus": any(packing.layout.columns[j].kind == "carry" for j in packing.sides),
    }


def _node(packing: Packing, column: int) -> int:
    return int(np.flatnonzero(packing.tree.way == column)[0])


def _results(packing: Packing, problem: Problem, place: Ints) -> dict[str, Any]:
    """Where the flows of nodes and side links stand in columns and result arrays."""
    layout, parts, tree = packing.layout, problem.parts, packing.tree
    item = {int(j): int(i) for j, i in zip(parts.flow_column, parts.flow_item, strict=True)}
    stores, lagged = stores_of(layout), lagged_of(layout)
    ways = [_ways(packing, v) for v in tree.order]
    number = {j: k for k, j in enumerate(packing.variables)}
    slow = [
        (lagged.index(layout.columns[j].part), v, s)
        for j, v, s in (
            *((int(j), int(place[v]), -1) for v, j in enumerate(tree.way)),
            *((j, 0, s) for s, j in enumerate(packing.sides)),
        )
        if j >= 0 and layout.columns[j].kind in ("reach", "excess") and layout.columns[j].part in lagged
    ]
    return {
        "flow_item": _ints(item[int(tree.way[v])] if tree.way[v] >= 0 else -1 for v in tree.order),
        "way_start": _ints(np.cumsum([0, *map(len, ways)])),
        "way_column": _ints(j for found in ways for j in found),
        "side_item": _ints(item.get(j, -1) for j in packing.sides),
        "side_store": _ints(
            stores.index(layout.columns[j].part) if layout.columns[j].kind == "carry" else -1
            for j in packing.sides
        ),
        "side_column": _ints(packing.sides),
        "lag_item": _ints(i for i, _, _ in slow),
        "lag_node": _ints(v for _, v, _ in slow),
        "lag_side": _ints(s for _, _, s in slow),
        "take_variable": _ints(number[int(j)] for j in parts.take_column),
        "carry_variable": _ints(number[int(j)] for j in parts.carry_column),
        "evaporation_variable": _ints(number.get(int(j), -1) for j in parts.evaporation_column),
        "quota_variable": _ints(number[int(j)] for j in parts.quota_column),
    }


def _ways(packing: Packing, node: int) -> list[int]:
    """Columns whose flow counts as the main way's: itself, and excess that takes the same way."""
    way = int(packing.tree.way[node])
    if way < 0:
        return []
    over = packing.layout.place.get(("excess", packing.layout.columns[way].part), -1)
    return [way] if over < 0 or over in packing.sides else [way, over]
