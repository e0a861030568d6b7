"""Programme: an expansion with the bounds of one member and the costs of one coalition, solved by HiGHS.

Costs are million USD per million m3. What those who take no part had in the reference is a piece of its own
that earns a weight far above all prices: a soft guarantee. The matrix is passed once; members change bounds
and right-hand sides only, so that the dual simplex goes on from the last optimum.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mirab.core.errors import SolutionError
from mirab.core.flow.arrays import lagged_of, stores_of
from mirab.core.flow.expansion import GWH_PER_MCM_M, Expansion, Part, dead_volume
from mirab.core.flow.run import Run
from mirab.core.flow.worth import MILLION
from mirab.core.network import Network, Turbine
from mirab.core.values import Values

Floats = NDArray[np.float64]
HEAVY = 10.0
"""A guarantee weighs this many times what the dearest m3 can earn on its whole way."""
LEAST_USD = 0.1
FLOWS = ("turbine", "reach")
HELD = ("dead", "carry")
PERTURBED = "dual_simplex_cost_perturbation_multiplier"
FEW_ITERATIONS = 100_000


@dataclass(frozen=True)
class Bounds:
    """Lower and upper bounds of rows and upper bounds of columns (lower ones are 0) of one member."""

    row_lower: Floats
    row_upper: Floats
    upper: Floats


def weight(network: Network, values: Values) -> float:
    """USD per m3 of a guarantee: far more than a m3 can earn on its way through all plants and to a claim."""
    pieces = (*values.water.values(), *values.stored.values())
    water = max([LEAST_USD, *(piece.usd_per_m3 for own in pieces for piece in own)])
    power = sum(
        _most(network, plant) * np.max(values.power.get(plant.id, 0.0)) for plant in network.turbines.values()
    )
    return HEAVY * (water + float(power))


def _most(network: Network, plant: Turbine) -> float:
    """Most kWh that a m3 brings in a plant."""
    curve = network.stores[plant.store].curve if plant.store else None
    head = curve.head_m[-1] if plant.head_m is None and curve else plant.head_m or 0.0
    return GWH_PER_MCM_M * plant.efficiency * head


class Sides:
    """Bounds and costs of an expansion, with what each member had in the reference."""

    def __init__(self, expansion: Expansion, reference: Run, values: Values) -> None:
        self.expansion, self.values = expansion, values
        self.weight = weight(reference.model.network, values)
        self.axis, self.network = reference.axis, reference.model.network
        self.length = reference.axis.mcm_per_m3s
        self.inflow = _of_sources(expansion, reference)
        parts, start = expansion.problem.parts, reference.start
        self.volume = start.volume_mcm[:, parts.store_item]
        self.arrivals = [
            start.under_way_mcm[:, reference.model.items.lagged[id]] for id in lagged_of(expansion.layout)
        ]
        names = list(reference.model.items.quotas)
        own = [group for group in expansion.layout.groups if group in names]
        self.used = start.quota_used_mcm[:, [names.index(quota) for quota in own]]
        self.had = dict(_had(expansion, reference))
        self.fixed = self._fixed_rows()

    @property
    def members(self) -> int:
        """Number of members."""
        return len(self.volume)

    def water(self) -> Floats:
        """All water that comes to each member, million m3: to sort them wet to dry."""
        coming = np.einsum("mts,t->m", self.inflow, self.length)
        return np.asarray(coming + self.volume.sum(axis=1))

    def held(self, part: Part, states: Collection[str]) -> bool:
        """Whether a part belongs to the guarantee wholly or in part: not all of its owners take part.

        What has no price is held too, so that nobody gains by taking from it.
        """
        if part.kind in ("dead", "end_dead"):
            return True
        if part.kind in ("take", "end") and not self._priced(part):
            return True
        if part.kind in ("take", "turbine", "end"):
            return self.fraction(part, states) < 1.0
        return False

    def fraction(self, part: Part, states: Collection[str]) -> float:
        """Share of a part that belongs to these states."""
        if part.kind == "end_dead" or (part.kind in ("take", "end") and not self._priced(part)):
            return 0.0
        inside = sum(share for state, share in part.owners if state in states)
        return inside if inside < 1.0 - 1e-6 else 1.0

    def _priced(self, part: Part) -> bool:
        priced = self.values.water if part.kind == "take" else self.values.stored
        return part.part in priced and bool(part.owners)

    def costs(self, states: Collection[str]) -> Floats:
        """Costs of all columns when these states act together, others held by the weight."""
        cost = np.zeros(self.expansion.columns)
        for part in self.expansion.parts:
            if part.kind == "missing":
                cost[part.column] = self.weight
            elif part.kind in ("take", "turbine", "end", "dead", "end_dead"):
                share = self.fraction(part, states)
                fixed = self.weight * (1.0 - share) if self.held(part, states) and not part.beyond else 0.0
                cost[part.column] = -(share * part.worth + fixed)
        return cost

    @cached_property
    def usd(self) -> Floats:
        """Million USD that a million m3 in each column brings each state, at the frozen heads."""
        found = np.zeros((self.expansion.columns, len(self.network.states)))
        for part in self.expansion.parts:
            if part.kind in ("take", "turbine"):
                for state, share in part.owners:
                    found[part.column, self.network.states.index(state)] = share * part.worth
        return found

    def accounts(self, at: Floats) -> Floats:
        """Million USD of each state of the network from one member's column values, at the frozen heads."""
        found = np.asarray(at @ self.usd)
        for id in stores_of(self.expansion.layout):
            store, owners = self.network.stores[id], self.network.nodes[id].states
            if owners:
                left = sum(
                    at[p.column[-1]] for kind in HELD for p in self.expansion.by_item.get((kind, id), ())
                )
                usd = float(self.values.stored_usd(id, np.asarray(left), store.full_mcm))
                found[self.network.states.index(owners[0])] += usd / MILLION
        return found

    def guarantees(self, states: Collection[str]) -> Floats:
        """Costs that only weigh the guarantees: what is left of them is the least violation."""
        cost = np.where(self.guaranteed(states), -1.0, 0.0)
        cost[self.lacking] = 1.0
        return cost

    @cached_property
    def lacking(self) -> NDArray[np.int64]:
        """Columns of what is missing of in-stream flows."""
        own = [part.column for part in self.expansion.parts if part.kind == "missing"]
        return np.concatenate([np.zeros(0, dtype=np.int64), *own])

    def guaranteed(self, states: Collection[str]) -> NDArray[np.bool_]:
        """Columns that hold what is guaranteed while these states act together."""
        found = np.zeros(self.expansion.columns, dtype=bool)
        for part in self.expansion.parts:
            found[part.column] = self.held(part, states) and not part.beyond
        return found

    def missing(self, states: Collection[str], at: Floats) -> dict[tuple[str, str], Floats]:
        """Million m3 by which each guarantee is not kept, by (kind, item): shape (member,).

        `at` are the column values of all members.
        """
        found: dict[tuple[str, str], Floats] = {}
        for part in self.expansion.parts:
            if part.kind == "missing":
                short = at[:, part.column].sum(axis=1)
            elif self.held(part, states) and not part.beyond:
                had = np.stack([self._size(part, m, states) for m in range(self.members)])
                short = (had - at[:, part.column]).sum(axis=1)
            else:
                continue
            found[part.kind, part.part] = found.get((part.kind, part.part), 0.0) + np.maximum(short, 0.0)
        return found

    def bounds(self, member: int, states: Collection[str]) -> Bounds:
        """Bounds of one member when these states act together."""
        lower, upper_row = (rows.copy() for rows in self.fixed)
        self._water_of(member, lower, upper_row)
        upper = np.empty(self.expansion.columns)
        for part in self.expansion.parts:
            upper[part.column] = self._size(part, member, states)
        self._rest(upper)
        for k, id in enumerate(self.expansion.kept):
            (missing,) = self.expansion.by_item["missing", id]
            wanted = np.minimum(missing.size, self.had["missing", id][member])
            rows = self._kept_row(k)
            lower[rows], upper_row[rows] = wanted, np.inf
            upper[missing.column] = wanted
        return Bounds(lower, upper_row, upper)

    def _size(self, part: Part, member: int, states: Collection[str]) -> Floats:
        if not self.held(part, states):
            return np.zeros(part.size.size) if part.beyond else part.size
        had = self.had[part.kind, part.part][member]
        if part.kind in ("take", "end") and self.fraction(part, states) == 0.0:
            return self._in_one(part, had)
        below = np.clip(had - part.first, 0.0, part.size)
        if not part.beyond:
            return np.asarray(below)
        return part.size - below if self.fraction(part, states) > 0 else np.zeros(part.size.size)

    def _in_one(self, part: Part, had: Floats) -> Floats:
        """Pieces that all weigh the same are one: the first takes it all."""
        found = [p for p in self.expansion.by_item[part.kind, part.part] if not p.beyond]
        if part is not found[0]:
            return np.zeros(part.size.size)
        least, most = part.first, sum(p.size for p in found)
        return np.clip(had - least, 0.0, most)

    def _rest(self, upper: Floats) -> None:
        """What is not held has the room that the held pieces leave."""
        parts = self.expansion.by_item
        for (kind, name), found in parts.items():
            if kind == "carry" and ("dead", name) in parts:
                (dead,), (rest,) = parts["dead", name], found
                upper[rest.column] = rest.first + rest.size - upper[dead.column]
            elif kind == "reach" and ("turbine", name) in parts:
                (rest,) = found
                through = sum(upper[part.column] for part in parts["turbine", name])
                upper[rest.column] = np.maximum(rest.first + rest.size - through, 0.0)

    def _fixed_rows(self) -> tuple[Floats, Floats]:
        """Bounds of the rows without the member's water: equations of nodes and ends, bounds of groups."""
        own = self.expansion
        lower, upper = np.zeros(own.rows), np.zeros(own.rows)
        nodes, steps = len(own.layout.rows), own.steps
        caps = [g for g in own.layout.groups if g in self.network.caps]
        a_step = self.a_step
        for k, group in enumerate(caps):
            rows = nodes + k + a_step * np.arange(steps)
            lower[rows] = -np.inf
            upper[rows] = self.axis.spread(self.network.caps[group].flow_m3s) * self.length
        for k, (quota, _, _) in enumerate(own.quota_rows):
            lower[a_step * steps + k] = -np.inf
            upper[a_step * steps + k] = own.problem.parts.quota_volume[quota]
        return lower, upper

    @property
    def a_step(self) -> int:
        """Rows of one step."""
        own = self.expansion
        return len(own.layout.rows) + sum(g in self.network.caps for g in own.layout.groups) + len(own.kept)

    def _kept_row(self, k: int) -> NDArray[np.int64]:
        own = self.expansion
        caps = sum(g in self.network.caps for g in own.layout.groups)
        return len(own.layout.rows) + caps + k + self.a_step * np.arange(own.steps)

    def _water_of(self, member: int, lower: Floats, upper: Floats) -> None:
        own, parts = self.expansion, self.expansion.problem.parts
        water = np.zeros((own.steps, self.a_step))
        for s, row in enumerate(parts.source_row):
            if row >= 0:
                water[:, row] += self.inflow[member, :, s] * self.length
        water[0, parts.store_row] += self.volume[member]
        water[:, parts.store_row] -= own.frozen.fixed_mcm[member]
        for arrivals, row, lag in zip(self.arrivals, parts.lag_row, parts.lag_steps, strict=True):
            count = min(int(lag), own.steps)
            if row >= 0:
                water[:count, row] += arrivals[member, :count]
        balance = water[:, : len(own.layout.rows)]
        at = (self.a_step * np.arange(own.steps))[:, None] + np.arange(len(own.layout.rows))
        lower[at] = upper[at] = balance
        for k, (quota, first, _) in enumerate(own.quota_rows):
            if first == 0:
                left = parts.quota_volume[quota] - self.used[member, quota]
                upper[self.a_step * own.steps + k] = max(left, 0.0)


def _of_sources(expansion: Expansion, reference: Run) -> Floats:
    """Inflow of the sources of a component after the losses of folded reaches, (member, time, source)."""
    parts = expansion.problem.parts
    return np.asarray(inflow_of(reference)[:, :, parts.source_item] * parts.source_gain)


def inflow_of(run: Run) -> Floats:
    """Inflow of all sources, in the order of the network and not of the run: (member, time, source)."""
    given = run.inflow.part(0, run.inflow.members)
    return given.select(tuple(run.model.items.sources)).values()


def _had(expansion: Expansion, run: Run) -> Iterator[tuple[tuple[str, str], Floats]]:
    """What each part had in the reference, million m3, shape (member, time) or (member, 1) at the end."""
    length, network = run.axis.mcm_per_m3s[:, None], run.model.network
    for kind, name in expansion.by_item:
        if kind == "take":
            yield (kind, name), (run.delivered[name] * length).T
        elif kind == "turbine":
            yield (kind, name), (run.flow[name] * length).T
        elif kind == "dead":
            yield (kind, name), np.minimum(run.volume[name], dead_volume(network.stores[name])).T
        elif kind in ("end", "end_dead"):
            yield (kind, name), run.volume[name][-1:].T
        elif kind == "missing":
            yield (kind, name), (run.flow[network.instreams[name].reach] * length).T


class Solver:
    """HiGHS with the matrix of an expansion; each solution goes on from the last basis.

    Raises SolutionError where it does not end with an optimum.
    """

    def __init__(self, expansion: Expansion, cost: Floats, bounds: Bounds) -> None:
        import highspy

        self.expansion = expansion
        # Its stubs lack changeRowsBounds.
        self.highs: Any = highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("solver", "simplex"), (PERTURBED, 0.0)):
            self.highs.setOptionValue(name, value)
        self.highs.setOptionValue("simplex_iteration_limit", FEW_ITERATIONS)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = expansion.columns, expansion.rows
        self.lower = np.zeros(expansion.columns)
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, self.lower, bounds.upper
        lp.row_lower_, lp.row_upper_ = bounds.row_lower, bounds.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = expansion.begins, expansion.row
        lp.a_matrix_.value_ = expansion.value
        self.highs.passModel(lp)
        self.bounds = bounds

    def price(self, cost: Floats) -> None:
        """Change all costs."""
        self.highs.changeColsCost(cost.size, np.arange(cost.size, dtype=np.int32), cost)

    def bound(self, bounds: Bounds, lower: Floats | None = None) -> None:
        """Change the bounds and right-hand sides that differ from those that it has."""
        least = np.zeros(self.lower.size) if lower is None else lower
        old, at = self.bounds, _different((least, self.lower), (bounds.upper, self.bounds.upper))
        self.highs.changeColsBounds(at.size, at, least[at], bounds.upper[at])
        at = _different((bounds.row_lower, old.row_lower), (bounds.row_upper, old.row_upper))
        self.highs.changeRowsBounds(at.size, at, bounds.row_lower[at], bounds.row_upper[at])
        self.bounds, self.lower = bounds, least

    def solve(self) -> Floats:
        """Column values at an optimum; a basis that leads nowhere is dropped, and costs are perturbed."""
        import highspy

        if not self.lower.size:
            return np.zeros(0)
        for perturbed in (0.0, 1.0):
            self.highs.setOptionValue(PERTURBED, perturbed)
            self.highs.run()
            if self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
                return np.asarray(self.highs.getSolution().col_value)
            self.highs.clearSolver()
        told = self.highs.modelStatusToString(self.highs.getModelStatus())
        name = self.expansion.layout.network.name
        raise SolutionError(
            f"the horizon of {name} ended as {told!r}; check for inflows or capacities of very different "
            "size, or run fewer steps"
        )

    @property
    def iterations(self) -> int:
        """Iterations of the simplex in the last solution."""
        return int(self.highs.getInfo().simplex_iteration_count)


def _different(*pairs: tuple[Floats, Floats]) -> NDArray[np.int32]:
    changed = np.logical_or.reduce([one != other for one, other in pairs])
    return np.flatnonzero(changed).astype(np.int32)
