"""Turns cells of text into typed values: str, int, float, bool, date, and None for an empty cell (§3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from math import isfinite
from typing import Any

from mirab.core.errors import Problem
from mirab.observe.reading import Text
from mirab.observe.tables import Column, Schema, Table

# Python's own parsers also take '1_000', 'nan', '20230101' and ' 1': none of them may pass silently.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_BOOLEAN = {"yes": True, "no": False, "true": True, "false": False}


def typed(text: Text, *, name: str, file: str, schema: Schema) -> tuple[Table, list[Problem]]:
    """The table of a text, each cell in the type of its column, with a problem for each that does not fit.

    A column that the schema has and the file lacks is None in every row.
    """
    columns = [schema.get(column, Column(column)) for column in text.columns]
    absent = {column: None for column in schema if column not in text.columns}
    lines = _lines(text)
    problems: list[Problem] = []
    if text.columns and not text.rows:
        problems.append(Problem(file, "has no rows", "add one, or remove the file"))
    rows = []
    for line, cells in zip(lines, text.rows, strict=True):
        row: dict[str, Any] = {}
        for column, cell in zip(columns, cells, strict=True):
            row[column.name], wrong = _read_cell(column, cell)
            if wrong:
                problems.append(Problem(f"{file}:{line}", *wrong))
        rows.append(row | absent)
    return Table(name, file, schema, text.columns, tuple(rows), lines), problems


def _read_cell(column: Column, cell: str | None) -> tuple[Any, tuple[str, str] | None]:
    if not cell:
        fix = column.meaning or "every row needs it"
        return None, (f"{column.name} is empty", fix) if column.required else None
    value = _READERS[column.type](cell)
    if value is None:
        return None, (f"{column.name}={cell!r} is not {_WORDS[column.type]}", _FIXES[column.type])
    return value, None


def _lines(text: Text) -> tuple[int, ...]:
    line, lines = 2, []
    for cells in text.rows:
        lines.append(line)
        line += 1 + sum(cell.count("\n") for cell in cells if cell)
    return tuple(lines)


def number(cell: str) -> float | None:
    """A finite decimal number; None where the cell is anything else."""
    value = float(cell) if _NUMBER.fullmatch(cell) else float("nan")
    return value if isfinite(value) else None


def day(cell: str) -> date | None:
    """A date written YYYY-MM-DD; None where the cell is anything else."""
    if not _DATE.fullmatch(cell):
        return None
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return None


def _integer(cell: str) -> int | None:
    return int(cell) if _INTEGER.fullmatch(cell) else None


_READERS: Mapping[str, Callable[[str], Any]] = {
    "string": str,
    "list": str,
    "number": number,
    "integer": _integer,
    "boolean": _BOOLEAN.get,
    "date": day,
}
_WORDS = {"number": "a number", "integer": "a whole number", "boolean": "yes or no", "date": "a date"}
_FIXES = {
    "number": "write it like 1234.5, or leave the cell empty",
    "integer": "write it like 12, or leave the cell empty",
    "boolean": "write yes or no",
    "date": "write it like 2023-04-01",
}
