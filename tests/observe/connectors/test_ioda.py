"""IODA: a state against itself, whole days only, and events that are counted once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mirab.core.errors import SourceError
from mirab.core.records import Observation
from mirab.observe import sources
from mirab.observe.connector import Ask, Page, Parsed, Scope

TERMS = sources.terms()["ioda"]
CONNECTOR = sources.connector(TERMS)
TODAY = datetime(2026, 11, 1, 12, tzinfo=UTC)
FIRST = date(2026, 9, 1)
HALF = 43_200


class Pack:
    def rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        states = [
            {"state": "KAZ", "iso2": "KZ"},
            {"state": "TJK", "iso2": "TJ"},
            {"state": "XAA", "iso2": None},
        ]
        return states if table == "states" else []


def epoch(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def series(values: Sequence[Any], first: date = FIRST, **changed: Any) -> dict[str, Any]:
    told = {
        "entityType": "country",
        "entityCode": "TJ",
        "datasource": "bgp",
        "subtype": "",
        "nativeStep": 300,
    }
    return told | {"from": epoch(first), "step": HALF, "values": list(values)} | changed


def event(**changed: Any) -> dict[str, Any]:
    told = {"location": "country/TJ", "start": epoch(date(2026, 10, 21)) + 7200, "duration": 7200}
    return told | {"method": "median", "datasource": "bgp", "score": 12.5, "overlaps_window": False} | changed


def page(name: str, data: Any, at: datetime = TODAY, **more: Any) -> Page:
    return Page(name, json.dumps({"error": None, "perf": None, "data": data} | more).encode(), at)


def parsed(*pages: Page) -> Parsed:
    return CONNECTOR.parse(TERMS, Scope(Pack(), FIRST, TODAY.date()), pages)


def shares(found: Parsed) -> dict[date, float | None]:
    return {one.start: one.value for one in found.observations if one.quantity == "connectivity_share"}


def test_a_day_is_held_against_the_median_of_the_weeks_before() -> None:
    found = shares(parsed(page("signal_bgp_now", [[series([300, 300] * 20 + [90, 60])]])))
    assert found[FIRST + timedelta(days=14)] == 1.0
    assert found[FIRST + timedelta(days=20)] == pytest.approx(0.25)
    assert min(found) == FIRST + timedelta(days=14)


def test_a_loss_of_all_is_0_and_a_day_without_samples_says_nothing() -> None:
    values = [300, 300] * 20 + [0, 0, None, None, 300, 300]
    found = shares(parsed(page("signal_bgp_now", [[series(values)]])))
    assert found[FIRST + timedelta(days=20)] == 0.0
    assert FIRST + timedelta(days=21) not in found
    assert found[FIRST + timedelta(days=22)] == 1.0


def test_the_newer_page_counts_and_the_running_day_and_the_future_do_not() -> None:
    old = page("signal_bgp_2026_3", [[series([100] * 200)]], datetime(2026, 10, 20, tzinfo=UTC))
    new = page("signal_bgp_now", [[series([200] * 200)]])
    found = shares(parsed(new, old))
    assert set(found.values()) == {1.0}
    assert max(found) == date(2026, 10, 31)


def test_methods_and_states_are_kept_apart_and_what_is_unknown_is_left_out() -> None:
    places = [
        [
            series([300] * 60),
            series([10] * 60, datasource="ping-slash24"),
            series([1] * 60, datasource="gtr"),
        ],
        [series([500] * 60, entityCode="KZ"), series([7] * 60, entityCode="DE")],
        [],
    ]
    found = parsed(page("signal_bgp_now", places)).observations
    assert {(one.item, one.author) for one in found} == {
        ("TJK", "IODA (routing)"),
        ("TJK", "IODA (probing)"),
        ("KAZ", "IODA (routing)"),
    }


def test_series_without_lists_by_place_and_further_fields_are_read_alike() -> None:
    plain = page("signal_bgp_now", [series([300] * 60, unit="blocks")], copyright="x")
    assert set(shares(parsed(plain)).values()) == {1.0}


def test_nested_values_are_refused_and_the_rest_counts() -> None:
    nested = series([[{"agg_values": {"loss": 1}}]] * 60, datasource="ping-slash24")
    found = parsed(page("signal_bgp_now", [[nested, series([300] * 60)]]))
    assert "not all are numbers" in str(found.refused[0])
    assert len(found.observations) == 16


def hours(found: Parsed) -> list[Observation]:
    return [one for one in found.observations if one.quantity == "outage_hours"]


def test_hours_of_a_day_are_summed_and_one_event_of_two_pages_counts_once() -> None:
    later = event(start=epoch(date(2026, 10, 21)) + 40_000, duration=3600)
    pages = [page("events_now", [event(), later]), page("events_2026_3", [event()])]
    found = hours(parsed(*pages))
    assert [(one.item, one.start, one.value) for one in found] == [("TJK", date(2026, 10, 21), 3.0)]


def test_events_of_parts_of_a_state_of_others_and_of_the_future_are_left_out() -> None:
    told = [
        event(location="geoasn/1-TJ"),
        event(location="country/DE"),
        event(start=epoch(date(2026, 12, 1))),
    ]
    assert not parsed(page("events_now", told)).observations


def test_times_beyond_the_calendar_are_refused_or_left_out() -> None:
    wild = series([1] * 3) | {"from": 10**20}
    found = parsed(page("signal_bgp_now", [[wild]]), page("events_now", [event(start=-(10**15))]))
    assert "times" in str(found.refused[0])
    assert not found.observations


def test_an_event_without_a_length_is_refused() -> None:
    found = parsed(page("events_now", [event(duration=None), event()]))
    assert "duration=None" in str(found.refused[0])
    assert len(hours(found)) == 1


@pytest.mark.parametrize("data", [[], [[]]])
def test_an_empty_window_says_nothing(data: Any) -> None:
    found = parsed(page("signal_bgp_now", data), page("events_now", []))
    assert found == Parsed()


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        (page("events_now", [], error="until must be after from"), "until must be after from"),
        (
            page("signal_bgp_now", [[{k: v for k, v in series([1]).items() if k != "step"}]]),
            "no field 'step'",
        ),
        (page("events_now", [{**event(), "location": None, "duration": 1}, {"place": "x"}]), "'location'"),
        (Page("signal_bgp_now", b"<!doctype html>", TODAY), "is not JSON"),
        (Page("signal_bgp_now", b'{"results": []}', TODAY), "no field 'data'"),
    ],
)
def test_an_error_with_the_status_of_a_success_and_other_shapes_are_refused(spoilt: Page, told: str) -> None:
    with pytest.raises(SourceError, match=told):
        parsed(spoilt)


def test_whole_quarters_that_are_kept_are_not_asked_for_again() -> None:
    wanted = Scope(Pack(), date(2026, 5, 20), TODAY.date())
    first = list(CONNECTOR.asks(TERMS, wanted))
    assert [ask.page for ask in first[:3]] == [
        "signal_bgp_2026_2",
        "signal_ping-slash24_2026_2",
        "events_2026_2",
    ]
    assert first[0].path == "signals/raw/country/KZ,TJ"
    kept = frozenset(ask.page for ask in first)
    again: list[Ask] = list(CONNECTOR.asks(TERMS, Scope(Pack(), date(2026, 5, 20), TODAY.date(), kept)))
    assert [ask.page for ask in again] == ["signal_bgp_now", "signal_ping-slash24_now", "events_now"]
    assert int(again[0].query["until"]) == epoch(TODAY.date())
