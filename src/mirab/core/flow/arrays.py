"""Arrays: a layout over a time axis as the structs that the kernels read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis, next_start, season, water_year
from mirab.core.flow.kernels.simplex import LOWER, UPPER, Matrix, Program, Requests
from mirab.core.flow.kernels.stepping import Parts, Problem, Steps
from mirab.core.flow.layout import Layout, Need, Request, all_reaches
from mirab.core.flow.packing import main_ways
from mirab.core.network import Network, Quota

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Items:
    """Position of each part of the network in the result arrays."""

    sources: Mapping[str, int]
    reaches: Mapping[str, int]
    stores: Mapping[str, int]
    claims: Mapping[str, int]
    lagged: Mapping[str, int]
    quotas: Mapping[str, int]

    @classmethod
    def of(cls, network: Network) -> Items:
        """Positions in order of declaration."""
        reaches = all_reaches(network)
        return cls(
            _number(node.id for node in network.nodes.values() if node.kind == "source"),
            _number(reaches),
            _number(network.stores),
            _number(network.claims),
            _number(reach.id for reach in reaches.values() if reach.lag),
            _number(network.quotas),
        )


def _number(ids: Iterable[str]) -> dict[str, int]:
    return {id: i for i, id in enumerate(ids)}


def problem_of(layout: Layout, axis: TimeAxis, items: Items) -> Problem:
    """Everything that the kernel needs to run one component over the axis."""
    requests = merged(layout.requests)
    program = program_of(layout)
    return Problem(
        program,
        program.asked,
        _steps(layout, requests, axis),
        _parts(layout, requests, axis, items),
    )


def program_of(layout: Layout) -> Program:
    """Sparse columns, costs and a first basis: the cheapest way out of every row, priced and inverted."""
    columns = layout.columns
    start = np.cumsum([0, *(len(column.entries) for column in columns)]).astype(np.int64)
    row = np.array([r for column in columns for r, _ in column.entries], dtype=np.int64)
    value = np.array([v for column in columns for _, v in column.entries])
    cost = np.array([column.cost for column in columns])
    matrix = layout.matrix()
    basis = _first_basis(layout)
    inverse = np.ascontiguousarray(np.linalg.inv(matrix[:, basis]))
    dual = cost[basis] @ inverse
    reduced = cost - dual @ matrix
    bounded = np.array([column.capped for column in columns])
    place = np.where(bounded & (reduced < 0), UPPER, LOWER).astype(np.int64)
    place[basis] = np.arange(basis.size)
    asked = _classes(merged(layout.requests))
    return Program(Matrix(start, row, value), cost, asked, basis, place, inverse, dual)


def _first_basis(layout: Layout) -> NDArray[np.int64]:
    """For each row its column on the cheapest way to a boundary that has no capacity."""
    artificial = [layout.place["artificial", node] for node in layout.rows]
    way = main_ways(layout, free=True).way
    return _ints([*np.where(way >= 0, way, artificial), *_slacks(layout)])


def _slacks(layout: Layout) -> list[int]:
    return [layout.place["slack", group] for group in layout.groups]


def merged(requests: tuple[Request, ...]) -> list[list[Request]]:
    """Requests that share a column and a priority, together; senior first."""
    merged: dict[tuple[int, int], list[Request]] = {}
    for request in requests:
        merged.setdefault((request.priority, request.column), []).append(request)
    return [merged[key] for key in sorted(merged)]


def _classes(requests: list[list[Request]]) -> Requests:
    priorities = [group[0].priority for group in requests]
    starts = [i for i, p in enumerate(priorities) if i == 0 or p != priorities[i - 1]]
    columns = np.array([group[0].column for group in requests], dtype=np.int64)
    return Requests(columns, np.array([*starts, len(priorities)], dtype=np.int64))


def _steps(layout: Layout, requests: list[list[Request]], axis: TimeAxis) -> Steps:
    length = axis.mcm_per_m3s
    upper = _upper(layout, axis)
    target = np.zeros((len(axis), len(requests)))
    for r, group in enumerate(requests):
        wanted = np.max([_target(request, axis) for request in group], axis=0)
        target[:, r] = np.minimum(
            wanted / length if group[0].kind == "zone" else wanted, upper[:, group[0].column]
        )
    network = layout.network
    caps = [_cap_rhs(network, group, upper, layout, axis) for group in layout.groups]
    cap_rhs = np.array(caps).T.reshape(len(axis), len(caps)).copy()
    month_days = np.array(
        [(next_start(d.replace(day=1), "month") - d.replace(day=1)).days for d in axis.starts]
    )
    depth = [
        axis.spread(network.stores[s].evaporation_mm) * axis.days / month_days for s in stores_of(layout)
    ]
    evaporation = np.array(depth).T.reshape(len(axis), len(depth)).copy()
    return Steps(upper, cap_rhs, target, length, evaporation)


def _upper(layout: Layout, axis: TimeAxis) -> Floats:
    network, reaches = layout.network, all_reaches(layout.network)
    upper = np.full((len(axis), len(layout.columns)), np.inf)
    for j, column in enumerate(layout.columns):
        capacity = reaches[column.part].capacity_m3s if column.kind == "reach" else None
        if capacity is not None:
            upper[:, j] = capacity
        elif column.kind == "carry":
            upper[:, j] = network.stores[column.part].full_mcm / axis.mcm_per_m3s
        elif column.kind == "take":
            upper[:, j] = axis.spread(network.claims[column.part].demand_m3s)
        elif column.kind in ("artificial", "evaporation"):
            upper[:, j] = 0.0
    return upper


def _target(request: Request, axis: TimeAxis) -> Floats:
    """Wanted amount by step: needs that consume add up, the largest of the others comes on top."""
    consumed, passing = np.zeros(len(axis)), np.zeros(len(axis))
    for need in request.needs:
        amount = ahead(axis, need)
        if need.consumes:
            consumed = consumed + amount
        else:
            passing = np.maximum(passing, amount)
    return consumed + passing


def ahead(axis: TimeAxis, need: Need) -> Floats:
    """The need's profile `ahead` steps later, scaled, on the steps of the axis."""
    if need.ahead == 0:
        return need.scale * axis.spread(need.profile)
    values = np.atleast_1d(np.asarray(need.profile, dtype=float))
    if values.size not in (1, 12, 36):
        shifted = np.concatenate([values[need.ahead :], np.repeat(values[-1], need.ahead)])[: len(axis)]
        return np.asarray(need.scale * shifted, dtype=float)
    starts = list(axis.starts)
    for _ in range(need.ahead):
        starts = [*starts[1:], next_start(starts[-1], axis.kind)]
    return need.scale * TimeAxis(axis.kind, tuple(starts)).spread(need.profile)


def _cap_rhs(network: Network, group: str, upper: Floats, layout: Layout, axis: TimeAxis) -> Floats:
    """Bound of a cap; for a quota the sum of its claims, which never binds while the season is closed."""
    if group in network.caps:
        return axis.spread(network.caps[group].flow_m3s)
    takes = [layout.place["take", claim] for claim in network.quotas[group].claims]
    return np.asarray(upper[:, takes].sum(axis=1), dtype=float)


def stores_of(layout: Layout) -> list[str]:
    """Stores of a component, in order of declaration."""
    return [store for store in layout.network.stores if store in layout.rows]


def lagged_of(layout: Layout) -> list[str]:
    """Lagged reaches of a component, in order of declaration."""
    return [
        id for id, reach in all_reaches(layout.network).items() if reach.lag and reach.tail in layout.rows
    ]


def quotas_of(layout: Layout) -> list[str]:
    """Quotas of a component, in order of declaration."""
    return [group for group in layout.groups if group in layout.network.quotas]


def _ints(values: Iterable[int]) -> NDArray[np.int64]:
    return np.array(list(values), dtype=np.int64)


def _parts(layout: Layout, requests: list[list[Request]], axis: TimeAxis, items: Items) -> Parts:
    network, reaches = layout.network, all_reaches(layout.network)
    sources = [n for n in items.sources if n in layout.rows or n in layout.folded]
    entry = [
        (layout.folded[n].head, 1.0 - layout.folded[n].loss) if n in layout.folded else (n, 1.0)
        for n in sources
    ]
    stores = stores_of(layout)
    evaporation = [layout.place.get(("evaporation", s), -1) for s in stores]
    asked = {group[0].column: r for r, group in enumerate(requests)}
    volumes, areas = _curves(network, stores)
    flows = [(j, c.part) for j, c in enumerate(layout.columns) if c.kind in ("reach", "excess")]
    lagged = [(j, part) for j, part in flows if reaches[part].lag]
    slow = lagged_of(layout)
    takes = list(layout.of_kind("take"))
    quotas = [network.quotas[g] for g in quotas_of(layout)]
    quota_takes = [[layout.place["take", claim] for claim in quota.claims] for quota in quotas]
    return Parts(
        source_row=_ints(layout.rows.get(head, -1) for head, _ in entry),
        source_item=_ints(items.sources[n] for n in sources),
        source_gain=np.array([gain for _, gain in entry]),
        store_row=_ints(layout.rows[s] for s in stores),
        store_item=_ints(items.stores[s] for s in stores),
        carry_column=_ints(layout.place["carry", s] for s in stores),
        evaporation_column=_ints(evaporation),
        evaporation_request=_ints(asked.get(j, -1) for j in evaporation),
        curve_volume=volumes,
        curve_area=areas,
        flow_column=_ints(j for j, _ in flows),
        flow_item=_ints(items.reaches[part] for _, part in flows),
        lag_column=_ints(j for j, _ in lagged),
        lag_item=_ints(slow.index(part) for _, part in lagged),
        lag_row=_ints(layout.rows.get(reaches[id].head, -1) for id in slow),
        lag_gain=np.array([1.0 - reaches[id].loss for id in slow]),
        lag_steps=_ints(reaches[id].lag for id in slow),
        take_column=_ints(j for j, _ in takes),
        take_item=_ints(items.claims[c.part] for _, c in takes),
        quota_row=_ints(len(layout.rows) + layout.groups.index(q.id) for q in quotas),
        quota_start=_ints(np.cumsum([0, *(len(columns) for columns in quota_takes)])),
        quota_column=_ints(j for columns in quota_takes for j in columns),
        quota_volume=np.array([q.volume_mcm for q in quotas]),
        quota_open=_by_quota(quotas, axis, _open),
        quota_reset=_by_quota(quotas, axis, _reset),
    )


def _curves(network: Network, stores: list[str]) -> tuple[Floats, Floats]:
    """Volume and area tables of the stores, padded to one length with a flat end."""
    curves = [network.stores[s].curve for s in stores]
    longest = max([len(curve.volume_mcm) for curve in curves if curve] + [2])
    volumes = np.tile(np.arange(1.0, longest + 1.0), (len(stores), 1))
    areas = np.zeros((len(stores), longest))
    for i, curve in enumerate(curves):
        if curve:
            points = len(curve.volume_mcm)
            extra = curve.volume_mcm[-1] + np.arange(1.0, longest - points + 1.0)
            volumes[i] = [*curve.volume_mcm, *extra]
            areas[i] = [*curve.area_km2, *[curve.area_km2[-1]] * (longest - points)]
    return volumes, areas


def _by_quota(
    quotas: list[Quota], axis: TimeAxis, mark: Callable[[Quota, TimeAxis], list[bool]]
) -> NDArray[np.bool_]:
    marks = np.zeros((len(axis), len(quotas)), dtype=bool)
    for q, quota in enumerate(quotas):
        marks[:, q] = mark(quota, axis)
    return marks


def marks_of(quota: Quota, axis: TimeAxis) -> tuple[list[bool], list[bool]]:
    """In which steps a quota counts, and in which it starts afresh."""
    return _open(quota, axis), _reset(quota, axis)


def _open(quota: Quota, axis: TimeAxis) -> list[bool]:
    return [quota.season in ("water_year", season(day)) for day in axis.starts]


def _reset(quota: Quota, axis: TimeAxis) -> list[bool]:
    """True on the first step of each season but the first, whose use so far is part of the state."""
    spells = [_spell(quota, day) for day in axis.starts]
    return [i > 0 and spell != spells[i - 1] for i, spell in enumerate(spells)]


def _spell(quota: Quota, day: date) -> int | str:
    return water_year(day) if quota.season == "water_year" else season(day)


def seasons_over(network: Network, axis: TimeAxis) -> list[bool]:
    """For each quota whether its season ends with the axis, so that its use is not handed on."""
    return [_spell(q, axis.end) != _spell(q, axis.starts[-1]) for q in network.quotas.values()]
