"""The main path: observe, warn, resolve, follow, brief. Read this first.

Each stage takes and gives core records and knows neither the others nor any domain; the centre hands the
domains in and resolves what they name.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from mirab import __version__
from mirab.core.domain import Domain, DriverPlan, DriverRequest
from mirab.core.errors import UnknownNameError
from mirab.core.network import Network
from mirab.core.records import Briefing, Commitment, Event, Marking, Observation, Option, Series, Threat

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mirab.brief.compose import Findings, Head
    from mirab.brief.material import Material
    from mirab.core.ensemble import Ensemble, Members
    from mirab.core.flow.gather import Client
    from mirab.core.flow.run import Run, State
    from mirab.follow.book import Book
    from mirab.follow.targets.aims import Aims
    from mirab.observe.region import Region
    from mirab.warn.journal import Journal
    from mirab.warn.outlook import Outlook
    from mirab.warn.rules import Rule
    from mirab.warn.situation import Situation

HORIZON_DEKADS = 36
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Wish:
    """What a user asks for; `own` is the file of the user's own observations, `out` the folder to write.

    `client` is the cluster that simulates; this machine where it is None.
    """

    region: str | Path
    on: date
    written_on: date
    out: Path
    own: Path
    profile: str = ""
    members: int = 1000
    seed: int = 1
    focus: str = ""
    audience: Marking = Marking.PUBLIC
    client: Client | None = None


@dataclass(frozen=True)
class Seen:
    """Stage 1: the region, its domains, the observations known on the date, and all of the user's own."""

    region: Region
    domains: tuple[Domain, ...]
    observations: tuple[Observation, ...]
    own: tuple[Observation, ...]


@dataclass(frozen=True)
class Warned:
    """Stage 2 for one domain: what it drew and saw, its threats, and what could not be judged.

    `found` is the run of its network, None for a domain that has forecasts in its place; `aims` are the
    targets of a domain that has some.
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


def brief(wish: Wish, progress: Progress | None = None) -> tuple[Briefing, tuple[Path, ...]]:
    """The whole path: the briefing, and the files that were written."""
    from mirab.brief import bulletin, compose
    from mirab.follow import issues

    before = issues.previous(wish.out)
    seen = observe(wish)
    _check(wish, seen)
    ground = compose.basemap(seen.region, [domain.name for domain in seen.domains if domain.network])
    warned = [warn(domain, seen, wish, progress) for domain in seen.domains if domain.network]
    warned += [forecast(domain, seen, wish) for domain in seen.domains if domain.forecasts]
    warned += [strayed(domain, seen, wish) for domain in seen.domains if domain.measured]
    options = [option for part in warned for option in resolve(part, seen, wish, progress)]
    found = compose.briefing(_head(wish, seen, warned), follow(wish, seen, warned, options))
    found = replace(found, observations=(*found.observations, *_counted(wish)))
    issue = replace(found, issue=issues.number(before, found), changes=issues.changes(before, found))
    return issue, bulletin.write(issue, wish.out, basemap=ground)


def _check(wish: Wish, seen: Seen) -> None:
    """Refuse a profile, a state or a folder that will not do before anything is simulated."""
    from mirab.brief import bulletin, profiles

    bulletin.check(wish.out)
    states = [row["state"] for row in seen.region.states]
    if wish.focus and wish.focus not in states:
        raise UnknownNameError("state", wish.focus, states)
    profiles.profile(_profile(wish, seen.region))


def _profile(wish: Wish, region: Region) -> str:
    return wish.profile or str(region.settings.get("default_profile", "prevention"))


def observe(wish: Wish) -> Seen:
    """Load the region and keep what was known on the date and may be seen by the audience."""
    from mirab.observe import region, store

    pack = region.load(wish.region)
    found = tuple(one for one in domains() if any(pack.rows(table) for table in one.tables))
    packed = (o for one in found if one.observations for o in one.observations(pack))
    added = store.Store(wish.own).observations(pack)
    own = tuple(o for o in added if o.marking.rank <= wish.audience.rank)
    known = tuple(o for o in (*packed, *own) if o.end <= wish.on)
    return Seen(pack, found, known, own)


def domains() -> tuple[Domain, ...]:
    """All domains, in the order of their folders."""
    import mirab.domains

    names = sorted(module.name for module in pkgutil.iter_modules(mirab.domains.__path__))
    return tuple(importlib.import_module(f"mirab.domains.{name}.domain").DOMAIN for name in names)


@dataclass(frozen=True)
class Projection:
    """The members of a domain's network from the last observation to the horizon, and what drew them."""

    network: Network
    request: DriverRequest
    plan: DriverPlan
    outlook: Outlook


def project(domain: Domain, seen: Seen, wish: Wish, progress: Progress | None = None) -> Projection:
    """Draw the drivers of a domain and run its network."""
    from mirab.warn import drivers, outlook, view

    if domain.network is None or domain.drivers is None:
        raise UnknownNameError(
            "domain with a network", domain.name, [one.name for one in seen.domains if one.network]
        )
    network = domain.network(seen.region, wish.on)
    axis = outlook.axis_for(seen.observations, tuple(network.stores), wish.on, HORIZON_DEKADS)
    request = DriverRequest(axis, wish.members, wish.seed, wish.on, seen.observations)
    plan = domain.drivers(seen.region, network, request)
    inflow = drivers.drawn(plan, request)
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
    judged = binding.with_causes(judged, ahead.run, tables, domain.name, seen_as.titles)
    gaps = (*situation.gaps(rows, seen_as), *undrawn(material))
    return Warned(domain, found, seen_as, judged, material, rows, gaps, said)


def forecast(domain: Domain, seen: Seen, wish: Wish) -> Warned:
    """Stage 2 for a domain without a network: sample its named forecasters and judge them by its rules."""
    from mirab.brief import outlooks
    from mirab.brief.material import Material
    from mirab.warn import rules, situation, threats, view
    from mirab.warn.forecast import outlook

    plans = domain.forecasts(seen.region, seen.observations, wish.on) if domain.forecasts else ()
    made = [outlook.project(plan, wish.on, wish.members, wish.seed) for plan in plans]
    seen_as = outlook.situation(domain.name, made, wish.on, seen.observations)
    rows = rules.applying(rules_of(domain, seen.region), seen_as.titles)
    judged = view.gathered(threats.evaluate(rows, seen_as), rows)
    series = tuple(one for each in made for one in outlooks.series(domain.name, each))
    material = Material(domain.name, seen.region, {}, {}, {}, (), made=series)
    gaps = (*(gap for plan in plans for gap in plan.gaps), *situation.gaps(rows, seen_as))
    said = tuple(line for each in made for line in outlook.method_words(each))
    return Warned(domain, None, seen_as, judged, material, rows, gaps, said)


def resolve(part: Warned, seen: Seen, wish: Wish, progress: Progress | None = None) -> tuple[Option, ...]:
    """Stage 3 for one domain: its options, each run with the members of the outlook and judged alike."""
    from mirab.resolve import options
    from mirab.resolve.trial import Trial
    from mirab.warn import outlook, threats, view

    domain, tables, found = part.domain, seen.region, part.found
    known = options.load(tables, domain.name)
    if not known or domain.values is None or found is None:
        return known
    keep = view.keeps(domain, tables, found.network, part.rules)
    way = outlook.Way(keep, progress, wish.client)

    def judge(run: Run) -> dict[str, NDArray[np.bool_]]:
        quantities = view.quantities(domain, tables, run, found.request)
        return threats.coming_true(part.threats, part.rules, replace(part.situation, ensembles=quantities))

    def simulate(network: Network, inflow: Members, start: State) -> Run:
        return network.compile().simulate(inflow, start=start, **vars(way))

    worth = domain.values(tables, found.network)
    names = {row["state"]: row["name"] for row in tables.states}
    apart = tuple(tables.settings.get("apart", ()))
    return Trial(found.outlook.run, worth, judge, simulate, names, apart).all(known)


def aims(domain: Domain, seen: Seen, wish: Wish, weights: str = "linear") -> Aims | None:
    """Stages 2 and 4 for a domain with targets: indicators to their deadlines, and each state's course."""
    from mirab.follow.targets.aims import Aims
    from mirab.warn.forecast import deadlines

    if domain.measured is None:
        return None
    measured = domain.measured(seen.region)
    known = deadlines.known(measured, wish.on)
    ahead = deadlines.ahead(measured, known, members=wish.members, seed=wish.seed)
    return Aims.of(measured, known, ahead, [row["state"] for row in seen.region.states], weights=weights)


def strayed(domain: Domain, seen: Seen, wish: Wish) -> Warned:
    """Stage 2 for a domain with targets: judge by its rules where states move away from one."""
    from mirab.brief.material import Material
    from mirab.warn import rules, threats, view
    from mirab.warn.forecast import reversal

    aimed = aims(domain, seen, wish)
    if aimed is None:
        raise UnknownNameError(
            "domain with targets", domain.name, [d.name for d in seen.domains if d.measured]
        )
    names = {row["state"]: row["name"] for row in seen.region.states}
    away = reversal.reversals(aimed.measured, aimed.panels, aimed.ahead, aimed.levels, wish.on)
    publishers = {id: source.publisher for id, source in seen.region.sources.items()}
    seen_as = reversal.situation(domain.name, away, names, publishers, wish.on)
    rows = rules.applying(rules_of(domain, seen.region), seen_as.titles)
    judged = reversal.with_figures(threats.evaluate(rows, seen_as), away, names)
    material = Material(domain.name, seen.region, {}, {}, {}, ())
    said = reversal.METHOD if aimed.courses else ()
    return Warned(domain, None, seen_as, view.gathered(judged, rows), material, rows, (), said, aimed)


def _told(wish: Wish, seen: Seen) -> tuple[Series, ...]:
    """What the press that the user has read tells up to the date; nothing where none was read."""
    from mirab.observe.press import summary

    states = [row["state"] for row in seen.region.states]
    return summary.series(wish.own.with_name("press.sqlite"), wish.on, states)


def _counted(wish: Wish) -> tuple[Observation, ...]:
    """Events and reports by state and month; they do not make the data of the rivers any fresher."""
    from mirab.observe.press import summary

    return summary.observations(wish.own.with_name("press.sqlite"), wish.on)


def aimed(part: Warned, seen: Seen) -> tuple[Series, ...]:
    """What the page shows of a domain's targets, and of how its states hang together; nothing without any."""
    from mirab.brief import integration
    from mirab.brief.aims import series

    if part.aims is None:
        return ()
    names = {row["state"]: row["name"] for row in seen.region.states}
    return (*series(part.aims, names), *integration.series(seen.region, part.domain.name))


def rules_of(domain: Domain, region: Region) -> tuple[Rule, ...]:
    """The domain's rules; a rule of the pack (rules/DOMAIN.csv) replaces the domain's of the same id."""
    from mirab.core.fields import fields
    from mirab.warn import rules

    units = {name: field.unit for name, field in fields().items()}
    own = rules.load(resources.files(f"mirab.domains.{domain.name}") / domain.rules, quantities=units)
    path = region.path / "rules" / f"{domain.name}.csv"
    local = rules.load(path, quantities=units) if path.is_file() else ()
    return tuple({rule.rule_id: rule for rule in (*own, *local)}.values())


def follow(wish: Wish, seen: Seen, warned: Sequence[Warned], options: Sequence[Option]) -> Findings:
    """Stage 4: the calendar, what was promised and whether it is kept, and how good the data are."""
    from mirab.brief.compose import Findings
    from mirab.follow import bodies, calendar, partners
    from mirab.observe.ledger import ledger
    from mirab.resolve.trial import best
    from mirab.warn import judgements, register

    acts = journal(wish, seen.region).acts()
    computed = [threat for part in warned for threat in part.threats]
    computed = [*judgements.applied(computed, acts, wish.on, wish.audience)]
    threats = register.order([*computed, *judgements.own(acts, wish.on, wish.audience)])
    focused = tuple(t for t in threats if not wish.focus or wish.focus in t.states)
    helpful = {threat.id: tuple(option.id for option in best(options, threat.id)) for threat in focused}
    return Findings(
        threats=tuple(
            replace(threat, options=helpful[threat.id], convenors=_convenors(threat, seen, wish.on))
            for threat in focused
        ),
        options=tuple(options),
        materials=tuple(part.material for part in warned),
        events=(
            *calendar.events(seen.region, wish.on),
            *calendar.current_chairs(seen.region, wish.on),
            *bodies.office_holders(seen.region, wish.on),
            *_events(wish, seen),
        ),
        commitments=book(wish, seen, _whole(warned)).found,
        ledger=ledger(seen.region, seen.observations, wish.on, audience=wish.audience),
        observations=seen.observations,
        gaps=tuple(gap for part in warned for gap in part.gaps),
        method=tuple(line for part in warned for line in part.assumptions),
        series=(
            *(one for part in warned for one in aimed(part, seen)),
            *partners.series(seen.region, wish.on),
            *_told(wish, seen),
        ),
    )


def _convenors(threat: Threat, seen: Seen, on: date) -> tuple[str, ...]:
    """Who could bring a threat to one table, with the reason; a chair that was not seen lately says so."""
    from mirab.follow import bodies, partners

    names = {row["state"]: row["name"] for row in seen.region.states}
    found = partners.convenors(seen.region, threat.states, threat.domain, on) if threat.states else ()
    verify = (one.chair and bodies.to_verify(one.last_verified, on) for one in found)
    return tuple(
        f"{one.reason(names)}{' (verify)' if old else ''}" for one, old in zip(found, verify, strict=True)
    )


def book(wish: Wish, seen: Seen, ensembles: Mapping[str, Ensemble]) -> Book:
    """The promises of the pack and the user's own, held against observations and members.

    `ensembles` are by quantity; none where nothing was simulated.
    """
    from mirab.follow import amounts, calendar, commitments
    from mirab.follow.book import Book
    from mirab.follow.store import Store

    known = commitments.Known.of(seen.region, items=places(seen.region))
    store = Store(wish.own.with_name("commitments.sqlite"), seen.region.name)
    entries = (*commitments.entries(seen.region), *store.entries(known))

    names = commitments.names(seen.region)

    def judged(one: Commitment) -> Commitment:
        held = amounts.findings(one, seen.observations, ensembles)
        return replace(one, owner=names.get(one.owner, one.owner), findings=held)

    found = commitments.visible(commitments.commitments(entries, wish.on), wish.audience)
    shown = tuple(map(judged, found))
    events = calendar.events(seen.region, wish.on)
    return Book(wish.on, known, store, entries, shown, names, events)


def _whole(warned: Sequence[Warned]) -> dict[str, Ensemble]:
    """Charted quantities before the date and after it, of all domains."""
    return {name: found for part in warned for name, found in part.material.whole.items()}


def places(region: Region) -> set[str]:
    """Ids of the places and gauges of the networks of a pack."""
    ids = {"nodes": "node_id", "gauges": "gauge_id"}
    tables = ((name, ids.get(name.rpartition("/")[2], "")) for name in region.tables)
    return {row[column] for name, column in tables if column for row in region.rows(name)}


def journal(wish: Wish, region: Region) -> Journal:
    """Where the user's analysts write down what they judge of a region."""
    from mirab.warn.journal import Journal

    return Journal(wish.own.with_name("threats.sqlite"), region.name)


def _events(wish: Wish, seen: Seen) -> list[Event]:
    """Events of the domains' own kinds that had happened by the date."""
    found = (event for one in seen.domains if one.events for event in one.events(seen.region))
    return [event for event in found if date.fromisoformat(event.start) <= wish.on]


def digest(seen: Seen) -> str:
    """What tells the tables of a region and the user's readings from others."""
    from mirab.follow.issues import fingerprint

    return fingerprint(*(table.rows for table in seen.region.tables.values()), *seen.own)


def _head(wish: Wish, seen: Seen, warned: Sequence[Warned]) -> Head:
    from mirab.brief.compose import Head
    from mirab.follow import commitments
    from mirab.follow.issues import fingerprint
    from mirab.observe.press.summary import PRESS
    from mirab.observe.store import OWN
    from mirab.warn import judgements

    region, own = seen.region, (OWN, commitments.OWN, judgements.OWN, PRESS)
    return Head(
        profile=_profile(wish, region),
        region=region.name,
        region_title=region.title,
        as_of=wish.on,
        written_on=wish.written_on,
        audience=wish.audience,
        seed=wish.seed,
        members=wish.members,
        steps=HORIZON_DEKADS,
        state_names={row["state"]: row["name"] for row in region.states},
        other_names={row["state"]: row["name"] for row in region.rows("other_states")},
        sources={**region.sources, **{one.id: one for one in own}},
        focus=wish.focus,
        version=__version__,
        rules=fingerprint(*(rule for part in warned for rule in part.rules)),
        data=digest(seen),
    )
