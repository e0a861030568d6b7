"""The bounded trend: it stays within bounds, follows a trend, carries gaps; its filter is exact."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.calendar import years
from mirab.core.ensemble import Ensemble
from mirab.core.panel import Panel
from mirab.warn.forecast import trend as module
from mirab.warn.forecast.trend import LINE, SLOPE_YEARS, TRENDS, Bounds, Scale, filtered, trend

SHARE = Bounds(0.0, 100.0, closed=True)
RATE = Bounds(-50.0, 100.0, rate=True)


def panel(*rows: list[float]) -> Panel:
    values = np.array(rows, dtype=float)
    names = tuple(f"X{i:02d}" for i in range(len(rows)))
    return Panel("share", "%", names, years(date(2000, 1, 1), values.shape[1]), values)


def drawn(made: Panel, bounds: Bounds, horizon: int = 10, members: int = 500) -> Ensemble:
    return trend(bounds).fit(made, made.axis.end).sample(horizon, members, 1)


@given(st.lists(st.floats(0, 100), min_size=2, max_size=15), st.integers(1, 20))
@settings(derandomize=True, max_examples=40, deadline=None)
def test_a_share_never_leaves_its_bounds(values: list[float], horizon: int) -> None:
    found = drawn(panel(values), SHARE, horizon, 64)["X00"]
    assert ((found >= 0) & (found <= 100)).all()


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=15))
@settings(derandomize=True, max_examples=40, deadline=None)
def test_a_level_is_never_negative(values: list[float]) -> None:
    assert (drawn(panel(values), Bounds(0.0), 12, 64)["X00"] >= 0).all()


@given(st.floats(0, 100))
def test_a_scale_gives_back_what_it_was_given(value: float) -> None:
    for scale in (Scale("logit", 0.0, 100.0), Scale("log", 0.0, np.inf, 0.5), Scale("linear")):
        assert float(scale.bound(scale.free(value))) == pytest.approx(value, abs=1e-6)


def test_a_growing_share_goes_on_growing_and_one_that_stands_still_stays() -> None:
    logit = 1 / (1 + np.exp(-np.linspace(-2, 1, 18)))
    found = drawn(panel(list(100 * logit), [40.0, 40.4, 39.8] * 6), SHARE)
    assert np.median(found["X00"][-1]) > 100 * logit[-1] + 5
    assert np.median(found["X01"][-1]) == pytest.approx(40, abs=3)


def test_a_longer_gap_leaves_a_wider_fan() -> None:
    rng = np.random.default_rng(3)
    row = list(50 + np.cumsum(rng.normal(0, 2, 20)))
    gap = row[:14] + [np.nan] * 6
    found = drawn(panel(row, gap), SHARE, 3, 2000)
    assert found["X01"][0].std() > 1.5 * found["X00"][0].std()


def test_a_state_without_a_figure_has_no_forecast() -> None:
    found = drawn(panel([10.0, 11.0, 12.0], [np.nan] * 3), SHARE)
    assert np.isnan(found["X01"]).all()
    assert np.isfinite(found["X00"]).all()


def test_a_state_with_one_figure_leans_on_the_others() -> None:
    calm, wild = [50.0, 50.1, 49.9, 50.0] * 4, [20.0, 45.0, 15.0, 60.0] * 4
    lone = [np.nan] * 15 + [50.0]
    spread = [drawn(panel(row, row, lone), SHARE, 5)["X02"][-1].std() for row in (calm, wild)]
    assert spread[0] < spread[1] / 5


def test_a_rate_of_change_is_not_compounded() -> None:
    found = drawn(panel([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]), RATE, 12)["X00"]
    assert np.median(found[-1]) <= 8.5


def test_members_do_not_depend_on_how_many_are_asked_for() -> None:
    made = panel([10.0, 12.0, 13.0, 17.0, 21.0])
    few, many = drawn(made, SHARE, 4, 10)["X00"], drawn(made, SHARE, 4, 200)["X00"]
    assert np.array_equal(few, many[:, :10])


def test_nothing_after_the_date_is_seen() -> None:
    made = panel([10.0, 12.0, 13.0, 17.0, 21.0, 90.0, 95.0])
    short = panel([10.0, 12.0, 13.0, 17.0, 21.0])
    later = trend(SHARE).fit(made, date(2005, 1, 1)).sample(3, 50, 1)
    assert np.array_equal(later["X00"], drawn(short, SHARE, 3, 50)["X00"])


def test_the_filter_is_the_exact_gaussian_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against the conditional mean and variance from the joint covariance of a short series with a gap."""
    monkeypatch.setattr(module, "DIFFUSE", 50.0)
    y = np.array([1.0, 1.4, np.nan, 2.1, 2.0])
    share, change, damping = 0.6, 0.1, 0.9
    state = filtered(y[None], np.array([[share, change, damping]]))
    # Every level and slope as a linear map of the independent causes: start, slope, shocks of each step.
    causes = 2 + 2 * (len(y) - 1)
    level, slope = np.eye(causes)[0], np.eye(causes)[1]
    levels = [level]
    for step in range(len(y) - 1):
        level = level + slope + np.eye(causes)[2 + 2 * step]
        slope = damping * slope + np.eye(causes)[3 + 2 * step]
        levels.append(level)
    variance = np.diag([50.0, SLOPE_YEARS * change, *([share, change] * (len(y) - 1))])
    seen = np.isfinite(y)
    maps = np.array(levels)[seen]
    gain = variance @ maps.T @ np.linalg.inv(maps @ variance @ maps.T + (1 - share) * np.eye(seen.sum()))
    mean, left = gain @ y[seen], variance - gain @ maps @ variance
    assert state.level[0, 0] == pytest.approx(levels[-1] @ mean, abs=1e-9)
    assert state.slope[0, 0] == pytest.approx(slope @ mean, abs=1e-9)
    assert state.p11[0, 0] == pytest.approx(levels[-1] @ left @ levels[-1], abs=1e-9)
    assert state.p22[0, 0] == pytest.approx(slope @ left @ slope, abs=1e-9)


def test_a_straight_line_is_continued_and_knows_no_bounds() -> None:
    made = panel([float(value) for value in range(60, 100, 2)])
    ahead = LINE.fit(made, made.axis.end).sample(6, 20, 1)["X00"]
    assert np.median(ahead[-1]) == pytest.approx(110.0)


def test_the_choices_hold_levels_without_and_trends_with_a_slope() -> None:
    assert {0.0} < {change for _, change, _ in TRENDS}
