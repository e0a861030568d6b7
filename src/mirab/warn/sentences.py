"""The sentences of a threat, made from its numbers: what the level rests on, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np

from mirab.core.calendar import TimeAxis, in_words
from mirab.core.records import Level
from mirab.warn.case import Case
from mirab.warn.observed import Finding, present

COUNTED = "events"


def amount(value: float, unit: str) -> str:
    """Write a value with its unit: fractions in per cent, small numbers with digits, large ones grouped."""
    if unit == "fraction":
        return f"{100 * value:.0f}\u00a0%"
    digits = 0 if abs(value) >= 100 or unit == COUNTED else 1 if abs(value) >= 1 else 2
    return f"{value:,.{digits}f} {typeset(unit)}"


def typeset(text: str) -> str:
    """Write the units of a text with a raised three, a space before per cent, and dates in words.

    >>> typeset("held to 8.5 km3, step from 2024-02-21")
    'held to 8.5 km³, the ten days from 21 February 2024'
    """
    text = re.sub(r"(?<=\d)%", "\u00a0%", re.sub(r"\b(k?m)3\b", "\\1³", text))
    text = text.replace("step from ", "the ten days from ")
    return re.sub(r"\b\d{4}-\d\d-\d\d\b", lambda found: in_words(date.fromisoformat(found[0])), text)


def period(first: date, end: date) -> str:
    """Write the days from `first` to the one before `end`, month and year once where they are the same.

    >>> period(date(2024, 2, 21), date(2024, 3, 1))
    '21 to 29 February 2024'
    """
    last = end - timedelta(days=1)
    if first == last:
        return in_words(last)
    words = in_words(first).split()
    kept = 1 if (first.year, first.month) == (last.year, last.month) else 2 if first.year == last.year else 3
    return f"{' '.join(words[:kept])} to {in_words(last)}"


def basis(case: Case, level: Level) -> str:
    """Say what the level rests on: an observation with its date and author, or a simulation."""
    if level is Level.EXISTING or case.fresh or case.ensemble is None:
        text = "; ".join(_seen(case, found) for found in case.fresh or case.findings)
    else:
        made = case.situation.wording.made
        text = f"{made}, share of {case.ensemble.members:,} members; {_last_seen(case)}"
    return f"{text}; at most watch, as {case.cap}" if case.cap else text


def why(case: Case) -> tuple[str, ...]:
    """Sentences from numbers: what was seen, how far the middle member is from the bound, how it fares."""
    seen = (_seen(case, found) for found in case.findings)
    return (*(f"{text[0].upper()}{text[1:]}." for text in seen), *_about_simulation(case))


def _about_simulation(case: Case) -> Iterable[str]:
    """Where the median lies worst to the bound, and how far beyond it the members are that cross it.

    A median that stays on the safe side is told last: the members cross the bound at different times.
    """
    crossing, ensemble = case.crossing, case.ensemble
    if crossing is None or ensemble is None:
        return
    unit, below = ensemble.unit, case.rule.comparison == "below"
    side, worst = ("short of", "lowest") if below else ("over", "highest")
    what, when = _what(case), _when(case, crossing.worst, ensemble.axis)
    middle, bound = amount(crossing.middle, unit), f"{amount(crossing.bound, unit)}{_reference(case)}"
    gap = _distance(float(np.median(crossing.gap[crossing.true])), unit) if crossing.true.any() else ""
    if crossing.middle < crossing.bound if below else crossing.middle > crossing.bound:
        yield f"Median {what}, {when}: {middle}; the bound is {bound}."
        if gap:
            yield f"Where it comes true, half of the members are {gap} or more {side} the bound."
        return
    if gap:
        half = f"half of those that do are {gap} or more {side} it"
        yield f"Members cross the bound of {bound} ({what}) at different times; {half}."
    yield f"The median stays on the safe side: at its {worst}, {when}, it is {middle}."


def _what(case: Case) -> str:
    mean = "mean " if case.rule.measure == "mean" else ""
    return f"{mean}{case.situation.wording.name(case.rule.quantity)} {_place(case)}"


def _place(case: Case) -> str:
    return f"{case.situation.wording.at} {case.situation.title(case.item)}"


def _when(case: Case, step: int, axis: TimeAxis) -> str:
    """The days of a step, or of the steps whose mean is judged."""
    steps = case.rule.steps_in_a_row if case.rule.measure == "mean" else 1
    return period(axis.starts[step], (*axis.starts, axis.end)[step + steps])


def _distance(gap: float, unit: str) -> str:
    return f"{100 * gap:.0f} percentage points" if unit == "fraction" else amount(gap, unit)


def _reference(case: Case) -> str:
    rule = case.rule
    if rule.relative_to == "value":
        return ""
    return f" ({amount(rule.threshold, 'fraction')} of the {rule.relative_to})"


def _seen(case: Case, found: Finding) -> str:
    """One finding in words, with its authors and dates."""
    rule = case.rule
    authors = " and ".join(found.authors)
    what = f"{case.situation.wording.name(rule.quantity)} {_place(case)}"
    when = period(found.start, found.end)
    if rule.relative_to == "age":
        last = in_words(found.end - timedelta(days=1))
        return f"the last known {what} is of {last} ({authors}), {found.value:,.0f} days ago"
    if rule.relative_to == "other author":
        text = f"{authors} differ by {amount(found.value, 'fraction')} over the {what}, {when}"
    else:
        text = (
            f"observed {what}, {when}: {amount(found.value, found.unit)}, "
            f"{rule.comparison} {amount(found.bound, found.unit)}{_reference(case)} (author: {authors})"
        )
    old = not found.is_fresh(rule, case.situation.on)
    return text + (f"; older than {rule.max_age_days} days, so no evidence of what is now" if old else "")


def _last_seen(case: Case) -> str:
    known = present(case.situation.observed(case.rule.quantity, case.item), case.situation.on)
    if not known:
        return f"no observation of it; {case.situation.wording.stale}"
    last = known[-1]
    text = f"last observed for {period(last.start, last.end)} ({last.author})"
    old = (case.situation.on - last.end).days > case.rule.max_age_days
    return f"{text}; {case.situation.wording.stale}" if old else text
