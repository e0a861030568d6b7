"""World Bank: what is asked, and what its lists of two say."""

from __future__ import annotations

from typing import Any

import pytest
from replied import asked, of, page, parsed, replies, scope, values

from mirab.core.errors import SourceError

CODE, INDICATOR = "SI.POV.DDAY", "poverty_3usd_share"


def head(**changed: Any) -> dict[str, Any]:
    return {"page": 1, "pages": 1, "per_page": 1000, "total": 1, "lastupdated": "2026-10-01"} | changed


def row(**changed: Any) -> dict[str, Any]:
    whole = {"indicator": {"id": CODE, "value": "Poverty"}, "country": {"id": "KG", "value": "Kyrgyzstan"}}
    return (
        whole | {"countryiso3code": "KGZ", "date": "2024", "value": 3.1, "unit": "", "decimal": 1} | changed
    )


def test_every_series_of_the_pack_is_asked_for_once_for_all_states_and_whole() -> None:
    asks = asked("worldbank", lambda ask: None)
    mapped = [one for one in scope().tables.rows("development/series") if one["connector"] == "worldbank"]
    assert [ask.page for ask in asks] == [f"{one['code']}_1" for one in mapped]
    assert all(ask.query["date"] == "2000:2026" and "KGZ" in ask.path for ask in asks)


def test_further_pages_are_asked_for_until_the_last() -> None:
    def answer(ask: Any) -> Any:
        return page(ask.page, [head(pages=2), []]) if ask.page.startswith(CODE) else None

    names = [ask.page for ask in asked("worldbank", answer)]
    assert names[:3] == [f"{CODE}_1", f"{CODE}_2", "SI.POV.NAHC_1"]


def test_the_replies_tell_figures_with_their_edition() -> None:
    found = parsed("worldbank", *replies("worldbank").values())
    assert values(found) == {(INDICATOR, "KGZ", 2024): 3.1, (INDICATOR, "TJK", 2024): 5.0}
    assert {one.vintage for one in found.observations} == {"2026-10-01"}
    assert {one.author for one in found.observations} == {of("worldbank").publisher}


def test_a_series_that_is_gone_is_refused_by_name_and_the_others_are_asked_for_and_count() -> None:
    told = [{"id": "120", "key": "Invalid value", "value": "The provided parameter value is not valid"}]
    gone = page("SI.POV.NAHC_1", [{"message": told}])
    asks = asked("worldbank", lambda ask: gone if ask.page == gone.name else None)
    assert len(asks) == len({ask.page for ask in asks}) > 30
    found = parsed("worldbank", gone, *replies("worldbank").values())
    assert len(found.observations) == 2
    assert [one.where for one in found.refused] == [gone.name]
    assert "not valid" in str(found.refused[0])


def test_of_two_pages_that_tell_one_year_the_newer_counts() -> None:
    newer, older = (
        page("a", [head(), [row(value=2.0)]]),
        page("b", [head(), [row(value=9.0), row(date="2023")]]),
    )
    found = values(parsed("worldbank", newer, older))
    assert found == {(INDICATOR, "KGZ", 2024): 2.0, (INDICATOR, "KGZ", 2023): 3.1}


@pytest.mark.parametrize("cells", [{"value": 140}, {"date": "2026"}, {"date": "2024Q1"}, {"value": "n/a"}])
def test_a_row_that_can_be_no_figure_is_refused_and_the_rest_counts(cells: dict[str, Any]) -> None:
    found = parsed("worldbank", page("a", [head(), [row(**cells), row(countryiso3code="TJK")]]))
    assert [key[1] for key in values(found)] == ["TJK"]
    assert len(found.refused) == 1


def test_a_year_without_a_figure_and_a_state_that_nobody_asked_for_are_passed_over() -> None:
    rows = [row(value=None), row(countryiso3code="XKX"), row(indicator={"id": "OTHER"})]
    assert parsed("worldbank", page("a", [head(), rows])) == parsed("worldbank")


def test_an_empty_page_and_a_field_more_are_no_fault() -> None:
    pages = page("a", [head(total=0), None]), page("b", [head(), [row(footnote="new")]])
    assert len(parsed("worldbank", *pages).observations) == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("<html>maintenance</html>", "is not JSON"),
        ({"error": 1}, "is no list"),
        ([head(), [{"country": "KGZ"}]], "has no field 'indicator'"),
        ([head(), [{k: v for k, v in row().items() if k != "date"} | {"year": 2024}]], "has no field 'date'"),
    ],
)
def test_another_answer_is_refused_with_its_place(wrong: Any, told: str) -> None:
    with pytest.raises(SourceError, match=told):
        parsed("worldbank", page("a", wrong))
