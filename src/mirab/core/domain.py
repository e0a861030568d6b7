"""Domain: what a field declares. It names algorithms; the centre resolves the names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis
from mirab.core.carriage import Carriage
from mirab.core.ensemble import Ensemble
from mirab.core.exits import Connections
from mirab.core.incidents import Counts, Incident
from mirab.core.network import Network
from mirab.core.panel import Panel
from mirab.core.records import Change, Event, Observation, Series
from mirab.core.targets import Measured
from mirab.core.values import Range

Row = Mapping[str, Any]


class Tables(Protocol):
    """What a domain sees of a region pack: tables by name, typed, in file order."""

    def rows(self, table: str) -> Sequence[Row]:
        """Rows of a table; an optional table that the pack lacks has none."""
        ...


@dataclass(frozen=True)
class Guide:
    """Members of a forecast that draw a source towards them.

    `values` (step, member) are in the unit of the plan, on the steps of its request, NaN where there is no
    forecast; `weight` (step,) is what they count for in standard units: 0 leaves the draw as it is, 1 puts
    the forecast in its place.
    """

    values: NDArray[np.float64]
    weight: NDArray[np.float64]


@dataclass(frozen=True)
class DriverPlan:
    """What a domain says about the drivers of its network; a stage draws the members from it.

    `norm[i]` are the 12 monthly means of item i; `cv_annual` and `lag1_annual` describe its annual mean;
    `persistence` is the lag-one correlation of standardised steps; `correlation` that between any two items.
    `anchors[item]` are observations that condition the draw, `decay_steps` how fast they are forgotten.
    `start[store]` is the observation from which a store starts, `readings` re-anchor stores later on.
    `traces[item]` are past years of values by step of the year where there are any. `guides[item]` are
    forecasts that condition the steps ahead. `assumptions` are sentences that the briefing prints.
    """

    quantity: str
    unit: str
    items: tuple[str, ...]
    states: tuple[tuple[str, ...], ...]
    norm: tuple[tuple[float, ...], ...]
    cv_annual: tuple[float, ...]
    lag1_annual: tuple[float, ...]
    persistence: float
    correlation: float
    decay_steps: float
    anchors: Mapping[str, Sequence[Observation]] = field(default_factory=dict)
    start: Mapping[str, Observation] = field(default_factory=dict)
    readings: Sequence[Observation] = ()
    traces: Mapping[str, Sequence[Sequence[float]]] = field(default_factory=dict)
    guides: Mapping[str, Guide] = field(default_factory=dict)
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True)
class DriverRequest:
    """What the centre asks for: steps, members, seed, and what was known on the date `on`.

    `forecasts` are those of others, each with its day of issue, and the past as their model has it.
    """

    axis: TimeAxis
    members: int
    seed: int
    on: date
    observations: Sequence[Observation]
    forecasts: Sequence[Ensemble] = ()


def _nothing(ensemble: Ensemble) -> tuple[Ensemble, ...]:
    return ()


@dataclass(frozen=True)
class ForecastPlan:
    """What a domain without a network asks to have forecast: a panel, the method by name, and how far.

    `horizon` are the steps that are judged, counted from the one that holds the date; `baseline` names the
    method that must be beaten before skill is claimed (§11). `focus` are the items that are judged and drawn,
    `beside` others that are listed with them; the rest of the panel is only learnt from. `event` is the
    amount at which a step counts as an event in the past scores (None: none is counted). `empty` are items
    whose history is empty: for them no skill is ever claimed. `norms` are amounts of a usual step by quantity
    and item. `drivers` say by item what the forecast follows from. `derive` makes further quantities for the
    rules from the forecast. `rivals` are quantities under which others forecast the same or something near.
    `titles` name the items, `perimeter` says what the amounts count and what they do
    not, `names` are words for quantities; `gaps` and `assumptions` are sentences that the briefing prints.
    """

    panel: Panel
    forecaster: str
    baseline: str
    horizon: int
    focus: tuple[str, ...]
    perimeter: str
    titles: Mapping[str, str]
    event: float | None = None
    empty: frozenset[str] = frozenset()
    beside: tuple[str, ...] = ()
    norms: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    drivers: Mapping[str, str] = field(default_factory=dict)
    derive: Callable[[Ensemble], Sequence[Ensemble]] = _nothing
    names: Mapping[str, str] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()


Forecasts = Callable[[Tables, Sequence[Observation], date], Sequence[ForecastPlan]]
"""Plans of a domain, from its tables and what was known on the date."""


@dataclass(frozen=True)
class Domain:
    """A field of work: the tables of the pack that it reads, its network and drivers, and named algorithms.

    `derive` turns a run into the quantities that rules and charts name. `bounds[(relative_to, quantity)]`
    are bounds of items that its tables state, such as dead volumes and flood limits. `keeps` names by
    quantity the items whose members `derive` reads (None: all). `values` are what water and power are worth.
    `measured` gives indicators with their targets, from the tables and what is known; it raises
    InputError where tables contradict themselves.

    `forecasts` gives the plans of a domain that has no network, one for each quantity. `events` are dated
    events of its own kinds, written `DOMAIN:KIND`, and `noticed` those that observations show up to a day;
    `incidents` are such events with editions, to which a user may add, and `counts` what its rules judge of
    those that stand.
    `connections` gives the exits of the states and what threatens them, with changes made; None where the
    pack has none. `carriage` declares cargo that chooses its way through queues, in place of a network of
    flows; `record` gives what its tables hold beside a run.

    `heard` says that its rules judge what the press that was read tells of states and pairs. `watched` are
    quantities that live sources report of its states: shown beside its forecasts, and judged by its rules.

    `tables` are resource names of the pack (`water/nodes`). `rules` is the path of rules.csv inside the
    domain's folder; `sections`, `forecasters`, `options` are names that the centre resolves.
    """

    name: str
    title: str
    tables: tuple[str, ...]
    network: Callable[[Tables, date], Network] | None = None
    drivers: Callable[[Tables, Network, DriverRequest], DriverPlan] | None = None
    observations: Callable[[Tables], Sequence[Observation]] | None = None
    derive: Callable[[Tables, Any, DriverRequest], Sequence[Ensemble]] | None = None
    bounds: Callable[[Tables], Mapping[tuple[str, str], Mapping[str, float]]] | None = None
    keeps: Callable[[Tables, Network], Mapping[str, Sequence[str]]] | None = None
    measured: Callable[[Tables, Sequence[Observation]], Measured] | None = None
    values: Callable[[Tables, Network], Range] | None = None
    forecasts: Forecasts | None = None
    events: Callable[[Tables], Sequence[Event]] | None = None
    noticed: Callable[[Tables, Sequence[Observation], date], Sequence[Event]] | None = None
    incidents: Callable[[Tables], Sequence[Incident]] | None = None
    counts: Callable[[Tables, Sequence[Incident], date], Counts] | None = None
    connections: Callable[[Tables, Sequence[Change]], Connections | None] | None = None
    carriage: Callable[[Tables], Carriage] | None = None
    record: Callable[[Tables, Any], Sequence[Series]] | None = None
    heard: bool = False
    watched: tuple[str, ...] = ()
    rules: str = "rules.csv"
    sections: tuple[str, ...] = ()
    forecasters: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
