"""Current status and anticipated progress in the style of ESCAP: way covered since the base, gap in 2030.

Source: the formulas of ESCAP's Asia and the Pacific SDG Progress Report as a UNICEF trend repository states
them (status), the gap as recalled. ESCAP does not publish its time weights: they are a named option here,
and the result is called ESCAP-style.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mirab.core.errors import InputError, Problem, UnknownNameError

Floats = NDArray[np.float64]
FIRST_YEAR = 2000
HALF_LIFE = 5.0
DEFAULT = "linear"
MAINTAIN, ACCELERATE = 10.0, 100.0

WEIGHTS: Mapping[str, Callable[[Floats], Floats]] = {
    "linear": lambda years: years - years[0] + 1.0,
    "equal": lambda years: np.ones(len(years)),
    "recent": lambda years: np.asarray(0.5 ** ((years[-1] - years) / HALF_LIFE), dtype=float),
}


class Pace(StrEnum):
    """What the gap in the target year asks for, in the words of the report."""

    MAINTAIN = "maintain progress"
    ACCELERATE = "accelerate"
    REVERSE = "reverse trend"


def current_status(first: float, last: float, target: float, *, rising: bool) -> float:
    """Way covered from the base to the target on a scale of 10; negative where it went away.

    D (last - base)/|target - base| with D = 10 where more is better and -10 where less is; 10 where the
    target is met.

    >>> round(current_status(70.4, 60.3, 25.0, rising=False), 4)
    2.2247
    """
    sign = 1.0 if rising else -1.0
    if sign * (last - target) >= 0:
        return 10.0
    if first == target:
        return 0.0
    return 10.0 * sign * (last - first) / abs(target - first)


def parity_status(first: float, last: float, target: float) -> float:
    """The same for parity, where either side of the target counts: 10 - 10 |target - last|/|target - base|.

    >>> parity_status(80.0, 95.0, 100.0)
    7.5
    """
    if first == target:
        return 10.0 if last == target else 0.0
    return 10.0 - 10.0 * abs(target - last) / abs(target - first)


def predicted(years: ArrayLike, values: ArrayLike, year: int, *, weights: str = DEFAULT) -> float:
    """Value of a weighted straight line in `year`, through the observations since 2000.

    `weights` is linear (1 for the first year, one more each year: what our worked cases use), equal, or
    recent (halved every five years). Raises InputError where fewer than two years have a value.

    >>> round(predicted([2000, 2010, 2020], [1.0, 2.0, 3.0], 2030), 6)
    4.0
    """
    if weights not in WEIGHTS:
        raise UnknownNameError("weights", weights, WEIGHTS)
    at, seen = np.asarray(years, dtype=float), np.asarray(values, dtype=float)
    used = (at >= FIRST_YEAR) & np.isfinite(seen)
    at, seen = at[used], seen[used]
    if len(at) < 2:
        problem = Problem("values", f"have {len(at)} years since {FIRST_YEAR}", "a line needs two or more")
        raise InputError("predicted", [problem])
    w = WEIGHTS[weights](at)
    middle, mean = np.average(at, weights=w), np.average(seen, weights=w)
    slope = ((at - middle) * (seen - mean) * w).sum() / ((at - middle) ** 2 * w).sum()
    return float(mean + slope * (year - middle))


def gap(first: float, ahead: float, target: float, *, rising: bool) -> float:
    """What is left in the target year, % of the way from the base; 0 where the prediction meets the target.

    100 |target - predicted|/|target - base|; above 100 the trend leads away. Infinite where the target was
    met at the base and the prediction loses it.

    >>> round(gap(41.9, 30.237, 25.0, rising=False), 2)
    30.99
    """
    sign = 1.0 if rising else -1.0
    if sign * (ahead - target) >= 0:
        return 0.0
    if sign * (first - target) >= 0:
        return float("inf")
    return 100.0 * abs(target - ahead) / abs(target - first)


def needed(gap: float) -> Pace:
    """What a gap asks for: up to 10 % maintain, up to 100 % accelerate, beyond it reverse.

    >>> needed(30.99).value
    'accelerate'
    """
    if gap <= MAINTAIN:
        return Pace.MAINTAIN
    return Pace.ACCELERATE if gap <= ACCELERATE else Pace.REVERSE
