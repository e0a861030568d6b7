"""What earlier issues said about the same window stands side by side, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from issues_of import AS_OF, issue, threat

from mirab.core.records import Series
from mirab.follow.consistency import months_ahead, of_chance, of_step, of_threat, shared

days = st.integers(0, 400).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
windows = st.tuples(days, days).map(lambda pair: (min(pair), max(pair)))


def odds(chance: float, ends: str) -> Series:
    columns = {"place": ("Upland", "Midland"), "chance": (chance, 0.9), "ends": (ends, ends)}
    columns |= {name: (value, value) for name, value in {"lead_from": 3, "lead_to": 6}.items()}
    columns |= dict.fromkeys(("low", "middle", "high"), (1.0, 1.0))
    return Series("odds:security_deaths", "", "1", columns, (), "computed")


def fan(middle: float | None) -> Series:
    columns = {"date": ("2027-01-01", "2027-02-01"), "p05": (0.0, middle), "p50": (0.5, middle)}
    return Series("fan:dam", "", "1", columns | {"p95": (1.0, middle)}, (), "computed")


def test_a_threat_is_followed_through_issues_by_its_rule_and_place() -> None:
    issues = [
        issue(threat("dam", 0.2), issue=1),
        issue(threat("weir", 0.3, items=("weir", "dam")), threat("gate"), issue=2),
        issue(threat("gate"), issue=3),
    ]
    said = of_threat(issues, threat("dam"))
    assert [(one.issue, one.probability, one.level) for one in said] == [(1, 0.2, "watch"), (2, 0.3, "watch")]


def test_another_window_is_not_the_same_forecast() -> None:
    near = threat("dam", 0.2, window=(date(2027, 1, 20), date(2027, 3, 1)))
    far = threat("dam", 0.9, window=(date(2028, 1, 1), date(2028, 2, 1)))
    said = of_threat([issue(near, issue=1), issue(far, issue=2)], threat("dam"), least_shared=0.3)
    assert [one.issue for one in said] == [1]
    assert said[0].shared == pytest.approx(13 / 32)


def test_a_chance_is_followed_by_place_and_window() -> None:
    window = months_ahead(date(2026, 9, 30), 3, 6)
    issues = [
        issue(issue=1, series=(odds(0.2, "2026-09-30"),)),
        issue(issue=2, series=(odds(0.4, "2026-10-31"),)),
        issue(issue=3, series=(odds(0.6, "2027-06-30"),)),
    ]
    said = of_chance(issues, "odds:security_deaths", "Upland", window)
    assert [(one.issue, one.probability) for one in said] == [(1, 0.2), (2, 0.4)]
    assert said[0].shared == 1.0
    assert said[1].shared == pytest.approx(90 / 121)


def test_a_step_of_a_fan_is_followed_where_it_was_forecast() -> None:
    issues = [replace(issue(issue=n, series=(fan(value),))) for n, value in enumerate((0.7, None, 0.9))]
    said = of_step(issues, "fan:dam", date(2027, 2, 1))
    assert [(one.issue, one.middle, one.as_of) for one in said] == [(0, 0.7, AS_OF), (2, 0.9, AS_OF)]


@settings(derandomize=True, max_examples=200)
@given(windows, windows)
def test_the_shared_part_of_a_window_is_that_counted_day_by_day(
    one: tuple[date, date], asked: tuple[date, date]
) -> None:
    wanted = [asked[0] + timedelta(days=n) for n in range((asked[1] - asked[0]).days + 1)]
    inside = [day for day in wanted if one[0] <= day <= one[1]]
    assert shared(one, asked) == pytest.approx(len(inside) / len(wanted))
