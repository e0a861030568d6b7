"""Series of a pack that tell its indicators: what is read of them, and what is wrong with them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from replied import of, scope

from mirab.core.errors import Problem
from mirab.core.records import Observation
from mirab.observe import yearly
from mirab.observe.region import load
from mirab.observe.yearly import Told, figure

WATER = Told("basic_water_share", "% of population", "SH.H2O.BASW.ZS", {}, 0.0, 100.0)


def read(year: object, value: object) -> Observation | Problem:
    return figure(of("worldbank"), scope(), WATER, ("KGZ", year, value), "page:1", "2026-10-01")


@pytest.mark.parametrize(("cell", "value"), [("95.5", 95.5), (">95", 95.0), ("<2.5", 2.5), (3, 3.0)])
def test_a_value_is_a_number_or_a_limit_that_stands_for_itself(cell: object, value: float) -> None:
    found = read("2024.0", cell)
    assert isinstance(found, Observation)
    assert (found.value, found.start.year, found.end.year, found.vintage) == (value, 2024, 2025, "2026-10-01")


@pytest.mark.parametrize(
    ("year", "value", "told"),
    [
        (2026, "1", "not over"),
        (1066, "1", "not over"),
        ("soon", "1", "is no figure"),
        (2024, "many", "is no figure"),
        (2024, "1,5", "is no figure"),
        (2024, "101", "out of bounds"),
        (2024, "nan", "out of bounds"),
    ],
)
def test_what_can_be_no_figure_is_a_problem_with_its_place(year: object, value: object, told: str) -> None:
    found = read(year, value)
    assert isinstance(found, Problem)
    assert found.where == "page:1"
    assert told in str(found)


def test_the_series_of_the_bundled_pack_name_sources_and_dimensions() -> None:
    assert list(yearly.problems(load("central_asia"))) == []
    assert list(yearly.problems(load("toy"))) == []
    women = next(one for one in yearly.told(scope(), "unsdg") if one.indicator == "women_parliament_share")
    assert women.dimensions == {"Sex": "FEMALE"}


def test_a_source_that_is_none_and_a_dimension_without_value_are_named_with_their_line() -> None:
    pack = load("central_asia")
    table = pack.tables["development/series"]
    rows = ({**table.rows[0], "connector": "worldbnk", "dimensions": "Sex="}, *table.rows[1:])
    wrong = replace(pack, tables={**pack.tables, table.name: replace(table, rows=rows)})
    told = list(map(str, yearly.problems(wrong)))
    assert len(told) == 2
    assert "worldbnk" in told[0]
    assert "worldbank" in told[0]
    assert "Sex=BOTHSEX" in told[1]
    assert all("series.csv:2" in one for one in told)
