"""Volumes at the start: a reading is not exact, so each member starts from its own.

The spread is ours and stated: a reading of one day is good to 0.5 %, one that names only a month to 3 %
(about what a large reservoir moves in half a month).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from mirab.core.domain import DriverPlan, DriverRequest
from mirab.core.records import Observation
from mirab.warn.drivers import normals

SPREAD_DAY = 0.005
SPREAD_MONTH = 0.03
ASSUMPTION = (
    f"A reading of one day is taken as good to {SPREAD_DAY:.1%}, one known only by its month to "
    f"{SPREAD_MONTH:.0%} (one standard deviation)."
)


def starts(plan: DriverPlan, request: DriverRequest) -> Mapping[str, NDArray[np.float64]]:
    """Volume of every store at the start, in the unit of its reading, shape (member,), mean = the reading.

    A store whose reading is absent is left out: its declared start stands.
    """
    return {
        store: _perturbed(seen.value, spread(seen), request, store)
        for store, seen in plan.start.items()
        if seen.value is not None
    }


def spread(seen: Observation) -> float:
    """Relative standard deviation of a reading, by the length of the period that it speaks for."""
    return SPREAD_DAY if (seen.end - seen.start).days <= 10 else SPREAD_MONTH


def _perturbed(value: float, spread: float, request: DriverRequest, store: str) -> NDArray[np.float64]:
    shock = normals(request.seed, "start", f"item {store}", 1, request.members)[0, :, 0]
    return np.asarray(value * np.exp(spread * shock - spread**2 / 2))
