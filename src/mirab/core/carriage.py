"""Carriage: cargo that chooses its way through a network of queues; what a domain declares of it.

Amounts are in t, times in hours, costs in USD per t. Triples are low, mode and high.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from mirab.core.queues.network import QueueNetwork
from mirab.core.records import Evidence

Three = tuple[float, float, float]
LEG, DWELL, FLEET = "leg", "dwell", "fleet"
StageKind = Literal["leg", "dwell", "fleet"]


@dataclass(frozen=True)
class Stage:
    """One piece of a way: a leg under way, a dwell at a station, or a crossing by a fleet.

    `station` is where it waits (empty for a leg), `km` and `hours` are those of the piece without a queue.
    `place` is where it ends or is done, `state` its owner, `mode` that of a leg.
    """

    kind: StageKind
    title: str
    place: str
    state: str
    km: float
    hours: float
    station: str = ""
    usd_per_t: tuple[float, float] = (0.0, 0.0)
    link: str = ""
    mode: str = ""


@dataclass(frozen=True)
class Market:
    """Cargo between two ends that has ways to choose from.

    `per_day` is t a day in the year `year`, that grows by `growth` (low and high, a year), with the
    coefficient of variation `spread` between members. In the states `ends` it begins or ends, so that they
    are no transit. `tonnes_each` turns it into `counted_in`.
    """

    id: str
    title: str
    commodity: str
    perimeter: str
    per_day: float
    year: int
    growth: tuple[float, float]
    spread: float
    ends: tuple[str, ...]
    counted_in: str
    tonnes_each: float
    evidence: Evidence


@dataclass(frozen=True)
class Way:
    """One way of a market. `share` is what set its constant; a way that is not `loaded` is only drawn.

    `states` are those that it passes, A to Z; `series` is the corridor of its published times.
    """

    id: str
    title: str
    market: str
    nest: str
    stages: tuple[Stage, ...]
    states: tuple[str, ...]
    loaded: bool
    share: float
    planned: bool
    series: str
    evidence: Evidence

    @property
    def km(self) -> float:
        """Length in km."""
        return sum(stage.km for stage in self.stages)

    @property
    def hours(self) -> float:
        """Hours without any queue."""
        return sum(stage.hours for stage in self.stages)

    @property
    def stations(self) -> tuple[str, ...]:
        """Where it waits, in order."""
        return tuple(stage.station for stage in self.stages if stage.station)


@dataclass(frozen=True)
class Station:
    """Where cargo waits: its title, the states whose services work there, and the unit that is added to it.

    `hours` are the mean dwell without a queue. `unit` names one more unit of capacity, `units` how many
    there are, None where no capacity is modelled. `named` says who calls it a bottleneck.
    """

    id: str
    title: str
    place: str
    states: tuple[str, ...]
    hours: Three
    unit: str
    units: float | None
    kind: str
    named: str
    evidence: Evidence


@dataclass(frozen=True)
class Level:
    """A slow stage, such as that of a sea: `start` m in the year `since`, and its change in m a year."""

    id: str
    start: float
    since: int
    rate: Three


@dataclass(frozen=True)
class Taste:
    """How ways are chosen: `theta` per USD/t, worth of time in USD/t and day by commodity.

    `likeness` is that of a nest, `reliability` the worth of an hour of standard deviation over one of mean.
    """

    theta: Three
    likeness: float
    reliability: Three
    time: Mapping[str, Three]


@dataclass(frozen=True)
class Plan:
    """A volume that is planned for a year: its id, title, and the states that planned it."""

    id: str
    title: str
    year: int
    states: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True)
class Carriage:
    """Everything that a domain declares of its cargo: network, markets, ways, stations, taste.

    `demand`, `freight` are factors by market and way that a change sets; `barred` are nests that no cargo
    may take; `level_shift` are metres on top of the level. `assumptions` are sentences for the briefing.
    `closures` are what the closures of a place rest on; `plans` are volumes planned for years ahead, and
    `came` what came over what was planned, of those that came due. `kept` is the part of a freight that
    carrying leaves to a state, None where nothing is known of it; `owners` are by fleet the shares of its
    states.
    """

    network: QueueNetwork
    markets: Mapping[str, Market]
    ways: Mapping[str, Way]
    stations: Mapping[str, Station]
    taste: Taste
    level: Level | None = None
    demand: Mapping[str, float] = field(default_factory=dict)
    freight: Mapping[str, float] = field(default_factory=dict)
    barred: frozenset[str] = frozenset()
    level_shift: float = 0.0
    assumptions: tuple[str, ...] = ()
    closures: Mapping[str, Evidence] = field(default_factory=dict)
    plans: Mapping[str, Plan] = field(default_factory=dict)
    came: tuple[float, ...] = ()
    kept: Three | None = None
    owners: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def loaded(self, market: str) -> tuple[Way, ...]:
        """The ways of a market on which cargo is put."""
        return tuple(way for way in self.ways.values() if way.market == market and way.loaded)


def stream(way: Way, market: Market) -> str:
    """Id of the stream of a way in the network."""
    return f"{way.id}/{market.commodity}"


def years_since(year: int, on: date) -> float:
    """Years from the middle of a year to a day."""
    return on.year + on.timetuple().tm_yday / 365.25 - (year + 0.5)
