"""What sources of live data said and when: editions of their pages, and values with their vintage.

One SQLite file of a user, to which lines are only added, beside a folder of raw pages. A value counts from
the moment at which the page that tells it was retrieved: what an earlier day knew never changes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from mirab.core.domain import Tables
from mirab.core.errors import Problem
from mirab.core.presence import Presence
from mirab.core.records import Confidence, Evidence, Marking, Observation
from mirab.observe.admission import Key, admitted, key
from mirab.observe.asking import Edition
from mirab.observe.connector import Page, Terms
from mirab.observe.pages import FOLDER, Pages
from mirab.stored import StoredFile

FILE = "observed.sqlite"
_APPLICATION, _VERSION = 0x4D495256, 1
_SCHEMA = """
CREATE TABLE pages (
    id INTEGER PRIMARY KEY, region TEXT NOT NULL, source TEXT NOT NULL, name TEXT NOT NULL,
    asked TEXT NOT NULL, sha256 TEXT NOT NULL, kind TEXT NOT NULL, etag TEXT NOT NULL,
    modified TEXT NOT NULL, since TEXT NOT NULL, retrieved TEXT NOT NULL
);
CREATE INDEX pages_by_name ON pages (region, source, name);
CREATE TABLE looks (id INTEGER PRIMARY KEY, page INTEGER NOT NULL, at TEXT NOT NULL);
CREATE INDEX looks_by_page ON looks (page);
CREATE TABLE refusals (
    id INTEGER PRIMARY KEY, page INTEGER NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX refusals_by_page ON refusals (page);
CREATE TABLE polls (
    id INTEGER PRIMARY KEY, region TEXT NOT NULL, source TEXT NOT NULL, good INTEGER NOT NULL,
    fault TEXT NOT NULL, reason TEXT NOT NULL, parsed TEXT NOT NULL, added INTEGER NOT NULL,
    refused INTEGER NOT NULL, at TEXT NOT NULL
);
CREATE INDEX polls_by_source ON polls (region, source);
CREATE TABLE observations (
    id INTEGER PRIMARY KEY, region TEXT NOT NULL, source TEXT NOT NULL, item TEXT NOT NULL,
    quantity TEXT NOT NULL, start TEXT NOT NULL, "end" TEXT NOT NULL, author TEXT NOT NULL, value REAL,
    unit TEXT NOT NULL, presence TEXT NOT NULL, marking TEXT NOT NULL, vintage TEXT NOT NULL,
    confidence TEXT NOT NULL, note TEXT NOT NULL, change TEXT NOT NULL, known TEXT NOT NULL
);
CREATE INDEX observations_by_key
    ON observations (region, source, item, quantity, start, "end", author, known);
"""
_KEEP = """INSERT INTO pages (region, source, name, asked, sha256, kind, etag, modified, since, retrieved)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_EDITIONS = """SELECT pages.*,
    (SELECT max(at) FROM looks WHERE page = pages.id) AS looked,
    (SELECT reason FROM refusals WHERE page = pages.id ORDER BY id DESC LIMIT 1) AS refused
FROM pages WHERE region = ? AND source = ? AND (? = '' OR name = ?) AND substr(retrieved, 1, 10) <= ?
ORDER BY id DESC"""
_STANDING = """SELECT * FROM observations WHERE id IN (
    SELECT max(id) FROM observations WHERE region = ? AND (? = '' OR source = ?)
    AND substr(known, 1, 10) <= ? GROUP BY source, item, quantity, start, "end", author
) ORDER BY source, item, quantity, start, author"""
_ADD = """INSERT INTO observations (region, source, item, quantity, start, "end", author, value, unit,
    presence, marking, vintage, confidence, note, change, known)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_POLL = """INSERT INTO polls (region, source, good, fault, reason, parsed, added, refused, at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_LOOK = "INSERT INTO looks (page, at) VALUES (?, ?)"
_REFUSE = "INSERT INTO refusals (page, reason, at) VALUES (?, ?, ?)"
_POLLS = "SELECT * FROM polls WHERE region = ? ORDER BY id"
ALWAYS = date.max


@dataclass(frozen=True)
class Kept:
    """One edition of a page: its number in the file, what was asked, and when it was first and last seen.

    `since` is the first day that was asked for with it.
    """

    id: int
    source_id: str
    name: str
    asked: str
    sha256: str
    kind: str
    edition: Edition
    since: date
    retrieved: datetime
    looked: datetime


@dataclass(frozen=True)
class Tally:
    """What became of the values of a source: by how they differ from those that were known."""

    new: int = 0
    revised: int = 0
    editions: int = 0
    repeated: int = 0
    withdrawn: int = 0
    refused: tuple[Problem, ...] = ()

    @property
    def added(self) -> int:
        """Lines that came to the file."""
        return self.new + self.revised + self.editions + self.withdrawn


@dataclass(frozen=True)
class Poll:
    """One time that a source was asked: whether all went well, else what kind of fault there was, and why."""

    source_id: str
    good: bool
    fault: str
    reason: str
    parsed: str
    added: int
    refused: int
    at: datetime


@dataclass(frozen=True)
class Observed:
    """The values and pages of a region in the file of a user; it is made when something is first kept."""

    path: Path
    region: str

    @property
    def files(self) -> Pages:
        """The raw pages, in a folder beside the file."""
        return Pages(self.path.with_name(FOLDER))

    def keep(self, source: str, page: Page, asked: str, edition: Edition, since: date) -> Kept:
        """Keep an edition of a page: the file first, then its line."""
        digest = self.files.keep(source, page.data)
        line = (self.region, source, page.name, asked, digest, page.kind, edition.etag, edition.modified)
        with self._file.opened(writing=True) as connection:
            told = (*line, since.isoformat(), page.retrieved.isoformat())
            number = connection.execute(_KEEP, told).lastrowid or 0
        at = page.retrieved
        return Kept(number, source, page.name, asked, digest, page.kind, edition, since, at, at)

    def page(self, kept: Kept) -> Page | None:
        """The page of an edition; None where its file is gone or damaged."""
        data = self.files.data(kept.source_id, kept.sha256)
        return None if data is None else Page(kept.name, data, kept.retrieved, kept.kind)

    def look(self, kept: Iterable[Kept], at: datetime) -> None:
        """Note that editions were found unchanged."""
        lines = [(one.id, at.isoformat()) for one in kept]
        if lines:
            with self._file.opened(writing=True) as connection:
                connection.executemany(_LOOK, lines)

    def refuse(self, kept: Iterable[Kept], reason: str, at: datetime) -> None:
        """Note that editions cannot be read, so that those before them count; no reason takes it back."""
        with self._file.opened(writing=True) as connection:
            connection.executemany(_REFUSE, [(one.id, reason, at.isoformat()) for one in kept])

    def editions(
        self, source: str, name: str = "", on: date = ALWAYS, *, refused: bool = False
    ) -> tuple[Kept, ...]:
        """The newest edition of each page (or of one) that had come by a day, newest first.

        One that was refused is left out unless asked for.
        """
        if not self.path.exists():
            return ()
        with self._file.opened() as connection:
            rows = connection.execute(_EDITIONS, [self.region, source, name, name, on.isoformat()]).fetchall()
        found: dict[str, Kept] = {}
        for row in rows:
            if refused or not row["refused"]:
                found.setdefault(row["name"], _kept(row))
        return tuple(found.values())

    def pages(self, source: str, on: date = ALWAYS) -> tuple[Page, ...]:
        """The pages of a source as `parse` takes them: the newest edition of each by a day, newest first."""
        pages = (self.page(one) for one in self.editions(source, on=on))
        return tuple(page for page in pages if page is not None)

    def take(self, terms: Terms, observations: Sequence[Observation], tables: Tables, at: datetime) -> Tally:
        """Add what differs from the values that were known, in one transaction.

        Another value is `revised`, the same thing in another vintage a new edition. A value of which its
        series tells no more, though it tells of times before and after it, is withdrawn.
        """
        found, refused = admitted(terms, observations, tables, at.date())
        with self._file.opened(writing=True) as connection:
            standing = {key(one): one for one in self._standing(connection, terms.source_id, ALWAYS)}
            changes = {name: _change(one, standing.get(name)) for name, one in found.items()}
            lines = [(found[name], change) for name, change in changes.items() if change != "repeated"]
            lines += [(_gone(one), "withdrawn") for one in _withdrawn(standing, found)]
            told = [self._line(terms.source_id, one, change, at) for one, change in lines]
            connection.executemany(_ADD, told)
        counts = [*changes.values(), *(change for _, change in lines if change == "withdrawn")]
        new, revised, editions, repeated, withdrawn = map(counts.count, CHANGES)
        return Tally(new, revised, editions, repeated, withdrawn, refused)

    def known(self, on: date, source: str = "") -> tuple[Observation, ...]:
        """The values of the region, or of one source, as they were known at the end of a day."""
        if not self.path.exists():
            return ()
        with self._file.opened() as connection:
            standing = self._standing(connection, source, on)
        return tuple(one for one in standing if one.presence is not Presence.NOT_MODELLED)

    def note(self, poll: Poll) -> None:
        """Add how a poll went."""
        line = (self.region, poll.source_id, int(poll.good), poll.fault, poll.reason, poll.parsed)
        with self._file.opened(writing=True) as connection:
            connection.execute(_POLL, (*line, poll.added, poll.refused, poll.at.isoformat()))

    def polls(self) -> tuple[Poll, ...]:
        """Every poll of the region, the first one first."""
        if not self.path.exists():
            return ()
        with self._file.opened() as connection:
            rows = connection.execute(_POLLS, [self.region]).fetchall()
        return tuple(map(_poll, rows))

    def _standing(self, connection: sqlite3.Connection, source: str, on: date) -> list[Observation]:
        rows = connection.execute(_STANDING, [self.region, source, source, on.isoformat()])
        return [_observation(row) for row in rows]

    def _line(self, source: str, one: Observation, change: str, at: datetime) -> tuple[object, ...]:
        evidence = one.evidence
        return (
            *(self.region, source, *key(one), one.value, one.unit, one.presence.value, one.marking.value),
            *(one.vintage, evidence.confidence.value, str(evidence.note), change, at.isoformat()),
        )

    @property
    def _file(self) -> StoredFile:
        return StoredFile(self.path, _APPLICATION, _VERSION, _SCHEMA)


CHANGES = ("new", "revised", "edition", "repeated", "withdrawn")


def _change(one: Observation, known: Observation | None) -> str:
    """How a value differs from the one that is known of the same thing."""
    if known is None or known.presence is Presence.NOT_MODELLED:
        return "new"
    if one.vintage != known.vintage:
        return "edition"
    same = (one.value, one.presence, one.marking) == (known.value, known.presence, known.marking)
    return "repeated" if same else "revised"


def _withdrawn(standing: Mapping[Key, Observation], found: Mapping[Key, Observation]) -> list[Observation]:
    """Values that are told no more inside the time of which their series still tells."""
    spans: dict[tuple[str, str, str], tuple[date, date]] = {}
    for one in found.values():
        first, last = spans.get(_series(one), (one.start, one.start))
        spans[_series(one)] = min(first, one.start), max(last, one.start)
    gone = [one for name, one in standing.items() if name not in found and _series(one) in spans]
    inside = [one for one in gone if spans[_series(one)][0] <= one.start <= spans[_series(one)][1]]
    return [one for one in inside if one.presence is not Presence.NOT_MODELLED]


def _gone(one: Observation) -> Observation:
    """The line that says that a value is told no more."""
    return replace(one, value=None, presence=Presence.NOT_MODELLED)


def _series(one: Observation) -> tuple[str, str, str]:
    return one.item, one.quantity, one.author


def _kept(row: sqlite3.Row) -> Kept:
    at = datetime.fromisoformat(row["retrieved"])
    return Kept(
        *(row["id"], row["source"], row["name"], row["asked"], row["sha256"], row["kind"]),
        Edition(row["etag"], row["modified"]),
        date.fromisoformat(row["since"]),
        at,
        datetime.fromisoformat(row["looked"]) if row["looked"] else at,
    )


def _poll(row: sqlite3.Row) -> Poll:
    at = datetime.fromisoformat(row["at"])
    told = (bool(row["good"]), row["fault"], row["reason"], row["parsed"], row["added"], row["refused"])
    return Poll(row["source"], *told, at)


def _observation(row: sqlite3.Row) -> Observation:
    return Observation(
        item=row["item"],
        quantity=row["quantity"],
        start=date.fromisoformat(row["start"]),
        end=date.fromisoformat(row["end"]),
        value=row["value"],
        unit=row["unit"],
        author=row["author"],
        evidence=Evidence(row["source"], Confidence(row["confidence"]), row["note"]),
        presence=Presence(row["presence"]),
        marking=Marking(row["marking"]),
        vintage=row["vintage"],
    )
