"""The track record of an indicator's forecast: rolling origin, against last figure and straight line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from mirab.core.panel import Panel
from mirab.core.targets import Indicator, TrackRecord
from mirab.warn.forecast.backtest import Backtest, Leads, backtest
from mirab.warn.forecast.deadlines import forecaster
from mirab.warn.forecast.interface import Forecaster
from mirab.warn.forecast.table import forecaster as named
from mirab.warn.forecast.trend import LINE

LEADS = Leads(1, 5)
MEMBERS = 200


def track_record(
    indicator: Indicator, panel: Panel, origins: Sequence[int], *, seed: int = 1
) -> TrackRecord | None:
    """Mean CRPS of one to five years ahead, made at the start of each year of `origins`.

    Cases are those in which all three methods give a forecast and the figure is known; None without any.
    """
    days = [
        date(year, 1, 1) for year in origins if panel.axis.starts[0].year < year <= panel.axis.starts[-1].year
    ]
    if not days:
        return None
    scores = np.stack([scored(method, panel, days, seed=seed).crps for method in methods(indicator)])
    known = np.isfinite(scores).all(axis=0)
    if not known.any():
        return None
    ours, last, line = (float(score) for score in scores[:, known].mean(axis=1))
    return TrackRecord(int(known.sum()), ours, last, line)


def methods(indicator: Indicator) -> tuple[Forecaster, Forecaster, Forecaster]:
    """The bounded trend of an indicator, and the two that it has to beat."""
    return forecaster(indicator), named("persistence"), LINE


def scored(method: Forecaster, panel: Panel, days: Sequence[date], *, seed: int) -> Backtest:
    """The backtest of one method over LEADS; no threshold is judged."""
    return backtest(method, panel, days, LEADS, threshold=0.0, members=MEMBERS, seed=seed)
