"""Tables of exits: how each state reaches the world, today and as planned, and what is left without parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mirab.brief.series import column
from mirab.core.declared import codes
from mirab.core.domain import Tables
from mirab.core.exits import Connections
from mirab.core.phrase import listed, say
from mirab.core.records import Confidence, Series
from mirab.warn.exits import Left, StateExits
from mirab.warn.outages import Outages

HALF = 0.5
Surveys = tuple[Sequence[StateExits], Sequence[StateExits]]


def series(
    domain: str, tables: Tables, connections: Connections, surveys: Surveys, outages: Outages
) -> tuple[Series, ...]:
    """`exits:DOMAIN`, a row a state; `gone:DOMAIN`, what is left without each other state; `cables:DOMAIN`.

    `surveys` are those of today and with all planned links.
    """
    now, planned = surveys
    rows = [_row(connections, a, b, outages) for a, b in zip(now, planned, strict=True)]
    gone = [_gone(one, lost, connections.titles) for one in now for lost in one.gone]
    sources = tuple(
        dict.fromkeys(id for row in tables.rows(f"{domain}/links") for id in codes(row["source_id"]))
    )
    note = rests(connections)
    made = (
        ("exits", say("Ways out of each state"), rows),
        ("gone", say("What is left without one state"), gone),
        ("cables", say("Links and their standing"), _cables(domain, tables)),
    )
    return tuple(
        Series(f"{name}:{domain}", title, "1", _columns(own), sources, Confidence.ESTIMATED.value, note)
        for name, title, own in made
        if own
    )


def rests(connections: Connections) -> str:
    """How many of the links that carry traffic, and of their lengths, are estimated."""
    found = list(connections.confidence.values())
    lengths = list(connections.lengths.values())
    return say(
        "{estimated} of {whole} links that carry traffic and {lengths} of their lengths are estimated.",
        estimated=found.count("estimated"),
        whole=len(found),
        lengths=lengths.count("estimated"),
    )


def _row(connections: Connections, now: StateExits, planned: StateExits, outages: Outages) -> dict[str, Any]:
    via = next(iter(now.through), "")
    low, middle, high = now.through.get(via, (0.0, 0.0, 0.0))
    lost = outages.lost[now.state].sum(axis=0)
    least = outages.reachable[now.state].min(axis=0)
    return {
        "state": now.state,
        "ways": now.ways,
        "ways_planned": planned.ways,
        "apart": now.apart,
        "apart_planned": planned.apart,
        "capital": now.capital,
        "capital_planned": planned.capital,
        "bridges": listed([connections.titles[link] for link in now.bridges]),
        "via": via,
        "via_name": connections.titles.get(via, ""),
        "via_low": low,
        "via_share": middle,
        "via_high": high,
        "via_planned": planned.through.get(via, (0.0, 0.0, 0.0))[1],
        "trip_ms": now.trip_ms[1],
        "trip_planned_ms": planned.trip_ms[1],
        "one": listed([connections.titles[id] for id in now.one.without]),
        "one_at_once": now.one.at_once,
        "one_left": now.one.restored,
        "two": listed([connections.titles[id] for id in now.two.without]),
        "two_at_once": now.two.at_once,
        "two_left": now.two.restored,
        "lost_low": float(np.quantile(lost, 0.1)),
        "lost_days": float(lost.mean()),
        "lost_high": float(np.quantile(lost, 0.9)),
        "halved": float(np.mean(least < HALF)),
    }


def _gone(one: StateExits, lost: Left, titles: Mapping[str, str]) -> dict[str, Any]:
    return {
        "state": one.state,
        "without": lost.without[0],
        "without_name": titles[lost.without[0]],
        "ways": lost.ways,
        "ways_before": one.ways,
        "at_once": lost.at_once,
        "restored": lost.restored,
        "trip_ms": lost.trip_ms,
        "trip_before_ms": one.trip_ms[1],
    }


def _cables(domain: str, tables: Tables) -> list[dict[str, Any]]:
    """Links with the positions of their ends."""
    places = {row["node_id"]: row for row in tables.rows(f"{domain}/nodes")}
    found = []
    for row in tables.rows(f"{domain}/links"):
        one, other = places[row["from_node"]], places[row["to_node"]]
        ends = {"one": one["name"], "other": other["name"]}
        points = {"lon": one["lon"], "lat": one["lat"], "lon2": other["lon"], "lat2": other["lat"]}
        told = {"link": row["link_id"], "system": row["system"], "kind": row["kind"], "status": row["status"]}
        found.append(
            told | ends | points | {"length_km": row["length_km"], "row_confidence": row["confidence"]}
        )
    return found


def _columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """Columns of rows, numbers to six figures."""
    found = {name: [row[name] for row in rows] for name in rows[0]}
    return {
        name: column(values) if any(isinstance(one, float) for one in values) else tuple(values)
        for name, values in found.items()
    }
