"""UNHCR: both sides of every state are asked for, and rows become sums by state and year."""

from __future__ import annotations

from typing import Any

import pytest
from replied import asked, page, parsed, replies, scope, values

from mirab.core.errors import SourceError


def row(**changed: Any) -> dict[str, Any]:
    return {"year": 2025, "coo_iso": "AFG", "coa_iso": "TJK", "refugees": 120, "asylum_seekers": 5} | changed


def body(*rows: dict[str, Any], pages: int = 1) -> dict[str, Any]:
    return {"page": 1, "maxPages": pages, "items": list(rows)}


def test_both_sides_of_all_states_are_asked_for_in_codes_of_iso_page_by_page() -> None:
    asks = asked("unhcr", lambda ask: page(ask.page, body(pages=2)))
    assert [ask.page for ask in asks] == ["coo_2025_1", "coo_2025_2", "coa_2025_1", "coa_2025_2"]
    assert asks[0].query["coo"] == asks[2].query["coa"] == ",".join(scope().states)
    assert all(ask.query["cf_type"] == "ISO" and ask.query["yearTo"] == "2026" for ask in asks)


def test_the_replies_tell_persons_from_and_in_a_state_at_the_end_of_a_year() -> None:
    found = parsed("unhcr", *replies("unhcr").values())
    assert values(found) == {("refugees_from", "AFG", 2025): 1000.0, ("refugees_in", "TJK", 2025): 120.0}
    assert {(one.unit, one.end.year) for one in found.observations} == {("persons", 2026)}


def test_rows_of_overlapping_pages_count_once_and_the_newer_page_first() -> None:
    newer = page("coo_2025_1", body(row(refugees=100), row(coa_iso="PAK", refugees=1)))
    assert values(parsed("unhcr", newer, page("coo_2025_2", body(row())))) == {
        ("refugees_from", "AFG", 2025): 101.0
    }


def test_a_sum_over_the_other_side_that_the_source_made_is_taken_as_it_is() -> None:
    summed = page("coo_2025_1", body(row(coa_iso="-", refugees="5400000"), row(coo_iso="IRN")))
    assert values(parsed("unhcr", summed)) == {("refugees_from", "AFG", 2025): 5_400_000.0}


def test_a_count_that_is_none_is_refused_and_a_field_more_is_no_fault() -> None:
    found = parsed("unhcr", page("coa_2025_1", body(row(refugees="-"), row(coo_iso="IRN", new="field"))))
    assert values(found) == {("refugees_in", "TJK", 2025): 120.0}
    assert "is no number" in str(found.refused[0])


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("<html>", "is not JSON"),
        ({"error": "x"}, "has no field 'items'"),
        (body({"year": 2025, "coo_iso": "AFG", "coa_iso": "TJK", "refugee": 1}), "has no field 'refugees'"),
    ],
)
def test_another_answer_is_refused_with_its_place(wrong: Any, told: str) -> None:
    with pytest.raises(SourceError, match=told):
        parsed("unhcr", page("coo_2025_1", wrong))
