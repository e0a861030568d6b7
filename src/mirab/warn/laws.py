"""The law of one source: how its steps vary and hang together so that the published annual figures come out.

A step is the norm times a lognormal factor, `norm * exp(sigma * z - sigma**2 / 2)`, whose mean is exactly 1.
`z` is standard normal in time and the sum of two lag-one processes: a fast one (weather, melt) and a slow one
with a memory of one year (snow, ice and groundwater carried over). Seasonal lag-one models with a mean by
period are due to Thomas and Fiering (1962); a short and a long memory added is the usual remedy for the
annual persistence that a single one loses. The calibration below is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import STEPS_PER_YEAR, StepKind, TimeAxis, steps

MEMORY_YEARS = 1.0
HALVINGS = 60


@dataclass(frozen=True)
class Law:
    """How one source varies: `sigma` is the spread of the logarithm of a step, dimensionless.

    `slow` is the share of the variance of z in the slow process; `fast_lag1` and `slow_lag1` are the
    correlations of each process from one step to the next. `lag1_annual` is the correlation of successive
    annual means that this gives (to first order in the variance); it differs from the published one where
    two such processes cannot reach it.
    """

    sigma: float
    slow: float
    fast_lag1: float
    slow_lag1: float
    lag1_annual: float

    def correlation(self, lags: NDArray[np.int64]) -> NDArray[np.float64]:
        """Correlation of z at these distances in steps, same shape as `lags`."""
        slow = self.slow * self.slow_lag1**lags
        return np.asarray(slow + (1 - self.slow) * self.fast_lag1**lags, dtype=float)


def fit(
    norm: Sequence[float], *, cv_annual: float, lag1_annual: float, persistence: float, kind: StepKind
) -> Law:
    """Law of a source from 12 monthly norms, the CV and lag-one correlation of its annual mean.

    `persistence` is the correlation of z from one step to the next and is kept exactly, as is the annual
    CV; the annual lag-one correlation is kept as far as 0 <= slow share <= persistence allows.
    """
    memory = float(np.exp(-1.0 / (MEMORY_YEARS * STEPS_PER_YEAR[kind])))
    pairs = _pairs(tuple(norm), kind)

    def at(slow: float) -> Law:
        fast = max(0.0, (persistence - slow * memory) / (1 - slow)) if slow < 1 else 0.0
        law = Law(0.0, slow, fast, memory, 0.0)
        return Law(0.0, slow, fast, memory, _annual_lag1(law, pairs))

    most = min(persistence / memory, 1.0)
    slow = _root(lambda share: at(share).lag1_annual - lag1_annual, 0.0, most)
    law = at(slow)
    sigma = _root(lambda spread: _annual_cv(law, pairs, spread) - cv_annual, 0.0, 3.0)
    return Law(sigma, law.slow, law.fast_lag1, memory, law.lag1_annual)


def _annual_cv(law: Law, pairs: NDArray[np.float64], sigma: float) -> float:
    """CV of the annual mean; two lognormal steps have the covariance mu mu' (exp(sigma^2 rho) - 1)."""
    covariance = np.expm1(sigma**2 * law.correlation(np.abs(_distances(pairs))))
    return float(np.sqrt(pairs @ covariance))


def _annual_lag1(law: Law, pairs: NDArray[np.float64]) -> float:
    """Correlation of two successive annual means, to first order in the variance."""
    distances, year = _distances(pairs), (pairs.size + 1) // 2
    within, across = law.correlation(np.abs(distances)), law.correlation(year + distances)
    return float((pairs @ across) / (pairs @ within))


def _distances(pairs: NDArray[np.float64]) -> NDArray[np.int64]:
    last = pairs.size // 2
    return np.arange(-last, last + 1)


def _pairs(norm: tuple[float, ...], kind: StepKind) -> NDArray[np.float64]:
    """Sum of mu mu' over all pairs of steps of a common water year, by their distance; mu sums to 1."""
    year = _common_year(kind)
    volume = year.days * year.spread(norm)
    share = volume / volume.sum()
    return np.asarray(np.correlate(share, share, "full"), dtype=float)


def _common_year(kind: StepKind) -> TimeAxis:
    return steps(date(2000, 10, 1), STEPS_PER_YEAR[kind], kind)


def _root(excess: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function crosses zero, by halving; the nearer end where it does not."""
    if excess(low) >= 0:
        return low
    if excess(high) <= 0:
        return high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) < 0 else (low, middle)
    return (low + high) / 2
