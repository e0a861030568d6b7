"""Makes small situations for the tests: values here are invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

import mirab
from mirab.core.calendar import TimeAxis, dekads
from mirab.core.domain import DriverPlan, DriverRequest
from mirab.core.ensemble import Ensemble
from mirab.core.records import Confidence, Evidence, Observation
from mirab.warn.rules import Rule

ON = date(2023, 10, 1)
RULES = Path(mirab.__file__).parent / "regions" / "central_asia" / "rules" / "water.csv"
TARGETS = Path(mirab.__file__).parent / "domains" / "development" / "rules.csv"
GENERAL = Path(mirab.__file__).parent / "domains" / "water" / "rules.csv"
UNITS = {
    "inflow": "m3/s",
    "flow": "m3/s",
    "volume": "million m3",
    "served_fraction": "fraction",
    "winter_energy": "GWh",
    "target_distance": "fraction",
}
SNOW = (140.0, 150.0, 200.0, 440.0, 690.0, 970.0, 690.0, 490.0, 330.0, 230.0, 190.0, 150.0)


def rule(**more: Any) -> Rule:
    """A rule: volume below 100 million m3 in one step, any time, watch from 0.2, potential from 0.5."""
    values: dict[str, Any] = {
        "rule_id": "low",
        "title": "Low store",
        "quantity": "volume",
        "where": ("lake",),
        "relative_to": "value",
        "comparison": "below",
        "threshold": 100.0,
        "unit": "million m3",
        "steps_in_a_row": 1,
        "measure": "each",
        "season_from": None,
        "season_to": None,
        "by_date": None,
        "max_age_days": 60,
        "watch_probability": 0.2,
        "potential_probability": 0.5,
        "severity_quantity": "shortage",
        "addressee": "operator",
        "source": "made",
        "note": "",
    }
    return Rule(**{**values, **more})


def ensemble(
    values: np.ndarray, *, items: Sequence[str] = ("lake",), start: date = ON, **more: Any
) -> Ensemble:
    """Ensemble of `values` (member, time, item), a volume of items owned by XAA unless said."""
    named = {"quantity": "volume", "unit": "million m3", "states": (("XAA",),) * len(items), **more}
    quantity, unit = named.pop("quantity"), named.pop("unit")
    return Ensemble.of(quantity, unit, items, dekads(start, values.shape[1]), values, **named)


def observation(value: float | None, start: date, days: int = 1, **more: Any) -> Observation:
    """One figure of the volume of the lake by the author `service`."""
    named: dict[str, Any] = {
        "item": "lake",
        "quantity": "volume",
        "unit": "million m3",
        "author": "service",
        "evidence": Evidence("sheet", Confidence.COMPUTED),
    }
    return Observation(start=start, end=start + timedelta(days=days), value=value, **{**named, **more})


def plan(count: int = 2, **more: Any) -> DriverPlan:
    """Drivers of `count` snow-fed sources s0, s1, ..."""
    named: dict[str, Any] = {
        "quantity": "inflow",
        "unit": "m3/s",
        "items": tuple(f"s{i}" for i in range(count)),
        "states": (("XAA",),) * count,
        "norm": (SNOW,) * count,
        "cv_annual": (0.2,) * count,
        "lag1_annual": (0.2,) * count,
        "persistence": 0.7,
        "correlation": 0.5,
        "decay_steps": 6.0,
    }
    return DriverPlan(**{**named, **more})


def request(members: int = 16, steps: int = 36, seed: int = 7, axis: TimeAxis | None = None) -> DriverRequest:
    """A request from October 2023."""
    return DriverRequest(axis or dekads(ON, steps), members, seed, ON, ())
