"""Share and tone of the news: whole months of one state, and nothing taken for an event."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from replayed import asked, page, parsed, replayed, replies, scope, values

from mirab.core.errors import SourceError
from mirab.core.fields import fields
from mirab.core.records import Confidence
from mirab.observe import sources

STATES = "AFG KAZ KGZ TJK TKM UZB"


def reply(first: date, number: int, value: Any = 0.5, series: int = 1) -> str:
    days = [first + timedelta(days=step) for step in range(number)]
    data = [{"date": f"{day:%Y%m%d}T000000Z", "value": value} for day in days]
    return json.dumps({"timeline": [{"series": "Volume Intensity", "data": data}] * series})


def shares(*texts: str) -> dict[tuple[str, str], float | None]:
    pages = [page(f"volume_TJK_{2026 - number}", text) for number, text in enumerate(texts)]
    return values(parsed("gdelt", scope(STATES), pages), "news_share")


def test_days_become_means_of_months_as_articles_among_ten_thousand() -> None:
    found = replayed("gdelt", scope(STATES))
    assert values(found, "news_share") == {
        ("TJK", "2025-09-01"): pytest.approx(2.0),
        ("TJK", "2026-09-01"): pytest.approx(4.0),
    }
    assert values(found, "news_tone")["TJK", "2025-09-01"] == pytest.approx(-1.5)
    assert {o.unit for o in found.observations} == {
        fields()[name].unit for name in ("news_share", "news_tone")
    }
    assert {o.evidence.confidence for o in found.observations} == {Confidence.COMPUTED}


@pytest.mark.parametrize(("days", "months"), [(30, 1), (27, 1), (26, 0)])
def test_a_month_of_which_much_is_missing_is_no_figure(days: int, months: int) -> None:
    assert len(shares(reply(date(2026, 9, 1), days))) == months


def test_of_overlapping_pages_the_first_counts() -> None:
    assert shares(reply(date(2026, 9, 1), 30, 1.0), reply(date(2026, 9, 1), 30, 9.0)) == {
        ("TJK", "2026-09-01"): pytest.approx(100.0)
    }


def test_days_ahead_and_values_that_are_none_are_refused() -> None:
    text = reply(date(2026, 10, 1), 40)
    found = parsed("gdelt", scope(STATES), [page("volume_TJK_2026", text)])
    assert len(found.refused) == 9
    assert values(found, "news_share") == {("TJK", "2026-10-01"): pytest.approx(50.0)}
    assert shares(reply(date(2026, 9, 1), 30, "much")) == {}


def test_an_answer_without_anything_is_no_figure() -> None:
    assert shares("{}") == {}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("The specified phrase is too short.", "is not JSON but begins with 'The specified"),
        ('{"time_line": []}', "nearest is 'time_line'"),
        (reply(date(2026, 9, 1), 3, series=2).replace("Volume", "Other", 1), "has 2 series in place of one"),
        (reply(date(2026, 9, 1), 3).replace('"value"', '"values"'), "nearest is 'values'"),
    ],
)
def test_a_page_of_another_shape_is_named(text: str, what: str) -> None:
    with pytest.raises(SourceError, match=what):
        shares(text)


def test_a_year_that_is_over_is_asked_for_once() -> None:
    there = {name: path.read_bytes() for name, path in replies("gdelt").items()}
    asks, _ = asked("gdelt", scope("TJK"), there)
    assert [ask.page for ask in asks if "volume" in ask.page] == [
        "volume_TJK_2024",
        "volume_TJK_2025",
        "volume_TJK_2026_so_far",
    ]
    kept = frozenset(ask.page for ask in asks)
    again, _ = asked("gdelt", replace(scope("TJK"), kept=kept), there)
    assert [ask.page for ask in again] == ["volume_TJK_2026_so_far", "tone_TJK_2026_so_far"]


def test_the_service_is_asked_once_in_five_seconds() -> None:
    terms = sources.terms()["gdelt"]
    assert (60 / terms.per_minute, terms.at_once) == (5.0, 1)
