"""What earlier issues said of the next month stands in one chart, and only where several issues said it."""

from __future__ import annotations

from datetime import date

from issues_of import issue

from mirab.brief.drawing import datasets, draw
from mirab.brief.earlier import series
from mirab.brief.figures import Figures
from mirab.brief.words import load
from mirab.core.records import Briefing, Series


def made(as_of: date, middle: float, *, id: str = "forecast:security_deaths_XAA") -> Briefing:
    """An issue with a fan over November and December 2026, its middle `middle` and ten times that."""
    columns = {"date": ("2026-09-01", "2026-10-01", "2026-11-01", "2026-12-01"), "p05": (None, 0.0, 0.0, 0.0)}
    columns |= {"p50": (None, 1.0, middle, 10 * middle), "p95": (None, 5.0, 3 * middle, 30 * middle)}
    fan = Series(id, "Upland: deaths by month", "deaths", columns, ("invented",), "computed")
    return issue(as_of=as_of, series=(fan,))


BEFORE = (made(date(2026, 8, 1), 40.0), made(date(2026, 9, 1), 25.0))
NOW = made(date(2026, 10, 1), 20.0)


def test_the_first_whole_month_after_the_issue_is_followed_through_all_issues() -> None:
    (found,) = series(NOW, BEFORE)
    assert found.id == "consistency:security_deaths_XAA"
    assert found.title == "Upland: deaths by month, 2026-11: what each issue said"
    assert found.columns == {
        "date": ("2026-08-01", "2026-09-01", "2026-10-01"),
        "p05": (0.0, 0.0, 0.0),
        "p50": (40.0, 25.0, 20.0),
        "p95": (120.0, 75.0, 60.0),
    }


def test_a_first_issue_and_another_forecast_are_compared_with_nothing() -> None:
    assert series(NOW, ()) == ()
    assert series(NOW, (made(date(2026, 9, 1), 25.0, id="forecast:security_deaths_XBB"),)) == ()


def test_a_month_that_an_earlier_issue_did_not_reach_is_left_out() -> None:
    short = made(date(2026, 7, 1), 9.0)
    columns = {name: values[:2] for name, values in short.series[0].columns.items()}
    cut = issue(
        as_of=short.as_of, series=(Series(short.series[0].id, "", "deaths", columns, (), "computed"),)
    )
    assert series(NOW, (cut,)) == ()


def test_the_chart_draws_one_interval_for_each_issue() -> None:
    (found,) = series(NOW, BEFORE)
    data = datasets(found, Figures(load(), {}))
    assert [row["middle"] for row in data["rows"]] == [40.0, 25.0, 20.0]
    svg = draw("consistency", data, title=found.title, words=load(), width=600)
    assert load()("consistency.issue") in svg
