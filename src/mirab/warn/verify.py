"""How good forecasts were: proper scores of members against what came, and of probabilities against events.

Arrays in, arrays out. `samples` have the shape (cell, member), `outcomes` (cell,), a cell being one item in
one step; a cell with a NaN has no score (§3). Lower is better but for `auc` and `average_precision`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
COUNT_BINS = (0.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0)
"""Upper ends of the bins of the VIEWS challenge: 0, 1-2, 3-5, ... 501-1000, and one for all above."""


def crps(samples: Floats, outcomes: Floats) -> Floats:
    """Continuous ranked probability score of each cell, in the unit of the quantity, shape (cell,).

    Mean |x - y| less half of mean |x - x'| over all pairs of members (Gneiting and Raftery 2007, eq. 21);
    members 0 and 4 with the outcome 1 give (1 + 3) / 2 - 4 / 4 = 1.

    >>> crps(np.array([[0.0, 4.0]]), np.array([1.0])).tolist()
    [1.0]
    """
    count = samples.shape[1]
    ordered = np.sort(samples, axis=1)
    weights = (2 * np.arange(1, count + 1) - count - 1) / count**2
    return np.asarray(np.abs(samples - outcomes[:, None]).mean(axis=1) - ordered @ weights)


def log_score(samples: Floats, outcomes: Floats) -> Floats:
    """Log score in bits on the bins of the VIEWS challenge (Hegre et al. 2025), shape (cell,).

    -log2((n + 1) / (members + 11)), n being the members in the bin of the outcome: each of the 11 bins has
    one member more than it was given, so that no score is infinite. 1,000 members of which 505 hit: 1 bit
    less a thousandth.

    >>> log_score(np.zeros((1, 1000)), np.array([0.0])).round(4).tolist()
    [0.0143]
    """
    edges = np.array(COUNT_BINS)
    hits = (np.searchsorted(edges, samples) == np.searchsorted(edges, outcomes)[:, None]).sum(axis=1)
    score = -np.log2((hits + 1) / (samples.shape[1] + len(COUNT_BINS) + 1))
    return np.where(np.isnan(outcomes) | np.isnan(samples).any(axis=1), np.nan, score)


def interval_score(samples: Floats, outcomes: Floats, level: float = 0.9) -> Floats:
    """Interval score of the central interval of a level, in the unit of the quantity, shape (cell,).

    Its width, and 2 / (1 - level) times what the outcome lies outside it (Gneiting and Raftery 2007, eq. 43).
    The interval of constant members at 3 has no width; the outcome 5 costs 2 x 20 = 40.

    >>> interval_score(np.full((1, 10), 3.0), np.array([5.0])).round(6).tolist()
    [40.0]
    """
    low, high = interval(samples, level)
    outside = np.maximum(low - outcomes, 0) + np.maximum(outcomes - high, 0)
    return np.asarray(high - low + 2 / (1 - level) * outside)


def interval(samples: Floats, level: float = 0.9) -> tuple[Floats, Floats]:
    """Ends of the central interval of a level, each of shape (cell,)."""
    low, high = np.quantile(samples, [(1 - level) / 2, (1 + level) / 2], axis=1)
    return low, high


def covered(samples: Floats, outcomes: Floats, level: float = 0.9) -> Floats:
    """1 where the outcome lies in the central interval of a level, else 0, shape (cell,)."""
    low, high = interval(samples, level)
    inside = ((low <= outcomes) & (outcomes <= high)).astype(float)
    return np.where(np.isnan(outcomes) | np.isnan(low), np.nan, inside)


def brier(probability: Floats, happened: Flags) -> float:
    """Mean squared distance of probabilities from events (Brier 1950).

    >>> round(brier(np.array([0.8, 0.4]), np.array([True, False])), 3)
    0.1
    """
    return float(np.mean((probability - happened) ** 2))


@dataclass(frozen=True)
class Reliability:
    """What came of the forecasts in one bin of probability: their mean, the share that came, how many."""

    forecast: float
    came: float
    count: int


def reliability(probability: Floats, happened: Flags, bins: int = 5) -> tuple[Reliability, ...]:
    """Bins of equal width in probability, those that hold a forecast, lowest first (Murphy 1973).

    >>> reliability(np.array([0.1, 0.1, 0.9]), np.array([False, True, True]))[0]
    Reliability(forecast=0.1, came=0.5, count=2)
    """
    place = np.minimum((probability * bins).astype(int), bins - 1)
    return tuple(
        Reliability(
            float(probability[place == i].mean()), float(happened[place == i].mean()), int(sum(place == i))
        )
        for i in range(bins)
        if (place == i).any()
    )


def pit(samples: Floats, outcomes: Floats, bins: int = 10) -> Floats:
    """Share of outcomes by decile of their forecast, shape (bin,); all alike where forecasts are calibrated.

    The non-randomised form for counts (Czado, Gneiting and Held 2009): an outcome that several members equal
    is spread over the part of [0, 1] that they take.

    >>> pit(np.array([[0.0, 0.0, 1.0, 2.0]]), np.array([0.0]), bins=4).tolist()
    [0.5, 0.5, 0.0, 0.0]
    """
    there = ~np.isnan(outcomes)
    below = (samples < outcomes[:, None]).mean(axis=1)[there, None]
    upto = (samples <= outcomes[:, None]).mean(axis=1)[there, None]
    width = np.maximum(upto - below, 1e-9)
    filled = np.clip((np.linspace(0, 1, bins + 1) - below) / width, 0, 1)
    return np.asarray(np.diff(filled, axis=1).mean(axis=0))


def auc(score: Floats, happened: Flags) -> float:
    """Chance that an event has a higher score than a non-event, ties by half (Mann and Whitney 1947).

    NaN where there is no event or nothing else. Scores 0.9 and 0.4 of events, 0.4 of a non-event: 3/4.

    >>> auc(np.array([0.9, 0.4, 0.4]), np.array([True, True, False]))
    0.75
    """
    events, others = score[happened], np.sort(score[~happened])
    if not events.size or not others.size:
        return float("nan")
    below, upto = (np.searchsorted(others, events, side=side) for side in ("left", "right"))
    return float((below + upto).mean() / 2 / others.size)


def average_precision(score: Floats, happened: Flags) -> float:
    """Precision at each score that an event has, weighted by the events there; NaN without an event.

    Ties are one threshold. An event first and another third: (1/1 + 2/3) / 2.

    >>> round(average_precision(np.array([0.9, 0.5, 0.4]), np.array([True, False, True])), 4)
    0.8333
    """
    levels, place = np.unique(-score, return_inverse=True)
    hits = np.bincount(place, weights=happened, minlength=len(levels))
    calls = np.bincount(place, minlength=len(levels))
    if not hits.sum():
        return float("nan")
    return float((hits * hits.cumsum() / calls.cumsum()).sum() / hits.sum())


def caught(score: Floats, happened: Flags, budget: int) -> tuple[float, float]:
    """Events among the `budget` highest scores: (expected number of hits, alerts given).

    Where the last places of the budget are tied, each of the tied has the same chance to be named (ours). Two
    alerts for the scores 0.9, 0.4, 0.4, of which the first and the last happened: 1.5 hits.

    >>> caught(np.array([0.9, 0.4, 0.4]), np.array([True, False, True]), 2)
    (1.5, 2.0)
    """
    if len(score) <= budget:
        return float(happened.sum()), float(len(score))
    last = np.sort(score)[::-1][budget - 1]
    above, tied = score > last, score == last
    left = budget - above.sum()
    return float(happened[above].sum() + left * happened[tied].mean()), float(budget)


def ratio_interval(
    ours: Floats, theirs: Floats, *, draws: int = 1000, seed: int = 1, level: float = 0.95
) -> tuple[float, float]:
    """Interval of mean(ours) / mean(theirs) when groups are drawn again, both of shape (group, cell).

    The groups (countries) are the unit of the bootstrap, the same for both, since the cells of one hang
    together (paired cluster bootstrap; Efron and Tibshirani 1993). Cells that are NaN count nowhere.
    """
    rng = np.random.default_rng(seed)
    there = ~(np.isnan(ours) | np.isnan(theirs))
    sums = [np.where(there, each, 0.0).sum(axis=1) for each in (ours, theirs)]
    taken = rng.integers(0, len(ours), (draws, len(ours)))
    tops, bottoms = (each[taken].sum(axis=1) for each in sums)
    ratios = tops[bottoms > 0] / bottoms[bottoms > 0]
    if not ratios.size:
        return float("nan"), float("nan")
    low, high = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
