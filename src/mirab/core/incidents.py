"""Incidents: dated events of a domain's own kinds, each as one edition of a source tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from mirab.core.records import Event, Evidence, Marking, Observation

QUANTITIES = ("incidents", "incidents_nearby", "incidents_between", "dated_event")
"""What is counted of incidents, as core/fields.csv defines it: by state, around it, between parties, last."""


@dataclass(frozen=True)
class Incident:
    """One event on a day, of a kind (`DOMAIN:KIND`, with its `kind_title`), at a place of one or more states.

    `vintage` names the edition that tells it, `told` the day on which that edition appeared. `apart` are ids
    of others that somebody has looked at and knows to be another event. `catalogue` is the entry of an
    external catalogue of risks that the kind stands for, empty where none is mapped.
    """

    id: str
    kind: str
    kind_title: str
    day: date
    states: tuple[str, ...]
    place: str
    title: str
    vintage: str
    told: date
    evidence: Evidence
    author: str = ""
    marking: Marking = Marking.PUBLIC
    apart: frozenset[str] = frozenset()
    catalogue: str = ""

    @property
    def event(self) -> Event:
        """The incident among the dated events of the diplomacy."""
        title = ": ".join(part for part in (self.kind_title, self.place, self.title) if part)
        day, told = self.day.isoformat(), self.told.isoformat()
        return Event(self.id, self.kind, title, self.states, day, day, told, self.evidence, self.marking)


@dataclass(frozen=True)
class Aside:
    """An incident that is not counted, because it looks like `other`, which is told later or again."""

    incident: Incident
    other: Incident
    reason: str


@dataclass(frozen=True)
class Sorted:
    """Incidents known on a date: those that stand, and those that were set aside."""

    standing: tuple[Incident, ...] = ()
    aside: tuple[Aside, ...] = ()


@dataclass(frozen=True)
class Counts:
    """What rules judge of incidents: counts by item, names and owner states of the items, and what lacks."""

    observations: tuple[Observation, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()

    def speaks_of(self, quantity: str) -> bool:
        """Whether a rule on a quantity can be judged: counts are not, as long as no event is written down."""
        return quantity not in QUANTITIES or bool(self.observations)
