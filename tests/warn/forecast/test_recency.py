"""The recency forecast: near months count most, quiet states stay quiet, bad months hang together."""

from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import months
from mirab.core.panel import Panel
from mirab.warn.forecast.recency import KEEP
from mirab.warn.forecast.table import forecaster


def drawn(values: list[float], horizon: int = 1) -> np.ndarray:
    axis = months(date(2000, 1, 1), len(values))
    made = Panel("deaths", "deaths", ("A",), axis, np.array([values], dtype=float))
    return forecaster("recency").fit(made, axis.end).sample(horizon, 20000, 1)["A"]


def test_four_months_ago_counts_half() -> None:
    """Of 60 months only the last and the one four before it saw deaths: their weights are 1 and 1/2."""
    values = [0.0] * 55 + [900.0] + [0.0] * 3 + [90.0]
    found = drawn(values)
    weights = 0.5 ** (np.arange(60) / 4)
    assert (found > 300).mean() / ((found > 0) & (found <= 300)).mean() == pytest.approx(0.5, abs=0.04)
    assert (found > 0).mean() == pytest.approx((weights[0] + weights[4]) / weights.sum(), abs=0.01)


def test_zeros_stay_zero_and_positive_draws_stay_positive() -> None:
    assert not drawn([0.0] * 70, 12).any()
    assert drawn([1.0] * 70).min() == 1


def test_what_is_older_than_60_months_is_forgotten() -> None:
    assert not drawn([500.0] + [0.0] * 60).any()


def test_a_positive_draw_has_its_mean_and_a_spread_of_a_half() -> None:
    found = drawn([1000.0] * 60)
    assert found.mean() == pytest.approx(1000, rel=0.02)
    assert np.log(found).std() == pytest.approx(0.5, abs=0.02)


def test_a_month_that_is_absent_is_not_a_quiet_one() -> None:
    assert (drawn([20.0, np.nan] * 30) > 0).all()


def test_bad_months_hang_together_and_each_month_keeps_its_law() -> None:
    bad = drawn([0.0, 1000.0] * 30, 12) > 0
    assert bad.mean(axis=1) == pytest.approx(np.full(12, bad[0].mean()), abs=0.02)
    followed = (bad[1:] & bad[:-1]).sum() / bad[:-1].sum()
    assert followed == pytest.approx(KEEP + (1 - KEEP) * bad.mean(), abs=0.02)
