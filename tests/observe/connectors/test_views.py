"""Forecasts of others: the newest run, the fields of each model, and no observation among them."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from replayed import TODAY, asked, page, parsed, replayed, replies, scope

from mirab.core.errors import SourceError
from mirab.core.fields import fields
from mirab.core.marking import Marking
from mirab.observe import sources
from mirab.observe.connector import Parsed

STATES = "AFG KAZ KGZ TJK TKM UZB"
RUN = "fatalities003_2026_09_t01"


def row(month: int = 10, **told: Any) -> dict[str, Any]:
    return {"isoab": "AFG", "year": 2026, "month": month, "main_mean": 7.0} | told


def reply(*rows: dict[str, Any]) -> str:
    return json.dumps({"row_count": len(rows), "data": rows})


def read(text: str, name: str = f"{RUN}_AFG", day: date = TODAY) -> Parsed:
    return parsed("views", scope(STATES), [page(name, text, day)])


def test_the_newest_run_is_a_forecast_of_each_state_and_no_observation() -> None:
    found = replayed("views", scope(STATES))
    assert found.observations == ()
    (one,) = found.forecasts
    assert (one.quantity, one.unit) == ("deaths_forecast", fields()["deaths_forecast"].unit)
    assert (one.items, one.how, one.issued) == (tuple(STATES.split()), RUN, TODAY)
    assert one.axis.starts[0] == date(2026, 10, 1)
    assert one["AFG"][:, 0].tolist() == [20.0, 21.0, 22.0, 23.0]


@pytest.mark.parametrize(
    ("field", "value", "mean"),
    [("main_mean", 7.0, 7.0), ("main_mean_ln", math.log(8.0), 7.0), ("sc_cm_sb_main", math.log(8.0), 7.0)],
)
def test_each_model_has_its_own_name_for_the_forecast(field: str, value: float, mean: float) -> None:
    told = {name: one for name, one in row().items() if name != "main_mean"} | {field: value}
    (one,) = read(reply(told)).forecasts
    assert float(one["AFG"][0, 0]) == pytest.approx(mean)


def test_a_renamed_field_is_named_with_the_nearest() -> None:
    told = {name: one for name, one in row().items() if name != "main_mean"} | {"main_means": 7.0}
    with pytest.raises(SourceError, match="none of main_mean.*nearest is 'main_means'"):
        read(reply(told))


def test_a_row_without_a_number_is_refused_and_the_rest_counts() -> None:
    found = read(reply(row(), row(11, main_mean="many"), row(12, main_mean=None), row(13)))
    assert len(found.refused) == 3
    assert found.forecasts[0].axis.starts == (date(2026, 10, 1),)


def test_of_two_rows_for_one_month_the_first_counts_and_other_states_do_not() -> None:
    (one,) = read(reply(row(), row(main_mean=99.0), row(isoab="SDN"))).forecasts
    assert (one.items, float(one["AFG"][0, 0])) == (("AFG",), 7.0)


def test_a_month_that_a_run_does_not_tell_is_no_number() -> None:
    (one,) = read(reply(row(10), row(12))).forecasts
    assert np.isnan(one["AFG"][1, 0])


def test_every_run_that_is_kept_is_a_forecast_with_the_day_on_which_it_came() -> None:
    early = page("fatalities003_2026_08_t01_AFG", reply(row(9)), date(2026, 10, 2))
    late = page(f"{RUN}_AFG", reply(row()), date(2026, 11, 1))
    found = parsed("views", scope(STATES), [late, early]).forecasts
    assert [(one.how[-11:], one.issued) for one in found] == [
        ("2026_08_t01", date(2026, 10, 2)),
        ("2026_09_t01", date(2026, 11, 1)),
    ]


def test_an_empty_page_is_no_forecast_and_one_of_a_portal_is_refused() -> None:
    assert read(reply()).forecasts == ()
    with pytest.raises(SourceError, match="is not JSON"):
        read("<html></html>")


def test_runs_of_a_month_are_not_asked_for_again() -> None:
    there = {name: path.read_bytes() for name, path in replies("views").items()}
    kept = frozenset(f"{RUN}_{state}" for state in STATES.split())
    asks, _ = asked("views", replace(scope(STATES), kept=kept), there)
    assert [ask.page for ask in asks] == ["runs"]


def test_a_list_without_a_run_that_is_known_is_an_error() -> None:
    with pytest.raises(SourceError, match="lists no run of 1 that is known"):
        asked("views", scope(STATES), {"runs": b'{"runs": ["current"]}'})


def test_events_of_provinces_add_up_and_months_that_are_over_fall_out() -> None:
    (one,) = replayed("acled_cast", scope(STATES)).forecasts
    assert (one.quantity, one.items) == ("violent_events_forecast", ("AFG", "TJK"))
    assert one.axis.starts[0] == date(2026, 11, 1)
    assert one["AFG"][:, 0].tolist() == [5.0, 5.0, 5.0]


def test_an_account_is_asked_for_a_token_that_is_not_kept() -> None:
    there = {name: path.read_bytes() for name, path in replies("acled_cast").items()}
    asks, _ = asked("acled_cast", scope("AFG"), there)
    assert (asks[0].keep, dict(asks[0].form or {})["password"]) == (False, "{key}")
    assert asks[1].headers == {"Authorization": "Bearer made-up-token"}
    assert asks[1].query["country"] == "Afg"
    assert sources.terms()["acled_cast"].marking is Marking.INTERNAL
