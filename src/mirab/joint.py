"""What states could do together: steps against a threat, one step by itself, or a whole system."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from mirab.centre import Progress, Seen, Wish, follow, observe, project, resolve, warn
from mirab.core.declared import codes
from mirab.core.domain import Domain, Tables
from mirab.core.errors import InputError, Problem, UnknownNameError
from mirab.core.network import Network
from mirab.core.records import Marking, Option, Threat
from mirab.core.values import Range
from mirab.stages import playing
from mirab.stages.carrying import carry
from mirab.stages.connecting import connected

if TYPE_CHECKING:
    from mirab.brief.players import Joined
    from mirab.brief.relief import Saved
    from mirab.brief.together import Together

System = tuple[Domain, frozenset[str], Callable[[Tables, Network], Range]]
MEMBERS = 20
"""Members of a cooperation: each is a linear programme for every coalition."""
LINKED = 300
"""Members of what states save together on their connections: drawn anew for every set of steps."""


@dataclass(frozen=True)
class Steps:
    """Joint steps, tried on the outlook of a date, and the threats that they are held against."""

    threats: tuple[Threat, ...]
    options: tuple[Option, ...]
    state_names: dict[str, str]


def resolved(about: str, wish: Wish, progress: Progress | None = None) -> Steps | Together | Saved | Joined:
    """What answers a name: a system (`water:syr-darya`, `corridor:together`), a threat or a step.

    Raises what `steps` and `together` raise.
    """
    seen = observe(wish)
    if about in _linked(seen):
        return _saved(_linked(seen)[about], seen, wish)
    if about in _carried(seen):
        return _joined(_carried(seen)[about], seen, wish, progress)
    system = _systems(seen, wish.on).get(about)
    return _together(about, system, seen, wish, progress) if system else _steps(about, seen, wish, progress)


def steps(about: str, wish: Wish, progress: Progress | None = None) -> Steps:
    """What would help: against one threat, or what one step does; all of both where `about` is empty.

    Shown is what the audience of the wish may see. Raises UnknownNameError for an id that is neither.
    """
    return _steps(about, observe(wish), wish, progress)


def together(about: str, wish: Wish, progress: Progress | None = None) -> Together:
    """What the states of a system could reach together, by at most MEMBERS members of the outlook.

    Raises UnknownNameError for a system that the pack does not have, InputError for the public, which sees
    nothing that is analytical only (§13).
    """
    seen = observe(wish)
    known = _systems(seen, wish.on)
    if about not in known:
        raise UnknownNameError("system", about, known)
    return _together(about, known[about], seen, wish, progress)


def _steps(about: str, seen: Seen, wish: Wish, progress: Progress | None) -> Steps:
    from mirab.brief import bulletin

    asked = [one for one in seen.domains if about.startswith(f"{one.name}:")] or seen.domains
    parts = [warn(domain, seen, wish, progress) for domain in asked if domain.network]
    parts += [connected(domain, seen, wish) for domain in asked if domain.connections]
    parts += [carry(domain, seen, wish) for domain in asked if domain.carriage]
    tried = [option for part in parts for option in resolve(part, seen, wish, progress, only=about)]
    found = follow(wish, seen, parts, tried)
    options = tuple(option for option in found.options if bulletin.visible(option, wish.audience))
    names = playing.state_names(seen)
    ids = {*(threat.id for threat in found.threats), *(option.id for option in options)}
    if about and about not in ids:
        known = ids | set(_systems(seen, wish.on)) | set(_linked(seen)) | set(_carried(seen))
        raise UnknownNameError("threat, step or system", about, known)
    one = tuple(threat for threat in found.threats if threat.id == about)
    step = tuple(option for option in options if option.id == about)
    return Steps(one or found.threats, step or options, names)


def _together(about: str, named: System, seen: Seen, wish: Wish, progress: Progress | None) -> Together:
    from mirab.brief.together import Together
    from mirab.core.flow import system
    from mirab.resolve import coalition, cooperation
    from mirab.resolve.deal import deal

    if wish.audience is Marking.PUBLIC:
        problem = Problem(about, "is analytical only", "ask for partners or internal with --audience")
        raise InputError("what the public sees", [problem])
    domain, nodes, valued = named
    few = replace(wish, members=min(wish.members, MEMBERS))
    run = project(domain, seen, few, progress).outlook.run
    model, inflow, start = system.separated(run.model, run.inflow, run.start, nodes)
    worth = valued(seen.region, model.network)
    found = coalition.coalitions(model, inflow, worth.at(), start=start, progress=progress)
    over = cooperation.gain_over_values(model, inflow, start, worth, progress)
    names = {row["state"]: row["name"] for row in seen.region.states}
    apart = tuple(seen.region.settings.get("apart", ()))
    games = {"foresight": (found.foresight, found.foreseen), "operation": (found.myopic, found.operated)}
    deals = {way: deal(game, names, before=before, apart=apart) for way, (game, before) in games.items()}
    title = about.partition(":")[2].replace("-", " ").title()
    frame = (wish.on, run.axis.end, few.members, wish.seed)
    rests = _rests(seen, domain)
    return Together(title, found, deals, *frame, names, (*found.assumptions, rests), over)


def _linked(seen: Seen) -> dict[str, Domain]:
    """Domains whose states are linked, by the name of what their states could save together."""
    return {f"{one.name}:together": one for one in seen.domains if one.connections}


def _carried(seen: Seen) -> dict[str, Domain]:
    """Domains whose cargo waits in queues, by the name of what their states could reach together."""
    return {f"{one.name}:together": one for one in seen.domains if one.carriage}


def _joined(domain: Domain, seen: Seen, wish: Wish, progress: Progress | None) -> Joined:
    from mirab.brief import bulletin
    from mirab.resolve import options

    known = [one for one in options.load(seen.region, domain.name) if bulletin.visible(one, wish.audience)]
    return playing.joined(domain, known, seen, wish, progress)


def _saved(domain: Domain, seen: Seen, wish: Wish) -> Saved:
    from mirab.brief import bulletin
    from mirab.brief.relief import Saved
    from mirab.resolve import options
    from mirab.stages import connecting

    known = [one for one in options.load(seen.region, domain.name) if bulletin.visible(one, wish.audience)]
    few = replace(wish, members=min(wish.members, LINKED))
    found = connecting.joint(domain, known, seen, few)
    names = {row["state"]: row["name"] for row in seen.region.states}
    notes = connecting.connections(domain, seen).assumptions
    titles = {one.id: one.title for one in known}
    return Saved(found, titles, names, wish.on, few.members, wish.seed, notes)


def _rests(seen: Seen, domain: Domain) -> str:
    """What the money rests on: the sources of the values and their confidence (§6)."""
    rows = seen.region.rows(f"{domain.name}/values")
    titles = {seen.region.sources[id].title for row in rows for id in codes(row["source_id"])}
    classes = sorted({row["confidence"] for row in rows})
    return f"Values of water and electricity are {', '.join(classes)}: {'; '.join(sorted(titles))}."


def _systems(seen: Seen, on: date) -> dict[str, System]:
    """The connected systems of all domains that value something, by the names they can be asked for."""
    from mirab.resolve.cooperation import systems

    found: dict[str, System] = {}
    for domain in seen.domains:
        if domain.network is None or domain.values is None:
            continue
        network = domain.network(seen.region, on)
        rows = seen.region.rows(f"{domain.name}/nodes")
        rivers = {row["node_id"]: row["river"] or "" for row in rows if row["node_id"] in network.nodes}
        parts = systems(network, rivers)
        found |= {f"{domain.name}:{name}": (domain, parts[name], domain.values) for name in parts}
    return found
