"""How much the world's online news names a state, and in which tone, by month (GDELT DOC 2.0).

Counts follow what the service reads and how it reads: they are compared with the same state's own past and
are never taken for what happened. The figures of days become means of whole months.
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from mirab.core.calendar import next_start
from mirab.core.errors import Problem, SourceError
from mirab.core.records import Confidence, Observation
from mirab.observe.connector import Ask, Asks, Connector, Page, Parsed, Scope, Terms
from mirab.observe.replies import entries, entry, json_of

MODES = {"volume": ("timelinevol", "news_share"), "tone": ("timelinetone", "news_tone")}
FACTORS = {"news_share": 100.0, "news_tone": 1.0}
"""The share comes in per cent of all articles and is kept as articles among ten thousand."""
MISSING_DAYS, YEARS_BEFORE = 3, 1


def asks(terms: Terms, scope: Scope) -> Asks:
    """Share and tone of each state by year; a year that was over when it came is not asked for again."""
    for year in range(scope.since.year - YEARS_BEFORE, scope.today.year + 1):
        over = year < scope.today.year
        last = date(year, 12, 31) if over else scope.today - timedelta(days=1)
        for state, name in _names(scope).items():
            for kind, (mode, _) in MODES.items():
                page = f"{kind}_{state}_{year}" + ("" if over else "_so_far")
                if page in scope.kept and over:
                    continue
                query = {
                    "query": f'"{name}"',
                    "mode": mode,
                    "format": "json",
                    "startdatetime": f"{year}0101000000",
                    "enddatetime": f"{last:%Y%m%d}235959",
                }
                yield Ask(page, "doc", query)


def parse(terms: Terms, scope: Scope, pages: Sequence[Page]) -> Parsed:
    """Means of whole months of which at most MISSING_DAYS are missing; of one day the first page counts."""
    days: dict[tuple[str, str], dict[date, float]] = defaultdict(dict)
    refused: list[Problem] = []
    for page in pages:
        kind, state = page.name.split("_")[:2]
        for where, record in _records(page):
            day, value = _day(record, where), entry(record, "value", where)
            sound = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            if day is None or not sound or day >= page.retrieved.date():
                refused.append(Problem(where, f"date={record['date']!r} with value={value!r} is no figure"))
            elif state in scope.states:
                days[MODES[kind][1], state].setdefault(day, float(value))
    made = (
        one
        for (quantity, state), values in sorted(days.items())
        for one in _months(terms, quantity, state, values)
    )
    return Parsed(tuple(made), refused=tuple(refused))


def _records(page: Page) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Where each day of a page stands, and what it says; the service answers {} where it knows nothing."""
    told = json_of(page)
    if told == {}:
        return
    series = entries(told, "timeline", page.name)
    names = {str(entry(one, "series", page.name)) for one in series}
    if len(names) != 1:
        what = f"has {len(names)} series in place of one"
        raise SourceError(page.name, [Problem(page.name, what, "what was stored stays")])
    for number, record in enumerate(entries(series[0], "data", page.name), 1):
        yield f"{page.name}:{number}", record


def _day(record: Mapping[str, Any], where: str) -> date | None:
    text = str(entry(record, "date", where))
    try:
        return date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:8]}")
    except ValueError:
        return None


def _months(terms: Terms, quantity: str, state: str, days: Mapping[date, float]) -> Iterator[Observation]:
    by_month: dict[date, list[float]] = defaultdict(list)
    for day, value in days.items():
        by_month[day.replace(day=1)].append(value)
    for start, values in sorted(by_month.items()):
        if len(values) < monthrange(start.year, start.month)[1] - MISSING_DAYS:
            continue
        mean = math.fsum(values) / len(values) * FACTORS[quantity]
        rests = terms.evidence(f"mean of {len(values)} days", Confidence.COMPUTED)
        end = next_start(start, "month")
        yield Observation(state, quantity, start, end, mean, "1", "GDELT", rests)


def _names(scope: Scope) -> dict[str, str]:
    """Names of the states of the region, as they are looked for."""
    return {row["state"]: row["name"] for row in scope.tables.rows("states")}


CONNECTORS = (Connector("gdelt", asks, parse),)
