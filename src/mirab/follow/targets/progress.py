"""Progress status and score after the UN Statistics Division's assessment of 2026.

Source: the method as the package undata 0.4.3 (MIT) carries it, secondary; our own code meets 42 worked
cases (`mirab validate targets`). Compound growth on a bounded share runs past its bound (electricity access
of 743 % by 2030 in one of them): the status is kept for comparison, `mirab targets` forecasts by another
way.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

BASE_YEAR, TARGET_YEAR = 2015, 2030
LEAST_YEARS = 2
POINTS = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)
RATIO_BANDS = (-0.5, 0.0, 0.10, 0.50, 0.95, 1.5)
GROWTH_BANDS = (-0.05, 0.0, 0.005, 0.0125, 0.02, 0.05)


class Status(StrEnum):
    """The words of the assessment, from best to worst; `insufficient` where nothing can be said."""

    ON_TRACK = "on track"
    MODERATE = "moderate"
    MARGINAL = "marginal"
    STAGNATION = "stagnation"
    REGRESSION = "regression"
    INSUFFICIENT = "insufficient"


BANDS = (Status.STAGNATION, Status.MARGINAL, Status.MODERATE, Status.ON_TRACK)


@dataclass(frozen=True)
class Progress:
    """A status with its score 0 to 5 and what led to it; None where the method does not compute it.

    `growth` is the compound yearly growth as a fraction, `projected` the value that it reaches in 2030,
    `ratio` the projected change over the change that the target asks for.
    """

    status: Status
    score: float | None = None
    growth: float | None = None
    projected: float | None = None
    ratio: float | None = None


def base(years: tuple[int, ...]) -> int | None:
    """The base year: 2015, or the first later year that has a value; None where there is none.

    >>> base((2010, 2014, 2016, 2018))
    2016
    """
    return min((year for year in years if year >= BASE_YEAR), default=None)


def assess(
    first: tuple[int, float], last: tuple[int, float], *, rising: bool, target: float | None
) -> Progress:
    """Status and score from the (year, value) of the base and of the last observation.

    r = (last/base)^(1/years) - 1. With a target: projected = last (1 + r)^(2030 - last year), and the ratio
    (projected - base)/(target - base) is read on bands; a target that is met at the base is on track while
    it is still met. Without a target r is read, signed so that better is positive. A value of zero or below
    cannot be compounded.

    >>> assess((2015, 10.0), (2020, 20.0), rising=True, target=100.0).status.value
    'moderate'
    """
    years = last[0] - first[0]
    if years < LEAST_YEARS or first[1] <= 0 or last[1] <= 0:
        return Progress(Status.INSUFFICIENT)
    growth = (last[1] / first[1]) ** (1.0 / years) - 1.0
    sign = 1.0 if rising else -1.0
    if target is None:
        return Progress(*_read(sign * growth, GROWTH_BANDS), growth)
    if sign * (first[1] - target) >= 0:
        met = sign * (last[1] - target) >= 0
        return Progress(*((Status.ON_TRACK, 5.0) if met else (Status.REGRESSION, 0.0)), growth)
    projected = last[1] * (1.0 + growth) ** (TARGET_YEAR - last[0])
    ratio = (projected - first[1]) / (target - first[1])
    return Progress(*_read(ratio, RATIO_BANDS), growth, projected, ratio)


def _read(value: float, bands: tuple[float, ...]) -> tuple[Status, float]:
    """Status and score of a value on six marks: linear inside a band, flat beyond the outer marks."""
    reached = int(np.searchsorted(bands[1:-1], value, side="right"))
    status = BANDS[reached - 1] if reached else Status.REGRESSION
    return status, float(np.interp(value, bands, POINTS))
