"""The issues of the briefing in one SQLite file: each numbered, never changed, with what it was made from.

The records of an issue, its base map, the region pack and the user's readings are kept as they were, each
content once under its SHA-256, so that an issue can be drawn again years later and its changes told apart.
The file itself refuses to change or remove a line. `FORMAT` numbers the layout of the kept records: a later
mirab must go on reading every earlier one.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from mirab.core.errors import InputError, Problem, StoredFileError, UnknownNameError
from mirab.core.plain import from_dict, to_dict, with_phrases
from mirab.core.records import Briefing, Clearance, Marking, Observation
from mirab.follow import clearance
from mirab.follow.clearance import Act, Deed
from mirab.stored import StoredFile

FILE = "issues.sqlite"
FORMAT = 1
LEAST_DIGITS = 6
SERIES = ("region", "profile", "audience", "focus")
BESIDE = ("issue", "changes", "status", "cleared_by", "written_on", "imprint")
_APPLICATION, _VERSION = 0x4D495249, 1
_ALL = "SELECT * FROM issues ORDER BY number"
_ONE = "SELECT * FROM issues WHERE number = ?"
_INSERT = """
INSERT INTO issues
    (region, profile, audience, focus, issue, digest, as_of, corrects, format, records, made_from, recorded)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_ACT = "INSERT INTO acts (issue, deed, person, text, about, recorded) VALUES (?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class Made:
    """What an issue was made from: the base map as plain JSON values, files of the pack, own readings."""

    basemap: Mapping[str, Any] = field(default_factory=dict)
    pack: Mapping[str, bytes] = field(default_factory=dict)
    own: tuple[Observation, ...] = ()


@dataclass(frozen=True)
class Issue:
    """One line of the store: an issue of a series (region, profile, audience, focus) and the acts on it.

    `key` is its place in the file, `issue` its number in the series, `recorded` UTC to the second.
    """

    key: int
    region: str
    profile: str
    audience: Marking
    focus: str
    issue: int
    digest: str
    as_of: date
    corrects: int
    recorded: str
    acts: tuple[Act, ...]

    @property
    def series(self) -> tuple[str, ...]:
        """What it is numbered within: region, profile, audience and focus."""
        return self.region, self.profile, self.audience.value, self.focus

    @property
    def reference(self) -> str:
        """The name of the issue, such as `toy-prevention-public-3`."""
        return "-".join(part for part in (*self.series, str(self.issue)) if part)

    @property
    def status(self) -> Clearance:
        """How far it has come towards release."""
        return clearance.status(self.acts)


@dataclass(frozen=True)
class IssueStore:
    """The file of a user's issues; it is made when the first one is kept."""

    path: Path

    def keep(self, briefing: Briefing, made: Made) -> Briefing:
        """Number a briefing and keep it; one whose records are kept already stays the issue that it is.

        Raises InputError for a correction of an issue that is not there, or that differs in nothing.
        """
        with self._file.opened(writing=True) as connection:
            known = [one for one in _issues(connection) if one.series == series(briefing)]
            digest = digest_of(briefing)
            again = next((one for one in known if one.digest == digest), None)
            _check_correction(briefing, known, again)
            if again is not None:
                return _as_kept(briefing, _briefing(connection, again))
            number = max((one.issue for one in known), default=0) + 1
            issue = replace(briefing, issue=number, imprint=replace(briefing.imprint, digest=digest))
            _put(connection, issue, made)
        return issue

    def has(self, briefing: Briefing) -> bool:
        """Whether the records of a briefing are kept already in its series."""
        digest = digest_of(briefing)
        return any(one.digest == digest and one.series == series(briefing) for one in self.listed())

    def listed(self) -> tuple[Issue, ...]:
        """All issues in the order in which they were made; none where there is no file."""
        if not self.path.exists():
            return ()
        with self._file.opened() as connection:
            return tuple(_issues(connection))

    def found(self, name: str) -> Issue:
        """The issue of a reference, of a number that only one series has, or of the first digits of a digest.

        Raises UnknownNameError with the nearest reference, InputError where several are meant.
        """
        issues = self.listed()
        meant = [one for one in issues if name in (one.reference, str(one.issue))]
        if not meant and len(name) >= LEAST_DIGITS:
            meant = [one for one in issues if one.digest.startswith(name)]
        if not meant:
            raise UnknownNameError("issue", name, [one.reference for one in issues])
        if len(meant) > 1:
            told = ", ".join(one.reference for one in meant)
            raise InputError("issue", [Problem(name, "is meant by several", f"say which: {told}")])
        return meant[0]

    def briefing(self, issue: Issue) -> Briefing:
        """The records of an issue as they were kept, with its status as it is now.

        Raises StoredFileError where they are damaged, or written in a later format.
        """
        with self._file.opened() as connection:
            return _briefing(connection, issue)

    def made_from(self, issue: Issue) -> Made:
        """What an issue was made from."""
        with self._file.opened() as connection:
            return _made(connection, issue)

    def act(self, issue: Issue, deed: Deed, person: str, text: str = "", about: int = 0) -> tuple[Issue, Act]:
        """Write an act on an issue; raises InputError with all that forbids it, and writes nothing then."""
        with self._file.opened(writing=True) as connection:
            (now,) = _issues(connection, issue.key)
            number = len(now.acts) + 1
            recorded = datetime.now(UTC).isoformat(timespec="seconds")
            act = Act(number, deed, person, text, about, recorded)
            clearance.check(act, now.acts, issue=issue.reference)
            connection.execute(_ACT, (issue.key, deed.value, person, text, about, recorded))
        return replace(now, acts=(*now.acts, act)), act

    def earlier(self, now: Briefing, *, most: int = 12) -> tuple[Briefing, ...]:
        """The last issues of a briefing's series, at most one for each date, the earliest first.

        Of issues of one date the last is taken; those of the briefing's own date or later are left out.
        """
        before = [one for one in self.listed() if one.series == series(now) and one.as_of < now.as_of]
        last = {one.as_of: one for one in before}
        return tuple(self.briefing(last[day]) for day in sorted(last)[-most:])

    def compared_with(self, now: Briefing) -> Issue | None:
        """The issue that changes are told against: the last cleared one of the series, else the last one."""
        digest = digest_of(now)
        before = [one for one in self.listed() if one.series == series(now) and one.digest != digest]
        cleared = [one for one in before if one.status is Clearance.CLEARED]
        found = cleared or before
        return found[-1] if found else None

    @property
    def _file(self) -> StoredFile:
        schema = (files("mirab.follow") / "issues.sql").read_text("utf-8")
        return StoredFile(self.path, _APPLICATION, _VERSION, schema)


def series(briefing: Briefing) -> tuple[str, ...]:
    """What a briefing is numbered within: region, profile, audience and focus."""
    return briefing.region, briefing.profile, briefing.audience.value, briefing.focus


def digest_of(briefing: Briefing) -> str:
    """SHA-256 over the records of a briefing, and with them the fingerprints of its data and rules.

    What stands beside the records (number, changes, status, day of writing, imprint) is no part of it.
    """
    told = {name: value for name, value in to_dict(briefing).items() if name not in BESIDE}
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _check_correction(briefing: Briefing, known: Sequence[Issue], again: Issue | None) -> None:
    """Refuse a correction of what is not there, and one that corrects nothing."""
    corrects = briefing.imprint.corrects
    if corrects and corrects not in {one.issue for one in known}:
        numbers = [str(one.issue) for one in known]
        raise UnknownNameError("issue of this series", str(corrects), numbers)
    if corrects and again is not None:
        what = f"has the records of issue {again.issue}: it corrects nothing"
        fix = "mend what was wrong first, then write it again"
        raise InputError("correction", [Problem(f"of issue {corrects}", what, fix)])


def _as_kept(briefing: Briefing, kept: Briefing) -> Briefing:
    """A briefing with all that stands beside the same records as they were kept."""
    return replace(briefing, **{name: getattr(kept, name) for name in BESIDE})


def _put(connection: sqlite3.Connection, issue: Briefing, made: Made) -> None:
    pack = {name: _keep(connection, body) for name, body in sorted(made.pack.items())}
    basemap, own = (_keep(connection, _json(to_dict(part))) for part in (made.basemap, made.own))
    made_from = _keep(connection, _json({"pack": pack, "basemap": basemap, "own": own}))
    records = _keep(connection, _json(with_phrases(issue)))
    recorded = datetime.now(UTC).isoformat(timespec="seconds")
    numbered = (issue.issue, issue.imprint.digest, issue.as_of.isoformat(), issue.imprint.corrects)
    connection.execute(_INSERT, (*series(issue), *numbered, FORMAT, records, made_from, recorded))


def _json(values: Any) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode()


def _keep(connection: sqlite3.Connection, body: bytes) -> str:
    """Keep a content once; returns its digest."""
    digest = hashlib.sha256(body).hexdigest()
    connection.execute("INSERT OR IGNORE INTO content VALUES (?, ?)", (digest, zlib.compress(body)))
    return digest


def _content(connection: sqlite3.Connection, digest: str, issue: Issue) -> bytes:
    row = connection.execute("SELECT body FROM content WHERE digest = ?", [digest]).fetchone()
    try:
        body = zlib.decompress(row["body"]) if row else b""
    except zlib.error:
        body = b""
    if hashlib.sha256(body).hexdigest() != digest:
        raise StoredFileError(f"{issue.reference} is damaged in the store of issues; restore a backup")
    return body


def _briefing(connection: sqlite3.Connection, issue: Issue) -> Briefing:
    row = connection.execute(_ONE, [issue.key]).fetchone()
    if row["format"] > FORMAT:
        words = f"{issue.reference} was kept in format {row['format']}, this mirab reads up to {FORMAT}"
        raise StoredFileError(f"{words}; update mirab")
    kept = json.loads(_content(connection, row["records"], issue))
    corrected = [one.issue for one in _issues(connection) if _corrects(one, issue)]
    found = from_dict(Briefing, kept)
    imprint = replace(found.imprint, corrected_by=max(corrected, default=0))
    return clearance.released(replace(found, imprint=imprint), issue.acts)


def _corrects(one: Issue, other: Issue) -> bool:
    return one.series == other.series and one.corrects == other.issue


def _made(connection: sqlite3.Connection, issue: Issue) -> Made:
    row = connection.execute(_ONE, [issue.key]).fetchone()
    parts = json.loads(_content(connection, row["made_from"], issue))
    basemap, own = (json.loads(_content(connection, parts[name], issue)) for name in ("basemap", "own"))
    pack = {name: _content(connection, digest, issue) for name, digest in parts["pack"].items()}
    return Made(basemap, pack, tuple(from_dict(Observation, one) for one in own))


def _issues(connection: sqlite3.Connection, key: int = 0) -> list[Issue]:
    """All issues with their acts in the order of the file, or that of one key."""
    acts: dict[int, list[Act]] = {}
    for row in connection.execute("SELECT * FROM acts ORDER BY number"):
        of = acts.setdefault(row["issue"], [])
        of.append(
            Act(len(of) + 1, Deed(row["deed"]), row["person"], row["text"], row["about"], row["recorded"])
        )
    rows = connection.execute(_ONE, [key]) if key else connection.execute(_ALL)
    return [_issue(row, acts.get(row["number"], [])) for row in rows.fetchall()]


def _issue(row: sqlite3.Row, acts: Sequence[Act]) -> Issue:
    return Issue(
        key=row["number"],
        region=row["region"],
        profile=row["profile"],
        audience=Marking(row["audience"]),
        focus=row["focus"],
        issue=row["issue"],
        digest=row["digest"],
        as_of=date.fromisoformat(row["as_of"]),
        corrects=row["corrects"],
        recorded=row["recorded"],
        acts=tuple(acts),
    )
