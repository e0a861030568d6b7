"""The sentences of a threat, made from its numbers: what the level rests on, and why."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from mirab.core.records import Level
from mirab.warn.case import Case
from mirab.warn.observed import Finding, present

SCENARIO = "scenario from climatology, not a current outlook"
RECALLED = "; at most watch, as it rests mainly on recalled figures"


def amount(value: float, unit: str) -> str:
    """Write a value with its unit: fractions in per cent, small numbers with digits, large ones grouped."""
    if unit == "fraction":
        return f"{value:.0%}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 1 else 2
    return f"{value:,.{digits}f} {unit}"


def name(quantity: str) -> str:
    """Write the name of a quantity as words."""
    return quantity.replace("_", " ")


def basis(case: Case, level: Level) -> str:
    """Say what the level rests on: an observation with its date and author, or a simulation."""
    if level is Level.EXISTING or case.fresh or case.ensemble is None:
        text = "; ".join(_seen(case, found) for found in case.fresh or case.findings)
    else:
        text = f"simulated: share of {case.ensemble.members:,} members; {_last_seen(case)}"
    return text + (RECALLED if case.is_mainly_recalled else "")


def why(case: Case) -> tuple[str, ...]:
    """Sentences from numbers: what was seen, how far the middle member is from the bound, how it fares."""
    return (*(f"{_seen(case, found)}." for found in case.findings), *_about_simulation(case))


def _about_simulation(case: Case) -> Iterable[str]:
    crossing, ensemble = case.crossing, case.ensemble
    if crossing is None or ensemble is None:
        return
    rule, unit = case.rule, ensemble.unit
    start = ensemble.axis.starts[crossing.worst]
    steps = "step" if rule.steps_in_a_row == 1 else "steps"
    over = f"mean of {rule.steps_in_a_row} {steps} from" if rule.measure == "mean" else "step of"
    yield (
        f"Median {name(rule.quantity)} at {case.situation.title(case.item)} in the {over} {start}: "
        f"{amount(crossing.middle, unit)}; the bound is {amount(crossing.bound, unit)}{_reference(case)}."
    )
    if crossing.true.any():
        gap = float(np.median(crossing.gap[crossing.true]))
        side = "short of" if rule.comparison == "below" else "over"
        yield f"Where it comes true, half of the members are {amount(gap, unit)} or more {side} the bound."


def _reference(case: Case) -> str:
    rule = case.rule
    return "" if rule.relative_to == "value" else f" ({rule.threshold:.0%} of the {rule.relative_to})"


def _seen(case: Case, found: Finding) -> str:
    """One finding in words, with its authors and dates."""
    rule, title = case.rule, case.situation.title(case.item)
    last = found.end.fromordinal(found.end.toordinal() - 1)
    authors = ", ".join(found.authors)
    if rule.relative_to == "age":
        return f"last {name(rule.quantity)} at {title} is of {last} ({authors}), {found.value:,.0f} days ago"
    period = f"on {last}" if last == found.start else f"{found.start} to {last}"
    if rule.relative_to == "other author":
        text = f"{authors} differ by {found.value:.0%} over {name(rule.quantity)} at {title}, {period}"
    else:
        text = (
            f"observed {name(rule.quantity)} at {title} {period}: {amount(found.value, found.unit)}, "
            f"{rule.comparison} {amount(found.bound, found.unit)}{_reference(case)} (author: {authors})"
        )
    old = not found.is_fresh(rule, case.situation.on)
    return text + (f"; older than {rule.max_age_days} days, so no evidence of what is now" if old else "")


def _last_seen(case: Case) -> str:
    known = present(case.situation.observed(case.rule.quantity, case.item), case.situation.on)
    if not known:
        return f"no observation of it; {SCENARIO}"
    last = known[-1]
    text = f"last observation ended on {last.end.fromordinal(last.end.toordinal() - 1)} ({last.author})"
    old = (case.situation.on - last.end).days > case.rule.max_age_days
    return f"{text}; {SCENARIO}" if old else text
