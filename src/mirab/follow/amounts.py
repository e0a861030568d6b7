"""Promised amounts against what was observed and what is simulated: served, not served, cannot be told.

An observation speaks for a promise where its whole period lies in that of the promise. A volume is told when
every day is observed, or earlier where what was seen decides it already: no later day takes back what has
arrived. A flow that shall never fall below an amount is held against the means of the steps observed. A
simulation gives the share of members and no verdict (§8); authors are kept apart (§7). The method is ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import SECONDS_PER_DAY, TimeAxis
from mirab.core.ensemble import Ensemble
from mirab.core.fields import convert, field, fields
from mirab.core.phrase import say
from mirab.core.presence import Presence
from mirab.core.records import Commitment, Finding, Kept, Observation, Sense

VOLUMES = {"inflow_volume": ("inflow", "flow")}
ROUNDING = 1e-9


def findings(
    one: Commitment, observations: Sequence[Observation], ensembles: Mapping[str, Ensemble]
) -> tuple[Finding, ...]:
    """What observations, by author, and ensembles say of the amount of a promise in its period.

    Empty for a promise without an amount, a period or a place; where nothing was observed, one finding
    says so. `ensembles` are by quantity, with items named as the promise names its place.
    """
    if one.amount is None or one.period is None or not one.item or one.quantity not in fields():
        return ()
    seen = _by_author(one, observations)
    told = [_observed(one, author, found) for author, found in seen.items()]
    return (*(told or [_unseen(one)]), *_simulated(one, ensembles))


def verdict(found: Sequence[Finding]) -> Kept | None:
    """What the authors agree on; that it cannot be told where they differ; None where nothing was asked."""
    kept = {one.kept for one in found if one.probability is None}
    if not found:
        return None
    return kept.pop() if len(kept) == 1 else Kept.UNTOLD


def _names(one: Commitment) -> tuple[str, ...]:
    return VOLUMES.get(one.quantity, (one.quantity,))


def _by_author(one: Commitment, observations: Sequence[Observation]) -> dict[str, list[Observation]]:
    found: dict[str, list[Observation]] = {}
    for seen in observations:
        is_asked = seen.item == one.item and seen.quantity in _names(one)
        if is_asked and seen.presence is Presence.PRESENT and seen.value is not None and _within(one, seen):
            found.setdefault(seen.author, []).append(seen)
    return dict(sorted(found.items()))


def _within(one: Commitment, seen: Observation) -> bool:
    return one.period is not None and one.period[0] <= seen.start and seen.end <= one.period[1]


def _observed(one: Commitment, author: str, seen: Sequence[Observation]) -> Finding:
    first, end = one.period or (date.min, date.max)
    by_day = _by_day(seen, first, (end - first).days, field(_names(one)[0]).unit)
    days = int(np.isfinite(by_day).sum())
    if one.quantity in VOLUMES:
        value = float(np.nansum(by_day)) * SECONDS_PER_DAY / 1e6
    else:
        value = float(np.nanmin(by_day) if one.sense is Sense.AT_LEAST else np.nanmax(by_day))
    shown = convert(value, field(one.quantity).unit, one.unit)
    kept = _kept(one, shown, whole=days == by_day.size)
    basis = say("{author}: {seen} of {days} days observed", author=author, seen=days, days=by_day.size)
    evidence = tuple(dict.fromkeys(found.evidence for found in seen))
    return Finding(first, end, kept, float(f"{shown:.6g}"), one.unit, None, basis, evidence)


def _by_day(seen: Sequence[Observation], first: date, days: int, unit: str) -> NDArray[np.float64]:
    """The value of each day of a period in `unit`, that of the shortest observation of it; NaN for none."""
    by_day = np.full(days, np.nan)
    for one in sorted(seen, key=lambda one: (one.start - one.end, one.start)):
        value = convert(one.value or 0.0, one.unit, unit)
        by_day[(one.start - first).days : (one.end - first).days] = value
    return by_day


def _kept(one: Commitment, value: float, *, whole: bool) -> Kept:
    """The verdict on a total, a least or a most, of all days of the period or of some of them."""
    asked, is_total = one.amount or 0.0, one.quantity in VOLUMES
    room = ROUNDING * abs(asked)
    holds = value >= asked - room if one.sense is Sense.AT_LEAST else value <= asked + room
    # A total only grows, a least only falls and a most only rises as further days are seen.
    is_final = holds if is_total and one.sense is Sense.AT_LEAST else not holds
    if not (whole or is_final):
        return Kept.UNTOLD
    return Kept.SERVED if holds else Kept.NOT_SERVED


def _unseen(one: Commitment) -> Finding:
    first, end = one.period or (date.min, date.max)
    basis = say("no observation of it from {day} on lies in its period", day=first)
    return Finding(first, end, Kept.UNTOLD, None, one.unit, None, basis)


def _simulated(one: Commitment, ensembles: Mapping[str, Ensemble]) -> list[Finding]:
    """One finding with the share of members that serve the promise, where members cover its period."""
    name = next((name for name in _names(one) if name in ensembles), "")
    if not name or one.item not in ensembles[name].items or one.item in ensembles[name].reduced:
        return []
    ensemble = ensembles[name]
    first, end = one.period or (date.min, date.max)
    days = _days_within(ensemble.axis, first, end)
    if days.sum() < (end - first).days:
        return []
    values = ensemble[one.item][days > 0]
    if one.quantity in VOLUMES:
        reached = (values * (days[days > 0, None] * SECONDS_PER_DAY / 1e6)).sum(axis=0)
    else:
        reached = values.min(axis=0) if one.sense is Sense.AT_LEAST else values.max(axis=0)
    asked = convert(one.amount or 0.0, one.unit, field(one.quantity).unit)
    serves = reached >= asked if one.sense is Sense.AT_LEAST else reached <= asked
    share, middle = (
        float(serves.mean()),
        convert(float(np.median(reached)), field(one.quantity).unit, one.unit),
    )
    basis = say(
        "simulated: {members} members, the middle one gives {middle:.3g} {unit}",
        members=ensemble.members,
        middle=middle,
        unit=one.unit,
    )
    return [Finding(first, end, Kept.UNTOLD, None, one.unit, share, basis, ensemble.evidence)]


def _days_within(axis: TimeAxis, first: date, end: date) -> NDArray[np.float64]:
    """Days of each step that lie in a period, shape (time,)."""
    edges = [*axis.starts, axis.end]
    spans = zip(edges, edges[1:], strict=False)
    return np.array([max(0, (min(b, end) - max(a, first)).days) for a, b in spans], dtype=float)
