"""Reads one table of a pack as text, exactly as written; types are the business of the check.

DuckDB reads every column as text, so nothing is guessed (`012` stays `012`, `NO` stays `NO`), and names
the line of every record that does not parse.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mirab.core.errors import Problem

if TYPE_CHECKING:
    import duckdb

LIMIT_MB = 64
LIMIT_ROWS = 1_000_000
_READ_CSV = (
    "SELECT * FROM read_csv(?, auto_detect=false, header=true, columns={columns}, delim=',', quote='\"', "
    "escape='\"', store_rejects=true, max_line_size=1000000)"
)
_REJECTS = (
    "SELECT line, any_value(error_type), any_value(error_message) FROM reject_errors "
    "GROUP BY line ORDER BY line"
)


@dataclass(frozen=True)
class Text:
    """A table as text: its columns, and its rows in file order; an empty cell is None."""

    columns: tuple[str, ...] = ()
    rows: Sequence[Sequence[str | None]] = ()


def read(connection: duckdb.DuckDBPyConnection, path: Path, label: str) -> tuple[Text, list[Problem]]:
    """The table in a CSV or Parquet file, or an empty one with the problems that keep it from being read.

    `label` names the file in problems.

    The size is looked at before a row is read: at most 64 MB and a million rows a table, because a pack
    is held in memory.
    """
    megabytes = path.stat().st_size / 1e6
    if megabytes > LIMIT_MB:
        problem = Problem(label, f"has {megabytes:.0f} MB, the limit of a table is {LIMIT_MB} MB", _SMALLER)
        return Text(), [problem]
    return _parquet(connection, path, label) if path.suffix == ".parquet" else _csv(connection, path, label)


_SMALLER = "store dekads or months instead of raw readings, or save it as Parquet (same name, .parquet)"


def _parquet(connection: duckdb.DuckDBPyConnection, path: Path, label: str) -> tuple[Text, list[Problem]]:
    import duckdb

    try:
        (count,) = connection.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchone() or (0,)
        if count > LIMIT_ROWS:
            what = f"has {count} rows, the limit of a table is {LIMIT_ROWS}"
            return Text(), [Problem(label, what, "store longer steps, or fewer items")]
        found = connection.execute("SELECT COLUMNS(*)::VARCHAR FROM read_parquet(?)", [str(path)])
        return Text(tuple(entry[0] for entry in found.description or ()), found.fetchall()), []
    except duckdb.Error as error:
        problem = Problem(label, f"is not a Parquet file: {_first_line(error)}", "write it again, or use CSV")
        return Text(), [problem]


def _csv(connection: duckdb.DuckDBPyConnection, path: Path, label: str) -> tuple[Text, list[Problem]]:
    columns, problems = _header(path, label)
    if problems:
        return Text(), problems
    import duckdb

    connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    types = ", ".join(f"'{name.replace(chr(39), chr(39) * 2)}': 'VARCHAR'" for name in columns)
    try:
        rows = connection.execute(_READ_CSV.replace("{columns}", "{" + types + "}"), [str(path)]).fetchall()
        rejected = connection.execute(_REJECTS).fetchall()
    except duckdb.Error as error:
        return Text(), [
            Problem(label, f"does not parse: {_first_line(error)}", "save the file as CSV in UTF-8")
        ]
    # Lines after a rejected one would be counted wrongly, so the table waits until it parses.
    return Text() if rejected else Text(columns, rows), [_rejected(label, *entry) for entry in rejected]


def _header(path: Path, label: str) -> tuple[tuple[str, ...], list[Problem]]:
    try:
        with path.open("rb") as file:
            line = file.readline(1_000_000)
    except OSError as error:
        return (), [
            Problem(label, f"cannot be read: {error.strerror}", "look at the permissions of the file")
        ]
    try:
        text = line.decode("utf-8-sig").strip("\r\n")
    except UnicodeDecodeError:
        return (), [Problem(f"{label}:1", "is not UTF-8 text", "save the file as CSV in UTF-8")]
    if "\r" in text:
        return (), [
            Problem(label, "ends its lines with a carriage return alone", "save the file as CSV in UTF-8")
        ]
    columns = tuple(name.strip() for name in next(csv.reader([text]), []))
    if not any(columns):
        return (), [Problem(label, "is empty", "write at least the line of column names, or remove the file")]
    folded = [name.casefold() for name in columns]
    repeated = sorted({name for name in columns if folded.count(name.casefold()) > 1} - {""})
    problems = [Problem(f"{label}:1", f"column {name!r} is there twice", "remove one") for name in repeated]
    if "" in columns:
        problems.append(Problem(f"{label}:1", f"column {columns.index('') + 1} has no name", "name it"))
    return columns, problems


def _rejected(label: str, line: int, kind: str, message: str) -> Problem:
    if kind == "INVALID ENCODING":
        return Problem(f"{label}:{line}", "is not UTF-8 text", "save the file as CSV in UTF-8")
    words = message.replace("Expected Number of Columns: ", "").replace(
        " Found: ", " columns expected, found "
    )
    return Problem(
        f"{label}:{line}", f"does not parse ({words.splitlines()[0]})", "quote cells that hold a comma"
    )


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
