"""What every forecast has to beat: nought, the last value, all of history, the last year, the same season.

`zero`, `last`, `bootstrap` and `conflictology` are the benchmarks of the VIEWS prediction challenge (Hegre et
al. 2025, Journal of Peace Research 62(6)); `season` draws whole past years, the oldest baseline of hydrology.
An item without any figure in the steps that a method looks at has no forecast: its members are NaN (§3).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import STEPS_PER_YEAR, TimeAxis
from mirab.core.fields import fields
from mirab.core.panel import Panel
from mirab.core.phrase import say
from mirab.warn.forecast.interface import Draws, Floats, Forecaster, Sampler

LAST_YEARS = 15


def picked(values: Floats, draws: Draws, steps: int, weights: Floats | None = None) -> Floats:
    """Values drawn with replacement for each member and step, shape (member, step); weights sum to 1."""
    chance = draws.stream("value").random((draws.members, steps))
    if weights is None:
        return np.asarray(values[(chance * len(values)).astype(np.int64)])
    edges = np.cumsum(weights)
    return np.asarray(values[np.searchsorted(edges[:-1], chance, side="right")])


def counted(values: Floats, draws: Draws) -> Floats:
    """Each value replaced by a Poisson count of that mean."""
    return draws.stream("count").poisson(values).astype(float)


def known(values: Floats) -> Floats:
    """The figures that are there, in order of time."""
    return values[~np.isnan(values)]


def _unknown(axis: TimeAxis, draws: Draws) -> Floats:
    return np.full((draws.members, len(axis)), np.nan)


def learn_zero(past: Panel) -> Sampler:
    """Nought in every member and step."""
    return lambda item, axis, draws: np.zeros((draws.members, len(axis)))


def learn_last(past: Panel) -> Sampler:
    """Poisson counts around the last figure of the item."""

    def sample(item: int, axis: TimeAxis, draws: Draws) -> Floats:
        figures = known(past.values[item])
        if not figures.size:
            return _unknown(axis, draws)
        return counted(np.full((draws.members, len(axis)), figures[-1]), draws)

    return sample


def learn_persistence(past: Panel) -> Sampler:
    """The last figure of the item plus the changes of the item over as many steps, drawn from its past.

    For quantities that are not counts. An item with a single figure keeps it; no value falls below the least
    that makes sense of the quantity.
    """
    known_as = fields().get(past.quantity)
    least = -np.inf if known_as is None or known_as.minimum is None else known_as.minimum

    def sample(item: int, axis: TimeAxis, draws: Draws) -> Floats:
        figures = known(past.values[item])
        if not figures.size:
            return _unknown(axis, draws)
        place = draws.stream("change").random(draws.members)
        found = np.full((draws.members, len(axis)), figures[-1])
        for step in range(min(len(axis), figures.size - 1)):
            changes = figures[step + 1 :] - figures[: -step - 1]
            found[:, step:] = (figures[-1] + changes[(place * changes.size).astype(np.int64)])[:, None]
        return np.asarray(np.maximum(found, least))

    return sample


def bootstrap(length: int) -> Callable[[Panel], Sampler]:
    """Draws from the last `length` steps of all items together."""

    def learn(past: Panel) -> Sampler:
        pool = known(past.values[:, -length:].ravel())
        return lambda item, axis, draws: (
            picked(pool, draws, len(axis)) if pool.size else _unknown(axis, draws)
        )

    return learn


def conflictology(length: int, *, poisson: bool) -> Callable[[Panel], Sampler]:
    """Draws from the item's own last `length` steps; with `poisson` each is the mean of a count."""

    def learn(past: Panel) -> Sampler:
        def sample(item: int, axis: TimeAxis, draws: Draws) -> Floats:
            own = known(past.values[item, -length:])
            if not own.size:
                return _unknown(axis, draws)
            values = picked(own, draws, len(axis))
            return counted(values, draws) if poisson else values

        return sample

    return learn


def learn_season(past: Panel) -> Sampler:
    """Each member follows one of the last LAST_YEARS past years of the item, from the same place in the year.

    A past year serves where it has a figure for every step asked for; steps beyond a year repeat it.
    """
    length = STEPS_PER_YEAR[past.axis.kind]

    def sample(item: int, axis: TimeAxis, draws: Draws) -> Floats:
        traces = _past_years(past.values[item], min(len(axis), length), length)
        if not len(traces):
            return _unknown(axis, draws)
        place = (draws.stream("year").random(draws.members) * len(traces)).astype(np.int64)
        return np.asarray(traces[place][:, np.arange(len(axis)) % length])

    return sample


def _past_years(values: Floats, span: int, length: int) -> NDArray[np.float64]:
    """Spans of the past that begin whole years before the first step ahead, shape (year, step)."""
    starts = range(len(values) - length, max(-1, len(values) - LAST_YEARS * length - 1), -length)
    spans = [values[start : start + span] for start in starts if start + span <= len(values)]
    whole = [one for one in spans if not np.isnan(one).any()]
    return np.stack(whole) if whole else np.empty((0, span))


BASELINES = (
    Forecaster("zero", say("nought"), learn_zero, baseline=True),
    Forecaster("last", say("Poisson counts around the last figure"), learn_last, baseline=True),
    Forecaster(
        "persistence", say("the last figure with its own past changes"), learn_persistence, baseline=True
    ),
    Forecaster("bootstrap_240", say("all figures of the last 240 steps"), bootstrap(240), baseline=True),
    Forecaster(
        "conflictology_12",
        say("the own last 12 steps"),
        conflictology(12, poisson=False),
        baseline=True,
    ),
    Forecaster(
        "conflictology_12_poisson",
        say("Poisson counts around the own last 12 steps"),
        conflictology(12, poisson=True),
        baseline=True,
    ),
    Forecaster("season", say("the same part of past years"), learn_season, baseline=True),
)
