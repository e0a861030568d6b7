"""A table as a grid of cells: pasted text, a saved page, or the first sheet of a workbook, row by row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from mirab.core.errors import Problem, ReadingsError
from mirab.observe import books, page_tables

LIMIT_MB, LIMIT_ROWS = 10, 5_000
PAGES = (".html", ".htm")

Grid = Sequence[tuple[int, tuple[str, ...]]]
"""Rows with their number in the file or text, from 1; rows without anything are left out."""


def of_file(path: Path) -> Grid:
    """The rows of a workbook's first sheet, of the largest table of a saved page, or of a text file in UTF-8.

    Raises ReadingsError for a file that is not there, too large, or of another kind.
    """
    if not path.is_file():
        raise _refusal(
            str(path), "is not a file", "name an XLSX file, a saved page or a text file, or paste it into -"
        )
    if path.stat().st_size > LIMIT_MB * 1e6:
        raise _refusal(path.name, f"has more than {LIMIT_MB} MB", "give it in parts")
    if path.suffix.lower() in books.ENDINGS:
        return _of_book(path)
    if path.suffix.lower() in PAGES:
        return of_page(path.read_bytes(), path.name)
    try:
        return of_text(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _refusal(path.name, "is not UTF-8 text", "save it as UTF-8, or as XLSX") from error


def of_text(text: str) -> Grid:
    """The rows of a pasted table: cells stand between tabs, bars, semicolons, or two spaces and more."""
    mark = next((one for one in ("\t", "|", ";") if one in text), "")
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = line.split(mark) if mark else re.split(r"\s{2,}", line.strip())
        if mark == "|" and line.strip().startswith("|"):
            cells = line.strip().strip("|").split("|")
        found = tuple(_plain(cell) for cell in cells)
        if any(found) and not all(re.fullmatch(r":?-+:?|", cell) for cell in found):
            rows.append((number, found))
    if len(rows) > LIMIT_ROWS:
        raise _refusal("table", f"has more than {LIMIT_ROWS} rows", "give it in parts")
    return rows


def of_page(data: bytes, name: str) -> Grid:
    """The rows of the largest table of a saved page, the words before it first; ReadingsError without one."""
    rows = page_tables.largest(page_tables.decoded(data))
    found = [(number, tuple(map(_plain, row))) for number, row in enumerate(rows, start=1) if any(row)]
    if not found:
        raise _refusal(name, "holds no table", "copy the table from the page and paste it into -")
    if len(found) > LIMIT_ROWS:
        raise _refusal(name, f"has more than {LIMIT_ROWS} rows", "give it in parts")
    return found


def column(place: int) -> str:
    """The name of a column as a spreadsheet writes it.

    >>> column(0), column(27)
    ('A', 'AB')
    """
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _of_book(path: Path) -> Grid:
    found = []
    for number, cells in books.rows(path, "table"):
        row = tuple(_plain(str(cell)[:10] if hasattr(cell, "year") else cell) for cell in cells)
        if any(row):
            found.append((number, row))
        if number > LIMIT_ROWS:
            raise _refusal(path.name, f"has more than {LIMIT_ROWS} rows", "give it in parts")
    return found


def _plain(cell: object) -> str:
    """A cell as text: fixed spaces and line ends are spaces, a whole number has no point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return re.sub(r"\s+", " ", str(cell).replace("\u00a0", " ")).strip()


def _refusal(where: str, what: str, fix: str) -> ReadingsError:
    return ReadingsError("table", [Problem(where, what, fix)])
