"""Panel: one quantity of several items over regular steps, as it is known; what a forecaster is fitted on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import StepKind, TimeAxis, next_start, steps
from mirab.core.errors import InputError, Problem
from mirab.core.fields import fields
from mirab.core.presence import Presence
from mirab.core.records import Evidence, Observation

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """Values of one quantity, shape (item, time), NaN where there is none (§3).

    `states[i]` are the ISO alpha-3 codes that item i belongs to. `outside` (item, time) marks the steps in
    which there was nothing to report on, such as a state that did not yet exist; every other NaN is absent.
    `vintages` (item, time) are the editions that the values stand in, empty where nobody says.
    """

    quantity: str
    unit: str
    items: tuple[str, ...]
    axis: TimeAxis
    values: Floats
    states: tuple[tuple[str, ...], ...] = ()
    outside: NDArray[np.bool_] | None = field(default=None, repr=False)
    vintages: NDArray[np.str_] | None = field(default=None, repr=False)
    evidence: tuple[Evidence, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        expected = (len(self.items), len(self.axis))
        shapes = {"values": self.values, "outside": self.outside, "vintages": self.vintages}
        problems = [
            Problem(name, f"has shape {array.shape}", f"expected {expected}")
            for name, array in shapes.items()
            if array is not None and array.shape != expected
        ]
        if problems:
            raise InputError(f"panel {self.quantity}", problems)
        if not self.states:
            object.__setattr__(self, "states", ((),) * len(self.items))

    @classmethod
    def of(
        cls,
        quantity: str,
        observations: Iterable[Observation],
        kind: StepKind,
        *,
        items: Sequence[str] = (),
        states: Sequence[tuple[str, ...]] = (),
    ) -> Panel:
        """Panel of the observations of one quantity that speak for exactly one dekad, month or year each.

        `items` are all that have one unless given. Raises InputError with every problem: no figure at all, a
        period that is not one step, two figures for one item and step (whoever calls chooses the author and
        the vintage), a value below the least that makes sense.
        """
        asked = set(items)
        seen = [o for o in observations if o.quantity == quantity and (not asked or o.item in asked)]
        problems = [*_period_problems(seen, kind), *_value_problems(quantity, seen), *_repeated(seen)]
        if not seen:
            problems.append(Problem(quantity, "has no figure", "give observations of it"))
        if problems:
            raise InputError(f"panel {quantity}", problems)
        names = tuple(items) or tuple(sorted({o.item for o in seen}))
        axis = _axis(seen, kind)
        return _filled(cls(quantity, seen[0].unit, names, axis, _empty(names, axis), tuple(states)), seen)

    def position(self, item: str) -> int:
        """Number of an item; InputError for one that is not there."""
        if item not in self.items:
            raise InputError(f"panel {self.quantity}", [Problem("item", f"{item!r} is not there", "")])
        return self.items.index(item)

    def until(self, day: date) -> Panel:
        """What was over by `day`: the steps whose last day lies before it. InputError where none was."""
        count = sum(next_start(start, self.axis.kind) <= day for start in self.axis.starts)
        if count == 0:
            where = f"its first step ends on {next_start(self.axis.starts[0], self.axis.kind)}"
            raise InputError(f"panel {self.quantity}", [Problem("date", f"{day} is too early", where)])
        return self._cut(0, count)

    def since(self, day: date) -> Panel:
        """The steps from the one that holds `day` on."""
        return self._cut(self.axis.index(day), len(self.axis))

    def _cut(self, first: int, last: int) -> Panel:
        def part(array: NDArray[Any] | None) -> NDArray[Any] | None:
            return None if array is None else np.array(array[:, first:last])

        return replace(
            self,
            axis=TimeAxis(self.axis.kind, self.axis.starts[first:last]),
            values=np.array(self.values[:, first:last]),
            outside=part(self.outside),
            vintages=part(self.vintages),
        )

    def presence(self, item: str, step: int) -> Presence:
        """Whether the figure of an item in a step is there, absent, or was not to be had."""
        place = self.position(item)
        if not np.isnan(self.values[place, step]):
            return Presence.PRESENT
        outside = self.outside is not None and bool(self.outside[place, step])
        return Presence.NOT_MODELLED if outside else Presence.ABSENT

    def missing(self, item: str) -> tuple[date, ...]:
        """Steps between the first and the last figure of an item that have none and could have one (§3)."""
        there = np.flatnonzero(~np.isnan(self.values[self.position(item)]))
        inner = range(there[0], there[-1]) if there.size else range(0)
        return tuple(self.axis.starts[s] for s in inner if self.presence(item, s) is Presence.ABSENT)


def _axis(seen: Sequence[Observation], kind: StepKind) -> TimeAxis:
    """Steps from the first observation to the last."""
    first, last = min(o.start for o in seen), max(o.start for o in seen)
    most = (last.year - first.year + 1) * 36
    whole = steps(first, most, kind)
    return TimeAxis(kind, tuple(day for day in whole.starts if day <= last))


def _empty(names: Sequence[str], axis: TimeAxis) -> Floats:
    return np.full((len(names), len(axis)), np.nan)


def _filled(panel: Panel, seen: Sequence[Observation]) -> Panel:
    """The panel with the values, presence, vintage and evidence of the observations."""
    place = {item: i for i, item in enumerate(panel.items)}
    step = {start: i for i, start in enumerate(panel.axis.starts)}
    outside = np.zeros(panel.values.shape, dtype=bool)
    vintages = np.full(panel.values.shape, "", dtype=f"<U{max(len(o.vintage) for o in seen) or 1}")
    for o in seen:
        where = place[o.item], step[o.start]
        panel.values[where] = np.nan if o.value is None else o.value
        outside[where], vintages[where] = o.presence is Presence.NOT_MODELLED, o.vintage
    evidence = tuple(dict.fromkeys(o.evidence for o in seen))
    return replace(panel, outside=outside, vintages=vintages, evidence=evidence)


def _period_problems(seen: Sequence[Observation], kind: StepKind) -> list[Problem]:
    return [
        Problem(_where(o), f"is not one {kind}: {o.start} to {o.end}", f"give figures by {kind}")
        for o in seen
        if steps(o.start, 1, kind).starts[0] != o.start or next_start(o.start, kind) != o.end
    ]


def _value_problems(quantity: str, seen: Sequence[Observation]) -> list[Problem]:
    known = fields().get(quantity)
    least = None if known is None else known.minimum
    return [
        Problem(_where(o), f"is {o.value:g}, below {least:g}", "correct it, or mark it absent")
        for o in seen
        if least is not None and o.value is not None and o.value < least
    ]


def _repeated(seen: Sequence[Observation]) -> list[Problem]:
    first: dict[tuple[str, date], Observation] = {}
    problems = []
    for o in seen:
        earlier = first.setdefault((o.item, o.start), o)
        if earlier is not o:
            both = (
                f"{earlier.value} ({earlier.author} {earlier.vintage}) and {o.value} ({o.author} {o.vintage})"
            )
            problems.append(Problem(_where(o), f"has two figures, {both}", "keep one of them"))
    return problems


def _where(o: Observation) -> str:
    return f"{o.quantity} of {o.item}, {o.start:%Y-%m-%d}"
