"""A hurdle and boosted quantiles, mixed with the default: what the whole panel says of an item like this.

Two steps (a hurdle; Cragg 1971): a boosted classifier gives the chance that a step has any count at all, and
boosted quantile regressions (Friedman 2001; Koenker and Bassett 1978) give the law of the count where there
is one, as the logarithm of its ratio to the item's own reference level, so that a large war and a small one
teach each other. Beyond the outer quantiles the logarithm has exponential tails with the slope of the last
two. Half of the members come from there, half from `recency_onset`; each member keeps its rank from one step
to the next as `recency` does. Features, levels and sizes are ours, chosen on 2006-2017
(docs/validation/security.md).

LightGBM grows the trees; it comes with the extra `boost` and is imported when something is fitted. Absent
steps count as steps without deaths here; an item without a figure in its last year has no forecast, and a
panel too short to learn from, or without FEWEST counts, leaves all members to `recency_onset`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mirab.core.calendar import TimeAxis
from mirab.core.errors import SetupError
from mirab.core.panel import Panel
from mirab.warn.forecast import onset
from mirab.warn.forecast.interface import Draws, Floats, Forecaster, Sampler
from mirab.warn.forecast.recency import kept

LEVELS = np.array([0.02, 0.05, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.95, 0.98])
SPANS = (3, 6, 12, 24, 60, 120)
LEADS = (1, 2, 4, 6, 9, 12, 14)
EVERY, BACK, FIRST = 3, 216, 60
QUIET_EVERY = 4
FEWEST = 200
EVENT = 25.0
TREES = {
    "learning_rate": 0.08,
    "num_leaves": 12,
    "min_data_in_leaf": 60,
    "max_bin": 63,
    "seed": 1,
    "num_threads": 1,
    "deterministic": True,
    "force_col_wise": True,
    "verbose": -1,
}
ROUNDS = 80
Predict = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Hurdle:
    """Chance of any count, shape (item, step), and quantiles of its logarithm, shape (item, step, level)."""

    chance: Floats
    quantiles: Floats


@dataclass(frozen=True)
class Trees:
    """What was learnt: the chance of any count, and each quantile of the log ratio, from rows of features."""

    any: Predict
    levels: tuple[Predict, ...]

    def ahead(self, values: Floats, steps: int) -> Hurdle:
        """The laws of the `steps` after values of shape (item, time)."""
        rows = np.concatenate([_with_lead(_features(values), lead) for lead in range(1, steps + 1)])
        shape = (steps, len(values))
        levels = np.stack([predict(rows).reshape(shape).T for predict in self.levels], axis=2)
        ordered = np.sort(levels, axis=2) + reference(values)[:, None, None]
        return Hurdle(self.any(rows).reshape(shape).T, ordered)


def learn(past: Panel) -> Sampler:
    """Sampler of the mix; that of `recency_onset` alone where there is too little to learn from."""
    usual, values = onset.learn(past), np.nan_to_num(past.values)
    there = np.asarray(np.isfinite(past.values[:, -onset.YEAR :]).any(axis=1))
    trees = grown(values)
    made: dict[int, Hurdle] = {}

    def sample(item: int, axis: TimeAxis, draws: Draws) -> Floats:
        members = usual(item, axis, draws)
        if trees is None or not there[item]:
            return members
        if len(axis) not in made:
            made[len(axis)] = trees.ahead(values, len(axis))
        hurdle = made[len(axis)]
        own = _drawn(hurdle.chance[item], hurdle.quantiles[item], draws)
        return np.where(draws.stream("component").random((draws.members, 1)) < 0.5, own, members)

    return sample


def grown(values: Floats) -> Trees | None:
    """Trees from values (item, time) at past steps; None where the past is short or holds too few counts.

    Raises SetupError without the extra `boost`.
    """
    lightgbm = _library()
    rows, came, level, weight = _cases(values)
    positive = came > 0
    if positive.sum() < FEWEST or positive.all():
        return None
    any_count = _boosted(lightgbm, rows, positive.astype(float), weight, objective="binary")
    ratio = np.log(came[positive]) - level[positive]
    found = [
        _boosted(lightgbm, rows[positive], ratio, weight[positive], objective="quantile", alpha=float(at))
        for at in LEVELS
    ]
    return Trees(any_count, tuple(found))


def reference(values: Floats) -> Floats:
    """Logarithm of the own level of each item: the last 3 steps most, then 12, then 60, and half a count."""
    short, year, long = (values[:, -length:].mean(axis=1) for length in (3, 12, 60))
    return np.asarray(np.log(0.5 * short + 0.3 * year + 0.2 * long + 0.5))


def _library() -> Any:
    try:
        import lightgbm
    except ImportError as cause:
        what = "the forecaster recency_boosted needs LightGBM, which is not installed"
        raise SetupError(f"{what}; pip install 'mirab[boost]', or take recency_onset") from cause
    return lightgbm


def _boosted(library: Any, rows: Floats, aim: Floats, weight: Floats, **settings: Any) -> Predict:
    data = library.Dataset(rows, aim, weight=weight)
    found = library.train({**TREES, **settings}, data, num_boost_round=ROUNDS)
    return lambda asked: np.asarray(found.predict(asked), dtype=float)


def _cases(values: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Past cases: features with the lead, what came, the reference level, and a weight.

    Of items without a count in FIRST steps every QUIET_EVERY-th case serves, with that weight.
    """
    whole = values.shape[1]
    found: list[tuple[Floats, ...]] = []
    for number, end in enumerate(range(whole - LEADS[0], max(FIRST, whole - BACK) - 1, -EVERY)):
        past = values[:, :end]
        features, level = _features(past), reference(past)
        quiet = ~(past[:, -FIRST:] > 0).any(axis=1)
        used = ~quiet | ((np.arange(len(values)) + number) % QUIET_EVERY == 0)
        weight = np.where(quiet, QUIET_EVERY, 1.0)[used]
        for lead in (each for each in LEADS if end + each <= whole):
            rows = _with_lead(features[used], lead)
            found.append((rows, values[used, end + lead - 1], level[used], weight))
    if not found:
        return np.empty((0, 1)), np.empty(0), np.empty(0), np.empty(0)
    rows, came, level, weight = (np.concatenate(each) for each in zip(*found, strict=True))
    return rows, came, level, weight


def _with_lead(features: Floats, lead: int) -> Floats:
    return np.concatenate([features, np.full((len(features), 1), float(lead))], axis=1)


def _features(values: Floats) -> Floats:
    """What is known of each item at the end of its values, shape (item, feature); amounts in logarithms."""
    last = np.zeros((len(values), 3))
    last[:, : min(3, values.shape[1])] = values[:, ::-1][:, :3]
    spans = [values[:, -length:] for length in SPANS]
    level = reference(values)
    means = [np.log1p(span.mean(axis=1)) for span in spans]
    ratios = [np.log(span.mean(axis=1) + 0.5) - level for span in spans]
    shares = [(span > 0).mean(axis=1) for span in spans[2:]]
    events = [(span >= EVENT).mean(axis=1) for span in spans[2:]]
    most = [np.log1p(span.max(axis=1)) for span in (spans[2], spans[4])]
    spread = [np.log1p(span).std(axis=1) for span in (spans[2], spans[4])]
    since = np.argmax(values[:, ::-1] > 0, axis=1).astype(float)
    since[~(values > 0).any(axis=1)] = values.shape[1]
    parts = [*means, *ratios, *shares, *events, *most, *spread, np.log1p(np.minimum(since, SPANS[-1]))]
    return np.column_stack([np.log1p(last), *parts])


def _drawn(chance: Floats, quantiles: Floats, draws: Draws) -> Floats:
    """Members (member, step) of one item: nought, or a count of at least 1."""
    shape = (draws.members, len(chance))
    hit = kept(draws.stream("hurdle").random(shape), draws)
    rank = kept(draws.stream("rank").random(shape), draws)
    log = np.stack([between(quantiles[step], rank[:, step]) for step in range(shape[1])], axis=1)
    return np.where(hit < chance, np.maximum(np.rint(np.exp(log)), 1.0), 0.0)


def between(quantiles: Floats, rank: Floats) -> Floats:
    """Values at ranks in (0, 1) between quantiles at LEVELS, with exponential tails beyond them.

    The rate of a tail is that between the last two quantiles: log of the ratio of their tail probabilities
    over their distance.
    """
    low, high = LEVELS[0], 1 - LEVELS[-1]
    inner = np.interp(rank, LEVELS, quantiles)
    under = (quantiles[1] - quantiles[0]) / np.log(LEVELS[1] / low)
    over = (quantiles[-1] - quantiles[-2]) / np.log((1 - LEVELS[-2]) / high)
    tiny = 1e-12
    below = quantiles[0] + under * np.log(np.maximum(rank, tiny) / low)
    above = quantiles[-1] - over * np.log(np.maximum(1 - rank, tiny) / high)
    return np.asarray(np.where(rank < low, below, np.where(rank > 1 - high, above, inner)))


BOOSTED = Forecaster(
    "recency_boosted",
    "half from the own last 60 steps as in recency_onset, half from a hurdle and boosted quantiles "
    "learnt on the whole panel",
    learn,
    kinds=("month",),
)
