"""Discharge of the headwaters as the flood model GloFAS v4 has it: past years, and some months ahead.

The model knows rivers by cells of 0.05 degrees, and the cell at the coordinates of a headwater is often
beside its river. So the cells around each headwater, and around the place where its inflow is reported, are
asked for one June, and the one whose flow is nearest to the norm is taken (ours). What is asked for of the
past are whole years of the reanalysis, of the future all members that are given.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis, dekad_start, dekads
from mirab.core.ensemble import Ensemble
from mirab.core.errors import Problem, SourceError
from mirab.core.phrase import say
from mirab.core.records import Confidence
from mirab.observe.connector import Ask, Asks, Connector, Page, Parsed, Scope, Terms
from mirab.observe.replies import entries, entry, json_of

Floats = NDArray[np.float64]
Cell = tuple[float, float]
FLOW, UNIT, MODELLED, FORECAST = "river_discharge", "m³/s", "inflow_modelled", "inflow"
QUARTILES = tuple(f"{FLOW}_{name}" for name in ("p25", "median", "p75"))
NUDGE, NEAR = 0.1, 0.15
SAMPLE = (date(2021, 6, 1), date(2021, 6, 30))
MOST_APART, SETTLING_DAYS = 3.0, 90
FIRST_YEAR, DAYS_AHEAD, DAYS_BEFORE, MADE = 1984, 210, 10, 51
QUARTILE = 0.6744897501960817


def asks(terms: Terms, scope: Scope) -> Asks:
    """The cells around the headwaters, the forecast at those taken, and the past years that are not kept.

    A page of past years carries a mark of the cells that it was asked for. Each dekad has a page of forecasts
    of its own, so that how they did before can be seen later.
    """
    around = sorted({cell for places in _places(scope).values() for at in places for cell in _around(at)})
    if not around:
        return
    sample = yield Ask("cells", query=_query(around, start_date=str(SAMPLE[0]), end_date=str(SAMPLE[1])))
    chosen = sorted(set(_chosen(scope, [] if sample is None else [sample])[0].values()))
    if not chosen:
        return
    ahead = _query(chosen, forecast_days=str(DAYS_AHEAD), past_days=str(DAYS_BEFORE), ensemble="true")
    yield Ask(
        f"forecast_{dekad_start(scope.today):%Y_%m_%d}", query=ahead | {"daily": ",".join((FLOW, *QUARTILES))}
    )
    mark, settled = f"{crc32(str(chosen).encode()):08x}", (scope.today - timedelta(days=SETTLING_DAYS)).year
    for year in range(scope.today.year, max(scope.since.year, FIRST_YEAR) - 1, -1):
        name = f"history_{'now' if year == scope.today.year else year}_{mark}"
        last = min(date(year, 12, 31), scope.today - timedelta(days=1))
        if last >= date(year, 1, 1) and not (year < settled and name in scope.kept):
            yield Ask(name, query=_query(chosen, start_date=f"{year}-01-01", end_date=str(last)))


def parse(terms: Terms, scope: Scope, pages: Sequence[Page]) -> Parsed:
    """The reanalysis as one member by dekad since it is kept, and each forecast by dekad, m3/s.

    A dekad has a value where all its days have one. A forecast without members gets some that are made from
    its quartiles, as its `how` says.
    """
    chosen, refused = _chosen(scope, [page for page in pages if page.name == "cells"])
    made = [_forecast(terms, page, chosen) for page in pages if page.name.startswith("forecast_")]
    past = _reanalysis(terms, [page for page in pages if page.name.startswith("history_")], chosen)
    return Parsed(forecasts=tuple(one for one in (past, *made) if one is not None), refused=tuple(refused))


def _query(cells: Sequence[Cell], **more: str) -> dict[str, str]:
    latitudes, longitudes = zip(*cells, strict=True)
    return {
        "latitude": ",".join(f"{one:g}" for one in latitudes),
        "longitude": ",".join(f"{one:g}" for one in longitudes),
        "daily": FLOW,
        **more,
    }


def _places(scope: Scope) -> dict[str, list[Cell]]:
    """Where the river of each headwater may be met, for those of which a place is known.

    That is its own place, where its inflow is reported, and the next place of the network if no other water
    comes in there.
    """
    nodes = {row["node_id"]: row for row in scope.tables.rows("water/nodes")}
    links = scope.tables.rows("water/links")
    entered = Counter(row["to_node"] for row in links)
    below = {row["from_node"]: row["to_node"] for row in links if entered[row["to_node"]] == 1}
    found = {}
    for row in scope.tables.rows("water/inflows"):
        near = dict.fromkeys((row["node_id"], row["observed_at"], below.get(row["node_id"])))
        at = [(nodes[one]["lat"], nodes[one]["lon"]) for one in near if one in nodes]
        if placed := [cell for cell in at if None not in cell]:
            found[row["node_id"]] = placed
    return found


def _around(at: Cell) -> Iterator[Cell]:
    """The place and its eight neighbours."""
    steps = (-NUDGE, 0.0, NUDGE)
    return ((round(at[0] + north, 3), round(at[1] + east, 3)) for north in steps for east in steps)


def _chosen(scope: Scope, pages: Sequence[Page]) -> tuple[dict[str, Cell], list[Problem]]:
    """The cell of each headwater whose flow in the sampled month is nearest to the norm of that month."""
    if not pages:
        return {}, []
    flows = {cell: _mean(flow) for cell, _, series in _locations(pages[0]) for flow in (series[FLOW],)}
    norms = {row["node_id"]: row[f"m{SAMPLE[0].month:02d}_m3s"] for row in scope.tables.rows("water/inflows")}
    found, refused = {}, []
    for node, places in _places(scope).items():
        near = [cell for cell in flows if any(_is_near(cell, at) for at in places) and flows[cell] > 0]
        apart = {cell: abs(np.log(flows[cell] / norms[node])) for cell in near if norms[node] > 0}
        best = min(sorted(apart), key=lambda cell: apart[cell], default=None)
        if best is None or apart[best] > np.log(MOST_APART):
            what = f"shows around {node} no river within a factor {MOST_APART:g} of the norm"
            refused.append(Problem("cells", what, "check the coordinates of the place in water/nodes"))
        else:
            found[node] = best
    return found, refused


def _mean(values: Floats) -> float:
    there = values[~np.isnan(values)]
    return float(there.mean()) if there.size else 0.0


def _is_near(cell: Cell, at: Cell) -> bool:
    return abs(cell[0] - at[0]) <= NEAR and abs(cell[1] - at[1]) <= NEAR


def _locations(page: Page) -> Iterator[tuple[Cell, list[date], dict[str, Floats]]]:
    """Cell, days and daily series of each location of an answer, which is an object or a list of them."""
    value = json_of(page)
    for number, one in enumerate(value if isinstance(value, list) else [value], 1):
        where = f"{page.name}:{number}"
        if isinstance(one, Mapping) and one.get("error"):
            raise SourceError(page.name, [Problem(where, f"is an error: {one.get('reason', '')}", _LATER)])
        cell = _number(one, "latitude", where), _number(one, "longitude", where)
        daily = entry(one, "daily", where)
        unit = one.get("daily_units", {}).get(FLOW, UNIT)
        if unit != UNIT:
            raise SourceError(page.name, [Problem(where, f"is in {unit}, not in {UNIT}", _LATER)])
        days = [_day(text, where) for text in entries(daily, "time", where)]
        if any(later <= day for day, later in pairwise(days)):
            raise SourceError(page.name, [Problem(where, "has days that are not in order", _LATER)])
        names = [FLOW, *(name for name in daily if name.startswith(f"{FLOW}_"))]
        yield cell, days, {name: _series(daily, name, len(days), where) for name in names}


_LATER = "what was stored stays; ask again later, or look whether the source has changed"


def _number(record: Any, name: str, where: str) -> float:
    told = entry(record, name, where)
    try:
        return float(told)
    except (TypeError, ValueError):
        raise SourceError(
            where, [Problem(where, f"has {name}={told!r}, which is no number", _LATER)]
        ) from None


def _day(text: Any, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise SourceError(where, [Problem(where, f"has {text!r} for a day", _LATER)]) from None


def _series(daily: Any, name: str, length: int, where: str) -> Floats:
    """Values of one series, NaN where there is none or a negative one; as many as there are days."""
    told = entries(daily, name, where)
    if len(told) != length:
        what = f"has {len(told)} values of {name} for {length} days"
        raise SourceError(where, [Problem(where, what, _LATER)])
    try:
        values = np.array(told, dtype=float)
    except (TypeError, ValueError):
        raise SourceError(where, [Problem(where, f"has in {name} what is no number", _LATER)]) from None
    return np.where(values < 0, np.nan, values)


def _by_dekad(days: Sequence[date], values: Floats) -> tuple[TimeAxis, Floats]:
    """Means of whole dekads from the first day on, (dekad, ...): NaN where a day lacks; days in order."""
    first = np.array([day.toordinal() for day in days])
    axis = dekads(days[0], (days[-1] - days[0]).days // 8 + 2)
    starts = np.array([day.toordinal() for day in (*axis.starts, axis.end)])
    edges = np.searchsorted(first, starts)
    means = np.full((len(axis), *values.shape[1:]), np.nan)
    for step, (low, high, length) in enumerate(zip(edges, edges[1:], axis.days, strict=False)):
        if high - low == length:
            means[step] = values[low:high].mean(axis=0)
    whole = np.flatnonzero(~np.isnan(means.reshape(len(axis), -1)).all(axis=1))
    last = int(whole[-1]) + 1 if whole.size else 0
    return TimeAxis("dekad", axis.starts[:last]), means[:last]


def _reanalysis(terms: Terms, pages: Sequence[Page], chosen: Mapping[str, Cell]) -> Ensemble | None:
    """All kept years as one member; of two pages for one day the newer one counts."""
    daily: dict[Cell, dict[date, float]] = defaultdict(dict)
    for page in pages:
        for cell, days, series in _locations(page):
            for day, flow in zip(days, series[FLOW], strict=True):
                if day < page.retrieved.date() and not np.isnan(flow):
                    daily[cell].setdefault(day, float(flow))
    items = [node for node, cell in chosen.items() if daily.get(cell)]
    days = sorted({day for node in items for day in daily[chosen[node]]})
    if not days:
        return None
    table = [[daily[chosen[node]].get(day, np.nan) for node in items] for day in days]
    axis, means = _by_dekad(days, np.array(table))
    if not len(axis):
        return None
    more: dict[str, Any] = {
        "how": say("reanalysis of GloFAS v4 through Open-Meteo"),
        "evidence": (terms.evidence(confidence=Confidence.COMPUTED),),
        "issued": max(page.retrieved.date() for page in pages),
    }
    return Ensemble.of(MODELLED, "m3/s", items, axis, means[None], **more)


def _forecast(terms: Terms, page: Page, chosen: Mapping[str, Cell]) -> Ensemble | None:
    """Members of one forecast by dekad, as far as all headwaters have it."""
    there = {cell: (days, series) for cell, days, series in _locations(page) if days}
    items = [node for node, cell in chosen.items() if cell in there]
    if not items:
        return None
    made = [_members(there[chosen[node]][1]) for node in items]
    count = min(one.shape[1] for one in made)
    means = [_by_dekad(there[chosen[node]][0], one[:, :count]) for node, one in zip(items, made, strict=True)]
    axis = min((one for one, _ in means), key=len)
    values = np.stack([one[: len(axis)] for _, one in means], axis=2)
    first, last = _whole(values)
    if last == first:
        return None
    given = any(name.startswith(f"{FLOW}_member") for _, series in there.values() for name in series)
    day = page.retrieved.date()
    how = say("GloFAS v4 through Open-Meteo, forecast of {day} with {count} members", day=day, count=count)
    if not given:
        how = say(
            "GloFAS v4 through Open-Meteo, forecast of {day}; {count} members made from its quartiles",
            day=day,
            count=count,
        )
    members, more = (
        values[first:last].transpose(1, 0, 2),
        {"evidence": (terms.evidence(confidence=Confidence.COMPUTED),), "issued": day},
    )
    shown = TimeAxis("dekad", axis.starts[first:last])
    return Ensemble.of(FORECAST, "m3/s", items, shown, members, how=how, **more)


def _whole(values: Floats) -> tuple[int, int]:
    """First run of steps at which nothing lacks of (step, member, item): its first step and the one after."""
    lacking = np.asarray(np.isnan(values).any(axis=(1, 2)), dtype=bool)
    first = int(np.argmin(lacking))
    return first, first + int(np.argmax(np.append(lacking[first:], True)))


def _members(series: Mapping[str, Floats]) -> Floats:
    """Members by day, (day, member): those given, else made so that the quartiles of each day are kept.

    A member made so has the same rank on all days, above and below the median at a lognormal distance (ours).
    """
    given = [name for name in sorted(series) if name.startswith(f"{FLOW}_member")]
    if given:
        return np.stack([series[name] for name in (FLOW, *given)], axis=1)
    if not all(name in series for name in QUARTILES):
        return series[FLOW][:, None]
    from scipy.special import ndtri

    z = ndtri((np.arange(MADE) + 0.5) / MADE)
    low, middle, high = (np.maximum(series[name], 1e-6) for name in QUARTILES)
    below, above = np.log(middle / low) / QUARTILE, np.log(high / middle) / QUARTILE
    return np.asarray(middle[:, None] * np.exp(np.where(z < 0, z * below[:, None], z * above[:, None])))


CONNECTORS = (Connector("openmeteo", asks, parse, foretells=True),)
