"""Deaths from organised violence by state and month, from the events of the Uppsala Conflict Data Program.

An edition is a file of events: of one month and late ones of months before (26.0.8), of a year up to a month
(26.01.26.06), or of all years (26.1). A month has the events of the newest edition that covers it, and those
that later editions add to it; an event of several editions counts as the newest lists it. In a month that an
edition covers, a state without an event has 0 deaths; where the whole world has none the month is taken as
missing. An event belongs to the month in which it ends, as in the panels of VIEWS, and to the state in which
it took place (`ucdp.csv`: the program's numbers of states and their codes).
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from itertools import count

from mirab.core.calendar import next_start
from mirab.core.errors import Problem, SourceError, suggest
from mirab.core.records import Observation
from mirab.observe.connector import KEY, Ask, Asks, Connector, Page, Parsed, Scope, Terms
from mirab.observe.replies import entries, entry, json_of, unpacked

KINDS = {"1": "deaths", "2": "non_state_deaths", "3": "one_sided_deaths"}
FIELDS = ("id", "country_id", "type_of_violence", "date_end", "best")
PLACES, WIDTH = (0, 34, 5, 39, 44), 49
"""Where FIELDS stand in an edition without a first line, as some are, and how many columns it has."""

OPEN, UNVETTED = "UCDP Candidate", "candidate events, not vetted yet"
WAIT = timedelta(days=9)
FIRST_YEAR, RELEASED_MONTH, SIZE = 1989, 6, 1000
Row = tuple[str, ...]


@dataclass(frozen=True)
class Edition:
    """An edition by the months that it covers, as year * 12 + month - 1; `rank` tells its release."""

    name: str
    first: int
    last: int
    rank: float

    @classmethod
    def of(cls, page: str) -> Edition:
        """The edition of a page: candidate_26_0_8, candidate_26_01_26_06, ged_26_1 or api_26_0_8_p0."""
        numbers = [int(part) for part in page.split("_") if part.isdigit()]
        year = 12 * (2000 + numbers[0])
        if len(numbers) == 2:
            return cls(f"UCDP GED {_dotted(numbers)}", 12 * FIRST_YEAR, year - 1, year + RELEASED_MONTH)
        if len(numbers) == 3:
            month = year + numbers[2] - 1
            return cls(f"{OPEN} {_dotted(numbers)}", month, month, month + 1.5)
        name = f"{OPEN} {'.'.join(f'{number:02d}' for number in numbers)}"
        return cls(name, year + numbers[1] - 1, year + numbers[3] - 1, year + numbers[3] + 1.0)


def _dotted(numbers: Sequence[int]) -> str:
    return ".".join(map(str, numbers))


def candidates(terms: Terms, scope: Scope) -> Asks:
    """The files of candidate events behind the months of the pack: the longest of each year, then months.

    A month is out some twenty days after its end, so it is not asked for in the first days of the next.
    """
    start, now = _start(scope), _month(scope.today - WAIT)
    for year in range(start // 12, now // 12 + 1):
        short, behind = year % 100, start % 12 + 1 if year == start // 12 else 1
        if _is_kept(short, scope.kept):
            continue
        for last in (12, 9, 6, 3):
            if 12 * year + last >= now or last < behind:
                continue
            name = f"{short:02d}_01_{short:02d}_{last:02d}"
            if (yield Ask(f"candidate_{name}", f"GEDEvent_v{name}.csv", optional=True)) is not None:
                behind = last + 1
                break
        for month in range(behind, 13):
            if 12 * year + month <= now:
                name = f"{short:02d}_0_{month}"
                yield Ask(f"candidate_{name}", f"GEDEvent_v{name}.csv", optional=True)


def _is_kept(short: int, kept: frozenset[str]) -> bool:
    """Whether the events of a whole year are at hand, in one file or in twelve."""
    months = {f"candidate_{short:02d}_0_{month}" for month in range(1, 13)}
    return f"candidate_{short:02d}_01_{short:02d}_12" in kept or months <= kept


def yearly(terms: Terms, scope: Scope) -> Asks:
    """The newest yearly edition, of this year or the last."""
    for short in (scope.today.year % 100, scope.today.year % 100 - 1):
        ask = Ask(f"ged_{short:02d}_1", f"ged{short:02d}1-csv.zip", optional=True)
        if (yield ask) is not None:
            break


def by_token(terms: Terms, scope: Scope) -> Asks:
    """Every page of the monthly editions behind the months of the pack."""
    for month in range(_start(scope), _month(scope.today - WAIT)):
        version = (month // 12 % 100, 0, month % 12 + 1)
        for number in count():
            query = {"pagesize": str(SIZE), "page": str(number)}
            name = f"api_{'_'.join(map(str, version))}_p{number}"
            headers = {"x-ucdp-access-token": KEY}
            page = yield Ask(name, f"gedevents/{_dotted(version)}", query, headers, optional=True)
            if page is None or number + 1 >= int(entry(json_of(page), "TotalPages", page.name) or 0):
                break


def parse(terms: Terms, scope: Scope, pages: Sequence[Page]) -> Parsed:
    """Deaths by state, kind of violence and month; zero where an edition covers a month without an event."""
    editions: dict[Edition, dict[str, Page]] = defaultdict(dict)
    for page in pages:
        editions[Edition.of(page.name)].setdefault(page.name, page)
    tally, refused = _Tally(_numbers(scope), _month(scope.today)), []
    for edition in sorted(editions, key=lambda one: one.rank):
        rows, problems = _sound([row for page in editions[edition].values() for row in _rows(terms, page)])
        refused += problems
        if rows:
            refused += tally.take(edition, rows)
    return Parsed(tuple(tally.observations(terms)), refused=tuple(refused))


def _sound(rows: Sequence[tuple[str, Row]]) -> tuple[Sequence[tuple[str, Row]], list[Problem]]:
    """The rows of an edition; none where one of them is cut, as then others may be lost."""
    for where, row in rows:
        if len(row) != len(FIELDS):
            return (), [Problem(where, "is no whole row, so the edition is not used", "ask again later")]
    return rows, []


@dataclass
class _Tally:
    """Events of the states by id, and by month and state the edition in which the figure stands."""

    states: Mapping[str, str]
    now: int
    events: dict[str, tuple[str, str, int, float]] = field(default_factory=dict)
    editions: dict[tuple[str, int], str] = field(default_factory=dict)

    def take(self, edition: Edition, rows: Sequence[tuple[str, Row]]) -> list[Problem]:
        """Let an edition count that is newer than those before it; problems of rows that cannot be used."""
        refused, found = [], []
        for where, (id, number, kind, end, best) in rows:
            try:
                month, deaths = _month(_day(end[:10])), float(best)
            except ValueError:
                refused.append(Problem(where, f"date_end={end!r} with best={best!r} is no event"))
                continue
            if month > min(edition.last, self.now):
                refused.append(Problem(where, f"ends in {end[:7]}, after the months of {edition.name}"))
                continue
            found.append((id, (self.states.get(number, ""), kind, month, deaths)))
        covered = {month for _, (_, _, month, _) in found if edition.first <= month <= edition.last}
        self.events = {id: one for id, one in self.events.items() if one[2] not in covered}
        states = set(self.states.values())
        self.editions |= {(state, month): edition.name for month in covered for state in states}
        for id, event in found:
            self._put(id, event, edition.name)
        return refused

    def _put(self, id: str, event: tuple[str, str, int, float], name: str) -> None:
        """Let an event count as the edition lists it; that of states beside ours is only taken away."""
        before = self.events.pop(id, None)
        if event[0] and event[1] in KINDS:
            self.events[id] = event
        for state, _, month, _ in filter(None, (before, event)):
            if before != event and (state, month) in self.editions:
                self.editions[state, month] = name

    def observations(self, terms: Terms) -> Iterator[Observation]:
        """Deaths by state, kind and month."""
        sums: dict[tuple[str, str, int], float] = defaultdict(float)
        for state, kind, month, deaths in self.events.values():
            sums[state, kind, month] += deaths
        open_ones, final = terms.evidence(UNVETTED), terms.evidence()
        for (state, month), edition in sorted(self.editions.items()):
            start = date(month // 12, month % 12 + 1, 1)
            end, rests = next_start(start, "month"), open_ones if edition.startswith(OPEN) else final
            for kind, quantity in KINDS.items():
                deaths = sums[state, kind, month]
                yield Observation(
                    state, quantity, start, end, deaths, "deaths", "UCDP", rests, vintage=edition
                )


def _rows(terms: Terms, page: Page) -> Iterator[tuple[str, Row]]:
    """Where each row of a page stands, and its FIELDS; of a row of another length nothing."""
    if page.name.startswith("api_"):
        for number, record in enumerate(entries(json_of(page), "Result", page.name), 1):
            where = f"{page.name}:{number}"
            yield where, tuple(str(entry(record, name, where)) for name in FIELDS)
        return
    file = unpacked(page, ".csv", terms.largest_mb) if page.name.startswith("ged_") else page
    try:
        yield from _csv_rows(page.name, file.data)
    except csv.Error as error:
        raise SourceError(page.name, [Problem(page.name, f"is no sound CSV: {error}")]) from None


def _csv_rows(name: str, data: bytes) -> Iterator[tuple[str, Row]]:
    head = data[: data.find(b"\n")]
    delimiter = ";" if head.count(b";") > head.count(b",") else ","
    text = io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", errors="replace", newline="")
    reader = csv.reader(text, delimiter=delimiter)
    first = next(reader, [])
    places, width = _places(name, first)
    if "date_end" not in first:
        yield f"{name}:1", tuple(first[place] for place in places)
    for row in reader:
        if row:
            whole = len(row) == width
            yield f"{name}:{reader.line_num}", tuple(row[place] for place in places) if whole else ()


def _places(name: str, first: Sequence[str]) -> tuple[Sequence[int], int]:
    """Where FIELDS stand, by the first line of a file or, where that is a row of it, by the codebook."""
    if "date_end" not in first and len(first) == WIDTH and first[0].isdigit():
        return PLACES, WIDTH
    lacking = [
        Problem(name, f"has no column {one!r}", suggest(one, first)) for one in FIELDS if one not in first
    ]
    if lacking:
        raise SourceError(name, lacking)
    return [first.index(one) for one in FIELDS], len(first)


def _start(scope: Scope) -> int:
    """The month behind the last of the pack, or that of `since` where the pack has none."""
    there = [row["month"] for row in scope.tables.rows("security/deaths")]
    return _month(max(there)) + 1 if there else _month(scope.since)


def _month(day: date) -> int:
    return 12 * day.year + day.month - 1


@lru_cache(maxsize=20_000)
def _day(text: str) -> date:
    return date.fromisoformat(text)


@cache
def _states() -> Mapping[str, str]:
    text = (files("mirab.observe.connectors") / "ucdp.csv").read_text("utf-8")
    return {row["country_id"]: row["state"] for row in csv.DictReader(text.splitlines())}


def _numbers(scope: Scope) -> dict[str, str]:
    """The program's numbers of the states with figures in the pack, or else of those of the region."""
    wanted = {row["state"] for row in scope.tables.rows("security/states")} or set(scope.states)
    return {number: state for number, state in _states().items() if state in wanted}


CONNECTORS = (
    Connector("ucdp_candidate", candidates, parse),
    Connector("ucdp_ged", yearly, parse),
    Connector("ucdp_api", by_token, parse),
)
