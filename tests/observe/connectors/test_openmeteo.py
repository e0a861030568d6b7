"""Open-Meteo: which cell is the river, how days become dekads, and what stands for members that lack."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from mirab.core.errors import SourceError
from mirab.observe import region, sources
from mirab.observe.connector import Ask, Page, Parsed, Scope

TERMS = sources.terms()["openmeteo"]
CONNECTOR = sources.connector(TERMS)
TODAY = datetime(2026, 11, 1, 12, tzinfo=UTC)
RIVER, BROOK = (41.425, 71.075), (41.325, 71.075)
FEET = {"daily_units": {"river_discharge": "ft³/s"}}
BACKWARDS = {"daily": {"time": ["2026-01-02", "2026-01-01"], "river_discharge": [1.0, 2.0]}}
JUNE = {f"m{month:02d}_m3s": 100.0 for month in range(1, 13)}


class Pack:
    """Two headwaters on one place's reach: one with a place, one without."""

    def rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        return {
            "water/nodes": [
                {"node_id": "upper", "lat": 41.4, "lon": 71.05},
                {"node_id": "side", "lat": None, "lon": None},
                {"node_id": "town", "lat": 41.0, "lon": 70.0},
            ],
            "water/links": [
                {"from_node": "upper", "to_node": "town"},
                {"from_node": "side", "to_node": "town"},
            ],
            "water/inflows": [
                {"node_id": "upper", "observed_at": None, **JUNE},
                {"node_id": "side", "observed_at": None, **JUNE},
            ],
        }.get(table, [])


def scope(since: date = date(2026, 1, 1), kept: frozenset[str] = frozenset()) -> Scope:
    return Scope(Pack(), since, TODAY.date(), kept)


def location(cell: tuple[float, float], first: date, **series: Sequence[float | None]) -> dict[str, Any]:
    length = len(next(iter(series.values())))
    days = [str(first + timedelta(days=n)) for n in range(length)]
    return {"latitude": cell[0], "longitude": cell[1], "daily": {"time": days, **series}}


def page(name: str, *places: Any, at: datetime = TODAY) -> Page:
    return Page(name, json.dumps(places[0] if len(places) == 1 else list(places)).encode(), at, "json")


CELLS = page(
    "cells",
    location(RIVER, date(2021, 6, 1), river_discharge=[130.0] * 30),
    location(BROOK, date(2021, 6, 1), river_discharge=[2.0] * 30),
)


def parsed(*pages: Page) -> Parsed:
    return CONNECTOR.parse(TERMS, scope(), (*pages, CELLS))


def asked(wanted: Scope, cells: Page | None = CELLS) -> list[Ask]:
    asks, found = CONNECTOR.asks(TERMS, wanted), []
    answer = None
    while True:
        try:
            found.append(asks.send(answer))
        except StopIteration:
            return found
        answer = cells if found[-1].page == "cells" else page(found[-1].page, [])


def test_the_cell_whose_june_is_nearest_to_the_norm_is_taken_for_the_river() -> None:
    asks = asked(scope())
    assert [ask.page.split("_")[0] for ask in asks] == ["cells", "forecast", "history"]
    assert (asks[1].query["latitude"], asks[1].query["longitude"]) == ("41.425", "71.075")
    assert len(asks[0].query["latitude"].split(",")) == 9  # the headwater without a place has no cells


def test_a_river_that_is_not_there_is_refused_by_name() -> None:
    brook = page("cells", location(BROOK, date(2021, 6, 1), river_discharge=[2.0] * 30))
    found = CONNECTOR.parse(TERMS, scope(), [brook])
    assert "around upper no river within a factor 3" in str(found.refused[0])
    assert [ask.page for ask in asked(scope(), brook)] == ["cells"]


def test_settled_years_that_are_kept_are_not_asked_for_again() -> None:
    names = [ask.page for ask in asked(scope(date(2023, 5, 1)))][2:]
    assert [name.split("_")[1] for name in names] == ["now", "2025", "2024", "2023"]
    again = [ask.page for ask in asked(scope(date(2023, 5, 1), frozenset(names)))][2:]
    assert again == names[:1]


def test_only_whole_dekads_have_a_mean_of_their_days() -> None:
    flow = [float(n) for n in range(1, 32)] + [None] * 5
    past = parsed(page("history_2026_x", location(RIVER, date(2026, 1, 1), river_discharge=flow))).forecasts
    assert (past[0].quantity, past[0].members) == ("inflow_modelled", 1)
    assert past[0].axis.starts == (date(2026, 1, 1), date(2026, 1, 11), date(2026, 1, 21))
    assert past[0]["upper"][:, 0].tolist() == [5.5, 15.5, 26.0]


def test_of_two_pages_for_one_day_the_newer_one_counts_and_no_day_of_the_future() -> None:
    old = page("history_2026_x", location(RIVER, date(2026, 10, 1), river_discharge=[1.0] * 60))
    new = page("history_now_x", location(RIVER, date(2026, 10, 1), river_discharge=[3.0] * 10))
    past = parsed(new, old).forecasts[0]
    assert past["upper"][:, 0].tolist() == [3.0, 1.0, 1.0]
    assert past.axis.end == date(2026, 11, 1)


def test_members_of_a_forecast_stay_themselves_and_end_where_the_model_ends() -> None:
    given = {
        "river_discharge": [10.0] * 31,
        "river_discharge_member01": [20.0] * 31,
        "river_discharge_member02": [30.0] * 25 + [None] * 6,
    }
    made = parsed(page("forecast_2026_11_01", location(RIVER, date(2026, 11, 1), **given))).forecasts[0]
    assert (made.quantity, made.members, made.issued) == ("inflow", 3, date(2026, 11, 1))
    assert made.axis.starts == (date(2026, 11, 1), date(2026, 11, 11))
    assert made["upper"].tolist() == [[10.0, 20.0, 30.0]] * 2
    assert "with 3 members" in made.how


def test_without_members_the_quartiles_make_some_and_it_is_said() -> None:
    names = ("river_discharge", *(f"river_discharge_{part}" for part in ("p25", "median", "p75")))
    levels = (100.0, 80.0, 100.0, 150.0)
    given = {name: [level] * 10 for name, level in zip(names, levels, strict=True)}
    made = parsed(page("forecast_2026_11_01", location(RIVER, date(2026, 11, 1), **given))).forecasts[0]
    quartiles = np.quantile(made["upper"][0], (0.25, 0.5, 0.75))
    assert quartiles == pytest.approx([80.0, 100.0, 150.0], rel=0.02)
    assert "made from its quartiles" in made.how


def test_a_further_series_and_one_location_in_place_of_a_list_are_read_alike() -> None:
    given = {"river_discharge": [10.0] * 10, "river_discharge_member01": [20.0] * 10}
    plain = parsed(page("forecast_2026_11_01", location(RIVER, date(2026, 11, 1), **given)))
    more = location(RIVER, date(2026, 11, 1), **given, snow=[0.0] * 10) | {"elevation": 3.0}
    other = location(BROOK, date(2026, 11, 1), **given)
    assert parsed(page("forecast_2026_11_01", other, more)).forecasts[0]["upper"].tolist() == [[10.0, 20.0]]
    assert plain.forecasts[0]["upper"].tolist() == [[10.0, 20.0]]


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        ({"error": True, "reason": "Daily API request limit exceeded"}, "limit exceeded"),
        ({"latitude": 1.0, "longitude": 1.0, "days": {}}, "no field 'daily'"),
        (location(RIVER, date(2026, 1, 1), discharge=[1.0]), "river_discharge"),
        (location(RIVER, date(2026, 1, 1), river_discharge=["much"]), "no number"),
        (location(RIVER, date(2026, 1, 1), river_discharge=[1.0]) | {"latitude": None}, "latitude=None"),
        (location(RIVER, date(2026, 1, 1), river_discharge=[1.0, 2.0]) | BACKWARDS, "not in order"),
        (location(RIVER, date(2026, 1, 1), river_discharge=[1.0]) | FEET, "is in ft³/s"),
    ],
)
def test_an_answer_in_another_shape_is_refused_with_the_field_named(spoilt: Any, told: str) -> None:
    with pytest.raises(SourceError, match=told):
        parsed(page("history_2026_x", spoilt))


def test_a_page_of_a_portal_and_a_day_that_is_none_are_refused() -> None:
    with pytest.raises(SourceError, match="is not JSON"):
        parsed(Page("forecast_2026_11_01", b"<html>", TODAY))
    wrong = location(RIVER, date(2026, 1, 1), river_discharge=[1.0])
    wrong["daily"]["time"] = ["soon"]
    with pytest.raises(SourceError, match="'soon' for a day"):
        parsed(page("forecast_2026_11_01", wrong))


def test_an_empty_page_says_nothing() -> None:
    assert parsed(page("forecast_2026_11_01", []), page("history_now_x", [])).forecasts == ()


def test_the_replies_hold_a_reanalysis_and_a_forecast_of_the_headwaters_of_the_pack() -> None:
    wanted = Scope(region.load("central_asia"), date(2025, 1, 1), TODAY.date())
    folder = files("mirab.observe.connectors") / "replies" / "openmeteo"
    pages = {ask.page: ask for ask in _played(wanted, folder)}
    data = [Page(name, (folder / f"{name}.json").read_bytes(), TODAY) for name in reversed(pages)]
    past, ahead = CONNECTOR.parse(TERMS, wanted, data).forecasts
    assert {"naryn_upper", "vakhsh_upper"} <= set(past.items) == set(ahead.items)
    assert (ahead.members, len(ahead.axis)) == (4, 5)


def _played(wanted: Scope, folder: Any) -> list[Ask]:
    asks, found = CONNECTOR.asks(TERMS, wanted), []
    answer = None
    while True:
        try:
            found.append(asks.send(answer))
        except StopIteration:
            return found
        answer = Page(found[-1].page, (folder / f"{found[-1].page}.json").read_bytes(), TODAY)
