"""Volumes from readings: a reading is not exact, so each member starts from its own.

The spread is ours and stated: a reading of one day is good to 0.5 %, one that names only a month to 3 %
(about what a large reservoir moves in half a month).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from mirab.core.domain import DriverRequest
from mirab.core.records import Observation
from mirab.warn.drivers import normals

SPREAD_DAY = 0.005
SPREAD_MONTH = 0.03
ASSUMPTION = (
    f"A reading of one day is taken as good to {SPREAD_DAY:.1%}, one known only by its month to "
    f"{SPREAD_MONTH:.0%} (one standard deviation)."
)


def volumes(readings: Mapping[str, Observation], request: DriverRequest) -> dict[str, NDArray[np.float64]]:
    """Volume of every store that was read, in the unit of its reading, shape (member,), mean = the reading.

    Serves the start of a run (`plan.start`) and readings that re-anchor it later (`plan.readings`): each
    reading has an error of its own. A store whose reading is absent is left out: what stood there stands.
    """
    return {store: _perturbed(seen, request) for store, seen in readings.items() if seen.value is not None}


def spread(seen: Observation) -> float:
    """Relative standard deviation of a reading, by the length of the period that it speaks for."""
    return SPREAD_DAY if (seen.end - seen.start).days <= 10 else SPREAD_MONTH


def _perturbed(seen: Observation, request: DriverRequest) -> NDArray[np.float64]:
    shock = normals(request.seed, "reading", f"item {seen.item} {seen.start}", 1, request.members)[0, :, 0]
    error = np.exp(spread(seen) * shock - spread(seen) ** 2 / 2)
    return np.asarray(float(seen.value or 0.0) * error)
