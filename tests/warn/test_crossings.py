from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mirab.core.calendar import TimeAxis, dekads
from mirab.warn import crossings

from .made import ON, rule

AXIS = dekads(ON, 6)


def find(
    values: Any, *, on: date = ON, bound: float = 100.0, axis: TimeAxis = AXIS, **more: Any
) -> crossings.Crossing | None:
    return crossings.find(rule(**more), axis, np.array(values, dtype=float).T, np.full(len(axis), bound), on)


def test_probability_is_the_share_of_members_and_first_the_step_where_it_begins() -> None:
    found = find([[200, 200, 90, 80, 200, 200], [200] * 6])
    assert found.probability == 0.5
    assert found.first.tolist() == [2, -1]
    assert found.gap.tolist() == [20, 0]


def test_a_run_must_be_unbroken() -> None:
    broken, whole = [90, 200, 90, 200, 90, 200], [200, 90, 90, 200, 200, 200]
    assert find([broken, whole], steps_in_a_row=2).true.tolist() == [False, True]


def test_a_mean_may_hold_steps_on_the_right_side() -> None:
    found = find([[90, 90, 110, 90, 90, 90], [130] * 6], steps_in_a_row=3, measure="mean")
    assert found.true.tolist() == [True, False]


def test_the_mean_is_weighted_by_the_true_length_of_the_steps() -> None:
    axis = dekads(date(2023, 2, 11), 2)
    found = find([[90.0, 112.0]], axis=axis, on=date(2023, 2, 11), steps_in_a_row=2, measure="mean")
    assert found.middle == pytest.approx((90 * 10 + 112 * 8) / 18)


def test_what_lies_behind_does_not_count_but_a_run_under_way_does() -> None:
    values = [[90, 90, 200, 200, 200, 200], [200, 90, 90, 200, 200, 200]]
    assert find(values, on=date(2023, 10, 21)).true.tolist() == [False, True]
    assert find(values, on=date(2023, 10, 21), steps_in_a_row=2).true.tolist() == [False, True]


def test_only_the_season_counts() -> None:
    values = [[90, 200, 200, 200, 200, 200], [200, 200, 200, 90, 200, 200]]
    assert find(values, season_from=(11, 1), season_to=(3, 31)).true.tolist() == [False, True]


def test_only_what_happens_before_the_deadline_counts() -> None:
    values = [[90, 200, 200, 200, 200, 200], [200, 200, 200, 90, 200, 200]]
    assert find(values, by_date=(11, 1)).true.tolist() == [True, False]


def test_a_rule_says_nothing_where_its_season_does_not_fit() -> None:
    assert find([[0] * 6], season_from=(1, 1), season_to=(1, 31)) is None
    assert find([[0] * 6], steps_in_a_row=7) is None


def test_the_window_is_the_middle_half_of_the_dates() -> None:
    values = np.full((8, 6), 200.0)
    for member, step in enumerate([0, 1, 1, 2, 2, 3, 4, 5]):
        values[member, step] = 50
    found = find(values)
    assert crossings.window(found, AXIS, ON) == (date(2023, 10, 11), date(2023, 11, 20))


def test_above_mirrors_below() -> None:
    values = np.random.default_rng(0).uniform(0, 200, (9, 6))
    below, above = find(values, bound=80.0), find(-values, bound=-80.0, comparison="above")
    assert np.array_equal(below.true, above.true)
    assert np.array_equal(below.gap, above.gap)


def test_steps_without_a_reference_do_not_count() -> None:
    bound = np.array([np.nan, 100, 100, 100, 100, 100.0])
    found = crossings.find(rule(), AXIS, np.full((6, 2), 90.0), bound, ON)
    assert found.first.tolist() == [1, 1]
    assert crossings.find(rule(), AXIS, np.full((6, 2), 90.0), bound * np.nan, ON) is None


values = arrays.arrays(float, (7, 6), elements=st.floats(0, 200, allow_subnormal=False))


@settings(max_examples=40, deadline=None)
@given(values, st.integers(1, 3), st.sampled_from(["each", "mean"]), st.floats(10, 190), st.floats(0, 50))
def test_probability_never_falls_with_a_higher_floor(
    values: np.ndarray, steps: int, measure: str, threshold: float, more: float
) -> None:
    low = find(values, bound=threshold, steps_in_a_row=steps, measure=measure)
    high = find(values, bound=threshold + more, steps_in_a_row=steps, measure=measure)
    assert low.probability <= high.probability


@settings(max_examples=30, deadline=None)
@given(values, st.permutations(range(7)), st.integers(1, 3))
def test_the_order_of_members_does_not_matter(values: np.ndarray, order: list[int], steps: int) -> None:
    one, other = find(values, steps_in_a_row=steps), find(values[order], steps_in_a_row=steps)
    assert np.array_equal(one.true[list(order)], other.true)
    assert (one.middle, one.worst) == (other.middle, other.worst)
