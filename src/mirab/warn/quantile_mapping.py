"""Quantile mapping: what a model says becomes what is as rare in the record of a gauge, or under its norm.

A model may be wrong by any factor as long as it ranks: its value of a month is replaced by the value of the
same probability at the gauge (Panofsky and Brier 1958; Wood et al. 2002; Gudmundsson et al. 2012 compare the
ways). Where the gauge has a record beside the model's, the two empirical distributions are matched; else the
logarithms of the model are taken to the lognormal law of the source, so that norm and spread come out. Means
and spread are mended so, not the timing of the model, nor what it does not know (Maraun 2013).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mirab.core.errors import InputError, Problem

Floats = NDArray[np.float64]
FEWEST_YEARS = 10
LEAST_FLOW = 1e-6


def enough(values: Floats, years: Sequence[int]) -> bool:
    """Whether values of one month, NaN where there is none, differ and stem from enough years to map with."""
    there = {year: value for year, value in zip(years, values.tolist(), strict=True) if value > 0}
    return len(there) >= FEWEST_YEARS and len(set(there.values())) > 1


def onto_law(values: Floats, modelled: Floats, norm: float, sigma: float) -> Floats:
    """Values of a model on a lognormal law of mean `norm` whose logarithm varies by `sigma`, same shape.

    `modelled` is the model's past in the same month (value,). Its logarithms are standardised by their own
    mean and standard deviation: a model that is twice too large, or twice as nervous, comes out alike.

    >>> past = np.array([50.0, 100.0, 200.0] * 4)
    >>> onto_law(np.array([100.0]), past, 80.0, 0.0).tolist()
    [80.0]
    """
    logs = _logs(_there(modelled, "modelled"))
    spread = float(logs.std(ddof=1))
    if np.ptp(logs) == 0:
        raise InputError("quantile mapping", [Problem("modelled", "never varies", "choose another cell")])
    z = (_logs(values) - logs.mean()) / spread
    return np.asarray(norm * np.exp(sigma * z - sigma**2 / 2))


def onto_record(values: Floats, modelled: Floats, observed: Floats) -> Floats:
    """Values of a model as values of a gauge of the same probability, same shape.

    `modelled` and `observed` are the pasts of both in the same month, each (value,). Between their quantiles
    at the plotting positions (i - 0.5) / n of the shorter one the line is straight; beyond the ends the ratio
    of the last two quantiles holds on, so that a flood above the record stays above it.

    >>> past = np.arange(1.0, 13.0)
    >>> onto_record(np.array([3.0, 24.0]), past, past / 2).tolist()
    [1.5, 12.0]
    """
    mine, theirs = _there(modelled, "modelled"), _there(observed, "observed")
    count = min(mine.size, theirs.size)
    levels = (np.arange(count) + 0.5) / count
    known, aims = (np.quantile(one, levels, method="hazen") for one in (mine, theirs))
    mapped = np.interp(values, known, aims)
    mapped = np.where(values > known[-1], values * aims[-1] / known[-1], mapped)
    return np.asarray(np.where(values < known[0], values * aims[0] / max(known[0], LEAST_FLOW), mapped))


def _logs(values: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(values, LEAST_FLOW)))


def _there(values: Floats, name: str) -> Floats:
    """The values that are there; InputError where there are fewer than years to map with."""
    found = np.asarray(values[~np.isnan(values)], dtype=float)
    if found.size < FEWEST_YEARS:
        problem = Problem(name, f"has {found.size} values", f"give {FEWEST_YEARS} or more of the month")
        raise InputError("quantile mapping", [problem])
    return found
