"""Stage 2: each domain, run or forecast from the last observation on, and judged by its rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mirab.core.domain import Domain, DriverPlan, DriverRequest
from mirab.core.ensemble import READ
from mirab.core.errors import UnknownNameError
from mirab.core.incidents import Counts
from mirab.core.network import Network
from mirab.core.records import Threat
from mirab.stages.observing import HORIZON_DEKADS, Progress, Seen, Wish, rules_of

if TYPE_CHECKING:
    from mirab.brief.material import Material
    from mirab.follow.targets.aims import Aims
    from mirab.warn.carriage import Carried
    from mirab.warn.outlook import Outlook
    from mirab.warn.rules import Rule
    from mirab.warn.situation import Situation


@dataclass(frozen=True)
class Warned:
    """Stage 2 for one domain: what it drew and saw, its threats, and what could not be judged.

    `found` is the run of its network, None for a domain that has forecasts in its place; `aims` are the
    targets of a domain that has some, `carried` the run of one with carriage.
    """

    domain: Domain
    found: Projection | None
    situation: Situation
    threats: tuple[Threat, ...]
    material: Material
    rules: tuple[Rule, ...]
    gaps: tuple[str, ...]
    assumptions: tuple[str, ...]
    aims: Aims | None = None
    carried: Carried | None = None


@dataclass(frozen=True)
class Projection:
    """The members of a domain's network from the last observation to the horizon, and what drew them."""

    network: Network
    request: DriverRequest
    plan: DriverPlan
    outlook: Outlook


def project(domain: Domain, seen: Seen, wish: Wish, progress: Progress | None = None) -> Projection:
    """Draw the drivers of a domain and run its network."""
    from mirab.warn import drivers, guidance, outlook, view

    if domain.network is None or domain.drivers is None:
        raise UnknownNameError(
            "domain with a network", domain.name, [one.name for one in seen.domains if one.network]
        )
    network = domain.network(seen.region, wish.on)
    axis = outlook.axis_for(seen.observations, tuple(network.stores), wish.on, HORIZON_DEKADS)
    request = DriverRequest(axis, wish.members, wish.seed, wish.on, seen.observations, seen.forecasts)
    plan = domain.drivers(seen.region, network, request)
    plan = guidance.guided(plan, request, guidance.Guiding.of(seen.guiding))
    made = drivers.drawn(plan, request)
    inflow = made.part(0, made.members) if made.members <= READ and wish.client is None else made
    keep = view.keeps(domain, seen.region, network, rules_of(domain, seen.region))
    way = outlook.Way(keep, progress, wish.client)
    ahead = outlook.project(network.compile(), inflow, plan, wish.on, seed=wish.seed, way=way)
    return Projection(network, request, plan, ahead)


def warn(domain: Domain, seen: Seen, wish: Wish, progress: Progress | None = None) -> Warned:
    """Stage 2: simulate a domain from the last observation to the date and on, and judge it by its rules."""
    from mirab.brief.material import Material, undrawn
    from mirab.core.provenance import Provenance
    from mirab.warn import binding, drivers, outlook, rules, situation, threats, view

    found = project(domain, seen, wish, progress)
    tables, ahead = seen.region, found.outlook
    reach = Provenance.of(tables, domain.name, found.network)
    mean = outlook.mean_year(ahead.run.model, found.plan, ahead.run.axis)
    now, norm = (view.quantities(domain, tables, run, found.request) for run in (ahead.run, mean))
    seen_as = view.situation(domain, tables, ahead, (now, norm), (seen.observations, reach))
    rows = rules.applying(rules_of(domain, tables), seen_as.titles)
    whole = view.charted(domain, tables, ahead, found.request, now)
    norms = {quantity: items for (relative, quantity), items in seen_as.norms.items() if relative == "norm"}
    material = Material(domain.name, tables, whole, now, norms, seen.observations, reach.shares)
    said = (*drivers.assumptions(found.plan, "dekad"), *outlook.assumptions(found.plan, seen_as.titles))
    judged = view.gathered(threats.evaluate(rows, seen_as), rows, found.network)
    judged = view.rooted(judged, reach, found.network)
    judged = binding.with_causes(judged, ahead.run, tables, domain.name, seen_as.titles)
    gaps = (*situation.gaps(rows, seen_as), *undrawn(material))
    return Warned(domain, found, seen_as, judged, material, rows, gaps, said)


def forecast(domain: Domain, seen: Seen, wish: Wish, method: str = "") -> Warned:
    """Stage 2 for a domain without a network: sample its named forecasters and judge them by its rules.

    `method` names another forecaster than the plans do.
    """
    from mirab.brief import beside, incidents, outlooks
    from mirab.brief.material import Material
    from mirab.warn import rules, situation, threats, view
    from mirab.warn.forecast import outlook

    plans = domain.forecasts(seen.region, seen.observations, wish.on) if domain.forecasts else ()
    plans = [replace(plan, forecaster=method or plan.forecaster) for plan in plans]
    made = [outlook.project(plan, wish.on, wish.members, wish.seed) for plan in plans]
    counted = domain.counts(seen.region, seen.incidents.standing, wish.on) if domain.counts else Counts()
    known = outlook.situation(domain.name, made, wish.on, seen.observations, domain.watched)
    seen_as = situation.counting(known, counted)
    there = {one.quantity for one in known.observations}
    silent = {quantity for quantity in domain.watched if quantity not in there}
    spoken = (r for r in rules_of(domain, seen.region) if counted.speaks_of(r.quantity))
    rows = rules.applying(tuple(r for r in spoken if r.quantity not in silent), seen_as.titles)
    judged = view.gathered(threats.evaluate(rows, seen_as), rows)
    series = tuple(one for each in made for one in outlooks.series(domain.name, each))
    series += incidents.series(domain.name, seen.incidents, wish.on)
    series += beside.rivals(domain.name, made, seen.forecasts)
    names = {row["state"]: row["name"] for row in seen.region.states}
    series += beside.observed(domain.name, seen.observations, names, domain.watched, wish.on)
    material = Material(domain.name, seen.region, {}, {}, {}, (), made=series)
    gaps = (*(gap for plan in plans for gap in plan.gaps), *counted.gaps, *situation.gaps(rows, seen_as))
    said = tuple(line for each in made for line in outlook.method_words(each))
    return Warned(domain, None, seen_as, judged, material, rows, gaps, said)
