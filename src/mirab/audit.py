"""The audit of a user's SQLite file: which lines were written when and by whom, in a chain of hashes.

Each transaction that writes adds one entry in the same transaction, so that what is kept and what is audited
never part, whenever the program stops. An entry holds, for each table, the rows that came with their SHA-256,
and its own hash goes over the entry before it. A line that is changed, removed or slipped in later no longer
fits. Whoever rewrites the whole chain leaves no trace in the file: note the last hash elsewhere (a backup
holds it). A hash chain in the manner of Haber and Stornetta (1991); the layout is ours.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from mirab.core.errors import StoredFileError

FIRST = "0" * 64
_TABLE = """CREATE TABLE IF NOT EXISTS audit (
    number INTEGER PRIMARY KEY, recorded TEXT NOT NULL, person TEXT NOT NULL, changes TEXT NOT NULL,
    hash TEXT NOT NULL
)"""
_TABLES = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
_LAST = 'SELECT coalesce(max(rowid), 0) FROM "{name}"'
_COUNT = 'SELECT count(*) FROM "{name}"'
_ROWS = 'SELECT rowid, * FROM "{name}" WHERE rowid BETWEEN ? AND ? ORDER BY rowid'
_UPDATED = """CREATE TEMP TRIGGER IF NOT EXISTS "updated {name}" AFTER UPDATE ON main."{name}"
BEGIN INSERT OR IGNORE INTO touched VALUES ('{name}'); END"""
_DELETED = """CREATE TEMP TRIGGER IF NOT EXISTS "deleted {name}" AFTER DELETE ON main."{name}"
BEGIN INSERT OR IGNORE INTO touched VALUES ('{name}'); END"""
_ADD = "INSERT INTO audit (recorded, person, changes, hash) VALUES (?, ?, ?, ?)"
_ENTRIES = "SELECT number, recorded, person, changes, hash FROM audit ORDER BY number"


@dataclass(frozen=True)
class Change:
    """Rows of a table that came in one transaction: first and last rowid, how many, and their SHA-256.

    `whole` says that older rows changed too, so that all rows of the table were hashed anew.
    """

    table: str
    first: int
    last: int
    rows: int
    sha256: str
    whole: bool = False


@dataclass(frozen=True)
class Entry:
    """One transaction: its number in the file, when (ISO, UTC), by which account, what, and its hash."""

    number: int
    recorded: str
    person: str
    changes: tuple[Change, ...]
    hash: str


@dataclass(frozen=True)
class Verdict:
    """What became of a check: entries, the last hash, what SQLite itself finds, and all that does not fit.

    A file that was never audited has no entries and no faults.
    """

    path: Path
    entries: int
    head: str
    damage: str
    faults: tuple[str, ...]


@dataclass
class Watch:
    """What a transaction found when it began: the last row of each table, and which tables changed since."""

    last: Mapping[str, int]
    connection: sqlite3.Connection = field(repr=False)

    @classmethod
    def begin(cls, connection: sqlite3.Connection) -> Watch:
        """Look at the file before a transaction writes; call it inside the transaction."""
        connection.execute(_TABLE)
        known = connection.execute("SELECT 1 FROM audit LIMIT 1").fetchone() is not None
        tables = _audited(connection)
        last = {name: _last(connection, name) if known else 0 for name in tables}
        connection.execute("PRAGMA recursive_triggers = ON")
        connection.execute("CREATE TEMP TABLE IF NOT EXISTS touched (name TEXT PRIMARY KEY)")
        for name in tables:
            for trigger in (_UPDATED, _DELETED):
                connection.execute(_of(name, trigger))
        return cls(last, connection)

    def end(self) -> None:
        """Add the entry of the transaction, if it wrote anything."""
        touched = {name for (name,) in self.connection.execute("SELECT name FROM touched").fetchall()}
        changes = [
            found
            for name in _audited(self.connection)
            if (found := self._change(name, whole=name in touched)) is not None
        ]
        if changes:
            _add(self.connection, changes)

    def _change(self, table: str, *, whole: bool) -> Change | None:
        first = 1 if whole else self.last.get(table, 0) + 1
        last = _last(self.connection, table)
        if last < first and not whole:
            return None
        rows, digest = _digest(self.connection, table, first, last)
        return Change(table, first, last, rows, digest, whole)


def entries(path: Path) -> tuple[Entry, ...]:
    """The audit of a file, the first entry first; nothing for a file that was never audited."""
    with _reading(path) as connection:
        return tuple(_entries(connection))


def verify(path: Path) -> Verdict:
    """Check the chain of a file, and every row against the entry that brought it.

    Raises StoredFileError where the file cannot be read as SQLite.
    """
    with _reading(path) as connection:
        found = list(_entries(connection))
        (told,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        faults = (*_broken(connection), *_strange(connection, found)) if found else ()
    damage = "" if told == "ok" else str(told)
    return Verdict(path, len(found), found[-1].hash if found else FIRST, damage, faults)


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA query_only = ON")
            yield connection
    except sqlite3.Error as error:
        raise StoredFileError(f"{path} cannot be read: {error}; restore a backup") from error


def _of(table: str, statement: str) -> str:
    """A statement for a table of the file, whose name stands in it as {name}."""
    return statement.replace("{name}", table)


def _add(connection: sqlite3.Connection, changes: list[Change]) -> None:
    before = connection.execute("SELECT hash FROM audit ORDER BY number DESC LIMIT 1").fetchone()
    told = json.dumps([vars(change) for change in changes], ensure_ascii=False)
    line = (datetime.now(UTC).isoformat(timespec="seconds"), account(), told)
    connection.execute(_ADD, (*line, _hash(before[0] if before else FIRST, *line)))


def account() -> str:
    """The name of the account that runs the program; "not known" where the system has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "not known"


def _hash(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _audited(connection: sqlite3.Connection) -> list[str]:
    """Tables of a file but for the audit itself, and search indexes with their shadow tables."""
    found = dict(connection.execute(_TABLES).fetchall())
    virtual = [name for name, sql in found.items() if sql.upper().startswith("CREATE VIRTUAL")]
    shadows = tuple(f"{name}_" for name in virtual)
    skipped = {"audit", *virtual}
    return [name for name in found if name not in skipped and not name.startswith(shadows or ("\0",))]


def _last(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(_of(table, _LAST)).fetchone()[0])


def _digest(connection: sqlite3.Connection, table: str, first: int, last: int) -> tuple[int, str]:
    """Number of rows from one rowid to another, and the SHA-256 over them in order."""
    count, digest = 0, hashlib.sha256()
    for row in connection.execute(_of(table, _ROWS), [first, last]):
        digest.update(json.dumps(list(row), default=bytes.hex).encode())
        count += 1
    return count, digest.hexdigest()


def _entries(connection: sqlite3.Connection) -> Iterator[Entry]:
    if "audit" not in dict(connection.execute(_TABLES).fetchall()):
        return
    for number, recorded, person, changes, hash in connection.execute(_ENTRIES):
        found = tuple(Change(**change) for change in json.loads(changes))
        yield Entry(number, recorded, person, found, hash)


def _broken(connection: sqlite3.Connection) -> Iterator[str]:
    """Entries that do not follow on the one before them."""
    before, expected = FIRST, 1
    for number, recorded, person, changes, hash in connection.execute(_ENTRIES):
        if number != expected or hash != _hash(before, recorded, person, changes):
            yield f"entry {number} of the audit does not follow on the one before it"
        before, expected = hash, number + 1


def _strange(connection: sqlite3.Connection, found: list[Entry]) -> Iterator[str]:
    """Rows that are not as they were when they came, and rows that stand in no entry."""
    kept: dict[str, list[tuple[int, Change]]] = {name: [] for name in _audited(connection)}
    for entry in found:
        for change in entry.changes:
            older = [] if change.whole else kept.get(change.table, [])
            kept[change.table] = [*older, (entry.number, change)]
    there = _audited(connection)
    for table, changes in kept.items():
        if table not in there:
            yield f"table {table} is gone"
            continue
        for number, one in changes:
            if (one.rows, one.sha256) != _digest(connection, table, one.first, one.last):
                yield f"rows {one.first} to {one.last} of table {table} are not those of entry {number}"
        (count,) = connection.execute(_of(table, _COUNT)).fetchone()
        if count != sum(one.rows for _, one in changes):
            yield f"table {table} has {count} rows, its entries tell of {sum(one.rows for _, one in changes)}"
