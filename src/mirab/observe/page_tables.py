"""The largest table of a saved page as rows of text, merged cells as a workbook has them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

SKIPPED = frozenset(["script", "style", "template", "noscript"])
INLINE = frozenset(["a", "b", "em", "font", "i", "span", "strong", "sub", "sup", "u"])
MOST_SPANNED, HEADING = 100, 300
_CHARSET = re.compile(rb"charset=[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)
Rows = list[list[str]]


def decoded(data: bytes) -> str:
    """The text of a saved page, in UTF-8 or else in what it names in its head; Windows-1251 if it does not.

    >>> decoded('<meta charset="windows-1251">приток'.encode("cp1251"))[-6:]
    'приток'
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        named = _CHARSET.search(data[:4000])
        try:
            return data.decode(named[1].decode() if named else "cp1251", errors="replace")
        except LookupError:
            return data.decode("cp1251", errors="replace")


def largest(html: str) -> Rows:
    """The rows of the table with the most filled cells, the words before it as the first; none without one.

    A table inside a cell is a table of its own. Of a cell that spans columns or rows the first place has the
    text and the others are empty, as in a workbook. Scripts are not run, and nothing is fetched.
    """
    parser = _Tables()
    parser.feed(html)
    parser.close()
    found = max(parser.found, key=_Table.size, default=None)
    if found is None:
        return []
    return [[found.before]] * bool(found.before) + found.rows


@dataclass
class _Table:
    """One table while it is read; `waiting` are rows that a cell above still fills, by column."""

    before: str
    rows: Rows = field(default_factory=list)
    waiting: dict[int, int] = field(default_factory=dict)
    cell: list[str] | None = None
    span: tuple[int, int] = (1, 1)

    def size(self) -> int:
        """Cells that hold something."""
        return sum(bool(cell) for row in self.rows for cell in row)

    def begin_row(self) -> None:
        """Go to the next row, past what spans into it."""
        self.end_cell()
        self.rows.append([])
        self._pass()

    def begin_cell(self, values: dict[str, str | None]) -> None:
        """Open a cell with the attributes that it has."""
        self.end_cell()
        if not self.rows:
            self.begin_row()
        self.cell, self.span = [], (_number(values.get("colspan")), _number(values.get("rowspan")))

    def end_cell(self) -> None:
        """Put the open cell into its row, with the places that it spans."""
        if self.cell is None:
            return
        row, (columns, rows) = self.rows[-1], self.span
        for place in range(len(row), len(row) + columns if rows > 1 else 0):
            self.waiting[place] = rows
        row += [" ".join("".join(self.cell).split()), *[""] * (columns - 1)]
        self.cell = None
        self._pass()

    def _pass(self) -> None:
        """Leave the places empty that a cell of a row above fills."""
        row = self.rows[-1]
        while self.waiting.get(len(row), 0) > 1:
            self.waiting[len(row)] -= 1
            row.append("")


class _Tables(HTMLParser):
    """Collects tables, innermost ones apart, each with the words that stand before it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[_Table] = []
        self._open: list[_Table] = []
        self._words: list[str] = []
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell."""
        self._skipped += tag in SKIPPED
        if tag == "table":
            around = (self._open[-1].cell or []) if self._open else self._words
            self._open.append(_Table(" ".join("".join(around).split())[-HEADING:]))
            self._words = []
        elif self._open and tag == "tr":
            self._open[-1].begin_row()
        elif self._open and tag in ("td", "th"):
            self._open[-1].begin_cell(dict(attrs))
        elif tag not in INLINE:
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        """End a cell or a table."""
        self._skipped -= tag in SKIPPED and self._skipped > 0
        if self._open and tag in ("td", "th", "tr"):
            self._open[-1].end_cell()
        elif self._open and tag == "table":
            table = self._open.pop()
            table.end_cell()
            self.found.append(table)
        elif tag not in INLINE:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        """Put text into the cell that is open, else among the words before the next table."""
        if not self._skipped:
            cell = self._open[-1].cell if self._open else None
            (self._words if cell is None else cell).append(data)


def _number(text: str | None) -> int:
    return min(int(text), MOST_SPANNED) if text and text.strip().isdecimal() and int(text) > 0 else 1
