"""The records that the stages exchange; they are the API and the JSON output.

All are frozen; `plain` makes JSON values of them and back. Every record that can reach a reader carries a
`marking` (who may see it).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from mirab.core.carriage_gain import CarriageGain
from mirab.core.imprint import Imprint
from mirab.core.marking import Marking as Marking
from mirab.core.presence import Presence


class Confidence(StrEnum):
    """Where a figure comes from (§6), strongest first."""

    PUBLISHED = "published"
    COMPUTED = "computed"
    SECONDARY = "secondary"
    CONFLICTING = "conflicting"
    ESTIMATED = "estimated"
    RECALLED = "recalled"


class Level(StrEnum):
    """Level of a threat (§8), lowest first."""

    WATCH = "watch"
    POTENTIAL = "potential"
    EXISTING = "existing"

    @property
    def rank(self) -> int:
        """0 for watch, 1 for potential, 2 for existing."""
        return list(Level).index(self)


class Standing(StrEnum):
    """How far an option has come between the states (§13)."""

    AGREED = "agreed"
    UNDER_NEGOTIATION = "under negotiation"
    PROPOSED = "proposed"
    ANALYTICAL = "analytical only"


PUBLIC_STANDINGS = (Standing.AGREED, Standing.UNDER_NEGOTIATION)
"""What the public sees of options (§13)."""


class Status(StrEnum):
    """Status of a commitment: the four words of the Open Contracting standard, and overdue."""

    SCHEDULED = "scheduled"
    MET = "met"
    PARTIALLY_MET = "partially met"
    NOT_MET = "not met"
    OVERDUE = "overdue"


class Sense(StrEnum):
    """Whether a promised amount is a least or a most."""

    AT_LEAST = "at least"
    AT_MOST = "at most"


class Kept(StrEnum):
    """What can be said of a promised amount in its period; a simulation alone says no more than the last."""

    SERVED = "served"
    NOT_SERVED = "not served"
    UNTOLD = "cannot be told"


class Clearance(StrEnum):
    """How far a briefing has come towards release."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    CLEARED = "cleared"


class Origin(StrEnum):
    """Whether a threat was computed or assessed by a named analyst; an assessment keeps both values."""

    COMPUTED = "computed"
    ASSESSED = "assessed"


@dataclass(frozen=True)
class Source:
    """A publication or data set; `date` is as its publisher gives it, possibly only a year or empty."""

    id: str
    title: str
    publisher: str = ""
    date: str = ""
    licence: str = ""
    licence_settled: bool = True


@dataclass(frozen=True)
class Span:
    """The exact characters of a text that a record rests on, and the rule that read them."""

    document: str
    start: int
    end: int
    rule: str


@dataclass(frozen=True)
class Evidence:
    """What a figure rests on: a source with its confidence, for text the span, and what it says."""

    source_id: str
    confidence: Confidence
    note: str = ""
    span: Span | None = None


@dataclass(frozen=True)
class Observation:
    """One value of one quantity at one item over one period, as one author reports it (§7).

    `value` is None unless presence is `present`. `start` and `end` bound the period (end is the day after
    the last); `author` is the service or publisher that reports it, `vintage` the edition of its data set
    where figures are revised.
    """

    item: str
    quantity: str
    start: date
    end: date
    value: float | None
    unit: str
    author: str
    evidence: Evidence
    presence: Presence = Presence.PRESENT
    marking: Marking = Marking.PUBLIC
    vintage: str = ""


@dataclass(frozen=True)
class Severity:
    """How hard a threat hits one state: an amount in its unit, its perimeter, and a share where one exists.

    `amount` is the mean over the members in which the threat comes true; `low` and `high` are the 10 and
    90 % quantiles over the same members. `share` is a fraction of the perimeter (§13).
    """

    state: str
    amount: float
    unit: str
    perimeter: str
    low: float | None = None
    high: float | None = None
    share: float | None = None
    value_usd: float | None = None


@dataclass(frozen=True)
class Threat:
    """Something that is failing or may fail on a shared system, with how likely, when, and who is hurt.

    `probability` is the share of members, in [0, 1]; None where only an observation speaks. `window` is the
    first and last day of the period in which it first comes true in the middle half of those members.
    `lead_days` counts from the briefing's date to the window's start. `why` lists the binding constraint
    and the main drivers in words. `confidence_shares` is the share of input rows on the upstream paths by
    confidence (§6). `track_record` is a score on unseen data or the words "base rate, no forecast skill".
    `basis` says in words what the level rests on: an observation with its date, or a simulation. `convenors`
    are the bodies that could bring it to one table, each with the reason. `upstream` are the states with
    places from which water can reach its items, for a threat that a network was simulated for. `catalogue`
    is the entry of an external catalogue of risks to which the rule is mapped, empty where it is not.
    """

    id: str
    domain: str
    rule: str
    title: str
    items: tuple[str, ...]
    states: tuple[str, ...]
    level: Level
    probability: float | None
    window: tuple[date, date] | None
    lead_days: int | None
    severity: tuple[Severity, ...]
    why: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    confidence_shares: dict[str, float]
    track_record: str
    basis: str
    options: tuple[str, ...] = ()
    addressee: str = ""
    origin: Origin = Origin.COMPUTED
    assessed_by: str = ""
    assessment: str = ""
    computed_level: Level | None = None
    marking: Marking = Marking.PUBLIC
    convenors: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()
    catalogue: str = ""


@dataclass(frozen=True)
class Compound:
    """Two threats that may come true together for the same states in the same window.

    `threats` are their ids, `states` those that both touch, `window` the days that both windows share.
    `probability` is the share of members in which both come true where one run holds both (`common`), else
    the product of theirs, which takes them as independent; `product` is that product in both cases.
    """

    id: str
    threats: tuple[str, str]
    states: tuple[str, ...]
    window: tuple[date, date]
    probability: float
    product: float
    common: bool
    marking: Marking = Marking.PUBLIC


@dataclass(frozen=True)
class Change:
    """One change that an option makes: `what` (a network or driver field), `item`, and the new value.

    `months` are the calendar months in which it holds; none means the whole year.
    """

    what: str
    item: str
    value: float | str
    unit: str = ""
    months: tuple[int, ...] = ()


@dataclass(frozen=True)
class ThreatEffect:
    """What an option does to one threat, on the same members.

    `before` and `after` are its probability without and with the option; `low` and `high` bound the change
    (the 90 % interval of the mean difference of each member with itself).
    """

    threat: str
    before: float
    after: float
    low: float
    high: float

    @property
    def helps(self) -> bool:
        """Whether the threat becomes less likely by more than chance in these members."""
        return self.high < 0.0


@dataclass(frozen=True)
class StateEffect:
    """What an option changes for one state over the period, each member against itself.

    Triples are the 10, 50 and 90 % points over members: `water_km3` delivered to its uses, `energy_gwh`
    and `winter_energy_gwh` (October to March) of its plants, `gain_usd` in the middle of the range of
    values. `least_usd` and `most_usd` are the mean gain where water and power take the ends of their
    ranges that make it least and most: of one sign, the conclusion holds for every value between.
    `stored_km3` is what its stores hold after the last step.
    """

    state: str
    water_km3: tuple[float, float, float]
    energy_gwh: tuple[float, float, float]
    winter_energy_gwh: tuple[float, float, float]
    stored_km3: tuple[float, float, float]
    gain_usd: tuple[float, float, float]
    least_usd: float
    most_usd: float


@dataclass(frozen=True)
class RuleGain:
    """What one sharing rule gives each state beyond what it reaches alone, in USD.

    By state a 10 % point, the mean and a 90 % point over the members in which the rule has an answer;
    `answered` is their fraction, `in_core` the fraction of them in which no group of states would do better
    by itself. A rule without any has no gains.
    """

    rule: str
    answered: float
    in_core: float
    gains: dict[str, tuple[float, float, float]]


@dataclass(frozen=True)
class Option:
    """A step that states may take together: what changes, who must act, and what it does.

    `parts` are the options that a pair joins. `not_valued` says why the model gives no figure; it is empty
    where `changes` do. `agreements` are what the record already promises. `lead_months` counts from a
    decision. `coalition` are the states without whose agreement it does not stand: those that act and those
    that would lose by it. `shares` is the mean gain of each state in USD after compensation by the Shapley
    value, `compensation` what it receives (pays, where below 0), `rules` what each rule gives; all empty
    where nothing is gained. `deal` are sentences. `goals` are the numbers of the Sustainable Development
    Goals that it touches, as the pack reads it. `carriage` is what a step on corridors brings by state.
    """

    id: str
    title: str
    kind: str
    standing: Standing
    proposed_by: str
    actors: tuple[str, ...]
    changes: tuple[Change, ...]
    parts: tuple[str, ...] = ()
    not_valued: str = ""
    agreements: tuple[str, ...] = ()
    cost_low_usd: float | None = None
    cost_high_usd: float | None = None
    lead_months: float | None = None
    threats: tuple[ThreatEffect, ...] = ()
    states: tuple[StateEffect, ...] = ()
    carriage: tuple[CarriageGain, ...] = ()
    coalition: tuple[str, ...] = ()
    shares: dict[str, float] = field(default_factory=dict)
    compensation: dict[str, float] = field(default_factory=dict)
    rules: tuple[RuleGain, ...] = ()
    deal: tuple[str, ...] = ()
    goals: tuple[int, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    marking: Marking = Marking.PUBLIC


@dataclass(frozen=True)
class StatusChange:
    """One step in the history of a commitment; who wrote it down when (UTC) is told for internal use only."""

    on: date
    status: Status
    evidence: Evidence
    person: str = ""
    recorded: str = ""


@dataclass(frozen=True)
class Finding:
    """What is known of a promised amount in its period (first day, day after the last), and what says so.

    `value` was observed by one author, in `unit`; `probability` is the share of members that serve it.
    """

    start: date
    end: date
    kept: Kept
    value: float | None
    unit: str
    probability: float | None
    basis: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Commitment:
    """A promise: who, to whom, what quantity, by when, where it was said, and whether it was kept.

    `owner` is the body that answers for it, `parent` the promise of which it is a part. `adopted` and
    `due_known` are ISO text as known; `due` is the last day that they leave, by `due_rule` if none was given.
    `amount` is a least or a most (`sense`) of `quantity` at `item` over `period` (as in Finding).
    """

    id: str
    by: tuple[str, ...]
    to: tuple[str, ...]
    what: str
    quantity: str
    amount: float | None
    unit: str
    due: date | None
    status: Status
    history: tuple[StatusChange, ...]
    evidence: tuple[Evidence, ...]
    marking: Marking = Marking.PUBLIC
    owner: str = ""
    parent: str = ""
    agreement: str = ""
    adopted: str = ""
    due_known: str = ""
    due_rule: str = ""
    themes: tuple[str, ...] = ()
    item: str = ""
    sense: Sense = Sense.AT_LEAST
    period: tuple[date, date] | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Event:
    """Something dated in the diplomacy: a meeting, a handover of a chair, an agreement.

    Dates are ISO text as known: a day, a month or a year. `last_verified` says when the entry was last seen.
    """

    id: str
    kind: str
    title: str
    states: tuple[str, ...]
    start: str
    end: str
    last_verified: str
    evidence: Evidence
    marking: Marking = Marking.PUBLIC


@dataclass(frozen=True)
class LedgerLine:
    """One line of the data quality ledger: a part of the input, what it lacks, and what that affects."""

    part: str
    presence: Presence
    rows: int
    by_confidence: dict[str, int]
    remark: str


@dataclass(frozen=True)
class Series:
    """The numbers behind one chart: columns by name (equal lengths), with unit, source and confidence."""

    id: str
    title: str
    unit: str
    columns: dict[str, tuple[Any, ...]]
    source_ids: tuple[str, ...]
    confidence: str
    note: str = ""
    marking: Marking = Marking.PUBLIC


@dataclass(frozen=True)
class Briefing:
    """One issue of the briefing: everything that its sections, JSON and CSV show.

    `focus` is the state to which threats are narrowed (hit, or upstream), empty for all. `version` is that
    of Mirab; `rules` and `data` are fingerprints of the rules and of the whole input, whatever the date. With
    them the next issue can tell why something has changed. `state_names` are the states of the region,
    `other_names` those that only its diplomacy names.
    """

    profile: str
    region: str
    region_title: str
    issue: int
    as_of: date
    written_on: date
    status: Clearance
    cleared_by: str
    audience: Marking
    seed: int
    members: int
    steps: int
    sections: tuple[str, ...]
    situation: tuple[str, ...]
    changes: tuple[str, ...]
    threats: tuple[Threat, ...]
    options: tuple[Option, ...]
    commitments: tuple[Commitment, ...]
    events: tuple[Event, ...]
    observations: tuple[Observation, ...]
    series: tuple[Series, ...]
    ledger: tuple[LedgerLine, ...]
    unknowns: tuple[str, ...]
    method: tuple[str, ...]
    sources: tuple[Source, ...]
    state_names: dict[str, str]
    last_observation: date | None
    marking: Marking = Marking.PUBLIC
    focus: str = ""
    version: str = ""
    rules: str = ""
    data: str = ""
    other_names: dict[str, str] = field(default_factory=dict)
    compounds: tuple[Compound, ...] = ()
    imprint: Imprint = Imprint()
