"""Side flows at least cost equal those of an exact programme, and none are found where there are none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.errors import SolutionError
from mirab.core.flow import reference
from mirab.core.flow.kernels.routing import new_routing, route


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.integers(0, 100_000))
def test_side_flows_cost_as_little_as_an_exact_programme_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    nodes, sides = int(rng.integers(1, 8)), int(rng.integers(1, 5))
    effect = rng.choice([0.0, 1.0, -1.0, 0.9, -0.8], (nodes, sides))
    cost = rng.uniform(0.5, 10.0, sides)
    routing = new_routing(nodes, sides)
    routing.flow[:] = rng.uniform(-20, 30, nodes)
    routing.floor[:] = rng.choice([0.0, 5.0], nodes)
    routing.ceiling[:] = np.where(rng.random(nodes) < 0.3, 25.0, np.inf)
    routing.limit[:] = rng.choice([5.0, 40.0, np.inf], sides)
    found = route(effect, cost, routing)
    rows = routing.floor - routing.flow, routing.ceiling - routing.flow
    try:
        exact = reference.solve(cost, effect, rows, (np.zeros(sides), routing.limit))
    except SolutionError:
        assert not found
        return
    assert found
    flow = routing.flow + effect @ routing.side
    assert (flow >= routing.floor - 1e-6).all()
    assert (flow <= routing.ceiling + 1e-6).all()
    assert ((routing.side >= 0.0) & (routing.side <= routing.limit)).all()
    assert cost @ routing.side == pytest.approx(exact.value, abs=1e-6)


def test_nothing_flows_aside_where_nothing_is_missing() -> None:
    routing = new_routing(2, 1)
    routing.flow[:] = 3.0
    routing.limit[:] = 9.0
    assert route(np.array([[1.0], [-1.0]]), np.ones(1), routing)
    assert routing.side[0] == 0.0
