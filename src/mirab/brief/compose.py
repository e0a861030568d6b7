"""Compose: everything the stages found, as one Briefing, and the base map of the region behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from mirab.brief import material
from mirab.brief.basemap import Basemap
from mirab.brief.figures import Figures
from mirab.brief.material import Material
from mirab.brief.profiles import profile
from mirab.brief.sections.masthead import STALE_DAYS
from mirab.brief.series import gain
from mirab.brief.words import load
from mirab.core.phrase import say
from mirab.core.presence import Presence
from mirab.core.records import (
    Briefing,
    Clearance,
    Commitment,
    Compound,
    Event,
    LedgerLine,
    Marking,
    Observation,
    Option,
    Series,
    Source,
    Threat,
)

if TYPE_CHECKING:
    from mirab.observe.region import Region


@dataclass(frozen=True)
class Findings:
    """What the stages found: threats, charts, events, ledger, and sentences for the back of the page.

    `live` are the observations of live sources: a fresh figure of them makes no old outlook young.
    """

    threats: tuple[Threat, ...]
    options: tuple[Option, ...]
    materials: tuple[Material, ...]
    events: tuple[Event, ...]
    ledger: tuple[LedgerLine, ...]
    observations: tuple[Observation, ...]
    gaps: tuple[str, ...]
    method: tuple[str, ...]
    commitments: tuple[Commitment, ...] = ()
    compounds: tuple[Compound, ...] = ()
    series: tuple[Series, ...] = ()
    live: tuple[Observation, ...] = ()


@dataclass(frozen=True)
class Head:
    """The masthead: for whom, of what date and region, how it was drawn."""

    profile: str
    region: str
    region_title: str
    as_of: date
    written_on: date
    audience: Marking
    seed: int
    members: int
    steps: int
    state_names: Mapping[str, str]
    other_names: Mapping[str, str]
    sources: Mapping[str, Source]
    focus: str
    version: str
    rules: str
    data: str


def briefing(head: Head, found: Findings) -> Briefing:
    """The Briefing as a first issue; the sources listed are those that something in it cites."""
    words = load()
    last = max((_last_day(o) for o in found.observations if o.presence is Presence.PRESENT), default=None)
    stale = last is None or (head.as_of - last).days > STALE_DAYS
    say = Figures(words, head.state_names)
    drawn = [one for part in found.materials for one in material.charts(part)]
    single = (option for option in found.options if not option.parts)
    gains = (gain(option) for option in single if option.states or option.carriage)
    series = (*drawn, *gains, *found.series)
    return Briefing(
        profile=head.profile,
        region=head.region,
        region_title=head.region_title,
        issue=1,
        as_of=head.as_of,
        written_on=head.written_on,
        status=Clearance.DRAFT,
        cleared_by="",
        audience=head.audience,
        seed=head.seed,
        members=head.members,
        steps=head.steps,
        sections=tuple(profile(head.profile).sections),
        situation=material.situation(found.threats, say, scenario=stale),
        changes=(),
        threats=found.threats,
        compounds=found.compounds,
        options=found.options,
        commitments=found.commitments,
        events=found.events,
        observations=_latest((*found.observations, *found.live)),
        series=series,
        ledger=found.ledger,
        unknowns=_unknowns(found),
        method=(*found.gaps, *found.method),
        sources=_cited(head.sources, found, series),
        state_names=dict(head.state_names),
        last_observation=last,
        focus=head.focus,
        version=head.version,
        rules=head.rules,
        data=head.data,
        other_names=dict(head.other_names),
    )


def basemap(region: Region, groups: Sequence[str], beside: Sequence[str] = ()) -> Basemap:
    """The base map of a region pack: GeoJSON layers, and the nodes and links of these groups of tables.

    The window holds the nodes of these groups and the ports that fleets of the groups `beside` join; nodes of
    the latter that lie in it are there too, and each fleet as a link that nothing flows through.
    """
    settings, folder = region.settings, region.path / "map"
    layers = {path.stem: path for path in folder.glob("*.geojson")}
    found = Basemap(
        states=layers.get("states"),
        rivers=layers.get("rivers"),
        lakes=layers.get("lakes"),
        places=layers.get("places"),
        nodes=[row for name in groups for row in region.rows(f"{name}/nodes") if row["lat"] is not None],
        links=[row for name in groups for row in region.rows(f"{name}/links")],
        disclaimer=settings["disclaimer"],
        year=str(settings.get("map_year", "")),
        attribution=settings.get("map_attribution", ""),
        dotted=settings.get("dotted", ()),
    )
    rows = [row for name in beside for row in region.rows(f"{name}/nodes") if row["lat"] is not None]
    if not (rows and found.nodes):
        return found
    fleets = [row for name in beside for row in region.rows(f"{name}/fleets")]
    ends = ("from_node", "to_node")
    ports = {row[end] for row in fleets for end in ends}
    seen = [*found.nodes, *(row for row in rows if row["node_id"] in ports)]
    window = west, south, east, north = replace(found, nodes=seen).bounds()
    near = [row for row in rows if west < row["lon"] < east and south < row["lat"] < north]
    ships = [
        {"link_id": row["fleet_id"], "ship": row["title"], **{e: row[e] for e in ends}} for row in fleets
    ]
    return replace(found, nodes=[*near, *found.nodes], links=[*found.links, *ships], window=window)


def _last_day(observation: Observation) -> date:
    """The last day that an observation speaks for."""
    return max(observation.start, observation.end - timedelta(days=1))


def _latest(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """The last observation of each quantity at each item by each author."""
    latest = {(o.item, o.quantity, o.author): o for o in sorted(observations, key=lambda o: o.start)}
    return tuple(sorted(latest.values(), key=lambda o: (o.item, o.quantity, o.author)))


def _unknowns(found: Findings) -> tuple[str, ...]:
    """Three lines: what the ledger calls absent or not modelled, then what no rule could judge."""
    absent = [line for line in found.ledger if line.presence is not Presence.PRESENT]
    lines = [say("{part}: {remark}", part=line.part, remark=line.remark) for line in absent]
    return tuple([*lines, *found.gaps][:3])


def _cited(sources: Mapping[str, Source], found: Findings, series: Sequence[Series]) -> tuple[Source, ...]:
    observed = (*found.observations, *found.live)
    parts = (found.threats, found.options, observed, found.events, found.commitments)
    evidence = [
        one for part in (*parts, *(one.findings for one in found.commitments)) for one in _evidence(part)
    ]
    ids = material.cited(evidence) | {id for one in series for id in one.source_ids}
    return tuple(sources[id] for id in sorted(ids) if id in sources)


def _evidence(records: Iterable[Any]) -> Iterable[Any]:
    for record in records:
        evidence = record.evidence
        yield from evidence if isinstance(evidence, tuple) else (evidence,)
