"""Carriage as the numbers behind the page: ways, queues, what-ifs, drafts, and the record beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mirab.brief.series import LEVELS, column
from mirab.core.carriage import Market, Way
from mirab.core.domain import Row, Tables
from mirab.core.phrase import listed, say
from mirab.core.records import Evidence, Series
from mirab.warn.carriage import Carried
from mirab.warn.cuts import Cut, Unit

Floats = NDArray[np.float64]
THREE = (0.1, 0.5, 0.9)
DAY_H, KT_YEAR = 24.0, 0.365
STATES = "|"


def table(
    name: str,
    title: str,
    unit: str,
    rows: Sequence[Mapping[str, Any]],
    note: str = "",
    rests_on: Iterable[Evidence] = (),
) -> tuple[Series, ...]:
    """Rows as a Series whose columns are those of the first row; nothing where there are no rows.

    A row may carry `row_sources` and `row_confidence`, which then are those of the whole too; a table of
    computed rows names what they rest on as a whole.
    """
    if not rows:
        return ()
    columns = {key: tuple(_plain(row[key]) for row in rows) for key in rows[0]}
    whole = [(one.source_id, one.confidence.value) for one in rests_on]
    cited = [(row.get("row_sources") or "", row.get("row_confidence") or "computed") for row in rows]
    ids = [id for sources, _ in (*whole, *cited) for id in str(sources).split(STATES) if id]
    classes = ", ".join(dict.fromkeys(str(name) for _, name in (*whole, *cited)))
    return (Series(name, title, unit, columns, tuple(dict.fromkeys(ids)), classes, note),)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return column([value])[0]
    return value


def _low_middle_high(name: str, values: Floats) -> dict[str, float]:
    low, middle, high = np.quantile(values, THREE)
    return {f"{name}_low": float(low), name: float(middle), f"{name}_high": float(high)}


def ways(found: Carried, group: str) -> tuple[Series, ...]:
    """Each way with its length, and days, cost and share of the market as 10, 50 and 90 % over members.

    A way that is not loaded has its days without a queue only.
    """
    rows = [_way(found, way) for way in found.plan.ways.values()]
    return table(f"{group}:ways", say("Ways: days, cost, share"), "as in the columns", rows)


def _way(found: Carried, way: Way) -> dict[str, Any]:
    market = found.plan.markets[way.market]
    place = {one.id: i for i, one in enumerate(found.ways)}.get(way.id)
    hours = found.mean_hours[:, place] if place is not None else np.array([way.hours])
    share = found.shares[:, place] if place is not None else np.array([np.nan])
    cost = found.cost[:, place] if place is not None else np.array([np.nan])
    open_way = place is not None and way.nest not in found.plan.barred
    return {
        "way": way.id,
        "title": way.title,
        "market": market.title,
        "perimeter": market.perimeter,
        "states": STATES.join(way.states),
        "planned": way.planned,
        "open": open_way or place is None,
        "km": way.km,
        **_low_middle_high("days", hours / DAY_H),
        **_low_middle_high("usd_per_t", np.where(np.isfinite(cost), cost, np.nan)),
        **_low_middle_high("share", share),
        **_low_middle_high("kt_a_year", share * found.volume(way.market) * KT_YEAR),
        "row_sources": way.evidence.source_id,
        "row_confidence": way.evidence.confidence.value,
    }


def journeys(tables: Tables, group: str) -> tuple[Series, ...]:
    """Published times as they were stated, each with its perimeter and measure; never joined."""
    rows = [
        {
            "corridor": row["title"],
            "perimeter": row["perimeter"],
            "measure": row["measure"],
            "year": row["year"],
            "low": row["low"],
            "high": row["high"],
            "measured_in": row["measured_in"],
            "note": row["note"] or "",
            "row_sources": row["source_id"],
            "row_confidence": row["confidence"],
        }
        for row in tables.rows(f"{group}/journey_times")
    ]
    return table(f"{group}:journeys", say("Published times"), "as in measured_in", rows)


def flows(found: Carried, tables: Tables, group: str, inside: Sequence[str]) -> tuple[Series, ...]:
    """Legs with kt a year, and stops with hours of waiting, both as medians, where the pack has positions.

    `inside` are the states that the map is to show; fleets are shown with both their ends.
    """
    places = {row["node_id"]: row for row in tables.rows(f"{group}/nodes") if row["lat"] is not None}
    ends = {row["link_id"]: (row["from_node"], row["to_node"]) for row in tables.rows(f"{group}/links")}
    ends |= {row["fleet_id"]: (row["from_node"], row["to_node"]) for row in tables.rows(f"{group}/fleets")}
    sailed = {place for row in tables.rows(f"{group}/fleets") for place in ends[row["fleet_id"]]}
    rows = [
        _drawn("leg", places[one], places[two], inside, sailed) | {"kt": kt, "planned": planned}
        for (one, two), (kt, planned) in _carried(found, ends).items()
        if one in places and two in places
    ]
    rows += [
        _drawn("stop", places[place], None, inside, sailed) | {"wait_h": hours}
        for place, hours in _waits(found).items()
        if hours >= 1.0 and place in places
    ]
    rests = [way.evidence for way in found.plan.ways.values()]
    rests += [station.evidence for station in found.plan.stations.values()]
    return table(f"flows:{group}", say("Cargo and where it waits"), "kt a year; h", rows, rests_on=rests)


def _waits(found: Carried) -> dict[str, float]:
    """The longest of the median hours of waiting at the stations of each place."""
    waits: dict[str, float] = {}
    for id, station in found.plan.stations.items():
        waits[station.place] = max(waits.get(station.place, 0.0), float(np.median(found.wait_h(id))))
    return waits


def _carried(
    found: Carried, ends: Mapping[str, tuple[str, str]]
) -> dict[tuple[str, str], tuple[float, bool]]:
    """Kt a year on each leg, the median over members, and whether it is only planned."""
    tonnes = dict(
        zip((way.id for way in found.ways), np.median(found.shares * found.volumes, axis=0), strict=True)
    )
    total: dict[tuple[str, str], tuple[float, bool]] = {}
    for way in found.plan.ways.values():
        for stage in way.stages:
            if stage.link in ends:
                kt, planned = total.get(ends[stage.link], (0.0, True))
                more = float(tonnes.get(way.id, 0.0)) * KT_YEAR
                total[ends[stage.link]] = kt + more, planned and way.planned
    return total


def _drawn(
    kind: str, one: Row, two: Row | None, inside: Sequence[str], sailed: Collection[str]
) -> dict[str, Any]:
    return {
        "kind": kind,
        "title": one["name"],
        "lon": one["lon"],
        "lat": one["lat"],
        "to": two["name"] if two else None,
        "lon2": two["lon"] if two else None,
        "lat2": two["lat"] if two else None,
        "near": one["state"] in inside or one["node_id"] in sailed,
        "kt": None,
        "planned": None,
        "wait_h": None,
    }


def distance(found: Carried, group: str, *, market: str) -> tuple[Series, ...]:
    """Cumulative days over distance of the ways of a market by land: flat is under way, steep is a stop.

    The chart of time and distance of ESCAP (2003); 10, 50 and 90 % over members.
    """
    ways = [way for way in found.plan.ways.values() if way.market == market and len(way.stations) > 0]
    rows = [row for way in ways for row in _course(found, way)]
    name, title = f"distance:{group}_{market}", _of(found.plan.markets[market])
    return table(name, title, "day", rows, rests_on=[way.evidence for way in ways])


def _of(market: Market) -> str:
    return say("{market}: days over distance", market=market.title)


def _course(found: Carried, way: Way) -> list[dict[str, Any]]:
    km, hours, usd = 0.0, np.zeros(found.draws.members), np.zeros(found.draws.members)
    rows = [_point(way, way.stages[0].title, km, hours, usd)]
    for stage in way.stages:
        km += stage.km
        hours = hours + found.stage_h(stage)
        low, high = stage.usd_per_t
        usd = usd + low + found.draws.freight * (high - low)
        rows.append(_point(way, stage.title, km, hours, usd))
    return rows


def courses(found: Carried, group: str, *, market: str) -> tuple[Series, ...]:
    """Cumulative days and USD per t over distance, a chart for each way of a market that carries cargo.

    The chart of time, cost and distance of ESCAP (2003), with 10, 50 and 90 % over members. Freight is known
    of legs and crossings alone: `costed` tells which rows have one, and the note names the stops without.
    """
    own = [way for way in found.ways if way.market == market and way.stations]
    return tuple(one for way in own for one in _priced(found, way, group))


def _priced(found: Carried, way: Way, group: str) -> tuple[Series, ...]:
    rows, stages = _course(found, way), way.stages
    costed = [True, *(stage.usd_per_t[1] > 0 for stage in stages)]
    keep = ("place", "km", "days_low", "days", "days_high", "usd_per_t_low", "usd_per_t", "usd_per_t_high")
    table_rows = [
        {key: row[key] for key in keep} | {"costed": c} for row, c in zip(rows, costed, strict=True)
    ]
    unpriced = [row["place"] for row in table_rows if not row["costed"]]
    note = say("No tariff is known of these stops, and cost is level there: {names}.", names=listed(unpriced))
    name, unit = f"course:{group}_{way.id}", "day; USD/t"
    return table(name, way.title, unit, table_rows, note if unpriced else "", rests_on=[way.evidence])


def _point(way: Way, title: str, km: float, hours: Floats, usd: Floats) -> dict[str, Any]:
    return {
        "way": way.id,
        "title": way.title,
        "planned": way.planned,
        "place": title,
        "km": km,
        **_low_middle_high("days", hours / DAY_H),
        **_low_middle_high("usd_per_t", usd),
    }


def fans(found: Carried, group: str, *, market: str) -> tuple[Series, ...]:
    """Days of the journey by the day of setting out, for the ways of a market on which cargo waits."""
    own = [way for way in found.ways if way.market == market and way.stations]
    return tuple(_fan(found, way, group) for way in own)


def _fan(found: Carried, way: Way, group: str) -> Series:
    weekly = slice(None, None, 7)
    bands = found.journey.quantiles(way.id, tuple(LEVELS.values()))[:, weekly] / DAY_H
    columns: dict[str, tuple[Any, ...]] = {
        "date": tuple(day.isoformat() for day in found.journey.axis.starts[weekly])
    }
    columns |= {name: column(values) for name, values in zip(LEVELS, bands, strict=True)}
    evidence = way.evidence
    sources = tuple(evidence.source_id.split(STATES))
    return Series(f"journey:{group}_{way.id}", way.title, "day", columns, sources, evidence.confidence.value)


def stations(found: Carried, units: Sequence[Unit], group: str) -> tuple[Series, ...]:
    """Stations in the order of their use: use, wait and queue, and what one more unit brings a year.

    A station without a known capacity is not modelled, and has neither use nor rank (§3).
    """
    room, worth = found.room, {one.station: one for one in units}
    used = [id for id in found.plan.stations if any(id in way.stations for way in found.ways)]
    use = {id: found.run.utilisation[id].mean(axis=0) for id in room}
    ranked = sorted(room, key=lambda id: -float(np.median(use[id])))
    rows = [_station(found, id, rank + 1, use[id], worth.get(id)) for rank, id in enumerate(ranked)]
    rows += [_station(found, id, None, None, None) for id in used if id not in room]
    return table(f"{group}:stations", say("Where cargo waits"), "as in the columns", rows)


def _station(
    found: Carried, id: str, rank: int | None, use: Floats | None, worth: Unit | None
) -> dict[str, Any]:
    one = found.plan.stations[id]
    waiting = found.run.waiting[id].mean(axis=0) if id in found.run.waiting.items else np.array([np.nan])
    queue = found.run.queue[id].max(axis=0) / 1000.0 if id in found.run.queue.items else np.array([np.nan])
    return {
        "station": id,
        "title": one.title,
        "states": STATES.join(one.states),
        "kind": one.kind,
        "rank": rank,
        **_low_middle_high("use", np.array([np.nan]) if use is None else use),
        **_low_middle_high("wait_h", waiting),
        **_low_middle_high("queue_kt", queue),
        "unit": one.unit,
        **_low_middle_high("unit_usd", np.array([np.nan] if worth is None else worth.usd)),
        "named": one.named,
        "row_sources": one.evidence.source_id,
        "row_confidence": one.evidence.confidence.value,
    }


def cuts(found: Carried, made: Sequence[Cut], group: str) -> tuple[Series, ...]:
    """What each station costs while it is unavailable, the dearest and the most lost first."""
    ranked = sorted(made, key=lambda one: (-one.lost_kt[1], -one.cost_usd[1]))
    rows = [
        {
            "station": one.station,
            "title": found.plan.stations[one.station].title,
            "states": STATES.join(found.plan.stations[one.station].states),
            "days": one.days,
            **_spread("musd", [value / 1e6 for value in one.cost_usd]),
            **_spread("moved_kt", one.moved_kt),
            **_spread("lost_kt", one.lost_kt),
            "next": found.plan.stations[one.next].title if one.next else "",
            "next_use": one.next_use,
        }
        for one in ranked
    ]
    stations = [found.plan.stations[one.station].evidence for one in ranked]
    ways = [way.evidence for way in found.plan.ways.values()]
    title = say("If a place is unavailable")
    return table(f"{group}:cuts", title, "as in the columns", rows, rests_on=[*stations, *ways])


def _spread(name: str, three: Sequence[float]) -> dict[str, float]:
    return {f"{name}_low": three[0], name: three[1], f"{name}_high": three[2]}


def dependences(found: Carried, group: str) -> tuple[Series, ...]:
    """Share of each market that passes one state, and how concentrated its ways are (0 to 1)."""
    rows = [
        {
            "market": market.title,
            "perimeter": market.perimeter,
            "state": state,
            **_low_middle_high("share", values),
            **_low_middle_high("concentration", found.concentration(market.id)),
            "row_sources": market.evidence.source_id,
            "row_confidence": market.evidence.confidence.value,
        }
        for market in found.plan.markets.values()
        for state, values in found.through(market.id).items()
    ]
    return table(f"{group}:dependence", say("Dependence through one state"), "fraction", rows)


def drafts(found: Carried, tables: Tables, group: str, on: date) -> tuple[Series, ...]:
    """Share of a full load now and in a year, and when the next threshold is reached at the present trend."""
    level = found.draws.level
    if level is None:
        return ()
    rows = [_draft(found, row, tables, group, on) for row in tables.rows(f"{group}/thresholds")]
    return table(f"{group}:drafts", say("Draft margin"), "fraction", rows)


def _draft(found: Carried, row: Row, tables: Tables, group: str, on: date) -> dict[str, Any]:
    own = [
        (one["level_m"], one["share"])
        for one in tables.rows(f"{group}/drafts")
        if (one["fleet_id"], one["node_id"]) == (row["fleet_id"], row["node_id"])
    ]
    points = sorted(own)
    level = np.zeros((1, 1)) if found.draws.level is None else found.draws.level
    rate = (level[-1] - level[0]) / len(level) * 365.25
    heights, loads = (np.array(values) for values in zip(*points, strict=True))
    shares = np.asarray(np.interp(level[[0, -1]], heights, loads))
    fleet = next(one for id, one in found.plan.stations.items() if id.endswith(f"/{row['fleet_id']}"))
    return {
        "fleet": fleet.title,
        "states": STATES.join(fleet.states),
        "threshold": row["title"],
        **_low_middle_high("now", shares[0]),
        **_low_middle_high("year", shares[1]),
        **threshold_days(level_at(row["share"], points), level[0], rate, on),
        "row_sources": row["source_id"],
        "row_confidence": row["confidence"],
    }


def level_at(share: float, points: Sequence[tuple[float, float]]) -> float | None:
    """The highest level at which a load is no more than a share of the full one; None if it never falls so.

    `points` are level and share, by rising level.

    >>> level_at(0.8, [(-1.0, 0.6), (0.0, 1.0)])
    -0.5
    """
    for (low, less), (high, more) in reversed(list(pairwise(points))):
        if less <= share <= more and more > less:
            return round(high - (high - low) * (more - share) / (more - less), 9)
    return None


def threshold_days(level: float | None, now: Floats, rate: Floats, on: date) -> dict[str, str | None]:
    """Day on which a falling level reaches another, as 10, 50 and 90 % over members; None if it does not.

    `now` in m and `rate` in m a year have shape (member,). A level that is passed is told as the day `on`.
    """
    if level is None:
        return dict.fromkeys(("early", "middle", "late"))
    years = np.where(rate < 0, np.maximum((level - now) / rate, 0.0), np.inf)
    quantiles = np.quantile(np.where(np.isfinite(years), years, 1e3), THREE)
    days = [
        None if year > 100 else (on + timedelta(days=round(365.25 * year))).isoformat() for year in quantiles
    ]
    return dict(zip(("early", "middle", "late"), days, strict=True))
