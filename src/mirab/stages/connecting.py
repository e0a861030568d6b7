"""Domains with connections: what is left of them when parts fail, judged by their rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mirab.core.calendar import dekads
from mirab.core.domain import Domain
from mirab.core.errors import UnknownNameError
from mirab.core.exits import Connections
from mirab.core.phrase import say
from mirab.core.records import Change
from mirab.stages.observing import HORIZON_DEKADS, Seen, Wish, rules_of
from mirab.stages.warning import Warned

if TYPE_CHECKING:
    from mirab.core.ensemble import Ensemble
    from mirab.warn.exits import StateExits
    from mirab.warn.outages import Outages
    from mirab.warn.situation import Situation

MADE = "simulation of failures"


@dataclass(frozen=True)
class Reach:
    """The connections of a domain with some changes made: exits of each state, and members of what fails."""

    connections: Connections
    exits: tuple[StateExits, ...]
    outages: Outages
    situation: Situation


def reach(domain: Domain, seen: Seen, wish: Wish, changes: Sequence[Change] = ()) -> Reach:
    """Stage 2 for a domain with connections: its exits, and the days from the date to the horizon."""
    from mirab.warn import exits, outages

    found = connections(domain, seen, changes)
    usual = exits.drawn(found, wish.members, wish.seed)
    days = (dekads(wish.on, HORIZON_DEKADS).end - wish.on).days
    ahead = outages.ahead(found, wish.on, days, wish.members, wish.seed)
    surveyed = exits.survey(found, usual)
    quantities = exits.situation_ensembles(found, surveyed, usual[0], wish.on)
    made = {one.quantity: one for one in (*quantities, ahead.reachable, ahead.added)}
    return Reach(found, surveyed, ahead, _situation(domain, found, seen, wish, made, ahead))


def connections(domain: Domain, seen: Seen, changes: Sequence[Change] = ()) -> Connections:
    """The connections that a pack declares; raises UnknownNameError for a domain that has none."""
    found = domain.connections(seen.region, changes) if domain.connections else None
    if found is None:
        known = [one.name for one in seen.domains if one.connections]
        raise UnknownNameError("domain with connections", domain.name, known)
    return found


def opened(found: Connections) -> tuple[Change, ...]:
    """The changes by which every planned link carries traffic."""
    return tuple(Change("opened", link, 1.0, "1") for link in found.planned)


def connected(domain: Domain, seen: Seen, wish: Wish) -> Warned:
    """Stage 2 for a domain with connections: threats, tables of exits, and what they rest on."""
    from mirab.brief import exits as tables
    from mirab.brief.material import Material
    from mirab.warn import exits, rules, situation, threats, view

    now = reach(domain, seen, wish)
    later = connections(domain, seen, opened(now.connections))
    planned = exits.survey(later, exits.drawn(later, wish.members, wish.seed))
    rows = rules.applying(rules_of(domain, seen.region), now.situation.titles)
    judged = view.gathered(threats.evaluate(rows, now.situation), rows)
    made = tables.series(domain.name, seen.region, now.connections, (now.exits, planned), now.outages)
    material = Material(domain.name, seen.region, {}, {}, {}, (), made=made)
    gaps = situation.gaps(rows, now.situation)
    return Warned(domain, None, now.situation, judged, material, rows, gaps, now.connections.assumptions)


def _situation(
    domain: Domain,
    found: Connections,
    seen: Seen,
    wish: Wish,
    made: Mapping[str, Ensemble],
    ahead: Outages,
) -> Situation:
    from mirab.warn.situation import Impact, Situation, Wording

    perimeter = say("days of the whole connection of the state, each core place by its weight")
    wording = Wording(MADE, "for", "rates of failure are those of the pack, mostly estimated", NAMES)
    pairs = {f"{state}:{via}": (state,) for state in found.exits.home for via in found.exits.everywhere}
    return Situation(
        domain=domain.name,
        on=wish.on,
        ensembles=made,
        observations=[o for o in seen.observations if o.item in pairs],
        impacts={"lost_days": [Impact(ahead.lost, perimeter)]},
        shares=lambda item: _shares(found, item),
        titles=found.titles,
        states=pairs | {state: (state,) for state in found.exits.home} | _ends(found),
        wording=wording,
    )


NAMES = {
    "dependence_share": "share of the traffic",
    "exits": "number of ways out",
    "exit_bridges": "number of links that alone hold it",
    "reachable_share": "share of the connection",
    "days_past_ready": "number of days past its ready date",
    "added_latency": "added round trip",
}


def _ends(found: Connections) -> dict[str, tuple[str, ...]]:
    """Home states that a link which is still to come touches."""
    return {link: found.ends.get(link, ()) for link in found.planned}


def _shares(found: Connections, item: str) -> dict[str, float]:
    """Share of link rows by confidence: of a planned link its own, of a state those that touch it (§6)."""
    if item in found.planned:
        return {found.confidence[item]: 1.0}
    state, graph = item.partition(":")[0], found.exits.graph
    own = [
        found.confidence[link.id]
        for link in graph.links
        if state in (found.exits.states[link.tail], found.exits.states[link.head])
    ]
    return {name: own.count(name) / len(own) for name in dict.fromkeys(own)}
