"""Entry: the forms of the page, as data; each writes with the same code as the command of its kind.

A form that is wrong is shown again with every problem, what was typed kept, and nothing written.
"""

from __future__ import annotations

import csv
import getpass
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mirab import centre, inquiry
from mirab.core.errors import InputError, Problem, UnknownNameError
from mirab.core.records import Level, Marking, Status
from mirab.follow.diary import Kind
from mirab.observe import region as regions
from mirab.observe.store import Store
from mirab.stages.noting import Office

if TYPE_CHECKING:
    from mirab.web.desk import Desk

Cells = Mapping[str, str]
MOST_LETTERS = 100_000
LEVELS, MARKINGS, STATUSES = (tuple(one.value for one in kind) for kind in (Level, Marking, Status))


@dataclass(frozen=True)
class Field:
    """One line of a form; its label is `field.NAME` of the words."""

    name: str
    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """A form: its fields, and what writes them; `write` gives the id of what was written."""

    name: str
    fields: tuple[Field, ...]
    write: Callable[[Desk, Cells], str]


def _reading(desk: Desk, cells: Cells) -> str:
    with tempfile.TemporaryDirectory(prefix="mirab-") as folder:
        path = Path(folder) / "form.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(cells))
            writer.writeheader()
            writer.writerow(cells)
        Store(desk.wish.own).add(path, regions.load(desk.wish.region))
    return f"{cells['station']} {cells['quantity']} {cells['date']}"


def _threat(desk: Desk, cells: Cells) -> str:
    return _act(desk, "add", f"analyst:{cells['id']}", {k: v for k, v in cells.items() if k != "id"})


def _assessment(desk: Desk, cells: Cells) -> str:
    return _act(desk, "assess", cells["id"], {k: v for k, v in cells.items() if k != "id"})


def _closing(desk: Desk, cells: Cells) -> str:
    return _act(desk, "close", cells["id"], {k: v for k, v in cells.items() if k != "id"})


def _act(desk: Desk, kind: str, id: str, cells: Cells) -> str:
    pack = regions.load(desk.wish.region)
    states = {row["state"] for row in (*pack.states, *pack.rows("other_states"))}
    centre.journal(desk.wish, pack).write(kind, id, {"author": getpass.getuser(), **cells}, states)
    return id


def _meeting(desk: Desk, cells: Cells) -> str:
    office = Office.of(desk.wish)
    found = [office.subjects.find(name.strip(), office.wish.on).id for name in cells["with"].split(";")]
    given = {name: cell for name, cell in cells.items() if name != "with"} | {"about": "|".join(found)}
    return office.diary.add(Kind.MEETING, given, person=getpass.getuser())


def _promise(desk: Desk, cells: Cells) -> str:
    book = inquiry.promises(desk.wish)
    book.store.create(cells, book.known, person=getpass.getuser())
    return cells["commitment_id"]


def _progress(desk: Desk, cells: Cells) -> str:
    book = inquiry.promises(desk.wish)
    given = {name: cell for name, cell in cells.items() if name != "commitment_id"}
    book.store.change(cells["commitment_id"], given, book.known, person=getpass.getuser())
    return cells["commitment_id"]


MARKING = Field("marking", "choice", choices=MARKINGS)
FORMS = (
    Form(
        "reading",
        (
            Field("station", required=True),
            Field("quantity", required=True),
            Field("date", required=True),
            Field("value", required=True),
            Field("unit"),
            Field("author", required=True),
            Field("note"),
            MARKING,
        ),
        _reading,
    ),
    Form(
        "threat",
        (
            Field("id", required=True),
            Field("title", required=True),
            Field("states", required=True),
            Field("level", "choice", required=True, choices=LEVELS),
            Field("probability", required=True),
            Field("window", required=True),
            Field("reason", "long", required=True),
            Field("source", required=True),
            Field("review", "date", required=True),
            Field("seen", "date"),
            Field("theme"),
            MARKING,
        ),
        _threat,
    ),
    Form(
        "assessment",
        (
            Field("id", required=True),
            Field("level", "choice", required=True, choices=LEVELS),
            Field("reason", "long", required=True),
            Field("review", "date", required=True),
            Field("seen", "date"),
            MARKING,
        ),
        _assessment,
    ),
    Form(
        "closing",
        (
            Field("id", required=True),
            Field("came", "choice", required=True, choices=("yes", "no", "withdrawn")),
            Field("source", required=True),
        ),
        _closing,
    ),
    Form(
        "meeting",
        (
            Field("with", required=True),
            Field("on", "date", required=True),
            Field("text", "long", required=True),
            Field("place"),
            Field("themes"),
            Field("source"),
            MARKING,
        ),
        _meeting,
    ),
    Form(
        "promise",
        (
            Field("commitment_id", required=True),
            Field("what", "long", required=True),
            Field("by", required=True),
            Field("to"),
            Field("owner"),
            Field("due"),
            Field("amount"),
            Field("unit"),
            Field("themes"),
            Field("source", required=True),
            Field("note"),
            MARKING,
        ),
        _promise,
    ),
    Form(
        "progress",
        (
            Field("commitment_id", required=True),
            Field("status", "choice", choices=STATUSES),
            Field("status_on", "date"),
            Field("due"),
            Field("owner"),
            Field("source", required=True),
            Field("note"),
        ),
        _progress,
    ),
)


def form(name: str) -> Form:
    """The form of a name; raises UnknownNameError with the nearest one."""
    known = {one.name: one for one in FORMS}
    if name not in known:
        raise UnknownNameError("form", name, known)
    return known[name]


def write(desk: Desk, asked: Form, given: Cells) -> str:
    """Write what was typed; raises InputError with all that is wrong, and then writes nothing."""
    cells = {field.name: given.get(field.name, "").strip() for field in asked.fields}
    wrong = [
        Problem(field.name, "is empty", "fill it in")
        for field in asked.fields
        if field.required and not cells[field.name]
    ]
    wrong += [
        Problem(name, f"has {len(cell):,} letters", f"at most {MOST_LETTERS:,} are taken")
        for name, cell in cells.items()
        if len(cell) > MOST_LETTERS
    ]
    if wrong:
        raise InputError(asked.name, wrong)
    return asked.write(desk, {name: cell for name, cell in cells.items() if cell})
