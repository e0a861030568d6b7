"""The diary of an office: own meetings with their readouts, follow-ups, objectives and points for a talk.

One SQLite file, to which acts are only ever added: an entry is the sum of its acts, a correction leaves what
stood before, and what is withdrawn stays in the history with its reason. Entries are internal unless
marked otherwise.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

from mirab.core.calendar import day_range
from mirab.core.declared import codes
from mirab.core.errors import InputError, Problem, UnknownNameError, suggest
from mirab.core.phrase import say
from mirab.core.records import Confidence, Event, Evidence, Marking, Source
from mirab.stored import StoredFile

OWN = Source(
    "own_diary", "Meetings, objectives and points that an office recorded", "the user", licence="of the user"
)
COLUMNS = (
    "text",
    "about",
    "on",
    "place",
    "owner",
    "due",
    "stance",
    "meeting",
    "themes",
    "done",
    "marking",
    "source",
)
_APPLICATION, _VERSION = 0x4D495244, 1
_SCHEMA = """CREATE TABLE acts (
    number INTEGER PRIMARY KEY, region TEXT NOT NULL, id TEXT NOT NULL, what TEXT NOT NULL,
    cells TEXT NOT NULL, person TEXT NOT NULL, recorded TEXT NOT NULL
)"""
_INSERT = "INSERT INTO acts (region, id, what, cells, person, recorded) VALUES (?, ?, ?, ?, ?, ?)"
_SELECT = "SELECT id, what, cells, person, recorded FROM acts WHERE region = ? ORDER BY number"

Cells = Mapping[str, str]


class Kind(StrEnum):
    """What an entry is."""

    MEETING = "meeting"
    FOLLOW_UP = "follow-up"
    OBJECTIVE = "objective"
    POINT = "point"


class Stance(StrEnum):
    """When a point is for a talk: to raise, to answer if raised, or to avoid."""

    RAISE = "raise"
    IF_RAISED = "if raised"
    AVOID = "avoid"


NEEDED = {
    Kind.MEETING: ("text", "about", "on"),
    Kind.FOLLOW_UP: ("text", "meeting", "owner", "due"),
    Kind.OBJECTIVE: ("text", "about"),
    Kind.POINT: ("text", "about", "stance"),
}


class Deed(StrEnum):
    """What is done to an entry: `add` names its kind in the cells, the others leave what stood before."""

    ADD = "add"
    CORRECT = "correct"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Act:
    """One act on an entry: cells by column, by whom and when (UTC); `reason` is the cell of a withdrawal."""

    id: str
    what: Deed
    cells: Cells
    person: str
    recorded: str


@dataclass(frozen=True)
class Entry:
    """An entry as it stands: `about` are ids of subjects, dates ISO text, `withdrawn` the reason or empty.

    `owner`, `due`, `done` and `meeting` are those of a follow-up, `stance` is that of a point.
    """

    id: str
    kind: Kind
    text: str
    about: tuple[str, ...]
    on: str
    place: str
    owner: str
    due: str
    stance: str
    meeting: str
    themes: tuple[str, ...]
    done: bool
    marking: Marking
    source: str
    withdrawn: str
    history: tuple[Act, ...]

    @property
    def evidence(self) -> Evidence:
        """What it rests on: the office's own record, with the source that was named."""
        return Evidence(OWN.id, Confidence.SECONDARY, self.source)


def entries(acts: Iterable[Act]) -> tuple[Entry, ...]:
    """Entries as the acts leave them, in the order in which they were added; withdrawn ones too.

    A follow-up is about whom its meeting was with.
    """
    groups: dict[str, list[Act]] = {}
    for act in acts:
        groups.setdefault(act.id, []).append(act)
    cells = {
        id: {name: cell for act in group for name, cell in act.cells.items()} for id, group in groups.items()
    }
    return tuple(_entry(id, cells, tuple(group)) for id, group in groups.items())


def standing(found: Sequence[Entry], audience: Marking) -> tuple[Entry, ...]:
    """Entries that were not withdrawn and that an audience may see, with their meetings."""
    shown = [one for one in found if not one.withdrawn and one.marking.rank <= audience.rank]
    there = {one.id for one in shown} | {""}
    return tuple(one for one in shown if one.meeting in there)


def events(found: Iterable[Entry], states: Collection[str]) -> tuple[Event, ...]:
    """Open follow-ups as events of the calendar on the day by which they are due, with their marking."""
    waiting = (one for one in found if one.kind is Kind.FOLLOW_UP and not one.done)
    return tuple(
        Event(
            id=f"diary:{one.id}",
            kind=Kind.FOLLOW_UP.value,
            title=say("{text} ({owner})", text=one.text, owner=one.owner),
            states=tuple(sorted(set(one.about) & set(states))),
            start=one.due,
            end="",
            last_verified=one.history[-1].recorded[:10],
            evidence=one.evidence,
            marking=one.marking,
        )
        for one in waiting
    )


@dataclass(frozen=True)
class Diary:
    """The acts of a region in a user's file; it is made when something is first written."""

    path: Path
    region: str

    def acts(self) -> tuple[Act, ...]:
        """Everything written of the region, in order; nothing where there is no file."""
        if not self.path.exists():
            return ()
        with self._file.opened() as connection:
            return self._acts(connection)

    def entries(self) -> tuple[Entry, ...]:
        """Entries as they stand, withdrawn ones too."""
        return entries(self.acts())

    def chosen(self, id: str = "") -> tuple[Entry, ...]:
        """One entry by its id, or all; raises UnknownNameError for an id that is not there."""
        found = self.entries()
        return (_there(id, found),) if id else found

    def add(self, kind: Kind, cells: Cells, *, person: str) -> str:
        """Write down an entry; its id. Raises InputError with all that is wrong with it."""
        with self._file.opened(writing=True) as connection:
            there = entries(self._acts(connection))
            _refuse(_wrong({**cells, "kind": kind}, there))
            number = 1 + sum(one.kind is kind for one in there)
            id = f"{kind.value.replace('-', '_')}_{number}"
            self._write(connection, Act(id, Deed.ADD, {"kind": kind, **cells}, person, _now()))
        return id

    def correct(self, id: str, cells: Cells, *, person: str) -> None:
        """Add a correction: its cells count from now on, what stood before stays in the history.

        Raises UnknownNameError for an id that is not there, InputError for cells that cannot stand.
        """
        with self._file.opened(writing=True) as connection:
            there = entries(self._acts(connection))
            before = _there(id, there)
            stood = {name: cell for act in before.history for name, cell in act.cells.items()}
            nothing = [] if cells else [Problem(id, "is not changed", "name the new value of a field")]
            _refuse([*nothing, *_wrong({**stood, **cells}, there)])
            self._write(connection, Act(id, Deed.CORRECT, dict(cells), person, _now()))

    def withdraw(self, id: str, reason: str, *, person: str) -> None:
        """Withdraw an entry for a reason: no note tells it any more, its history stays.

        Raises UnknownNameError for an id that is not there, InputError without a reason.
        """
        with self._file.opened(writing=True) as connection:
            _there(id, entries(self._acts(connection)))
            if not reason.strip():
                _refuse([Problem(id, "is withdrawn without a reason", "give it with --reason")])
            self._write(connection, Act(id, Deed.WITHDRAW, {"withdrawn": reason}, person, _now()))

    def _write(self, connection: sqlite3.Connection, act: Act) -> None:
        row = (act.id, act.what, json.dumps(dict(act.cells), ensure_ascii=False), act.person, act.recorded)
        connection.execute(_INSERT, (self.region, *row))

    def _acts(self, connection: sqlite3.Connection) -> tuple[Act, ...]:
        rows = connection.execute(_SELECT, [self.region])
        return tuple(Act(id, Deed(what), json.loads(cells), *rest) for id, what, cells, *rest in rows)

    @property
    def _file(self) -> StoredFile:
        return StoredFile(self.path, _APPLICATION, _VERSION, _SCHEMA)


def _entry(id: str, all_cells: Mapping[str, Cells], history: tuple[Act, ...]) -> Entry:
    cells = all_cells[id]
    meeting = cells.get("meeting", "")
    about = cells.get("about") or all_cells.get(meeting, {}).get("about", "")
    texts = {
        name: cells.get(name, "") for name in ("text", "on", "place", "owner", "due", "stance", "source")
    }
    return Entry(
        id=id,
        kind=Kind(cells["kind"]),
        about=codes(about),
        meeting=meeting,
        themes=codes(cells.get("themes")),
        done=cells.get("done") == "yes",
        marking=Marking(cells.get("marking") or Marking.INTERNAL),
        withdrawn=cells.get("withdrawn", ""),
        history=history,
        **texts,
    )


def _wrong(cells: Cells, there: Sequence[Entry]) -> list[Problem]:
    """What is wrong with the cells of an entry as a whole."""
    kind = Kind(cells["kind"])
    found = [
        Problem(f"--{name}", "is empty", "fill it in")
        for name in NEEDED[kind]
        if not cells.get(name, "").strip()
    ]
    for name in ("on", "due"):
        if cells.get(name) and not _is_date(cells[name]):
            found.append(
                Problem(f"--{name}", f"{cells[name]!r} is not a date", "write 2027, 2027-04 or 2027-04-01")
            )
    choices: dict[str, list[str]] = {"stance": [*Stance], "marking": [*Marking], "done": ["yes", "no"]}
    for name, known in choices.items():
        if cells.get(name) and cells[name] not in known:
            fix = suggest(cells[name], [*map(str, known)])
            found.append(Problem(f"--{name}", f"{cells[name]!r} is not known", fix))
    meetings = [one.id for one in there if one.kind is Kind.MEETING and not one.withdrawn]
    if cells.get("meeting") and cells["meeting"] not in meetings:
        found.append(
            Problem("--meeting", f"{cells['meeting']!r} is none", suggest(cells["meeting"], meetings))
        )
    return found


def _is_date(text: str) -> bool:
    return bool(re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text, re.ASCII)) and day_range(text) is not None


def _there(id: str, found: Sequence[Entry]) -> Entry:
    known = {one.id: one for one in found}
    if id not in known:
        raise UnknownNameError("entry of the diary", id, known)
    return known[id]


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise InputError("diary", problems)


def overdue(entry: Entry, on: date) -> bool:
    """Whether a follow-up is open and its day has passed."""
    days = day_range(entry.due)
    return entry.kind is Kind.FOLLOW_UP and not entry.done and days is not None and days[1] < on


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
