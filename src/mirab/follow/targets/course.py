"""The course of each state towards each target: how far it is, where its figures lead, what methods say.

The probability is the share of members that meet the target in its year, within the tolerance of the
indicator. Beside it stand the status of the UN Statistics Division and the ESCAP-style gap; where the
three differ on whether the target will be met, the course says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from mirab.core.ensemble import Ensemble
from mirab.core.errors import UnknownNameError
from mirab.core.panel import Panel
from mirab.core.phrase import say
from mirab.core.targets import Indicator, Measured, Target
from mirab.follow.targets import pace, progress

LIKELY, UNLIKELY, EVEN = 0.66, 0.33, 0.5
BASE_WITHIN_YEARS = 5
LEVELS = (0.1, 0.5, 0.9)


class Outcome(StrEnum):
    """What can be said of a target in a state; the last four are said apart (§3)."""

    MET = "met"
    LIKELY = "likely"
    OPEN = "open"
    UNLIKELY = "unlikely"
    NO_NUMBER = "target not known"
    NO_MEASURE = "nothing measures it"
    NO_FIGURE = "no figure"
    NOT_APPLICABLE = "not applicable"


Way = tuple[Mapping[str, Ensemble], str]
JUDGED = frozenset({Outcome.MET, Outcome.LIKELY, Outcome.OPEN, Outcome.UNLIKELY})


@dataclass(frozen=True)
class Methods:
    """What three methods say of one series, and whether they `disagree` on the target being met in time.

    `status` and `score` are those of the UN Statistics Division, `covered` and `gap` the ESCAP-style way
    covered (of 10) and gap in % of the way (None also where the target was met and is lost), `asks` what
    that gap asks for; None where a method does not apply. `near` marks a base within the tolerance of the
    target, where the ratios of both mean little.
    """

    status: str | None = None
    score: float | None = None
    covered: float | None = None
    gap: float | None = None
    asks: str | None = None
    near: bool = False
    disagree: bool = False


@dataclass(frozen=True)
class Course:
    """One state and one target, values in the unit of the indicator, None where there is none.

    `first` and `last` are (year, value) of the base and of the last figure; `level` is what is to be reached.
    `probability` is the share of members that meet it in the deadline's year, `met_in` the first year from
    which half of them do; `ahead` are the 10, 50 and 90 % quantiles in the deadline's year, `gap` what the
    median lacks.
    """

    target: str
    state: str
    outcome: Outcome
    level: float | None = None
    first: tuple[int, float] | None = None
    last: tuple[int, float] | None = None
    probability: float | None = None
    met_in: int | None = None
    ahead: tuple[float, float, float] | None = None
    gap: float | None = None
    methods: Methods = field(default_factory=Methods)
    reason: str = ""

    @property
    def on_course(self) -> bool:
        """Whether the target is met, or at least half of the members meet it in time."""
        return self.outcome is Outcome.MET or (self.probability or 0.0) >= EVEN


def courses(
    measured: Measured,
    panels: Mapping[str, Panel],
    ahead: Mapping[str, Ensemble],
    *,
    weights: str = pace.DEFAULT,
) -> tuple[Course, ...]:
    """One course for every target and every state of its programme, in the order of both.

    `panels` hold what was known on the date, `ahead` the members of the years that follow, by indicator.
    `weights` are those of the ESCAP-style line. Raises UnknownNameError for others than pace.WEIGHTS.
    """
    if weights not in pace.WEIGHTS:
        raise UnknownNameError("weights", weights, pace.WEIGHTS)
    found = []
    for target in measured.targets:
        states = measured.programmes[target.programme].states
        found += [_course(target, state, measured, panels, (ahead, weights)) for state in states]
    return tuple(found)


def _course(
    target: Target,
    state: str,
    measured: Measured,
    panels: Mapping[str, Panel],
    way: Way,
) -> Course:
    if target.indicator is None:
        outcome = Outcome.NO_NUMBER if target.rule == "unknown" else Outcome.NO_MEASURE
        return Course(target.id, state, outcome, reason=target.note)
    indicator, panel = measured.indicators[target.indicator], panels.get(target.indicator)
    if state in indicator.not_applicable:
        return Course(target.id, state, Outcome.NOT_APPLICABLE)
    series = known(panel, state) if panel is not None else {}
    last = (max(series), series[max(series)]) if series else None
    if target.rule == "unknown":
        return Course(target.id, state, Outcome.NO_NUMBER, last=last, reason=target.note)
    if last is None:
        return Course(target.id, state, Outcome.NO_FIGURE)
    first = base(series, target)
    level = target.level(first[1] if first else None)
    if level is None:
        reason = say(
            "no figure in the {years} years up to the base year {base}",
            years=BASE_WITHIN_YEARS,
            base=str(target.base_year),
        )
        return Course(target.id, state, Outcome.NO_FIGURE, last=last, reason=reason)
    return _judged(Course(target.id, state, Outcome.OPEN, level, first, last), target, indicator, series, way)


def known(panel: Panel, state: str) -> dict[int, float]:
    """Figures of a state by year."""
    if state not in panel.items:
        return {}
    row = panel.values[panel.position(state)]
    pairs = zip(panel.axis.starts, row, strict=True)
    return {start.year: float(value) for start, value in pairs if np.isfinite(value)}


def base(series: Mapping[int, float], target: Target) -> tuple[int, float] | None:
    """Year and value that a target starts from: its base year, else the last figure in the five years before.

    A target without a base year starts from 2015 or the first later figure, as in the UN's assessment.
    """
    if target.base_year is None or target.rule != "multiply":
        year = progress.base(tuple(series))
        return None if year is None else (year, series[year])
    earlier = [y for y in series if target.base_year - BASE_WITHIN_YEARS <= y <= target.base_year]
    return (max(earlier), series[max(earlier)]) if earlier else None


def _judged(
    course: Course,
    target: Target,
    indicator: Indicator,
    series: Mapping[int, float],
    way: Way,
) -> Course:
    level, last = course.level, course.last
    ahead, weights = way
    members = _members(ahead.get(indicator.id), course.state, target.deadline)
    if level is None or last is None or members is None:
        return Course(course.target, course.state, Outcome.NO_FIGURE, level, course.first, last)
    met = indicator.met(last[1], level)
    at_deadline = members[target.deadline]
    share = float(_meets(indicator, at_deadline, level).mean())
    middle = float(np.median(at_deadline))
    low, mid, high = (float(value) for value in np.quantile(at_deadline, LEVELS))
    return Course(
        course.target,
        course.state,
        _outcome(met, share),
        level,
        course.first,
        last,
        share,
        last[0] if met else _first_met(indicator, members, level),
        (low, mid, high),
        max(0.0, indicator.shortfall(middle, level)),
        _methods(course, target, indicator, series, share=share, weights=weights),
    )


def _outcome(met: bool, share: float) -> Outcome:
    """Met only where it is met now and half of the members still meet it by the deadline."""
    if met and share >= EVEN:
        return Outcome.MET
    return Outcome.LIKELY if share >= LIKELY else Outcome.UNLIKELY if share <= UNLIKELY else Outcome.OPEN


def _members(ensemble: Ensemble | None, state: str, deadline: int) -> dict[int, NDArray[np.float64]] | None:
    """Members of a state by year up to the deadline; None where it has none."""
    if ensemble is None or state not in ensemble.items:
        return None
    values = ensemble[state]
    years = {start.year: values[i] for i, start in enumerate(ensemble.axis.starts) if start.year <= deadline}
    return years if deadline in years and np.isfinite(values).all() else None


def _meets(indicator: Indicator, values: NDArray[np.float64], level: float) -> NDArray[np.bool_]:
    if indicator.direction == "parity":
        return np.asarray(np.abs(values - level) <= indicator.tolerance)
    sign = 1.0 if indicator.rising else -1.0
    return np.asarray(sign * (level - values) <= indicator.tolerance)


def _first_met(indicator: Indicator, members: Mapping[int, NDArray[np.float64]], level: float) -> int | None:
    """First year from which half of the members meet the target up to the deadline, if there is one."""
    found = None
    for year in sorted(members, reverse=True):
        if _meets(indicator, members[year], level).mean() < EVEN:
            break
        found = year
    return found


def _methods(
    course: Course,
    target: Target,
    indicator: Indicator,
    series: Mapping[int, float],
    *,
    share: float,
    weights: str,
) -> Methods:
    """The official methods on the same series; they are for 2030, and not for parity or a rate of change."""
    year, level, last = progress.base(tuple(series)), course.level, course.last
    apply = indicator.direction != "parity" and indicator.kind != "rate_of_change"
    if year is None or level is None or last is None or not apply or target.deadline != progress.TARGET_YEAR:
        return Methods()
    first = (year, series[year])
    near = indicator.shortfall(first[1], level) <= indicator.tolerance
    assessed = progress.assess(first, last, rising=indicator.rising, target=level)
    gap = covered = None
    if last[0] > year and sum(y >= pace.FIRST_YEAR for y in series) > 1:
        covered = pace.current_status(first[1], last[1], level, rising=indicator.rising)
        line = pace.predicted(list(series), list(series.values()), target.deadline, weights=weights)
        gap = pace.gap(first[1], line, level, rising=indicator.rising)
    disagree = len(set(_votes(assessed, gap, share))) > 1
    asks = None if gap is None else str(pace.needed(gap))
    left = gap if gap is not None and np.isfinite(gap) else None
    return Methods(str(assessed.status), assessed.score, covered, left, asks, near, disagree)


def _votes(assessed: progress.Progress, gap: float | None, share: float) -> Iterator[bool]:
    """Whether each method that applies expects the target to be met in time."""
    yield share >= EVEN
    if assessed.status is not progress.Status.INSUFFICIENT:
        yield assessed.status is progress.Status.ON_TRACK
    if gap is not None:
        yield pace.needed(gap) is pace.Pace.MAINTAIN
