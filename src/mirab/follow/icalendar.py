"""Dated things as an iCalendar file (RFC 5545): meetings, handovers, due promises, whole days only.

What is known to a month or a year only spans it and says so in its title: no day is made up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mirab.core.calendar import day_range, in_words
from mirab.core.records import Commitment, Event

LONGEST_LINE = 75


@dataclass(frozen=True)
class Dated:
    """One entry of a calendar: `start` and `end` are ISO text as exact as they are known."""

    id: str
    title: str
    start: str
    end: str = ""
    note: str = ""


def of_event(event: Event) -> Dated:
    """An event of the diplomacy, with when it was last verified."""
    seen = f"Last verified: {event.last_verified or 'not known'}"
    return Dated(
        event.id, event.title, event.start, event.end, f"{seen}. Source: {event.evidence.source_id}."
    )


def of_commitment(one: Commitment) -> Dated:
    """The day on which a promise falls due, with its owner and the rule where no date was given."""
    when = one.due_known or (one.due.isoformat() if one.due else "")
    parts = [f"Answers for it: {one.owner}" if one.owner else "", one.due_rule]
    return Dated(
        f"commitment:{one.id}", f"Due: {one.what}", when, "", ". ".join(part for part in parts if part)
    )


def text(entries: Iterable[Dated], *, on: date, name: str = "Mirab") -> str:
    """The calendar file; entries without a date are left out. `on` stamps it: the same day, the same text."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Mirab//Calendar//EN",
        f"X-WR-CALNAME:{_escaped(name)}",
    ]
    for entry in entries:
        lines += _entry(entry, on)
    return "\r\n".join(folded for line in (*lines, "END:VCALENDAR") for folded in _folded(line)) + "\r\n"


def _entry(entry: Dated, on: date) -> Sequence[str]:
    days, last = day_range(entry.start), day_range(entry.end or entry.start)
    if days is None or last is None:
        return ()
    doubt = "" if days[0] == days[1] else " (day not known)"
    return (
        "BEGIN:VEVENT",
        f"UID:{_escaped(entry.id)}@mirab",
        f"DTSTAMP:{on:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{days[0]:%Y%m%d}",
        f"DTEND;VALUE=DATE:{max(last[1], days[1]) + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(entry.title + doubt)}",
        f"DESCRIPTION:{_escaped(f'{entry.note} As known on {in_words(on)}.'.strip())}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    )


def _escaped(value: str) -> str:
    for mark in ("\\", ";", ","):
        value = value.replace(mark, f"\\{mark}")
    return value.replace("\r\n", "\\n").replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """A line in pieces of at most 75 octets, the later ones led in by a space, no character cut in two."""
    pieces, piece = [], ""
    for letter in line:
        if len((piece + letter).encode()) > LONGEST_LINE:
            pieces.append(piece)
            piece = " "
        piece += letter
    return [*pieces, piece]
