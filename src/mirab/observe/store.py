"""What a user adds to a region: own observations, kept in one SQLite file, never in the pack.

Nothing is overwritten: a reading that corrects an earlier one of the same author is added beside it, and
the newest counts.
"""

from __future__ import annotations

import sqlite3
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
_APPLICATION, _VERSION = 0x4D495241, 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS observations (
    id INTEGER PRIMARY KEY, region TEXT NOT NULL, item TEXT NOT NULL, quantity TEXT NOT NULL,
    start TEXT NOT NULL, precision TEXT NOT NULL, value REAL NOT NULL, unit TEXT NOT NULL,
    author TEXT NOT NULL, note TEXT NOT NULL, marking TEXT NOT NULL, file TEXT NOT NULL, added TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS by_key ON observations (region, item, quantity, start, precision, author);
"""
_SAME = """
SELECT value, unit FROM observations
WHERE region = ? AND item = ? AND quantity = ? AND start = ? AND precision = ? AND author = ?
ORDER BY id DESC LIMIT 1
"""
_INSERT = """
INSERT INTO observations
    (region, item, quantity, start, precision, author, value, unit, note, marking, file, added)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
        if problems and not partial:
            fix = "nothing was taken; mend these lines, or take the others with --partial"
            raise ReadingsError(file.name, [*problems, Problem(file.name, "was refused", fix)])
        if not readings and not problems:
            raise ReadingsError(file.name, [Problem(file.name, "holds no reading", "fill in date and value")])
        with self._file.opened(writing=True) as connection:
            outcomes = [_put(connection, reading, region.name, file.name) for reading in readings]
        taken, corrected = len(readings) - outcomes.count("repeated"), outcomes.count("corrected")
        return Added(taken, corrected, outcomes.count("repeated"), tuple(problems))

    def observations(self, region: Region) -> tuple[Observation, ...]:
        """The user's observations of a region in the unit of their quantity; none where there is no file."""
        if not self.path.exists():
            return ()
        with self._file.opened() as connection:
            return tuple(_observation(row) for row in connection.execute(_NEWEST, [region.name]))

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
    if known and convert(known[0], known[1], reading.unit) == reading.value:
        return "repeated"
    rest = (reading.value, reading.unit, reading.note, reading.marking.value, file)
    connection.execute(_INSERT, (*key, *rest, datetime.now(UTC).isoformat(timespec="seconds")))
    return "corrected" if known else "new"


def _observation(row: sqlite3.Row) -> Observation:
    first, unit = date.fromisoformat(row["start"]), field(row["quantity"]).unit
    words = f"added from {row['file']} on {row['added'][:10]}" + (f"; {row['note']}" if row["note"] else "")
    return Observation(
        item=row["item"],
        quantity=row["quantity"],
        start=first,
        end=next_start(first, "month") if row["precision"] == "month" else first + timedelta(days=1),
        value=convert(row["value"], row["unit"], unit),
        unit=unit,
        author=row["author"],
        evidence=Evidence(OWN.id, Confidence.SECONDARY, words),
        marking=Marking(row["marking"]),
    )
