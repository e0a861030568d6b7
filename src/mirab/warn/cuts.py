"""What a place that is unavailable would cost, and what one more unit of a capacity would bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mirab.core.carriage import Carriage, Station
from mirab.core.queues.network import Node, QueueNetwork, Service
from mirab.warn.carriage import Carried, carried

Floats = NDArray[np.float64]
LEVELS = (0.1, 0.5, 0.9)
KT = 1000.0
Three = tuple[float, float, float]


@dataclass(frozen=True)
class Cut:
    """A station that is unavailable for some days: what that costs, and what finds no other way.

    `cost_usd` is what those who can turn to another way lose, `moved_kt` how much turns, `lost_kt` what has
    no other way in the pack; 10, 50 and 90 % over members. `next` is the station that is then fullest, with
    the median share of its capacity that is asked for; empty where none is modelled.
    """

    station: str
    days: int
    cost_usd: Three
    moved_kt: Three
    lost_kt: Three
    next: str
    next_use: float | None


@dataclass(frozen=True)
class Unit:
    """One more unit at a station: hours saved on the mean journey, and USD a year at the value of time."""

    station: str
    usd: Three
    hours: float


def cut(found: Carried, station: str, days: int) -> Cut:
    """A station of a run unavailable for some days, with cargo turning to the other ways of its market.

    What turning costs is the loss of worth of the choice (`Choice.worth`): queues that grow elsewhere are not
    in it; `next_use` tells where they would.
    """
    closed = np.array([station in way.stations for way in found.ways])
    cost = np.where(closed, np.inf, found.cost - found.reference)
    before = found.choice.worths(found.cost - found.reference)
    after, shares = found.choice.worths(cost), found.choice.shares(cost)
    volume = found.volumes
    lost, loss = np.zeros(len(volume)), np.zeros(len(volume))
    for market, (one, two) in enumerate(zip(before, after, strict=True)):
        place = found.choice.places[market]
        tonnes = volume[:, place].max(axis=1)
        gone = ~np.isfinite(two)
        lost += np.where(gone, tonnes, 0.0)
        loss += np.where(gone, 0.0, tonnes * (one - np.where(gone, one, two)))
    moved = np.maximum((found.shares * volume)[:, closed].sum(axis=1) - lost, 0.0)
    name, use = _fullest(found, shares * volume, station)
    return Cut(
        station, days, _three(loss * days), _three(moved * days / KT), _three(lost * days / KT), name, use
    )


def _fullest(found: Carried, tonnes: Floats, but: str) -> tuple[str, float | None]:
    uses = {
        station: float(np.median(_through(found, tonnes, station) / room))
        for station, room in found.room.items()
        if station != but
    }
    best = max(uses, key=lambda name: uses[name], default="")
    return best, uses.get(best)


def _through(found: Carried, tonnes: Floats, station: str) -> Floats:
    uses = np.array([station in way.stations for way in found.ways])
    return np.asarray(tonnes[:, uses].sum(axis=1))


def one_more(found: Carried, station: str) -> Unit:
    """What one more unit at a station would have brought in the same members, with the same choice of ways.

    Hours saved by what passes, times the value of time of its cargo.
    """
    other = carried(
        more(found.plan, found.plan.stations[station], 1.0), found.draws, base=found, shares=found.shares
    )
    hours = found.mean_hours - other.mean_hours
    tonnes = found.shares * found.volumes
    usd = (hours / 24.0 * tonnes * found.worth_of_time).sum(axis=1) * 365.0
    passing = np.array([station in way.stations for way in found.ways])
    saved = float(np.median(hours[:, passing].mean(axis=1))) if passing.any() else 0.0
    return Unit(station, _three(usd), saved)


def more(plan: Carriage, station: Station, units: float) -> Carriage:
    """The plan with so many more units at a station: vessels of a fleet, or units a day of a service."""
    network = plan.network
    if station.kind == "fleet":
        fleets = tuple(
            replace(fleet, vessels=fleet.vessels + units) if station.id.endswith(f"/{fleet.id}") else fleet
            for fleet in network.fleets
        )
        return replace(plan, network=replace(network, fleets=fleets))
    factor = 1.0 + units / station.units if station.units else 1.0
    return replace(plan, network=scaled(network, station.id, factor))


def scaled(network: QueueNetwork, station: str, factor: float) -> QueueNetwork:
    """The network with the capacity of one station times a factor."""

    def service(node: Node, one: Service) -> Service:
        here = f"{node.id}/{one.name}" == station and isinstance(one.per_day, (int, float))
        return replace(one, per_day=one.per_day * factor) if here and isinstance(one.per_day, float) else one

    nodes = tuple(
        replace(node, services=tuple(service(node, one) for one in node.services)) for node in network.nodes
    )
    return replace(network, nodes=nodes)


def _three(values: Floats) -> Three:
    low, middle, high = (float(q) for q in np.quantile(values, LEVELS))
    return low, middle, high


def busiest(found: Carried, count: int) -> Sequence[str]:
    """Stations with a capacity that are used most, by the median over members of their mean use."""
    uses = {id: float(np.median(found.run.utilisation[id].mean(axis=0))) for id in found.room}
    return sorted(uses, key=lambda id: -uses[id])[:count]
