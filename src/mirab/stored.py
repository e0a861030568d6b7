"""A SQLite file of a user: marked as ours, safe under two writers and a killed program, and audited."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mirab.audit import Watch
from mirab.core.errors import StoredFileError

PATIENCE_S = 30


@dataclass(frozen=True)
class StoredFile:
    """The file at `path`, which `application` marks as one of its kind and `version` as one of its schema.

    `schema` are the statements that make its tables.
    """

    path: Path
    application: int
    version: int
    schema: str

    @contextmanager
    def opened(self, *, writing: bool = False) -> Iterator[sqlite3.Connection]:
        """One transaction: kept whole where the block ends, given up where it raises or is killed.

        `writing` makes the folder, and holds the file from the first look on, so that what is read decides
        what is written; the audit gets its entry in the same transaction. Tables are made where there are
        none, as in a file whose first writer gave up.
        Raises StoredFileError for a file that is not ours, is of a later version, or cannot be used.
        """
        try:
            if writing:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=PATIENCE_S, isolation_level=None)
            connection.row_factory = sqlite3.Row
            try:
                self._check(connection)
                bare = not _tables(connection)
                connection.execute("BEGIN IMMEDIATE" if writing or bare else "BEGIN")
                if bare and not _tables(connection):
                    self._make(connection)
                watch = Watch.begin(connection) if writing else None
                yield connection
                if watch:
                    watch.end()
                connection.execute("COMMIT")
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as error:
            raise StoredFileError(f"{self.path} cannot be used: {error}; name another store file") from error

    def _check(self, connection: sqlite3.Connection) -> None:
        """Refuse a file of others; tables are counted first: they and the mark come at once."""
        there = _tables(connection)
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if there and application != self.application:
            raise StoredFileError(f"{self.path} was not written by mirab; name another store file")
        if version > self.version:
            words = f"{self.path} has version {version}, this mirab reads up to {self.version}; update mirab"
            raise StoredFileError(words)

    def _make(self, connection: sqlite3.Connection) -> None:
        for statement in _statements(self.schema):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {self.application}")
        connection.execute(f"PRAGMA user_version = {self.version}")


def _tables(connection: sqlite3.Connection) -> int:
    (count,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return int(count)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: run together they would end the transaction."""
    waiting = ""
    for line in script.strip().splitlines(keepends=True):
        waiting += line
        if sqlite3.complete_statement(waiting):
            yield waiting
            waiting = ""
    if waiting.strip():
        yield waiting
