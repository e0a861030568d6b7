"""Where and when an ensemble crosses a bound: arrays in, arrays out.

A crossing is a run of steps that are all on the wrong side, or one window whose mean is. Only runs that end
after the briefing's date and lie in the rule's season and before its deadline count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis
from mirab.warn.rules import Rule

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Crossing:
    """What a rule finds in one item of an ensemble.

    `true` (member,) marks the members in which it comes true, `first` (member,) the step in which it begins
    there (-1 elsewhere), `gap` (member,) the widest distance to the bound in the unit of the quantity (0
    elsewhere). `middle` and `bound` are the median over all members and the bound in the step `worst`, where
    the median lies worst to the bound.
    """

    true: Flags
    first: NDArray[np.int64]
    gap: Floats
    middle: float
    bound: float
    worst: int

    @property
    def probability(self) -> float:
        """Share of members in which the rule comes true."""
        return float(np.mean(self.true))


def find(rule: Rule, axis: TimeAxis, values: Floats, bound: Floats, on: date) -> Crossing | None:
    """Crossing of `values` (step, member) over `bound` (step,), both in the unit of the quantity.

    None where no run of the rule's length fits into what is still to come: the rule then says nothing.
    """
    if not fits(rule, axis, on, known=np.isfinite(bound)):
        return None
    span = rule.steps_in_a_row
    usable, late = _counts(rule, axis, on) & np.isfinite(bound), _ends_after(rule, axis, on)
    if rule.measure == "mean":
        values, bound = _means(values, axis.days, span), _means(bound[:, None], axis.days, span)[:, 0]
        usable, span = _runs(usable[:, None], span)[:, 0], 1
    sign = 1.0 if rule.comparison == "below" else -1.0
    distance = (bound[:, None] - values) * sign
    wrong = distance >= 0 if rule.comparison == "at least" else distance > 0
    hits = wrong & usable[:, None]
    starts = _runs(hits, span) & late[:, None]
    middle = np.median(values, axis=1)
    worst = _worst((bound - middle) * sign, usable)
    first = np.where(starts.any(axis=0), starts.argmax(axis=0), -1)
    gap = _widest(distance, starts, span)
    return Crossing(np.asarray(first >= 0), first, gap, float(middle[worst]), float(bound[worst]), worst)


def fits(rule: Rule, axis: TimeAxis, on: date, *, known: Flags | bool = True) -> bool:
    """Whether a run of the rule's length lies in its season and before its deadline, and ends after `on`.

    `known` (step,) marks the steps that have something to be compared with.
    """
    if rule.steps_in_a_row > len(axis):
        return False
    runs = _runs((_counts(rule, axis, on) & known)[:, None], rule.steps_in_a_row)[:, 0]
    return bool((runs & _ends_after(rule, axis, on)).any())


def window(crossing: Crossing, axis: TimeAxis, on: date) -> tuple[date, date]:
    """First and last day of the middle half of the dates at which it begins, not before `on`."""
    begun = np.sort(crossing.first[crossing.true])
    early = int(begun[(len(begun) - 1) // 4])
    late = int(begun[-1 - (len(begun) - 1) // 4])
    ends = (*axis.starts[1:], axis.end)
    last = date.fromordinal(ends[late].toordinal() - 1)
    return max(on, axis.starts[early]), max(on, last)


def _widest(distance: Floats, starts: Flags, span: int) -> Floats:
    """Find the widest distance inside the runs, by member; 0 where there is none."""
    inside = np.zeros(distance.shape, dtype=bool)
    for shift in range(span):
        inside[shift : shift + len(starts)] |= starts
    return np.asarray(np.where(inside, distance, 0.0).max(axis=0))


def _worst(distance: Floats, usable: Flags) -> int:
    return int(np.argmax(np.where(usable & ~np.isnan(distance), distance, -np.inf)))


def _counts(rule: Rule, axis: TimeAxis, on: date) -> Flags:
    """Tell which steps lie in the season and end before the deadline, shape (step,)."""
    deadline = rule.deadline(on)
    ends = (*axis.starts[1:], axis.end)
    inside = [deadline is None or end <= deadline for end in ends]
    return np.array([a and rule.in_season(start) for a, start in zip(inside, axis.starts, strict=True)])


def _ends_after(rule: Rule, axis: TimeAxis, on: date) -> Flags:
    """Whether a run that starts in a step ends after the date, shape (step - run + 1,)."""
    ends = np.array([end.toordinal() for end in (*axis.starts[1:], axis.end)])
    return np.asarray(ends[rule.steps_in_a_row - 1 :] > on.toordinal())


def _runs(flags: Flags, span: int) -> Flags:
    """Whether `span` flags in a row hold from a step on, shape (step - span + 1, ...)."""
    count = np.cumsum(np.vstack([np.zeros((1, flags.shape[1]), dtype=int), flags]), axis=0)
    return np.asarray(count[span:] - count[:-span] == span)


def _means(values: Floats, days: Floats, span: int) -> Floats:
    """Means over windows of `span` steps, weighted by days, shape (step - span + 1, ...)."""
    count = len(values) - span + 1
    total = np.zeros((count, values.shape[1]))
    length = np.zeros(count)
    for shift in range(span):
        total += values[shift : shift + count] * days[shift : shift + count, None]
        length += days[shift : shift + count]
    return np.asarray(total / length[:, None])
