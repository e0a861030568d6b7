"""Scores, index and colours: worked numbers, the order of colours, and what is missing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.errors import InputError
from mirab.follow.targets.scores import (
    Colour,
    Thresholds,
    colour,
    filled,
    goal_colour,
    goal_score,
    index,
    level,
    score,
)

# Codebook of the Sustainable Development Report 2019 (CC BY 4.0, Sachs et al. 2019).
MATERNAL = Thresholds(worst=814.0, red=140.0, green=70.0, best=3.4)
ATTENDED = Thresholds(worst=23.1, red=90.0, green=98.0, best=100.0)
values = st.floats(-1e4, 1e4, allow_nan=False)


def test_a_score_is_the_way_from_worst_to_best() -> None:
    assert float(score(70.0, MATERNAL)) == pytest.approx(100 * (814 - 70) / (814 - 3.4), abs=1e-12)


@given(values)
@settings(derandomize=True)
def test_a_score_lies_between_0_and_100(value: float) -> None:
    assert 0.0 <= float(score(value, MATERNAL)) <= 100.0


@given(values, values)
@settings(derandomize=True)
def test_a_better_value_never_has_a_worse_level_or_score(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert float(score(low, ATTENDED)) <= float(score(high, ATTENDED))
    assert level(low, ATTENDED) <= level(high, ATTENDED)
    assert level(low, MATERNAL) >= level(high, MATERNAL)


def test_a_goal_of_which_one_of_two_worst_is_green_is_not_green() -> None:
    assert goal_colour([1.9, 2.9, 3.0], indicators=3) is Colour.YELLOW
    assert goal_colour([2.0, 2.0, 3.0], indicators=3) is Colour.GREEN


def test_a_goal_is_red_only_where_both_worst_are() -> None:
    assert goal_colour([0.0, 1.2], indicators=2) is Colour.ORANGE
    assert goal_colour([0.9, 0.9], indicators=2) is Colour.RED


def test_a_goal_of_which_most_is_missing_is_grey() -> None:
    assert goal_colour([2.5, float("nan"), float("nan")], indicators=3) is Colour.GREY
    assert goal_colour([], indicators=0) is Colour.GREY


def test_a_missing_goal_takes_the_mean_of_its_own_region_only() -> None:
    goals = [[50.0, np.nan], [70.0, 40.0], [10.0, 90.0]]
    assert index(filled(goals, ["A", "A", "B"])).tolist() == [45.0, 55.0, 50.0]
    assert index(goals).tolist() == [50.0, 55.0, 50.0]


def test_a_goal_that_nobody_has_stays_missing() -> None:
    assert np.isnan(goal_score([]))
    assert np.isnan(filled([[np.nan], [np.nan]], ["A", "A"])).all()


def test_an_unknown_value_is_grey_and_has_no_score() -> None:
    assert colour(float("nan"), MATERNAL) is Colour.GREY
    assert np.isnan(score(float("nan"), MATERNAL))
    assert np.isnan(level(float("nan"), MATERNAL))


def test_thresholds_out_of_order_are_refused() -> None:
    with pytest.raises(InputError, match="only rise or only fall"):
        Thresholds(worst=0.0, red=50.0, green=40.0, best=100.0)
