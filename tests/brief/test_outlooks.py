"""Series of a forecast: what was seen, what follows, chances with past scores, and words under a nought."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from mirab.brief import drawing, outlooks
from mirab.brief.figures import Figures
from mirab.brief.words import load
from mirab.core.calendar import months
from mirab.core.domain import ForecastPlan
from mirab.core.panel import Panel
from mirab.core.records import Confidence, Evidence
from mirab.warn.forecast import outlook
from mirab.warn.forecast.outlook import Forecast
from mirab.warn.situation import NO_SKILL

ON = date(2022, 3, 1)


@pytest.fixture(scope="module")
def made() -> Forecast:
    rng = np.random.default_rng(6)
    values = np.stack([rng.poisson(40, 180), np.zeros(180), rng.poisson(9, 180)]).astype(float)
    owners = (("XAA",), ("XBB",), ("XCC",))
    seen = (Evidence("made", Confidence.PUBLISHED),)
    panel = Panel(
        "deaths", "deaths", ("A", "B", "C"), months(date(2007, 1, 1), 180), values, owners, evidence=seen
    )
    plan = ForecastPlan(
        panel,
        "recency",
        "conflictology_12",
        12,
        ("A", "B"),
        "deaths of the test alone",
        {"A": "Ardia", "B": "Boria", "C": "Coria"},
        event=25.0,
        empty=frozenset({"B"}),
        beside=("C",),
        drivers={"A": "40 a month"},
    )
    return outlook.project(plan, ON, 100, 1)


def test_a_fan_is_drawn_for_focus_items_with_a_history_and_the_table_names_all(made: Forecast) -> None:
    found = outlooks.series("field", made)
    assert [one.id for one in found] == [
        "forecast:field_deaths_A",
        "odds:field_deaths",
        "reliability:field_deaths",
    ]
    assert found[1].columns["place"] == ("Ardia", "Boria", "Coria")
    assert found[1].columns["state"] == ("XAA", "XBB", "XCC")
    assert found[1].columns["judged"] == (True, True, False)


def test_the_fan_holds_what_was_seen_and_then_what_is_drawn(made: Forecast) -> None:
    fan = outlooks.series("field", made)[0]
    split = fan.columns["date"].index("2022-01-01")
    assert split == outlooks.SHOWN_STEPS
    assert fan.columns["observed"][:split] == tuple(made.plan.panel.values[0, -split:])
    assert set(fan.columns["observed"][split:]) == {None}
    assert set(fan.columns["p50"][:split]) == {None}
    assert fan.columns["p05"][split] <= fan.columns["p50"][split] <= fan.columns["p95"][split]
    assert "Counted: deaths of the test alone." in fan.note
    assert fan.source_ids == ("made",)


def test_the_fan_can_be_drawn(made: Forecast) -> None:
    say = Figures(load(), {})
    fan = outlooks.series("field", made)[0]
    svg = drawing.draw("forecast", drawing.datasets(fan, say), title=fan.title, words=say.words, width=400)
    assert svg.count("<path") > 4


def test_the_words_of_what_is_counted_stand_under_each_nought(made: Forecast) -> None:
    odds = outlooks.odds("field", made)
    assert odds.columns["counts"] == ("", "deaths of the test alone", "")
    assert odds.columns["middle"][1] == 0
    assert odds.columns["middle"][0] == pytest.approx(480, rel=0.15)
    assert odds.columns["record"][1] == NO_SKILL
    assert odds.columns["drivers"][0] == "40 a month"


def test_chances_are_shares_of_members_beside_past_scores(made: Forecast) -> None:
    odds = {name: values[0] for name, values in outlooks.odds("field", made).columns.items()}
    assert odds["chance"] == pytest.approx(np.mean((made.judged["A"] >= 25).any(axis=0)))
    record = made.records["A"]
    assert (odds["events"], odds["windows"]) == (record.windows, record.windows)
    assert odds["covered"] == pytest.approx(record.covered, rel=1e-5)


def test_reliability_holds_every_past_window_of_all_states_told_once(made: Forecast) -> None:
    found = outlooks.series("field", made)[-1]
    windows = {item: record.windows for item, record in made.records.items()}
    events = sum(record.events for record in made.records.values())
    columns = found.columns
    assert sum(columns["count"]) == sum(windows.values())
    came = [share * count for share, count in zip(columns["came"], columns["count"], strict=True)]
    assert sum(came) == pytest.approx(events)
    assert columns["forecast"] == tuple(sorted(columns["forecast"]))
    svg = drawing.draw(
        "reliability",
        drawing.datasets(found, Figures(load(), {})),
        title=found.title,
        words=load(),
        width=350,
    )
    assert str(columns["count"][0]) in svg
    assert load()("reliability.came") in svg
