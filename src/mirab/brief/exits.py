"""Tables of exits: how each state reaches the world, today and as planned, and what is left without parts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mirab.brief.figures import Figures
from mirab.brief.series import column
from mirab.brief.words import load
from mirab.core.declared import codes
from mirab.core.domain import Tables
from mirab.core.exits import Connections
from mirab.core.phrase import listed, say
from mirab.core.plain import to_dict
from mirab.core.records import Confidence, Series
from mirab.warn.exits import Left, StateExits
from mirab.warn.outages import Outages

if TYPE_CHECKING:
    from rich.console import Console

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
    links = [link.id for link in connections.exits.graph.links]
    found = [connections.confidence[link] for link in links]
    lengths = [connections.lengths[link] for link in links]
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
        points |= {"state": one["state"], "state2": other["state"]}
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


@dataclass(frozen=True)
class WhatIf:
    """What each state has, and what it has left without the parts `gone`; `left` is empty where none are.

    `surveyed` and `left` stand in one order of states. `notes` stand beside the names of states.
    """

    connections: Connections
    surveyed: tuple[StateExits, ...]
    gone: tuple[str, ...]
    left: tuple[Left, ...]
    state_names: Mapping[str, str]
    notes: tuple[str, ...]


def show(found: WhatIf, console: Console | None = None) -> None:
    """Print a row a state, and what the figures rest on."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out, words = console or Console(), load()
    heads, rows = _left_rows(found) if found.left else _today_rows(found)
    if found.left:
        out.print(Text(words("exits.without_title", what=", ".join(found.gone)), style="bold"))
    table = Table(*heads, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*map(Text, row))
    out.print(table)
    for line in (rests(found.connections), *found.connections.assumptions, *found.notes):
        out.print(f"- {line}", markup=False, highlight=False)


def print_json(found: WhatIf) -> None:
    """Print the exits of each state, what is left, and what they rest on, as JSON."""
    content = {
        "gone": list(found.gone),
        "exits": to_dict(found.surveyed),
        "left": {one.state: to_dict(two) for one, two in zip(found.surveyed, found.left, strict=False)},
        "rests_on": [rests(found.connections), *found.connections.assumptions],
    }
    print(json.dumps(content, indent=1, ensure_ascii=False))


def _today_rows(found: WhatIf) -> tuple[list[str], list[list[str]]]:
    say, titles = Figures(load(), found.state_names), found.connections.titles
    keys = ("state", "ways", "capital", "via", "one")
    rows = []
    for one in found.surveyed:
        via, share = next(iter(one.through.items()), ("", (0.0, 0.0, 0.0)))
        lost = {"at_once": say.percent(one.one.at_once), "restored": say.percent(one.one.restored)}
        rows.append(
            [
                say.names([one.state]),
                f"{one.ways} ({one.apart})",
                str(one.capital),
                f"{titles.get(via, via)}: {say.percent(share[1])}",
                say.words("exits.left", what=listed([titles[id] for id in one.one.without]), **lost),
            ]
        )
    return [say.words(f"exits.{key}") for key in keys], rows


def _left_rows(found: WhatIf) -> tuple[list[str], list[list[str]]]:
    say = Figures(load(), found.state_names)
    keys = ("state", "ways_left", "reached", "trip_left")
    rows = []
    for one, left in zip(found.surveyed, found.left, strict=True):
        shares = {"at_once": say.percent(left.at_once), "restored": say.percent(left.restored)}
        trip = say.words("exits.no_trip")
        if left.trip_ms is not None:
            trip = say.words(
                "exits.trip_before", now=say.number(left.trip_ms), before=say.number(one.trip_ms[1])
            )
        reached = say.words("exits.at_once", **shares)
        rows.append(
            [say.names([one.state]), say.words("exits.of", left=left.ways, before=one.ways), reached, trip]
        )
    return [say.words(f"exits.{key}") for key in keys], rows
