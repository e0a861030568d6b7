"""A backtest scores what was not seen, at the leads that were asked for."""

from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import months
from mirab.core.panel import Panel
from mirab.warn.forecast.backtest import Backtest, Leads, backtest, origins
from mirab.warn.forecast.table import forecaster

AXIS = months(date(2010, 1, 1), 72)


def scored(method: str, values: np.ndarray, leads: Leads) -> Backtest:
    items = tuple("AB"[: len(values)])
    made = Panel("deaths", "deaths", items, AXIS, values)
    days = [date(year, 11, 1) for year in range(2012, 2016)]
    return backtest(forecaster(method), made, days, leads, threshold=25, members=50)


def test_the_forecast_of_nothing_costs_what_came() -> None:
    values = np.stack([np.arange(72.0), np.zeros(72)])
    found = scored("zero", values, Leads(3, 4))
    first = AXIS.index(date(2012, 11, 1)) + 2
    assert found.crps[0].tolist() == [[first, first + 1], [0, 0]]
    assert found.happened[0].tolist() == [[1, 1], [0, 0]]
    assert found.any_above.max() == 0
    assert found.origins[0] == date(2012, 11, 1)


def test_a_step_that_is_not_known_has_no_score_and_the_others_have() -> None:
    values = np.ones((1, 72))
    values[0, AXIS.index(date(2013, 1, 1))] = np.nan
    found = scored("last", values, Leads(1, 12))
    assert np.isnan(found.crps[0, 0, 2])
    assert np.isnan(found.any_happened[0, 0])
    assert np.isfinite(found.crps[1]).all()
    assert np.isnan(found.crps[3, 0, 2:]).all()


def test_scores_of_one_item_and_of_some_years_are_parts_of_the_whole() -> None:
    values = np.stack([np.arange(72.0), np.zeros(72)])
    found = scored("last", values, Leads(1, 2))
    assert np.array_equal(found.of("B").crps[:, 0], found.crps[:, 1])
    assert found.since(1, 3).origins == found.origins[1:3]
    assert np.array_equal(found.since(1, 3).above, found.above[1:3])


def test_origins_lie_a_year_apart_with_history_behind_and_all_leads_known() -> None:
    made = Panel("deaths", "deaths", ("A",), AXIS, np.zeros((1, 72)))
    assert origins(made, Leads(1, 12)) == (date(2015, 1, 1),)
    assert origins(made, Leads(3, 14), history=3) == (date(2013, 11, 1), date(2014, 11, 1))
    assert origins(made, Leads(1, 12), most=2, history=1) == (date(2014, 1, 1), date(2015, 1, 1))
    assert origins(made, Leads(30, 41)) == ()


def test_a_method_that_knows_the_law_is_better_than_nothing() -> None:
    rng = np.random.default_rng(3)
    values = rng.poisson(30, (2, 72)).astype(float)
    ours, nothing = (scored(name, values, Leads(1, 12)).crps for name in ("recency", "zero"))
    assert np.nanmean(ours) < 0.5 * np.nanmean(nothing)
    assert np.nanmean(scored("conflictology_12", values, Leads(1, 12)).covered) == pytest.approx(0.9, abs=0.1)
