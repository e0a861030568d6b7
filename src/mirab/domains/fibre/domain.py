"""Cables between states: their graph, what threatens it, and what is known of who depends on whom.

Nothing here names a state or a cable; the pack does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from mirab.core.declared import by, codes, evidence
from mirab.core.domain import Domain, Row, Tables
from mirab.core.errors import InputError
from mirab.core.exits import Connections, Element, Exits, Hazard
from mirab.core.graph import Graph, Link
from mirab.core.records import Change, Event, Observation
from mirab.domains.fibre import methods, monitors

GROUP = "fibre"
PARTS = (
    "nodes",
    "links",
    "states",
    "parameters",
    "shares",
    "outages",
    "hazards",
    "options",
    "option_changes",
)
EXCHANGES = ("exchange", "destination")
OPERATING = "operating"
POSTS = ("border", "landing")


def connections(tables: Tables, changes: Sequence[Change] = ()) -> Connections | None:
    """The graph of the links that carry traffic, its hazards and routing; None where the pack has no links.

    `changes` open links and set what states do: `opened`, `transit`, `restoration_h`, `local_share` and
    `backup_share` of an item. Raises InputError with all that is wrong.
    """
    if not tables.rows(f"{GROUP}/links"):
        return None
    set_to = {(change.what, change.item): float(change.value) for change in changes}
    if problems := methods.problems(tables, changes):
        raise InputError("fibre", problems)
    opened = {item for what, item in set_to if what == "opened"}
    rows = tables.rows(f"{GROUP}/links")
    links = [row for row in rows if row["status"] == OPERATING or row["link_id"] in opened]
    nodes = _linked(tables, links)
    parameters = {row["parameter"]: row for row in tables.rows(f"{GROUP}/parameters")}
    states = {row["state"]: row for row in tables.rows(f"{GROUP}/states")}

    def chosen(what: str, state: str, value: float) -> float:
        return set_to.get((what, state), value)

    exits = Exits(
        Graph(tuple(nodes), tuple(_link(row) for row in links)),
        {node: row["state"] for node, row in nodes.items()},
        tuple(sorted(states)),
        tuple(node for node, row in nodes.items() if row["kind"] in EXCHANGES),
        next((node for node, row in nodes.items() if row["kind"] == "destination"), ""),
        {node: row["demand_weight"] for node, row in nodes.items() if row["demand_weight"]},
        parameters["theta"]["value"],
        parameters["border"]["value"],
        tuple(s for s, row in states.items() if not chosen("transit", s, row["is_transit"])),
        {s: chosen("local_share", s, row["local_share"]) for s, row in states.items()},
        {s: chosen("backup_share", s, 0.0) for s in states},
    )
    theta, offline = parameters["theta"], parameters.get("offline_service")
    return Connections(
        exits,
        tuple(_hazards(tables, exits, links)),
        {s: chosen("restoration_h", s, row["restoration_h"]) for s, row in states.items()},
        {row["state"]: node for node, row in nodes.items() if row["is_capital"]},
        tuple(row["link_id"] for row in rows if row["status"] != OPERATING and row not in links),
        {row["link_id"]: row["ready_by"] for row in rows if row["ready_by"] and row not in links},
        {row["link_id"]: _touched(tables, row, states) for row in rows if row["status"] != OPERATING},
        {name: tuple(row["link_id"] for row in own) for name, own in by(rows, "system").items()},
        {row["link_id"]: row["confidence"] for row in rows},
        {row["link_id"]: row["length_confidence"] or row["confidence"] for row in rows},
        parameters["length_spread"]["value"],
        (theta["low"], theta["high"]),
        tuple(node for node, row in nodes.items() if offline and _is_post(row, states)),
        offline["value"] if offline else 1.0,
        methods.titles(tables),
        tuple(methods.assumptions(tables)),
    )


def observations(tables: Tables) -> tuple[Observation, ...]:
    """Published shares of a state's traffic through another, by year; their item is `STATE:VIA`."""
    return tuple(
        Observation(
            f"{row['state']}:{row['via']}",
            "dependence_share",
            date(row["year"], 1, 1),
            date(row["year"] + 1, 1, 1),
            row["share"],
            "fraction",
            row["author"],
            evidence(row),
        )
        for row in tables.rows(f"{GROUP}/shares")
    )


def events(tables: Tables) -> tuple[Event, ...]:
    """Dated, sourced losses of connection and shocks of price."""
    return tuple(
        Event(
            f"{GROUP}:{row['outage_id']}",
            f"{GROUP}:{row['kind']}",
            row["title"],
            codes(row["states"]),
            row["date"].isoformat(),
            row["date"].isoformat(),
            "",
            evidence(row),
        )
        for row in tables.rows(f"{GROUP}/outages")
    )


def _linked(tables: Tables, links: Sequence[Row]) -> dict[str, Row]:
    """Places that some link touches; a link of the future brings its places along when it opens."""
    touched = {row[end] for row in links for end in ("from_node", "to_node")}
    planned = {row[end] for row in tables.rows(f"{GROUP}/links") for end in ("from_node", "to_node")}
    rows = {row["node_id"]: row for row in tables.rows(f"{GROUP}/nodes")}
    return {node: row for node, row in rows.items() if node in touched or node not in planned}


def _touched(tables: Tables, row: Row, home: Collection[str]) -> tuple[str, ...]:
    """Home states at the ends of a link, A to Z."""
    ends = (row["from_node"], row["to_node"])
    found = {node["state"] for node in tables.rows(f"{GROUP}/nodes") if node["node_id"] in ends}
    return tuple(sorted(found.intersection(home)))


def _is_post(row: Row, home: Collection[str]) -> bool:
    """Whether a place is one where a border of a home state is crossed."""
    return row["kind"] in POSTS and row["state"] in home


def _link(row: Row) -> Link:
    return Link(row["link_id"], row["from_node"], row["to_node"], row["length_km"])


def _hazards(tables: Tables, exits: Exits, links: Sequence[Row]) -> Iterator[Hazard]:
    there = {row["link_id"] for row in links}
    for row in tables.rows(f"{GROUP}/hazards"):
        for failure, factor in _failures(row, exits, links, there):
            kind, times = row["kind"], (row["median_h"], row["p90_h"])
            supplier = failure.id.partition(":")[2] if kind == "price" else ""
            yield Hazard(failure, kind, row["rate"] * factor, *times, supplier, row["share_lost"] or 0.0)


def _failures(
    row: Row, exits: Exits, links: Sequence[Row], there: set[str]
) -> Iterator[tuple[Element, float]]:
    """What a row of hazards makes fail, each with the factor on its rate."""
    items, id = codes(row["items"]), row["hazard_id"]
    places = [node for node in exits.graph.nodes if exits.states[node] in exits.home]
    if row["kind"] == "cut":
        for link in (one for one in links if one["medium"] in items):
            yield Element(f"{id}:{link['link_id']}", links=(link["link_id"],)), link["length_km"] / 1000.0
    elif row["kind"] == "power":
        for node in (one for one in places if items == ("all",) or one in items):
            yield Element(f"{id}:{node}", nodes=(node,)), 1.0
    elif row["kind"] == "shut_off":
        yield Element(f"{id}:{items[0]}", states=items), 1.0
    elif row["kind"] == "transit_stop":
        lost = tuple(n for n in exits.graph.nodes if exits.states[n] in items and not exits.demand.get(n))
        yield Element(f"{id}:{items[0]}", nodes=lost), 1.0
    elif row["kind"] == "common_cause":
        yield Element(f"{id}:{items[0]}", links=tuple(one for one in items if one in there)), 1.0
    else:
        yield Element(f"{id}:{items[0]}"), 1.0


DOMAIN = Domain(
    name=GROUP,
    title="Cables",
    tables=tuple(f"{GROUP}/{part}" for part in PARTS),
    observations=observations,
    events=events,
    noticed=monitors.noticed,
    watched=(monitors.SHARE,),
    connections=connections,
    sections=("exits",),
)
