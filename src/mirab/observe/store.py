"""What a user adds to a region: own observations, kept in one SQLite file, never in the pack.

Nothing is overwritten: a reading that corrects an earlier one of the same author is added beside it, and
the newest counts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from mirab.core.calendar import next_start
from mirab.core.errors import Problem, ReadingsError
from mirab.core.fields import convert, field
from mirab.core.records import Confidence, Evidence, Marking, Observation, Source
from mirab.observe.forms import Reading, read_form
from mirab.observe.region import Region
from mirab.stored import StoredFile

OWN = Source("own_observations", "Observations that a user added", "the user", licence="of the user")
WITHDRAWN = "withdrawn"
_APPLICATION, _VERSION = 0x4D495241, 2
_SCHEMA = """
CREATE TABLE IF NOT EXISTS observations (
    id INTEGER PRIMARY KEY, region TEXT NOT NULL, item TEXT NOT NULL, quantity TEXT NOT NULL,
    start TEXT NOT NULL, precision TEXT NOT NULL, value REAL NOT NULL, unit TEXT NOT NULL,
    author TEXT NOT NULL, note TEXT NOT NULL, marking TEXT NOT NULL, file TEXT NOT NULL, added TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS by_key ON observations (region, item, quantity, start, precision, author);
"""
_SAME = """
SELECT value, unit, marking FROM observations
WHERE region = ? AND item = ? AND quantity = ? AND start = ? AND precision = ? AND author = ?
ORDER BY id DESC LIMIT 1
"""
_INSERT = """
INSERT INTO observations
    (region, item, quantity, start, precision, author, value, unit, note, marking, file, added)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_FOUND = """
SELECT value, unit, start, precision, marking FROM observations
WHERE region = ? AND item = ? AND quantity = ? AND author = ? AND start = ? ORDER BY id DESC LIMIT 1
"""
_HISTORY = """
SELECT item, quantity, start, precision, value, unit, author, note, marking, file, added FROM observations
WHERE region = ? AND (? = '' OR item = ?) ORDER BY item, quantity, start, author, id
"""
_NEWEST = """
SELECT item, quantity, start, precision, value, unit, author, note, marking, file, added FROM observations
WHERE id IN (
    SELECT max(id) FROM observations WHERE region = ? GROUP BY item, quantity, start, precision, author
)
ORDER BY item, quantity, start, author
"""


@dataclass(frozen=True)
class Added:
    """What became of a form: readings taken, of these corrections, readings known already, lines refused."""

    taken: int
    corrected: int
    repeated: int
    refused: tuple[Problem, ...]


@dataclass(frozen=True)
class Store:
    """The SQLite file of a user; it is made when something is first added."""

    path: Path

    def add(self, file: Path, region: Region, *, partial: bool = False, today: date | None = None) -> Added:
        """Take the readings of a CSV or XLSX form, all in one transaction.

        A form with a bad line is not taken at all: ReadingsError lists every one. With `partial` the good
        lines are taken and the bad ones are in `refused`.
        """
        readings, problems = read_form(file, region, today=today or datetime.now(UTC).date())
        return self.take(readings, problems, region, file.name, partial=partial)

    def take(
        self,
        readings: Sequence[Reading],
        problems: Sequence[Problem],
        region: Region,
        name: str,
        *,
        partial: bool = False,
    ) -> Added:
        """Take readings from a source of a name, with the problems found in it, as `add` does."""
        if problems and not partial:
            fix = "nothing was taken; mend these lines, or take the others with --partial"
            raise ReadingsError(name, [*problems, Problem(name, "was refused", fix)])
        if not readings and not problems:
            raise ReadingsError(name, [Problem(name, "holds no reading", "fill in date and value")])
        with self._file.opened(writing=True) as connection:
            outcomes = [_put(connection, reading, region.name, name) for reading in readings]
        taken, corrected = len(readings) - outcomes.count("repeated"), outcomes.count("corrected")
        return Added(taken, corrected, outcomes.count("repeated"), tuple(problems))

    def observations(self, region: Region) -> tuple[Observation, ...]:
        """The user's observations of a region in the unit of their quantity; none where there is no file."""
        if not self.path.exists():
            return ()
        with self._file.opened() as connection:
            rows = connection.execute(_NEWEST, [region.name]).fetchall()
        return tuple(_observation(row) for row in rows if row["marking"] != WITHDRAWN)

    def withdraw(self, region: Region, reading: Reading, reason: str) -> None:
        """Withdraw the reading of an item, quantity, first day and author; it stays in the history.

        Its value is not asked for. Raises ReadingsError where no such reading stands, and without a reason.
        """
        key = (region.name, reading.item, reading.quantity, reading.author, reading.start.isoformat())
        where = f"{reading.item} {reading.quantity} {reading.start} ({reading.author})"
        if not reason.strip():
            raise ReadingsError("withdrawal", [Problem(where, "has no reason", "give it with --reason")])
        with self._file.opened(writing=True) as connection:
            known = connection.execute(_FOUND, key).fetchone()
            if known is None or known["marking"] == WITHDRAWN:
                fix = "`mirab observe history` lists your readings"
                raise ReadingsError("withdrawal", [Problem(where, "is no reading that stands", fix)])
            put = (
                region.name,
                reading.item,
                reading.quantity,
                known["start"],
                known["precision"],
                reading.author,
            )
            now = datetime.now(UTC).isoformat(timespec="seconds")
            connection.execute(
                _INSERT, (*put, known["value"], known["unit"], reason, WITHDRAWN, "withdrawal", now)
            )
            connection.execute(f"PRAGMA user_version = {_VERSION}")

    def history(self, region: Region, item: str = "") -> tuple[str, ...]:
        """Every act on the user's readings of a region, or of one item, a line each, by day."""
        if not self.path.exists():
            return ()
        with self._file.opened() as connection:
            rows = connection.execute(_HISTORY, [region.name, item, item]).fetchall()
        return tuple(map(_told, rows))

    @property
    def _file(self) -> StoredFile:
        return StoredFile(self.path, _APPLICATION, _VERSION, _SCHEMA)


def _put(connection: sqlite3.Connection, reading: Reading, region: str, file: str) -> str:
    key = (
        region,
        reading.item,
        reading.quantity,
        reading.start.isoformat(),
        reading.precision,
        reading.author,
    )
    known = connection.execute(_SAME, key).fetchone()
    stands = bool(known) and known[2] != WITHDRAWN
    if stands and convert(known[0], known[1], reading.unit) == reading.value:
        return "repeated"
    rest = (reading.value, reading.unit, reading.note, reading.marking.value, file)
    connection.execute(_INSERT, (*key, *rest, datetime.now(UTC).isoformat(timespec="seconds")))
    return "corrected" if stands else "new"


def _told(row: sqlite3.Row) -> str:
    value = "withdrawn" if row["marking"] == WITHDRAWN else f"{row['value']:g} {row['unit']}"
    note = f": {row['note']}" if row["note"] else ""
    head = f"{row['item']} {row['quantity']} {row['start']} ({row['precision']}, {row['author']})"
    return f"{head} {value}, {row['file']}, {row['added']}{note}"


def _after(first: date, precision: str) -> date:
    """The day after the period that begins on a day."""
    if precision == "day":
        return first + timedelta(days=1)
    return next_start(first, "dekad" if precision == "dekad" else "month")


def _observation(row: sqlite3.Row) -> Observation:
    first, unit = date.fromisoformat(row["start"]), field(row["quantity"]).unit
    words = f"added from {row['file']} on {row['added'][:10]}" + (f"; {row['note']}" if row["note"] else "")
    return Observation(
        item=row["item"],
        quantity=row["quantity"],
        start=first,
        end=_after(first, row["precision"]),
        value=convert(row["value"], row["unit"], unit),
        unit=unit,
        author=row["author"],
        evidence=Evidence(OWN.id, Confidence.SECONDARY, words),
        marking=Marking(row["marking"]),
    )
