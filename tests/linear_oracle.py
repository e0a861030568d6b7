"""The optimum over all steps once more, written from the declared network for scipy, and not from our arrays.

Every part is a variable of its own (energy, slack, volume), nothing is folded or split: a second hand.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from mirab.core.calendar import season, water_year
from mirab.core.flow.expansion import binding, dead_volume, flow_limit
from mirab.core.flow.layout import all_reaches
from mirab.core.flow.run import Run
from mirab.core.values import Piece, Values


class Rows:
    """A programme in words: variables and rows by name."""

    def __init__(self) -> None:
        self.variables: dict[tuple[object, ...], int] = {}
        self.cost: list[float] = []
        self.upper: list[float] = []
        self.equal: dict[object, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        self.right: dict[object, float] = defaultdict(float)
        self.most: list[tuple[dict[int, float], float]] = []

    def variable(self, *name: object, earns: float = 0.0, upper: float = np.inf) -> int:
        self.variables[name] = len(self.cost)
        self.cost.append(-earns)
        self.upper.append(upper)
        return self.variables[name]

    def solve(self) -> float:
        names = list(self.equal)
        entries = [(i, j, v) for i, name in enumerate(names) for j, v in self.equal[name].items()]
        below = [(i, j, v) for i, (row, _) in enumerate(self.most) for j, v in row.items()]
        result = linprog(
            self.cost,
            A_eq=_matrix(entries, len(names), len(self.cost)),
            b_eq=[self.right[name] for name in names],
            A_ub=_matrix(below, len(self.most), len(self.cost)) if self.most else None,
            b_ub=[right for _, right in self.most] or None,
            bounds=np.column_stack([np.zeros(len(self.cost)), self.upper]),
            method="highs",
        )
        assert result.status == 0, result.message
        return float(-result.fun)


def _matrix(entries: list[tuple[int, int, float]], rows: int, columns: int) -> coo_array:
    i, j, v = zip(*entries, strict=True)
    return coo_array((v, (i, j)), shape=(rows, columns))


def best(run: Run, values: Values, states: tuple[str, ...], member: int, weight: float) -> float:
    """Benefits of the states less weighted shortfalls of the guarantees, million USD, at the optimum."""
    rows, network, axis = Rows(), run.model.network, run.axis
    conserving = {node.id for node in network.nodes.values() if node.kind != "boundary"}
    for t, length in enumerate(axis.mcm_per_m3s):
        for source in run.model.items.sources:
            rows.right[source, t] += run.inflow.part(0, run.inflow.members)[source][t, member] * length
        for reach in all_reaches(network).values():
            flow = rows.variable("flow", reach.id, t)
            rows.equal[reach.tail, t][flow] += 1.0
            if reach.head in conserving and t + reach.lag < len(axis):
                rows.equal[reach.head, t + reach.lag][flow] -= 1.0 - reach.loss
            if reach.capacity_m3s is not None and reach.excess_to != reach.head:
                rows.upper[flow] = reach.capacity_m3s * length
        _claims(rows, run, values, states, (t, member), weight)
        _stores(rows, run, (t, member), weight)
        _plants(rows, run, values, states, (t, member), weight)
        for id in binding(network):
            kept = network.instreams[id]
            wanted = min(axis.spread(kept.flow_m3s)[t], run.flow[kept.reach][t, member]) * length
            slack = rows.variable("missing", id, t, earns=-weight)
            rows.most.append(({rows.variables["flow", kept.reach, t]: -1.0, slack: -1.0}, -wanted))
        for cap in network.caps.values():
            taken = {rows.variables["take", claim, t]: 1.0 for claim in cap.claims}
            rows.most.append((taken, axis.spread(cap.flow_m3s)[t] * length))
    _under_way(rows, run, member)
    _quotas(rows, run, member)
    _ends(rows, run, values, states, member, weight)
    return rows.solve()


def _pieces(
    rows: Rows, whole: int, size: float, pieces: tuple[Piece, ...], share: float, name: tuple[object, ...]
) -> None:
    """Variables that add up to another one, each earning the worth of its piece."""
    below = 0.0
    row = rows.equal[("pieces", *name)]
    row[whole] -= 1.0
    for k, piece in enumerate(pieces):
        upper = (piece.to - below) * size
        row[rows.variable("piece", *name, k, earns=share * piece.usd_per_m3, upper=upper)] += 1.0
        below = piece.to
    row[rows.variable("worthless", *name, upper=1e-9)] += 1.0


def _claims(
    rows: Rows, run: Run, values: Values, states: tuple[str, ...], at: tuple[int, int], weight: float
) -> None:
    (t, member), network, axis = at, run.model.network, run.axis
    for claim in network.claims.values():
        asked = axis.spread(claim.demand_m3s)[t] * axis.mcm_per_m3s[t]
        take = rows.variable("take", claim.id, t, upper=asked)
        rows.equal[claim.node, t][take] += 1.0
        if claim.return_node in network.nodes and network.nodes[claim.return_node].kind != "boundary":
            rows.equal[claim.return_node, t][take] -= claim.return_fraction
        priced = claim.id in values.water and claim.shares
        share = sum(s for state, s in claim.shares if state in states) if priced else 0.0
        if share:
            _pieces(rows, take, asked, values.water[claim.id], share, ("claim", claim.id, t))
        had = run.delivered[claim.id][t, member] * axis.mcm_per_m3s[t]
        slack = rows.variable("short", claim.id, t, earns=-weight * (1.0 - share))
        rows.most.append(({take: -1.0, slack: -1.0}, -had))


def _stores(rows: Rows, run: Run, at: tuple[int, int], weight: float) -> None:
    (t, member), network, axis = at, run.model.network, run.axis
    for s, store in enumerate(network.stores.values()):
        held = rows.variable("volume", store.id, t, upper=store.full_mcm)
        volume, evaporated = run.volume[store.id][t], run.evaporated[store.id][t] * axis.mcm_per_m3s[t]
        wet = volume > 1e-6
        lost = float((evaporated[wet] / volume[wet]).min()) if wet.any() else 0.0
        rows.right[store.id, t] -= evaporated[member] - lost * volume[member]
        rows.equal[store.id, t][held] += 1.0 + lost
        if t:
            rows.equal[store.id, t][rows.variables["volume", store.id, t - 1]] -= 1.0
        else:
            rows.right[store.id, t] += run.start.volume_mcm[member, s]
        dead = min(dead_volume(store), run.volume[store.id][t, member])
        slack = rows.variable("dead", store.id, t, earns=-weight)
        rows.most.append(({held: -1.0, slack: -1.0}, -dead))


def _plants(
    rows: Rows, run: Run, values: Values, states: tuple[str, ...], at: tuple[int, int], weight: float
) -> None:
    (t, member), network, axis = at, run.model.network, run.axis
    length = axis.mcm_per_m3s[t]
    limits: dict[str, float] = {}
    for plant in network.turbines.values():
        flow = rows.variables["flow", plant.reach, t]
        tail = network.nodes[all_reaches(network)[plant.reach].tail]
        head = _head(run, plant.id, t)
        limit = float(flow_limit(plant, np.array([head]))[0]) * length
        reach = all_reaches(network)[plant.reach]
        if reach.capacity_m3s is not None and reach.excess_to != reach.head:
            limit = min(limit, reach.capacity_m3s * length)
        limits[plant.reach] = max(limits.get(plant.reach, 0.0), limit)
        price = axis.spread(values.power.get(plant.id, 0.0))[t]
        if tail.states and tail.states[0] in states:
            a_mcm = 9.81 * plant.efficiency * head / 3600.0
            through = rows.variable("through", plant.id, t, earns=price * a_mcm, upper=limit)
            rows.most.append(({through: 1.0, flow: -1.0}, 0.0))
    for name, limit in limits.items():
        tail = network.nodes[all_reaches(network)[name].tail]
        if not tail.states or tail.states[0] not in states:
            had = min(run.flow[name][t, member] * length, limit)
            slack = rows.variable("less", name, t, earns=-weight)
            rows.most.append(({rows.variables["flow", name, t]: -1.0, slack: -1.0}, -had))


def _head(run: Run, plant_id: str, t: int) -> float:
    plant = run.model.network.turbines[plant_id]
    if plant.head_m is not None or plant.store is None:
        return plant.head_m or 0.0
    curve = run.model.network.stores[plant.store].curve
    after = run.volume[plant.store].mean(axis=1)
    before = after[t - 1] if t else run.start.volume_mcm[:, run.model.items.stores[plant.store]].mean()
    return float(np.interp(0.5 * (before + after[t]), curve.volume_mcm, curve.head_m))


def _under_way(rows: Rows, run: Run, member: int) -> None:
    for id, k in run.model.items.lagged.items():
        reach = all_reaches(run.model.network)[id]
        for t in range(min(reach.lag, len(run.axis))):
            rows.right[reach.head, t] += run.start.under_way_mcm[member, k, t]


def _quotas(rows: Rows, run: Run, member: int) -> None:
    for q, quota in enumerate(run.model.network.quotas.values()):
        spells: dict[object, list[int]] = {}
        for t, day in enumerate(run.axis.starts):
            if quota.season in ("water_year", season(day)):
                key = water_year(day) if quota.season == "water_year" else (day.year, season(day))
                spells.setdefault(key, []).append(t)
        for steps in spells.values():
            used = run.start.quota_used_mcm[member, q] if steps[0] == 0 else 0.0
            taken = {rows.variables["take", claim, t]: 1.0 for claim in quota.claims for t in steps}
            rows.most.append((taken, quota.volume_mcm - used))


def _ends(rows: Rows, run: Run, values: Values, states: tuple[str, ...], member: int, weight: float) -> None:
    network, last = run.model.network, len(run.axis) - 1
    for store in network.stores.values():
        held = rows.variables["volume", store.id, last]
        owners = network.nodes[store.id].states[:1]
        had = run.volume[store.id][last, member]
        if store.id in values.stored and owners and owners[0] in states:
            _pieces(rows, held, store.full_mcm, values.stored[store.id], 1.0, ("end", store.id))
            had = min(had, dead_volume(store))
        slack = rows.variable("end", store.id, earns=-weight)
        rows.most.append(({held: -1.0, slack: -1.0}, -had))
