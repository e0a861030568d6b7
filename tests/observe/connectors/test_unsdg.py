"""UN Statistics Division: what is asked, and which of the figures of a series is the one wanted."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from replied import asked, page, parsed, replies, scope, values

from mirab.core.errors import SourceError

CODE, INDICATOR = "SG_GEN_PARL", "women_parliament_share"
GLOBAL = {"Reporting Type": "G"}


def row(**changed: Any) -> dict[str, Any]:
    whole = {"series": CODE, "geoAreaCode": "398", "timePeriodStart": 2024.0, "value": "20.5"}
    return whole | {"dimensions": {"Sex": "FEMALE", "Reporting Type": "G"}} | changed


def body(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"totalPages": 1, "pageNumber": 1, "data": list(rows)}


def test_every_series_is_asked_for_with_the_m49_codes_of_all_states_of_the_pack() -> None:
    asks = asked("unsdg", lambda ask: None)
    mapped = [one for one in scope().tables.rows("development/series") if one["connector"] == "unsdg"]
    queries = [parse_qsl(urlsplit(ask.path).query) for ask in asks]
    assert [dict(query)["seriesCode"] for query in queries] == [one["code"] for one in mapped]
    areas = {value for name, value in queries[0] if name == "areaCode"}
    assert areas >= {"4", "398", "417", "762", "795", "860"}
    assert len(areas) == 15


def test_further_pages_are_asked_for_until_the_last() -> None:
    def answer(ask: Any) -> Any:
        return page(ask.page, body() | {"totalPages": 3}) if ask.page.startswith(CODE) else None

    names = [ask.page for ask in asked("unsdg", answer) if ask.page.startswith(CODE)]
    assert names == [f"{CODE}_1", f"{CODE}_2", f"{CODE}_3"]


def test_the_replies_tell_the_figures_of_the_publisher_and_a_limit_as_itself() -> None:
    found = parsed("unsdg", *replies("unsdg").values())
    women = {(INDICATOR, "KAZ", 2024): 20.5, (INDICATOR, "KAZ", 2025): 21.5}
    assert values(found) == women | {("undernourishment_share", "KAZ", 2024): 2.5}
    assert not found.refused


def test_only_the_dimension_that_the_pack_names_counts() -> None:
    others = (
        row(dimensions={"Sex": "MALE"} | GLOBAL, value="79.5"),
        row(dimensions={"Sex": "BOTHSEX"} | GLOBAL, value="100"),
    )
    assert values(parsed("unsdg", page("a", body(*others, row())))) == {(INDICATOR, "KAZ", 2024): 20.5}


def test_figures_that_differ_by_a_dimension_that_nobody_named_are_refused_not_chosen_from() -> None:
    twice = [row(dimensions={"Sex": "FEMALE", "Chamber": name} | GLOBAL, value=name) for name in ("20", "30")]
    found = parsed("unsdg", page("a", body(*twice, row(timePeriodStart=2023))))
    assert values(found) == {(INDICATOR, "KAZ", 2023): 20.5}
    assert "several figures" in str(found.refused[0])
    assert "development/series" in str(found.refused[0])


def test_the_same_row_twice_counts_once_and_of_two_pages_the_newer() -> None:
    found = parsed("unsdg", page("a", body(row(value="22"), row(value="22"))), page("b", body(row())))
    assert values(found) == {(INDICATOR, "KAZ", 2024): 22.0}
    assert not found.refused


@pytest.mark.parametrize("cells", [{"value": "120"}, {"timePeriodStart": 2026}, {"value": "about ten"}])
def test_a_row_that_can_be_no_figure_is_refused_and_the_rest_counts(cells: dict[str, Any]) -> None:
    found = parsed("unsdg", page("a", body(row(**cells), row(geoAreaCode="417"))))
    assert [key[1] for key in values(found)] == ["KGZ"]
    assert len(found.refused) == 1


def test_areas_and_series_that_nobody_asked_for_and_empty_pages_are_passed_over() -> None:
    rows = row(geoAreaCode="1"), row(series="OTHER"), row(value="NaN")
    assert not parsed("unsdg", page("a", body(*rows)), page("b", body())).observations


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("<!doctype html>", "is not JSON"),
        ({"message": "gone"}, "has no field 'data'"),
        (body(row(dimensions={"Sex": "FEMALE"})), "has no field 'Reporting Type'"),
        (
            body({"series": CODE, "geoAreaCode": "398", "value": "1", "dimension": {}}),
            "timePeriodStart|dimensions",
        ),
    ],
)
def test_another_answer_is_refused_with_its_place(wrong: Any, told: str) -> None:
    with pytest.raises(SourceError, match=told):
        parsed("unsdg", page("a", wrong))
