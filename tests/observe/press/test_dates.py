"""Dates in nine languages."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.observe.press.dates import dates, gregorian
from mirab.observe.press.rows import rows
from mirab.observe.press.words import Words

BASE = date(2024, 2, 21)
FEB_20 = ("2024-02-20", "2024-02-20", "day")


def read(text: str, base: date | None = BASE) -> list[tuple[str, str, str]]:
    return [(str(one.start), str(one.end), one.precision) for one in dates(Words.of(text), base)]


@pytest.mark.parametrize(
    "text",
    [
        "said at a Feb. 20 meeting",
        "on February 20, 2024",
        "on 20 February",
        "on the 20th of February 2024",
        "20.02.2024",
        "2024-02-20",
        "02/20/2024",
        "20 февраля 2024 года",
        "2024 жылғы 20 ақпанда",
        "20 ақпанда кездесті",
        "2024-жылдын 20-февралында",
        "2024-yil 20-fevral kuni",
        "20-fevralda",
        "2024 йил 20 февраль куни",
        "20 феврали соли 2024",
        "2024-nji ýylyň 20-nji fewralynda",
        "۲۰ فوریه ۲۰۲۴",
        "۱ حوت ۱۴۰۲",
        "د ۲۰۲۴ کال د فبرورۍ ۲۰مه",
        "met yesterday",
        "on Tuesday",
        "вчера",
        "во вторник",
    ],
)
def test_the_same_day_is_read_in_every_way_of_writing_it(text: str) -> None:
    wanted = FEB_20 if "حوت" not in text else ("2024-02-20", "2024-02-20", "day")
    assert read(text) == [wanted]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from 20 to 22 February", ("2024-02-20", "2024-02-22", "day")),
        ("20–22 февраля 2024 года", ("2024-02-20", "2024-02-22", "day")),
        ("March 5-7, 2025", ("2025-03-05", "2025-03-07", "day")),
        ("in March 2025", ("2025-03-01", "2025-03-31", "month")),
        ("в марте 2025 года", ("2025-03-01", "2025-03-31", "month")),
        ("by 2030", ("2030-01-01", "2030-12-31", "year")),
        ("до 2030 года", ("2030-01-01", "2030-12-31", "year")),
        ("next month", ("2024-03-01", "2024-03-31", "month")),
        ("28 December", ("2023-12-28", "2023-12-28", "day")),
    ],
)
def test_a_period_is_read_as_exactly_as_it_is_said(text: str, expected: tuple[str, str, str]) -> None:
    assert read(text) == [expected]


@pytest.mark.parametrize(
    "text",
    ["it may 20 times", "they march on", "Room 2024", "31 February 2024", "a 12.5 share", "resolution 2030"],
)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert read(text) == []


def test_without_a_day_of_publication_yesterday_is_no_date() -> None:
    assert read("met yesterday, on 20 February", None) == []


@pytest.mark.parametrize(
    ("year", "day"), [(1399, "2020-03-20"), (1400, "2021-03-21"), (1403, "2024-03-20"), (1404, "2025-03-21")]
)
def test_nowruz_falls_on_its_published_day(year: int, day: str) -> None:
    assert gregorian(year, 1, 1).isoformat() == day


@given(st.dates(date(2000, 1, 1), date(2060, 12, 31)), st.sampled_from(["{d} {m} {y}", "{m} {d}, {y}"]))
@settings(derandomize=True)
def test_a_day_that_is_written_out_is_read_back(day: date, form: str) -> None:
    text = form.format(d=day.day, m=f"{day:%B}", y=day.year)
    assert read(text, None) == [(day.isoformat(), day.isoformat(), "day")]


@pytest.mark.parametrize("row", rows("relative"), ids=lambda row: row["rule_id"])
def test_a_relative_date_is_found_in_its_sentence(row: dict[str, str]) -> None:
    found = dates(Words.of(row["test"]), BASE)
    assert row["rule_id"] in {one.rule for one in found}


@pytest.mark.parametrize("row", rows("months"), ids=lambda row: f"{row['calendar']} {row['month']}")
def test_each_form_of_a_month_is_read(row: dict[str, str]) -> None:
    year = 2024 if row["calendar"] == "gregorian" else 1402
    for form in row["forms"].split("|"):
        (one,) = dates(Words.of(f"5 {form.rstrip('*').capitalize()} {year}"), None)
        assert one.end - one.start == timedelta(0)
        assert row["calendar"] != "gregorian" or one.start == date(2024, int(row["month"]), 5)
