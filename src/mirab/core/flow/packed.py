"""Packed: a packing over a time axis as the structs that the claims kernel reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mirab.core.flow.arrays import lagged_of, merged, quotas_of, stores_of
from mirab.core.flow.kernels.claims import Asks, Losses, Water
from mirab.core.flow.kernels.lanes import Carry, Columns, Packed, Places
from mirab.core.flow.kernels.proving import Draws, Sides
from mirab.core.flow.kernels.stepping import Problem
from mirab.core.flow.packing import ZERO, Packing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Counts = NDArray[np.uint64]


def packed_of(packing: Packing, problem: Problem) -> Packed:
    """Everything that the claims kernel needs beside what K2 needs for the same component and axis."""
    place = np.empty(len(packing.layout.rows), dtype=np.int64)
    place[list(packing.tree.order)] = np.arange(len(place))
    return Packed(
        water=_water(packing, problem, place),
        losses=_losses(problem),
        asks=_asks(packing, problem),
        draws=_draws(packing, problem, place),
        sides=_sides(packing, problem, place),
        carry=_carry(packing, problem, place),
        places=_places(packing, problem),
        columns=_columns(packing, problem),
        is_exact=packing.is_exact,
        keeps_more=any(packing.layout.columns[j].kind == "carry" for j in packing.sides),
    )


def _ints(values: Iterable[int]) -> Ints:
    return np.array(list(values), dtype=np.int64)


def _counts(values: Iterable[int]) -> Counts:
    """Places in arrays as unsigned numbers: the compiler need not ask whether they count from the end."""
    return np.array(list(values), dtype=np.uint64)


def _compressed(dense: Floats) -> tuple[Counts, Counts, Floats]:
    """Start, place and value of the entries of each row."""
    rows, places = np.nonzero(np.abs(dense) > ZERO)
    start = np.searchsorted(rows, np.arange(len(dense) + 1))
    return _counts(start), _counts(places), np.ascontiguousarray(dense[rows, places])


def _water(packing: Packing, problem: Problem, place: Ints) -> Water:
    tree, parts = packing.tree, problem.parts
    parent = tree.parent[list(tree.order)]
    start, node, part = _compressed(packing.rows.natural)

    def nodes(rows: Ints) -> Ints:
        return np.where(rows >= 0, place[rows], -1)

    return Water(
        parent=nodes(parent),
        gain=tree.gain[list(tree.order)],
        source_node=nodes(parts.source_row),
        source_item=parts.source_item,
        source_gain=parts.source_gain,
        store_node=nodes(parts.store_row),
        arrival_node=nodes(parts.lag_row),
        row_start=start,
        row_node=_counts(place[node]),
        row_part=part,
        base=_base(packing, problem),
    )


def _losses(problem: Problem) -> Losses:
    volume, area = problem.parts.curve_volume, problem.parts.curve_area
    wide = np.diff(volume, axis=1)
    slope = np.diff(area, axis=1) / np.where(wide > 0.0, wide, 1.0)
    return Losses(problem.steps.evaporation_mm, volume, area, wide, slope)


def _base(packing: Packing, problem: Problem) -> Floats:
    """Room by step and row that does not come with the water, and what helping variables may bring.

    Sums without BLAS: its threads wait busily for more work when they are done, beside the run.
    """
    bounds = [_bound(packing, problem, limit) for limit in packing.limits]
    series = np.array(bounds).reshape(len(bounds), len(problem.steps.mcm_per_m3s))
    helps = np.flatnonzero((packing.rows.y < 0).any(axis=0))
    brought = np.maximum(-packing.rows.y[:, helps], 0.0)
    helped = np.einsum("tk,rk->tr", _most(packing, problem)[:, helps], brought)
    return np.ascontiguousarray(np.einsum("lt,rl->tr", series, packing.rows.caps) + helped)


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


def _quota_rows(packing: Packing) -> Ints:
    groups = {number: i for i, (kind, number) in enumerate(packing.limits) if kind == "group"}
    numbers = [packing.layout.groups.index(quota) for quota in quotas_of(packing.layout)]
    return _ints(int(np.flatnonzero(packing.rows.caps[:, groups[number]])[0]) for number in numbers)


def _asks(packing: Packing, problem: Problem) -> Asks:
    rows, layout = packing.rows, packing.layout
    groups = merged(layout.requests)
    number = {j: k for k, j in enumerate(packing.variables)}
    variable = [number[group[0].column] for group in groups]
    last = {k: r for r, k in enumerate(variable)}
    helps = {int(k) for k in np.flatnonzero((rows.y < 0).any(axis=0))}
    stores = stores_of(layout)
    start, row, taken = _compressed(np.maximum(rows.y, 0.0).T)
    brought_start, brought_row, brought = _compressed(np.maximum(-rows.y, 0.0).T)
    starts = problem.requests.class_start
    carried = {number[int(j)] for j in problem.parts.carry_column}
    classes = [(int(a), int(b)) for a, b in zip(starts, starts[1:], strict=False)]
    used = [np.flatnonzero((rows.y[:, variable[a:b]] > 0).any(axis=1)) for a, b in classes]
    uses = [
        [(r - a, float(rows.y[i, variable[r]])) for r in range(a, b) if rows.y[i, variable[r]] > 0]
        for (a, b), found in zip(classes, used, strict=True)
        for i in found
    ]
    return Asks(
        target=problem.steps.target,
        variable=_counts(variable),
        class_start=_ints(starts),
        taken_start=start,
        taken_row=row,
        taken=taken,
        inverse=1.0 / taken,
        class_row_start=_ints(np.cumsum([0, *map(len, used)])),
        class_row=_counts(int(i) for found in used for i in found),
        use_start=_ints(np.cumsum([0, *map(len, uses)])),
        use_request=_counts(r for row_uses in uses for r, _ in row_uses),
        use_part=np.array([part for row_uses in uses for _, part in row_uses], dtype=float),
        brought_start=brought_start,
        brought_row=brought_row,
        brought=brought,
        most=_most(packing, problem),
        settles=np.array([k in helps and last[k] == r for r, k in enumerate(variable)], dtype=bool),
        evaporation_store=_ints(
            stores.index(group[0].part) if group[0].kind == "evaporation" else -1 for group in groups
        ),
        storing=max((c + 1 for c, (a, b) in enumerate(classes) if carried & set(variable[a:b])), default=0),
    )


def _draws(packing: Packing, problem: Problem, place: Ints) -> Draws:
    count, nodes = len(packing.variables), len(packing.layout.rows)
    draw, held, back = (np.full(count, -1) for _ in range(3))
    part = np.zeros(count)
    main = {int(j): v for v, j in enumerate(packing.tree.way)}
    for k, j in enumerate(packing.variables):
        column = packing.layout.columns[j]
        if j in main:
            held[k] = place[main[j]]
        elif column.kind != "reach":
            entries = [(row, value) for row, value in column.entries if row < nodes]
            draw[k] = next(place[row] for row, value in entries if value > 0)
            back[k], part[k] = _return(entries, place)
    number = {j: k for k, j in enumerate(packing.variables)}
    carry = _counts(number[int(j)] for j in problem.parts.carry_column)
    order = list(packing.tree.order)
    parent = packing.tree.parent[order]
    return Draws(
        parent=np.where(parent >= 0, place[parent], -1),
        gain=packing.tree.gain[order],
        draw_node=draw,
        held_node=held,
        return_node=back,
        return_part=part,
        carry_variable=carry,
    )


def _return(entries: Sequence[tuple[int, float]], place: Ints) -> tuple[int, float]:
    """Node and part that come back; a return to the place of the take is what its entry lacks of 1."""
    for row, value in entries:
        if value < 0:
            return int(place[row]), -value
    row, value = entries[0]
    return (int(place[row]), 1.0 - value) if value < 1.0 else (-1, 0.0)


def _sides(packing: Packing, problem: Problem, place: Ints) -> Sides:
    layout, tree = packing.layout, packing.tree
    effect = packing.gained[list(tree.order)]
    touched = np.flatnonzero((np.abs(effect) > ZERO).any(axis=1))
    held = {
        int(place[v]): packing.variables.index(int(j))
        for v, j in enumerate(tree.way)
        if j in packing.variables
    }
    ceilings = [int(place[v]) for v in packing.capped]
    steps = len(problem.steps.mcm_per_m3s)
    series = [_bound(packing, problem, ("main", v)) for v in packing.capped]
    stores = stores_of(layout)
    kinds = [layout.columns[j].kind for j in packing.sides]
    return Sides(
        ceiling_node=_ints(ceilings),
        ceiling=np.array(series).reshape(len(series), steps).T.copy(),
        variable=_ints(
            packing.variables.index(j) if kind == "reach" and j in packing.variables else -1
            for j, kind in zip(packing.sides, kinds, strict=True)
        ),
        store=_ints(
            stores.index(layout.columns[j].part) if kind == "carry" else -1
            for j, kind in zip(packing.sides, kinds, strict=True)
        ),
        limit=np.ascontiguousarray(problem.steps.upper[:, list(packing.sides)]),
        cost=packing.cost,
        touched=_ints(touched),
        touched_held=_ints(held.get(int(v), -1) for v in touched),
        touched_ceiling=_ints(ceilings.index(int(v)) if v in ceilings else -1 for v in touched),
        effect=np.ascontiguousarray(effect[touched]),
    )


def _places(packing: Packing, problem: Problem) -> Places:
    parts, tree = problem.parts, packing.tree
    item = {int(j): int(i) for j, i in zip(parts.flow_column, parts.flow_item, strict=True)}
    number = {j: k for k, j in enumerate(packing.variables)}
    stores = zip(parts.store_item, parts.evaporation_column, strict=True)
    evaporates = [(i, number[int(j)]) for i, j in stores if int(j) in number]
    ways = [(item[int(tree.way[v])], i) for i, v in enumerate(tree.order) if int(tree.way[v]) in item]
    node, sides, more = dict(ways), dict[int, int](), []
    for s, j in enumerate(packing.sides):
        if item.get(j, -1) in node or item.get(j, -1) in sides:
            more.append((s, node.get(item[j], -1), sides.get(item[j], -1)))
        elif j in item:
            sides[item[j]] = s
    return Places(
        flow_item=_ints(node),
        flow_node=_ints(node.values()),
        side_item=_ints(sides),
        side_number=_ints(sides.values()),
        more_side=_ints(s for s, _, _ in more),
        more_node=_ints(v for _, v, _ in more),
        more_into=_ints(s for _, _, s in more),
        take_item=parts.take_item,
        take_variable=_ints(number[int(j)] for j in parts.take_column),
        store_item=parts.store_item,
        store_number=np.arange(len(parts.store_item)),
        evaporated_item=_ints(i for i, _ in evaporates),
        evaporated_variable=_ints(k for _, k in evaporates),
    )


def selected(places: Places, chosen: Mapping[str, Sequence[int]]) -> Places:
    """The places of chosen items by quantity (flow, volume, delivered, evaporated), numbered as chosen."""

    def pick(name: str, items: Ints, numbers: Ints) -> tuple[Ints, Ints]:
        number = dict(zip(items.tolist(), numbers.tolist(), strict=True))
        found = [(i, number[item]) for i, item in enumerate(chosen.get(name, ())) if item in number]
        return _ints(i for i, _ in found), _ints(n for _, n in found)

    ways = pick("flow", places.flow_item, places.flow_node)
    sides = pick("flow", places.side_item, places.side_number)
    more = places.more_side, places.more_node, places.more_into
    taken = pick("delivered", places.take_item, places.take_variable)
    stored = pick("volume", places.store_item, places.store_number)
    evaporated = pick("evaporated", places.evaporated_item, places.evaporated_variable)
    return Places(*ways, *sides, *more, *taken, *stored, *evaporated)


def _columns(packing: Packing, problem: Problem) -> Columns:
    ways = [_ways(packing, v) for v in packing.tree.order]
    kinds = [packing.layout.columns[j].kind for j in packing.variables]
    return Columns(
        way_start=_ints(np.cumsum([0, *map(len, ways)])),
        way=_ints(j for found in ways for j in found),
        side=_ints(packing.sides),
        take=_ints(
            j if kind in ("take", "evaporation") else -1
            for j, kind in zip(packing.variables, kinds, strict=True)
        ),
        carry=problem.parts.carry_column,
    )


def _carry(packing: Packing, problem: Problem, place: Ints) -> Carry:
    parts, slow = problem.parts, _slow(packing, place)
    number = {j: k for k, j in enumerate(packing.variables)}
    return Carry(
        length=problem.steps.mcm_per_m3s,
        lag_steps=parts.lag_steps,
        lag_gain=parts.lag_gain,
        lag_item=_ints(i for i, _, _ in slow),
        lag_node=_ints(v for _, v, _ in slow),
        lag_side=_ints(s for _, _, s in slow),
        quota_row=_quota_rows(packing),
        quota_volume=parts.quota_volume,
        quota_open=parts.quota_open,
        quota_reset=parts.quota_reset,
        quota_start=parts.quota_start,
        quota_variable=_counts(number[int(j)] for j in parts.quota_column),
    )


def _ways(packing: Packing, node: int) -> list[int]:
    """Columns whose flow counts as the main way's: itself, and excess that takes the same way."""
    way = int(packing.tree.way[node])
    if way < 0:
        return []
    over = packing.layout.place.get(("excess", packing.layout.columns[way].part), -1)
    return [way] if over < 0 or over in packing.sides else [way, over]


def _slow(packing: Packing, place: Ints) -> list[tuple[int, int, int]]:
    """Number of each lagged reach, and the node (or side link) whose flow enters it."""
    lagged, columns = lagged_of(packing.layout), packing.layout.columns
    main = [(int(j), int(place[v]), -1) for v, j in enumerate(packing.tree.way) if j >= 0]
    side = [(j, 0, s) for s, j in enumerate(packing.sides) if columns[j].kind != "carry"]
    return [(lagged.index(columns[j].part), v, s) for j, v, s in [*main, *side] if columns[j].part in lagged]
