"""What an office has translated of its analysts' texts: one SQLite file, to which lines are only ever added.

A translation belongs to the words that it translates, not to the issue in which they stood: the same sentence
in the next issue is translated already, a changed one is not. The last translation of a text counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mirab.stored import StoredFile

_APPLICATION, _VERSION = 0x4D495258, 1
_SCHEMA = """CREATE TABLE translations (
    number INTEGER PRIMARY KEY, language TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL,
    person TEXT NOT NULL, recorded TEXT NOT NULL
)"""
_INSERT = "INSERT INTO translations (language, source, target, person, recorded) VALUES (?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class Translations:
    """The file of a user's translations; it is made when the first is kept."""

    path: Path

    def known(self, language: str) -> dict[str, str]:
        """The last translation of each text into a language; nothing where there is no file."""
        if not self.path.exists():
            return {}
        with self._file.opened() as connection:
            rows = connection.execute(
                "SELECT source, target FROM translations WHERE language = ? ORDER BY number", [language]
            )
            return dict(map(tuple, rows))

    def keep(self, language: str, found: Mapping[str, str], *, person: str) -> int:
        """Keep translations by their text, those that are new or changed; their number."""
        there = self.known(language)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        fresh = {source: target for source, target in found.items() if target and there.get(source) != target}
        with self._file.opened(writing=True) as connection:
            connection.executemany(
                _INSERT, [(language, source, target, person, now) for source, target in fresh.items()]
            )
        return len(fresh)

    @property
    def _file(self) -> StoredFile:
        return StoredFile(self.path, _APPLICATION, _VERSION, _SCHEMA)
