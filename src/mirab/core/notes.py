"""Records of a meeting note: what an office says before it meets somebody, each line with its record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mirab.core.records import Event, Evidence, Marking, Source


class Who(StrEnum):
    """What is met: a person, a state, or an organisation or format."""

    PERSON = "person"
    STATE = "state"
    ORGANISATION = "organisation"


@dataclass(frozen=True)
class Subject:
    """Whom a note is about, and for whom it speaks: `states` and `bodies` by code and id.

    A person stands for the states and bodies of the posts that it holds on the day; an organisation has its
    members in `states`. `asked` is what the user wrote.
    """

    kind: Who
    id: str
    title: str
    states: tuple[str, ...]
    bodies: tuple[str, ...]
    asked: str


@dataclass(frozen=True)
class Line:
    """One sentence of a note, the id of the record that says it, and what that rests on.

    `quote` are words that stand in a text, with their place in the span of the evidence. `derived` says of a
    point that nobody entered what it comes from: a live threat, a promise; it is empty for all others.
    `verify` is true for what was last seen over 90 days ago, or never.
    """

    text: str
    record: str
    evidence: tuple[Evidence, ...]
    marking: Marking = Marking.PUBLIC
    quote: str = ""
    derived: str = ""
    verify: bool = False


@dataclass(frozen=True)
class Block:
    """A part of a note by name: its lines, and how many more there are for which it has no room."""

    name: str
    lines: tuple[Line, ...]
    more: int = 0


@dataclass(frozen=True)
class Note:
    """Two pages for a meeting on a day: blocks in the order of reading, an empty one has no lines.

    `issue` and `issue_day` name the briefing whose threats it tells; 0 and None where there is none.
    `notices` stand above everything: a post that has just changed hands, a briefing that is old.
    """

    region: str
    region_title: str
    subject: Subject
    on: date
    themes: tuple[str, ...]
    audience: Marking
    blocks: tuple[Block, ...]
    notices: tuple[str, ...]
    sources: tuple[Source, ...]
    names: dict[str, str]
    issue: int = 0
    issue_day: date | None = None
    place: str = ""
    time: str = ""


@dataclass(frozen=True)
class Tour:
    """Notes for a visit in the order of its meetings, and what the calendar has in its days."""

    title: str
    first: date
    last: date
    notes: tuple[Note, ...]
    events: tuple[Event, ...]
