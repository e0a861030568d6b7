"""Who is written to: a file of people with the marking up to which each may see documents."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mirab.core.errors import InputError, Problem, suggest
from mirab.core.records import Marking

COLUMNS = ("name", "email", "marking", "language")
REQUIRED = COLUMNS[:3]
_ADDRESS = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+\.[^\s@<>,;:\"]+", re.ASCII)
_MARKINGS = [marking.value for marking in Marking]


@dataclass(frozen=True)
class Recipient:
    """A person by name and address, what the person may see at most, and the language of the letter."""

    name: str
    email: str
    marking: Marking
    language: str = ""

    def may_see(self, marking: Marking) -> bool:
        """Whether a document of a marking may go to the person."""
        return marking.rank <= self.marking.rank


def read(path: Path) -> tuple[Recipient, ...]:
    """The people of a CSV file with the columns name, email, marking and, if wanted, language.

    Raises InputError with every line that cannot be taken: no marking is ever assumed.
    """
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as cause:
        problem = Problem(str(path), f"cannot be read: {cause}", "name a CSV file in UTF-8")
        raise InputError("recipients", [problem]) from cause
    cells = [{(name or "").strip().lower(): _text(cell) for name, cell in row.items()} for row in rows]
    problems = [one for place, row in enumerate(cells) for one in _wrong(row, f"{path.name}:{place + 2}")]
    problems += _twice(cells, path.name)
    if not rows:
        problems.append(Problem(path.name, "names nobody", f"the first line is: {','.join(COLUMNS)}"))
    if problems:
        raise InputError("recipients", problems)
    return tuple(
        Recipient(row["name"], row["email"], Marking(row["marking"].lower()), row.get("language", "").lower())
        for row in cells
    )


def allowed(people: Sequence[Recipient], marking: Marking, *, partial: bool = False) -> tuple[Recipient, ...]:
    """The people to whom a document of a marking may go.

    Raises InputError with everybody of too low a marking; with `partial` they are left out, unless nobody
    stays.
    """
    good = tuple(one for one in people if one.may_see(marking))
    if good and (partial or len(good) == len(people)):
        return good
    fix = "take the line out, or write the document for that audience; --partial writes to the others"
    raise InputError(
        "recipients",
        [
            Problem(
                f"{one.name} <{one.email}>",
                f"may see {one.marking.value}, the document is {marking.value}",
                fix,
            )
            for one in people
            if not one.may_see(marking)
        ],
    )


def is_address(text: str) -> bool:
    """Whether a text is the bare address of a mailbox.

    >>> is_address("aigul@example.org"), is_address("Aigul <aigul@example.org>")
    (True, False)
    """
    return _ADDRESS.fullmatch(text) is not None


def _wrong(row: Mapping[str, str], where: str) -> list[Problem]:
    found = [Problem(where, f"{name} is empty", "fill it in") for name in REQUIRED if not row.get(name)]
    email, marking = row.get("email", ""), row.get("marking", "").lower()
    if email and not is_address(email):
        found.append(Problem(where, f"email={email!r} is no address", "write name@example.org"))
    if marking and marking not in _MARKINGS:
        found.append(Problem(where, f"marking={marking!r} is not known", suggest(marking, _MARKINGS)))
    return found


def _twice(rows: Sequence[Mapping[str, str]], name: str) -> list[Problem]:
    """People who stand in the file twice: two markings for one address would be a guess."""
    seen: dict[str, int] = {}
    found = []
    for line, row in enumerate(rows, start=2):
        email = row.get("email", "").casefold()
        if email and seen.setdefault(email, line) != line:
            what = f"names {row['email']} again, after line {seen[email]}"
            found.append(Problem(f"{name}:{line}", what, "keep one of them"))
    return found


def _text(cell: object) -> str:
    return cell.strip() if isinstance(cell, str) else ""
