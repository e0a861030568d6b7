"""RIPEstat: both address families together, -1 is not known, periods of several days."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mirab.core.errors import SourceError
from mirab.observe import sources
from mirab.observe.connector import Page, Parsed, Scope

TERMS = sources.terms()["ripestat"]
CONNECTOR = sources.connector(TERMS)
TODAY = datetime(2026, 11, 1, 12, tzinfo=UTC)
FIRST = date(2026, 10, 1)


class Pack:
    def rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        return [{"state": "TJK", "iso2": "TJ"}, {"state": "XAA", "iso2": None}] if table == "states" else []


def row(day: date, v4: Any = 150, v6: Any = 10, days: int = 1) -> dict[str, Any]:
    period = {"starttime": f"{day}T00:00:00", "endtime": f"{day + timedelta(days=days)}T00:00:00"}
    return {"timeline": [period], "v4_prefixes_ris": v4, "v6_prefixes_ris": v6, "asns_stats": -1}


def page(*rows: Any, name: str = "stats_TJ", at: datetime = TODAY, **more: Any) -> Page:
    return Page(name, json.dumps({"status": "ok", "data": {"stats": list(rows)}} | more).encode(), at)


def parsed(*pages: Page) -> Parsed:
    return CONNECTOR.parse(TERMS, Scope(Pack(), FIRST, TODAY.date()), pages)


def shares(found: Parsed) -> dict[date, float | None]:
    return {one.start: one.value for one in found.observations}


def test_a_row_of_several_days_speaks_for_each_and_the_sum_of_both_families_counts() -> None:
    found = shares(parsed(page(row(FIRST, days=20), row(FIRST + timedelta(days=20), 35, 5))))
    assert found[FIRST + timedelta(days=19)] == 1.0
    assert found[FIRST + timedelta(days=20)] == pytest.approx(0.25)


def test_what_ripestat_does_not_know_is_no_loss() -> None:
    found = shares(parsed(page(row(FIRST, days=20), row(FIRST + timedelta(days=20), -1, -1))))
    assert FIRST + timedelta(days=20) not in found


def test_the_newer_page_counts_duplicates_once_and_no_day_of_the_future() -> None:
    new, old = page(row(FIRST, 90, 10, days=60)), page(row(FIRST, 1, 1, days=20), row(FIRST, 1, 1))
    found = shares(parsed(new, old))
    assert set(found.values()) == {1.0}
    assert max(found) == date(2026, 10, 31)


def test_a_row_that_is_no_number_is_refused_and_the_rest_counts() -> None:
    found = parsed(page(row(FIRST, "many"), row(FIRST, days=20) | {"further": 1}))
    assert "many" in str(found.refused[0])
    assert len(found.observations) == 6


def test_an_empty_page_and_a_state_that_is_not_asked_for_say_nothing() -> None:
    assert parsed(page(), page(row(FIRST, days=30), name="stats_DE")) == Parsed()


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        (page(status="error", messages=[["error", "unknown country"]]), "unknown country"),
        (page(data={"statistics": []}), "no field 'stats'"),
        (page({"timeline": [], "v4_prefixes": 1, "v6_prefixes_ris": 1}), "no field 'v4_prefixes_ris'"),
        (Page("stats_TJ", b"<html>", TODAY), "is not JSON"),
    ],
)
def test_an_error_or_another_shape_is_refused(spoilt: Page, told: str) -> None:
    with pytest.raises(SourceError, match=told):
        parsed(spoilt)


def test_each_state_with_a_code_is_asked_for() -> None:
    asks = list(CONNECTOR.asks(TERMS, Scope(Pack(), FIRST, TODAY.date())))
    assert [(ask.page, ask.query["resource"]) for ask in asks] == [("stats_TJ", "tj")]
