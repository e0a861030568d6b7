"""Indicators are forecast to the deadlines of their targets, from what was known on the date."""

from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import years
from mirab.core.panel import Panel
from mirab.core.targets import Indicator, Measured, Target
from mirab.warn.forecast.deadlines import ahead, forecaster, known

WATER = Indicator("water", "Water", 6, "%", "share", "up", 0.0, 100.0)


def measured() -> Measured:
    values = np.array([[60.0, 62.0, 63.0, 66.0, 90.0]])
    panel = Panel("water", "%", ("XAA",), years(date(2015, 1, 1), 5), values)
    targets = [
        Target(f"t{year}", "p", "", "", "water", "reach", 100.0, None, year, "") for year in (2030, 2034)
    ]
    return Measured({"water": WATER}, {}, targets, {"water": panel})


def test_a_year_that_was_not_over_is_not_known() -> None:
    assert known(measured(), date(2019, 12, 31))["water"].values[0].tolist() == [60.0, 62.0, 63.0, 66.0]
    assert known(measured(), date(2014, 6, 1)) == {}


def test_members_reach_the_latest_deadline() -> None:
    found = ahead(measured(), known(measured(), date(2026, 1, 1)), members=20, seed=1)["water"]
    assert [found.axis.starts[0].year, found.axis.starts[-1].year] == [2020, 2034]


@pytest.mark.parametrize(("kind", "title"), [("share", "damped trend"), ("rate_of_change", "level")])
def test_the_kind_of_an_indicator_says_how_it_may_move(kind: str, title: str) -> None:
    indicator = Indicator("a", "A", 8, "%", kind, "up", -50.0, 100.0)
    assert title in forecaster(indicator).title
