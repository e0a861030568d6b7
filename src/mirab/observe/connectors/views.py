"""Forecasts of others for deaths and violent events by state and month: rivals that are shown beside ours.

VIEWS (Uppsala University and PRIO) forecasts state-based deaths; a run is named after the last month of data
that it knows, not after its day of release. The names of its fields change from model to model. CAST (ACLED)
forecasts events of political violence by province, which are added up. Neither is an observation.
"""

from __future__ import annotations

import math
import re
from calendar import month_name
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from mirab.core.calendar import months
from mirab.core.ensemble import Ensemble
from mirab.core.errors import Problem, SourceError, suggest
from mirab.observe.connector import KEY, USER, Ask, Asks, Connector, Page, Parsed, Scope, Terms
from mirab.observe.replies import entries, entry, json_of

RUN = re.compile(r"fatalities(\d{3})_(\d{4})_(0[1-9]|1[0-2])_t(\d+)")
LEVELS = {"main_mean": False, "main_mean_ln": True, "sc_cm_sb_main": True}
"""Fields of the forecast, the newest first, and whether it is the logarithm of one death more."""
DEATHS, EVENTS, LIMIT = "deaths_forecast", "violent_events_forecast", 5000
LOGIN = "https://acleddata.com/oauth/token"
Values = dict[str, dict[date, float]]


def runs(terms: Terms, scope: Scope) -> Asks:
    """The newest run of the newest model, a page for each state; none that is kept already."""
    listed = yield Ask("runs", keep=False)
    run = _newest(listed) if listed else ""
    for state in scope.states:
        if f"{run}_{state}" not in scope.kept:
            query = {"iso": state, "pagesize": "1000"}
            yield Ask(f"{run}_{state}", f"{run}/cm/sb", query)


def _newest(listed: Page) -> str:
    names = [str(name) for name in entries(json_of(listed), "runs", listed.name)]
    known = [name for name in names if RUN.fullmatch(name)]
    if not known:
        raise SourceError(listed.name, [Problem(listed.name, f"lists no run of {len(names)} that is known")])
    return max(known)


def deaths(terms: Terms, scope: Scope, pages: Sequence[Page]) -> Parsed:
    """Mean deaths by state and month of every run, issued on the day on which its first page came."""
    found: dict[str, Values] = defaultdict(dict)
    issued: dict[str, date] = {}
    refused: list[Problem] = []
    for page in pages:
        run = page.name.rpartition("_")[0]
        issued[run] = min(issued.get(run, date.max), page.retrieved.date())
        for number, row in enumerate(entries(json_of(page), "data", page.name), 1):
            where = f"{page.name}:{number}"
            state = entry(row, "isoab", where)
            month, mean = _month(row, where), _mean(row, where)
            if month is None or mean is None:
                refused.append(Problem(where, "has no month or no number, and is left out"))
            elif state in scope.states:
                found[run].setdefault(state, {}).setdefault(month, mean)
    made = [_ensemble(terms, DEATHS, "deaths", found[run], issued[run], run) for run in sorted(found)]
    return Parsed(forecasts=tuple(made), refused=tuple(refused))


def _month(row: Mapping[str, Any], where: str) -> date | None:
    year, month = entry(row, "year", where), entry(row, "month", where)
    whole = isinstance(year, int) and isinstance(month, int) and 1 <= month <= 12
    return date(year, month, 1) if whole else None


def _mean(row: Mapping[str, Any], where: str) -> float | None:
    """The forecast of a row by whatever its model calls it; None where it is no number."""
    name = next((name for name in LEVELS if name in row), "")
    if not name:
        fix = suggest("main_mean", [str(there) for there in row])
        raise SourceError(where, [Problem(where, f"has none of {', '.join(LEVELS)}", fix)])
    value = row[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return max(0.0, math.expm1(value) if LEVELS[name] else float(value))


def by_password(terms: Terms, scope: Scope) -> Asks:
    """A token for the account of the user, then every page of the forecasts of each state."""
    form = {"grant_type": "password", "client_id": "acled", "username": USER, "password": KEY}
    answer = yield Ask("token", LOGIN, form=form, keep=False)
    token = str(entry(json_of(answer), "access_token", "token")) if answer else ""
    names = {row["state"]: row["name"] for row in scope.tables.rows("states")}
    for state in scope.states:
        number = 1
        while True:
            query = {"_format": "json", "country": names[state], "limit": str(LIMIT), "page": str(number)}
            headers = {"Authorization": f"Bearer {token}"}
            page = yield Ask(f"{state}_{number}", "cast/read", query, headers)
            if page is None or len(entries(json_of(page), "data", page.name)) < LIMIT:
                break
            number += 1


def events(terms: Terms, scope: Scope, pages: Sequence[Page]) -> Parsed:
    """Events by state and month, summed over provinces, from the month on in which they were asked for."""
    sums: Values = defaultdict(lambda: defaultdict(float))
    seen: set[tuple[object, ...]] = set()
    refused: list[Problem] = []
    for page in pages:
        state = page.name.partition("_")[0]
        for number, row in enumerate(entries(json_of(page), "data", page.name), 1):
            where = f"{page.name}:{number}"
            names = [entry(row, name, where) for name in ("admin1", "year", "month")]
            key, amount = (state, *names), entry(row, "total_forecast", where)
            if key in seen or amount in (None, ""):
                continue
            seen.add(key)
            try:
                month = date(int(names[1]), list(month_name).index(str(names[2]).title()), 1)
                if month >= page.retrieved.date().replace(day=1):
                    sums[state][month] += float(amount)
            except ValueError as error:
                refused.append(Problem(where, f"cannot be read: {error}"))
    day = max((page.retrieved.date() for page in pages), default=scope.today)
    made = (_ensemble(terms, EVENTS, "events", sums, day, "CAST"),) if sums else ()
    return Parsed(forecasts=made, refused=tuple(refused))


def _ensemble(
    terms: Terms, quantity: str, unit: str, found: Mapping[str, Mapping[date, float]], issued: date, how: str
) -> Ensemble:
    """One member by state over the months from the first to the last; what is missing is no number."""
    axis = months(*_span({month for values in found.values() for month in values}))
    items = sorted(found)
    values = np.array([[found[item].get(day, np.nan) for item in items] for day in axis.starts])
    owners = tuple((item,) for item in items)
    evidence = (terms.evidence(how),)
    return Ensemble.of(
        quantity, unit, items, axis, values[None], states=owners, how=how, evidence=evidence, issued=issued
    )


def _span(days: Iterable[date]) -> tuple[date, int]:
    first, last = min(days), max(days)
    return first, 12 * (last.year - first.year) + last.month - first.month + 1


CONNECTORS = (
    Connector("views", runs, deaths, foretells=True),
    Connector("acled_cast", by_password, events, foretells=True),
)
