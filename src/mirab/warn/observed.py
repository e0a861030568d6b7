"""What observations alone say under a rule: a value on the wrong side, authors apart, or data too old.

Authors are never averaged (§7): each one's figures are judged by themselves and the finding names the author.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from mirab.core.calendar import StepKind
from mirab.core.presence import Presence
from mirab.core.records import Observation
from mirab.warn.rules import Rule

DAYS: dict[StepKind, float] = {"day": 1.0, "dekad": 10.0, "month": 30.0, "year": 365.0}
LONGEST = 3
Bound = Callable[[date], float | None]


@dataclass(frozen=True)
class Finding:
    """What observations show: `value` against `bound`, both in `unit`, over `start` to `end` (day after).

    `gap` is how far apart they are in the unit of the quantity, `rests_on` the observations concerned.
    """

    value: float
    bound: float
    gap: float
    unit: str
    start: date
    end: date
    rests_on: tuple[Observation, ...]

    @property
    def authors(self) -> tuple[str, ...]:
        """Authors concerned, A to Z."""
        return tuple(sorted({seen.author for seen in self.rests_on}))

    def is_fresh(self, rule: Rule, on: date) -> bool:
        """Whether the last observation is young enough to be evidence of what exists (§8)."""
        return (on - self.end).days <= rule.max_age_days


def present(observations: Iterable[Observation], on: date) -> tuple[Observation, ...]:
    """Observations that carry a value and whose period had ended by the date, in order of time."""
    known = (seen for seen in observations if seen.presence is Presence.PRESENT and seen.value is not None)
    return tuple(sorted((seen for seen in known if seen.end <= on), key=lambda seen: (seen.end, seen.author)))


def breaches(
    rule: Rule, observations: Sequence[Observation], bound: Bound, *, on: date, kind: StepKind
) -> tuple[Finding, ...]:
    """List findings by author, A to Z, where the latest run of the author's figures breaks the rule.

    The run is unbroken in time, lies in the rule's season and is as long as the rule asks; a figure for a
    month counts as three dekads.
    """
    by_author: dict[str, list[Observation]] = defaultdict(list)
    for seen in present(observations, on):
        by_author[seen.author].append(seen)
    found = (_breach(rule, by_author[author], bound, DAYS[kind]) for author in sorted(by_author))
    return tuple(finding for finding in found if finding)


def disagreement(rule: Rule, observations: Sequence[Observation], *, on: date) -> Finding | None:
    """Last run of periods in which two or more authors lie further apart than the rule allows.

    The gap is the range of the authors over their mean, a fraction. With `mean` the authors' means over the
    run are compared, with `each` every period has to break the rule.
    """
    periods: dict[tuple[date, date], list[Observation]] = defaultdict(list)
    for seen in present(observations, on):
        periods[seen.start, seen.end].append(seen)
    shared = [periods[period] for period in sorted(periods) if len({o.author for o in periods[period]}) > 1]
    for last in range(len(shared), rule.steps_in_a_row - 1, -1):
        run = shared[last - rule.steps_in_a_row : last]
        gaps = [_gap(run)] if rule.measure == "mean" else [_gap([period]) for period in run]
        if _unbroken([period[0] for period in run]) and all(rule.breaks(g, rule.threshold) for g, _ in gaps):
            share, amount = gaps[-1]
            rests_on = tuple(seen for period in run for seen in period)
            start, end = rests_on[0].start, rests_on[-1].end
            return Finding(share, rule.threshold, amount, rule.unit, start, end, rests_on)
    return None


def age(rule: Rule, observations: Sequence[Observation], *, on: date) -> Finding | None:
    """Age of the last observation in days where it breaks the rule; None where there is none at all."""
    known = present(observations, on)
    if not known:
        return None
    last = known[-1]
    days = float((on - last.end).days)
    if not rule.breaks(days, rule.threshold):
        return None
    return Finding(days, rule.threshold, days - rule.threshold, rule.unit, last.start, last.end, (last,))


def _breach(rule: Rule, figures: Sequence[Observation], bound: Bound, step_days: float) -> Finding | None:
    """Judge one author's latest run; None where it keeps the rule or is too short."""
    run: list[tuple[Observation, float, float]] = []
    covered = 0
    for seen in reversed(figures):
        limit, steps = bound(seen.start), max(1, round((seen.end - seen.start).days / step_days))
        # A mean over a year does not say what its dekads were.
        speaks = steps <= max(LONGEST, rule.steps_in_a_row) and rule.in_season(seen.start)
        joined = not run or run[0][0].start == seen.end
        if limit is None or seen.value is None or not joined or not speaks:
            break
        run.insert(0, (seen, seen.value, limit))
        covered += steps
        if covered >= rule.steps_in_a_row:
            return _judged(rule, run)
    return None


def _judged(rule: Rule, run: Sequence[tuple[Observation, float, float]]) -> Finding | None:
    days = [(seen.end - seen.start).days for seen, _, _ in run]
    if rule.measure == "mean":
        value = sum(v * d for (_, v, _), d in zip(run, days, strict=True)) / sum(days)
        limit = sum(b * d for (_, _, b), d in zip(run, days, strict=True)) / sum(days)
        broken = rule.breaks(value, limit)
    else:
        _, value, limit = run[-1]
        broken = all(rule.breaks(v, b) for _, v, b in run)
    if not broken:
        return None
    gap = max(abs(v - b) for _, v, b in run) if rule.measure == "each" else abs(value - limit)
    seen = tuple(observation for observation, _, _ in run)
    return Finding(value, limit, gap, seen[-1].unit, seen[0].start, seen[-1].end, seen)


def _gap(periods: Sequence[Sequence[Observation]]) -> tuple[float, float]:
    """Range of the authors' means over their mean (fraction) and in the unit of the quantity."""
    sums: dict[str, list[float]] = defaultdict(list)
    for period in periods:
        for seen in period:
            sums[seen.author].append(float(seen.value or 0.0))
    whole = [sum(values) / len(values) for values in sums.values() if len(values) == len(periods)]
    centre = sum(whole) / len(whole) if whole else 0.0
    width = max(whole) - min(whole) if whole else 0.0
    return (width / centre if centre > 0 else 0.0), width


def _unbroken(run: Sequence[Observation]) -> bool:
    return all(a.end == b.start for a, b in zip(run, run[1:], strict=False))
