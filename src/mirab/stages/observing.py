"""Stage 1: the region, its domains, what was known on the date, and where what a user writes is kept."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from mirab.core.domain import Domain
from mirab.core.ensemble import Ensemble
from mirab.core.imprint import Imprint
from mirab.core.incidents import Incident, Sorted
from mirab.core.phrase import Phrase, say
from mirab.core.records import Event, Marking, Observation, Series, Source

if TYPE_CHECKING:
    from mirab.core.flow.gather import Client
    from mirab.follow.diary import Diary
    from mirab.observe.freshness import Age
    from mirab.observe.incidents import IncidentStore, Known
    from mirab.observe.observed import Observed
    from mirab.observe.press.store import PressStore
    from mirab.observe.region import Region
    from mirab.warn.journal import Journal
    from mirab.warn.rules import Rule

HORIZON_DEKADS = 36
SETTING, IF_BETTER = "flood_forecast", "if-better"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Wish:
    """What a user asks for; `own` is the file of the user's own observations, `out` the folder to write.

    `client` is the cluster that simulates; this machine where it is None. `imprint` says how often the
    series appears, and what the issue corrects. `formats` are the files to write (none: the usual ones),
    `template` is the house template of a Word file. `guiding` says whether forecasts of others guide the
    drivers (`warn.guidance`); the region's own setting where it is empty.
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
    languages: tuple[str, ...] = ("en",)
    client: Client | None = None
    imprint: Imprint = Imprint()
    formats: tuple[str, ...] = ()
    template: Path | None = None
    guiding: str = ""


@dataclass(frozen=True)
class Seen:
    """Stage 1: the region, its domains, the observations known on the date, and all of the user's own.

    `incidents` are the dated events of the domains' own kinds, of the pack and of the user; `written` are all
    of the user's, whenever they were told. `polled` are those of the observations that live sources gave.
    `forecasts` are those of others that had come by the date, with the past as their models have it, and
    `guiding` whether they guide the drivers.
    """

    region: Region
    domains: tuple[Domain, ...]
    observations: tuple[Observation, ...]
    own: tuple[Observation, ...]
    incidents: Sorted = Sorted()
    written: tuple[Incident, ...] = ()
    polled: tuple[Observation, ...] = ()
    forecasts: tuple[Ensemble, ...] = ()
    guiding: str = IF_BETTER


def observe(wish: Wish) -> Seen:
    """Load the region and keep what was known on the date and may be seen by the audience."""
    from mirab.observe import region, store

    pack = region.load(wish.region).seen_by(wish.audience)
    added = store.Store(wish.own).observations(pack)
    return seen_of(pack, tuple(o for o in added if o.marking.rank <= wish.audience.rank), wish.on, wish)


def seen_of(pack: Region, own: tuple[Observation, ...], known: date, wish: Wish) -> Seen:
    """What a pack, a user's readings and the events that the wish may see tell up to a day."""
    found = tuple(one for one in domains() if any(pack.rows(table) for table in one.tables))
    packed = (o for one in found if one.observations for o in one.observations(pack))
    written, told = incidents(wish, pack, found, known)
    live = polled(wish, pack, known)
    observations = tuple(o for o in (*packed, *live, *own) if o.end <= known)
    guiding = wish.guiding or str(pack.settings.get(SETTING, IF_BETTER))
    ahead = foretold(wish, pack, known)
    return Seen(pack, found, observations, own, told, written, live, ahead, guiding)


def polled(wish: Wish, pack: Region, known: date) -> tuple[Observation, ...]:
    """What live sources had told by a day, as far as the audience may see it."""
    found = live_store(wish.own, pack).known(known)
    return tuple(one for one in found if one.marking.rank <= wish.audience.rank)


def foretold(wish: Wish, pack: Region, known: date) -> tuple[Ensemble, ...]:
    """What others had forecast by a day, as far as the audience may see it."""
    store = live_store(wish.own, pack)
    if not store.path.exists():
        return ()
    from mirab.observe import polling

    return polling.foretold(store, pack, wish.audience, known)


def live_store(own: Path, pack: Region) -> Observed:
    """Where values and pages of live sources are kept, beside the file of the own readings."""
    from mirab.observe.observed import FILE, Observed

    return Observed(own.with_name(FILE), pack.name)


def incidents(
    wish: Wish, pack: Region, found: Sequence[Domain], known: date
) -> tuple[tuple[Incident, ...], Sorted]:
    """The user's incidents that the audience may see, and all that had been told by a day, sorted out."""
    from mirab.observe.incidents import sorted_out

    packed = (one for domain in found if domain.incidents for one in domain.incidents(pack))
    store, names = incident_store(wish.own, pack)
    own = tuple(one for one in store.incidents(names) if one.marking.rank <= wish.audience.rank)
    return own, sorted_out((*packed, *own), known)


def incident_store(own: Path, pack: Region) -> tuple[IncidentStore, Known]:
    """Where a user writes down incidents, beside the file of the own readings, and what a line may name."""
    from mirab.observe import incidents as observed

    groups = [one.name for one in domains() if one.incidents]
    store = observed.IncidentStore(own.with_name(observed.FILE), pack.name)
    return store, observed.Known.of(pack, groups)


def ages(wish: Wish, pack: Region) -> list[Age]:
    """How old what each live source told is, as far as the audience may see it."""
    from mirab.observe import freshness, sources

    return freshness.ages(live_store(wish.own, pack), [*sources.of(pack).values()], wish.on, wish.audience)


def domains() -> tuple[Domain, ...]:
    """All domains, in the order of their folders."""
    import mirab.domains

    names = sorted(module.name for module in pkgutil.iter_modules(mirab.domains.__path__))
    return tuple(importlib.import_module(f"mirab.domains.{name}.domain").DOMAIN for name in names)


def rules_of(domain: Domain, region: Region) -> tuple[Rule, ...]:
    """The domain's rules; a rule of the pack (rules/DOMAIN.csv) replaces the domain's of the same id."""
    from mirab.core.fields import fields
    from mirab.warn import rules

    units = {name: field.unit for name, field in fields().items()}
    own = rules.load(resources.files(f"mirab.domains.{domain.name}") / domain.rules, quantities=units)
    path = region.path / "rules" / f"{domain.name}.csv"
    local = rules.load(path, quantities=units) if path.is_file() else ()
    return tuple({rule.rule_id: rule for rule in (*own, *local)}.values())


def places(region: Region) -> set[str]:
    """Ids of the places and gauges of the networks of a pack."""
    ids = {"nodes": "node_id", "gauges": "gauge_id"}
    tables = ((name, ids.get(name.rpartition("/")[2], "")) for name in region.tables)
    return {row[column] for name, column in tables if column for row in region.rows(name)}


def diary(wish: Wish, region: Region) -> Diary:
    """Where the user's office writes down its own meetings, follow-ups, objectives and points."""
    from mirab.follow.diary import Diary

    return Diary(wish.own.with_name("diary.sqlite"), region.name)


def journal(wish: Wish, region: Region) -> Journal:
    """Where the user's analysts write down what they judge of a region."""
    from mirab.warn.journal import Journal

    return Journal(wish.own.with_name("threats.sqlite"), region.name)


def digest(seen: Seen) -> str:
    """What tells the tables of a region and the user's readings from others."""
    from mirab.follow.issues import fingerprint

    return fingerprint(
        *(table.rows for table in seen.region.tables.values()),
        *seen.own,
        *seen.written,
        *seen.polled,
        *(f"{one.how} {one.issued} {seen.guiding}" for one in seen.forecasts),
    )


def events(wish: Wish, seen: Seen) -> list[Event]:
    """Events of the domains' own kinds that had happened by the date, told or seen in observations."""
    found = [event for one in seen.domains if one.events for event in one.events(seen.region)]
    for noticed in (one.noticed for one in seen.domains if one.noticed):
        found += noticed(seen.region, seen.observations, wish.on)
    found += [one.event for one in seen.incidents.standing]
    return [event for event in found if date.fromisoformat(event.start) <= wish.on]


def told(wish: Wish, seen: Seen) -> tuple[Series, ...]:
    """What the press that the user has read tells up to the date; nothing where none was read."""
    from mirab.observe.press import summary

    states = [row["state"] for row in seen.region.states]
    return summary.series(press(wish), wish.on, states)


def press(wish: Wish) -> PressStore:
    """The press that the user has read, as far as the audience may see it."""
    from mirab.observe.press.store import PressStore

    return PressStore(press_file(wish.own), wish.audience)


def press_file(own: Path) -> Path:
    """File of the press that a user has read, beside the file of the own readings."""
    return own.with_name("press.sqlite")


def name_notes(seen: Seen) -> tuple[Phrase, ...]:
    """Notes that stand beside the names of states, such as one of non-recognition (§13)."""
    rows = [row for row in seen.region.states if row.get("name_note")]
    return tuple(say("{name}: {note}", name=row["name"], note=row["name_note"]) for row in rows)


def rested(source: Source) -> Phrase:
    """What a change of a scenario rests on, as a sentence."""
    return say("Source of the change: {title} ({publisher}).", title=source.title, publisher=source.publisher)
