"""The simplex keeps a list of objectives, each after its seniors, from any basis that it comes from."""

from typing import Any

import numpy as np
import pytest
from random_networks import random_case

from mirab.core.flow import arrays, work
from mirab.core.flow.kernels import filling, simplex, stepping

SEEDS = range(24)


def served(seed: int) -> tuple[stepping.Problem, Any, np.ndarray]:
    """Problem, tableau and matrix of the first component after two steps of one member."""
    compiled, inflow = random_case(seed)
    layout = compiled.layouts[0]
    problem = arrays.problem_of(layout, inflow.axis, compiled.items)
    state = work.local_state(compiled, layout, compiled.start_state(inflow.axis, 1))
    own = stepping.State(state.volume[0], state.arrivals[0], state.used[0])
    tableau = filling.new_tableau(problem.program)
    for t in range(2):
        flows = np.ascontiguousarray(inflow.lanes[0, t, :, 0])
        assert stepping.run_step(problem, tableau, t, flows, own)
        stepping.close_step(tableau, problem.steps, problem.parts, t, own)
    return problem, tableau, layout.matrix()


def slots(tableau: Any, matrix: np.ndarray) -> np.ndarray:
    """Columns of all slots: shares of the columns of their members."""
    mixed = np.zeros((matrix.shape[0], tableau.width.size))
    for k in range(tableau.width.size):
        member = tableau.mix.head[k]
        while member >= 0:
            mixed[:, k] += tableau.mix.share[member] * matrix[:, tableau.mix.column[member]]
            member = tableau.mix.link[member]
    return mixed


@pytest.mark.parametrize("seed", SEEDS)
def test_the_inverse_is_that_of_the_mixed_columns_in_the_basis(seed: int) -> None:
    _, tableau, matrix = served(seed)
    basis = slots(tableau, matrix)[:, tableau.basis]
    assert tableau.inverse.T @ basis == pytest.approx(np.eye(tableau.basis.size), abs=1e-8)


@pytest.mark.parametrize("seed", SEEDS)
def test_flows_solve_the_rows_within_their_bounds(seed: int) -> None:
    _, tableau, matrix = served(seed)
    assert matrix @ tableau.at == pytest.approx(tableau.rhs, abs=1e-7)
    assert (tableau.at >= 0.0).all()
    assert (tableau.at <= tableau.upper + 1e-8).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_no_slot_outside_the_basis_would_better_the_list_of_objectives(seed: int) -> None:
    """The first level that is not indifferent decides; a group's own level wants more of it."""
    _, tableau, matrix = served(seed)
    entries = tableau.inverse.T @ slots(tableau, matrix)
    levels = [(slot, tableau.place[slot]) for slot in tableau.order]
    for k in np.flatnonzero((tableau.place < 0) & (tableau.width > 0.0)):
        wants = [-1.0 if slot == k else entries[row, k] for slot, row in levels if slot == k or row >= 0]
        first = next((want for want in wants if abs(want) > simplex.NOUGHT), 0.0)
        assert (first <= 0.0) if tableau.place[k] == simplex.UPPER else (first >= 0.0), (k, wants)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_inverse_that_is_made_afresh_is_the_same(seed: int) -> None:
    problem, tableau, _ = served(seed)
    inverse, dual = tableau.inverse.copy(), tableau.dual.copy()
    assert simplex.refactor(problem.program, tableau)
    assert tableau.inverse == pytest.approx(inverse, abs=1e-8)
    assert tableau.dual == pytest.approx(dual, abs=1e-5)


def test_a_singular_basis_is_refused() -> None:
    assert not simplex.eliminate(np.array([[1.0, 2.0, 1.0, 0.0], [2.0, 4.0, 0.0, 1.0]]))
