"""Humanitarian figures by state from the HDX Humanitarian API (OCHA), second version.

Events and deaths of political violence as ACLED counts them, retail prices of staple food (WFP), people in
food crisis (IPC), displaced people (IOM), and funding of appeals (OCHA FTS). There are rows of one level of
administration or of several: the whole state counts where it is there, else its smallest areas added up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from statistics import median
from typing import Any

from mirab.core.errors import Problem
from mirab.core.records import Confidence, Observation
from mirab.observe.connector import KEY, Ask, Asks, Connector, Page, Parsed, Scope, Terms
from mirab.observe.replies import entries, entry, json_of

LIMIT, FEWEST = 10_000, 5
HEADER = "X-HDX-HAPI-APP-IDENTIFIER"
Row = Mapping[str, Any]
Period = tuple[date, date]


@dataclass(frozen=True)
class Figure:
    """One figure of a row: whose state it is, of which days, and the names that tell it from others."""

    state: str
    quantity: str
    period: Period
    level: int
    names: tuple[str, ...]
    value: float


Reader = Callable[[Row, str], Iterator[tuple[str, float | None, tuple[str, ...]]]]
"""Quantities of a row with their values (None: the row has none) and the names that tell rows apart."""


@dataclass(frozen=True)
class Theme:
    """A part of the service: its path, what is asked of it, who reports, in which units, how a row reads.

    Rows that differ in the first `rivals` names are rival counts of one thing: the largest counts (ours).
    """

    path: str
    author: str
    reader: Reader
    units: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    years_before: int = 0
    rivals: int = 0
    by_area: bool = True


def _conflict(row: Row, where: str) -> Iterator[tuple[str, float | None, tuple[str, ...]]]:
    """Events and deaths; those of civilians are in political violence too, so that kinds are not added."""
    kind = str(entry(row, "event_type", where)).lower()
    names = (kind, *_areas(row, where))
    if kind == "political_violence":
        yield "violent_events", entry(row, "events", where), names
        yield "violent_deaths", entry(row, "fatalities", where), names
    elif kind == "demonstration":
        yield "demonstrations", entry(row, "events", where), names


def _crisis(row: Row, where: str) -> Iterator[tuple[str, float | None, tuple[str, ...]]]:
    if entry(row, "ipc_phase", where) == "3+" and entry(row, "ipc_type", where) == "current":
        yield "food_crisis", entry(row, "population_in_phase", where), _areas(row, where)


def _displaced(row: Row, where: str) -> Iterator[tuple[str, float | None, tuple[str, ...]]]:
    names = (str(entry(row, name, where)) for name in ("operation", "assessment_type"))
    yield "displaced", entry(row, "population", where), (*names, *_areas(row, where))


def _funding(row: Row, where: str) -> Iterator[tuple[str, float | None, tuple[str, ...]]]:
    """Appeals with a requirement; the service has rows of pledges for later years, which are none."""
    required = entry(row, "requirements_usd", where)
    if required is not None:
        names = (str(entry(row, "appeal_code", where)),)
        yield "appeal_required", required, names
        yield "appeal_funded", entry(row, "funding_usd", where) or 0.0, names


def _price(row: Row, where: str) -> Iterator[tuple[str, float | None, tuple[str, ...]]]:
    """A price, told apart by what is sold where, in which amount and for which money."""
    what = ("market_code", "commodity_code", "unit", "currency_code", "price_type", "price_flag")
    yield "food_price", entry(row, "price", where), tuple(str(entry(row, name, where)) for name in what)


def _areas(row: Row, where: str) -> tuple[str, ...]:
    return tuple(str(entry(row, name, where)) for name in ("admin1_code", "admin2_code"))


STAPLES = {"commodity_category": "cereals and tubers", "price_type": "Retail"}
CURRENT = {"ipc_phase": "3+", "ipc_type": "current"}
PRICE_CHANGE = "food_price_change"
THEMES = {
    "hapi_conflict": Theme(
        "coordination-context/conflict-events",
        "ACLED",
        _conflict,
        {"violent_events": "events", "violent_deaths": "deaths", "demonstrations": "events"},
    ),
    "hapi_prices": Theme(
        "food-security-nutrition-poverty/food-prices-market-monitor",
        "WFP",
        _price,
        {PRICE_CHANGE: "fraction"},
        STAPLES,
        years_before=1,
    ),
    "hapi_food": Theme(
        "food-security-nutrition-poverty/food-security", "IPC", _crisis, {"food_crisis": "persons"}, CURRENT
    ),
    "hapi_displaced": Theme("affected-people/idps", "IOM", _displaced, {"displaced": "persons"}, rivals=2),
    "hapi_funding": Theme(
        "coordination-context/funding",
        "OCHA FTS",
        _funding,
        {"appeal_required": "USD", "appeal_funded": "USD"},
        by_area=False,
    ),
}


def asks(terms: Terms, scope: Scope) -> Asks:
    """Every page of the rows of each state; the service cuts off at LIMIT rows and does not say so."""
    theme = THEMES[terms.source_id]
    first = date(scope.since.year - theme.years_before, 1, 1)
    for state in scope.states:
        for number in count():
            query = {
                **theme.query,
                "location_code": state,
                "start_date": first.isoformat(),
                "output_format": "json",
                "limit": str(LIMIT),
                "offset": str(number * LIMIT),
            }
            page = yield Ask(f"{state}_{first.year}_{number}", theme.path, query, {HEADER: KEY})
            if page is None or len(entries(json_of(page), "data", page.name)) < LIMIT:
                break


def parse(terms: Terms, scope: Scope, pages: Sequence[Page]) -> Parsed:
    """Figures by state and period; of rows in overlapping pages the first counts."""
    theme = THEMES[terms.source_id]
    figures: dict[tuple[object, ...], Figure] = {}
    refused: list[Problem] = []
    for page in pages:
        for number, row in enumerate(entries(json_of(page), "data", page.name), 1):
            where = f"{page.name}:{number}"
            try:
                found = list(_figures(theme, row, where, page.retrieved.date(), scope.states))
            except (TypeError, ValueError) as error:
                refused.append(Problem(where, f"cannot be read: {error}"))
                continue
            for one in found:
                figures.setdefault((one.state, one.quantity, one.period, one.level, one.names), one)
    made = _price_changes if theme.author == "WFP" else _added
    return Parsed(tuple(made(terms, theme, list(figures.values()))), refused=tuple(refused))


def _figures(theme: Theme, row: Row, where: str, seen: date, states: Sequence[str]) -> Iterator[Figure]:
    """The figures of a row of our states; none of days that lie ahead of it or of a month that still runs."""
    state = entry(row, "location_code", where)
    start = date.fromisoformat(str(entry(row, "reference_period_start", where))[:10])
    end = date.fromisoformat(str(entry(row, "reference_period_end", where))[:10]) + timedelta(days=1)
    runs_on = theme.author in ("ACLED", "WFP") and end > seen
    if state not in states or start >= seen or runs_on:
        return
    level = int(entry(row, "admin_level", where)) if theme.by_area else 0
    for quantity, value, names in theme.reader(row, where):
        if value is not None:
            yield Figure(state, quantity, (start, min(end, seen)), level, names, float(value))


def _added(terms: Terms, theme: Theme, figures: Sequence[Figure]) -> Iterator[Observation]:
    """Sums over the rows of one state and period, of one level of administration."""
    sums: dict[tuple[str, str, Period], dict[tuple[int, tuple[str, ...]], float]] = {}
    for one in figures:
        of_thing = sums.setdefault((one.state, one.quantity, one.period), defaultdict(float))
        of_thing[one.level, one.names[: theme.rivals]] += one.value
    for (state, quantity, (start, end)), rivals in sorted(sums.items()):
        levels = {level for level, _ in rivals}
        level = 0 if 0 in levels else max(levels)
        value = max(value for (at, _), value in rivals.items() if at == level)
        unit = theme.units[quantity]
        yield Observation(state, quantity, start, end, value, unit, theme.author, terms.evidence())


def _price_changes(terms: Terms, theme: Theme, figures: Sequence[Figure]) -> Iterator[Observation]:
    """By state and month the median change over a year of the prices that were there in both; ours."""
    monthly = [one for one in figures if one.value > 0 and one.period[0].day == 1]
    prices = {(one.state, one.names, one.period[0]): one for one in monthly}
    changes: dict[tuple[str, Period], list[float]] = defaultdict(list)
    for (state, names, start), one in prices.items():
        before = prices.get((state, names, start.replace(year=start.year - 1)))
        if before is not None:
            changes[state, one.period].append(one.value / before.value - 1.0)
    for (state, (start, end)), found in sorted(changes.items()):
        if len(found) >= FEWEST:
            rests = terms.evidence(f"median of {len(found)} retail prices of staples", Confidence.COMPUTED)
            yield Observation(state, PRICE_CHANGE, start, end, median(found), "fraction", theme.author, rests)


CONNECTORS = tuple(Connector(source_id, asks, parse) for source_id in THEMES)
