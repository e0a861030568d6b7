"""The course towards a target: what is said of it, and when methods disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from mirab.core.calendar import years
from mirab.core.ensemble import Ensemble
from mirab.core.errors import UnknownNameError
from mirab.core.panel import Panel
from mirab.core.targets import Indicator, Measured, Programme, Target
from mirab.follow.targets import goals
from mirab.follow.targets.aims import Aims
from mirab.follow.targets.course import Course, Outcome, base, courses

WATER = Indicator("water", "Water", 6, "%", "share", "up", 0.0, 100.0, 1.0, (40.0, 80.0, 98.0, 100.0))
REACH = Target("t", "plan", "p", "All have water", "water", "reach", 100.0, 2015, 2030, "agreed text")
DOUBLE = replace(REACH, id="d", rule="multiply", value=2.0)
PLAN = Programme("plan", "Plan", 2015, 2030, 2015, "stated", ("XAA",))


def measured(*targets: Target, indicator: Indicator = WATER, values: Sequence[float] = ()) -> Measured:
    row = np.array([list(values) or [60.0, 61.0, 62.0, 63.0]])
    panel = Panel("water", "%", ("XAA",), years(date(2015, 1, 1), row.shape[1]), row)
    return Measured({"water": indicator}, {"plan": PLAN}, targets, {"water": panel})


def members(last: Sequence[float], first: int = 2019) -> dict[str, Ensemble]:
    """Members that go straight from 60 in the first year to `last` in 2030."""
    axis = years(date(first, 1, 1), 2031 - first)
    way = np.linspace(0.0, 1.0, len(axis))
    values = 60.0 + way[None, :, None] * (np.array(last)[:, None, None] - 60.0)
    return {"water": Ensemble.of("water", "%", ("XAA",), axis, values)}


def one(target: Target, last: Sequence[float], **more: Any) -> Course:
    found = measured(target, **more)
    (course,) = courses(found, found.panels, members(last))
    return course


def test_the_probability_is_the_share_of_members_that_meet_the_target_in_its_year() -> None:
    found = one(REACH, [100.0, 99.5, 98.0, 70.0])
    assert found.probability == 0.5
    assert found.outcome is Outcome.OPEN
    assert found.on_course


def test_the_gap_is_what_the_median_member_lacks() -> None:
    found = one(REACH, [90.0, 80.0, 70.0])
    assert found.gap == pytest.approx(20.0)
    assert found.ahead == pytest.approx((72.0, 80.0, 88.0))
    assert found.met_in is None
    assert found.outcome is Outcome.UNLIKELY


def test_the_year_of_meeting_is_the_first_from_which_half_of_the_members_meet_it() -> None:
    found = one(replace(REACH, value=80.0), [100.0, 100.0])
    assert found.met_in == 2025  # 60 in 2019, 100 in 2030: 78.2 in 2024, within 1 of 80 only from 2025 on


def test_a_relative_target_starts_from_the_figure_of_its_base_year() -> None:
    found = one(replace(DOUBLE, value=1.5), [95.0])
    assert (found.level, found.first, found.outcome) == (90.0, (2015, 60.0), Outcome.LIKELY)


def test_a_base_year_without_a_figure_takes_one_of_the_five_years_before_and_no_other() -> None:
    series = {2012: 5.0, 2016: 9.0}
    assert base(series, replace(DOUBLE, base_year=2015)) == (2012, 5.0)
    assert base(series, replace(DOUBLE, base_year=2011)) is None
    assert one(replace(DOUBLE, base_year=2010), [70.0]).outcome is Outcome.NO_FIGURE


def test_a_target_that_is_met_now_and_lost_by_most_members_is_not_met() -> None:
    held = one(REACH, [100.0, 100.0], values=[99.5, 99.6, 99.7])
    lost = one(REACH, [80.0, 85.0], values=[99.5, 99.6, 99.7])
    assert held.outcome is Outcome.MET
    assert lost.outcome is Outcome.UNLIKELY
    assert lost.methods.near


@pytest.mark.parametrize(
    ("target", "outcome"),
    [
        (replace(REACH, rule="unknown", value=None), Outcome.NO_NUMBER),
        (replace(REACH, indicator=None), Outcome.NO_MEASURE),
        (replace(REACH, rule="unknown", value=None, indicator=None), Outcome.NO_NUMBER),
    ],
)
def test_what_is_not_known_is_said_apart(target: Target, outcome: Outcome) -> None:
    found = one(target, [70.0])
    assert found.outcome is outcome
    assert found.probability is None


def test_an_indicator_that_does_not_apply_is_not_missing() -> None:
    inland = replace(WATER, not_applicable=("XAA",))
    assert one(REACH, [70.0], indicator=inland).outcome is Outcome.NOT_APPLICABLE


def test_methods_disagree_where_compound_growth_runs_past_the_bound() -> None:
    found = one(REACH, [70.0, 75.0], values=[20.0, 26.0, 33.0])
    assert found.methods.status == "on track"
    assert found.methods.disagree


def test_the_weights_of_the_line_are_named_and_change_only_its_gap() -> None:
    found = measured(REACH, values=[20.0, 20.0, 20.0, 30.0, 40.0])
    equal, linear = (
        courses(found, found.panels, members([70.0], 2020), weights=weights)[0].methods
        for weights in ("equal", "linear")
    )
    assert (equal.gap or 0.0) > (linear.gap or 0.0)
    assert equal.status == linear.status
    with pytest.raises(UnknownNameError, match="nearest is 'recent'"):
        courses(found, found.panels, members([70.0]), weights="recnt")


def test_a_rate_of_change_is_judged_by_no_official_method() -> None:
    rate = replace(WATER, kind="rate_of_change", upper=None)
    assert one(REACH, [70.0], indicator=rate).methods.status is None


def test_goals_count_what_is_on_course_and_keep_the_unknown_apart() -> None:
    found = measured(REACH, replace(REACH, id="u", value=62.0), replace(REACH, id="x", rule="unknown"))
    aims = Aims.of(found, found.panels, members([70.0, 70.0]), ["XAA"])
    cell = next(one for one in aims.cells if one.goal == 6)
    assert (cell.judged, cell.on_course, cell.status) == (2, 1, "partly")
    assert cell.score == pytest.approx(100 * (63 - 40) / 60)
    assert {one.status for one in aims.cells if one.goal != 6} == {"not known"}


def test_a_goal_is_shared_where_most_states_that_are_judged_are_off_course() -> None:
    def cell(state: str, status: str) -> goals.Cell:
        judged = 0 if status == "not known" else 2
        return goals.Cell(6, state, status, judged, 0, None, "grey", 0, 0)

    rows = [
        cell("XAA", "off course"),
        cell("XBB", "off course"),
        cell("XCC", "partly"),
        cell("XDD", "not known"),
    ]
    assert goals.shared(rows) == (goals.Shared(6, ("XAA", "XBB"), 3),)
    assert goals.shared(rows[1:]) == ()


def test_an_unknown_state_names_the_nearest() -> None:
    found = measured(REACH)
    aims = Aims.of(found, found.panels, members([70.0]), ["XAA"])
    with pytest.raises(UnknownNameError, match="nearest is 'XAA'"):
        aims.of_state("XAB")
