"""How long forecasters take on a panel of the size of the VIEWS challenge, with made figures."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date

import numpy as np

from mirab.core.calendar import months
from mirab.core.panel import Panel
from mirab.validation.ratios import Ratio
from mirab.warn.forecast.table import forecaster

TITLE = "forecasts of 191 states over twelve months, 1,000 members"
STATES, STEPS, MEMBERS, ROUNDS = 191, 408, 1000, 3
ASKED = {"recency_onset": 1.0, "recency_boosted": 15.0}
WAR, NOW_AND_THEN = 0.15, 0.2


def figures() -> Sequence[Ratio]:
    """CPU seconds to fit and sample once, best of ROUNDS, against what is asked of each method."""
    made = panel()
    return [_figure(name, asked, made) for name, asked in ASKED.items()]


def _figure(name: str, asked: float, made: Panel) -> Ratio:
    taken = min(_seconds(name, made) for _ in range(ROUNDS))
    remark = f"CPU time of fit and sample, one thread, best of {ROUNDS}"
    return Ratio(name, taken, asked, "s", "what is asked", remark, at_most=1.0)


def panel() -> Panel:
    """A sixth of the states at war at levels that wander, a fifth with deaths now and then, else peace."""
    rng = np.random.default_rng(1)
    level = np.exp(rng.normal(3, 1, (STATES, 1)) + rng.normal(0, 0.3, (STATES, STEPS)).cumsum(axis=1) / 3)
    kind = rng.random((STATES, 1))
    now_and_then = (kind < WAR + NOW_AND_THEN) & (rng.random((STATES, STEPS)) < 0.1)
    values = rng.poisson(np.where(kind < WAR, level, np.where(now_and_then, 4.0, 0.0))).astype(float)
    names = tuple(f"S{i:03d}" for i in range(STATES))
    return Panel("deaths", "deaths", names, months(date(1990, 1, 1), STEPS), values)


def _seconds(name: str, made: Panel) -> float:
    begun = time.process_time()
    forecaster(name).fit(made, made.axis.end).sample(12, MEMBERS, 1)
    return time.process_time() - begun
