"""The iCalendar file keeps RFC 5545: whole days, folded lines, escaped text; no day is made up."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from mirab.follow.icalendar import Dated, text

ON = date(2026, 11, 22)


def lines(*entries: Dated) -> list[str]:
    return text(entries, on=ON).replace("\r\n ", "").split("\r\n")


def test_a_day_is_a_day_and_its_end_the_day_after() -> None:
    found = lines(Dated("a", "Summit", "2026-12-01"))
    assert {"DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261202", "SUMMARY:Summit"} <= set(found)


def test_what_is_known_to_a_month_spans_it_and_says_so() -> None:
    found = lines(Dated("a", "Handover", "2026-02"))
    assert {"DTSTART;VALUE=DATE:20260201", "DTEND;VALUE=DATE:20260301"} <= set(found)
    assert "SUMMARY:Handover (day not known)" in found


def test_the_end_counts_where_one_is_known() -> None:
    assert "DTEND;VALUE=DATE:20261204" in lines(Dated("a", "Summit", "2026-12-01", "2026-12-03"))


def test_an_entry_without_a_date_is_left_out() -> None:
    assert "BEGIN:VEVENT" not in lines(Dated("a", "Some day", "not known"))


def test_marks_of_the_format_are_escaped() -> None:
    assert "SUMMARY:Water\\, power\\; both\\\\one\\ntwo" in lines(
        Dated("a", "Water, power; both\\one\ntwo", "2026-12-01")
    )


@given(title=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=200))
def test_no_line_is_longer_than_75_octets_and_unfolding_gives_the_title_back(title: str) -> None:
    made = text([Dated("a", title, "2026-12-01")], on=ON)
    assert max(len(line.encode()) for line in made.split("\r\n")) <= 75
    (summary,) = [line for line in made.replace("\r\n ", "").split("\r\n") if line.startswith("SUMMARY:")]
    plain = summary[8:].replace("\\\\", "\0").replace("\\,", ",").replace("\\;", ";").replace("\0", "\\")
    assert plain == title
