"""Relaxation: where a step has no allocation, the requirement that cannot hold and the least that frees it.

Nothing but capacities can make a step infeasible: water that comes must go somewhere. One elastic programme
(HiGHS) lets flows pass above the capacities of reaches, and water stay without a way at a high price, and
makes what is too much as small as it can be. Method: elastic programming (Brown and Graves 1975; Chinneck,
Feasibility and Infeasibility in Optimization, 2008).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mirab.core.ensemble import Ensemble
from mirab.core.errors import SolutionError
from mirab.core.flow import arrays, reference
from mirab.core.flow.explain import state_before
from mirab.core.flow.layout import Layout

if TYPE_CHECKING:
    from mirab.core.flow.model import Model
    from mirab.core.flow.run import State

Floats = NDArray[np.float64]
NO_WAY = 1000.0
MATTERS = 1e-6


def no_solution(
    model: Model, inflow: Ensemble, start: State, layout: Layout, place: tuple[int, int], first: int = 0
) -> SolutionError:
    """The error for a step (time, member) without an allocation in a run from `start`.

    The member is simulated again up to the step, and the step is eased; `first` is the number in the whole
    run of the first member of `inflow`.
    """
    time, member = place
    problem = arrays.problem_of(layout, inflow.axis, model.items)
    state = state_before(model, inflow, start, layout, place)
    lanes = inflow.lanes.shape[3]
    water = inflow.lanes[member // lanes, time, :, member % lanes]
    rhs = reference.right_hand_side(layout, problem, time, water, state)
    upper, _ = reference.bounds_at(problem, time, state.volume)
    needs = "; ".join(smallest(layout, rhs, upper)) or "the kernel found none where there is one"
    return SolutionError(
        f"no allocation for member {first + member} in the step from {inflow.axis.starts[time]}: {needs}"
    )


def smallest(layout: Layout, rhs: Floats, upper: Floats) -> Iterator[str]:
    """In words, the least that must change for one step to have an allocation; nothing where it has one.

    `rhs` (row) and `upper` (column) in m3/s. The sum of what is added to capacities is least; that water
    has no way out at all is told only where no capacity would help.
    """
    capped = [j for j, column in layout.of_kind("reach") if column.capped]
    nowhere = [j for j, _ in layout.of_kind("artificial")]
    matrix = layout.matrix()
    wide = np.hstack([matrix, matrix[:, capped]])
    cost = np.concatenate([np.zeros(upper.size), np.ones(len(capped))])
    cost[nowhere] = NO_WAY
    high = np.concatenate([upper, np.full(len(capped), np.inf)])
    high[nowhere] = np.inf
    at = reference.solve(cost, wide, (rhs, rhs), (np.zeros(high.size), high)).at
    for j, more in zip(capped, at[upper.size :], strict=True):
        if more > MATTERS * max(1.0, upper[j]):
            reach = f"capacity of reach {layout.columns[j].part}"
            yield (
                f"{reach} would have to be {upper[j] + more:.6g} instead of {upper[j]:.6g} m3/s "
                "(no smaller change helps), or give it excess_to"
            )
    for j in nowhere:
        if at[j] > MATTERS:
            yield f"{at[j]:.6g} m3/s at {layout.columns[j].part} have no way out; give it a reach"
