"""Incidents that a user writes down, one SQLite file; and which rows of all editions are one event.

Lines are only ever added. A line with an id that is there already is a later edition of the same event; a
withdrawal takes all of its lines out. What looks like one event in two editions is set aside, never dropped
in silence: it is shown with the reason, and whoever has looked may say that the two are different events.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from mirab.core.calendar import day_range
from mirab.core.domain import Row, Tables
from mirab.core.errors import InputError, Problem, UnknownNameError, suggest
from mirab.core.incidents import Aside, Incident, Sorted
from mirab.core.phrase import say
from mirab.core.records import Confidence, Evidence, Marking, Source
from mirab.stored import StoredFile

OWN = Source("own_events", "Dated events that a user wrote down", "the user", licence="of the user")
FILE, PREFIX, KINDS = "events.sqlite", "own", "kinds"
NEAR_DAYS = 3
NEEDED = ("kind", "states", "date", "title", "source", "author")
ID = re.compile(r"[a-z0-9][a-z0-9_]*")
_APPLICATION, _VERSION = 0x4D495245, 1
_SCHEMA = """CREATE TABLE lines (
    number INTEGER PRIMARY KEY, region TEXT NOT NULL, id TEXT NOT NULL, withdrawn TEXT NOT NULL,
    cells TEXT NOT NULL, recorded TEXT NOT NULL
)"""
_INSERT = "INSERT INTO lines (region, id, withdrawn, cells, recorded) VALUES (?, ?, ?, ?, ?)"
_ALL = "SELECT id, withdrawn, cells, recorded FROM lines WHERE region = ? ORDER BY number"
Cells = Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """One line of the file: the cells of an event, or why it is withdrawn; `recorded` is ISO."""

    id: str
    withdrawn: str
    cells: Cells
    recorded: str


@dataclass(frozen=True)
class Known:
    """What a line may name: kinds with their rows, states, and the first day of states that are younger."""

    kinds: Mapping[str, Row]
    states: frozenset[str]
    since: Mapping[str, date]

    @classmethod
    def of(cls, tables: Tables, groups: Iterable[str]) -> Known:
        """What a pack knows; `groups` are the domains whose tables `kinds` and `states` count."""
        names = tuple(groups)
        kinds = {row["kind"]: {**row, "group": g} for g in names for row in tables.rows(f"{g}/{KINDS}")}
        states = {row["state"] for name in ("states", "other_states") for row in tables.rows(name)}
        since = {row["state"]: row["since"] for g in names for row in tables.rows(f"{g}/states")}
        return cls(kinds, frozenset(states), since)


@dataclass(frozen=True)
class IncidentStore:
    """The events of a region in a user's file; it is made when something is first written."""

    path: Path
    region: str

    def add(self, id: str, cells: Cells, known: Known) -> Line:
        """Write one event or a later edition of it; raises InputError with all that is wrong with it."""
        with self._file.opened(writing=True) as connection:
            recorded = datetime.now(UTC)
            given = {"vintage": _entered(recorded), "told": recorded.date().isoformat(), **cells}
            line = Line(id, "", given, recorded.isoformat(timespec="seconds"))
            problems = _problems(line, self._lines(connection), known)
            if problems:
                raise InputError(f"event {id}", problems)
            self._write(connection, line)
        return line

    def withdraw(self, id: str, reason: str, author: str) -> None:
        """Take an event out; its lines stay in the file. Raises for an unknown id and without a reason."""
        with self._file.opened(writing=True) as connection:
            there = _open(self._lines(connection))
            if id not in there:
                raise UnknownNameError("event", id, there)
            if not reason:
                problem = Problem("reason", "is empty", "say why, such as: the source withdrew it")
                raise InputError(f"event {id}", [problem])
            recorded = datetime.now(UTC).isoformat(timespec="seconds")
            self._write(connection, Line(id, reason, {"author": author}, recorded))

    def lines(self) -> tuple[Line, ...]:
        """Every line of the region, in order; nothing where there is no file."""
        if not self.path.exists():
            return ()
        with self._file.opened() as connection:
            return self._lines(connection)

    def incidents(self, known: Known) -> tuple[Incident, ...]:
        """The events that were not withdrawn, each edition by itself."""
        kept = [line for lines in _open(self.lines()).values() for line in lines]
        found = (_incident(line, known) for line in kept)
        return tuple(one for one in found if one is not None)

    def _lines(self, connection: sqlite3.Connection) -> tuple[Line, ...]:
        rows = connection.execute(_ALL, [self.region])
        return tuple(Line(id, gone, json.loads(cells), recorded) for id, gone, cells, recorded in rows)

    def _write(self, connection: sqlite3.Connection, line: Line) -> None:
        cells = json.dumps(dict(line.cells), ensure_ascii=False)
        connection.execute(_INSERT, (self.region, line.id, line.withdrawn, cells, line.recorded))

    @property
    def _file(self) -> StoredFile:
        return StoredFile(self.path, _APPLICATION, _VERSION, _SCHEMA)


def sorted_out(incidents: Iterable[Incident], on: date) -> Sorted:
    """The incidents that had happened by the date: what stands, latest edition first, and what is aside.

    An older edition of the same id is set aside for the newer one. Two rows with different ids are taken for
    one event where kind and place agree, a state is shared, the days lie within NEAR_DAYS, their editions
    differ, and neither says that the other is apart (ours); the one that was told later stands.
    """
    standing: list[Incident] = []
    aside: list[Aside] = []
    seen = [one for one in incidents if one.day <= on and one.told <= on]
    for one in sorted(seen, key=lambda one: (one.told, one.id), reverse=True):
        like = next((other for other in standing if other.id == one.id or _is_like(one, other)), None)
        if like is None:
            standing.append(one)
        else:
            aside.append(Aside(one, like, _reason(one, like)))
    return Sorted(tuple(sorted(standing, key=lambda one: (one.day, one.id))), tuple(aside))


def _is_like(one: Incident, other: Incident) -> bool:
    if one.id in other.apart or other.id in one.apart or one.vintage == other.vintage:
        return False
    near = abs((one.day - other.day).days) <= NEAR_DAYS
    places = one.place.casefold(), other.place.casefold()
    same = places[0] in places[1] or places[1] in places[0]
    return one.kind == other.kind and near and same and not set(one.states).isdisjoint(other.states)


def _reason(one: Incident, like: Incident) -> str:
    if one.id == like.id:
        return say("an earlier edition of the same event; {vintage} is later", vintage=like.vintage)
    template = "looks like {other} of {day} in another edition ({vintage}), which was told later"
    return say(template, other=like.id, day=like.day, vintage=like.vintage)


def _entered(recorded: datetime) -> str:
    return say("as told on {day}", day=recorded.date())


def _open(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """Lines by id of what is not withdrawn."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        if line.withdrawn:
            found.pop(line.id, None)
        else:
            found.setdefault(line.id, []).append(line)
    return found


def _incident(line: Line, known: Known) -> Incident | None:
    """The incident of a line; None where the pack has lost its kind since."""
    cells, kind = line.cells, known.kinds.get(line.cells["kind"])
    if kind is None:
        return None
    return Incident(
        id=f"{PREFIX}:{line.id}",
        kind=f"{kind['group']}:{kind['kind']}",
        kind_title=kind["title"],
        day=date.fromisoformat(cells["date"]),
        states=tuple(sorted(cells["states"].split("|"))),
        place=cells.get("place", ""),
        title=cells["title"],
        vintage=cells["vintage"],
        told=date.fromisoformat(cells["told"]),
        evidence=Evidence(OWN.id, Confidence.SECONDARY, cells["source"]),
        author=cells["author"],
        marking=Marking(cells.get("marking") or Marking.INTERNAL.value),
        apart=frozenset(filter(None, cells.get("apart", "").split("|"))),
        catalogue=kind.get("catalogue") or "",
    )


def _problems(line: Line, before: Sequence[Line], known: Known) -> list[Problem]:
    cells, today = line.cells, date.fromisoformat(line.recorded[:10])
    found = [Problem(name, "is empty", "every event needs it") for name in NEEDED if not cells.get(name)]
    if not ID.fullmatch(line.id):
        found.append(Problem("id", f"{line.id!r} is not an id", "use small letters, digits and _"))
    found += _name_problems(cells, known)
    day, told = (_day(cells.get(name, "")) for name in ("date", "told"))
    found += _day_problems(cells, day, told, today)
    if day is not None:
        found += _age_problems(cells, day, known)
    last = _open(before).get(line.id, [])
    if last and told is not None and told <= date.fromisoformat(last[-1].cells["told"]):
        newest = last[-1].cells
        what = f"{told} is not later than the edition that is known, {newest['vintage']} of {newest['told']}"
        found.append(Problem("told", what, "give the later edition with --told, or another id"))
    return found


def _name_problems(cells: Cells, known: Known) -> Iterable[Problem]:
    kind, marking = cells.get("kind", ""), cells.get("marking", "")
    if kind and kind not in known.kinds:
        yield Problem("kind", f"{kind!r} is not known", suggest(kind, sorted(known.kinds)))
    for state in filter(None, cells.get("states", "").split("|")):
        if state not in known.states:
            yield Problem("states", f"{state!r} is not known", suggest(state, sorted(known.states)))
    words = [one.value for one in Marking]
    if marking and marking not in words:
        yield Problem("marking", f"{marking!r} is not a choice", suggest(marking, words))


def _day_problems(cells: Cells, day: date | None, told: date | None, today: date) -> Iterable[Problem]:
    for name, found in (("date", day), ("told", told)):
        if cells.get(name) and found is None:
            yield Problem(name, f"{cells[name]!r} is not a day", "write it like 2026-11-03")
        elif found is not None and found > today:
            yield Problem(name, f"{found} lies in the future", f"today is {today}")
    if day is not None and told is not None and told < day - timedelta(days=1):
        yield Problem("told", f"{told} lies before the event of {day}", "give the day of the edition")


def _age_problems(cells: Cells, day: date, known: Known) -> Iterable[Problem]:
    """A state has no events before it existed."""
    for state in filter(None, cells.get("states", "").split("|")):
        if state in known.since and day < known.since[state]:
            fix = "name the state that was there then, or mend the date"
            yield Problem("date", f"{day} lies before {state} ({known.since[state]})", fix)


def _day(text: str) -> date | None:
    found = day_range(text) if text.count("-") == 2 else None
    return found[0] if found else None
