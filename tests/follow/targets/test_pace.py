"""ESCAP-style status and gap: worked cases, weights by name, targets that are met."""

import numpy as np
import pytest

from mirab.core.errors import InputError, UnknownNameError
from mirab.follow.targets.pace import Pace, current_status, gap, needed, parity_status, predicted


def test_a_met_target_counts_ten() -> None:
    assert current_status(11.8, 10.5, 25.0, rising=False) == 10.0


def test_going_away_from_the_target_is_negative() -> None:
    assert current_status(41.9, 42.0, 25.0, rising=False) == pytest.approx(-10 * 0.1 / 16.9)


def test_parity_counts_both_sides() -> None:
    assert parity_status(90.0, 110.0, 100.0) == 0.0
    assert parity_status(90.0, 105.0, 100.0) == 5.0


def test_the_weights_move_the_line_only_where_the_series_bends() -> None:
    years = np.arange(2000, 2020)
    for weights in ("linear", "equal", "recent"):
        assert predicted(years, 3.0 * years, 2030, weights=weights) == pytest.approx(3.0 * 2030)
    bent = np.where(years < 2010, 0.0, years - 2010.0)
    assert predicted(years, bent, 2030, weights="equal") < predicted(years, bent, 2030, weights="recent")


def test_observations_before_2000_do_not_count() -> None:
    assert predicted([1990, 2000, 2010], [99.0, 1.0, 2.0], 2020) == pytest.approx(3.0)


def test_equal_weights_are_the_least_squares_line() -> None:
    years, values = np.array([2001, 2004, 2005, 2011]), np.array([3.0, 1.0, 4.0, 1.5])
    slope, level = np.polyfit(years - 2000, values, 1)
    assert predicted(years, values, 2030, weights="equal") == pytest.approx(level + 30 * slope)


def test_unknown_weights_and_a_single_year_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="nearest is 'linear'"):
        predicted([2000, 2001], [1.0, 2.0], 2030, weights="liner")
    with pytest.raises(InputError, match="have 1 years since 2000"):
        predicted([1999, 2001], [1.0, 2.0], 2030)


def test_a_gap_says_what_is_needed() -> None:
    assert needed(gap(50.0, 100.0, 90.0, rising=True)) is Pace.MAINTAIN
    assert needed(gap(50.0, 70.0, 90.0, rising=True)) is Pace.ACCELERATE
    assert needed(gap(50.0, 40.0, 90.0, rising=True)) is Pace.REVERSE
    assert needed(gap(95.0, 80.0, 90.0, rising=True)) is Pace.REVERSE
