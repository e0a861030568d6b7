"""Formats and chairs keep the dates as exact as they are known, and say what is not confirmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from mirab.core.records import Confidence
from mirab.follow.calendar import ahead, current_chairs, events
from mirab.observe.region import load

ON = date(2026, 11, 21)


class Pack:
    """Two organisations with their terms, and whatever agreements a test names."""

    def __init__(self, terms: Sequence[str], agreements: Sequence[str] = ()) -> None:
        self.tables = {
            "states": [
                {"state": code, "name": name} for code, name in (("XAA", "Upland"), ("XBB", "Midland"))
            ],
            "diplomacy/organisations": [
                {"org_id": "fund", "acronym": "RF", "name_en": "River Fund"},
                {"org_id": "talks", "acronym": None, "name_en": "River Talks"},
            ],
            "diplomacy/chairmanships": [self.term(text) for text in terms],
            "diplomacy/agreements": [self.agreement(text) for text in agreements],
        }

    def term(self, text: str) -> Mapping[str, Any]:
        org, level, state, first, last, confidence = text.split()
        known = {"last_verified": "2025-01", "source_id": "a|b", "confidence": confidence, "note": None}
        id = f"{org}_{state}_{first}"
        return {"chair_id": id, "org_id": org, "level": level, "chair_state": state} | {
            "date_from": first,
            "date_to": None if last == "-" else last,
            **known,
        }

    def agreement(self, text: str) -> Mapping[str, Any]:
        id, day, parties = text.split()
        known = {"last_verified": None, "source_id": "a", "confidence": "published", "note": None}
        status = {"status": "in force", "status_as_of": "2025"}
        return {"agreement_id": id, "name": id, "date": day, "parties": parties, **status, **known}

    def rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        return self.tables.get(table, ())


def titles(found: Sequence[Any]) -> list[str]:
    return [event.title for event in found]


def test_two_terms_in_a_row_make_one_handover_with_the_weaker_evidence() -> None:
    pack = Pack(
        [
            "fund organisation XBB 2024-01-01 2026-12-31 secondary",
            "fund organisation XAA 2027-01-01 - estimated",
        ]
    )
    (handover,) = (event for event in events(pack, ON) if event.kind == "handover")
    assert handover.title == "Chair of River Fund (RF): Midland to Upland (expected, not confirmed)"
    assert (handover.start, handover.states) == ("2027-01-01", ("XAA", "XBB"))
    assert handover.evidence.confidence is Confidence.ESTIMATED


def test_a_term_without_a_known_successor_ends() -> None:
    pack = Pack(["talks organisation XAA 2025-10-07 2026 recalled"])
    found = [event for event in events(pack, ON) if event.kind == "term end"]
    words = "Term of Upland in the chair of River Talks ends; no successor in the tables"
    assert titles(found) == [f"{words} (recalled, to be verified)"]
    assert found[0].start == "2026"


def test_a_gap_between_terms_is_an_end_and_a_beginning() -> None:
    terms = [
        "fund organisation XAA 2026-01-01 2026-10-31 secondary",
        "fund organisation XBB 2027-02 - secondary",
    ]
    kinds = {event.kind: event.start for event in events(Pack(terms), ON)}
    assert kinds == {"term start": "2027-02", "term end": "2026-10-31"}


def test_one_summit_is_a_meeting_and_no_term() -> None:
    pack = Pack(["talks summit XBB 2026-12-01 2026-12-02 secondary"])
    assert titles(events(pack, ON)) == ["Summit of River Talks, chair Midland"]
    assert current_chairs(pack, date(2026, 12, 1)) == ()


def test_a_seat_is_not_a_chair() -> None:
    pack = Pack(["fund elected_candidature XAA 2026-01-01 2027-12-31 estimated"])
    assert titles(events(pack, ON)) == [
        "River Fund (RF), elected candidature: Upland (expected, not confirmed)"
    ]
    assert current_chairs(pack, ON) == ()


def test_agreements_are_told_in_order_with_status_and_none_from_after_the_day() -> None:
    pack = Pack([], ["pact 2012 XBB|XAA", "deed 1998-03-17 XAA", "later 2026-11-22 XAA"])
    found = events(pack, ON)
    assert titles(found) == ["deed: in force, as of 2025", "pact: in force, as of 2025"]
    assert [event.start for event in found] == ["1998-03-17", "2012"]
    assert found[1].states == ("XAA", "XBB")


@pytest.mark.parametrize(
    ("start", "is_shown"),
    [
        ("2026-11-21", True),
        ("2026-12-21", True),
        ("2026-12-22", False),
        ("2026-11-20", False),
        ("2026-12", True),
        ("2026-10", False),
        ("2026", True),
        ("2027", False),
    ],
)
def test_what_lies_ahead_keeps_its_precision(start: str, is_shown: bool) -> None:
    pack = Pack([f"talks summit XBB {start} {start} secondary"])
    assert [event.start for event in ahead(events(pack, ON), ON)] == [start] * is_shown


def test_what_is_known_to_the_day_comes_first() -> None:
    terms = [f"talks summit XBB {start} {start} secondary" for start in ("2026", "2026-12", "2026-12-11")]
    assert [event.start for event in ahead(events(Pack(terms), ON), ON)] == ["2026-12-11", "2026-12", "2026"]


@pytest.mark.parametrize(
    ("day", "chairs"),
    [
        (date(2026, 8, 31), ["River Fund (RF): Upland"]),
        (date(2026, 9, 15), ["River Fund (RF): Midland", "River Fund (RF): Upland"]),
        (date(2026, 10, 1), ["River Fund (RF): Midland"]),
    ],
)
def test_both_chairs_are_given_while_the_day_of_the_handover_is_unknown(day: date, chairs: list[str]) -> None:
    pack = Pack(
        ["fund organisation XAA 2025-09-01 2026-09 secondary", "fund organisation XBB 2026-09 - secondary"]
    )
    assert titles(current_chairs(pack, day)) == chairs


@pytest.mark.parametrize("name", ["central_asia", "toy"])
def test_a_bundled_pack_makes_events_with_known_sources(name: str) -> None:
    region = load(name)
    found = events(region, ON)
    assert found
    assert {event.evidence.source_id for event in found} <= set(region.sources)
    assert len({event.id for event in found}) == len(found)


def test_a_pack_without_these_tables_has_no_events() -> None:
    assert events(Pack([]), ON) == ()
