"""The outlook of a plan: which steps are judged, what may be claimed, and what the rules see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np

from mirab.core.calendar import months, next_start, steps
from mirab.core.domain import ForecastPlan
from mirab.core.panel import Panel
from mirab.core.records import Confidence, Evidence, Level, Observation
from mirab.warn import threats
from mirab.warn.forecast import outlook
from mirab.warn.situation import NO_SKILL

from ..made import rule

ON = date(2022, 1, 1)
LENGTH = 144
SEEN = Evidence("made", Confidence.PUBLISHED)


def panel() -> Panel:
    """Lasting violence (A), little of it (B), nothing (C); months from 2010 to 2021."""
    rng = np.random.default_rng(6)
    values = np.stack([rng.poisson(60, LENGTH), rng.poisson(5, LENGTH), np.zeros(LENGTH)]).astype(float)
    items = ("A", "B", "C")
    return Panel(
        "deaths", "deaths", items, months(date(2010, 1, 1), LENGTH), values, (("XAA",), ("XBB",), ("XCC",))
    )


def plan(**more: object) -> ForecastPlan:
    names = {"A": "Ardia", "B": "Boria", "C": "Coria"}
    made = ForecastPlan(
        panel(),
        "recency",
        "bootstrap_240",
        12,
        ("A", "C"),
        "deaths of the test",
        names,
        event=25.0,
        beside=("B",),
    )
    return replace(made, **{"empty": frozenset({"C"}), **more})


def test_the_steps_judged_begin_with_the_one_that_holds_the_date() -> None:
    for on, first in ((ON, 1), (date(2022, 1, 20), 1), (date(2022, 4, 1), 4)):
        made = outlook.project(plan(), on, 20, 1)
        assert made.judged.axis.starts[0] == on.replace(day=1)
        assert len(made.judged.axis) == 12
        assert (made.leads.first, made.leads.last) == (first, first + 11)
        assert made.whole.axis.starts[0] == ON


def test_years_are_judged_like_months() -> None:
    axis = steps(date(1990, 1, 1), 30, "year")
    yearly = Panel("cost", "USD", ("A",), axis, np.arange(30.0)[None] + 100, (("XAA",),))
    made = outlook.project(
        plan(
            panel=yearly,
            focus=("A",),
            beside=(),
            forecaster="persistence",
            baseline="last",
            event=None,
            horizon=3,
        ),
        date(2022, 6, 1),
        20,
        1,
    )
    assert made.judged.axis.starts == (date(2022, 1, 1), date(2023, 1, 1), date(2024, 1, 1))
    assert made.judged["A"][:, 0].tolist() == [132.0, 133.0, 134.0]
    assert np.isnan(made.chance["A"])
    assert made.records["A"].windows >= outlook.FEWEST_ORIGINS
    assert made.records["A"].skilled
    assert made.records["A"].crps < 1e-9
    assert outlook.record_words(made, "A").endswith(
        "past windows; 100\u00a0% of steps in the 90\u00a0% interval"
    )


def test_a_figure_after_the_date_changes_neither_members_nor_past_scores() -> None:
    planted = panel()
    planted.values[:, planted.axis.index(date(2020, 1, 1)) :] = 1e5
    one, other = (outlook.project(plan(panel=each), date(2020, 1, 1), 30, 1) for each in (panel(), planted))
    assert np.array_equal(one.whole.lanes, other.whole.lanes)
    assert one.records == other.records


def test_skill_is_claimed_only_where_history_is_not_empty_and_the_baseline_is_beaten() -> None:
    made = outlook.project(plan(), ON, 50, 1)
    assert made.records["A"].skilled
    assert made.records["A"].crps < made.records["A"].baseline_crps
    assert "against" in outlook.record_words(made, "A")
    assert outlook.record_words(made, "C") == NO_SKILL
    same = outlook.project(plan(forecaster="bootstrap_240"), ON, 50, 1)
    assert not any(record.skilled for record in same.records.values())
    short = outlook.project(plan(panel=panel().since(date(2019, 1, 1))), ON, 50, 1)
    assert short.records == {}
    assert outlook.record_words(short, "A") == NO_SKILL


def test_fewer_than_three_events_in_the_past_are_no_ground_for_skill() -> None:
    rare = panel()
    rare.values[0] = np.minimum(rare.values[0], 20)
    rare.values[0, 130] = 30
    found = outlook.project(plan(panel=rare), ON, 50, 1).records["A"]
    assert found.events == 1
    assert not found.skilled


def test_an_item_without_any_figure_is_not_told_as_nought() -> None:
    empty = panel()
    empty.values[2] = np.nan
    made = outlook.project(plan(panel=empty), ON, 20, 1)
    assert made.judged.items == ("A", "B")
    assert "C" not in made.chance


def observations(item: str) -> list[Observation]:
    axis, row = panel().axis, panel().values[panel().position(item)]
    return [
        Observation(item, "deaths", day, next_start(day, "month"), value, "deaths", "made", SEEN)
        for day, value in zip(axis.starts, row.tolist(), strict=True)
    ]


def judged(on: date, **more: object) -> Mapping[str, object]:
    made = outlook.project(plan(), on, 200, 1)
    seen = outlook.situation("field", [made], on, [*observations("A"), *observations("B")])
    low = rule(
        quantity="deaths",
        where=(),
        comparison="at least",
        threshold=25.0,
        unit="deaths",
        severity_quantity="deaths",
        **more,
    )
    return {one.items[0]: one for one in threats.evaluate([low], seen)}


def test_rules_judge_the_focus_items_and_speak_of_a_forecast_in_a_place() -> None:
    found = judged(
        ON,
    )
    assert set(found) == {"A"}
    threat = found["A"]
    assert threat.id == "field:low:A"
    assert threat.states == ("XAA",)
    assert threat.level is Level.EXISTING
    assert threat.basis.startswith("observed deaths in Ardia, 1 to 31 December 2021")
    assert "Brier" in threat.track_record
    assert threat.confidence_shares == {"published": 1.0}
    assert {hit.perimeter.split(",")[0] for hit in threat.severity} == {
        "deaths in Ardia",
        "deaths of the test",
    }


def test_old_figures_are_said_to_make_no_current_forecast() -> None:
    threat = judged(date(2022, 6, 1))["A"]
    assert threat.level is Level.POTENTIAL
    assert threat.basis.startswith("forecast, share of 200 members; last observed for 1 to 31 December 2021")
    assert "the figures end on 31 December 2021, so this is no current forecast" in threat.basis


def test_the_method_says_how_far_ahead_it_was_tested() -> None:
    made = outlook.project(plan(), date(2022, 3, 1), 20, 1)
    words = " ".join(outlook.method_words(made))
    assert (
        "The figures of deaths end before 1 January 2022; the months judged lie 3 to 14 steps ahead." in words
    )
    assert f"over {made.records['A'].windows} windows at most" in words
