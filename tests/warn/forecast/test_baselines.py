"""Each baseline is the law that its name says."""

from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import TimeAxis, dekads, months
from mirab.core.panel import Panel
from mirab.warn.forecast.table import forecaster


def drawn(name: str, values: list[float], horizon: int = 2, axis: TimeAxis | None = None) -> np.ndarray:
    axis = axis or months(date(2000, 1, 1), len(values))
    made = Panel("deaths", "deaths", ("A",), axis, np.array([values], dtype=float))
    return forecaster(name).fit(made, axis.end).sample(horizon, 4000, 1)["A"]


def test_conflictology_draws_each_of_the_last_12_alike_and_nothing_older() -> None:
    found, count = np.unique(drawn("conflictology_12", [99.0, *range(12)]), return_counts=True)
    assert found.tolist() == list(range(12))
    assert count / count.sum() == pytest.approx(np.full(12, 1 / 12), abs=0.01)


def test_the_expanded_form_has_the_mean_of_the_raw_one_and_the_variance_of_counts_more() -> None:
    raw, expanded = (drawn(name, [0, 20] * 6) for name in ("conflictology_12", "conflictology_12_poisson"))
    assert expanded.mean() == pytest.approx(raw.mean(), abs=0.5)
    assert expanded.var() == pytest.approx(raw.var() + 10, rel=0.05)


def test_the_last_value_is_the_last_that_is_there() -> None:
    found = drawn("last", [50, 7, np.nan])
    assert found.mean() == pytest.approx(7, abs=0.2)
    assert found.var() == pytest.approx(7, rel=0.1)


def test_the_bootstrap_pools_all_items() -> None:
    axis = months(date(2000, 1, 1), 3)
    made = Panel("deaths", "deaths", ("A", "B"), axis, np.array([[0, 0, 0], [5, 5, 5]], dtype=float))
    found = forecaster("bootstrap_240").fit(made, axis.end).sample(1, 4000, 1)["A"]
    assert found.mean() == pytest.approx(2.5, abs=0.15)


def test_a_season_member_is_a_whole_past_year_from_the_same_place() -> None:
    axis = dekads(date(2020, 1, 1), 36 * 3 + 4)
    values = [100.0 * (i // 36) + i % 36 for i in range(len(axis))]
    found = drawn("season", values, 40, axis)
    first = set(found[0])
    assert first == {4.0, 104.0, 204.0}
    assert np.array_equal(found[36:], found[:4])
    for start in first:
        member = found[:, int(np.flatnonzero(found[0] == start)[0])]
        assert member[:32].tolist() == [start + i for i in range(32)]


def test_a_past_year_with_a_gap_is_not_drawn() -> None:
    values = [float(i) for i in range(36)]
    values[13] = np.nan
    assert set(drawn("season", values)[0]) == {0.0, 24.0}
