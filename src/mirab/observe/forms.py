"""The form in which a user gives observations: written empty for a region, and read back line by line.

One row is one reading: station (id or name), quantity, date (a day, YYYY-MM for a month, YYYY-MM-D2 for the
second dekad), value, author,
and if wanted unit, note and marking. CSV may use commas, or semicolons with decimal commas as spreadsheets
in many languages write it; XLSX is read from its first sheet.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from mirab.core.domain import Row
from mirab.core.errors import Problem, ReadingsError, suggest
from mirab.core.fields import convert, convertible, field, fields, units
from mirab.core.records import Marking
from mirab.observe import books
from mirab.observe.cells import day, number
from mirab.observe.region import Region

COLUMNS = ("station", "quantity", "date", "value", "unit", "author", "note", "marking")
REQUIRED = ("station", "quantity", "date", "value", "author")
LIMIT_MB, LIMIT_ROWS = 10, 100_000
ENDINGS = (".csv", ".xlsx")
_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
_DEKAD = re.compile(r"(\d{4}-\d{2})-D([123])", re.ASCII)

_MARKINGS = [marking.value for marking in Marking]

Precision = Literal["day", "month", "dekad"]
Cells = Mapping[str, str]
Line = tuple[str, Cells]


@dataclass(frozen=True)
class Reading:
    """One line of a form: a value in its unit on a day, or for the month or dekad that begins on it."""

    item: str
    quantity: str
    start: date
    precision: Precision
    value: float
    unit: str
    author: str
    note: str = ""
    marking: Marking = Marking.PUBLIC

    @property
    def key(self) -> tuple[str, str, date, str, str]:
        """What makes a reading the same as another: item, quantity, period and author."""
        return self.item, self.quantity, self.start, self.precision, self.author


def template(region: Region, path: Path) -> Path:
    """Write the empty form of a region as CSV or XLSX, by the ending of `path`; the path.

    It holds one line for every station and quantity that the pack follows. Lines left without date and
    value are passed over when the form is read. Raises ReadingsError for another ending, and for a file
    that is there already: it may hold readings.
    """
    check_new(path)
    rows = [(title, quantity, "", "", field(quantity).unit) for title, quantity in followed(region)]
    try:
        if path.suffix.lower() == ".xlsx":
            _write_xlsx(region, path, rows)
        else:
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows([COLUMNS, *([*row, "", "", ""] for row in rows)])
    except OSError as error:
        problem = Problem(str(path), f"cannot be written: {error.strerror}", "choose another place")
        raise ReadingsError("form", [problem]) from error
    return path


def check_new(path: Path) -> None:
    """Raise ReadingsError where a form cannot be written: another ending, or a file that is there already."""
    if path.suffix.lower() not in ENDINGS:
        problem = Problem(str(path), f"would be no {' or '.join(ENDINGS)} file", "name it readings.xlsx")
        raise ReadingsError("form", [problem])
    if path.exists():
        problem = Problem(str(path), "is already there and may hold readings", "choose another name")
        raise ReadingsError("form", [problem])


def read_form(path: Path, region: Region, *, today: date) -> tuple[list[Reading], list[Problem]]:
    """The readings of a filled form, and a problem for each line that cannot be taken.

    Raises ReadingsError where the file as a whole cannot be read.
    """
    return read_lines(_lines(path), region, today=today)


def read_lines(lines: Iterable[Line], region: Region, *, today: date) -> tuple[list[Reading], list[Problem]]:
    """The readings of lines with their places, and a problem for each that cannot be taken."""
    stations = _stations(region)
    readings: list[Reading] = []
    problems: list[Problem] = []
    seen: dict[tuple[object, ...], tuple[str, float]] = {}
    fullest = _fullest(region)
    for where, cells in lines:
        if not cells["date"] and not cells["value"]:
            continue
        reading, wrong = _reading(where, cells, stations, today)
        wrong = wrong or (_implausible(where, reading, fullest) if reading else [])
        if reading and not wrong and seen.get(reading.key, (where, reading.value))[1] != reading.value:
            what = f"gives {reading.value:g} where {seen[reading.key][0]} gives {seen[reading.key][1]:g}"
            wrong = [Problem(where, what, "keep one of them, or name different authors")]
        elif reading and not wrong:
            seen.setdefault(reading.key, (where, reading.value))
            readings.append(reading)
        problems += wrong
    return readings, problems


def named(region: Region, station: str, quantity: str, when: str, author: str, *, today: date) -> Reading:
    """The key of a reading as a user names it, without its value (0).

    Raises ReadingsError for a station, quantity or date that the form would refuse.
    """
    cells = dict.fromkeys(COLUMNS, "") | {"station": station, "quantity": quantity, "date": when}
    cells |= {"author": author, "value": "0"}
    found, problems = _reading("reading", cells, _stations(region), today)
    if found is None:
        raise ReadingsError("reading", problems)
    return found


def _reading(
    where: str, cells: Cells, stations: Mapping[str, str], today: date
) -> tuple[Reading | None, list[Problem]]:
    problems = [Problem(where, f"{name} is empty", "fill it in") for name in REQUIRED if not cells[name]]
    item = stations.get(cells["station"].casefold())
    if cells["station"] and item is None:
        what = f"station={cells['station']!r} is not in the region"
        problems.append(Problem(where, what, suggest(cells["station"], sorted(set(stations.values())))))
    start, precision, wrong_date = _period(where, cells["date"], today)
    value, wrong_value = _value(where, cells)
    problems += wrong_date + wrong_value
    marking = cells["marking"].lower() or Marking.PUBLIC.value
    if marking not in _MARKINGS:
        problems.append(Problem(where, f"marking={marking!r} is not known", suggest(marking, _MARKINGS)))
    if problems or item is None or start is None or value is None:
        return None, problems
    unit = cells["unit"] or field(cells["quantity"]).unit
    return Reading(
        item,
        cells["quantity"],
        start,
        precision,
        value,
        unit,
        cells["author"],
        cells["note"],
        Marking(marking),
    ), []


def _period(where: str, cell: str, today: date) -> tuple[date | None, Precision, list[Problem]]:
    precision: Precision = "month" if _MONTH.fullmatch(cell) else "day"
    written = f"{cell}-01" if precision == "month" else cell
    if found := _DEKAD.fullmatch(cell):
        precision, written = "dekad", f"{found[1]}-{10 * int(found[2]) - 9:02d}"
    start = day(written)
    if start is None:
        fix = "write it like 2023-04-01, 2023-04 for a month, or 2023-04-D2 for its second dekad"
        return None, precision, [Problem(where, f"date={cell!r} is not a date", fix)] if cell else []
    if start > today:
        return None, precision, [Problem(where, f"date={cell!r} lies in the future", f"today is {today}")]
    return start, precision, []


def _value(where: str, cells: Cells) -> tuple[float | None, list[Problem]]:
    quantity, unit, cell = cells["quantity"], cells["unit"], cells["value"]
    problems = []
    known = fields().get(quantity)
    if quantity and known is None:
        problems.append(
            Problem(where, f"quantity={quantity!r} is not known", suggest(quantity, sorted(fields())))
        )
    if known and unit and not convertible(unit, known.unit):
        names = ", ".join(sorted(name for name in units() if convertible(name, known.unit)))
        problems.append(Problem(where, f"unit={unit!r} does not measure {quantity}", f"give it in {names}"))
    value = number(cell)
    if value is None:
        if cell:
            problems.append(Problem(where, f"value={cell!r} is not a number", "write it like 1234.5"))
        return None, problems
    if known and known.minimum is not None and value < known.minimum:
        fix = f"allowed is {known.minimum:g} or more"
        problems.append(Problem(where, f"value={cell} is out of bounds for {quantity}", fix))
    return value, problems


def _fullest(region: Region) -> dict[str, float]:
    """Full volume of every store of the region, million m3."""
    tables = [name for name in region.tables if name.endswith("/stores")]
    return {row["node_id"]: row["full_mcm"] for name in tables for row in region.rows(name)}


def _implausible(where: str, reading: Reading, fullest: Mapping[str, float]) -> list[Problem]:
    """A volume that no store of this size can hold, or is a thousand times too small: another unit."""
    full = fullest.get(reading.item)
    if reading.quantity != "volume" or full is None:
        return []
    value = convert(reading.value, reading.unit, "million m3")
    if full / 1000 <= value <= 1.25 * full:
        return []
    what = f"value={reading.value:g} {reading.unit} does not fit a store of {full:g} million m3"
    return [Problem(where, what, "look at the figure, and say its unit in the column `unit`, such as km3")]


def _lines(path: Path) -> Iterator[Line]:
    """Each line of the form with its place, cells by column name and stripped."""
    if not path.is_file():
        raise ReadingsError(
            "form", [Problem(str(path), "is not a file", "`mirab observe template` writes a form")]
        )
    if path.stat().st_size > LIMIT_MB * 1e6:
        problem = Problem(path.name, f"has more than {LIMIT_MB} MB", "give it in parts")
        raise ReadingsError("form", [problem])
    rows: Iterator[tuple[int, list[str]]]
    if path.suffix.lower() in books.ENDINGS:
        rows = ((line, [*map(_plain, cells)]) for line, cells in books.rows(path, "form"))
    else:
        rows = _csv_rows(path)
    header = [cell.lower() for cell in next(rows, (1, []))[1]]
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        fix = f"the first line names the columns {', '.join(REQUIRED)}"
        raise ReadingsError(
            "form", [Problem(f"{path.name}:1", f"has no column {name!r}", fix) for name in missing]
        )
    for line, cells in rows:
        if line > LIMIT_ROWS:
            raise ReadingsError(
                "form", [Problem(path.name, f"has more than {LIMIT_ROWS} lines", "give it in parts")]
            )
        found = dict(zip(header, cells, strict=False))
        yield f"{path.name}:{line}", {name: found.get(name, "") for name in COLUMNS}


def _csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        problem = Problem(
            f"{path.name}:{line}", "is not UTF-8 text", "save the file as CSV in UTF-8, or as XLSX"
        )
        raise ReadingsError("form", [problem]) from error
    semicolons = ";" in text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if semicolons else ",")
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            yield reader.line_num, _decimal_points(stripped) if semicolons else stripped
    except csv.Error as error:
        problem = Problem(
            f"{path.name}:{reader.line_num}", f"does not parse: {error}", "save it again as CSV"
        )
        raise ReadingsError("form", [problem]) from error


def _decimal_points(cells: Iterable[str]) -> list[str]:
    return [cell.replace(",", ".") if re.fullmatch(r"[+-]?\d+,\d+", cell) else cell for cell in cells]


def _plain(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell).strip()


def _stations(region: Region) -> dict[str, str]:
    """Id of a station by its id and by its name, both without regard to case; ids come first.

    A state is a station too, by its code and name: for what is counted by state.
    """
    nodes = _nodes(region)
    states = [*region.rows("other_states"), *region.states]
    names = {row["name"].casefold(): row["node_id"] for row in reversed(nodes)}
    codes = {row[key].casefold(): row["state"] for key in ("name", "state") for row in states}
    return codes | names | {row["node_id"].casefold(): row["node_id"] for row in nodes}


def _nodes(region: Region) -> list[Row]:
    return [row for name in sorted(region.tables) if name.endswith("/nodes") for row in region.rows(name)]


def followed(region: Region) -> list[tuple[str, str]]:
    """Name of the station and quantity of everything that the pack has a value or a chart of."""
    tables = [table for table in region.tables.values() if {"node_id", "quantity"} <= set(table.columns)]
    pairs = {(row["node_id"], row["quantity"]) for table in tables for row in table.rows}
    titles = {row["node_id"]: row["name"] for row in _nodes(region)}
    repeated = {title for title in titles.values() if list(titles.values()).count(title) > 1}
    named = {node: node if title in repeated else title for node, title in titles.items()}
    return sorted((named.get(node, node), quantity) for node, quantity in pairs)


def _write_xlsx(region: Region, path: Path, rows: Sequence[Sequence[str]]) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    form = book.active
    form.title = "observations"
    for row in [COLUMNS, *rows]:
        form.append(list(row))
    form.freeze_panes = "A2"
    stations = book.create_sheet("stations")
    stations.append(["station", "id", "state"])
    for node in _nodes(region):
        stations.append([node["name"], node["node_id"], node["state"]])
    quantities = book.create_sheet("quantities")
    quantities.append(["quantity", "unit", "meaning"])
    for known in fields().values():
        quantities.append([known.name, known.unit, known.meaning])
    for sheet in book.worksheets:
        for letter in "ABCDEFGH":
            sheet.column_dimensions[letter].width = 24
    book.save(path)
