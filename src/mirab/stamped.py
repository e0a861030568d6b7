"""A zip whose entries are stamped: its format, its number, the version of mirab, SHA-256 of every entry.

It is written aside, brought to disk and renamed, so that a broken-off save leaves the old file as it was; it
is read whole and refused where an entry is missing, damaged or foreign. Layout of the file: ours.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mirab.core.errors import StoredFileError

STAMP = "stamp.json"
# All that a broken zip makes the standard library raise.
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, RuntimeError)
# The day of every entry, so that the same content makes the same file.
DAY = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Kind:
    """A kind of file: the name of its format, the number that this mirab reads up to, and who wrote it.

    `version` is that of this mirab. `noun` is what a message calls it, `writer` what makes one, `again` the
    way out where it is damaged.
    """

    format: str
    number: int
    version: str
    noun: str
    writer: str
    again: str

    def stamp(self, entries: Mapping[str, bytes]) -> dict[str, Any]:
        """The stamp of some entries."""
        digests = {name: _digest(data) for name, data in entries.items()}
        return {"format": self.format, "number": self.number, "mirab": self.version, "sha256": digests}

    def write(self, path: Path, entries: Mapping[str, bytes]) -> None:
        """Write the entries with their stamp; the file appears whole or not at all."""
        aside = path.with_name(f".{path.name}.{os.getpid()}.part")
        stamped = {STAMP: json.dumps(self.stamp(entries), ensure_ascii=False, sort_keys=True).encode()}
        try:
            with aside.open("wb") as file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                    for name, data in (stamped | dict(entries)).items():
                        archive.writestr(zipfile.ZipInfo(name, DAY), data, zipfile.ZIP_DEFLATED)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)

    def read(self, path: Path) -> dict[str, bytes]:
        """All entries of a file that is of this kind, readable and whole, but for the stamp.

        Raises StoredFileError for a file that is missing, foreign, damaged, cut short or of a newer format.
        """
        try:
            with zipfile.ZipFile(path) as archive:
                names = archive.namelist()
                if STAMP not in names:
                    raise StoredFileError(f"{path} was not written by mirab; give a file that {self.writer}")
                entries = {name: archive.read(name) for name in names}
        except FileNotFoundError as fault:
            raise StoredFileError(f"{path} does not exist; check the path") from fault
        except BROKEN as fault:
            told = f"is no {self.noun}, or cut short or damaged"
            raise StoredFileError(f"{path} {told} ({fault}); {self.again}") from fault
        self._check(path, entries)
        return {name: data for name, data in entries.items() if name != STAMP}

    def _check(self, path: Path, entries: Mapping[str, bytes]) -> None:
        try:
            stamp = json.loads(entries[STAMP])
            kind, number, digests = stamp["format"], int(stamp["number"]), dict(stamp["sha256"])
        except (ValueError, KeyError, TypeError) as fault:
            raise StoredFileError(f"{path} has a stamp that cannot be read; {self.again}") from fault
        if kind != self.format:
            told = f"has the format {kind!r}, not {self.format!r}"
            raise StoredFileError(f"{path} {told}; give a file that {self.writer}")
        if number > self.number:
            written = f"format {number} of mirab {stamp.get('mirab', '?')}"
            told = f"was written in {written}, this one reads up to {self.number}"
            raise StoredFileError(f"{path} {told}; update mirab")
        wrong = [name for name, digest in digests.items() if _digest(entries.get(name)) != digest]
        wrong += [name for name in entries if name not in digests and name != STAMP]
        if wrong:
            raise StoredFileError(f"{path} is damaged at {', '.join(sorted(wrong))}; {self.again}")


def _digest(data: bytes | None) -> str:
    return "" if data is None else hashlib.sha256(data).hexdigest()
