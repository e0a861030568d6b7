"""The shared rivers: their network, the plan of their drivers, and what a run means for places and states.

Nothing here names a river or a state; the pack does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from mirab.core import declared
from mirab.core.domain import Domain, DriverPlan, DriverRequest, Row, Tables
from mirab.core.ensemble import Ensemble
from mirab.core.network import Network
from mirab.core.presence import Presence
from mirab.core.records import Observation
from mirab.domains.water import methods

GROUP = "water"
PARTS = ("nodes", "links", "stores", "curves", "zones", "evaporation", "inflows", "claims", "claim_shares")
MORE = ("demands", "caps", "instream", "releases", "turbines", "limits", "series", "readings", "balances")
REST = ("accounts", "gauges", "charts", "assumptions", "scenarios", "options", "option_changes", "values")
PERSISTENCE, CORRELATION, DECAY_DEKADS = 0.85, 0.5, 9.0
WINTER = (10, 11, 12, 1, 2, 3)


def network(tables: Tables, on: date) -> Network:
    """The Network that the pack declares; its limits are the latest known ones, whatever the date `on`."""
    return declared.network(tables, GROUP, name=f"{GROUP} {on.year}")


observations = partial(declared.observations, group=GROUP)


def plan(tables: Tables, network: Network, request: DriverRequest) -> DriverPlan:
    """Norm, spread and last observations of every source (m3/s), and the readings of stores (million m3)."""
    rows = tables.rows("water/inflows")
    seen = [o for o in request.observations if o.start <= request.on and o.presence is Presence.PRESENT]
    volumes = [o for o in seen if o.quantity == "volume" and o.item in network.stores]
    volumes.sort(key=lambda o: o.start)
    first = request.axis.starts[0]
    return DriverPlan(
        quantity="inflow",
        unit="m3/s",
        items=tuple(row["node_id"] for row in rows),
        states=tuple(network.nodes[row["node_id"]].states for row in rows),
        norm=tuple(declared.year(row, "m3s") for row in rows),
        cv_annual=tuple(row["cv_annual"] for row in rows),
        lag1_annual=tuple(row["lag1_annual"] for row in rows),
        persistence=PERSISTENCE,
        correlation=CORRELATION,
        decay_steps=DECAY_DEKADS,
        anchors={row["node_id"]: _anchors(seen, row) for row in rows},
        start={o.item: o for o in volumes if o.start <= first},
        readings=tuple(o for o in volumes if o.start > first),
        assumptions=tuple(row["text"] for row in tables.rows("water/assumptions")),
    )


def _anchors(seen: Sequence[Observation], row: Row) -> tuple[Observation, ...]:
    places = (row["node_id"], row["observed_at"])
    return tuple(o for o in seen if o.item in places and o.quantity in ("inflow", "flow"))


def derive(tables: Tables, run: Any, request: DriverRequest) -> tuple[Ensemble, ...]:
    """What a run means for places and states.

    `inflow` (m3/s) at the gauges of the pack; `demand_volume`, `delivered_volume`, `shortage` (million m3 a
    step) and `served_fraction` by account and state (`account:STATE`; water/accounts gives the perimeter);
    `winter_energy` (GWh a step, 0 outside October to March) by the owner state of the plants.
    """
    length = request.axis.mcm_per_m3s
    shares = _shares(tables)
    asked, given = (
        methods.weighted(claims, shares, quantity=quantity, unit="million m3", scale=length)
        for claims, quantity in (
            (methods.constant(run.delivered, run.demand()), "demand_volume"),
            (run.delivered, "delivered_volume"),
        )
    )
    winter = methods.in_months(request.axis, WINTER)
    return (
        methods.weighted(run.flow, _gauges(tables, run.model.network), quantity="inflow", unit="m3/s"),
        asked,
        given,
        methods.less(asked, given, quantity="shortage"),
        methods.served(given, asked),
        methods.weighted(run.energy, _plants(run.energy), quantity="winter_energy", unit="GWh", scale=winter),
    )


def bounds(tables: Tables) -> Mapping[tuple[str, str], Mapping[str, float]]:
    """Dead volume of each store in million m3 and flood limit of each reach in m3/s, where known."""
    stores, links = tables.rows("water/stores"), tables.rows("water/links")
    dead = {row["node_id"]: row["dead_mcm"] for row in stores if row["dead_mcm"]}
    flood = {row["link_id"]: row["flood_limit_m3s"] for row in links if row["flood_limit_m3s"]}
    return {("limit", "volume"): dead, ("limit", "flow"): flood}


def keeps(tables: Tables, network: Network) -> Mapping[str, Sequence[str]]:
    """All claims, stores and plants, and the reaches that bring water to the gauges of the pack."""
    gauged = [reach for parts in _gauges(tables, network).values() for reach in parts]
    return {
        "flow": gauged,
        "volume": tuple(network.stores),
        "delivered": tuple(network.claims),
        "energy": tuple(network.turbines),
    }


def _shares(tables: Tables) -> Mapping[str, Mapping[str, float]]:
    """For each account and state the claims that count, with the state's share."""
    accounts = {row["claim_id"]: row["account"] for row in tables.rows("water/claims") if row["account"]}
    found: dict[str, dict[str, float]] = {}
    for row in tables.rows("water/claim_shares"):
        if row["claim_id"] in accounts:
            item = f"{accounts[row['claim_id']]}:{row['state']}"
            found.setdefault(item, {})[row["claim_id"]] = row["share"]
    return found


def _gauges(tables: Tables, network: Network) -> Mapping[str, Mapping[str, float]]:
    """For each gauge the reaches that bring water to it, with what is left of their flow."""
    return {
        row["gauge_id"]: {r.id: 1.0 - r.loss for r in network.reaches.values() if r.head == row["node_id"]}
        for row in tables.rows("water/gauges")
    }


def _plants(energy: Ensemble) -> Mapping[str, Mapping[str, float]]:
    owners = {item: states[0] for item, states in zip(energy.items, energy.states, strict=True) if states}
    return {s: {item: 1.0 for item in owners if owners[item] == s} for s in sorted(set(owners.values()))}


DOMAIN = Domain(
    name=GROUP,
    title="Shared rivers",
    tables=tuple(f"{GROUP}/{part}" for part in PARTS + MORE + REST),
    network=network,
    drivers=plan,
    observations=observations,
    derive=derive,
    bounds=bounds,
    keeps=keeps,
    values=partial(declared.values, group=GROUP),
    sections=("outlook", "served", "contested"),
)
