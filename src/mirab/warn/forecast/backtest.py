"""Rolling-origin backtest: at each past date a method sees what was over by then, and is scored on the rest.

The figures are those of one edition: what they were thought to be at the time is not known, so that scores
are a little better than those of a forecast made then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import STEPS_PER_YEAR
from mirab.core.panel import Panel
from mirab.warn import verify
from mirab.warn.forecast.interface import Forecaster

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Leads:
    """Which steps ahead are scored, counted from 1; a challenge may leave out the first ones."""

    first: int
    last: int


@dataclass(frozen=True)
class Backtest:
    """Scores of one method, each of shape (origin, item, lead); NaN where nothing is known to score against.

    `above` is the share of members at `threshold` or more, `happened` whether the outcome was (NaN: not
    known). `any_above` and `any_happened` (origin, item) say the same of any of the leads together.
    """

    method: str
    items: tuple[str, ...]
    origins: tuple[date, ...]
    threshold: float
    crps: Floats
    log_score: Floats
    interval_score: Floats
    covered: Floats
    above: Floats
    happened: Floats
    any_above: Floats
    any_happened: Floats

    def of(self, item: str) -> Backtest:
        """The scores of one item."""
        place = self.items.index(item)
        parts = {name: getattr(self, name)[:, place : place + 1] for name in SCORES}
        return Backtest(self.method, (item,), self.origins, self.threshold, **parts)

    def since(self, first: int, last: int) -> Backtest:
        """The scores of the origins from number `first` to `last` - 1."""
        parts = {name: getattr(self, name)[first:last] for name in SCORES}
        return Backtest(self.method, self.items, self.origins[first:last], self.threshold, **parts)


SCORES = (
    *("crps", "log_score", "interval_score", "covered"),
    *("above", "happened", "any_above", "any_happened"),
)


def backtest(
    method: Forecaster,
    panel: Panel,
    origins: Sequence[date],
    leads: Leads,
    *,
    threshold: float,
    members: int = 1000,
    seed: int = 1,
) -> Backtest:
    """Scores of a method fitted at each of the `origins` (the first day that it does not see).

    `threshold` is in the unit of the panel. Steps that the panel does not have are scored NaN.
    """
    found = [_scored(method, panel, day, leads, threshold, (members, seed)) for day in origins]
    whole = {name: np.stack([one[name] for one in found]) for name in SCORES}
    return Backtest(method.name, panel.items, tuple(origins), threshold, **whole)


def _scored(
    method: Forecaster, panel: Panel, day: date, leads: Leads, threshold: float, draw: tuple[int, int]
) -> dict[str, Floats]:
    """The scores of one origin, arrays of shape (item, lead)."""
    ahead = method.fit(panel, day).sample(leads.last, *draw).steps(leads.first - 1, leads.last)
    shape = (len(panel.items), len(ahead.axis))
    values = ahead.values().transpose(2, 1, 0)
    samples = values.reshape(-1, draw[0])
    came = _outcomes(panel, ahead.axis.starts)
    flat = came.ravel()
    high = values >= threshold
    unknown = np.any(np.isnan(values), axis=2)
    return {
        "crps": verify.crps(samples, flat).reshape(shape),
        "log_score": verify.log_score(samples, flat).reshape(shape),
        "interval_score": verify.interval_score(samples, flat).reshape(shape),
        "covered": verify.covered(samples, flat).reshape(shape),
        "above": np.where(unknown, np.nan, high.mean(axis=2)),
        "happened": np.where(np.isnan(came), np.nan, came >= threshold),
        "any_above": np.where(np.any(unknown, axis=1), np.nan, np.mean(np.any(high, axis=1), axis=1)),
        "any_happened": np.where(np.any(np.isnan(came), axis=1), np.nan, np.any(came >= threshold, axis=1)),
    }


def _outcomes(panel: Panel, starts: Sequence[date]) -> Floats:
    """What came, shape (item, lead); NaN where the panel has no such step."""
    place = {start: i for i, start in enumerate(panel.axis.starts)}
    found = np.full((len(panel.items), len(starts)), np.nan)
    for step, start in enumerate(starts):
        if start in place:
            found[:, step] = panel.values[:, place[start]]
    return found


def origins(panel: Panel, leads: Leads, *, most: int = 15, history: int = 5) -> tuple[date, ...]:
    """Past dates a year apart whose leads the panel covers, the last `most`, oldest first.

    Each has `history` years of the panel behind it. The latest is as late as the last lead allows.
    """
    length, year = len(panel.axis), STEPS_PER_YEAR[panel.axis.kind]
    places = range(length - leads.last, history * year - 1, -year)[:most]
    return tuple(panel.axis.starts[place] for place in reversed(places))
