"""Backup of a user's data folder into one file, and its restoration: verified, whole or not at all."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mirab import __version__, audit
from mirab.core.errors import InputError, Problem, StoredFileError
from mirab.stamped import Kind

KIND = Kind("mirab backup", 1, __version__, "backup of mirab", "mirab backup wrote", "take another backup")
SUFFIX = ".sqlite"
BESIDE = ("-journal", "-wal", "-shm")


@dataclass(frozen=True)
class Copied:
    """What a backup holds: its files by name, each with what a check of its audit found.

    A file that is none of SQLite has no verdict.
    """

    path: Path
    files: Mapping[str, audit.Verdict | None]


def save(home: Path, path: Path) -> Copied:
    """Copy every file of a data folder into one, SQLite files as one transaction sees them, and read it back.

    An audit that does not fit is told and does not stop it.
    Raises StoredFileError where there is nothing to copy, or a file is damaged already.
    """
    names = [one for one in sorted(home.rglob("*")) if one.is_file() and _is_kept(one.relative_to(home))]
    if not names:
        raise StoredFileError(f"{home} holds nothing to copy; MIRAB_HOME names another data folder")
    if path.resolve().is_relative_to(home.resolve()):
        problem = Problem(str(path), "lies in the data folder itself", "write the backup elsewhere")
        raise InputError("backup", [problem])
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".mirab-", dir=path.parent) as aside:
        KIND.write(path, {one.relative_to(home).as_posix(): _copied(one, Path(aside)) for one in names})
        return _checked(path, KIND.read(path), Path(aside))


def restore(path: Path, home: Path, *, replacing: bool = False) -> tuple[Copied, Path | None]:
    """Put a backup in the place of a data folder; returns what it holds, and where the old folder went.

    Everything is unpacked beside it and checked first: each file by its SHA-256, SQLite files as a whole. An
    audit that does not fit is told and does not stop it. A folder that holds something is set aside under
    another name, and only where `replacing`. Raises StoredFileError for a backup that is cut short, damaged
    or foreign, InputError for a folder in use; then nothing has changed.
    """
    entries = KIND.read(path)
    there = home.is_dir() and any(home.iterdir())
    if there and not replacing:
        what = "holds data already"
        fix = "give --replace, which keeps the old folder beside it, or another folder with --into"
        raise InputError("restore", [Problem(str(home), what, fix)])
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{home.name}-", dir=home.parent) as aside:
        fresh = Path(aside) / "fresh"
        found = _checked(path, entries, fresh)
        old = _set_aside(home) if there else None
        if home.is_dir():
            home.rmdir()
        fresh.rename(home)
    return found, old


def _is_kept(name: Path) -> bool:
    hidden = any(part.startswith(".") for part in name.parts)
    return not hidden and not name.name.endswith(tuple(f"{SUFFIX}{end}" for end in BESIDE))


def _copied(one: Path, aside: Path) -> bytes:
    """The bytes of a file; those of a SQLite file as its own copy, which waits for writers."""
    if one.suffix != SUFFIX:
        return one.read_bytes()
    copy = aside / "copy"
    copy.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(one)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    except sqlite3.Error as error:
        raise StoredFileError(f"{one} cannot be copied: {error}; restore an older backup") from error
    return copy.read_bytes()


def _checked(path: Path, entries: Mapping[str, bytes], folder: Path) -> Copied:
    """Unpack entries into a folder and check every SQLite file among them."""
    found: dict[str, audit.Verdict | None] = {}
    for name, body in entries.items():
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise StoredFileError(f"{path} holds {name!r}, which lies outside; {KIND.again}")
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
        verdict = audit.verify(folder / name) if name.endswith(SUFFIX) else None
        if verdict and verdict.damage:
            raise StoredFileError(f"{name} is damaged: {verdict.damage}; {KIND.again}")
        found[name] = verdict
    return Copied(path, found)


def _set_aside(home: Path) -> Path:
    """Give a folder another name beside its own."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    old = home.with_name(f"{home.name}.before-{stamp}")
    number = 2
    while old.exists():
        old, number = home.with_name(f"{home.name}.before-{stamp}-{number}"), number + 1
    shutil.move(home, old)
    return old
