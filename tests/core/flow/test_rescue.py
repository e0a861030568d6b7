"""A member that a compiled kernel does not settle comes out right, and the others as if it were not there."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from random_networks import random_case

from mirab.core.errors import SolutionError
from mirab.core.flow import arrays, rescue, work
from mirab.core.flow.kernels import stepping

RESULTS = ("flow", "volume", "taken", "evaporated")


def given_up_on(problem: stepping.Problem, member: int, water: float) -> Callable[..., Any]:
    """The simplex, but that it gives up on one member as long as its water is what it was."""

    def serve(inflow: Any, state: Any, results: Any, span: tuple[int, int]) -> tuple[int, int, int, int]:
        if inflow[member // 8, 0, :, member % 8].sum() == water:
            return 0, 0, member, 2
        return stepping.run_blocks(problem, inflow, state, results, span)

    return serve


def test_who_is_given_up_on_is_served_by_the_reference_and_the_others_as_before() -> None:
    model, inflow = random_case(11, members=10, steps=3)
    inflow = inflow.select(tuple(model.items.sources))
    layout, lanes = model.layouts[0], np.ascontiguousarray(inflow.lanes)
    problem = arrays.problem_of(layout, inflow.axis, model.items)
    state = work.local_state(model, layout, model.start_state(inflow.axis, 10))
    run = model.simulate(inflow, kernel="simplex", threads=1)
    shapes = (run.flow, run.volume, run.delivered, run.evaporated)
    results = stepping.Results(*(np.zeros(one.lanes.shape) for one in shapes))
    serve = given_up_on(problem, 9, float(lanes[1, 0, :, 1].sum()))
    served = rescue.rescued(
        layout, problem, serve, lanes, state, results, lambda step, member: SolutionError("no")
    )
    assert served == 1
    for name, found in zip(("volume", "delivered", "evaporated"), results[1:], strict=True):
        whole = getattr(run, name).lanes
        places = [i for i in range(whole.shape[2]) if found[:, :, i].any()]
        assert np.array_equal(found[0][:, places], whole[0][:, places])
        assert found[1, :, places, 1] == pytest.approx(whole[1, :, places, 1], abs=1e-6)
    assert state.volume == pytest.approx(run.end.volume_mcm[:, : state.volume.shape[1]], abs=1e-6)


def test_a_member_without_an_allocation_is_refused() -> None:
    model, inflow = random_case(11, members=2, steps=1)
    layout = model.layouts[0]
    problem = arrays.problem_of(layout, inflow.axis, model.items)
    problem.steps.upper[:] = 0.0
    state = work.local_state(model, layout, model.start_state(inflow.axis, 2))
    sizes = (len(model.items.reaches), len(model.network.stores), len(model.network.claims))
    results = stepping.Results(*(np.zeros((1, 1, size, 8)) for size in (*sizes, sizes[1])))
    with pytest.raises(SolutionError, match="step 0 of member 0"):
        rescue.rescued(
            layout, problem, lambda *_: (0, 0, 0, 0), inflow.lanes + 5.0, state, results,
            lambda step, member: SolutionError(f"step {step} of member {member}"),
        )  # fmt: skip


def test_a_network_on_which_the_simplex_does_not_settle_equals_the_reference() -> None:
    """How its requests of one priority share goes round in a circle in one step of one member."""
    model, inflow = random_case(3154, members=9, steps=36)
    run = model.simulate(inflow.steps(0, 5), kernel="claims", threads=1)
    exact = model.simulate(inflow.steps(0, 5), kernel="reference")
    for name in ("volume", "delivered", "evaporated"):
        assert getattr(run, name).lanes == pytest.approx(getattr(exact, name).lanes, abs=1e-6)
