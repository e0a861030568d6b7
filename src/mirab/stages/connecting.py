"""Domains with connections: what is left of them when parts fail, judged by their rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import dekads
from mirab.core.domain import Domain
from mirab.core.errors import UnknownNameError
from mirab.core.exits import Connections
from mirab.core.phrase import say
from mirab.core.records import Change, Observation, Option
from mirab.stages.observing import HORIZON_DEKADS, Seen, Wish, rules_of
from mirab.stages.warning import Warned

if TYPE_CHECKING:
    from mirab.core.ensemble import Ensemble
    from mirab.resolve.relief import Together as Joint
    from mirab.warn.outages import Outages
    from mirab.warn.situation import Situation

Floats = NDArray[np.float64]
MADE = say("simulation of failures")


@dataclass(frozen=True)
class Reach:
    """The connections of a domain with some changes made, members of what fails, and what the rules see.

    `usual` are shares of traffic and round trips of members (`warn.exits.drawn`).
    """

    connections: Connections
    usual: tuple[Floats, Floats]
    outages: Outages
    situation: Situation


def reach(domain: Domain, seen: Seen, wish: Wish, changes: Sequence[Change] = ()) -> Reach:
    """Draw what fails from the date to the horizon, with these changes made."""
    from mirab.warn import exits, outages

    found = connections(domain, seen, changes)
    usual = exits.drawn(found, wish.members, wish.seed)
    ahead = outages.ahead(found, wish.on, _days(wish), wish.members, wish.seed)
    quantities = exits.situation_ensembles(found, usual[0], wish.on)
    made = {one.quantity: one for one in (*quantities, ahead.reachable, ahead.added)}
    return Reach(found, usual, ahead, _situation(domain, found, seen, wish, made, ahead))


def _days(wish: Wish) -> int:
    return (dekads(wish.on, HORIZON_DEKADS).end - wish.on).days


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
    surveys = (
        exits.survey(now.connections, now.usual),
        exits.survey(later, exits.drawn(later, wish.members, wish.seed)),
    )
    told = {one.quantity for one in now.situation.observations}
    silent = {quantity for quantity in domain.watched if quantity not in told}
    spoken = tuple(one for one in rules_of(domain, seen.region) if one.quantity not in silent)
    rows = rules.applying(spoken, now.situation.titles)
    judged = view.gathered(threats.evaluate(rows, now.situation), rows)
    made = tables.series(domain.name, seen.region, now.connections, surveys, now.outages)
    material = Material(domain.name, seen.region, {}, {}, {}, (), made=made)
    gaps = situation.gaps(rows, now.situation)
    return Warned(domain, None, now.situation, judged, material, rows, gaps, now.connections.assumptions)


def relieved(part: Warned, known: Sequence[Option], seen: Seen, wish: Wish) -> tuple[Option, ...]:
    """Stage 3 for a domain with connections: each option on the same members; one without a figure stays."""
    from mirab.resolve import relief
    from mirab.warn import threats

    def tried(changes: Sequence[Change]) -> relief.Tried:
        found = reach(part.domain, seen, wish, changes)
        true = threats.coming_true(part.threats, part.rules, found.situation)
        return relief.Tried(true, _lost(found.outages), found.usual[1].mean(axis=0))

    names = {row["state"]: row["name"] for row in seen.region.states}
    states = part.situation.ensembles["reachable_share"].items
    base = tried(())
    return tuple(
        relief.tried(one, states, names, base, tried(one.changes)) if one.changes else one for one in known
    )


def joint(domain: Domain, known: Sequence[Option], seen: Seen, wish: Wish) -> Joint:
    """What all groups of states save by the steps that they can take by themselves."""
    from mirab.resolve import relief
    from mirab.warn import outages

    def lost(changes: Sequence[Change]) -> Floats:
        found = connections(domain, seen, changes)
        return _lost(outages.ahead(found, wish.on, _days(wish), wish.members, wish.seed))

    states = connections(domain, seen).exits.home
    apart = tuple(seen.region.settings.get("apart", ()))
    return relief.together(states, [one for one in known if one.changes], lost, apart)


def service(seen: Seen, wish: Wish, places: Collection[str], days: int) -> Ensemble | None:
    """Share of the service of border posts among `places`, by day; None where no domain knows of any.

    The members are those of the wish, so that member m is the same world for cables and for cargo.
    """
    from mirab.warn import outages

    for domain in (one for one in seen.domains if one.connections):
        found = connections(domain, seen)
        if posts := [post for post in found.posts if post in places]:
            ahead = outages.ahead(found, wish.on, days, wish.members, wish.seed)
            return outages.service(found, ahead, posts, wish.seed)
    return None


def _lost(found: Outages) -> Floats:
    """Days lost over all days, (member, state)."""
    return np.asarray(found.lost.values().sum(axis=1))


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
    wording = Wording(MADE, "for", say("rates of failure are those of the pack, mostly estimated"), NAMES)
    pairs = {f"{state}:{via}": (state,) for state in found.exits.home for via in found.exits.everywhere}
    return Situation(
        domain=domain.name,
        on=wish.on,
        ensembles=made,
        observations=[o for o in seen.observations if o.item in pairs or _is_watched(domain, found, o)],
        impacts={"lost_days": [Impact(ahead.lost, perimeter)]},
        shares=lambda item: _shares(found, item),
        titles=found.titles,
        states=pairs | {state: (state,) for state in found.exits.home} | _ends(found),
        wording=wording,
    )


def _is_watched(domain: Domain, found: Connections, one: Observation) -> bool:
    """Whether an observation is of a home state and a quantity that the domain watches."""
    return one.quantity in domain.watched and one.item in found.exits.home


NAMES = {
    "connectivity_share": say("share of the usual network"),
    "dependence_share": say("share of the traffic"),
    "exits": say("number of ways out"),
    "exit_bridges": say("number of links that alone hold it"),
    "reachable_share": say("share of the connection"),
    "days_past_ready": say("number of days past its ready date"),
    "added_latency": say("added round trip"),
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
