"""Recency-weighted conflictology: the own last steps, the near ones most, as counts around a shaken value.

The benchmark of the VIEWS challenge draws from the own last 12 months with equal weight (Hegre et al. 2025).
Here the last 60 steps count with weights that halve every 4, and a positive draw is shaken by a lognormal
factor of mean 1 and drawn again as a Poisson count of at least 1; a zero stays zero. Figures are ours, chosen
on 2006-2017 (docs/forecasts.md): half-life and spread lie in the middle of the plateau on which the product
of the three ratios to the baselines (CRPS, log score, interval score) is least.

A member keeps its draw from one step to the next with probability KEEP, so that bad months hang together and
the chance of any bad month in a year is not overstated; the law of each single month does not depend on it.
"""

from __future__ import annotations

import numpy as np

from mirab.core.calendar import TimeAxis
from mirab.core.panel import Panel
from mirab.core.phrase import say
from mirab.warn.forecast.baselines import picked
from mirab.warn.forecast.interface import Draws, Floats, Forecaster, Sampler

STEPS = 60
HALF_LIFE = 4.0
SPREAD = 0.5
KEEP = 0.7


def learn(past: Panel) -> Sampler:
    """Sampler that draws from the last STEPS figures of an item; NaN where it has none."""
    values = past.values[:, -STEPS:]
    weights = 0.5 ** (np.arange(values.shape[1])[::-1] / HALF_LIFE)

    def sample(item: int, axis: TimeAxis, draws: Draws) -> Floats:
        there = ~np.isnan(values[item])
        if not there.any():
            return np.full((draws.members, len(axis)), np.nan)
        own = weights[there] / weights[there].sum()
        drawn = kept(picked(values[item][there], draws, len(axis), own), draws)
        return shaken(drawn, draws)

    return sample


def kept(values: Floats, draws: Draws) -> Floats:
    """Values (member, step) in which each step repeats the one before with probability KEEP."""
    again = draws.stream("keep").random(values.shape) < KEEP
    again[:, 0] = False
    source = np.maximum.accumulate(np.where(again, 0, np.arange(values.shape[1])), axis=1)
    return np.take_along_axis(values, source, axis=1)


def shaken(values: Floats, draws: Draws) -> Floats:
    """Poisson counts, at least 1, around positive values times a lognormal factor; zeros stay."""
    if not values.any():
        return values
    factor = np.exp(SPREAD * draws.stream("factor").standard_normal(values.shape) - SPREAD**2 / 2)
    counts = draws.stream("count").poisson(values * factor)
    return np.where(values > 0, np.maximum(counts, 1), 0.0)


RECENCY = Forecaster("recency", say("the own last 60 steps, weights halving every 4"), learn)
