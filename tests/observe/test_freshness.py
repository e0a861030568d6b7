"""How old live sources are is told against the limit of each; an absent one keeps its last good day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mirab.core.presence import Presence
from mirab.core.records import Marking, Observation
from mirab.observe import sources
from mirab.observe.freshness import ages, lines
from mirab.observe.observed import Observed, Poll
from mirab.observe.region import load

TERMS = replace(sources.terms()["unhcr"], stale_days=30.0)
OTHER = replace(TERMS, source_id="other", title="Wells", by_default=True)
TOY = load("toy")
DAY = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Observed:
    """One value of September 2026, told on 1 November, and a poll that failed on the third."""
    store = Observed(tmp_path / "observed.sqlite", "toy")
    span = date(2026, 9, 1), date(2026, 10, 1)
    store.take(TERMS, [Observation("XAA", "deaths", *span, 3.0, "deaths", "A", TERMS.evidence())], TOY, DAY)
    store.note(Poll("unhcr", True, "", "", "mark", 1, 0, DAY))
    store.note(Poll("unhcr", False, "line", "levels answers 500", "mark", 0, 0, DAY.replace(day=3)))
    return store


def test_age_counts_from_the_last_day_that_a_value_speaks_for(store: Observed) -> None:
    (one,) = ages(store, [TERMS], date(2026, 11, 2))
    assert (one.last, one.days, one.stale, one.fault) == (date(2026, 9, 30), 33, True, "")
    (before,) = ages(store, [TERMS], date(2026, 10, 31))
    assert (before.last, before.asked) == (None, None)


def test_an_absent_source_keeps_its_last_good_day_and_says_why(store: Observed) -> None:
    (one,) = ages(store, [TERMS], date(2026, 11, 5))
    assert (one.last_good, one.asked, one.fault) == (date(2026, 11, 1), date(2026, 11, 3), "line")
    (line,) = lines([one])
    assert line.presence is Presence.PRESENT
    assert line.rows == 1
    assert line.remark == (
        "Last value for 30 September 2026, 36 days before 5 November 2026. Older than its limit of 30 days."
        " Asked without fault on 1 November 2026."
        " Absent on 3 November 2026: it could not be reached, or refused."
    )


def test_sources_that_were_never_asked_are_told_where_any_was(store: Observed) -> None:
    found = ages(store, [TERMS, OTHER], date(2026, 11, 5))
    assert [line.part for line in lines(found)][1] == "Live sources that were never asked"
    assert list(lines(ages(store, [TERMS, OTHER], date(2026, 10, 1)))) == []


def test_a_source_that_an_audience_may_not_see_has_no_age(store: Observed) -> None:
    hidden = replace(TERMS, marking=Marking.INTERNAL)
    assert ages(store, [hidden], date(2026, 11, 5)) == []
    assert len(ages(store, [hidden], date(2026, 11, 5), Marking.INTERNAL)) == 1
