"""Onset: the chance that a quiet state sees a month of many deaths again, learnt from the whole panel.

An item is quiet where none of its last YEAR steps reached THRESHOLD; an onset is one or more of the next YEAR
steps at THRESHOLD or above. The chance is a logistic regression with a small ridge on how much was seen over
one, five and ten years and how long ago, fitted on all quiet items at past dates whose following year was
over. A member with an onset follows what was seen at a past onset anywhere in the panel; a member without one
is drawn as `recency` does and kept below THRESHOLD. Each further YEAR ahead is drawn anew. Items that are not
quiet are drawn as `recency` does.

Threshold: the 25 deaths of the UCDP; the rest is ours, chosen on 2006-2017 (docs/validation/security.md).
Without any figure in the panel an item has no forecast. Absent steps count as steps without deaths here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis
from mirab.core.panel import Panel
from mirab.core.phrase import say
from mirab.warn.forecast import recency
from mirab.warn.forecast.interface import Draws, Floats, Forecaster, Sampler

THRESHOLD = 25.0
YEAR = 12
LONGEST = 120
EVERY = 3
RIDGE = 10.0
ITERATIONS = 25
FEWEST_ONSETS = 3


@dataclass(frozen=True)
class Onset:
    """Chance of an onset by item (NaN where it is not quiet), and the years that followed past ones."""

    chance: Floats
    years: Floats
    onsets: int
    cases: int


def estimate(past: Panel) -> Onset:
    """Chance of an onset of each quiet item in the YEAR steps after the panel.

    With fewer than FEWEST_ONSETS past onsets the chance is their share, the same for all: a base rate. NaN
    for all where the panel is too short to hold a past case.
    """
    values = np.nan_to_num(past.values)
    whole = values.shape[1]
    ends = np.arange(whole - YEAR, LONGEST // 2 - 1, -EVERY)
    if not ends.size:
        return Onset(np.full(len(values), np.nan), np.empty((0, YEAR)), 0, 0)
    quiet = np.array([_quiet(values[:, :end]) for end in ends]).reshape(len(ends), len(values))
    came = np.array([_reached(values[:, end : end + YEAR]) for end in ends]).reshape(quiet.shape)
    known = np.array([_has_figures(past.values[:, :end]) for end in ends]).reshape(quiet.shape)
    chosen = quiet & known
    onsets = np.argwhere(chosen & came)
    years = np.array([values[item, ends[at] : ends[at] + YEAR] for at, item in onsets]).reshape(-1, YEAR)
    seen = np.array([_features(values[:, :end]) for end in ends]).reshape(*quiet.shape, -1)
    now = _quiet(values) & _has_figures(past.values) & chosen.any()
    chance = _chance(seen[chosen], came[chosen], _features(values))
    return Onset(np.where(now, chance, np.nan), years, len(onsets), int(chosen.sum()))


def learn(past: Panel) -> Sampler:
    """Sampler of onsets for quiet items, of `recency` for all others."""
    found, usual = estimate(past), recency.learn(past)

    def sample(item: int, axis: TimeAxis, draws: Draws) -> Floats:
        values = usual(item, axis, draws)
        chance = found.chance[item]
        if np.isnan(chance):
            return values
        calm = np.minimum(np.nan_to_num(values), THRESHOLD - 1)
        if not len(found.years):
            return calm
        ahead = -(-len(axis) // YEAR)
        lot = draws.stream("onset").random((draws.members, ahead, 2))
        years = found.years[(lot[:, :, 1] * len(found.years)).astype(np.int64)]
        struck = np.repeat(lot[:, :, 0] < chance, YEAR, axis=1)[:, : len(axis)]
        return np.where(struck, years.reshape(draws.members, -1)[:, : len(axis)], calm)

    return sample


def _quiet(values: Floats) -> NDArray[np.bool_]:
    return np.logical_not(_reached(values[:, -YEAR:]))


def _reached(values: Floats) -> NDArray[np.bool_]:
    return np.asarray(np.any(values >= THRESHOLD, axis=1))


def _has_figures(values: Floats) -> NDArray[np.bool_]:
    return np.asarray(np.any(~np.isnan(values[:, -YEAR:]), axis=1))


def _features(values: Floats) -> Floats:
    """What is known of each item at the end of its values, shape (item, feature)."""
    spans = [values[:, -length:] for length in (3, YEAR, 60, LONGEST)]
    means = [np.log1p(span.mean(axis=1)) for span in spans]
    shares = [(span > 0).mean(axis=1) for span in spans[1:]]
    most = [np.log1p(span.max(axis=1)) for span in spans[1:]]
    since = np.argmax(values[:, ::-1] > 0, axis=1).astype(float)
    since[~(values > 0).any(axis=1)] = values.shape[1]
    return np.stack([*means, *shares, *most, np.log1p(np.minimum(since, LONGEST))], axis=1)


def _chance(seen: Floats, came: NDArray[np.bool_], now: Floats) -> Floats:
    """Chance at `now` (item, feature) from cases `seen` (case, feature) of which some `came`."""
    if came.sum() < FEWEST_ONSETS:
        return np.full(len(now), (came.sum() + 0.5) / (len(came) + 1.0))
    centre, spread = seen.mean(axis=0), np.maximum(seen.std(axis=0), 1e-9)
    cases, asked = (_standard(each, centre, spread) for each in (seen, now))
    weights = np.zeros(cases.shape[1])
    penalty = np.full(cases.shape[1], RIDGE)
    penalty[0] = 0.0
    for _ in range(ITERATIONS):
        chance = _logistic(cases @ weights)
        slope = cases.T @ (came - chance) - penalty * weights
        curve = (cases * (chance * (1 - chance))[:, None]).T @ cases + np.diag(penalty + 1e-9)
        weights = weights + np.linalg.solve(curve, slope)
    return _logistic(asked @ weights)


def _standard(values: Floats, centre: Floats, spread: Floats) -> Floats:
    """Features in standard units within 5 of the centre, after a column of ones."""
    scaled = np.clip((values - centre) / spread, -5, 5)
    return np.concatenate([np.ones((len(values), 1)), scaled], axis=1)


def _logistic(value: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(value, -30, 30))))


ONSET = Forecaster(
    "recency_onset",
    say("the own last 60 steps, weights halving every 4; for quiet states the chance of an onset"),
    learn,
    kinds=("month",),
)
