"""The reference kernel: the same allocation by exact linear programmes (HiGHS); slow, the oracle.

For each class, senior first: the largest common fraction that all its open requests can have is one LP;
each request is then maximised alone, and what cannot rise is closed at that fraction; the rest goes on.
That is the definition of the lexicographic max-min, with no shortcut.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mirab.core.errors import SolutionError
from mirab.core.flow.kernels import stepping
from mirab.core.flow.layout import Layout

Floats = NDArray[np.float64]
TIGHT = 1e-9
SLACK = 1e-9
CLOSED = 1e-7


@dataclass(frozen=True)
class Solution:
    """Optimum of one LP: value, column values, and the duals of rows and columns."""

    value: float
    at: Floats
    row_dual: Floats
    column_dual: Floats


@dataclass(frozen=True)
class Closing:
    """The moment at which a request could rise no further: its fraction, and the LP that shows it.

    The LP maximises the common fraction of the open requests `together`; its last column is the fraction.
    """

    request: int
    fraction: float
    together: tuple[int, ...]
    proof: Solution


def solve(
    cost: Floats, matrix: Floats, rows: tuple[Floats, Floats], bounds: tuple[Floats, Floats]
) -> Solution:
    """Minimise cost x subject to rows[0] <= matrix x <= rows[1] and bounds; SolutionError unless optimal.

    Lower bounds are often optima of earlier programmes and touch other bounds; what rounding makes
    infeasible is eased by at most 1e-6.
    """
    for ease in (0.0, SLACK, 10 * SLACK, 100 * SLACK, 1000 * SLACK):
        found = _optimum(cost, matrix, rows, (np.maximum(bounds[0] - ease, 0.0), bounds[1]))
        if found is not None:
            return found
    raise SolutionError("the allocation has no feasible point; check for capacities without excess_to")


def _optimum(
    cost: Floats, matrix: Floats, rows: tuple[Floats, Floats], bounds: tuple[Floats, Floats]
) -> Solution | None:
    import highspy

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    # The presolve calls bounds that touch within the tolerance infeasible.
    solver.setOptionValue("presolve", "off")
    for tolerance in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
        solver.setOptionValue(tolerance, TIGHT)
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, bounds[0], np.maximum(bounds[1], bounds[0])
    lp.row_lower_, lp.row_upper_ = rows
    places = [np.flatnonzero(matrix[:, j]) for j in range(matrix.shape[1])]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(place) for place in places)])
    lp.a_matrix_.index_ = np.concatenate(places)
    lp.a_matrix_.value_ = np.concatenate([matrix[place, j] for j, place in enumerate(places)])
    solver.passModel(lp)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    found = solver.getSolution()
    value = solver.getInfo().objective_function_value
    return Solution(value, np.array(found.col_value), np.array(found.row_dual), np.array(found.col_dual))


@dataclass
class Allocation:
    """Serves the requests of one step; `lower` rises as they are met, `closings` tells where each stopped."""

    matrix: Floats
    cost: Floats
    rhs: Floats
    lower: Floats
    upper: Floats
    closings: list[Closing]

    def serve(self, columns: NDArray[np.int64], targets: Floats, first: int) -> None:
        """Raise the requests of one class; `first` is the number of its first request."""
        rise = {
            r: min(t, self.upper[j]) - self.lower[j]
            for r, (j, t) in enumerate(zip(columns, targets, strict=True))
        }
        open_requests = {r for r, amount in rise.items() if amount > 0}
        base = {r: self.lower[columns[r]] for r in open_requests}
        while open_requests:
            together = sorted(open_requests)
            proof = self._fraction({r: columns[r] for r in together}, rise, base)
            fraction = min(max(-proof.value, 0.0), 1.0)
            for r in together:
                self.lower[columns[r]] = base[r] + max(fraction * rise[r] - SLACK, 0.0)
            closed = {
                r
                for r in together
                if fraction >= 1 - SLACK or self._is_closed(columns[r], base[r] + fraction * rise[r])
            }
            closed = closed or {max(together, key=lambda r: abs(proof.column_dual[columns[r]]))}
            for r in sorted(closed):
                self.closings.append(Closing(first + r, fraction, tuple(first + o for o in together), proof))
            open_requests -= closed

    def route(self) -> Floats:
        """Column values when all requests are served: unclaimed water goes the cheapest way."""
        return solve(self.cost, self.matrix, (self.rhs, self.rhs), (self.lower, self.upper)).at

    def _fraction(self, columns: dict[int, int], rise: dict[int, float], base: dict[int, float]) -> Solution:
        """Largest fraction f with column >= base + f rise for all open requests; the value is -f."""
        rows, size = self.matrix.shape
        wide = np.zeros((rows + len(columns), size + 1))
        wide[:rows, :size] = self.matrix
        low = np.concatenate([self.rhs, np.zeros(len(columns))])
        high = np.concatenate([self.rhs, np.full(len(columns), np.inf)])
        for i, (r, j) in enumerate(columns.items()):
            wide[rows + i, j], wide[rows + i, size], low[rows + i] = 1.0, -rise[r], base[r] - SLACK
        cost = np.zeros(size + 1)
        cost[size] = -1.0
        bounds = np.append(self.lower, 0.0), np.append(self.upper, 1.0)
        return solve(cost, wide, (low, high), bounds)

    def _is_closed(self, column: int, amount: float) -> bool:
        cost = np.zeros(self.cost.size)
        cost[column] = -1.0
        best = -solve(cost, self.matrix, (self.rhs, self.rhs), (self.lower, self.upper)).value
        return best <= amount + CLOSED * max(1.0, amount)


def allocate(
    layout: Layout, problem: stepping.Problem, rhs: Floats, upper: Floats, targets: Floats
) -> tuple[Floats, list[Closing]]:
    """Column values of one step, and where each request stopped."""
    allocation = Allocation(
        layout.matrix(), problem.program.cost, rhs, np.zeros(upper.size), upper.copy(), []
    )
    starts = problem.requests.class_start
    for first, last in zip(starts, starts[1:], strict=False):
        allocation.serve(problem.requests.column[first:last], targets[first:last], int(first))
    return allocation.route(), allocation.closings


def run(
    layout: Layout,
    problem: stepping.Problem,
    inflow: Floats,
    state: stepping.State,
    results: stepping.Results,
) -> None:
    """All members and steps of one component; reads and leaves `state`, fills `results`, like the kernel."""
    lanes = inflow.shape[3]
    for member in range(state.volume.shape[0]):
        block, lane = divmod(member, lanes)
        own = stepping.State(state.volume[member], state.arrivals[member], state.used[member])
        for t in range(problem.steps.upper.shape[0]):
            at, _ = step(layout, problem, t, inflow[block, t, :, lane], own)
            finish(problem, t, own, at)
            _keep(problem.parts, results, (block, t, lane), own.volume, at)


def step(
    layout: Layout, problem: stepping.Problem, t: int, inflow: Floats, state: stepping.State
) -> tuple[Floats, list[Closing]]:
    """One step of one member, evaporation corrected once at the mean volume."""
    parts, length = problem.parts, problem.steps.mcm_per_m3s[t]
    rhs = right_hand_side(layout, problem, t, inflow, state)
    at, closings = _at_volume(layout, problem, t, rhs, state.volume)
    if (parts.evaporation_column < 0).all():
        return at, closings
    middle = 0.5 * (state.volume + at[parts.carry_column] * length)
    return _at_volume(layout, problem, t, rhs, middle)


def _at_volume(
    layout: Layout, problem: stepping.Problem, t: int, rhs: Floats, volume: Floats
) -> tuple[Floats, list[Closing]]:
    upper, targets = bounds_at(problem, t, volume)
    return allocate(layout, problem, rhs, upper, targets)


def bounds_at(problem: stepping.Problem, t: int, volume: Floats) -> tuple[Floats, Floats]:
    """Upper bounds of columns and targets of requests in step t, evaporation as at these volumes; m3/s."""
    parts, steps = problem.parts, problem.steps
    upper, targets = steps.upper[t].copy(), steps.target[t].copy()
    for s in np.flatnonzero(parts.evaporation_column >= 0):
        area = np.interp(volume[s], parts.curve_volume[s], parts.curve_area[s])
        amount = steps.evaporation_mm[t, s] * area * 1e-3 / steps.mcm_per_m3s[t]
        upper[parts.evaporation_column[s]] = targets[parts.evaporation_request[s]] = amount
    return upper, targets


def right_hand_side(
    layout: Layout, problem: stepping.Problem, t: int, inflow: Floats, state: stepping.State
) -> Floats:
    """Water at each node and bound of each cap row in step t, m3/s; opens the quotas of a new season."""
    parts, steps = problem.parts, problem.steps
    rhs = np.zeros(layout.size)
    rhs[len(layout.rows) :] = steps.cap_rhs[t]
    inside = parts.source_row >= 0
    np.add.at(rhs, parts.source_row[inside], (inflow[parts.source_item] * parts.source_gain)[inside])
    np.add.at(rhs, parts.store_row, state.volume / steps.mcm_per_m3s[t])
    inside = parts.lag_row >= 0
    np.add.at(rhs, parts.lag_row[inside], state.arrivals[inside, 0] / steps.mcm_per_m3s[t])
    state.used[parts.quota_reset[t]] = 0.0
    left = np.maximum(parts.quota_volume - state.used, 0.0) / steps.mcm_per_m3s[t]
    rhs[parts.quota_row] = np.where(parts.quota_open[t], left, rhs[parts.quota_row])
    return rhs


def finish(problem: stepping.Problem, t: int, state: stepping.State, at: Floats) -> None:
    """Carry volumes, water under way and quotas to the next step."""
    parts, length = problem.parts, problem.steps.mcm_per_m3s[t]
    state.volume[:] = np.maximum(at[parts.carry_column], 0.0) * length
    state.arrivals[:, :-1] = state.arrivals[:, 1:]
    state.arrivals[:, -1] = 0.0
    last = parts.lag_steps[parts.lag_item] - 1
    sent = np.maximum(at[parts.lag_column], 0.0) * length
    np.add.at(state.arrivals, (parts.lag_item, last), sent * parts.lag_gain[parts.lag_item])
    for q in np.flatnonzero(parts.quota_open[t]):
        own = parts.quota_column[parts.quota_start[q] : parts.quota_start[q + 1]]
        state.used[q] += at[own].sum() * length


def _keep(
    parts: stepping.Parts, results: stepping.Results, where: tuple[int, int, int], volume: Floats, at: Floats
) -> None:
    block, t, lane = where
    np.add.at(results.flow, (block, t, parts.flow_item, lane), at[parts.flow_column])
    results.taken[block, t, parts.take_item, lane] = at[parts.take_column]
    results.volume[block, t, parts.store_item, lane] = volume
    wet = parts.evaporation_column >= 0
    results.evaporated[block, t, parts.store_item[wet], lane] = at[parts.evaporation_column[wet]]
