"""What states could do together: steps against a threat, one step by itself, or a whole system."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from mirab.centre import Progress, Seen, Wish, follow, observe, project, resolve, warn
from mirab.core.domain import Domain, Tables
from mirab.core.errors import UnknownNameError
from mirab.core.network import Network
from mirab.core.records import Option, Threat
from mirab.core.values import Range

if TYPE_CHECKING:
    from mirab.resolve.cooperation import Cooperation

System = tuple[Domain, frozenset[str], Callable[[Tables, Network], Range]]
MEMBERS = 20
"""Members of a cooperation: each is a linear programme for every coalition."""


@dataclass(frozen=True)
class Steps:
    """Joint steps, tried on the outlook of a date, and the threats that they are held against."""

    threats: tuple[Threat, ...]
    options: tuple[Option, ...]
    state_names: dict[str, str]


def steps(about: str, wish: Wish, progress: Progress | None = None) -> Steps:
    """What would help: against one threat, or what one step does; all of both where `about` is empty.

    Shown is what the audience of the wish may see. Raises UnknownNameError for an id that is neither.
    """
    from mirab.brief import bulletin

    seen = observe(wish)
    parts = [warn(domain, seen, wish, progress) for domain in seen.domains if domain.network]
    tried = [option for part in parts for option in resolve(part, seen, wish, progress)]
    found = follow(wish, seen, parts, tried)
    options = tuple(option for option in found.options if bulletin.visible(option, wish.audience))
    names = {row["state"]: row["name"] for row in seen.region.states}
    ids = {*(threat.id for threat in found.threats), *(option.id for option in options)}
    if about and about not in ids:
        raise UnknownNameError("threat, step or system", about, ids | set(_systems(seen, wish.on)))
    one = tuple(threat for threat in found.threats if threat.id == about)
    step = tuple(option for option in options if option.id == about)
    return Steps(one or found.threats, step or options, names)


def is_system(about: str, wish: Wish) -> bool:
    """Whether a name is that of a whole system, such as `water:syr-darya`."""
    return about in _systems(observe(wish), wish.on)


def cooperation(about: str, wish: Wish, progress: Progress | None = None) -> Cooperation:
    """What the states of a system could reach together at best, by at most MEMBERS members of the outlook.

    Raises UnknownNameError for a system that the pack does not have.
    """
    from mirab.core.flow import system
    from mirab.resolve import cooperation as cooperations

    seen = observe(wish)
    known = _systems(seen, wish.on)
    if about not in known:
        raise UnknownNameError("system", about, known)
    domain, nodes, valued = known[about]
    run = project(domain, seen, replace(wish, members=min(wish.members, MEMBERS)), progress).outlook.run
    parts = system.separated(run.model, run.inflow, run.start, nodes)
    worth = valued(seen.region, parts[0].network)
    names = {row["state"]: row["name"] for row in seen.region.states}
    apart = tuple(seen.region.settings.get("apart", ()))
    title = about.partition(":")[2].replace("-", " ").title()
    return cooperations.cooperation(about, title, parts, worth, names, apart=apart, progress=progress)


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
