"""What live sources told reaches the forecast of deaths, as of the day of the briefing, and stands beside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from replayed import replies

from mirab.centre import Wish, forecast, observe
from mirab.core.domain import ForecastPlan
from mirab.core.marking import Marking
from mirab.core.records import Level, Series
from mirab.domains.security.domain import DOMAIN, forecasts
from mirab.observe import polling, region, sources
from mirab.observe.asking import Edition
from mirab.observe.connector import Page
from mirab.observe.observed import FILE, Observed
from mirab.stages.warning import Warned

CAME, LATER, ON = date(2026, 11, 1), date(2026, 11, 20), date(2026, 11, 10)
SOURCES = ("ucdp_candidate", "views", "acled_cast", "hapi_conflict", "hapi_prices", "gdelt")
Asked = Callable[..., Wish]


def told(folder: Path, source_id: str, day: date, changed: dict[str, bytes] | None = None) -> None:
    """Keep the small replies of a source as if they had come on a day, and the values that they tell."""
    store, pack = Observed(folder / FILE, "central_asia"), region.load("central_asia")
    terms, at = sources.terms()[source_id], datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    pages = {name: path.read_bytes() for name, path in replies(source_id).items()} | (changed or {})
    for name, data in pages.items():
        if name not in ("runs", "token"):
            store.keep(source_id, Page(name, data, at), name, Edition(), date(2025, 1, 1))
    store.take(terms, polling.parsed(terms, store, pack, day).observations, pack, at)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    folder = tmp_path_factory.mktemp("live")
    for source_id in SOURCES:
        told(folder, source_id, CAME)
    late = replies("ucdp_candidate")["candidate_26_0_8"].read_bytes()
    six, sixty = b";6;6;6;6;", b";6;60;6;6;"
    assert six in late
    told(folder, "ucdp_candidate", LATER, {"candidate_26_0_8": late.replace(six, sixty, 1)})

    def wish(on: date, audience: Marking = Marking.PUBLIC) -> Wish:
        own = folder / "own.sqlite"
        return Wish("central_asia", on, on, folder / "out", own, members=100, audience=audience)

    return wish


def plan(wish: Wish) -> ForecastPlan:
    seen = observe(wish)
    return forecasts(seen.region, seen.observations, wish.on)[0]


def last(found: ForecastPlan) -> tuple[date, float]:
    """The end of the figures, and the last one of Afghanistan."""
    return found.panel.axis.end, float(found.panel.values[found.panel.position("AFG"), -1])


def test_a_briefing_knows_what_had_come_by_its_day_and_no_more(asked: Asked) -> None:
    before, then, now = (plan(asked(day)) for day in (date(2026, 10, 31), ON, date(2026, 11, 22)))
    assert last(before)[0] == date(2024, 1, 1)
    assert last(then) == (date(2026, 9, 1), 6.0)
    assert last(now) == (date(2026, 9, 1), 60.0)


def test_months_that_nobody_has_told_are_absent_and_told_so(asked: Asked) -> None:
    found = plan(asked(ON))
    (gap,) = (one for one in found.gaps if one.startswith("Tajikistan: months without a figure"))
    assert "last 2025-12; absent is not zero" in gap


@pytest.fixture(scope="module")
def internal(asked: Asked) -> Warned:
    wish = asked(ON, Marking.INTERNAL)
    return forecast(DOMAIN, observe(wish), wish)


def rows(found: Warned, id: str) -> list[dict[str, object]]:
    (one,) = (one for one in found.material.made if one.id == id)
    return [dict(zip(one.columns, row, strict=True)) for row in zip(*one.columns.values(), strict=True)]


def test_the_forecast_of_others_stands_beside_ours_over_the_same_months(internal: Warned) -> None:
    found = {row["state"]: row for row in rows(internal, "rivals:security_deaths_forecast")}
    assert list(found) == ["AFG", "KAZ", "KGZ", "TJK", "TKM", "UZB"]
    one = found["AFG"]
    assert (one["first"], one["last"]) == ("2026-11-01", "2027-01-31")
    assert one["theirs"] == 21.0 + 22.0 + 23.0
    assert one["run"] == "fatalities003_2026_09_t01"
    assert isinstance(one["mean"], float)
    assert one["mean"] > 0.0


def test_events_that_others_forecast_have_no_figure_of_ours_and_stay_inside(internal: Warned) -> None:
    id = "rivals:security_violent_events_forecast"
    assert [(row["state"], row["theirs"], row["mean"]) for row in rows(internal, id)] == [
        ("AFG", 15.0, None),
        ("TJK", 15.0, None),
    ]
    (series,) = (one for one in internal.material.made if one.id == id)
    assert series.marking is Marking.INTERNAL


def test_observed_figures_show_their_age_and_their_source(internal: Warned) -> None:
    found = {(row["state"], row["quantity"]): row for row in rows(internal, "beside:security")}
    one = found["AFG", "violent_events"]
    assert (one["value"], one["last"], one["age"]) == (8.0, "2026-10-31", 9)
    assert (one["author"], one["rests_on"]) == ("ACLED", "hapi_conflict (published)")
    assert found["AFG", "one_sided_deaths"]["vintage"] == "UCDP Candidate 26.0.8"


def test_dearer_food_is_a_watch_with_its_figure(internal: Warned) -> None:
    (threat,) = (one for one in internal.threats if one.rule == "food_price_rise")
    assert (threat.states, threat.level) == (("TJK",), Level.WATCH)
    assert "30" in " ".join(threat.why)


def test_dearer_food_is_not_explained_by_deaths(asked: Asked, internal: Warned) -> None:
    from mirab import inquiry

    (threat,) = (one for one in internal.threats if one.rule == "food_price_rise")
    wish = asked(ON, Marking.INTERNAL)
    (line,) = inquiry._behind(DOMAIN, observe(wish), wish, threat)
    assert "Level rests on" in line


def test_the_terminal_shows_what_stands_beside_in_lines_that_fit(internal: Warned) -> None:
    from rich.console import Console

    from mirab.brief import outlooks

    console = Console(record=True, width=80, file=StringIO())
    outlooks.show(internal.material.made, console)
    told = console.export_text().replace("\xa0", " ")
    assert "Forecasts of others beside ours: deaths" in told
    assert "Afghanistan, 1 November 2026 to 31 January 2027: 66 deaths" in told
    assert "Tajikistan, food price change: 30 % (WFP; 1 September 2026" in told
    assert max(map(len, told.splitlines())) <= 80


def test_what_may_not_be_passed_on_is_in_no_public_record(asked: Asked) -> None:
    seen = observe(asked(ON))
    assert not seen.forecasts
    assert not {one.quantity for one in seen.polled} & {"violent_events", "violent_deaths", "demonstrations"}


def test_a_usual_figure_is_the_median_of_its_own_past(asked: Asked) -> None:
    from mirab.brief import beside

    seen = observe(asked(ON))
    one = next(o for o in seen.polled if o.quantity == "news_share")
    months = [
        replace(one, start=date(2025, m, 1), end=date(2025, m + 1, 1), value=float(m)) for m in range(1, 9)
    ]
    (series,) = beside.observed("security", months, {"TJK": "Tajikistan"}, ["news_share"], date(2025, 9, 10))
    assert (series.columns["value"], series.columns["usual"], series.columns["age"]) == ((8.0,), (4.0,), (9,))
    assert isinstance(series, Series)
