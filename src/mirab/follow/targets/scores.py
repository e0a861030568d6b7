"""Scores, index and colours of the Sustainable Development Report (SDSN), by its methodology of 2018.

Source: Lafortune, G., Fuller, G., Moreno, J., Schmidt-Traub, G., Kroll, C. (2018), SDG Index and
Dashboards: detailed methodological paper; checked on the report of 2019 (`mirab validate targets`). The
thresholds of an indicator come from the codebook of an edition and belong to its vintage. Arrows are not
claimed: their rule is not published in full.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mirab.core.errors import InputError, Problem

Floats = NDArray[np.float64]
LEAST_COVERED = 0.5


class Colour(StrEnum):
    """Distance to the optimum in the words of the report; grey where too little is known."""

    GREEN = "green"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"
    GREY = "grey"


@dataclass(frozen=True)
class Thresholds:
    """The four values of an indicator that the report sets, in its unit: 0 points, red, green, 100 points.

    They rise or fall together. Raises InputError where they do not.
    """

    worst: float
    red: float
    green: float
    best: float

    def __post_init__(self) -> None:
        steps = np.diff((self.worst, self.red, self.green, self.best))
        if not ((steps >= 0).all() or (steps <= 0).all()) or self.worst == self.best:
            shown = f"{self.worst:g}, {self.red:g}, {self.green:g}, {self.best:g}"
            fix = "give worst, red, green and best so that they only rise or only fall"
            raise InputError("thresholds", [Problem("worst, red, green, best", f"are {shown}", fix)])

    @property
    def rising(self) -> bool:
        """Whether more is better."""
        return self.best > self.worst


def score(values: ArrayLike, thresholds: Thresholds) -> Floats:
    """Points from 0 (worst) to 100 (best), cut at both ends; NaN stays NaN. Any shape.

    The order of evaluation is that of the report, so published scores are met bit for bit.

    >>> float(score(20.0, Thresholds(worst=50.0, red=30.0, green=10.0, best=0.0)))
    60.0
    """
    worst, best = thresholds.worst, thresholds.best
    return np.clip((np.asarray(values, dtype=float) - worst) / (best - worst) * 100, 0.0, 100.0)


def goal_score(scores: ArrayLike) -> float:
    """Plain mean of the indicator scores present; NaN where there is none.

    >>> goal_score([60.0, float("nan"), 90.0])
    75.0
    """
    present = np.asarray(scores, dtype=float)
    present = present[np.isfinite(present)]
    return float(present.mean()) if present.size else float("nan")


def filled(goals: ArrayLike, regions: Sequence[str]) -> Floats:
    """Goal scores in which a missing one takes the mean of its region's states that have it.

    `goals` has shape (state, goal), `regions` names the region of each state. The report fills so before
    it takes the mean, also goal 14 of landlocked states: such an index depends on other states' coasts.

    >>> filled([[50.0, float("nan")], [70.0, 40.0], [10.0, 90.0]], ["A", "A", "B"]).tolist()
    [[50.0, 40.0], [70.0, 40.0], [10.0, 90.0]]
    """
    whole = np.array(goals, dtype=float)
    labels = np.array(regions)
    for region in set(regions):
        rows = labels == region
        part = whole[rows]
        means = np.array([goal_score(column) for column in part.T])
        whole[rows] = np.where(np.isfinite(part), part, means)
    return whole


def index(goals: ArrayLike) -> Floats:
    """Mean of the goal scores of each state, shape (state, goal) to (state,); every goal weighs the same.

    A goal without a score is left out; give `filled` goals for the index of the report.

    >>> index([[50.0, float("nan")], [70.0, 40.0]]).tolist()
    [50.0, 55.0]
    """
    return np.array([goal_score(row) for row in np.atleast_2d(np.asarray(goals, dtype=float))])


def colour(value: float, thresholds: Thresholds) -> Colour:
    """Colour of one indicator: green from its threshold on, red past its own, split halfway between.

    >>> [colour(x, Thresholds(50.0, 30.0, 10.0, 0.0)).value for x in (10.0, 20.0, 25.0, 30.0, 31.0)]
    ['green', 'yellow', 'orange', 'orange', 'red']
    """
    if not np.isfinite(value):
        return Colour.GREY
    sign = 1.0 if thresholds.rising else -1.0
    if sign * (value - thresholds.green) >= 0:
        return Colour.GREEN
    if sign * (value - thresholds.red) < 0:
        return Colour.RED
    halfway = (thresholds.green + thresholds.red) / 2
    return Colour.YELLOW if sign * (value - halfway) >= 0 else Colour.ORANGE


def level(value: float, thresholds: Thresholds) -> float:
    """The value on the scale 0 (worst), 1 (red threshold), 2 (green threshold), 3 (best), piecewise linear.

    >>> level(20.0, Thresholds(50.0, 30.0, 10.0, 0.0))
    1.5
    """
    if not np.isfinite(value):
        return float("nan")
    sign = 1.0 if thresholds.rising else -1.0
    marks = (thresholds.worst, thresholds.red, thresholds.green, thresholds.best)
    return float(np.interp(sign * value, [sign * mark for mark in marks], (0.0, 1.0, 2.0, 3.0)))


def goal_colour(levels: ArrayLike, indicators: int) -> Colour:
    """Colour of a goal from the `level` of its indicators that are present: the mean of the two worst.

    Green needs both green, red needs both red. Grey where fewer than half of the goal's `indicators` are
    present: that rule is inferred from the report of 2019, all of whose grey goals it explains.

    >>> goal_colour([0.2, 1.1, 3.0], indicators=3).value
    'orange'
    """
    known = np.asarray(levels, dtype=float)
    known = np.sort(known[np.isfinite(known)])
    if not known.size or known.size < LEAST_COVERED * indicators:
        return Colour.GREY
    two = known[:2]
    mean = float(two.mean())
    if mean < 1.0:
        return Colour.RED if (two < 1.0).all() else Colour.ORANGE
    if mean < 1.5:
        return Colour.ORANGE
    return Colour.GREEN if (two >= 2.0).all() else Colour.YELLOW
