"""Checks the tables of each flow network in a pack as a whole: what no single row can show.

A group of tables (`x/nodes`, `x/links`, ...) is a flow network where its nodes can be a boundary. The
functions below have one worry each and name no field of work.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from mirab.core.errors import Problem
from mirab.observe.tables import Table

Tops = Mapping[Any, tuple[str, float]]
Rows = list[tuple[str, Mapping[str, Any]]]
DEKADS = range(1, 37)
MONTH_DAYS = (31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True)
class Group:
    """The tables of one network, by their name without the group."""

    tables: Mapping[str, Table]

    def rows(self, table: str) -> Rows:
        """Rows of a table with the place of each, without those that lack a required value."""
        if table not in self.tables:
            return []
        needed = [column.name for column in self.tables[table].schema.values() if column.required]
        numbered = self.tables[table].numbered()
        return [(where, row) for where, row in numbered if all(row[name] is not None for name in needed)]

    def file(self, table: str) -> str:
        """File of a table, as problems name it."""
        return self.tables[table].file if table in self.tables else f"{table}.csv"

    def column(self, table: str, column: str) -> set[Any]:
        """The values of a column."""
        return {row[column] for _, row in self.rows(table)}


def network_problems(tables: Mapping[str, Table]) -> list[Problem]:
    """Every problem of the flow networks among the tables of a pack."""
    grouped: dict[str, dict[str, Table]] = defaultdict(dict)
    for name, table in tables.items():
        group, _, own = name.rpartition("/")
        grouped[group][own] = table
    networks = [Group(own) for own in grouped.values() if _is_flow_network(own)]
    return [problem for group in networks for check in _CHECKS for problem in check(group)]


def _is_flow_network(tables: Mapping[str, Table]) -> bool:
    if not {"nodes", "links"} <= tables.keys():
        return False
    kind = tables["nodes"].schema.get("kind")
    return kind is not None and "boundary" in kind.choices


def _excess(group: Group) -> Iterator[Problem]:
    for where, row in group.rows("links"):
        if row["capacity_m3s"] is not None and not row["excess_to"]:
            limit, link = row["capacity_m3s"], row["link_id"]
            what = f"capacity_m3s={limit:g} of {link!r} names no place for the excess (§5)"
            yield Problem(where, what, "write the node where it goes in excess_to")


def _cycles(group: Group) -> Iterator[Problem]:
    at_once = [(where, row) for where, row in group.rows("links") if not row["lag_steps"]]
    ahead: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for where, row in at_once:
        ahead[row["from_node"]].append((row["to_node"], where))
    left = _on_cycles((row["from_node"], row["to_node"]) for _, row in at_once)
    while left:
        path, where = _walk(min(left), ahead, left)
        what = f"closes a cycle without lag: {' -> '.join(path)}"
        yield Problem(where, what, "give one of its links lag_steps of 1 or more, or turn one round")
        left -= set(path)
        left = _on_cycles((tail, head) for tail in left for head, _ in ahead[tail] if head in left)


def _on_cycles(edges: Iterable[tuple[str, str]]) -> set[str]:
    """Nodes that are left when ends and beginnings are taken away again and again."""
    left = set(edges)
    while True:
        inner = {tail for tail, _ in left} & {head for _, head in left}
        kept = {(tail, head) for tail, head in left if tail in inner and head in inner}
        if kept == left:
            return inner
        left = kept


def _walk(start: str, ahead: Mapping[str, list[tuple[str, str]]], inside: set[str]) -> tuple[list[str], str]:
    path = [start]
    while True:
        node, where = next((head, where) for head, where in ahead[path[-1]] if head in inside)
        if node in path:
            return [*path[path.index(node) :], node], where
        path.append(node)


def _under_way(group: Group) -> Iterator[Problem]:
    for where, row in group.rows("links"):
        if row["lag_steps"] and row["initial_m3s"] is None:
            what = (
                f"lag_steps={row['lag_steps']} of {row['link_id']!r} without the flow under way at the start"
            )
            yield Problem(where, what, "write it in initial_m3s, 0 for a dry bed")


def _ends(group: Group) -> Iterator[Problem]:
    behind: dict[str, list[str]] = defaultdict(list)
    for _, row in group.rows("links"):
        behind[row["to_node"]].append(row["from_node"])
    # An end that is no node at all is a problem of its own, told once where it stands.
    found = set(behind) - group.column("nodes", "node_id")
    found |= {row["node_id"] for _, row in group.rows("nodes") if row["kind"] == "boundary"}
    todo = list(found)
    while todo:
        fresh = [node for node in behind.get(todo.pop(), ()) if node not in found]
        found.update(fresh)
        todo += fresh
    for where, row in group.rows("nodes"):
        if row["node_id"] not in found:
            what = f"node_id={row['node_id']!r} reaches no boundary"
            yield Problem(where, what, "link it onward, or make its terminal lake or sea a boundary (§5)")


def _sources(group: Group) -> Iterator[Problem]:
    inflows, fed = group.column("inflows", "node_id"), group.column("links", "to_node")
    out = Counter(row["from_node"] for _, row in group.rows("links"))
    for where, row in group.rows("nodes"):
        node = row["node_id"]
        if row["kind"] == "source":
            if node not in inflows:
                yield Problem(
                    where, f"source {node!r} has no inflow", f"add a row to {group.file('inflows')}"
                )
            if node in fed:
                yield Problem(
                    where, f"source {node!r} has a link into it", "make it a node with a source above"
                )
            if out[node] > 1:
                yield Problem(
                    where, f"source {node!r} has {out[node]} links out", "add a node below that divides it"
                )
        elif node in inflows:
            fix = "add a source above it that carries the inflow"
            yield Problem(where, f"{node!r} has an inflow but is a {row['kind']}, not a source", fix)
        if row["kind"] == "boundary" and out[node]:
            yield Problem(
                where, f"boundary {node!r} has a link out of it", "make it a node, or remove the link"
            )


def _source_links(group: Group) -> Iterator[Problem]:
    sources = {row["node_id"] for _, row in group.rows("nodes") if row["kind"] == "source"}
    for where, row in group.rows("links"):
        names = [name for name in ("capacity_m3s", "loss_fraction", "lag_steps") if row[name]]
        if row["from_node"] in sources and names:
            what = f"{names[0]}={row[names[0]]:g} stands on the link out of the source {row['from_node']!r}"
            yield Problem(where, what, "an inflow arrives whole and at once: put it on the next link")


def _series(group: Group) -> Iterator[Problem]:
    for where, row in group.rows("series"):
        if row["date"].day not in (1, 11, 21):
            yield Problem(
                where, f"date={row['date']} starts no dekad", "dekads start on days 1, 11 and 21 (§2)"
            )


def _double_counts(group: Group) -> Iterator[Problem]:
    counted: dict[str, str] = {}
    for _, row in group.rows("inflows"):
        counted[row["node_id"]] = row["node_id"]
    for where, row in group.rows("inflows"):
        for part in dict.fromkeys((row["contains"] or "").split("|")):
            holder = counted.setdefault(part, row["node_id"]) if part else row["node_id"]
            if holder != row["node_id"]:
                what = f"inflow of {row['node_id']!r} contains {part!r}, which {holder!r} counts already"
                yield Problem(where, what, "carry the residual only, and take it out of contains")


def _means(group: Group) -> Iterator[Problem]:
    for where, row in group.rows("inflows"):
        months = [row[f"m{month:02d}_m3s"] * days for month, days in enumerate(MONTH_DAYS, start=1)]
        mean = math.fsum(months) / sum(MONTH_DAYS)
        if abs(row["annual_m3s"] - mean) > 0.01 * mean:
            what = f"annual_m3s={row['annual_m3s']:g} is not the mean of the months, {mean:.4g}"
            yield Problem(where, what, "correct one of them; months count by their days")


def _shares(group: Group) -> Iterator[Problem]:
    parts: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for where, row in group.rows("claim_shares"):
        parts[row["claim_id"]].append((where, row["share"] or 0.0))
    for claim, found in parts.items():
        total = math.fsum(share for _, share in found)
        if abs(total - 1) > 1e-6:
            what = f"shares of claim {claim!r} sum to {total:.6g}"
            yield Problem(found[0][0], what, "they must sum to 1")
    for where, row in group.rows("claims"):
        if row["claim_id"] not in parts:
            fix = f"say in {group.file('claim_shares')} whose it is"
            yield Problem(where, f"claim {row['claim_id']!r} belongs to no state", fix)


def _claims(group: Group) -> Iterator[Problem]:
    asked = group.column("demands", "claim_id")
    for where, row in group.rows("claims"):
        if row["claim_id"] not in asked:
            yield Problem(
                where, f"claim {row['claim_id']!r} has no demand", f"add it to {group.file('demands')}"
            )
        if row["return_fraction"] and not row["return_node"]:
            what = (
                f"return_fraction={row['return_fraction']:g} of {row['claim_id']!r} names no place of return"
            )
            yield Problem(where, what, "write the node where it comes back in return_node")


def _stores(group: Group) -> Iterator[Problem]:
    kept = {row["node_id"] for _, row in group.rows("nodes") if row["kind"] == "store"}
    declared = group.column("stores", "node_id")
    for where, row in group.rows("nodes"):
        if row["node_id"] in kept - declared:
            yield Problem(
                where, f"store {row['node_id']!r} has no volume", f"add it to {group.file('stores')}"
            )
    for where, row in group.rows("stores"):
        node, full = row["node_id"], row["full_mcm"] or 0.0
        if node not in kept:
            yield Problem(where, f"{node!r} is not a store in {group.file('nodes')}", "set its kind to store")
        for name in ("dead_mcm", "start_mcm"):
            if (row[name] or 0.0) > full:
                yield Problem(
                    where, f"{name}={row[name]:g} of {node!r} is more than full_mcm={full:g}", "lower it"
                )


def _curves(group: Group) -> Iterator[Problem]:
    curves: dict[str, Rows] = defaultdict(list)
    for where, row in group.rows("curves"):
        curves[row["node_id"]].append((where, row))
    full = {row["node_id"]: row["full_mcm"] for _, row in group.rows("stores")}
    for node, points in curves.items():
        for (_, low), (where, high) in pairwise(points):
            yield from _rises(where, low, high)
        if len(points) < 2:
            yield Problem(points[0][0], f"curve of {node!r} has one point", "give at least two")
        top = points[-1][1]["volume_mcm"] or 0.0
        if top < (full.get(node) or 0.0) * 0.999:
            what = f"curve of {node!r} ends at {top:g}, below full_mcm={full[node]:g}"
            yield Problem(points[-1][0], what, "carry it up to the full volume")


def _rises(where: str, low: Mapping[str, Any], high: Mapping[str, Any]) -> Iterator[Problem]:
    if high["volume_mcm"] is None or low["volume_mcm"] is None:
        return
    if high["volume_mcm"] <= low["volume_mcm"]:
        what = (
            f"volume_mcm={high['volume_mcm']:g} does not rise above {low['volume_mcm']:g} of the point below"
        )
        yield Problem(where, what, "order the points from the bottom up")
    for name in ("area_km2", "head_m"):
        if high[name] is not None and low[name] is not None and high[name] < low[name]:
            what = f"{name}={high[name]:g} falls below {low[name]:g} while the volume rises"
            yield Problem(where, what, "correct the point")


def _zones(group: Group) -> Iterator[Problem]:
    zones: dict[str, dict[str, dict[Any, tuple[str, float]]]] = defaultdict(lambda: defaultdict(dict))
    for where, row in group.rows("zones"):
        zones[row["node_id"]][row["zone"]][row["dekad"]] = where, row["top_mcm"]
    for where, row in group.rows("stores"):
        own = zones.get(row["node_id"], {})
        if not own:
            fix = f"add at least one up to its full volume in {group.file('zones')}"
            yield Problem(where, f"store {row['node_id']!r} has no zone", fix)
        for name, tops in own.items():
            yield from _whole_year(name, tops)
            yield from _fits(row["full_mcm"], tops)
        for (below, low), (name, high) in pairwise(own.items()):
            yield from _lies_above(below, low, name, high)


def _whole_year(zone: str, tops: Tops) -> Iterator[Problem]:
    if set(tops) not in ({None}, set(DEKADS)):
        where = next(iter(tops.values()))[0]
        yield Problem(
            where, f"zone {zone!r} has {len(tops)} tops", "give one without dekad, or one for each of 36"
        )


def _lies_above(below: str, low: Tops, name: str, high: Tops) -> Iterator[Problem]:
    for dekad in DEKADS:
        floor, top = low.get(dekad, low.get(None)), high.get(dekad, high.get(None))
        if floor and top and top[1] < floor[1]:
            what = f"top_mcm={top[1]:g} of {name!r} lies below {floor[1]:g} of {below!r} in dekad {dekad}"
            yield Problem(top[0], what, "order the zones from the bottom up")
            return


def _fits(full: float, tops: Tops) -> Iterator[Problem]:
    # Zones may end below the full volume: nothing asks to keep the water above a rule curve.
    for where, top in tops.values():
        if top > full * (1 + 1e-9):
            yield Problem(where, f"top_mcm={top:g} is above full_mcm={full:g}", "lower it")


def _releases(group: Group) -> Iterator[Problem]:
    given: dict[str, Rows] = defaultdict(list)
    for where, row in group.rows("releases"):
        given[row["link_id"]].append((where, row))
    for link, found in given.items():
        missing = sorted(set(DEKADS) - {row["dekad"] for _, row in found})
        if missing:
            what = f"releases of {link!r} lack the dekads {', '.join(map(str, missing))}"
            yield Problem(found[0][0], what, "give all 36")


def _turbines(group: Group) -> Iterator[Problem]:
    headed = {row["node_id"] for _, row in group.rows("curves") if row["head_m"] is not None}
    for where, row in group.rows("turbines"):
        if row["head_m"] is None and row["node_id"] not in headed:
            fix = "write head_m, or add heads to the curve of its store"
            yield Problem(where, f"turbine {row['turbine_id']!r} has no head", fix)


_CHECKS = (
    _excess,
    _under_way,
    _cycles,
    _ends,
    _sources,
    _source_links,
    _double_counts,
    _means,
    _shares,
    _claims,
    _stores,
    _curves,
    _zones,
    _releases,
    _turbines,
    _series,
)
