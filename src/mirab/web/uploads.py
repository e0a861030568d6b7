"""Uploads: files that a reader hands in, read and shown before anything of them is taken.

A file is told by its content, never by its name: the name stands in messages and beside what was taken, with
what could be a path gone from it. It lies in memory until it is taken, and in a folder of our own naming
while it is read. A file with a problem is not taken at all.
"""

from __future__ import annotations

import getpass
import re
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mirab import inquiry
from mirab.core.errors import InputError, Problem, UnknownNameError
from mirab.core.records import Marking
from mirab.observe import books, dekads, forms, grids
from mirab.observe import region as regions
from mirab.observe.store import Store
from mirab.web.entry import MARKING, Field

if TYPE_CHECKING:
    from mirab.follow.book import Book
    from mirab.observe.press.reader import Reading
    from mirab.web.desk import Desk

MOST_MB, SHOWN, WAITING, NAME_LETTERS = 10, 50, 6, 60
FILE, PASTED = "file", "pasted"


@dataclass(frozen=True)
class Upload:
    """A file as it was handed in: its kind, name, bytes, and what was typed beside it."""

    kind: str
    name: str
    data: bytes
    given: Mapping[str, str]

    @property
    def is_book(self) -> bool:
        """Whether it is packed as a workbook is."""
        return self.data.startswith(books.MAGIC)

    @contextmanager
    def file(self, ending: str) -> Iterator[Path]:
        """The file in a folder of its own while it is read; a workbook has the ending of one."""
        with tempfile.TemporaryDirectory(prefix="mirab-") as folder:
            path = Path(folder) / f"{self.kind}{'.xlsx' if self.is_book else ending}"
            path.write_bytes(self.data)
            yield path


@dataclass(frozen=True)
class Preview:
    """What was read of a file: `heads` and `rows` as far as they are shown, how many there are, and problems.

    `heads` are keys of `field.` in the words. `left_out` counts what is no record, by the reason.
    """

    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    count: int
    problems: Sequence[Problem] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """What became of a file: records taken, of these corrections, and records known already."""

    taken: int
    corrected: int = 0
    repeated: int = 0


@dataclass(frozen=True)
class Kind:
    """A kind of file: what is typed beside it, the endings a browser offers, how it is read and taken."""

    name: str
    endings: str
    fields: tuple[Field, ...]
    read: Callable[[Desk, Upload], Preview]
    take: Callable[[Desk, Upload], Taken]
    is_pasted: bool = False


class Waiting:
    """Uploads that were read and not taken yet, the last WAITING of them, by an id that nobody can guess."""

    def __init__(self) -> None:
        self._held: dict[str, Upload] = {}

    def hold(self, upload: Upload) -> str:
        """Keep an upload until it is taken; the id to take it by."""
        id = secrets.token_hex(8)
        self._held[id] = upload
        for old in list(self._held)[:-WAITING]:
            self._held.pop(old, None)
        return id

    def release(self, id: str) -> Upload:
        """The upload of an id, which waits no more; raises InputError where none does."""
        found = self._held.pop(id, None)
        if found is None:
            what = "does not wait any more: it was taken, or others came after it"
            raise InputError("upload", [Problem("upload", what, "choose the file again")])
        return found


def upload(kind: Kind, name: str, data: bytes, given: Mapping[str, str]) -> Upload:
    """A file, or the text that was pasted in its place; raises InputError with all that is wrong.

    Its content is looked at by what reads it.
    """
    pasted = given.get(PASTED, "").strip() if kind.is_pasted else ""
    cells = {one.name: given.get(one.name, "").strip() for one in kind.fields}
    wrong = [
        Problem(one.name, "is empty", "fill it in")
        for one in kind.fields
        if one.required and not cells[one.name]
    ]
    if not (data or pasted):
        wrong.append(Problem(FILE, "is empty", "choose a file that holds something"))
    if data and pasted:
        wrong.append(Problem(PASTED, "stands beside a file", "give one of the two"))
    if len(data) > MOST_MB * 1e6:
        wrong.append(Problem(FILE, f"has more than {MOST_MB} MB", "give it in parts"))
    if cells.get("marking") not in (None, "", *Marking):
        wrong.append(Problem("marking", f"{cells['marking']!r} is not known", f"one of {', '.join(Marking)}"))
    if wrong:
        raise InputError(kind.name, wrong)
    return Upload(kind.name, plain_name(name) if data else PASTED, data or pasted.encode(), cells)


def plain_name(name: str) -> str:
    """The name of a file without folders, control characters and whatever else names no file.

    >>> plain_name("../../etc/passwd"), plain_name("april <1>.csv")
    ('passwd', 'april 1.csv')
    """
    last = re.split(r"[/\\]", name)[-1]
    return re.sub(r"[^\w .()-]", "", last)[-NAME_LETTERS:].strip(" .") or FILE


def read(desk: Desk, kind: Kind, found: Upload) -> Preview:
    """What a file holds; a file that cannot be read as a whole has problems alone."""
    try:
        return kind.read(desk, found)
    except InputError as wrong:
        return Preview((), (), 0, wrong.problems)


def take(desk: Desk, kind: Kind, found: Upload) -> Taken:
    """Take all of a file; raises InputError with every problem, and then takes nothing."""
    if problems := read(desk, kind, found).problems:
        raise InputError(found.name, problems)
    return kind.take(desk, found)


def _today() -> datetime:
    return datetime.now(UTC)


def _form(desk: Desk, found: Upload) -> tuple[list[forms.Reading], list[Problem]]:
    with found.file(".csv") as path:
        return forms.read_form(path, regions.load(desk.wish.region), today=_today().date())


def _readings(readings: Sequence[forms.Reading], problems: Sequence[Problem]) -> Preview:
    heads = ("station", "quantity", "date", "value", "unit", "author", "marking")
    rows = [
        (
            one.item,
            one.quantity,
            one.start.isoformat()[: 7 if one.precision == "month" else 10],
            f"{one.value:g}",
            one.unit,
            one.author,
            one.marking.value,
        )
        for one in readings
    ]
    if not (rows or problems):
        problems = [Problem(FILE, "holds no reading", "fill in date and value")]
    return Preview(heads, rows[:SHOWN], len(rows), problems)


def _kept(desk: Desk, found: Upload, readings: Sequence[forms.Reading]) -> Taken:
    pack = regions.load(desk.wish.region)
    added = Store(desk.wish.own).take(readings, (), pack, found.name)
    return Taken(added.taken, added.corrected, added.repeated)


def _table(desk: Desk, found: Upload) -> tuple[dekads.Found, list[forms.Reading], list[Problem]]:
    pack, given = regions.load(desk.wish.region), found.given
    year = given["year"]
    if year and not re.fullmatch(r"(19|20)\d\d", year, re.ASCII):
        raise InputError("table", [Problem("year", f"{year!r} is not a year", "write it like 2026")])
    with found.file(".txt") as path:
        grid = grids.of_file(path)
    asked = dekads.Asked(
        given["author"], int(year) if year else None, given["period"], given["unit"], given["marking"]
    )
    lines = dekads.read(grid, pack, asked, name=found.name)
    readings, wrong = forms.read_lines(lines.lines, pack, today=_today().date())
    return lines, readings, [*lines.problems, *wrong]


def _read_table(desk: Desk, found: Upload) -> Preview:
    lines, readings, problems = _table(desk, found)
    return replace(_readings(readings, problems), left_out=lines.left_out)


def _book(desk: Desk) -> Book:
    """The user's own book, with what is marked for partners or internal."""
    return inquiry.promises(replace(desk.wish, audience=Marking.INTERNAL))


def _read_promises(desk: Desk, found: Upload) -> Preview:
    heads, book = ("commitment_id", "what", "by", "to", "due", "source"), _book(desk)
    with found.file(".csv") as path:
        lines, problems = book.store.read(path, book.known)
    rows = [tuple(line.cells.get(head, "") for head in heads) for line in lines]
    if not (rows or problems):
        problems = [Problem(FILE, "holds no promise", "fill in a line")]
    return Preview(heads, rows[:SHOWN], len(rows), problems)


def _take_promises(desk: Desk, found: Upload) -> Taken:
    book = _book(desk)
    with found.file(".csv") as path:
        return Taken(book.store.add(path, book.known, person=getpass.getuser()).taken)


def _texts(desk: Desk, found: Upload, *, keep: bool) -> list[Reading | Problem]:
    from mirab.observe.press.batch import read_all

    marking, store = found.given["marking"], desk.wish.own.with_name("press.sqlite")
    with found.file(_kind_of(found.data)) as path:
        return list(
            read_all(
                str(path),
                str(desk.wish.region),
                store,
                licence=found.given["licence"],
                marking=Marking(marking or Marking.PUBLIC),
                keep=keep,
            )
        )


def _kind_of(data: bytes) -> str:
    """The ending of a text by how it begins: lines of JSON, or whatever else is told by its content."""
    return ".jsonl" if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{" else ".txt"


def _read_texts(desk: Desk, found: Upload) -> Preview:
    said = _texts(desk, found, keep=False)
    problems = [one for one in said if isinstance(one, Problem)]
    rows = [_told(one) for one in said if not isinstance(one, Problem)]
    heads = ("document", "date", "language", "meetings", "events", "promises")
    if not (rows or problems):
        problems = [Problem(FILE, "holds no text", "choose a text")]
    return Preview(heads, rows[:SHOWN], len(rows), problems)


def _told(one: Reading) -> tuple[str, ...]:
    found, day = one.document, one.document.published
    counts = (len(part) for part in (one.meetings, one.events, one.promises))
    return (found.title, day.isoformat() if day else "", found.language[0], *map(str, counts))


def _take_texts(desk: Desk, found: Upload) -> Taken:
    return Taken(len(_texts(desk, found, keep=True)))


KINDS = (
    Kind(
        "press",
        ".txt,.md,.html,.htm,.xml,.rss,.atom,.jsonl",
        (Field("licence"), MARKING),
        _read_texts,
        _take_texts,
        is_pasted=True,
    ),
    Kind(
        "readings",
        ".csv,.xlsx",
        (),
        lambda desk, found: _readings(*_form(desk, found)),
        lambda desk, found: _kept(desk, found, _form(desk, found)[0]),
    ),
    Kind(
        "table",
        ".xlsx,.xlsm,.txt,.csv",
        (Field("author", required=True), Field("year"), Field("period"), Field("unit"), MARKING),
        _read_table,
        lambda desk, found: _kept(desk, found, _table(desk, found)[1]),
        is_pasted=True,
    ),
    Kind("promises", ".csv", (), _read_promises, _take_promises),
)


def kind(name: str) -> Kind:
    """The kind of a name; raises UnknownNameError with the nearest one."""
    known = {one.name: one for one in KINDS}
    if name not in known:
        raise UnknownNameError("kind of file", name, known)
    return known[name]
