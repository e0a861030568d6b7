"""Tables by dekad and month, as basin organisations write them, into lines of the form for readings.

Periods stand in columns (months, with dekads I, II, III under them; or whole labels), stations and what is
measured in rows or in a heading above them; or stations stand in rows, what is measured in columns, and the
period is given. Words are read in English and Russian. A plan, a norm, a per cent and a total are no
readings and are left out. The layouts of the basin organisations are not published; what is read here is
ours, and the page on tables says which parts could be held against a published bulletin.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from mirab.core.calendar import next_start
from mirab.core.declared import codes
from mirab.core.errors import Problem, ReadingsError, suggest
from mirab.core.fields import fields
from mirab.observe.cells import number
from mirab.observe.forms import Line, check_new, followed
from mirab.observe.grids import Grid, column
from mirab.observe.region import Region

SPELLINGS = "spellings"
WHOLE_WORD = 4
MONTHS = (
    *("янв|jan", "фев|feb", "мар|mar", "апр|apr", "ма[йя]|may", "июн|jun", "июл|jul", "авг|aug"),
    *("сен|sep", "окт|oct", "ноя|nov", "дек(?!ад|\\.)|dec(?!ade)"),
)
MARKS = {"i": 1, "ii": 2, "iii": 3, "1": 1, "2": 2, "3": 3, "перв": 1, "втор": 2, "трет": 3}
QUANTITIES = {
    "inflow": "приток|приточн|поступлен|inflow",
    "release": "попуск|сброс|выпуск|release|outflow",
    "volume": "объ[её]м|наполнен|volume|storage",
    "withdrawal": "водозабор|withdrawal|intake",
    "level": "уровень|отметк|level",
    "flow": "расход|сток|flow|discharge",
}
UNITS = {
    "million m3": r"млн\.? ?(?:м|куб)|million m|mln m|mcm",
    "km3": r"км ?[3³]|km ?[3³]|млрд\.? ?(?:м|куб)|billion m",
    "m3/s": r"м ?[3³] ?/ ?с|m ?[3³] ?/ ?s|куб\. ?м ?/ ?с|cumec",
    "m": r"(?:^|[ ,(])(?:м|m)(?=$|[ ,).])",
}
NO_READING = r"план|прогноз|график|лимит|норм|прошл|%|процент|plan|forecast|schedule|limit|norm|last year"
TOTALS = r"итог|всего|сумм|средн|total|sum|mean|average"
FILLERS = (
    r"факт\w*|на|к|из|в|во|по|конец|конц[ае]|начал\w*|водохранилищ\w*|вдхр|ед|изм|декад\w*|период\w*"
    r"|actual\w*|at|the|end|start|beginning|of|to|from|into|in|reservoir|observed|period|dekad|mean"
)
AT_START = r"на начал|at the (?:start|beginning)|initial"
FLOWS = ("inflow", "release", "flow", "withdrawal")
PER_DAY = 86_400.0
_PERIOD = re.compile(r"\d{4}-\d{2}(-D[123])?", re.ASCII)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_EMPTY = ("", "-", "\u2013", "\u2014", "x", "х", "н/д", "n/a", "...")


@dataclass(frozen=True)
class Period:
    """A month, or a dekad of it (1 to 3; 0 for the whole month); the year is None until it is known."""

    month: int
    dekad: int = 0
    year: int | None = None

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year or 1, self.month, max(1, 10 * self.dekad - 9))

    @property
    def after(self) -> date:
        """The day after its last."""
        return next_start(self.first, "dekad" if self.dekad else "month")

    @property
    def text(self) -> str:
        """It as the form for readings writes it: `2026-04`, or `2026-04-D2`."""
        return f"{self.first:%Y-%m}" + (f"-D{self.dekad}" if self.dekad else "")


@dataclass(frozen=True)
class Asked:
    """What a user says beside a table: whose it is, and what it does not say itself.

    `period` is that of a table with quantities in its columns, `unit` that of rows that name none.
    """

    author: str
    year: int | None = None
    period: str = ""
    unit: str = ""
    marking: str = ""


@dataclass
class Found:
    """Lines of the form for readings, problems, and what was left out on purpose, by its reason."""

    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)

    def leave(self, why: str) -> None:
        """Count a row or cell that is no reading."""
        self.left_out[why] = self.left_out.get(why, 0) + 1


def read(grid: Grid, region: Region, asked: Asked, *, name: str = "table") -> Found:
    """The readings of a table, each with its cell, and all that could not be read.

    Raises ReadingsError where the table as a whole has no periods or no year.
    """
    table = _Table(grid, region, asked, name)
    found = Found()
    for place, (row, cells) in enumerate(grid):
        if place > table.head:
            table.read_row(row, cells, found)
    if not found.lines and not found.problems:
        found.problems.append(Problem(name, "holds no reading", "see the example on the page on tables"))
    return found


def problems(region: Region) -> list[Problem]:
    """What is wrong with the spellings of a pack: unknown stations, a name that two stations have."""
    tables = [one for one in sorted(region.tables) if one.endswith(f"/{SPELLINGS}")]
    found: list[Problem] = []
    seen: dict[str, str] = {}
    for table in tables:
        nodes = {row["node_id"] for row in region.rows(table.replace(SPELLINGS, "nodes"))}
        for where, row in region.numbered(table):
            if row["node_id"] not in nodes:
                what = f"node_id={row['node_id']!r} is no station of the pack"
                found.append(Problem(where, what, suggest(row["node_id"], sorted(nodes))))
            for name in codes(row["names"]):
                if seen.setdefault(_bare(name), row["node_id"]) != row["node_id"]:
                    what = f"{name!r} is a name of {seen[_bare(name)]} too"
                    found.append(Problem(where, what, "give each station a spelling of its own"))
    return found


def template(region: Region, path: Path, year: int) -> Path:
    """Write an empty table by dekad of a growing season as CSV or XLSX, by the ending of `path`; the path.

    It has a row for every inflow, release, volume and flow that the pack follows, and can be read as it is.
    Raises ReadingsError for another ending, a file that is there already, and a place that cannot be written.
    """
    check_new(path)
    names = ("April", "May", "June", "July", "August", "September")
    rows = [(station, quantity) for station, quantity in followed(region) if quantity in ("volume", *FLOWS)]
    filled = [[station, quantity, fields()[quantity].unit, *[""] * 18] for station, quantity in rows]
    months = ["", "", "", *(cell for name in names for cell in (name, "", ""))]
    head = [[f"Growing season {year}"], months, ["station", "what", "unit", *("I", "II", "III") * 6]]
    try:
        if path.suffix.lower() == ".xlsx":
            _write_book(path, [*head, *filled])
        else:
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file, delimiter=";").writerows([*head, *filled])
    except OSError as error:
        problem = Problem(str(path), f"cannot be written: {error.strerror}", "choose another place")
        raise ReadingsError("table", [problem]) from error
    return path


def _write_book(path: Path, rows: Sequence[Sequence[str]]) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    book.active.freeze_panes = "D4"
    book.active.column_dimensions["A"].width = 36
    book.save(path)


class _Table:
    """A grid with what its head says: the period or the quantity of each column."""

    def __init__(self, grid: Grid, region: Region, asked: Asked, name: str) -> None:
        self.region, self.asked, self.name = region, asked, name
        self.title = ""
        self.head = -1
        self.periods: dict[int, Period] = {}
        self.quantities: dict[int, str] = {}
        self.heading = ""
        self._read_head(grid)

    @cached_property
    def stations(self) -> Mapping[str, str]:
        """Id of a station by each of its names, without regard to case."""
        tables = [one for one in sorted(self.region.tables) if one.endswith("/nodes")]
        rows = [row for one in tables for row in self.region.rows(one)]
        spelled = [one for one in sorted(self.region.tables) if one.endswith(f"/{SPELLINGS}")]
        extra = [
            (name, row["node_id"])
            for one in spelled
            for row in self.region.rows(one)
            for name in codes(row["names"])
        ]
        named = [(part, row["node_id"]) for row in rows for part in re.split(r"[(),]", row["name"])]
        ids = [(row["node_id"], row["node_id"]) for row in rows]
        return {_bare(name): id for name, id in (*named, *ids, *extra) if _bare(name)}

    def read_row(self, row: int, cells: Sequence[str], found: Found) -> None:
        """Add the readings of a row, or take it as the heading of those below."""
        columns = self.periods or self.quantities
        label = " ".join(cell for place, cell in enumerate(cells[: min(columns)]) if cell)
        told = {place: cells[place] for place in columns if place < len(cells)}
        if all(cell in _EMPTY for cell in told.values()):
            self.heading = label or self.heading
        elif re.search(TOTALS, label, re.IGNORECASE):
            found.leave("totals")
        elif re.search(NO_READING, label, re.IGNORECASE):
            found.leave("plans, norms and per cents")
        else:
            for place, cell in told.items():
                self._read_cell(f"{self.name}:{row}{column(place)}", label, place, cell, found)

    def _read_cell(self, where: str, label: str, place: int, cell: str, found: Found) -> None:
        if cell in _EMPTY:
            found.leave("empty cells")
            return
        says = f"{label} {self.quantities.get(place, '')}"
        context = (says, self.heading, self.title)
        period = self.periods.get(place) or self._asked_period()
        station = self._station(says) or ("" if _names_more(label) else self._station(self.heading))
        quantity = _first(QUANTITIES, context)
        unit = _first(UNITS, context) or self.asked.unit
        value = number(_figure(cell))
        wrong = [*self._unknown(where, says, station, quantity, unit, value, cell)]
        found.problems += wrong
        if not wrong and value is not None:
            is_start = bool(re.search(AT_START, f"{says} {self.heading}", re.IGNORECASE))
            found.lines.append((where, self._line(station, quantity, unit, value, period, is_start)))

    def _line(
        self, station: str, quantity: str, unit: str, value: float, period: Period, is_start: bool
    ) -> Mapping[str, str]:
        """A line of the form; a volume of a flow becomes its mean over the true length of the period."""
        when, note = period.text, ""
        if quantity in ("volume", "level"):
            day = period.first if is_start else period.after
            when = (day - timedelta(days=1)).isoformat()
        elif quantity in FLOWS and unit in ("million m3", "km3"):
            note = f"reported as {value:g} {unit} in {period.text}"
            cubic = value * (1e6 if unit == "million m3" else 1e9)
            value, unit = cubic / ((period.after - period.first).days * PER_DAY), "m3/s"
        cells = {
            "station": station,
            "quantity": quantity,
            "date": when,
            "value": f"{value:.10g}",
            "unit": unit,
        }
        return {**cells, "author": self.asked.author, "note": note, "marking": self.asked.marking}

    def _unknown(
        self, where: str, says: str, station: str, quantity: str, unit: str, value: float | None, cell: str
    ) -> Iterator[Problem]:
        named = f"{says.strip()!r}"
        if not station:
            near = suggest(_bare(says), sorted(self.stations))
            yield Problem(where, f"{named} names no station of the region", near)
        if not quantity:
            yield Problem(
                where, f"{named} does not say what is measured", "write inflow, release or volume in it"
            )
        elif not unit:
            yield Problem(
                where, f"{named} has no unit", "write m3/s, million m3 or km3 beside it, or give --unit"
            )
        if value is None:
            yield Problem(where, f"{cell!r} is not a number", "write it like 1234.5 or 1 234,5")

    def _station(self, text: str) -> str:
        """The station that a text names, by the longest of its names; empty where it names none."""
        bare = _bare(text)
        names = [name for name in self.stations if re.search(_as_word(name), bare)]
        return self.stations[max(names, key=len)] if names else ""

    def _asked_period(self) -> Period:
        month, _, dekad = self.asked.period[5:].partition("-D")
        return Period(int(month), int(dekad or 0), int(self.asked.period[:4]))

    def _read_head(self, grid: Grid) -> None:
        """Find the rows of the head: months and dekads, or quantities where the period is given."""
        if self.asked.period and not _PERIOD.fullmatch(self.asked.period):
            what = f"{self.asked.period!r} is no period"
            raise ReadingsError("table", [Problem("--period", what, "write 2026-04-D2, or 2026-04")])
        for place, (_, cells) in enumerate(grid):
            if self.asked.period:
                self.quantities = _quantities(cells)
            else:
                above, below = (
                    grid[one][1] if 0 <= one < len(grid) else () for one in (place - 1, place + 1)
                )
                self.periods = _periods(cells, above, below)
            if self.periods or self.quantities:
                self.head = place
                break
            self.title = f"{self.title} {' '.join(cells)}".strip()
        if not (self.periods or self.quantities):
            what = "has no row with months and dekads"
            fix = "see the page on tables; where columns are quantities, give --period 2026-04-D2"
            raise ReadingsError("table", [Problem(self.name, what, fix)])
        self._date_periods()

    def _date_periods(self) -> None:
        """Give each period its year: of its label, the title, or as asked; the next from January on."""
        years = [int(year) for year in _YEAR.findall(self.title)]
        year, last = self.asked.year or (years[0] if years else None), 0
        for place, period in sorted(self.periods.items()):
            if period.year is None and year is None:
                fix = "write it in the title, or give --year 2026"
                raise ReadingsError("table", [Problem(self.name, "does not say its year", fix)])
            if period.year is None and year is not None:
                year += period.month < last
                self.periods[place] = Period(period.month, period.dekad, year)
            last = period.month


def _periods(cells: Sequence[str], above: Sequence[str], below: Sequence[str]) -> dict[int, Period]:
    """The periods of the columns that a row of a head names; empty where the row is no such head.

    Dekads alone are those of the months in the row above; months alone are whole unless dekads follow below.
    """
    whole = {place: period for place, cell in enumerate(cells) if (period := _whole(cell))}
    if whole:
        return whole
    months = _months(cells)
    if len(months) > 1 and not _marks(below):
        return {place: Period(month) for place, month in months.items()}
    named = _months(above)
    return {
        place: Period(named[max(start for start in named if start <= place)], mark)
        for place, mark in _marks(cells).items()
        if any(start <= place for start in named)
    }


def _marks(cells: Sequence[str]) -> dict[int, int]:
    """Dekads by column, where a row holds little beside them."""
    found = {place: mark for place, cell in enumerate(cells) if (mark := _mark(cell))}
    return found if len(found) > 1 and len(found) >= len([cell for cell in cells if cell]) - 3 else {}


def _whole(cell: str) -> Period | None:
    """The period of a cell that names a dekad of a month: `I декада апреля`, `April III`, `2026-04-D2`."""
    if re.search(TOTALS, cell, re.IGNORECASE):
        return None
    if _PERIOD.fullmatch(cell):
        named, _, dekad = cell[5:].partition("-D")
        return Period(int(named), int(dekad or 0), int(cell[:4])) if 1 <= int(named) <= 12 else None
    month, words = _month(cell), re.split(r"[\s.,/-]+", cell.casefold())
    mark = next((MARKS[word] for word in words if word in MARKS), 0)
    year = _YEAR.search(cell)
    return Period(month, mark, int(year[0]) if year else None) if month and mark else None


def _months(cells: Sequence[str]) -> dict[int, int]:
    return {place: month for place, cell in enumerate(cells) if (month := _month(cell))}


def _month(cell: str) -> int:
    for place, stems in enumerate(MONTHS, start=1):
        if re.search(rf"(?<!\w)(?:{stems})", cell, re.IGNORECASE):
            return place
    return 0


def _mark(cell: str) -> int:
    """The dekad that a cell names alone: `I`, `2`, `III дек.`, `2 декада`; 0 where it names none."""
    words = re.sub(r"декада|дек\.?|dekad|decade|[.\s-]", "", cell.casefold())
    return MARKS.get(words, 0)


def _quantities(cells: Sequence[str]) -> dict[int, str]:
    """The words of the columns that name a quantity, where at least two do."""
    found = {place: cell for place, cell in enumerate(cells) if cell and _first(QUANTITIES, [cell])}
    kept = {place: cell for place, cell in found.items() if not re.search(NO_READING, cell, re.IGNORECASE)}
    return kept if len(found) > 1 else {}


def _first(patterns: Mapping[str, str], texts: Sequence[str]) -> str:
    """The first name whose pattern stands in the first text that has any."""
    for text in texts:
        for name, pattern in patterns.items():
            if re.search(pattern, text, re.IGNORECASE):
                return name
    return ""


def _names_more(label: str) -> bool:
    """Whether a label says more than what is measured and its unit: a place, perhaps an unknown one."""
    rest = label.casefold()
    for pattern in UNITS.values():
        rest = re.sub(pattern, " ", rest)
    for pattern in QUANTITIES.values():
        rest = re.sub(rf"\w*(?:{pattern})\w*", " ", rest)
    return bool(re.search(r"[^\W\d_]", re.sub(rf"(?<!\w)(?:{FILLERS})(?!\w)", " ", rest)))


def _figure(cell: str) -> str:
    """A number as the form writes it: without spaces, with a decimal point."""
    bare = cell.replace(" ", "").replace("\u202f", "")
    return bare.replace(",", ".") if bare.count(",") == 1 and "." not in bare else bare


def _bare(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[\"«»“”'.]", " ", text.casefold().replace("ё", "е"))).strip()


def _as_word(name: str) -> str:
    """A name as a pattern: a long one may have an ending, as `Токтогульское` has, a short one may not."""
    return rf"(?<!\w){re.escape(name)}" + ("" if len(name) > WHOLE_WORD else r"(?!\w)")
