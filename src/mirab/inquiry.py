"""What a user asks beside the briefing: why a threat comes about, what a change does, what is sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from mirab import centre
from mirab.centre import (
    Progress,
    Seen,
    Wish,
    book,
    digest,
    domains,
    forecast,
    observe,
    places,
    project,
    rules_of,
)
from mirab.core.domain import Domain
from mirab.core.errors import InputError, Problem, RegionError, StoredFileError, UnknownNameError
from mirab.core.records import Briefing, Option, Series, Threat
from mirab.stages import connecting, trying
from mirab.stages.observing import name_notes

if TYPE_CHECKING:
    from mirab.brief.exits import WhatIf
    from mirab.core.flow.gather import Client
    from mirab.follow.book import Book
    from mirab.follow.issue_store import Issue, IssueStore
    from mirab.follow.targets.aims import Aims
    from mirab.follow.turns import Between
    from mirab.observe.region import Region
    from mirab.resolve.scenarios import Comparison, Scenario
    from mirab.stages.simulating import Base
    from mirab.warn.forecast.outlook import Forecast

TYPICAL = "One typical member, in the step in which most is missing:"
NOTHING_BINDS = "No use or store at its places falls short in this window: the inflow itself is the cause."


def explain(
    threat_id: str,
    out: Path,
    own: Path,
    *,
    region: str = "",
    guiding: str = "",
    progress: Progress | None = None,
    client: Client | None = None,
) -> tuple[str, ...]:
    """Why a threat of the briefing in `out` comes about, from the same members drawn again.

        First what binds over all members that fall short, ranked; then one typical member in detail.

    `region` is the pack of the briefing where that is not a bundled one, `guiding` how it used forecasts of
    others where that was chosen, `client` a cluster that simulates. Raises UnknownNameError for a threat that
    the briefing does not hold, StoredFileError where there is no briefing, or one from other data.
    """
    from mirab.core.flow.shortage import Shortages
    from mirab.warn import binding, judgements, sentences, view

    issue, threat = _told(threat_id, out)
    wish = Wish(region or issue.region, issue.as_of, issue.written_on, out, own, audience=issue.audience)
    wish = replace(wish, profile=issue.profile, members=issue.members, seed=issue.seed, client=client)
    seen = observe(replace(wish, guiding=guiding))
    if digest(seen) != issue.data:
        wrong = f"{out} was written from other tables or readings than those of {seen.region.path}"
        way = "name its pack with --region and its --flood-forecast, or write the briefing again"
        raise StoredFileError(f"{wrong}; {way}")
    head = f"{threat.level.value.capitalize()}: {threat.title}"
    record = f"Track record: {threat.track_record}."
    if threat.rule == judgements.RULE:
        return (head, *threat.why, threat.assessment, record, "", f"Level rests on: {threat.basis}.")
    domain = next(one for one in seen.domains if one.name == threat.domain)
    if domain.network is None:
        return (head, *threat.why, record, "", *_behind(domain, seen, wish, threat))
    run = project(domain, seen, wish, progress).outlook.run
    names = view.titles(domain, seen.region)
    ranked = binding.causes(Shortages(run), seen.region, domain.name, threat)
    one = binding.typical(run, seen.region, domain.name, threat)
    lines = ranked.lines(names) if ranked else (NOTHING_BINDS,)
    lines += ("", TYPICAL, *one.lines(names)) if one else ()
    return (head, *threat.why, record, "", *map(sentences.typeset, lines))


def _behind(domain: Domain, seen: Seen, wish: Wish, threat: Threat) -> list[str]:
    """What a forecast follows from, for each state of a threat, and what its amounts count.

    A threat that only observations tell of has nothing of a forecast behind it.
    """
    forecasts = domain.forecasts if threat.probability is not None else None
    plans = forecasts(seen.region, seen.observations, wish.on) if forecasts else ()
    found = [(plan, item) for plan in plans for item in threat.states if item in plan.drivers]
    lines = [f"{plan.titles[item]}: {plan.drivers[item]}." for plan, item in found]
    counted = [f"Counted: {plan.perimeter}." for plan, _ in found[:1]]
    return [f"Level rests on: {threat.basis}.", *lines, *counted]


def step_told(id: str, out: Path) -> tuple[Option, Briefing] | None:
    """A joint step of the briefing in a folder, and that briefing; None where the id is none of a step."""
    from mirab.follow import issues

    issue = issues.previous(out)
    found = next((option for option in issue.options if option.id == id), None) if issue else None
    return None if issue is None or found is None else (found, issue)


def _told(threat_id: str, out: Path) -> tuple[Briefing, Threat]:
    """The last briefing of a folder, and one of its threats."""
    from mirab.follow import issues

    issue = issues.previous(out)
    if issue is None:
        raise StoredFileError(f"{out} holds no briefing; write one with: mirab brief --out {out}")
    threats = {threat.id: threat for threat in issue.threats}
    if threat_id not in threats:
        raise UnknownNameError("threat", threat_id, threats)
    return issue, threats[threat_id]


def changes(
    own: Path,
    *,
    since: str = "",
    issue: str = "",
    progress: Progress | None = None,
    client: Client | None = None,
) -> tuple[Briefing, Briefing, Between]:
    """An issue of the store, the one before it, and all that differs between them with its causes.

    `issue` is the last one made where it is empty; `since` the one that its own changes were told against.
    Runs again what the causes need. Raises InputError where there is nothing to compare, or the two are of
    different series.
    """
    store = centre.issue_store(own)
    new = store.found(issue) if issue else _last(store)
    told = store.briefing(new)
    old = store.found(since) if since else _of_number(store, new, told.imprint.since)
    if old.series != new.series:
        what = f"{old.reference} and {new.reference} are of different series"
        problem = Problem("issues", what, "name two of one region, profile, audience and focus")
        raise InputError("changes", [problem])
    before, now = centre.whole(store, old), centre.whole(store, new)
    wish = Wish(new.region, new.as_of, told.written_on, Path(), own, audience=new.audience, client=client)
    wish = replace(wish, profile=new.profile, focus=new.focus)
    return before.briefing, now.briefing, centre.compared(before, now, wish, progress)


def _last(store: IssueStore) -> Issue:
    issues = store.listed()
    if not issues:
        raise StoredFileError(f"{store.path} holds no issue; mirab brief writes one")
    return issues[-1]


def _of_number(store: IssueStore, one: Issue, number: int) -> Issue:
    """The issue of a number in the series of another."""
    found = [other for other in store.listed() if other.series == one.series and other.issue == number]
    if not found:
        problem = Problem(one.reference, "is the first of its series", "name an older one with --since")
        raise InputError("changes", [problem])
    return found[0]


def promises(wish: Wish) -> Book:
    """The book of promises on a day: those of the pack and the user's own, held against what was observed."""
    return book(wish, observe(wish), {})


def check_region(path: str) -> Region:
    """The pack in a folder, once it and its own rules are sound; raises RegionError and what rules raise."""
    from mirab.follow import bodies
    from mirab.observe import check, dekads, yearly
    from mirab.observe.region import refusal

    region = check.check(path)
    wrong = bodies.problems(region, region.numbered, items=places(region))
    if wrong := [*wrong, *dekads.problems(region), *yearly.problems(region)]:
        raise refusal(region, wrong)
    for domain in domains():
        there = any(region.rows(table) for table in domain.tables)
        if domain.rules and there:
            rules_of(domain, region)
        if domain.measured and there:
            domain.measured(region, ())
        if domain.connections and there:
            _linked(domain, region)
    problems = [problem for domain in domains() for problem in _misfits(domain, region)]
    problems += [problem for domain in domains() for problem in trying.problems(domain, region)]
    if problems:
        raise RegionError(f"region {region.name}", problems)
    return region


def _linked(domain: Domain, region: Region) -> list[str]:
    """Lines on the connections of a pack; raises InputError where tables or options do not fit together."""
    from mirab.resolve import options

    found = domain.connections(region, ()) if domain.connections else None
    if found is None or domain.connections is None:
        return []
    for option in options.load(region, domain.name):
        domain.connections(region, option.changes)
    graph, states = found.exits.graph, ", ".join(found.exits.home)
    size = f"{len(graph.nodes)} places, {len(graph.links)} links, {len(found.hazards)} hazards"
    return [f"{region.name}: {size}; states {states}; gateways {', '.join(found.exits.gateways)}"]


def _misfits(domain: Domain, region: Region) -> list[Problem]:
    """What scenarios, options and values of a pack say that its network does not have, with file and line."""
    from mirab.resolve import options, scenarios

    if domain.network is None or not any(region.rows(table) for table in domain.tables):
        return []
    network = domain.network(region, date(2024, 1, 1))
    if domain.values:
        domain.values(region, network)
    parts = {name: region.tables.get(f"{domain.name}/{name}") for name in options.TABLES}
    rows = {name: list(table.numbered()) if table else [] for name, table in parts.items()}
    sources = [node.id for node in network.nodes.values() if node.kind == "source"]
    found = scenarios.problems(domain.name, region, rows["scenarios"], network, sources)
    steps, changes = rows["options"], rows["option_changes"]
    return [*found, *options.problems(domain.name, region, steps, changes, network, sources)]


def check_domain(name: str) -> tuple[str, ...]:
    """Prove a domain: its rules load, its sections exist, and its network compiles on every bundled region.

    Raises UnknownNameError for an unknown domain, and what the parts raise.
    """
    from mirab.brief import sections
    from mirab.observe import region
    from mirab.warn.forecast.table import forecaster

    known = {domain.name: domain for domain in domains()}
    if name not in known:
        raise UnknownNameError("domain", name, known)
    domain = known[name]
    lines = [f"section {sections.section(one).name} exists" for one in domain.sections]
    lines += [f"forecaster {forecaster(one).name}: {forecaster(one).title}" for one in domain.forecasters]
    for pack in map(region.load, region.bundled()):
        if domain.network and any(pack.rows(table) for table in domain.tables):
            model = domain.network(pack, date(2024, 1, 1)).compile()
            lines += [f"{pack.name}: {len(rules_of(domain, pack))} rules"]
            lines += [f"{pack.name}: {one.kernel}, {one.rows} rows, {one.why}" for one in model.describe()]
        if domain.measured and any(pack.rows(table) for table in domain.tables):
            found = domain.measured(pack, ())
            lines += [
                f"{pack.name}: {len(found.panels)} indicators with figures, {len(found.targets)} targets",
                f"{pack.name}: {len(rules_of(domain, pack))} rules",
            ]
        if domain.connections and any(pack.rows(table) for table in domain.tables):
            lines += [f"{pack.name}: {len(rules_of(domain, pack))} rules", *_linked(domain, pack)]
        if domain.forecasts and any(pack.rows(table) for table in domain.tables):
            lines += [f"{pack.name}: {len(rules_of(domain, pack))} rules", *_planned(domain, pack)]
        if domain.carriage and any(pack.rows(table) for table in domain.tables):
            plan = domain.carriage(pack)
            told = f"{len(plan.ways)} ways of {len(plan.markets)} markets, {len(plan.stations)} stations"
            lines += [f"{pack.name}: {len(rules_of(domain, pack))} rules", f"{pack.name}: {told}"]
    return tuple(lines)


def _planned(domain: Domain, pack: Region) -> list[str]:
    """What a domain asks to have forecast on a pack, each by a forecaster that there is."""
    from mirab.warn.forecast.table import forecaster

    seen = domain.observations(pack) if domain.observations else ()
    last = max((o.end for o in seen), default=date(2024, 1, 1))
    plans = domain.forecasts(pack, seen, last) if domain.forecasts else ()
    return [
        f"{pack.name}: {plan.panel.quantity} of {len(plan.panel.items)} items, "
        f"{forecaster(plan.forecaster).name} against {forecaster(plan.baseline).name}"
        for plan in plans
    ]


def simulate(
    domain: str,
    scenario: str | Scenario,
    wish: Wish,
    progress: Progress | None = None,
    *,
    kept: dict[str, Base] | None = None,
) -> Comparison:
    """Run a scenario beside the outlook, from one state on the date and with the same members.

    The scenario is one of the pack by its name, or changes of a reader's own. `kept` holds the outlook of
    each domain that was run for this wish: where nothing that it rests on has changed, it is not run again.
    """
    from mirab.resolve import scenarios
    from mirab.stages.simulating import Base

    seen = observe(wish)
    field, tables = _simulated(domain, seen.region), seen.region
    load = scenarios.named if field.carriage else scenarios.load
    chosen = load(tables, domain, scenario) if isinstance(scenario, str) else scenario
    if field.carriage:
        return trying.simulate(field, chosen, seen, wish)
    known = {} if kept is None else kept
    if domain not in known or (known[domain].seen, known[domain].wish) != (seen, wish):
        known[domain] = Base.of(field, seen, wish, progress)
    return known[domain].beside(chosen, progress)


def scenarios_of(domain: str, wish: Wish) -> tuple[Scenario, ...]:
    """The scenarios that the pack has for a domain."""
    from mirab.observe import region
    from mirab.resolve import scenarios

    pack = region.load(wish.region).seen_by(wish.audience)
    return scenarios.listed(pack, _simulated(domain, pack).name)


def _simulated(name: str, pack: Region) -> Domain:
    there = (one for one in domains() if any(map(pack.rows, one.tables)))
    known = {one.name: one for one in there if one.network or one.carriage}
    if name not in known:
        raise UnknownNameError("domain that is simulated", name, known)
    return known[name]


def has_links(name: str) -> bool:
    """Whether there is a domain of this name whose states are linked, such as `fibre`."""
    return any(one.connections for one in domains() if one.name == name)


def without(name: str, gone: Sequence[str], added: Sequence[str], wish: Wish) -> WhatIf:
    """What each state has left without some states, systems, links or places, beside what it has with them.

    `added` are planned systems or links that carry traffic in both; a planned one that is taken away does so
    before. Raises UnknownNameError for a name that is none of them, and for a domain without links.
    """
    from mirab.brief.exits import WhatIf
    from mirab.warn import exits

    seen = observe(wish)
    domain = next((one for one in seen.domains if one.name == name), None)
    if domain is None:
        raise UnknownNameError("domain with links in this region", name, [one.name for one in seen.domains])
    today = connecting.connections(domain, seen)
    whole = connecting.connections(domain, seen, connecting.opened(today))
    named = {*exits.resolved(whole, gone).links, *exits.resolved(whole, added).links}
    opened = [change for change in connecting.opened(today) if change.item in named]
    base = connecting.connections(domain, seen, opened)
    surveyed = exits.survey(base, exits.drawn(base, wish.members, wish.seed))
    names = {row["state"]: row["name"] for row in seen.region.states}
    return WhatIf(
        base, surveyed, tuple(gone), exits.left(base, gone) if gone else (), names, name_notes(seen)
    )


def aims(wish: Wish, weights: str = "linear") -> Aims:
    """The targets of the pack and the course of each state, with these weights of the ESCAP-style line.

    Raises InputError where the pack has no targets, UnknownNameError for weights that are not known.
    """
    seen = observe(wish)
    found = [
        one
        for one in (centre.aims(domain, seen, wish, weights) for domain in seen.domains)
        if one is not None
    ]
    if not found:
        problem = Problem(
            f"region {seen.region.name}", "has no targets", "development/targets.csv holds them"
        )
        raise InputError("targets", [problem])
    return found[0]


def steps(path: str | Path) -> tuple[Option, ...]:
    """The joint steps of a pack as its rows tell them, of all domains; nothing is run."""
    from mirab.observe import region
    from mirab.resolve import options

    pack = region.load(path)
    return tuple(option for domain in domains() for option in options.load(pack, domain.name))


def forecasts(domain: str, wish: Wish, method: str = "") -> tuple[Series, ...]:
    """Series of a domain's forecasts, as the briefing shows them: fans, then the chances with past scores.

    `method` names another forecaster than that of the domain. Raises UnknownNameError for a domain that has
    none and for an unknown method.
    """
    seen = observe(wish)
    known = {one.name: one for one in seen.domains if one.forecasts}
    if domain not in known:
        raise UnknownNameError("domain with forecasts", domain, known)
    return forecast(known[domain], seen, wish, method).material.made


def series_ahead(quantity: str, wish: Wish, method: str = "") -> Forecast:
    """The forecast of a quantity that the pack or the user has figures of, a year of steps ahead.

    Raises what the plan and the method raise.
    """
    from mirab.warn.forecast import outlook, seasonal

    seen = observe(wish)
    tables = [name for name in seen.region.tables if name.endswith("/nodes")]
    names = {row["node_id"]: row["name"] for name in tables for row in seen.region.rows(name)}
    names |= {row["state"]: row["name"] for row in seen.region.states}
    plan = seasonal.plan(quantity, seen.observations, names)
    return outlook.project(
        replace(plan, forecaster=method or plan.forecaster), wish.on, wish.members, wish.seed
    )
