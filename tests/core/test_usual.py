"""What is usual: the median of the weeks before, against a plain count of the same."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import median

from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.usual import LEAST_DAYS, WEEKS_DAYS, shares_of_usual

FIRST = date(2026, 1, 1)


def plainly(counts: dict[date, float]) -> dict[date, float]:
    found = {}
    for day, count in counts.items():
        before = [counts.get(day - timedelta(days=back)) for back in range(1, WEEKS_DAYS + 1)]
        known = [one for one in before if one is not None]
        if len(known) >= LEAST_DAYS and median(known) > 0:
            found[day] = count / median(known)
    return found


@settings(derandomize=True, max_examples=60)
@given(st.dictionaries(st.integers(0, 70), st.floats(0, 1e6, width=32), max_size=70))
def test_it_is_the_count_over_the_median_of_the_four_weeks_before(counts: dict[int, float]) -> None:
    days = {FIRST + timedelta(days=place): count for place, count in counts.items()}
    assert shares_of_usual(days) == plainly(days)


def test_a_loss_that_lasts_becomes_what_is_usual() -> None:
    days = {FIRST + timedelta(days=place): 200.0 if place < 40 else 50.0 for place in range(70)}
    found = shares_of_usual(days)
    assert found[FIRST + timedelta(days=40)] == 0.25
    assert found[FIRST + timedelta(days=60)] == 1.0
