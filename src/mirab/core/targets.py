"""Targets: what is measured, what was aimed at by when, and the figures of each state by year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np

from mirab.core.errors import Problem
from mirab.core.panel import Panel
from mirab.core.records import Evidence

IndicatorKind = Literal["level", "share", "ratio", "rate_of_change", "index"]
Direction = Literal["up", "down", "parity"]
Rule = Literal["reach", "multiply", "unknown"]


@dataclass(frozen=True)
class Indicator:
    """What is measured, in `unit`, and how it may move.

    `lower` and `upper` are the values beyond which a figure makes no sense; `tolerance` is the distance from
    a target within which it counts as met. A `rate_of_change` is never compounded. `thresholds` are worst,
    red, green and best of a published codebook, None where there is none for this very indicator.
    `not_applicable` are the states to which it does not apply (§3).
    """

    id: str
    name: str
    goal: int
    unit: str
    kind: IndicatorKind
    direction: Direction
    lower: float | None = None
    upper: float | None = None
    tolerance: float = 0.0
    thresholds: tuple[float, float, float, float] | None = None
    not_applicable: tuple[str, ...] = ()

    @property
    def rising(self) -> bool:
        """Whether more is better."""
        return self.direction == "up"

    @property
    def bounded(self) -> bool:
        """Whether both bounds are limits of what is measured, as of a share or an index."""
        return self.kind in ("share", "index") and self.lower is not None and self.upper is not None

    @property
    def bounds(self) -> str:
        """The bounds in words."""
        if self.lower is None or self.upper is None:
            none = self.lower is None and self.upper is None
            return (
                "any"
                if none
                else f"{self.upper:g} or less"
                if self.lower is None
                else f"{self.lower:g} or more"
            )
        return f"{self.lower:g} to {self.upper:g}"

    def problems(self) -> Iterator[Problem]:
        """Thresholds and bounds that are out of order."""
        steps = np.diff(self.thresholds or (0.0, 1.0))
        if not ((steps >= 0).all() or (steps <= 0).all()):
            fix = "give worst, red, green and best so that they only rise or only fall"
            yield Problem(f"indicator {self.id}", f"has thresholds {self.thresholds} out of order", fix)
        if self.lower is not None and self.upper is not None and self.lower >= self.upper:
            yield Problem(f"indicator {self.id}", f"has the bounds {self.bounds}", "put the lower one first")

    def shortfall(self, value: float, target: float) -> float:
        """Distance that is left to a target, in the unit; 0 or below where it is met.

        >>> Indicator("a", "A", 3, "%", "share", "down").shortfall(12.0, 10.0)
        2.0
        """
        if self.direction == "parity":
            return abs(value - target)
        return target - value if self.rising else value - target

    def met(self, value: float, target: float) -> bool:
        """Whether a figure meets a target within the tolerance."""
        return self.shortfall(value, target) <= self.tolerance


@dataclass(frozen=True)
class Programme:
    """Who agreed on targets together; `base_year` is what a relative target starts from where it names none.

    `base_year_basis` says in words where that year comes from. `states` are those that it covers: of the
    region all, or only its `members`, such as landlocked ones.
    """

    id: str
    title: str
    begins: int
    ends: int
    base_year: int | None
    base_year_basis: str
    states: tuple[str, ...]
    evidence: tuple[Evidence, ...] = ()
    members: str = ""


@dataclass(frozen=True)
class Target:
    """One aim of a programme, measured by an indicator, by a year.

    `rule` is `reach` (the value), `multiply` (the value of the base year times this factor) or `unknown`
    (no number was found, which stays visible). `indicator` is None where nothing measures it yet.
    """

    id: str
    programme: str
    priority: str
    text: str
    indicator: str | None
    rule: Rule
    value: float | None
    base_year: int | None
    deadline: int
    basis: str
    evidence: tuple[Evidence, ...] = ()
    note: str = ""

    def level(self, base: float | None) -> float | None:
        """The value to reach, given that of the base year; None where it is not known.

        >>> Target("t", "p", "", "", "x", "multiply", 2.0, 2015, 2030, "").level(12.5)
        25.0
        """
        if self.rule == "multiply":
            return None if base is None or self.value is None else base * self.value
        return self.value if self.rule == "reach" else None

    def problems(self) -> Iterator[Problem]:
        """A number or a base year that the rule needs and the target does not have."""
        where = f"target {self.id}"
        if self.rule != "unknown" and self.value is None:
            yield Problem(where, "has no value", "give it, or rule=unknown until the number is found")
        if self.rule == "multiply" and self.base_year is None:
            fix = f"give base_year in its row, or in that of the programme {self.programme}"
            yield Problem(where, "multiplies without a base year", fix)
        if self.rule == "multiply" and self.base_year is not None and self.base_year >= self.deadline:
            fix = f"give a year before its deadline, {self.deadline}"
            yield Problem(where, f"has base_year={self.base_year}", fix)


@dataclass(frozen=True)
class TrackRecord:
    """How the forecast of an indicator did on figures that it had not seen (§11): CRPS, in its unit.

    `cases` are pairs of a state and a year ahead, `last` and `line` the scores of the last figure with its
    own changes and of a straight line on the same cases; less is better.
    """

    cases: int
    score: float
    last: float
    line: float

    @property
    def skilful(self) -> bool:
        """Whether the forecast beats both."""
        return self.score < min(self.last, self.line)


@dataclass(frozen=True)
class Fresh:
    """An indicator of a state whose figures are not those of the pack but newer ones that a live source told.

    `vintage` is the edition, empty where the source names none; `last` is the year of its last figure,
    `packed` that of the pack's, None where it has none. `apart` is the median distance of both in the years
    that both have, and `differs` says that it is more than APART of the pack's usual amount.
    """

    APART: ClassVar[float] = 0.1

    indicator: str
    state: str
    author: str
    source_id: str
    vintage: str
    last: int
    value: float
    packed: int | None
    apart: float | None
    differs: bool


@dataclass(frozen=True)
class Measured:
    """Indicators by id, programmes by id, targets, and one yearly panel of states for each indicator.

    `records` are the track records of the indicators that have one, `fresh` the series that live sources
    told in place of the pack.
    """

    indicators: Mapping[str, Indicator]
    programmes: Mapping[str, Programme]
    targets: Sequence[Target]
    panels: Mapping[str, Panel]
    records: Mapping[str, TrackRecord] = field(default_factory=dict)
    fresh: Sequence[Fresh] = ()

    def problems(self) -> Iterator[Problem]:
        """All that contradicts itself: thresholds, figures out of bounds, targets that lack a number."""
        for indicator in self.indicators.values():
            yield from indicator.problems()
        for target in self.targets:
            yield from target.problems()
        for name, panel in self.panels.items():
            yield from _out_of_bounds(self.indicators[name], panel)


def _out_of_bounds(indicator: Indicator, panel: Panel) -> Iterator[Problem]:
    low = -np.inf if indicator.lower is None else indicator.lower
    high = np.inf if indicator.upper is None else indicator.upper
    for item, step in np.argwhere((panel.values < low) | (panel.values > high)):
        where = f"{indicator.id} of {panel.items[item]}, {panel.axis.starts[step].year}"
        what = f"is {panel.values[item, step]:g}, out of bounds"
        yield Problem(where, what, f"allowed is {indicator.bounds} ({indicator.unit})")
