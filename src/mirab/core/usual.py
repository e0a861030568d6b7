"""A count of a day against what is usual: its median over the weeks before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from statistics import median

WEEKS_DAYS, LEAST_DAYS = 28, 14


def shares_of_usual(counts: Mapping[date, float]) -> dict[date, float]:
    """Each day's count over the median of the 28 days before it, where at least 14 of them have one (ours).

    A day on which nothing was counted has no share; a count of 0 has the share 0. The weeks before a day do
    not know the day itself, so that a long loss turns into what is usual after two weeks.

    >>> days = {date(2026, 1, 1) + timedelta(days=n): 200.0 for n in range(20)} | {date(2026, 1, 21): 50.0}
    >>> shares_of_usual(days)[date(2026, 1, 21)]
    0.25
    """
    found = {}
    for day in sorted(counts):
        before = (day - timedelta(days=back) for back in range(1, WEEKS_DAYS + 1))
        known = [counts[one] for one in before if one in counts]
        if len(known) >= LEAST_DAYS and (usual := median(known)) > 0:
            found[day] = counts[day] / usual
    return found
