"""Tables by dekad: whose figure, of what, when and in which unit; and nothing that the table does not say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.errors import ReadingsError
from mirab.observe import dekads, grids, region
from mirab.observe.dekads import Asked, Found
from mirab.observe.forms import read_lines
from mirab.observe.region import Region
from mirab.observe.store import Store

SEASON = """Режим работы водохранилищ, вегетация 2024 г.
\tЕд. изм.\tАпрель\t\t\tМай\t\t\tИтого
\t\tI\tII\tIII\tI\tII\tIII\t
Токтогульское водохранилище
Приток\tм3/с\t210,5\t260\t301\t390\t455\t520\t
Попуск - план\tм3/с\t300\t300\t300\t310\t310\t310\t
Попуск - факт\tм3/с\t310\t-\t305\t320\t330\t341\t1 911
Объем на конец\tмлн.м3\t7 100\t7050\t7010\t7080\t7200\t7400\t
Шардаринское вдхр., объем на начало, км3\t\t3,1\t3,2\t3,3\t3,4\t3,5\t3,6\t
"""
# What SIC ICWC published of the second dekad of October 2020 (quoted by sreda.uz), as columns.
PUBLISHED = """Водохранилище | Приток, млн.м3 | Попуск, млн.м3 | Объем, км3
Токтогул | 199 | 310 | 15
Бахри Точик | 397 | 77 | 2,3
Шардара | 155 | - | 0,94
"""


@cache
def pack(name: str = "central_asia") -> Region:
    return region.load(name)


def read(text: str, **asked: object) -> Found:
    return dekads.read(grids.of_text(text), pack(), Asked("BWO", **asked))


def values(found: Found) -> dict[tuple[str, str, str], tuple[str, str]]:
    cells = [cells for _, cells in found.lines]
    return {(one["station"], one["quantity"], one["date"]): (one["value"], one["unit"]) for one in cells}


def test_periods_stations_and_units_are_read_from_heads_and_headings() -> None:
    found = read(SEASON)
    told = values(found)
    assert found.problems == []
    assert told["toktogul", "inflow", "2024-04-D1"] == ("210.5", "m3/s")
    assert told["toktogul", "inflow", "2024-05-D3"] == ("520", "m3/s")
    assert told["toktogul", "release", "2024-04-D3"] == ("305", "m3/s")
    assert len(told) == 6 + 5 + 6 + 6


def test_a_volume_stands_on_the_last_day_of_its_dekad_or_before_its_first() -> None:
    told = values(read(SEASON))
    ends = [day for station, quantity, day in told if (station, quantity) == ("toktogul", "volume")]
    assert ends == ["2024-04-10", "2024-04-20", "2024-04-30", "2024-05-10", "2024-05-20", "2024-05-31"]
    assert told["toktogul", "volume", "2024-04-10"] == ("7100", "million m3")
    assert told["shardara", "volume", "2024-03-31"] == ("3.1", "km3")
    assert told["shardara", "volume", "2024-05-20"] == ("3.6", "km3")


def test_plans_totals_and_empty_cells_are_left_out_and_counted() -> None:
    assert read(SEASON).left_out == {"plans, norms and per cents": 1, "empty cells": 1}
    assert read(SEASON.replace("Шардаринское вдхр., объем на начало", "Всего объем")).left_out["totals"] == 1


def test_the_published_figures_of_a_dekad_become_means_over_its_true_length() -> None:
    found = read(PUBLISHED, period="2020-10-D2")
    told = values(found)
    assert float(told["toktogul", "inflow", "2020-10-D2"][0]) == pytest.approx(199e6 / (10 * 86_400))
    assert told["bahri_tojik", "volume", "2020-10-20"] == ("2.3", "km3")
    assert found.lines[0][1]["note"] == "reported as 199 million m3 in 2020-10-D2"
    readings, wrong = read_lines(found.lines, pack(), today=date(2026, 1, 1))
    assert (len(readings), wrong) == (8, [])


@pytest.mark.parametrize(
    ("period", "days"), [("2024-02-D3", 9), ("2023-02-D3", 8), ("2024-05-D3", 11), ("2024-04", 30)]
)
def test_dekads_of_eight_to_eleven_days_and_months_keep_their_length(period: str, days: int) -> None:
    (_, cells), *_ = read("Станция; Приток млн.м3; Объем км3\nТоктогул; 100; 8", period=period).lines
    assert float(cells["value"]) * days * 86_400 == pytest.approx(100e6)


def test_a_season_over_the_turn_of_the_year_goes_on_in_the_next_year() -> None:
    text = "2025-2026\n\tOct\tNov\tDec\tJan\tFeb\tMar\nToktogul inflow m3/s\t1\t2\t3\t4\t5\t6"
    days = [day for _, _, day in values(read(text))]
    assert days == ["2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03"]


def test_labels_of_whole_dekads_need_no_second_row() -> None:
    text = "Station\tI декада апреля 2024\tApril III\t2024-05-D1\nNurek release, m3/s\t1\t2\t3"
    assert [day for _, _, day in values(read(text, year=2024))] == ["2024-04-D1", "2024-04-D3", "2024-05-D1"]


def test_an_unknown_station_takes_nothing_from_the_heading_above_it() -> None:
    found = read(SEASON + "Неизвестное вдхр., приток\tм3/с\t1\n")
    assert [(one.where, one.what) for one in found.problems] == [
        ("table:10C", "'Неизвестное вдхр., приток м3/с' names no station of the region")
    ]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("Токтогул приток\t\t5", "has no unit"),
        ("Токтогул\tм3/с\t5", "does not say what is measured"),
        ("Токтогул приток\tм3/с\tмного", "'много' is not a number"),
        ("Приток\tм3/с\t5", "names no station of the region"),
    ],
)
def test_what_a_cell_lacks_is_told_with_its_place(row: str, what: str) -> None:
    found = read(f"2024\n\t\tApril\t\n\t\tI\tII\n{row}")
    (problem,) = found.problems
    assert problem.where == "table:4C"
    assert what in problem.what
    assert problem.fix


def test_a_table_without_periods_or_year_is_refused_as_a_whole() -> None:
    with pytest.raises(ReadingsError, match="has no row with months and dekads"):
        read("Токтогул\t5")
    with pytest.raises(ReadingsError, match="does not say its year"):
        read("\tApril\t\n\tI\tII\nNurek release m3/s\t1\t2")
    with pytest.raises(ReadingsError, match="'2024-13' is no period|'spring' is no period"):
        read(PUBLISHED, period="spring")


def test_the_template_can_be_filled_and_read_in_both_kinds_of_file(tmp_path: Path) -> None:
    for ending in ("csv", "xlsx"):
        path = dekads.template(pack("toy"), tmp_path / f"season.{ending}", 2024)
        grid = grids.of_file(path)
        row = next(cells for _, cells in grid if cells[1:2] == ("volume",))
        filled = [(n, (*cells[:3], "900", *cells[4:]) if cells == row else cells) for n, cells in grid]
        ((_, cells),) = dekads.read(filled, pack("toy"), Asked("BWO")).lines
        assert (cells["date"], cells["value"], cells["unit"]) == ("2024-04-10", "900", "million m3")
        with pytest.raises(ReadingsError, match="already there"):
            dekads.template(pack("toy"), path, 2024)


def test_a_workbook_of_the_same_table_gives_the_same_readings(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in SEASON.splitlines():
        book.active.append(line.split("\t"))
    book.save(tmp_path / "table.xlsx")
    assert values(dekads.read(grids.of_file(tmp_path / "table.xlsx"), pack(), Asked("BWO"))) == values(
        read(SEASON)
    )


def test_readings_of_a_dekad_are_kept_as_its_mean_and_a_second_time_is_no_news(tmp_path: Path) -> None:
    store = Store(tmp_path / "own.sqlite")
    readings, wrong = read_lines(read(SEASON).lines, pack(), today=date(2026, 1, 1))
    first = store.take(readings, wrong, pack(), "table")
    assert (first.taken, first.repeated) == (23, 0)
    assert store.take(readings, wrong, pack(), "table").repeated == 23
    kept = [one for one in store.observations(pack()) if one.quantity == "inflow"]
    assert (kept[2].start, kept[2].end, kept[2].value) == (date(2024, 4, 21), date(2024, 5, 1), 301.0)


def test_spellings_that_name_no_station_or_two_are_told() -> None:
    assert dekads.problems(pack()) == []
    rows = [
        {"node_id": "highdam", "names": "Плотина|Верхняя"},
        {"node_id": "salt_lake", "names": "плотина"},
        {"node_id": "highdamm", "names": "Дамба"},
    ]
    table = replace(pack().tables["water/spellings"], rows=tuple(rows), lines=(2, 3, 4))
    wrong = dekads.problems(replace(pack("toy"), tables={**pack("toy").tables, "water/spellings": table}))
    assert [(one.what, one.fix) for one in wrong] == [
        ("'плотина' is a name of highdam too", "give each station a spelling of its own"),
        ("node_id='highdamm' is no station of the pack", "nearest is 'highdam'"),
    ]


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 99_999), min_size=6, max_size=6))
def test_every_number_lands_in_the_dekad_above_it(numbers: list[int]) -> None:
    row = "\t".join(f"{n / 10:,.1f}".replace(",", " ").replace(".", ",") for n in numbers)
    text = f"2024\n\tJune\t\t\tJuly\n\tI\tII\tIII\tI\tII\tIII\nNurek release, m3/s\t{row}"
    told = [float(value) for value, _ in values(read(text)).values()]
    assert told == pytest.approx([n / 10 for n in numbers])
