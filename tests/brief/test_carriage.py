"""Carriage on the page: thresholds by hand, tables that keep what is absent, a chart that has its stops."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from mirab.brief import carriage as brief
from mirab.brief import cartography, compose, drawing
from mirab.brief.figures import Figures
from mirab.brief.words import load as words
from mirab.core.declared_carriage import carriage
from mirab.core.records import Level, Threat
from mirab.observe.region import load
from mirab.warn import cuts
from mirab.warn.carriage import Carried, carried, drawn
from mirab.warn.cuts import Unit

ON = date(2024, 6, 1)


@pytest.fixture(scope="module")
def found() -> Carried:
    plan = carriage(load("toy"), "corridor")
    return carried(plan, drawn(plan, ON, 10, 1, ahead=60))


def test_a_threshold_is_reached_when_the_level_has_fallen_so_far() -> None:
    now, rate = np.full(9, -1.0), np.full(9, -0.25)
    days = brief.threshold_days(-1.5, now, rate, date(2026, 1, 1))
    assert days["middle"] == "2028-01-01"
    assert brief.threshold_days(-0.5, now, rate, ON)["middle"] == ON.isoformat()
    assert brief.threshold_days(-1.5, now, -rate, ON)["middle"] is None
    assert brief.threshold_days(None, now, rate, ON)["late"] is None


def test_the_level_of_a_share_lies_on_the_line_between_its_points() -> None:
    points = [(-2.0, 0.5), (-1.0, 0.8), (0.0, 1.0)]
    assert brief.level_at(0.9, points) == pytest.approx(-0.5)
    assert brief.level_at(0.65, points) == pytest.approx(-1.5)
    assert brief.level_at(0.4, points) is None


def test_a_table_keeps_absent_what_is_absent_and_cites_its_rows() -> None:
    rows = [{"a": float("nan"), "b": 2, "row_sources": "x|y", "row_confidence": "estimated"}]
    (series,) = brief.table("t:a", "T", "1", rows)
    assert series.columns["a"] == (None,)
    assert (series.source_ids, series.confidence) == (("x", "y"), "estimated")
    assert brief.table("t:a", "T", "1", []) == ()


def test_stations_without_a_capacity_have_no_rank(found: Carried) -> None:
    (series,) = brief.stations(found, [Unit("east_quay/boats", (1.0, 2.0, 3.0), 4.0)], "corridor")
    ranks = dict(zip(series.columns["station"], series.columns["rank"], strict=True))
    assert ranks["east_quay/east_quay_port"] is None
    assert {ranks["east_quay/boats"], ranks["midtown_yard/midtown_gauge"]} == {1, 2}
    worth = dict(zip(series.columns["station"], series.columns["unit_usd"], strict=True))
    assert worth["east_quay/boats"] == 2.0
    assert worth["midtown_yard/midtown_gauge"] is None


def test_the_chart_of_days_over_distance_ends_where_the_journey_does(found: Carried) -> None:
    (series,) = brief.distance(found, "corridor", market="ardia_calda")
    columns = series.columns
    last = max(i for i, way in enumerate(columns["way"]) if way == "by_rail")
    assert columns["km"][last] == 350
    place = [way.id for way in found.ways].index("by_rail")
    middle = float(np.median(found.mean_hours[:, place])) / 24.0
    assert columns["days"][last] == pytest.approx(middle, rel=0.15)
    say = Figures(words(), {})
    for width in (720, 350):
        svg = drawing.draw("distance", drawing.datasets(series, say), title="t", words=words(), width=width)
        assert "By rail through Midtown" in svg


def test_time_and_cost_of_a_way_rise_to_those_of_its_journey_and_stops_without_a_tariff_are_named(
    found: Carried,
) -> None:
    rail, lake = brief.courses(found, "corridor", market="ardia_calda")
    way = found.plan.ways["by_rail"]
    low, high = (sum(stage.usd_per_t[i] for stage in way.stages) for i in (0, 1))
    assert rail.columns["km"][-1] == 350
    assert low <= rail.columns["usd_per_t_low"][-1] < rail.columns["usd_per_t"][-1] < high
    for name in ("days", "usd_per_t"):
        parts = zip(*(rail.columns[f"{name}{end}"] for end in ("_low", "", "_high")), strict=True)
        assert all(one <= two <= three for one, two, three in parts)
        assert list(rail.columns[name]) == sorted(rail.columns[name])
    unpriced = [stage.title for stage in way.stages if stage.kind == "dwell"]
    rows = zip(rail.columns["place"], rail.columns["costed"], strict=True)
    assert [place for place, costed in rows if not costed] == unpriced
    assert unpriced[0] in rail.note
    say = Figures(words(), {})
    for width in (720, 350):
        svg = drawing.draw("course", drawing.datasets(lake, say), title="t", words=words(), width=width)
        assert "days (left axis)" in svg
        assert "USD per t (right axis)" in svg


def test_shares_and_dependence_are_told_with_their_spread(found: Carried) -> None:
    (series,) = brief.dependences(found, "corridor")
    assert series.columns["state"] == ("XBB",)
    assert series.columns["share_low"][0] <= series.columns["share"][0] <= series.columns["share_high"][0]
    (ways,) = brief.ways(found, "corridor")
    assert sum(ways.columns["share"]) == pytest.approx(1.0, abs=0.02)


def test_published_times_keep_their_measure() -> None:
    (series,) = brief.journeys(load("toy"), "corridor")
    assert series.columns["measure"] == ("station-station", "door-door")


def test_the_map_has_each_leg_once_with_all_its_cargo_and_one_stop_a_place(found: Carried) -> None:
    (series,) = brief.flows(found, load("toy"), "corridor", ["XAA", "XBB", "XCC"])
    rows = [dict(zip(series.columns, row, strict=True)) for row in zip(*series.columns.values(), strict=True)]
    legs = {(row["title"], row["to"]): row["kt"] for row in rows if row["kind"] == "leg"}
    assert len(legs) == 5
    rail = legs["Dry port of Ardia", "Midtown yard"]
    assert rail == pytest.approx(legs["Midtown yard", "Calda gate"])
    assert rail == pytest.approx(float(np.median(found.shares[:, 0] * found.volumes[:, 0])) * 0.365, rel=1e-5)
    stops = [row["title"] for row in rows if row["kind"] == "stop"]
    assert stops == ["East quay"]


def test_a_threat_at_a_station_stands_on_the_map_where_the_station_is() -> None:
    ground = compose.basemap(load("toy"), ["water"], ["corridor"])
    assert ground.bounds() == compose.basemap(load("toy"), ["water"]).bounds()
    threat = Threat(
        *("corridor:long_wait:east_quay/boats", "corridor", "long_wait", "Wait", ("east_quay/boats",)),
        *((), Level.WATCH, 0.3, None, None, (), (), (), {}, "", ""),
    )
    (row,) = cartography.located(ground, [threat])
    assert (row["place"], row["lon"], row["lat"]) == ("East quay", 70.2, 41.5)


def test_the_map_reaches_as_far_as_ships_go_and_a_threat_to_them_stands_between_their_ports() -> None:
    pack = load("central_asia")
    ground = compose.basemap(pack, ["water"], ["corridor"])
    west, south, east, north = ground.bounds()
    points = ground.points()
    for port in ("aktau", "kuryk", "baku_alat", "turkmenbashi"):
        lon, lat = points[port]
        assert west + 1 < lon < east
        assert south < lat < north
    ship = "corridor:draft_margin:feeders"
    threat = Threat(
        *(ship, "corridor", "draft_margin", "Draft", ("feeders",), ()),
        *(Level.WATCH, 0.3, None, None, (), (), (), {}, "", ""),
    )
    (row,) = cartography.located(ground, [threat])
    assert row["place"] == "Feeder ships Aktau to Alat"
    assert points["baku_alat"][0] < row["lon"] < points["aktau"][0]
    (network,) = cartography.layers(ground, (), {}, width=720)["network"]
    drawn = {tuple(point) for line in network["geometry"]["coordinates"] for point in line}
    assert drawn
    assert not drawn & {points[port] for port in ("aktau", "baku_alat", "turkmenbashi")}


def test_computed_tables_name_the_rows_that_they_rest_on(found: Carried) -> None:
    first = next(iter(found.plan.markets))
    tables = load("toy")
    mapped = brief.flows(found, tables, "corridor", [row["state"] for row in tables.states])
    made = [*mapped, *brief.distance(found, "corridor", market=first)]
    made += brief.cuts(found, [cuts.cut(found, next(iter(found.plan.stations)), 5)], "corridor")
    assert len(made) == 3
    for one in made:
        assert one.source_ids
        assert "computed" in one.confidence.split(", ")
        assert set(one.confidence.split(", ")) > {"computed"}
