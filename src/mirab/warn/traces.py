"""Past years of a source as members: whole years follow each other as they did, scaled to norm and CV.

Resampling of whole years keeps the shape of real years (the index-sequential method of practice); the power
that brings the annual CV to the published one is ours. Fewer than `FEWEST_YEARS` years say too little about
the spread, so such a source is drawn from its law instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import erf, sqrt

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis, dekad_of_year
from mirab.core.errors import InputError, Problem

FEWEST_YEARS = 10
LARGEST_POWER = 8.0
HALVINGS = 60


def enough(years: Sequence[Sequence[float]]) -> bool:
    """Whether there are enough past years to resample."""
    return len(years) >= FEWEST_YEARS


def ratios(
    years: Sequence[Sequence[float]],
    norm: Sequence[float],
    cv_annual: float,
    axis: TimeAxis,
    place: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Ratio to the norm by step and member, shape (step, member), mean 1 over the past years.

    `years` are values by step of the calendar year (36 dekads or 12 months). `place` (member,) is standard
    normal and chooses the first year; sources with equally many years get the same one, so that they stay
    correlated.
    """
    table = _table(years, axis)
    weight = _weights(norm, table.shape[1])
    factor = _to_cv(table, weight, cv_annual)
    first = np.minimum((normal_share(place) * len(table)).astype(int), len(table) - 1)
    later = np.array([start.year - axis.starts[0].year for start in axis.starts])
    column = np.array([_position(start, table.shape[1]) for start in axis.starts])
    return np.asarray(factor[(first[None, :] + later[:, None]) % len(table), column[:, None]])


def _table(years: Sequence[Sequence[float]], axis: TimeAxis) -> NDArray[np.float64]:
    width = 36 if axis.kind == "dekad" else 12
    wrong = [f"year {i + 1} has {len(year)} values" for i, year in enumerate(years) if len(year) != width]
    low = [i for i, year in enumerate(years) if min(year) <= 0]
    wrong += [f"year {i + 1} has a value that is not positive" for i in low]
    if wrong:
        fix = f"give {width} positive values a year or leave the year out"
        raise InputError("past years", [Problem("traces", what, fix) for what in wrong])
    return np.array(years, dtype=float)


def _weights(norm: Sequence[float], width: int) -> NDArray[np.float64]:
    """Share of each step of the year in the annual volume, all steps of a month alike."""
    steps = np.repeat(np.asarray(norm, dtype=float), width // 12)
    return np.asarray(steps / steps.sum())


def _to_cv(table: NDArray[np.float64], weight: NDArray[np.float64], cv: float) -> NDArray[np.float64]:
    """Past ratios raised to the power at which the CV of the annual mean is `cv`, each step of mean 1."""
    low, high = 0.0, LARGEST_POWER
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _cv(table, weight, middle) < cv else (low, middle)
    return _powered(table, (low + high) / 2)


def _cv(table: NDArray[np.float64], weight: NDArray[np.float64], power: float) -> float:
    return float(np.std(_powered(table, power) @ weight))


def _powered(table: NDArray[np.float64], power: float) -> NDArray[np.float64]:
    raised = (table / table.mean(axis=0)) ** power
    return np.asarray(raised / raised.mean(axis=0))


def normal_share(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take standard normal values to shares in [0, 1] by their distribution function."""
    return np.array([(1 + erf(value / sqrt(2))) / 2 for value in z])


def _position(start: date, width: int) -> int:
    return dekad_of_year(start) - 1 if width == 36 else start.month - 1
