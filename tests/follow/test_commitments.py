"""Commitments stand as their entries add up to, and are overdue by the date alone."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirab.core.records import Confidence, Evidence, Marking, Status
from mirab.follow.commitments import (
    BY_ADOPTION,
    BY_PERIOD,
    Entry,
    Known,
    commitments,
    due,
    entries,
    falling_due,
    parts,
    to_report,
    visible,
)
from mirab.observe.region import load

ON = date(2026, 11, 22)
SAID = Evidence("source", Confidence.SECONDARY)


def entry(id: str = "one", recorded: str = "", **cells: str) -> Entry:
    return Entry(id, {"what": "Deliver", **cells}, SAID, "clerk" if recorded else "", recorded)


def status(*found: Entry, on: date = ON) -> Status:
    (one,) = commitments(found, on)
    return one.status


@pytest.mark.parametrize(
    ("day", "is_late"), [("2026-11-21", True), ("2026-11-22", False), ("2026-11", False), ("2026-10", True)]
)
def test_a_promise_is_overdue_from_the_day_after_the_last_that_its_date_leaves(
    day: str, is_late: bool
) -> None:
    assert (status(entry(due=day)) is Status.OVERDUE) == is_late


@pytest.mark.parametrize(("word", "is_late"), [("scheduled", True), ("partially met", True), ("met", False)])
def test_only_what_is_still_open_falls_overdue(word: str, is_late: bool) -> None:
    late = entry(due="2026-01-01", status=word, status_on="2025-12-01")
    assert (status(late) is Status.OVERDUE) == is_late


def test_without_a_due_date_the_period_counts_and_then_adoption_and_a_rule_that_is_said() -> None:
    period = (date(2025, 10, 1), date(2026, 10, 1))
    assert due("2025-11", "2027-04", period) == (date(2027, 4, 30), "")
    assert due("2025-11", "", period) == (date(2026, 9, 30), BY_PERIOD)
    assert due("2025-11", "", None) == (date(2026, 11, 30), BY_ADOPTION)
    assert due("", "", None) == (None, "")


def test_a_promise_without_any_date_is_never_overdue() -> None:
    assert status(entry()) is Status.SCHEDULED


def test_the_status_is_that_of_the_day_asked_and_every_step_stays_in_the_history() -> None:
    told = (
        entry(due="2027", adopted="2026-01-01"),
        entry(recorded="2026-03-01T00:00:00+00:00", status="partially met", status_on="2026-02-15"),
        entry(recorded="2026-06-01T00:00:00+00:00", status="met"),
    )
    assert status(*told, on=date(2026, 2, 14)) is Status.SCHEDULED
    assert status(*told, on=date(2026, 2, 15)) is Status.PARTIALLY_MET
    (one,) = commitments(told, ON)
    assert [(step.on, step.status, step.person) for step in one.history] == [
        (date(2026, 2, 15), Status.PARTIALLY_MET, "clerk"),
        (date(2026, 6, 1), Status.MET, "clerk"),
    ]


def test_a_promise_does_not_exist_before_its_adoption() -> None:
    assert commitments([entry(adopted="2026-11-23")], ON) == ()
    assert commitments([entry(adopted="2026-11")], ON) != ()


def test_a_part_never_changes_the_whole() -> None:
    whole, part = entry("whole", due="2027"), entry("part", parent="whole", due="2026-01", status="not met")
    done = entry("part", recorded="2026-06-01T00:00:00+00:00", status="not met")
    found = commitments([whole, part, done], ON)
    assert {one.id: one.status for one in found} == {"whole": Status.SCHEDULED, "part": Status.NOT_MET}
    assert [one.id for one in parts(found, "whole")] == ["part"]


def test_what_falls_due_is_open_and_the_overdue_stand_first() -> None:
    found = commitments(
        [
            entry("later", due="2027-06-01"),
            entry("soon", due="2026-12-01"),
            entry("late", due="2026-01-01"),
            entry("done", due="2026-12-01", status="met", status_on="2026-11-01"),
        ],
        ON,
    )
    assert [one.id for one in falling_due(found, ON, days=30)] == ["late", "soon"]


def test_an_open_promise_of_which_nothing_was_heard_for_a_year_is_to_be_reported() -> None:
    heard = entry("heard", due="2027", status="scheduled", status_on="2026-06-01")
    silent = entry("silent", due="2027", status="scheduled", status_on="2024-06-01")
    fresh = entry("fresh", due="2027", adopted="2025-12")
    found = commitments([heard, silent, fresh, entry("never", due="2027")], ON)
    assert [one.id for one in to_report(found, ON)] == ["never", "silent"]


def test_an_audience_sees_neither_a_narrower_promise_nor_its_id_nor_who_wrote_a_change() -> None:
    told = (
        entry("secret", marking="internal"),
        entry("part", parent="secret"),
        entry("part", recorded="2026-06-01T00:00:00+00:00", status="met"),
    )
    found = commitments(told, ON)
    (one,) = visible(found, Marking.PUBLIC)
    assert (one.id, one.parent, one.status) == ("part", "", Status.MET)
    assert [(step.person, step.recorded) for step in one.history] == [("", "")]
    assert visible(found, Marking.INTERNAL) == found


def test_the_pack_gives_its_commitments_with_their_amounts() -> None:
    found = {one.id: one for one in commitments(entries(load("central_asia")), ON)}
    kerki = found["kerki_2026"]
    assert (kerki.amount, kerki.unit, kerki.item, kerki.to) == (44.0, "km3", "kerki", ("TKM", "UZB"))
    assert kerki.period == (date(2025, 10, 1), date(2026, 10, 1))
    assert all(one.evidence for one in found.values())


def test_a_source_of_the_pack_is_cited_and_other_words_are_kept() -> None:
    known = Known(sources={"yearbook"})
    assert known.evidence("yearbook").source_id == "yearbook"
    assert known.evidence("letter of 3 May", "by post").note == "letter of 3 May; by post"


@given(
    steps=st.lists(
        st.tuples(
            st.dates(date(2020, 1, 1), date(2026, 1, 1)), st.sampled_from(["scheduled", "met", "not met"])
        ),
        max_size=6,
    )
)
def test_the_newest_step_counts_and_none_is_lost(steps: list[tuple[date, str]]) -> None:
    told = [entry(recorded=f"{day}T00:00:00", status=word, status_on=day.isoformat()) for day, word in steps]
    (one,) = commitments([entry(), *told], ON)
    assert sorted(step.on for step in one.history) == sorted(day for day, _ in steps)
    newest = max((day for day, _ in steps), default=None)
    words = [word for day, word in steps if day == newest] or ["scheduled"]
    assert one.status.value == words[-1]
