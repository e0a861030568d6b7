"""Trade and integration: identities, worked numbers, and an independent answer for gravity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from mirab.core.errors import InputError
from mirab.domains.development.methods import (
    component_weights,
    gravity,
    intra_share,
    scaled,
    trade_cost,
    worth_of_shorter,
)
from mirab.observe.region import load


def drawn(seed: int, pairs: int = 200) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    columns = np.column_stack([np.ones(pairs), rng.normal(7, 1, pairs), rng.integers(0, 2, pairs)])
    return rng.poisson(np.exp(columns @ [6.0, -0.8, 0.5])).astype(float), columns


def test_gravity_is_the_maximum_of_the_poisson_likelihood() -> None:
    flows, columns = drawn(1)
    found = gravity(flows, columns)

    def unlikelihood(beta: np.ndarray) -> tuple[float, np.ndarray]:
        mean = np.exp(columns @ beta)
        return float((mean - flows * (columns @ beta)).sum()), columns.T @ (mean - flows)

    other = minimize(unlikelihood, [5.0, -0.5, 0.0], jac=True, method="BFGS", options={"gtol": 1e-9})
    assert found.coefficients == pytest.approx(other.x, abs=1e-4)
    assert (flows == 0).any()


def test_the_sum_of_fitted_flows_is_that_of_the_flows() -> None:
    flows, columns = drawn(2)
    assert gravity(flows, columns).fitted.sum() == pytest.approx(flows.sum())


def test_gravity_recovers_what_drew_the_flows_within_its_errors() -> None:
    flows, columns = drawn(3, pairs=3000)
    found = gravity(flows, columns)
    assert (np.abs(found.coefficients - [6.0, -0.8, 0.5]) < 4 * found.errors).all()


def test_a_unit_of_the_flows_moves_the_constant_only() -> None:
    flows, columns = drawn(4)
    one, thousand = gravity(flows, columns), gravity(1000 * flows, columns)
    assert thousand.coefficients[1:] == pytest.approx(one.coefficients[1:], abs=1e-8)


def test_columns_that_depend_on_each_other_and_absent_flows_are_refused() -> None:
    flows, columns = drawn(5)
    with pytest.raises(InputError, match="depend on each other"):
        gravity(flows, np.column_stack([columns, columns[:, 1] * 2]))
    with pytest.raises(InputError, match="negative or absent value"):
        gravity(np.where(flows == flows[0], np.nan, flows), columns)


@given(st.lists(st.floats(0.0, 1e6), min_size=9, max_size=9))
@settings(derandomize=True)
def test_a_share_lies_between_0_and_1_however_it_counts(values: list[float]) -> None:
    flows = np.reshape(values, (3, 3))
    for counting in ("one way", "both ways"):
        share = intra_share(flows, [True, True, False], counting=counting)
        assert np.isnan(share) or 0.0 <= share <= 1.0


def test_both_ways_equals_one_way_where_trade_with_others_is_balanced() -> None:
    flows = np.array([[0.0, 3.0, 5.0], [2.0, 0.0, 7.0], [5.0, 7.0, 0.0]])
    shares = [
        intra_share(flows, [True, True, False], counting=counting) for counting in ("one way", "both ways")
    ]
    assert shares[0] == pytest.approx(shares[1])


def test_flows_of_another_shape_are_refused() -> None:
    with pytest.raises(InputError, match=r"has shape \(2, 3\); give 2 rows and columns"):
        intra_share(np.zeros((2, 3)), [True, False], counting="one way")


def test_frictionless_trade_costs_nothing_and_absent_flows_give_no_cost() -> None:
    assert float(trade_cost(4.0, 9.0, 6.0, 6.0)) == pytest.approx(0.0)
    assert np.isnan(trade_cost(4.0, 9.0, 0.0, 6.0))
    assert np.isnan(trade_cost(4.0, np.nan, 2.0, 6.0))


def test_trade_costs_fall_where_states_trade_more() -> None:
    costs = trade_cost(100.0, 100.0, np.array([1.0, 2.0, 4.0]), 3.0)
    assert (np.diff(costs) < 0).all()


def test_weights_sum_to_one_and_a_column_of_noise_weighs_less() -> None:
    rng = np.random.default_rng(1)
    common = rng.normal(size=400)
    columns = np.column_stack(
        [common + rng.normal(0, 0.3, 400), common + rng.normal(0, 0.3, 400), rng.normal(size=400)]
    )
    weights = component_weights(columns)
    assert weights.sum() == pytest.approx(1.0)
    assert weights[2] < 0.1 < weights[0]


def test_a_column_without_any_difference_has_no_weight_to_give() -> None:
    with pytest.raises(InputError, match="column 1 is the same in every case; leave it out"):
        component_weights([[0.0, 1.0], [2.0, 1.0], [3.0, 1.0]])
    with pytest.raises(InputError, match="have 1 whole cases"):
        component_weights([[0.0, 1.0], [np.nan, 1.0]])


def test_scaling_keeps_what_is_absent() -> None:
    assert scaled([2.0, np.nan, 4.0])[[0, 2]].tolist() == [0.0, 1.0]
    assert np.isnan(scaled([2.0, np.nan, 4.0])[1])


def test_a_shorter_way_is_worth_trade_only_where_distance_costs_it() -> None:
    assert worth_of_shorter(-1.0, 0.5) == pytest.approx(1.0)
    assert worth_of_shorter(0.0, 0.5) == 0.0


def test_the_parts_of_the_published_index_add_to_it() -> None:
    parts = ("trade_investment", "money_finance", "value_chain", "infrastructure_connectivity")
    for row in load("central_asia").rows("development/integration_index"):
        whole = sum(row[part] for part in (*parts, "movement_of_people", "institutional_social"))
        assert whole == pytest.approx(row["overall"], abs=2e-4)
