"""Prefixes of each state that are announced in the routing of the internet, by day (RIPEstat).

What is announced is a way to a network, not traffic. The sum of both address families is held against its
median of the four weeks before (ours). Counts below 0 are RIPEstat's word for what it does not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from mirab.core.errors import Problem, SourceError
from mirab.core.records import Confidence, Observation
from mirab.core.usual import shares_of_usual
from mirab.observe.connector import Ask, Asks, Connector, Page, Parsed, Scope, Terms
from mirab.observe.replies import entries, entry, json_of

SHARE, AUTHOR = "connectivity_share", "RIPEstat"
FAMILIES = ("v4_prefixes_ris", "v6_prefixes_ris")


def asks(terms: Terms, scope: Scope) -> Asks:
    """One page for each state that has a code of two letters, a value for each day since the first."""
    for code in sorted(_codes(scope)):
        query = {
            "resource": code.lower(),
            "starttime": f"{scope.since}T00:00",
            "endtime": f"{scope.today}T00:00",
            "resolution": "1d",
            "sourceapp": "mirab",
        }
        yield Ask(f"stats_{code}", "country-resource-stats/data.json", query)


def parse(terms: Terms, scope: Scope, pages: Sequence[Page]) -> Parsed:
    """Share of its usual prefixes by state and day; of two pages for one day the newer one counts."""
    counts: dict[str, dict[date, float]] = {}
    refused: list[Problem] = []
    codes = _codes(scope)
    for page in pages:
        state = codes.get(page.name.removeprefix("stats_"))
        if state is not None:
            for day, count in _counts(page, refused):
                counts.setdefault(state, {}).setdefault(day, count)
    shares = {state: shares_of_usual(by_day) for state, by_day in sorted(counts.items())}
    return Parsed(
        tuple(
            _observation(terms, s, day, share) for s, days in shares.items() for day, share in days.items()
        ),
        refused=tuple(refused),
    )


def _codes(scope: Scope) -> dict[str, str]:
    return {row["iso2"]: row["state"] for row in scope.tables.rows("states") if row.get("iso2")}


def _counts(page: Page, refused: list[Problem]) -> Iterator[tuple[date, float]]:
    """Prefixes by day before the answer was given; a row speaks for all days of its periods."""
    answer = json_of(page)
    if isinstance(answer, Mapping) and answer.get("status", "ok") != "ok":
        what = f"is an error: {answer.get('messages') or answer['status']}"
        raise SourceError(page.name, [Problem(page.name, what, "ask again later")])
    for number, row in enumerate(entries(entry(answer, "data", page.name), "stats", page.name), 1):
        where = f"{page.name}:{number}"
        told = [entry(row, name, where) for name in FAMILIES]
        try:
            families = [float(one) for one in told]
            days = [day for period in entries(row, "timeline", where) for day in _days(period, where)]
        except (TypeError, ValueError):
            refused.append(Problem(where, f"has {told} prefixes, or a period that is no date"))
            continue
        if min(families) >= 0:
            yield from ((day, sum(families)) for day in days if day < page.retrieved.date())


def _days(period: Any, where: str) -> Iterator[date]:
    """Days of a period, at least its first."""
    first = datetime.fromisoformat(str(entry(period, "starttime", where)))
    last = datetime.fromisoformat(str(entry(period, "endtime", where)))
    day = first.date()
    yield day
    while (day := day + timedelta(days=1)) < last.date():
        yield day


def _observation(terms: Terms, state: str, day: date, share: float) -> Observation:
    end = day + timedelta(days=1)
    evidence = terms.evidence(
        "prefixes of the day over the median of the 28 days before", Confidence.COMPUTED
    )
    return Observation(state, SHARE, day, end, share, "fraction", AUTHOR, evidence)


CONNECTORS = (Connector("ripestat", asks, parse),)
