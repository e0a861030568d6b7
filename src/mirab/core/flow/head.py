"""Heads that follow the volumes: successive linear programmes with a trust region on storage.

The energy of a plant is flow times head, and the head hangs on the volume: not linear, not concave. Around
a point both factors are taken as they are there and the change of head as a change of what a volume is worth;
the programme may move volumes by a radius only, which grows where the estimate was good and shrinks where it
was not (the method is that of Palacios-Gomez, Lasdon and Engquist 1982). It ends in a local optimum, so that
it is begun from two points: the optimum with the frozen heads and that with the heads of full stores.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mirab.core.errors import SolutionError
from mirab.core.flow.arrays import stores_of
from mirab.core.flow.expansion import GWH_PER_MCM_M, flow_limit, head_of, slices
from mirab.core.flow.programme import FLOWS, Bounds, Sides, Solver
from mirab.core.network import Turbine

Floats = NDArray[np.float64]
RADIUS, SMALLEST, LARGEST = 0.3, 2e-3, 1.0
ENOUGH = 1e-5
MOST_PROGRAMMES = 60


def varying(sides: Sides, states: Collection[str]) -> list[str]:
    """Reaches whose plants belong to these states and have, one of them, a head that follows a store."""
    network, found = sides.network, []
    own = {p.part: p for p in sides.expansion.parts if p.kind == "turbine"}
    for reach, part in own.items():
        plants = [plant for plant in network.turbines.values() if plant.reach == reach]
        moves = any(plant.head_m is None and plant.store in sides.expansion.layout.rows for plant in plants)
        if moves and sides.fraction(part, states) > 0:
            found.append(reach)
    return found


@dataclass
class Search:
    """The search for one member; counts its programmes and the steps of the simplex."""

    sides: Sides
    solver: Solver
    reaches: list[str]
    member: int
    cost: Floats
    bounds: Bounds
    programmes: int = 0
    iterations: int = 0
    fixed: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.fixed = self.cost.copy()
        for reach in self.reaches:
            for part in self.sides.expansion.by_item["turbine", reach]:
                self.fixed[part.column] = 0.0

    def best(self, at: Floats) -> tuple[Floats, float]:
        """Column values of the best end of the searches, and its gain over `at`, million USD."""
        before = self.value(at)
        ends = [self._follow(at), self._follow(self._full())]
        gains = [self.value(end) - before for end in ends]
        choice = int(np.argmax(gains))
        return (ends[choice], gains[choice]) if gains[choice] > 0 else (at, 0.0)

    def value(self, at: Floats) -> float:
        """What the column values are worth with the heads that their volumes give, weights included."""
        middle = self._middle(at)
        energy = sum(self._power(plant, at, middle) for plant in self._plants())
        return float(energy - self.fixed @ at)

    def _follow(self, at: Floats) -> Floats:
        radius, value = RADIUS, self.value(at)
        while radius > SMALLEST:
            cost, upper = self._linear(at)
            there = self._solve(cost, self._trusted(at, upper, radius))
            gain, hoped = self.value(there) - value, float(cost @ (at - there))
            if gain <= 0:
                radius *= 0.4
            else:
                at, value = there, value + gain
                radius = min(radius * (1.5 if gain > 0.75 * hoped else 0.6), LARGEST)
            if abs(gain) <= ENOUGH * max(abs(value), 1e-6):
                return at
        return at

    def _solve(self, cost: Floats, sides: tuple[Floats, Floats]) -> Floats:
        if self.programmes >= MOST_PROGRAMMES:
            name = self.sides.network.name
            raise SolutionError(
                f"the heads of {name} did not settle in {MOST_PROGRAMMES} programmes (member {self.member}); "
                "keep them frozen (heads=False), or run fewer steps"
            )
        lower, upper = sides
        self.solver.price(cost)
        self.solver.bound(Bounds(self.bounds.row_lower, self.bounds.row_upper, upper), lower)
        at = self.solver.solve()
        self.programmes, self.iterations = self.programmes + 1, self.iterations + self.solver.iterations
        return at

    def _full(self) -> Floats:
        stores = self.sides.network.stores
        full = {id: np.full(self.sides.expansion.steps, store.full_mcm) for id, store in stores.items()}
        cost, upper = self._priced(full)
        return self._solve(cost, (np.zeros(upper.size), upper))

    def _priced(self, middle: dict[str, Floats]) -> tuple[Floats, Floats]:
        """Costs and upper bounds with what plants earn and let through at the heads of these volumes."""
        sides, parts = self.sides, self.sides.expansion.by_item
        heads = sides.expansion.frozen.head_m.copy()
        names = list(sides.network.turbines)
        for plant in self._plants():
            heads[:, names.index(plant.id)] = head_of(sides.network, plant, middle)
        cost, upper = self.fixed.copy(), self.bounds.upper.copy()
        for reach in self.reaches:
            plants = [plant for plant in sides.network.turbines.values() if plant.reach == reach]
            (beside,) = parts["reach", reach]
            most, below = beside.first + beside.size, np.zeros(sides.expansion.steps)
            layers = slices(plants, sides.network, sides.values, sides.axis, heads)
            for part, (limit, worth) in zip(parts["turbine", reach], layers, strict=True):
                limit = np.minimum(limit, most)
                upper[part.column], cost[part.column] = limit - below, -worth
                below = limit
            upper[beside.column] = most - below
        return cost, upper

    def _linear(self, at: Floats) -> tuple[Floats, Floats]:
        """Costs and bounds around a point: heads as they are there, and what a rise of them is worth."""
        middle, steps = self._middle(at), self.sides.expansion.steps
        cost, upper = self._priced(middle)
        for plant in self._plants():
            if plant.head_m is not None or plant.store not in middle:
                continue
            half = 0.5 * self._slope(plant, at, middle)
            for kind in ("dead", "carry"):
                for part in self.sides.expansion.by_item.get((kind, plant.store), ()):
                    cost[part.column] -= half
                    cost[part.column[: steps - 1]] -= half[1:]
        return cost, upper

    def _slope(self, plant: Turbine, at: Floats, middle: dict[str, Floats]) -> Floats:
        """What one million m3 more in the middle of a step earns by its head, million USD."""
        curve = self.sides.network.stores[str(plant.store)].curve
        if curve is None:
            return np.zeros(self.sides.expansion.steps)
        volume = middle[str(plant.store)]
        delta = 1e-3 * (curve.volume_mcm[-1] - curve.volume_mcm[0])
        above, below = (np.interp(volume + d, curve.volume_mcm, curve.head_m) for d in (delta, -delta))
        head = np.interp(volume, curve.volume_mcm, curve.head_m)
        through = self._through(plant, at)
        power_bound = flow_limit(plant, head) < plant.max_flow_m3s
        bound = power_bound & (through >= flow_limit(plant, head) * self.sides.length)
        through = np.minimum(through, plant.max_flow_m3s * self.sides.length)
        rate = (above - below) / (2.0 * delta) * self._price(plant)
        return np.asarray(np.where(bound, 0.0, rate * through))

    def _power(self, plant: Turbine, at: Floats, middle: dict[str, Floats]) -> float:
        head = head_of(self.sides.network, plant, middle)
        limit = flow_limit(plant, np.broadcast_to(head, self.sides.expansion.steps)) * self.sides.length
        return float((np.minimum(self._through(plant, at), limit) * head * self._price(plant)).sum())

    def _price(self, plant: Turbine) -> Floats:
        """Million USD that a million m3 earns for each metre that it falls."""
        usd = self.sides.axis.spread(self.sides.values.power.get(plant.id, 0.0))
        return np.asarray(usd * GWH_PER_MCM_M * plant.efficiency)

    def _through(self, plant: Turbine, at: Floats) -> Floats:
        return self.sides.expansion.total(at, FLOWS, plant.reach)

    def _plants(self) -> list[Turbine]:
        return [plant for plant in self.sides.network.turbines.values() if plant.reach in self.reaches]

    def _middle(self, at: Floats) -> dict[str, Floats]:
        found = {}
        for s, store in enumerate(stores_of(self.sides.expansion.layout)):
            after = self.sides.expansion.total(at, ("dead", "carry"), store)
            before = np.concatenate([[self.sides.volume[self.member, s]], after[:-1]])
            found[store] = 0.5 * (before + after)
        return found

    def _trusted(self, at: Floats, upper: Floats, radius: float) -> tuple[Floats, Floats]:
        """Bounds that keep volumes of stores with plants within a part of their full volume."""
        lower, upper = np.zeros(upper.size), upper.copy()
        stores = {plant.store for plant in self._plants() if plant.head_m is None}
        for (kind, store), (part, *_) in self.sides.expansion.by_item.items():
            if kind == "carry" and store in stores:
                reach = radius * self.sides.network.stores[store].full_mcm
                here = at[part.column]
                lower[part.column] = np.maximum(here - reach, 0.0)
                upper[part.column] = np.minimum(here + reach, upper[part.column])
        return lower, upper
