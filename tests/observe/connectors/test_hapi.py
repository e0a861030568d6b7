"""Figures of the humanitarian interface: which rows add up, which do not, and what is no figure."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from replayed import asked, of, page, parsed, replayed, scope, values

from mirab.core.errors import SourceError
from mirab.core.fields import fields
from mirab.core.marking import Marking
from mirab.core.records import Confidence
from mirab.observe import sources
from mirab.observe.connectors import hapi

STATES = "AFG KAZ KGZ TJK TKM UZB"


def row(**changed: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "location_code": "AFG",
        "admin_level": 0,
        "admin1_code": None,
        "admin2_code": None,
        "event_type": "political_violence",
        "events": 2,
        "fatalities": 1,
        "reference_period_start": "2026-09-01",
        "reference_period_end": "2026-09-30",
    }
    return told | changed


def reply(*rows: dict[str, Any]) -> str:
    return json.dumps({"data": rows})


def events(*pages: str, states: str = STATES) -> dict[tuple[str, str], float | None]:
    made = [page(f"AFG_2025_{number}", text) for number, text in enumerate(pages)]
    return values(parsed("hapi_conflict", scope(states), made), "violent_events")


def test_small_areas_add_up_to_the_state_where_it_has_no_row_of_its_own() -> None:
    found = replayed("hapi_conflict", scope(STATES))
    assert values(found, "violent_events") == {
        ("AFG", "2026-09-01"): 6.0,
        ("AFG", "2026-10-01"): 8.0,
        ("TJK", "2026-09-01"): 1.0,
    }
    assert values(found, "violent_deaths")["AFG", "2026-09-01"] == 8.0
    assert values(found, "demonstrations")["AFG", "2026-09-01"] == 3.0
    assert {o.author for o in found.observations} == {"ACLED"}


def test_a_row_of_the_state_is_never_added_to_those_of_its_areas() -> None:
    both = reply(
        row(events=9), row(admin_level=1, admin1_code="AF01"), row(admin_level=1, admin1_code="AF02")
    )
    assert events(both) == {("AFG", "2026-09-01"): 9.0}


def test_overlapping_pages_count_a_row_once_and_the_first_page_counts() -> None:
    assert events(reply(row(events=5)), reply(row(events=2))) == {("AFG", "2026-09-01"): 5.0}


def test_a_month_that_still_runs_is_no_figure() -> None:
    running = row(reference_period_start="2026-11-01", reference_period_end="2026-11-30")
    assert events(reply(row(), running)) == {("AFG", "2026-09-01"): 2.0}


def test_states_that_nobody_asked_for_and_further_fields_change_nothing() -> None:
    assert events(reply(row(location_code="PAK"), row(colour="blue"))) == {("AFG", "2026-09-01"): 2.0}


def test_a_row_that_cannot_be_read_is_refused_and_the_rest_counts() -> None:
    text = reply(row(), row(events="many", admin1_code="x"), row(reference_period_start="soon"))
    found = parsed("hapi_conflict", scope(STATES), [page("AFG_2025_0", text)])
    assert len(of(found, "violent_events")) == 1
    assert [str(problem).split(":")[1].split()[0] for problem in found.refused] == ["2", "3"]


def test_no_rows_are_no_figures_and_no_noughts() -> None:
    assert events(reply()) == {}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<html>maintenance</html>", "is not JSON but begins with '<html>"),
        ('{"rows": []}', "no field 'data'"),
        (json.dumps({"data": [{**row(), "events": None} | {"event_kind": "x"}]}), ""),
        (reply({key: value for key, value in row().items() if key != "event_type"}), "no field 'event_type'"),
    ],
)
def test_a_page_of_another_shape_is_named(text: str, what: str) -> None:
    if not what:
        assert events(text) == {}
        return
    with pytest.raises(SourceError, match=what):
        events(text)


def test_a_price_change_is_the_median_over_what_was_sold_in_both_years() -> None:
    (change,) = of(replayed("hapi_prices", scope(STATES)), "food_price_change")
    assert (change.item, change.start) == ("TJK", date(2026, 9, 1))
    assert change.value == pytest.approx(0.3, abs=1e-3)
    assert change.evidence.confidence is Confidence.COMPUTED
    assert change.evidence.note == "median of 6 retail prices of staples"


def test_a_few_prices_are_no_change_of_prices() -> None:
    def price(market: int, year: int) -> dict[str, Any]:
        return row(
            market_code=market,
            commodity_code=1,
            unit="KG",
            currency_code="AFN",
            price_type="Retail",
            price_flag="actual",
            price=3.0,
            reference_period_start=f"{year}-09-01",
            reference_period_end=f"{year}-09-30",
        )

    def found(markets: int) -> int:
        rows = [price(market, year) for market in range(markets) for year in (2025, 2026)]
        return len(parsed("hapi_prices", scope(STATES), [page("AFG_2024_0", reply(*rows))]).observations)

    assert (found(hapi.FEWEST - 1), found(hapi.FEWEST)) == (0, 1)


def test_people_in_crisis_are_those_classified_not_those_projected() -> None:
    (found,) = of(replayed("hapi_food", scope(STATES)), "food_crisis")
    assert (found.value, found.start, found.end) == (9_000_000.0, date(2026, 3, 1), date(2026, 5, 1))


def test_of_rival_assessments_of_displacement_the_larger_counts() -> None:
    (found,) = of(replayed("hapi_displaced", scope(STATES)), "displaced")
    assert found.value == 120_000.0


def test_funding_counts_appeals_up_to_the_day_on_which_it_was_asked_for() -> None:
    found = replayed("hapi_funding", scope(STATES))
    told = {o.quantity: (o.value, o.end) for o in found.observations}
    assert told == {
        "appeal_required": (1.7e9, date(2026, 11, 1)),
        "appeal_funded": (5e8, date(2026, 11, 1)),
    }


@pytest.mark.parametrize("source_id", list(hapi.THEMES))
def test_quantities_are_known_in_their_units_and_the_identifier_stands_in_no_address(source_id: str) -> None:
    known = {name: one.unit for name, one in fields().items()}
    assert {name: known[name] for name in hapi.THEMES[source_id].units} == hapi.THEMES[source_id].units
    there = dict.fromkeys((f"AFG_{year}_0" for year in (2024, 2025)), b'{"data": []}')
    asks, _ = asked(source_id, scope("AFG"), there)
    assert [dict(ask.headers) for ask in asks] == [{hapi.HEADER: "{key}"}]
    assert "{key}" not in str(asks[0].query)


def test_a_full_page_is_followed_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hapi, "LIMIT", 2)
    there = {"AFG_2025_0": reply(row(), row()).encode(), "AFG_2025_1": reply(row()).encode()}
    asks, _ = asked("hapi_conflict", scope("AFG"), there)
    assert [ask.query["offset"] for ask in asks] == ["0", "2"]


def test_figures_of_acled_stay_inside_the_office() -> None:
    terms = sources.terms()["hapi_conflict"]
    assert (terms.marking, terms.redistributable) == (Marking.INTERNAL, False)
