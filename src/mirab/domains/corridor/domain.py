"""Corridors: cargo that chooses its way, the places where it waits, and what is published of both.

Nothing here names a route or a state; the pack does.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mirab.core import declared_carriage
from mirab.core.calendar import months, years
from mirab.core.domain import Domain, DriverRequest, Tables
from mirab.core.ensemble import Ensemble
from mirab.core.queues.draws import closed
from mirab.domains.corridor import methods

GROUP = "corridor"
PUBLISHED = ("borders", "performance", "volumes", "plans", "journey_times")
DECLARED = ("nodes", "links", "commodities", "services", "fleets", "owners", "loads", "drafts", "thresholds")
CHOSEN = ("closures", "markets", "routes", "parameters", "scenarios", "options", "option_changes")
MONTHS, HOURS = 12, 24.0


def derive(tables: Tables, carried: Any, request: DriverRequest) -> tuple[Ensemble, ...]:
    """What a run means for places, vessels and states.

    `waiting_time` (h) and `utilisation` by station that cargo uses, a day each; `draft_share` by fleet at the
    level of the day; `dependence` by market and state (`market:STATE`), the same in each of twelve months;
    `closed_share` by place, a day each; `plan_share` by plan (`series:YEAR`), a calendar year each.
    """
    used = [id for id in carried.plan.stations if id in {s for way in carried.ways for s in way.stations}]
    run, names = carried.run, {id: one.states for id, one in carried.plan.stations.items()}
    waits = _owned(run.waiting.select([id for id in used if id in run.waiting.items]), "waiting_time", names)
    busy = _owned(
        run.utilisation.select([id for id in used if id in run.utilisation.items]), "utilisation", names
    )
    shut = closed(run.network, run.axis, run.seed, carried.draws.members)
    return (
        waits,
        busy,
        *_drafts(tables, carried),
        _dependence(carried, request),
        shut,
        *_plans(carried, request),
    )


def _owned(found: Ensemble, quantity: str, states: Mapping[str, tuple[str, ...]]) -> Ensemble:
    values = np.nan_to_num(found.values(), nan=0.0, posinf=HOURS * len(found.axis))
    owners = tuple(states[id] for id in found.items)
    return Ensemble.of(
        quantity, found.unit, found.items, found.axis, values, states=owners, how=found.how, seed=found.seed
    )


def _drafts(tables: Tables, carried: Any) -> list[Ensemble]:
    """One ensemble over the fleets with a table of drafts, the least of their ports; none without a level."""
    level: NDArray[np.float64] | None = carried.level
    points = methods.points(tables.rows(f"{GROUP}/drafts"))
    if level is None or not points:
        return []
    shares = [
        np.min([methods.draft_share(level, *zip(*port, strict=True)) for port in ports.values()], axis=0)
        for ports in points.values()
    ]
    owners = {row["fleet_id"]: tuple(row["states"].split("|")) for row in tables.rows(f"{GROUP}/fleets")}
    values = np.stack(shares, axis=-1).transpose(1, 0, 2)
    return [
        Ensemble.of(
            "draft_share",
            "fraction",
            tuple(points),
            carried.draws.axis,
            np.ascontiguousarray(values),
            states=tuple(owners[fleet] for fleet in points),
            how="drafts of the pack at the level drawn",
        )
    ]


def _dependence(carried: Any, request: DriverRequest) -> Ensemble:
    found = {market: carried.through(market) for market in carried.plan.markets}
    items = tuple(f"{market}:{state}" for market, own in found.items() for state in own)
    columns = [values for own in found.values() for values in own.values()]
    axis = months(request.on.replace(day=1), MONTHS)
    values = np.repeat(np.stack(columns, axis=1)[:, None, :], MONTHS, axis=1)
    states = tuple((item.rpartition(":")[2],) for item in items)
    how = "shares of the ways chosen"
    return Ensemble.of("dependence", "fraction", items, axis, values, states=states, how=how)


def _plans(carried: Any, request: DriverRequest) -> list[Ensemble]:
    """Volume over plan in the year of each plan ahead; infinite in other years, for which nothing is planned.

    Plans are taken as biased forecasts (`methods.plan_law`); none where fewer than two came due.
    """
    law, begin = methods.plan_law(carried.plan.came), request.on.year
    plans = [one for one in carried.plan.plans.values() if one.year >= begin]
    if law is None or not plans:
        return []
    axis = years(request.on, max(one.year for one in plans) - begin + 1)
    values = np.full((carried.draws.members, len(axis), len(plans)), np.inf)
    for i, one in enumerate(plans):
        values[:, one.year - begin, i] = law.drawn(carried.draws.members, [request.seed, i])
    items, states = tuple(one.id for one in plans), tuple(one.states for one in plans)
    how = f"plans times the ratio of what came, of which {law.count} are known"
    return [Ensemble.of("plan_share", "fraction", items, axis, values, states=states, how=how)]


DOMAIN = Domain(
    name=GROUP,
    title="Corridors",
    tables=tuple(f"{GROUP}/{part}" for part in DECLARED + CHOSEN + PUBLISHED),
    carriage=partial(declared_carriage.carriage, group=GROUP),
    derive=derive,
    record=partial(methods.record, group=GROUP),
    sections=("corridors", "bottlenecks", "corridor_record"),
)
