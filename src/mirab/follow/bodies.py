"""Organisations and formats: who is a member when, who holds which post, and what is wrong with the rows.

A state of the list of members is one unless a dated row of the memberships says otherwise; taking part in a
meeting is no membership. Two terms clash only where the days that are known leave no other reading: a
handover that is known to a month is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations

from mirab.core.calendar import day_range
from mirab.core.declared import by, codes, evidence
from mirab.core.domain import Row, Tables
from mirab.core.errors import Problem, suggest
from mirab.core.phrase import say
from mirab.core.records import Confidence, Event
from mirab.follow import forms
from mirab.follow.calendar import CHAIRED, DOUBTS, GROUP, OFFICE, is_meeting
from mirab.follow.commitments import COLUMNS, Known

VERIFY_DAYS = 90
SEATED = ("member", "associate")
SHARED = ("Adviser", "Ambassador", "Deputy")
PERIODS = {
    "memberships": ("date_from", "date_to"),
    "posts": ("date_from", "date_to"),
    "chairmanships": ("date_from", "date_to"),
    "parties": ("signed", "ratified"),
}

Numbered = Callable[[str], Iterable[tuple[str, Row]]]


def members(tables: Tables, org: str, on: date, *, group: str = GROUP) -> tuple[str, ...]:
    """Codes of the states that are members or associates of an organisation on a day, A to Z."""
    rows = [row for row in tables.rows(f"{group}/memberships") if row["org_id"] == org]
    listed = [row for row in tables.rows(f"{group}/organisations") if row["org_id"] == org]
    dated = {row["state"] for row in rows}
    now = {row["state"] for row in rows if row["status"] in SEATED and _covers(row, on)}
    return tuple(
        sorted(now | {code for row in listed for code in codes(row["members"]) if code not in dated})
    )


def to_verify(last_verified: str, on: date) -> bool:
    """Whether an entry was last seen over 90 days ago, or never, so that a reader should look again.

    >>> to_verify("2026-08", date(2026, 11, 22)), to_verify("2026-07", date(2026, 11, 22))
    (False, True)
    """
    days = day_range(last_verified)
    return days is None or (on - days[1]).days > VERIFY_DAYS


def office_holders(tables: Tables, on: date, *, group: str = GROUP) -> tuple[Event, ...]:
    """Who holds which post on a day, by state or organisation and post, as far as the rows know."""
    bodies = {
        row["org_id"]: row["acronym"] or row["name_en"] for row in tables.rows(f"{group}/organisations")
    }
    states = {row["state"]: row["name"] for row in (*tables.rows("other_states"), *tables.rows("states"))}
    people = {row["person_id"]: row["name"] for row in tables.rows(f"{group}/people")}
    found = []
    for row in tables.rows(f"{group}/posts"):
        if _covers(row, on):
            place = states.get(row["state"], "") or bodies.get(row["org_id"], "")
            name = people[row["person_id"]]
            title = say("{place}, {role}: {name}", place=place, role=row["role"], name=name)
            if doubt := DOUBTS.get(Confidence(row["confidence"])):
                title = say("{text} ({doubts})", text=title, doubts=doubt)
            dates = (row["date_from"] or "", row["date_to"] or "", row["last_verified"] or "")
            id = f"{group}:{OFFICE}:{row['post_id']}"
            found.append(Event(id, OFFICE, title, codes(row["state"]), *dates, evidence(row)))
    return tuple(sorted(found, key=lambda event: event.title))


def problems(
    tables: Tables, numbered: Numbered, *, items: Iterable[str] = (), group: str = GROUP
) -> list[Problem]:
    """What is wrong with the diplomacy of a pack beyond its single cells.

    `numbered` gives the rows of a table with the place that a problem names. Two chairs at once, a chair
    that is no member, two people in one post, a period that ends before it begins, unknown states, and
    commitments that a user could not have written down either.
    """
    found: list[Problem] = []
    for table, (first, last) in PERIODS.items():
        found += _reversed(numbered(f"{group}/{table}"), first, last)
    found += _chairs(tables, list(numbered(f"{group}/chairmanships")), group)
    found += _posts(numbered(f"{group}/posts"))
    for table, column in (("memberships", "state"), ("parties", "state"), ("participations", "states")):
        found += _states(tables, numbered(f"{group}/{table}"), column)
    return [*found, *_commitments(tables, numbered(f"{group}/commitments"), items)]


def _reversed(rows: Iterable[tuple[str, Row]], first: str, last: str) -> Iterator[Problem]:
    for where, row in rows:
        begin, end = day_range(row[first] or ""), day_range(row[last] or "")
        if begin and end and end[1] < begin[0]:
            what = f"{last}={row[last]} lies before {first}={row[first]}"
            yield Problem(where, what, "correct one of the dates")


def _chairs(tables: Tables, rows: Sequence[tuple[str, Row]], group: str) -> Iterator[Problem]:
    terms = [(where, row) for where, row in rows if (row["level"] or CHAIRED[0]) in CHAIRED]
    by_chair: dict[tuple[str, str], list[tuple[str, Row]]] = {}
    for where, row in terms:
        if not is_meeting(row):
            by_chair.setdefault((row["org_id"], row["level"] or CHAIRED[0]), []).append((where, row))
    for (org, _), held in by_chair.items():
        for (where, row), (other, before) in combinations(sorted(held, key=lambda one: _begin(one[1])), 2):
            if _clash(row, before):
                what = f"{row['chair_state']} and {before['chair_state']} hold the chair of {org} at once"
                yield Problem(max(where, other), what, "mend the dates, or join co-chairs by | in one row")
    for where, row in terms:
        there = members(tables, row["org_id"], _begin(row), group=group)
        for code in codes(row["chair_state"]):
            if there and code not in there:
                what = f"chair_state={code!r} is no member of {row['org_id']} on {row['date_from']}"
                yield Problem(where, what, "correct it, or add a row to the memberships")


def _posts(rows: Iterable[tuple[str, Row]]) -> Iterator[Problem]:
    single = ((where, row) for where, row in rows if not row["role"].startswith(SHARED))
    held = by([{**row, "place": where} for where, row in single], "role")
    for role, people in held.items():
        for one, other in combinations(people, 2):
            is_same = (one["state"], one["org_id"]) == (other["state"], other["org_id"])
            if is_same and one["person_id"] != other["person_id"] and _clash(one, other):
                what = f"{one['person_id']} and {other['person_id']} hold the post {role!r} at once"
                yield Problem(other["place"], what, "mend the dates, or name the posts apart")


def _states(tables: Tables, rows: Iterable[tuple[str, Row]], column: str) -> Iterator[Problem]:
    known = {row["state"] for row in (*tables.rows("states"), *tables.rows("other_states"))}
    for where, row in rows:
        for code in codes(row[column]):
            if code not in known:
                yield Problem(
                    where, f"{column}={code!r} is not a state of the pack", suggest(code, sorted(known))
                )


def _commitments(tables: Tables, rows: Iterable[tuple[str, Row]], items: Iterable[str]) -> Iterator[Problem]:
    known = Known.of(tables, items=set(items))
    others = Known(known.states, known.agreements, known.sources, known.items)
    for where, row in rows:
        cells = {name: str(row[name]) for name in COLUMNS if row.get(name) is not None}
        cells |= {"source": row["source_id"], "parent": ""}
        yield from forms.created(cells, others, where=where, today=date.max)


def _covers(row: Row, on: date) -> bool:
    return _begin(row) <= on <= _end(row)


def _clash(one: Row, other: Row) -> bool:
    """Whether two periods overlap by a day or more, whatever days an inexact date may mean."""
    early, late = sorted((one, other), key=_begin)
    begins = day_range(late["date_from"] or "")
    ends = day_range(early["date_to"] or "")
    last_start = begins[1] if begins else date.min
    first_end = ends[0] if ends else date.max
    return last_start < first_end


def _begin(row: Row) -> date:
    days = day_range(row["date_from"] or "")
    return days[0] if days else date.min


def _end(row: Row) -> date:
    days = day_range(row["date_to"] or "")
    return days[1] if days else date.max
