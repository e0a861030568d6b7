"""Domains with carriage: cargo run through its queues ahead, judged, and told with its what-ifs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from mirab.core.domain import Domain, DriverRequest
from mirab.core.errors import UnknownNameError
from mirab.core.phrase import say
from mirab.core.records import Confidence, Series
from mirab.stages import connecting
from mirab.stages.observing import Seen, Wish, rules_of
from mirab.stages.warning import Warned

if TYPE_CHECKING:
    from mirab.core.carriage import Carriage
    from mirab.core.ensemble import Ensemble
    from mirab.warn.carriage import Carried, Draws
    from mirab.warn.situation import Situation

MOST_MEMBERS, TRIED, DAYS_CUT, MARGINAL, ENOUGH_PLANS = 500, 64, 30, 8, 10


def declared(domain: Domain, seen: Seen) -> Carriage:
    """What a domain declares of its cargo; raises UnknownNameError for a domain that has none."""
    if domain.carriage is None:
        known = [one.name for one in seen.domains if one.carriage]
        raise UnknownNameError("domain with carriage", domain.name, known)
    return domain.carriage(seen.region)


def carry(domain: Domain, seen: Seen, wish: Wish) -> Warned:
    """Stage 2 for a domain with carriage: a year of its queues from the date on, judged by its rules."""
    from mirab.brief.material import Material
    from mirab.warn import carriage, rules, situation, threats, view

    plan = declared(domain, seen)
    found = carriage.carried(plan, drawn(plan, seen, wish, MOST_MEMBERS))
    seen_as = judged_as(domain, seen, wish, found)
    rows = rules.applying(rules_of(domain, seen.region), seen_as.titles)
    judged = view.gathered(threats.evaluate(rows, seen_as), rows)
    material = Material(domain.name, seen.region, {}, {}, {}, (), made=told(domain, seen, wish, found))
    gaps = situation.gaps(rows, seen_as)
    return Warned(domain, None, seen_as, judged, material, rows, gaps, method_words(found), carried=found)


def drawn(plan: Carriage, seen: Seen, wish: Wish, most: int) -> Draws:
    """What is uncertain of a plan, with the service of border posts that are left without a connection."""
    from mirab.warn import carriage

    few = replace(wish, members=min(wish.members, most))
    draws = carriage.drawn(plan, wish.on, few.members, wish.seed)
    places = {node.id for node in plan.network.nodes}
    return replace(draws, service=connecting.service(seen, few, places, len(draws.axis)))


def judged_as(domain: Domain, seen: Seen, wish: Wish, found: Carried) -> Situation:
    """What the rules see of a run of carriage."""
    from mirab.warn.situation import Situation, Wording

    plan = found.plan
    ensembles = _derived(domain, seen, wish, found)
    states = {
        row["state"]: row["name"] for name in ("states", "other_states") for row in seen.region.rows(name)
    }
    fleets = {
        fleet.id: next(one.title for one in plan.stations.values() if one.id.endswith(f"/{fleet.id}"))
        for fleet in plan.network.fleets
    }
    markets = {
        item: say(
            "{account}, through {state}", account=plan.markets[market].title, state=states.get(state, state)
        )
        for item in ensembles["dependence"].items
        for market, _, state in [item.partition(":")]
    }
    places = {node.id: node.title for node in plan.network.nodes}
    named = {id: one.title for own in (plan.stations, plan.plans) for id, one in own.items()}
    titles = places | named | fleets | markets
    names = {
        "waiting_time": say("waiting time"),
        "utilisation": say("use of the capacity"),
        "dependence": say("share of cargo"),
        "draft_share": say("share of a full load"),
        "closed_share": say("share of the time closed"),
        "plan_share": say("volume over plan"),
    }
    return Situation(
        domain=domain.name,
        on=wish.on,
        ensembles=ensembles,
        shares=lambda item: rests_on(plan, item),
        titles=titles,
        wording=Wording(
            say("simulation of queues"),
            "at",
            say("no current count of cargo or vessels is read"),
            names,
            {"plan_share": say("what came over plans that came due (n = {count})", count=len(plan.came))},
        ),
        doubt=lambda rule, item: _doubt(plan, item),
    )


def _doubt(plan: Carriage, item: str) -> str:
    """Why an item is a watch at most: a plan where few came due, a place whose closures are estimated."""
    if item in plan.plans and len(plan.came) < ENOUGH_PLANS:
        return say("few plans came due: {count}", count=len(plan.came))
    if item in plan.closures and plan.closures[item].confidence is Confidence.ESTIMATED:
        return say("the time that the place is closed is an estimate")
    return ""


def rests_on(plan: Carriage, item: str) -> dict[str, float]:
    """Shares by confidence of the rows behind an item: a station, fleet, closed place, plan, or market."""
    market = item.partition(":")[0]
    if market in plan.markets:
        ways = (way.evidence for way in plan.ways.values() if way.market == market)
        rows = [plan.markets[market].evidence, *ways]
    elif item in plan.plans or item in plan.closures:
        rows = [plan.plans[item].evidence if item in plan.plans else plan.closures[item]]
    else:
        there = plan.stations.values()
        rows = [one.evidence for one in there if item in (one.id, one.id.rpartition("/")[2])]
    counts = Counter(one.confidence.value for one in rows)
    return {name: count / len(rows) for name, count in counts.items()}


def _derived(domain: Domain, seen: Seen, wish: Wish, found: Carried) -> dict[str, Ensemble]:
    request = DriverRequest(found.draws.axis, found.draws.members, wish.seed, wish.on, seen.observations)
    made = domain.derive(seen.region, found, request) if domain.derive else ()
    return {one.quantity: one for one in made}


def told(domain: Domain, seen: Seen, wish: Wish, found: Carried) -> tuple[Series, ...]:
    """What the page shows of a run: ways, queues, what-ifs, drafts, and the record of the corridors."""
    from mirab.brief import carriage as brief
    from mirab.warn import cuts

    group, tables = domain.name, seen.region
    first = next(iter(found.plan.markets))
    used = [id for id in found.plan.stations if any(id in way.stations for way in found.ways)]
    made = [cuts.cut(found, station, DAYS_CUT) for station in used]
    few = sample(found, wish)
    units = [cuts.one_more(few, station) for station in cuts.busiest(found, MARGINAL)]
    return (
        *brief.ways(found, group),
        *brief.journeys(tables, group),
        *brief.flows(found, tables, group, [row["state"] for row in tables.states]),
        *brief.distance(found, group, market=first),
        *brief.courses(found, group, market=first),
        *brief.fans(found, group, market=first),
        *brief.stations(found, units, group),
        *brief.cuts(found, made, group),
        *brief.dependences(found, group),
        *brief.drafts(found, tables, group, wish.on),
        *(domain.record(tables, found) if domain.record else ()),
    )


def sample(found: Carried, wish: Wish, members: int = TRIED) -> Carried:
    """The first members of a run once more, with the ways that they chose: what re-runs are held against."""
    from mirab.warn import carriage

    few = min(found.draws.members, members)
    if few == found.draws.members:
        return found
    service = found.draws.service
    kept = service.part(0, few) if service is not None else None
    draws = replace(carriage.drawn(found.plan, wish.on, few, wish.seed), service=kept)
    base = replace(found, reference=found.reference[:few], cost=found.cost[:few])
    return carriage.carried(found.plan, draws, base=base, shares=found.shares[:few])


def method_words(found: Carried) -> tuple[str, ...]:
    """Sentences for the page: how cargo chooses, and how near shares and queues came to each other."""
    from mirab.warn.carriage import TOLD_GAP

    return (
        say(
            "Cargo chooses its way by a nested logit on freight, time and its spread, pivoted on the shares "
            "that were observed or estimated (fitted); after {rounds} rounds shares and queues are {gap:.3f} "
            "apart on the mean of members, and by more than {aim} in {apart:.1%} of them.",
            rounds=found.rounds,
            gap=found.gap,
            aim=TOLD_GAP,
            apart=float((found.gaps > TOLD_GAP).mean()),
        ),
        *_service_words(found),
        *found.plan.assumptions,
    )


def _service_words(found: Carried) -> tuple[str, ...]:
    """What the queues were told of connections."""
    service = found.draws.service
    if service is None:
        return ()
    return (
        say(
            "{count} border posts and ports serve as far as their state is connected by cable and they have "
            "power ({share:.1%} of the time and capacity on the mean of members); most links of that graph "
            "are estimated.",
            count=len(service.items),
            share=float(service.values().mean()),
        ),
    )
