"""Steps have true lengths; profiles land on them by the calendar."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.calendar import TimeAxis, dekad_of_year, dekad_start, dekads, months, season, water_year
from mirab.core.calendar import days as daily
from mirab.core.errors import InputError

days = st.dates(date(1900, 1, 1), date(2200, 12, 31))
many = settings(derandomize=True, deadline=None, max_examples=100)


@many
@given(days)
def test_a_day_lies_in_its_dekad(day: date) -> None:
    start = dekad_start(day)
    assert start <= day < dekads(start, 1).end
    assert 1 <= dekad_of_year(day) <= 36
    assert dekad_of_year(day) == dekad_of_year(start)


@many
@given(days, st.integers(1, 80), st.sampled_from([dekads, months]))
def test_steps_follow_each_other_without_gap(day: date, count: int, kind: object) -> None:
    axis: TimeAxis = kind(day, count)
    assert len(axis) == count
    assert axis.days.sum() == (axis.end - axis.starts[0]).days
    assert axis.days.min() >= 8
    assert axis.index(axis.starts[-1]) == count - 1
    assert axis.index(axis.end - timedelta(days=1)) == count - 1


def test_a_cubic_metre_a_second_is_more_in_a_longer_step() -> None:
    assert dekads(date(2023, 1, 21), 1).mcm_per_m3s[0] == pytest.approx(11 * 0.0864)
    assert dekads(date(2023, 2, 21), 1).mcm_per_m3s[0] == pytest.approx(8 * 0.0864)


def test_profiles_of_1_12_36_and_as_many_as_steps_are_taken() -> None:
    axis = dekads(date(2023, 12, 11), 4)
    assert axis.spread(2.0) == pytest.approx([2, 2, 2, 2])
    assert axis.spread(range(1, 13)) == pytest.approx([12, 12, 1, 1])
    assert axis.spread(range(1, 37)) == pytest.approx([35, 36, 1, 2])
    assert axis.spread([5, 6, 7, 8]) == pytest.approx([5, 6, 7, 8])


def test_12_values_on_12_steps_are_months() -> None:
    assert np.array_equal(months(date(2023, 10, 1), 12).spread(range(1, 13)), [10, 11, 12, *range(1, 10)])


def test_another_number_of_values_is_refused_with_the_numbers_that_go() -> None:
    with pytest.raises(InputError, match=r"profile has 5 values; give 1, 12 .* or 4 \(steps\)"):
        dekads(date(2023, 1, 1), 4).spread([1] * 5)


def test_a_day_outside_the_axis_is_refused_with_its_span() -> None:
    with pytest.raises(InputError, match="2024-01-01 is outside 2023-01-01 to 2023-02-10"):
        dekads(date(2023, 1, 1), 4).index(date(2024, 1, 1))


def test_the_water_year_is_named_by_its_end_and_the_season_turns_in_april_and_october() -> None:
    assert [water_year(date(2023, month, 1)) for month in (9, 10)] == [2023, 2024]
    assert [season(date(2023, m, 1)) for m in (3, 4, 9, 10)] == [
        "non_growing",
        "growing",
        "growing",
        "non_growing",
    ]


def test_days_are_steps_too() -> None:
    axis = daily(date(2024, 2, 28), 3)
    assert axis.starts[-1] == date(2024, 3, 1)
    assert axis.days.tolist() == [1.0, 1.0, 1.0]
    assert axis.index(date(2024, 2, 29)) == 1
    assert axis.spread([float(month) for month in range(12)]).tolist() == [1.0, 1.0, 2.0]
