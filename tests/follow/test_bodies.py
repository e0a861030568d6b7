"""Members, chairs and posts are dated, and what cannot be true together is told with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from mirab.follow.bodies import members, office_holders, problems, to_verify
from mirab.observe.region import load

ON = date(2026, 11, 22)
SAID = {"source_id": "a", "confidence": "secondary", "note": None, "last_verified": None}


class Pack:
    """One fund of two states with whatever terms, members and posts a test names."""

    def __init__(self, **tables: Sequence[str]) -> None:
        self.tables: dict[str, list[Mapping[str, Any]]] = {
            "states": [{"state": code, "name": code.title()} for code in ("XAA", "XBB")],
            "diplomacy/organisations": [
                {"org_id": "fund", "acronym": "RF", "name_en": "River Fund", "members": "XAA|XBB"}
            ],
        }
        self.tables["diplomacy/people"] = [{"person_id": name, "name": name} for name in ("One", "Two")]
        for name, rows in tables.items():
            self.tables[f"diplomacy/{name}"] = [self.row(name, text) for text in rows]

    def row(self, table: str, text: str) -> Mapping[str, Any]:
        heads = {
            "chairmanships": ("level", "chair_state", "date_from", "date_to"),
            "memberships": ("state", "status", "date_from", "date_to"),
            "posts": ("person_id", "role", "state", "date_from", "date_to"),
            "parties": ("agreement_id", "state", "signed", "ratified"),
            "participations": ("states", "date"),
        }[table]
        cells = [None if cell == "-" else cell for cell in text.split()]
        found: dict[str, Any] = dict(zip(heads, cells, strict=True))
        return {"org_id": "fund", "chair_id": text, "post_id": text, "person_id": text, **SAID, **found}

    def rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        return self.tables.get(table, ())

    def numbered(self, table: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        return ((f"{table}.csv:{line}", row) for line, row in enumerate(self.rows(table), 2))


def told(**tables: Sequence[str]) -> list[str]:
    pack = Pack(**tables)
    return [str(one) for one in problems(pack, pack.numbered)]


@pytest.mark.parametrize("name", ["central_asia", "toy"])
def test_the_bundled_packs_are_sound(name: str) -> None:
    region = load(name)
    assert problems(region, region.numbered) == []


def test_two_chairs_at_once_are_told_with_the_line() -> None:
    terms = ["organisation XAA 2024-01-01 2026-12-31", "organisation XBB 2026-06-01 2027-12-31"]
    (reason,) = told(chairmanships=terms)
    assert reason.startswith("diplomacy/chairmanships.csv:3 XAA and XBB hold the chair of fund at once")


@pytest.mark.parametrize(
    "terms",
    [
        ["organisation XAA 2024-01-01 2026-06-01", "organisation XBB 2026-06-01 2027-12-31"],
        ["organisation XAA 2024-01-01 2026", "organisation XBB 2026-06-01 2027-12-31"],
        ["organisation XAA 2024-01-01 2026-12-31", "organisation XBB 2026 2027"],
        ["organisation XAA 2024-01-01 2026-12-31", "ministerial XBB 2024-01-01 2026-12-31"],
        ["organisation XAA|XBB 2024-01-01 2026-12-31"],
        ["summit XAA 2024-01-01 2026-12-31", "summit XBB 2025-03-01 2025-03-02"],
    ],
)
def test_a_handover_inexact_dates_another_level_co_chairs_and_a_summit_are_no_clash(terms: list[str]) -> None:
    assert told(chairmanships=terms) == []


def test_a_chair_that_is_no_member_on_its_first_day_is_told() -> None:
    (reason,) = told(chairmanships=["organisation XCC 2024-01-01 2026-12-31"])
    assert "chair_state='XCC' is no member of fund on 2024-01-01" in reason
    joined = ["XAA member 2025-01-01 -"]
    (reason,) = told(chairmanships=["organisation XAA 2024-01-01 2026-12-31"], memberships=joined)
    assert "chair_state='XAA' is no member of fund on 2024-01-01" in reason
    assert told(chairmanships=["organisation XAA 2025-02-01 2026-12-31"], memberships=joined) == []


def test_two_people_in_one_post_a_backward_period_and_an_unknown_state_are_told() -> None:
    posts = ["One Minister XAA 2024 -", "Two Minister XAA 2025 2026", "Three Deputy XAA 2024 -"]
    (reason,) = told(posts=[*posts, "Four Deputy XAA 2024 -"])
    assert "One and Two hold the post 'Minister' at once" in reason
    assert told(posts=["One Minister XAA 2024 2025-03", "Two Minister XAA 2025-03 -"]) == []
    (reason,) = told(posts=["One Minister XAA 2024-05 2024-03"])
    assert "date_to=2024-03 lies before date_from=2024-05" in reason
    (reason,) = told(participations=["XAA|XBC 2024-05-01"])
    assert "states='XBC' is not a state of the pack; nearest is 'XBB'" in reason


def test_a_ratification_before_the_signature_is_told() -> None:
    (reason,) = told(parties=["pact XAA 2012-05-01 2011"])
    assert "ratified=2011 lies before signed=2012-05-01" in reason


def test_a_member_is_one_from_the_day_it_joined_and_taking_part_makes_no_member() -> None:
    pack = Pack(
        memberships=["XBB member 2025-11-16 -", "XCC observer 2020 -"], participations=["XDD 2024-05-01"]
    )
    assert members(pack, "fund", date(2025, 11, 15)) == ("XAA",)
    assert members(pack, "fund", date(2025, 11, 16)) == ("XAA", "XBB")


def test_the_seventh_meeting_made_azerbaijan_a_member() -> None:
    region = load("central_asia")
    assert "AZE" not in members(region, "cacm", date(2025, 11, 15))
    assert "AZE" in members(region, "cacm", date(2025, 11, 16))


def test_who_holds_a_post_is_told_for_the_day_and_doubt_stays_in_the_words() -> None:
    pack = Pack(posts=["One Minister XAA 2024-03 2025-12", "Two Minister XAA 2026-01 -"])
    assert [one.title for one in office_holders(pack, ON)] == ["Xaa, Minister: Two"]
    recalled = [
        one for one in office_holders(load("central_asia"), ON) if one.evidence.confidence == "recalled"
    ]
    assert recalled
    assert all("recalled, to be verified" in one.title for one in recalled)


@pytest.mark.parametrize(("seen", "is_old"), [("2026-08-24", False), ("2026-08-23", True), ("", True)])
def test_what_was_seen_over_90_days_ago_or_never_is_to_verify(seen: str, is_old: bool) -> None:
    assert to_verify(seen, ON) == is_old
