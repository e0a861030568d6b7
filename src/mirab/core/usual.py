"""A count of a day against what is usual: its median over the weeks before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np

WEEKS_DAYS, LEAST_DAYS = 28, 14


def shares_of_usual(counts: Mapping[date, float]) -> dict[date, float]:
    """Each day's count over the median of the 28 days before it, where at least 14 of them have one (ours).

    A day on which nothing was counted has no share; a count of 0 has the share 0. The weeks before a day do
    not know the day itself, so that a long loss turns into what is usual after two weeks.

    >>> days = {date(2026, 1, 1) + timedelta(days=n): 200.0 for n in range(20)} | {date(2026, 1, 21): 50.0}
    >>> shares_of_usual(days)[date(2026, 1, 21)]
    0.25
    """
    if not counts:
        return {}
    first = min(counts)
    length = (max(counts) - first).days + 1
    row = np.full(WEEKS_DAYS + length, np.nan)
    row[[WEEKS_DAYS + (day - first).days for day in counts]] = list(counts.values())
    before = np.sort(np.lib.stride_tricks.sliding_window_view(row[:-1], WEEKS_DAYS), axis=1)
    known = (~np.isnan(before)).sum(axis=1)
    middle = np.maximum(known - 1, 0)
    at = np.arange(length)
    usual = (before[at, middle // 2] + before[at, (middle + 1) // 2]) / 2
    there = (known >= LEAST_DAYS) & (usual > 0) & ~np.isnan(row[WEEKS_DAYS:])
    shares = row[WEEKS_DAYS:][there] / usual[there]
    days = (first + timedelta(days=int(place)) for place in np.flatnonzero(there))
    return dict(zip(days, shares.tolist(), strict=True))
