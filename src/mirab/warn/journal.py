"""The file in which analysts' acts are kept: one SQLite file, to which lines are only ever added.

Each act is one transaction that holds the file for writing from its first look on: two writers wait for each
other, and what was confirmed survives a killed program.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mirab.stored import StoredFile
from mirab.warn.judgements import Act, check

_APPLICATION, _VERSION = 0x4D495254, 1
_SCHEMA = """CREATE TABLE acts (
    number INTEGER PRIMARY KEY, region TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
    cells TEXT NOT NULL, recorded TEXT NOT NULL
)"""

_INSERT = "INSERT INTO acts (region, kind, id, cells, recorded) VALUES (?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class Journal:
    """The acts of a region in a user's file; it is made when something is first written."""

    path: Path
    region: str

    def acts(self) -> tuple[Act, ...]:
        """Everything written of the region, in order; nothing where there is no file."""
        if not self.path.exists():
            return ()
        with self._file.opened() as connection:
            return self._acts(connection)

    def write(self, kind: str, id: str, cells: Mapping[str, str], states: Collection[str]) -> Act:
        """Check and write one act; raises InputError with all that is wrong with it, and writes nothing."""
        with self._file.opened(writing=True) as connection:
            act = Act(kind, id, dict(cells), datetime.now(UTC).isoformat(timespec="seconds"))
            check(act, self._acts(connection), states)
            row = (self.region, kind, id, json.dumps(act.cells, ensure_ascii=False), act.recorded)
            connection.execute(_INSERT, row)
        return act

    def _acts(self, connection: sqlite3.Connection) -> tuple[Act, ...]:
        rows = connection.execute(
            "SELECT kind, id, cells, recorded FROM acts WHERE region = ? ORDER BY number", [self.region]
        )
        return tuple(Act(kind, id, json.loads(cells), recorded) for kind, id, cells, recorded in rows)

    @property
    def _file(self) -> StoredFile:
        return StoredFile(self.path, _APPLICATION, _VERSION, _SCHEMA)
