"""Members of every indicator that a target names, from its last figure to the latest deadline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mirab.core.calendar import next_start
from mirab.core.ensemble import Ensemble
from mirab.core.panel import Panel
from mirab.core.targets import Indicator, Measured
from mirab.warn.forecast.interface import Forecaster
from mirab.warn.forecast.trend import Bounds, trend


def forecaster(indicator: Indicator) -> Forecaster:
    """The bounded trend for the kind and bounds of an indicator."""
    rate = indicator.kind == "rate_of_change"
    return trend(Bounds(indicator.lower, indicator.upper, indicator.bounded, rate))


def known(measured: Measured, on: date) -> dict[str, Panel]:
    """The panels as they stood on the date, years that were over; one that had not begun is left out."""
    begun = {
        name: panel
        for name, panel in measured.panels.items()
        if next_start(panel.axis.starts[0], panel.axis.kind) <= on
    }
    return {name: panel.until(on) for name, panel in begun.items()}


def ahead(measured: Measured, panels: Mapping[str, Panel], *, members: int, seed: int) -> dict[str, Ensemble]:
    """Members of the years after each panel, up to the latest deadline of a target with a number."""
    latest: dict[str, int] = {}
    for target in measured.targets:
        name = target.indicator
        if name is not None and name in panels and target.rule != "unknown":
            latest[name] = max(target.deadline, latest.get(name, 0))
    found = {}
    for name, year in latest.items():
        panel = panels[name]
        horizon = year - panel.axis.starts[-1].year
        if horizon > 0:
            fitted = forecaster(measured.indicators[name]).fit(panel, panel.axis.end)
            found[name] = fitted.sample(horizon, members, seed)
    return found
