"""The commitments that a user writes down: one SQLite file, to which lines are only ever added.

A commitment is the sum of its changes; each has its source, the person who wrote it and the time. The SQL
is that of SQLAlchemy, none of it excludes PostgreSQL. Every act is one transaction that holds the file for
writing from its first look on, so that two writers wait for each other and a killed one leaves nothing half.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import (
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    NullPool,
    String,
    Table,
    Text,
    create_engine,
    event,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from mirab.audit import Watch
from mirab.core.errors import CommitmentError, Problem, StoredFileError, suggest
from mirab.follow import forms
from mirab.follow.commitments import Cells, Entry, Known

PATIENCE_S = 30
_META = MetaData()
_SCHEMA = Table("commitment_schema", _META, Column("version", Integer, primary_key=True))
_COMMITMENTS = Table(
    "commitments",
    _META,
    Column("region", String(100), primary_key=True),
    Column("id", String(200), primary_key=True),
)
_CHANGES = Table(
    "commitment_changes",
    _META,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("region", String(100), nullable=False),
    Column("id", String(200), nullable=False),
    Column("cells", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("recorded", String(25), nullable=False),
    ForeignKeyConstraint(["region", "id"], ["commitments.region", "commitments.id"]),
    Index("commitment_changes_by_id", "region", "id"),
)
TABLES = (_SCHEMA, _COMMITMENTS, _CHANGES)
# Each step takes the file from one version to the next; the first makes it.
STEPS: list[Callable[[Connection], None]] = [_META.create_all]


@dataclass(frozen=True)
class Added:
    """What became of a form: commitments taken, and the lines refused."""

    taken: int
    refused: tuple[Problem, ...]


@dataclass(frozen=True)
class Store:
    """The file of a user's commitments of one region; it is made when something is first written."""

    path: Path
    region: str

    def entries(self, known: Known) -> tuple[Entry, ...]:
        """Everything written of the region, in order; nothing where there is no file."""
        if not self.path.exists():
            return ()
        with self._open() as connection:
            return self._entries(connection, known)

    def create(self, cells: Cells, known: Known, *, person: str) -> None:
        """Write down a commitment; raises CommitmentError with all that is wrong with it."""
        with self._open(make=True) as connection:
            there = self._known(connection, known)
            now = _now()
            problems = forms.created(cells, there, where="commitment", today=now.date())
            if problems:
                raise CommitmentError("commitment", problems)
            self._write(connection, [cells], person, now)

    def change(self, id: str, cells: Cells, known: Known, *, person: str) -> None:
        """Add a change to a commitment of the pack or of the user, which leaves all that was written.

        Raises CommitmentError for an unknown commitment, a change without a source, and a wrong value.
        """
        with self._open(make=True) as connection:
            there = self._known(connection, known).commitments
            now = _now()
            if id not in there:
                problem = Problem("commitment", f"{id!r} is not known", suggest(id, sorted(there)))
                raise CommitmentError("change", [problem])
            problems = forms.changed(cells, there[id], where=id, today=now.date())
            if problems:
                raise CommitmentError("change", problems)
            self._write(connection, [{**cells, "commitment_id": id}], person, now)

    def add(self, file: Path, known: Known, *, person: str, partial: bool = False) -> Added:
        """Take the commitments of a CSV form, all in one transaction.

        A form with a bad line is not taken at all: CommitmentError lists every one. With `partial` the good
        lines are taken and the bad ones are in `refused`.
        """
        with self._open(make=True) as connection:
            now = _now()
            good, bad = forms.read(file, self._known(connection, known), today=now.date())
            if bad and not partial:
                fix = "nothing was taken; mend these lines, or take the others with --partial"
                raise CommitmentError(file.name, [*bad, Problem(file.name, "was refused", fix)])
            self._write(connection, [line.cells for line in good], person, now)
        return Added(len(good), tuple(bad))

    def read(self, file: Path, known: Known) -> tuple[list[forms.Written], list[Problem]]:
        """The good lines of a CSV form and the problems of the others, as `add` meets them."""
        today = _now().date()
        if not self.path.exists():
            return forms.read(file, known, today=today)
        with self._open() as connection:
            return forms.read(file, self._known(connection, known), today=today)

    def _known(self, connection: Connection, known: Known) -> Known:
        """What is known with the user's own commitments: each as its cells stand now."""
        there = {id: dict(cells) for id, cells in known.commitments.items()}
        for entry in self._entries(connection, known):
            there.setdefault(entry.id, {}).update(entry.cells)
        return replace(known, commitments=there)

    def _entries(self, connection: Connection, known: Known) -> tuple[Entry, ...]:
        rows = select(_CHANGES).where(_CHANGES.c.region == self.region).order_by(_CHANGES.c.number)
        return tuple(_entry(row, known) for row in connection.execute(rows).mappings())

    def _write(self, connection: Connection, found: Sequence[Cells], person: str, now: datetime) -> None:
        mine = select(_COMMITMENTS.c.id).where(_COMMITMENTS.c.region == self.region)
        there = set(connection.execute(mine).scalars())
        ids = dict.fromkeys(cells["commitment_id"] for cells in found)
        new = [{"region": self.region, "id": id} for id in ids if id not in there]
        recorded = now.isoformat(timespec="seconds")
        rows = [_row(self.region, cells, person, recorded) for cells in found]
        for table, values in ((_COMMITMENTS, new), (_CHANGES, rows)):
            if values:
                connection.execute(insert(table), values)

    @contextmanager
    def _open(self, *, make: bool = False) -> Iterator[Connection]:
        if make:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            f"sqlite:///{self.path}", poolclass=NullPool, connect_args={"timeout": PATIENCE_S}
        )
        event.listen(engine, "connect", _by_hand)
        event.listen(engine, "begin", _hold)
        try:
            with engine.begin() as connection:
                prepare(connection, self.path)
                watch = Watch.begin(_driver(connection)) if make else None
                yield connection
                if watch:
                    watch.end()
        except (SQLAlchemyError, OSError) as error:
            raise StoredFileError(f"{self.path} cannot be used: {error}; name another store file") from error


def prepare(connection: Connection, path: Path) -> None:
    """Bring an open file to the version of this mirab, step by step, all in its transaction.

    Raises StoredFileError for a file of something else, and for one of a newer version.
    """
    tables = set(inspect(connection).get_table_names())
    if tables and _SCHEMA.name not in tables:
        raise StoredFileError(f"{path} was not written by mirab; name another store file")
    version = connection.execute(select(_SCHEMA.c.version)).scalar_one() if tables else 0
    if version > len(STEPS):
        raise StoredFileError(
            f"{path} has version {version}, this mirab reads up to {len(STEPS)}; update mirab"
        )
    for step in STEPS[version:]:
        step(connection)
    if not tables:
        connection.execute(insert(_SCHEMA).values(version=len(STEPS)))
    elif version < len(STEPS):
        connection.execute(update(_SCHEMA).values(version=len(STEPS)))


def _by_hand(connection: Any, _: object) -> None:
    """Leave it to `_hold` to begin a transaction: the driver of SQLite begins too late to hold the file."""
    connection.isolation_level = None


def _hold(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _driver(connection: Connection) -> sqlite3.Connection:
    """The connection of SQLite itself, for the audit."""
    return cast("sqlite3.Connection", connection.connection.driver_connection)


def _now() -> datetime:
    return datetime.now(UTC)


def _row(region: str, cells: Cells, person: str, recorded: str) -> dict[str, str]:
    kept = {name: value for name, value in cells.items() if name not in ("source", "commitment_id")}
    return {
        "region": region,
        "id": cells["commitment_id"],
        "cells": json.dumps(kept, ensure_ascii=False),
        "source": cells["source"],
        "person": person,
        "recorded": recorded,
    }


def _entry(row: Any, known: Known) -> Entry:
    cells = {**json.loads(row["cells"]), "source": row["source"]}
    evidence = known.evidence(row["source"], cells.get("note", ""))
    return Entry(row["id"], cells, evidence, row["person"], row["recorded"])
