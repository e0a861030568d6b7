"""What the tables of a pack declare: a Network, and Observations, of one group of tables such as `water`.

The columns are those of the format of region packs; nothing here names a field of work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from mirab.core.calendar import next_start
from mirab.core.domain import Row, Tables
from mirab.core.errors import InputError, Problem
from mirab.core.fields import fields
from mirab.core.network import Curve, Network, Zone
from mirab.core.presence import Presence
from mirab.core.records import Confidence, Evidence, Observation
from mirab.core.values import Piece, Range, Values

MONTHS = tuple(f"m{month:02d}" for month in range(1, 13))


def network(tables: Tables, group: str, *, name: str) -> Network:
    """The Network that the tables of a group declare: flows in m3/s, volumes in million m3."""
    net = Network(name, states=tuple(row["state"] for row in tables.rows("states")))
    into = {row["from_node"]: row["to_node"] for row in tables.rows(f"{group}/links")}
    stores = _stores(tables, group)
    for row in tables.rows(f"{group}/nodes"):
        common = {"state": codes(row["state"], row["shared_with"]), "title": row["name"]}
        if row["kind"] == "store":
            net.store(row["node_id"], **stores[row["node_id"]], **common)
        elif row["kind"] == "source":
            net.source(row["node_id"], into=into[row["node_id"]], **common)
        else:
            (net.boundary if row["kind"] == "boundary" else net.node)(row["node_id"], **common)
    _add_reaches(tables, group, net)
    _add_claims(tables, group, net)
    _add_operation(tables, group, net)
    return net


def observations(tables: Tables, group: str) -> tuple[Observation, ...]:
    """Dekadal series and dated readings of a group, each with its author; an empty value is absent (§3).

    A series carries the unit of its quantity in core/fields.csv, a reading its own.
    """
    series = (_observation(row, row["date"], _dekad_end(row)) for row in tables.rows(f"{group}/series"))
    readings = (_observation(row, *_period(row)) for row in tables.rows(f"{group}/readings"))
    return (*series, *readings)


def values(tables: Tables, network: Network, *, group: str) -> Range:
    """What the table `values` of a group says water and electricity are worth, at both ends of its ranges.

    Water by the kind of the claim, rising shares; electricity by the owner state of the plant, where a row
    without a state holds for those without one of their own, and one without months for the other months;
    what stores hold at the end alike for all from which water can still reach a use. Raises InputError for
    shares or values that do not fit (`Values.check`) and for months without a price.
    """
    rows = tables.rows(f"{group}/values")
    found = Range(*(_values(rows, network, end) for end in ("low", "high")))
    found.low.check(network)
    found.high.check(network)
    return found


def _values(rows: Sequence[Row], network: Network, end: str) -> Values:
    water = by((row for row in rows if row["kind"] == "water"), "use")
    pieces = {use: tuple(Piece(row["share_to"], row[end]) for row in own) for use, own in water.items()}
    power = by((row for row in rows if row["kind"] == "power"), "state")
    owners = {id: network.nodes[network.reaches[t.reach].tail].states for id, t in network.turbines.items()}
    priced = {
        id: power.get(states[0] if states else None) or power.get(None) for id, states in owners.items()
    }
    kept = tuple(Piece(row["share_to"], row[end]) for row in rows if row["kind"] == "stored")
    return Values(
        stored={id: kept for id in network.stores if kept and id in _above_uses(network)},
        water={id: pieces[claim.kind] for id, claim in network.claims.items() if claim.kind in pieces},
        power={id: _price(own, end) for id, own in priced.items() if own},
    )


def _above_uses(network: Network) -> set[str]:
    """Nodes from which water can still reach a claim or a plant; a terminal lake is none of them."""
    found = {claim.node for claim in network.claims.values() if claim.kind != "loss"}
    found |= {network.reaches[plant.reach].tail for plant in network.turbines.values()}
    while more := {r.tail for r in network.reaches.values() if r.head in found} - found:
        found |= more
    return found


def _price(rows: Sequence[Row], end: str) -> tuple[float, ...]:
    named = {int(month): row[end] for row in rows for month in codes(row["months"])}
    rest = [row[end] for row in rows if not row["months"]]
    missing = [str(month) for month in range(1, 13) if month not in named and not rest]
    if missing:
        who = rows[0]["state"] or "the other states"
        what = f"has no price in the months {', '.join(missing)}"
        fix = "add a row without months for the others"
        raise InputError("values", [Problem(f"electricity of {who}", what, fix)])
    return tuple(float(named.get(month, rest[0] if rest else 0.0)) for month in range(1, 13))


def year(row: Row, unit: str) -> tuple[float, ...]:
    """The twelve monthly values of a row, columns m01_unit to m12_unit."""
    return tuple(float(row[f"{month}_{unit}"]) for month in MONTHS)


def by(rows: Iterable[Row], column: str) -> Mapping[Any, list[Row]]:
    """Rows by the value of a column, in file order."""
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return found


def codes(*cells: str | None) -> tuple[str, ...]:
    """The ids in cells that join several by `|`."""
    return tuple(code for cell in cells if cell for code in cell.split("|"))


def evidence(row: Row) -> Evidence:
    """What a row rests on: its first source, its confidence, its note (§6)."""
    return Evidence(codes(row["source_id"])[0], Confidence(row["confidence"]), row["note"] or "")


def _stores(tables: Tables, group: str) -> Mapping[str, dict[str, Any]]:
    depths = {row["evaporation_id"]: year(row, "mm") for row in tables.rows(f"{group}/evaporation")}
    zones = by(tables.rows(f"{group}/zones"), "node_id")
    curves = by(tables.rows(f"{group}/curves"), "node_id")
    return {
        row["node_id"]: {
            "full_mcm": row["full_mcm"],
            "start_mcm": row["start_mcm"],
            "zones": [_zone(rows) for rows in by(zones[row["node_id"]], "zone").values()],
            "curve": _curve(curves[row["node_id"]]) if row["node_id"] in curves else None,
            "evaporation_mm": depths.get(row["evaporation_id"], 0.0),
        }
        for row in tables.rows(f"{group}/stores")
    }


def _zone(rows: Sequence[Row]) -> Zone:
    tops = _column(sorted(rows, key=lambda row: int(row["dekad"] or 0)), "top_mcm")
    return Zone(tops if len(tops) > 1 else tops[0], rows[0]["priority"])


def _curve(rows: Sequence[Row]) -> Curve:
    heads = _column(rows, "head_m") if all(row["head_m"] is not None for row in rows) else ()
    return Curve(_column(rows, "volume_mcm"), _column(rows, "area_km2"), heads)


def _column(rows: Sequence[Row], column: str) -> tuple[float, ...]:
    return tuple(float(row[column]) for row in rows)


def _add_reaches(tables: Tables, group: str, net: Network) -> None:
    for row in tables.rows(f"{group}/links"):
        if net.nodes[row["from_node"]].kind != "source":
            net.reach(
                row["from_node"],
                row["to_node"],
                id=row["link_id"],
                loss=row["loss_fraction"],
                lag=row["lag_steps"],
                capacity_m3s=row["capacity_m3s"],
                excess_to=row["excess_to"],
                under_way_m3s=row["initial_m3s"] or 0.0,
                rank=row["rank"] or 0,
                state=row["state"] or (),
            )


def _add_claims(tables: Tables, group: str, net: Network) -> None:
    claims = tables.rows(f"{group}/claims")
    demands = {row["claim_id"]: year(row, "m3s") for row in tables.rows(f"{group}/demands")}
    shares = by(tables.rows(f"{group}/claim_shares"), "claim_id")
    capped = by(claims, "cap_id")
    for row in claims:
        net.claim(
            row["claim_id"],
            at=row["node_id"],
            demand=demands[row["claim_id"]],
            priority=row["priority"],
            shares={share["state"]: share["share"] for share in shares[row["claim_id"]]},
            returns=(row["return_node"], row["return_fraction"]) if row["return_node"] else None,
            kind=row["kind"],
        )
    for row in tables.rows(f"{group}/caps"):
        names = [claim["claim_id"] for claim in capped.get(row["cap_id"], ())]
        net.cap(row["cap_id"], claims=names, flow=row["capacity_m3s"])


def _add_operation(tables: Tables, group: str, net: Network) -> None:
    for link, rows in by(tables.rows(f"{group}/releases"), "link_id").items():
        flow = _column(sorted(rows, key=lambda row: int(row["dekad"])), "flow_m3s")
        net.instream(f"release_{link}", reach=link, flow=flow, priority=rows[0]["priority"])
    for row in tables.rows(f"{group}/instream"):
        flow = year(row, "m3s")
        net.instream(row["instream_id"], reach=row["link_id"], flow=flow, priority=row["priority"])
    for row in tables.rows(f"{group}/turbines"):
        numbers = {key: row[key] for key in ("max_flow_m3s", "efficiency", "installed_mw", "head_m")}
        net.turbine(row["turbine_id"], reach=row["link_id"], store=row["node_id"], **numbers)


def _dekad_end(row: Row) -> date:
    return next_start(row["date"], "dekad")


def _period(row: Row) -> tuple[date, date]:
    """First day, and the day after the last, of the period that a reading speaks for."""
    day: date = row["date"]
    if row["date_precision"] == "year":
        return day.replace(month=1, day=1), day.replace(year=day.year + 1, month=1, day=1)
    if row["date_precision"] == "month":
        return day.replace(day=1), next_start(day.replace(day=1), "month")
    return day, day + timedelta(days=1)


def _observation(row: Row, start: date, end: date) -> Observation:
    quantity = row["quantity"]
    unit = row.get("unit") or fields()[quantity].unit
    presence = Presence.ABSENT if row["value"] is None else Presence.PRESENT
    author = row["author"]
    return Observation(
        row["node_id"], quantity, start, end, row["value"], unit, author, evidence(row), presence
    )
