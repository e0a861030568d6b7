"""What was read, in one SQLite file: documents, mentions, records, stories and reviews, and full text.

A document is written in one transaction with all that was read from it, so that a stop at any moment loses
no finished document; a text that is there already changes nothing. Words are found by FTS5, parts of words
in every script by trigrams.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from mirab.core.errors import UnknownNameError
from mirab.core.marking import Marking
from mirab.core.plain import to_dict
from mirab.observe.press.corrections import Correction, laid_over
from mirab.observe.press.document import Document
from mirab.observe.press.duplicates import ALIKE, STORY_DAYS, StoryKey, bands, likeness, signature, story_key
from mirab.observe.press.reader import Reading
from mirab.observe.press.records import Announcement, Deed, Meeting, Person, Promise, Record
from mirab.observe.press.words import fold
from mirab.stored import StoredFile

_APPLICATION, _VERSION = 0x4D495250, 1
KINDS: Mapping[type, str] = {
    Meeting: "meeting",
    Deed: "event",
    Promise: "commitment",
    Announcement: "announcement",
}
VERDICTS = ("accept", "correct", "reject")
SHOWN = 20
_BODIES = ("organisation", "programme")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Found:
    """A document that a search found, and the words around the first place."""

    id: str
    title: str
    published: str
    language: str
    publisher: str
    excerpt: str


@dataclass(frozen=True)
class Stored:
    """A record of the store: a meeting, an event or a commitment with its last review.

    `body` is what was read with what people have put right; `corrections` tell both.
    """

    id: str
    document: str
    kind: str
    type: str
    mode: str
    start: str
    story: str
    body: dict[str, Any]
    title: str = ""
    publisher: str = ""
    sentence: str = ""
    verdict: str = ""
    published: str = ""
    corrections: tuple[Correction, ...] = ()
    url: str = ""


@dataclass(frozen=True)
class PressStore:
    """The SQLite file of a user's press, as an audience may see it; made when something is first kept."""

    path: Path
    audience: Marking = Marking.INTERNAL

    def has(self, id: str) -> bool:
        """Whether a document is there already."""
        if not self.path.exists():
            return False
        with self._opened() as connection:
            return connection.execute("SELECT 1 FROM document WHERE id = ?", [id]).fetchone() is not None

    def keep(self, reading: Reading) -> bool:
        """Write a document with all that was read from it, at once; False where it was there already."""
        with self._opened(writing=True) as connection:
            known = connection.execute(
                "SELECT 1 FROM document WHERE id = ?", [reading.document.id]
            ).fetchone()
            if known:
                return False
            _put_document(connection, reading.document)
            _put_terms(connection, reading.document)
            _put_mentions(connection, reading)
            found: list[Record] = [*reading.meetings, *reading.events, *reading.promises]
            for one in [*found, *reading.announcements]:
                _put_record(connection, reading.document, one)
        return True

    def search(self, query: str, most: int = SHOWN) -> tuple[Found, ...]:
        """Documents for the audience with all words of a query, the best first; else with their parts."""
        words = _WORD.findall(query)
        if not words or not self.path.exists():
            return ()
        with self._opened() as connection:
            for table, parts in (("words", words), ("pieces", [w for w in map(fold, words) if len(w) > 2])):
                match = " AND ".join(f'"{word}"' for word in parts)
                asked = [match, self.audience.rank, most]
                if match and (rows := connection.execute(_SEARCH[table], asked).fetchall()):
                    return tuple(_found(row, words) for row in rows)
        return ()

    def records(
        self,
        *,
        kind: str = "",
        since: date | None = None,
        to: date | None = None,
        until: date | None = None,
        naming: str = "",
    ) -> tuple[Stored, ...]:
        """Records by kind (see KINDS) and day, in order of day, but for rejected ones.

        With `until` only what was published by that day, or has no day of publication and happened by it;
        with `naming` only what holds that id, whatever it says of it.
        """
        if not self.path.exists():
            return ()
        first, last, known = (one.isoformat() if one else "" for one in (since, to, until))
        name = f'"{naming}"' if naming else ""
        with self._opened() as connection:
            cells = {"kind": kind, "until": known, "rank": self.audience.rank, "name": name}
            rows = connection.execute(_RECORDS, cells).fetchall()
            reviews = connection.execute(_CORRECTIONS).fetchall()
        changes: dict[str, list[tuple[str, dict[str, Any], str, str]]] = defaultdict(list)
        for row in reviews:
            changes[row["record"]].append((row["field"], json.loads(row["value"]), row["who"], row["when"]))
        found = (_stored(row, changes.get(row["id"], ())) for row in rows if row["verdict"] != "reject")
        kept = (one for one in found if _falls(one.start, first, last))
        return tuple(sorted(kept, key=lambda one: (one.start, one.id)))

    def document_counts(self, since: date, to: date) -> dict[tuple[str, str], int]:
        """Number of documents, copies left out, by month and publisher."""
        if not self.path.exists():
            return {}
        with self._opened() as connection:
            cells = [since.isoformat(), to.isoformat(), self.audience.rank]
            rows = connection.execute(_DOCUMENTS, cells).fetchall()
        return {(row["month"], row["publisher"]): row["documents"] for row in rows}

    def texts(self, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Text and licence of documents by id; those that the audience may not see are left out."""
        if not self.path.exists():
            return {}
        with self._opened() as connection:
            rows = (connection.execute(_TEXT, [id, self.audience.rank]).fetchone() for id in ids)
            return {row["id"]: (row["text"], row["licence"]) for row in rows if row}

    def names(self) -> dict[str, str]:
        """Names of the organisations and programmes that the documents mention, by id."""
        if not self.path.exists():
            return {}
        with self._opened() as connection:
            rows = connection.execute(
                "SELECT DISTINCT entity, name FROM mention WHERE kind IN (?, ?)", _BODIES
            )
            return {row["entity"]: row["name"] for row in rows}

    def waiting(self, most: int = SHOWN) -> tuple[Stored, ...]:
        """Records that nobody has reviewed, commitments first."""
        order = ("commitment", "announcement", "event", "meeting")
        open_ones = [
            one
            for one in self.records()
            if not one.verdict or (one.kind == "commitment" and one.verdict == "correct")
        ]
        return tuple(sorted(open_ones, key=lambda one: (order.index(one.kind), one.start))[:most])

    def record(self, id: str) -> Stored:
        """One record that nobody has rejected; raises UnknownNameError where there is none of that id."""
        records = {one.id: one for one in self.records()}
        if id not in records:
            raise UnknownNameError("record", id, list(records))
        return records[id]

    def review(
        self,
        id: str,
        verdict: str,
        *,
        field: str = "",
        change: Mapping[str, Any] | None = None,
        who: str = "",
    ) -> None:
        """Accept, correct or reject a record; raises UnknownNameError for a record that is not there.

        `change` is what a correction of `field` changes in the body (corrections.patch).
        """
        with self._opened(writing=True) as connection:
            row = connection.execute("SELECT rule FROM record WHERE id = ?", [id]).fetchone()
            if row is None:
                known = [r["id"] for r in connection.execute("SELECT id FROM record LIMIT 1000")]
                raise UnknownNameError("record", id, known)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            value = json.dumps(change, ensure_ascii=False) if change else ""
            cells = (id, verdict, field, value, who, now, row["rule"])
            connection.execute("INSERT INTO review VALUES (?, ?, ?, ?, ?, ?, ?)", cells)

    def precision(self) -> dict[str, tuple[int, int]]:
        """By rule: records judged by a person, and of these right; the last review of a record counts.

        A record that had to be corrected was not right, also where it was accepted afterwards.
        """
        if not self.path.exists():
            return {}
        with self._opened() as connection:
            return {row["rule"]: (row["judged"], row["right"]) for row in connection.execute(_PRECISION)}

    def strangers(self, most: int = SHOWN) -> tuple[tuple[str, int], ...]:
        """Names of people whom the registry lacks, with the number of documents that name them."""
        if not self.path.exists():
            return ()
        with self._opened() as connection:
            rows = connection.execute(_STRANGERS, [most]).fetchall()
        return tuple((row["name"], row["documents"]) for row in rows)

    def add_person(self, person: Person, *, who: str = "") -> None:
        """Add a person to the user's own registry; the same id again replaces what was known."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        cells = (person.id, person.name, person.variants, person.role, person.state, person.since, who, now)
        with self._opened(writing=True) as connection:
            connection.execute("INSERT OR REPLACE INTO person VALUES (?, ?, ?, ?, ?, ?, ?, ?)", cells)

    def people(self) -> tuple[Person, ...]:
        """The people whom the user has added."""
        if not self.path.exists():
            return ()
        with self._opened() as connection:
            rows = connection.execute("SELECT id, name, variants, role, state, since FROM person ORDER BY id")
            return tuple(Person(*row) for row in rows)

    def theme_counts(self, since: date, to: date) -> tuple[tuple[str, str, str, int], ...]:
        """Month, publisher, theme and number of documents, of what was published between two days."""
        if not self.path.exists():
            return ()
        with self._opened() as connection:
            cells = [since.isoformat(), to.isoformat(), self.audience.rank]
            rows = connection.execute(_THEMES, cells).fetchall()
        return tuple((row["month"], row["publisher"], row["theme"], row["documents"]) for row in rows)

    def counts(self) -> dict[str, int]:
        """Numbers of documents, copies, stories and records by kind."""
        if not self.path.exists():
            return {}
        with self._opened() as connection:
            (documents, copies) = connection.execute(
                "SELECT count(*), count(*) FILTER (WHERE copy_of <> '') FROM document"
            ).fetchone()
            kinds = connection.execute("SELECT kind, count(*) FROM record GROUP BY kind").fetchall()
        return {"documents": documents, "copies": copies, **dict(kinds)}

    @contextmanager
    def _opened(self, *, writing: bool = False) -> Iterator[sqlite3.Connection]:
        """The file with the terms of its documents: one that was written before there were any has none."""
        with self._file.opened(writing=writing) as connection:
            known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'terms'").fetchone()
            if not known:
                kept = "" if writing else "TEMP"
                connection.execute(
                    f"CREATE {kept} TABLE terms (document TEXT PRIMARY KEY, licence TEXT, rank INTEGER)"
                )
            yield connection

    @property
    def _file(self) -> StoredFile:
        schema = (files("mirab.observe.press") / "schema.sql").read_text(encoding="utf-8")
        return StoredFile(self.path, _APPLICATION, _VERSION, schema)


_TEXT = """
SELECT id, text, coalesce(licence, '') AS licence
FROM document LEFT JOIN terms ON terms.document = document.id
WHERE id = ? AND coalesce(rank, 0) <= ?
"""
_SEARCH = {
    "words": """
SELECT document.* FROM words JOIN document ON document.number = words.rowid
WHERE words MATCH ? AND document.id NOT IN (SELECT document FROM terms WHERE terms.rank > ?)
ORDER BY words.rank LIMIT ?
""",
    "pieces": """
SELECT document.* FROM pieces JOIN document ON document.number = pieces.rowid
WHERE pieces MATCH ? AND document.id NOT IN (SELECT document FROM terms WHERE terms.rank > ?)
ORDER BY pieces.rank LIMIT ?
""",
}
_DOCUMENT = "INSERT INTO document VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_RECORDS = """
SELECT shown.*, document.url FROM shown JOIN document ON document.id = shown.document
WHERE (:kind = '' OR kind = :kind)
    AND (:until = '' OR coalesce(shown.published, start, shown.added) <= :until)
    AND shown.document NOT IN (SELECT document FROM terms WHERE rank > :rank)
    AND (:name = '' OR instr(body, :name) > 0
        OR shown.id IN (SELECT record FROM review WHERE instr(value, :name) > 0))
"""
_CORRECTIONS = "SELECT * FROM review WHERE verdict = 'correct' AND value <> '' ORDER BY rowid"
_PRECISION = """
SELECT rule, count(*) AS judged, sum(verdict = 'accept' AND NOT EXISTS (
    SELECT 1 FROM review AS other WHERE other.record = review.record AND other.verdict = 'correct'
)) AS right FROM review
WHERE rowid IN (SELECT max(rowid) FROM review GROUP BY record) GROUP BY rule ORDER BY rule
"""
_STRANGERS = """
SELECT name, count(DISTINCT document) AS documents FROM mention
WHERE kind = 'person' AND entity LIKE '?%' GROUP BY entity ORDER BY documents DESC, name LIMIT ?
"""
_DOCUMENTS = """
SELECT substr(published, 1, 7) AS month, publisher, count(*) AS documents FROM document
WHERE published BETWEEN ? AND ? AND copy_of = '' AND id NOT IN (SELECT document FROM terms WHERE rank > ?)
GROUP BY month, publisher
"""
_THEMES = """
SELECT substr(published, 1, 7) AS month, publisher, theme, count(*) AS documents
FROM theme JOIN document ON document.id = theme.document
WHERE published BETWEEN ? AND ? AND copy_of = '' AND id NOT IN (SELECT document FROM terms WHERE rank > ?)
GROUP BY month, publisher, theme ORDER BY month, publisher, theme
"""


def _put_document(connection: sqlite3.Connection, document: Document) -> None:
    signed = signature(document.words.folded)
    copy_of, alike = _copied(connection, signed)
    language, probability = document.language
    cells = (
        document.id,
        document.url,
        document.publisher or document.head.publisher,
        language,
        probability,
        document.title,
        document.published.isoformat() if document.published else None,
        len(document.text),
        document.text,
        datetime.now(UTC).isoformat(timespec="seconds"),
        copy_of,
        alike,
    )
    number = connection.execute(_DOCUMENT, cells).lastrowid
    connection.execute(
        "INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)", (number, document.title, document.text)
    )
    connection.execute("INSERT INTO pieces (rowid, text) VALUES (?, ?)", (number, fold(document.text)))
    blob = json.dumps(signed)
    connection.executemany(
        "INSERT INTO band VALUES (?, ?, ?)", [(key, document.id, blob) for key in bands(signed)]
    )


def _put_terms(connection: sqlite3.Connection, document: Document) -> None:
    if document.licence or document.marking.rank:
        cells = (document.id, document.licence, document.marking.rank)
        connection.execute("INSERT INTO terms VALUES (?, ?, ?)", cells)


def _copied(connection: sqlite3.Connection, signed: Sequence[int]) -> tuple[str, float | None]:
    """The document of which a text is a near copy, and how alike they are."""
    query = "SELECT document, signature FROM band WHERE key = ?"
    rows = (row for key in bands(signed) for row in connection.execute(query, [key]))
    met = {row["document"]: row["signature"] for row in rows}
    alike = [(likeness(signed, json.loads(blob)), document) for document, blob in met.items()]
    best = max(alike, default=(0.0, ""))
    return (best[1], best[0]) if best[0] >= ALIKE else ("", None)


def _put_mentions(connection: sqlite3.Connection, reading: Reading) -> None:
    document = reading.document.id
    mentions = [
        (document, one.entity.kind, one.entity.id, one.entity.title, one.start, one.end, one.rule)
        for one in reading.links.all
    ]
    connection.executemany("INSERT INTO mention VALUES (?, ?, ?, ?, ?, ?, ?)", mentions)
    themes = [(document, topic.theme, len(topic.spans)) for topic in reading.topics]
    connection.executemany("INSERT INTO theme VALUES (?, ?, ?)", themes)


def _put_record(connection: sqlite3.Connection, document: Document, one: Record) -> None:
    kind = KINDS[type(one)]
    trigger, sentence = one.evidence[0], one.evidence[1]
    count = connection.execute(
        "SELECT count(*) FROM record WHERE document = ? AND kind = ?", [document.id, kind]
    ).fetchone()[0]
    when = one.due if isinstance(one, Promise) else one.when
    cells = (
        f"{kind}_{document.id[:10]}_{count + 1}",
        document.id,
        kind,
        one.type if isinstance(one, Deed) else one.kind,
        one.mode.value if isinstance(one, Meeting | Deed) else "",
        when.start.isoformat() if when.start else None,
        _story(connection, one, document),
        trigger.rule,
        sentence.start,
        sentence.end,
        json.dumps(to_dict(one), ensure_ascii=False),
    )
    connection.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", cells)


def _story(connection: sqlite3.Connection, one: Record, document: Document) -> str:
    """The story of a meeting or event: one that is there already, or a new one; none for others."""
    key = story_key(one)
    if key is None:
        return ""
    first, last = (key.on - timedelta(days=STORY_DAYS), key.on + timedelta(days=STORY_DAYS))
    rows = connection.execute(
        'SELECT * FROM story WHERE "on" BETWEEN ? AND ?', [first.isoformat(), last.isoformat()]
    )
    for row in rows:
        known = StoryKey(
            frozenset(json.loads(row["parties"])),
            date.fromisoformat(row["on"]),
            frozenset(json.loads(row["themes"])),
        )
        if key.is_same(known):
            return str(row["id"])
    (number,) = connection.execute("SELECT count(*) FROM story").fetchone()
    cells = (
        f"story_{number + 1}",
        json.dumps(sorted(key.parties)),
        key.on.isoformat(),
        json.dumps(sorted(key.themes)),
    )
    connection.execute("INSERT INTO story VALUES (?, ?, ?, ?)", cells)
    return cells[0]


def _found(row: sqlite3.Row, words: Sequence[str]) -> Found:
    text, folded = row["text"], fold(row["text"])
    places = [folded.find(fold(word)) for word in words]
    at = min((place for place in places if place >= 0), default=0)
    excerpt = " ".join(text[max(0, at - 60) : at + 120].split())
    return Found(row["id"], row["title"], row["published"] or "", row["language"], row["publisher"], excerpt)


def _falls(day: str, first: str, last: str) -> bool:
    return (not first or day >= first) and (not last or bool(day) and day <= last)


def _stored(row: sqlite3.Row, changes: Sequence[tuple[str, dict[str, Any], str, str]]) -> Stored:
    body, corrections = laid_over(json.loads(row["body"]), changes)
    return Stored(
        row["id"],
        row["document"],
        row["kind"],
        body["type"] if row["kind"] == "event" else body["kind"],
        body.get("mode", ""),
        body["due" if row["kind"] == "commitment" else "when"]["start"] or "",
        row["story"],
        body,
        row["title"],
        row["publisher"],
        row["sentence"],
        row["verdict"],
        row["published"] or "",
        corrections,
        row["url"],
    )
