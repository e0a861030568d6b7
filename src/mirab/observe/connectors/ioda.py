"""What IODA sees of the network of each state: routed and answering addresses by day, and its outages.

A monitor counts blocks of addresses, not people. The mean count of a day is held against the median of the
four weeks before it, so that a state is compared with itself alone (ours).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mirab.core.errors import Problem, SourceError
from mirab.core.records import Confidence, Observation
from mirab.core.usual import shares_of_usual
from mirab.observe.connector import Ask, Asks, Connector, Page, Parsed, Scope, Terms
from mirab.observe.replies import entries, entry, json_of

METHODS = {"bgp": "IODA (routing)", "ping-slash24": "IODA (probing)"}
SHARE, HOURS = "connectivity_share", "outage_hours"
DAY_S, LEAST_SHARE = 86_400, 0.5
_LATER = "what was stored stays; ask again later, or look whether the source has changed"
_EVIDENCE = {
    SHARE: ("count of the day over the median of the 28 days before", Confidence.COMPUTED),
    HOURS: ("", Confidence.PUBLISHED),
}
Counts = Mapping[tuple[str, str], Mapping[date, float]]


def asks(terms: Terms, scope: Scope) -> Asks:
    """Signals of both methods and events, quarter by quarter up to yesterday; whole quarters once."""
    if not (codes := ",".join(sorted(_codes(scope)))):
        return
    first = scope.since.replace(month=(scope.since.month - 1) // 3 * 3 + 1, day=1)
    while first < scope.today:
        later = (first + timedelta(days=95)).replace(day=1)
        name = "now" if later > scope.today else f"{first.year}_{first.month // 3 + 1}"
        window = {"from": _epoch(first), "until": _epoch(min(later, scope.today))}
        for method in METHODS:
            if (page := f"signal_{method}_{name}") not in scope.kept or name == "now":
                path = f"signals/raw/country/{codes}"
                yield Ask(page, path, {**window, "datasource": method, "maxPoints": "2200"})
        if (page := f"events_{name}") not in scope.kept or name == "now":
            told = {**window, "entityType": "country", "entityCode": codes, "limit": "2000"}
            yield Ask(page, "outages/events", told)
        first = later


def parse(terms: Terms, scope: Scope, pages: Sequence[Page]) -> Parsed:
    """Share of its usual count by state, day and method, and hours of outages by the day of their start."""
    refused: list[Problem] = []
    counts = _counts(scope, [page for page in pages if page.name.startswith("signal_")], refused)
    hours = _hours(scope, [page for page in pages if page.name.startswith("events_")], refused)
    shares = {key: shares_of_usual(of_day) for key, of_day in counts.items()}
    found = [*_observations(terms, shares, SHARE, "fraction"), *_observations(terms, hours, HOURS, "h")]
    return Parsed(tuple(found), refused=tuple(refused))


def _codes(scope: Scope) -> dict[str, str]:
    """State by the code of two letters, of the states that have one."""
    return {row["iso2"]: row["state"] for row in scope.tables.rows("states") if row.get("iso2")}


def _epoch(day: date) -> str:
    return str(int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()))


def _data(page: Page) -> Sequence[Any]:
    """The data of an answer; an error may come with the status of a success."""
    answer = json_of(page)
    if isinstance(answer, Mapping) and answer.get("error"):
        raise SourceError(page.name, [Problem(page.name, f"is an error: {answer['error']}", _LATER)])
    return entries(answer, "data", page.name)


def _counts(scope: Scope, pages: Sequence[Page], refused: list[Problem]) -> Counts:
    """Mean count by state and method, then day; of two pages for one day the newer one counts."""
    found: dict[tuple[str, str], dict[date, float]] = defaultdict(dict)
    codes = _codes(scope)
    for page in pages:
        for series in _series(_data(page)):
            where = f"{page.name}:{series.get('entityCode', '')}"
            state, method = codes.get(entry(series, "entityCode", where)), entry(series, "datasource", where)
            if state is None or method not in METHODS:
                continue
            try:
                by_day = _by_day(series, page.retrieved.date(), where)
            except (TypeError, ValueError, OverflowError, OSError):
                refused.append(Problem(where, "has values or times of which not all are numbers"))
                continue
            for day, count in by_day.items():
                found[state, method].setdefault(day, count)
    return found


def _series(data: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    """The series of an answer, which come as lists by place, or as they are; an empty window has none."""
    for one in data:
        for series in one if isinstance(one, list) else [one]:
            if isinstance(series, Mapping):
                yield series


def _by_day(series: Mapping[str, Any], today: date, where: str) -> dict[date, float]:
    """Mean of the samples of each whole day before `today` of which at least half are there."""
    begin, step = int(entry(series, "from", where)), int(entry(series, "step", where))
    samples: dict[date, list[float]] = defaultdict(list)
    for number, value in enumerate(entries(series, "values", where)):
        if value is not None:
            samples[datetime.fromtimestamp(begin + number * step, UTC).date()].append(float(value))
    least = max(1.0, LEAST_SHARE * DAY_S / max(step, 1))
    whole = {day: values for day, values in samples.items() if len(values) >= least and day < today}
    return {day: sum(values) / len(values) for day, values in whole.items()}


def _hours(scope: Scope, pages: Sequence[Page], refused: list[Problem]) -> Counts:
    """Hours of the outages that begin on a day, by state and method; one event is counted once."""
    seen: dict[tuple[str, str, int], float] = {}
    codes = _codes(scope)
    for page in pages:
        for number, event in enumerate(_data(page), 1):
            where = f"{page.name}:{number}"
            kind, _, code = str(entry(event, "location", where)).partition("/")
            method, duration = entry(event, "datasource", where), entry(event, "duration", where)
            if kind != "country" or code not in codes or method not in METHODS:
                continue
            try:
                seen.setdefault((codes[code], method, int(entry(event, "start", where))), float(duration))
            except (TypeError, ValueError):
                refused.append(Problem(where, f"duration={duration!r} is no number"))
    found: dict[tuple[str, str], dict[date, float]] = defaultdict(lambda: defaultdict(float))
    today = int(_epoch(scope.today))
    for (state, method, start), seconds in seen.items():
        if 0 <= start < today:
            found[state, method][datetime.fromtimestamp(start, UTC).date()] += seconds / 3600.0
    return found


def _observations(terms: Terms, values: Counts, quantity: str, unit: str) -> Iterator[Observation]:
    for (state, method), by_day in sorted(values.items()):
        for day, value in sorted(by_day.items()):
            end = day + timedelta(days=1)
            told, evidence = METHODS[method], terms.evidence(*_EVIDENCE[quantity])
            yield Observation(state, quantity, day, end, value, unit, told, evidence)


CONNECTORS = (Connector("ioda", asks, parse),)
