"""Reversals: who moved away from a target, what the forecast makes of it, and what caps its level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from mirab.core.calendar import years
from mirab.core.ensemble import Ensemble
from mirab.core.panel import Panel
from mirab.core.records import Confidence, Evidence, Level, Threat
from mirab.core.targets import Indicator, Measured, Programme, Target, TrackRecord
from mirab.warn import rules, threats, view
from mirab.warn.forecast import reversal
from mirab.warn.forecast.reversal import Reversal

from ..made import TARGETS, UNITS

ON = date(2026, 11, 22)
FIRST = 2019
AWAY = [60.0, 58.0, 57.0, 55.0, 54.0, 50.0]
STATES = ("XAA", "XBB")
NAMES = {"XAA": "Anland", "XBB": "Berland"}
WATER = Indicator("water", "Safe water", 6, "%", "share", "up", 0.0, 100.0, 1.0)
TARGET = Target(
    *("t", "plan", "p", "All have water", "water", "reach", 100.0, None, 2030, "agreed text"),
    (Evidence("treaty", Confidence.PUBLISHED),),
)
SKILL, NO_SKILL = TrackRecord(40, 1.0, 1.2, 1.5), TrackRecord(40, 1.3, 1.2, 1.5)
RULES = rules.load(TARGETS, quantities=UNITS)


def found(
    figures: Sequence[float] = AWAY,
    last: Sequence[float] = (40.0,) * 10,
    *,
    first: int = FIRST,
    record: TrackRecord | None = SKILL,
    indicator: Indicator = WATER,
    level: float = 100.0,
    states: Sequence[str] = ("XAA",),
) -> tuple[Reversal, ...]:
    """Reversals of states with the same figures and members; `last` are those of 2030."""
    evidence = (Evidence("office", Confidence.PUBLISHED),)
    panel = Panel(
        "water",
        "%",
        tuple(states),
        years(date(first, 1, 1), len(figures)),
        np.array([list(figures)] * len(states)),
        evidence=evidence,
    )
    axis = years(date(first + len(figures), 1, 1), 2031 - first - len(figures))
    values = np.repeat(np.array(last)[:, None, None], len(axis), axis=1).repeat(len(states), axis=2)
    programme = Programme("plan", "Plan", 2015, 2030, None, "", tuple(states))
    records = {"water": record} if record else {}
    measured = Measured({"water": indicator}, {"plan": programme}, (TARGET,), {"water": panel}, records)
    ahead = {"water": Ensemble.of("water", "%", states, axis, values)}
    levels = {("t", state): level for state in states}
    return reversal.reversals(measured, measured.panels, ahead, levels, ON)


def judged(*given: Any, **more: Any) -> tuple[Threat, ...]:
    away = found(*given, **more)
    seen = reversal.situation("development", away, NAMES, {"office": "Office"}, ON)
    return view.gathered(reversal.with_figures(threats.evaluate(RULES, seen), away, NAMES), RULES)


def test_a_state_that_moved_away_and_is_seen_further_off_is_a_threat_with_its_figures() -> None:
    (threat,) = judged()
    assert threat.level is Level.POTENTIAL
    assert threat.probability == 1.0
    assert threat.states == ("XAA",)
    assert threat.window == (date(2030, 1, 1), date(2030, 12, 31))
    assert (
        threat.why[0] == "Anland: 60 in 2019, 50 in 2024, target 100 by 2030; the median of 2030 is 40 (%)."
    )
    assert {"office", "treaty", "mirab_estimate"} == {line.source_id for line in threat.evidence}
    assert threat.track_record.startswith("CRPS 1 against 1.2 of the last figure and 1.5")
    assert "(Office)" in threat.basis


def test_the_probability_is_the_share_of_members_further_off_than_the_last_figure() -> None:
    (threat,) = judged(AWAY, [40.0] * 7 + [60.0] * 3)
    assert (threat.probability, threat.level) == (pytest.approx(0.7), Level.WATCH)
    assert judged(AWAY, [40.0] * 6 + [60.0] * 4) == ()


@pytest.mark.parametrize("record", [None, NO_SKILL])
def test_without_skill_it_is_a_watch_at_most_and_says_so(record: TrackRecord | None) -> None:
    (threat,) = judged(record=record)
    assert threat.level is Level.WATCH
    assert threat.track_record == "base rate, no forecast skill"
    assert threat.basis.endswith("at most watch, as its forecast has shown no skill")


def test_a_figure_beyond_the_age_of_the_rule_is_a_watch_at_most_and_says_so() -> None:
    (threat,) = judged(first=FIRST - 4)
    assert threat.level is Level.WATCH
    assert threat.basis.endswith("at most watch, as its last figure is of 2020")


@pytest.mark.parametrize(
    ("figures", "more"),
    [
        (AWAY[::-1], {}),
        ([60.0, 40.0, 42.0, 45.0, 50.0, 55.0], {}),
        ([60.0, 50.0], {}),
        (AWAY, {"first": FIRST - 9}),
        (AWAY, {"level": 50.5}),
        ([60.0, 58.0, np.nan, np.nan, np.nan, np.nan], {}),
    ],
    ids=[
        "moves nearer",
        "mostly nearer",
        "two figures",
        "over ten years old",
        "met within tolerance",
        "gaps",
    ],
)
def test_nobody_is_said_to_move_away_who_does_not(figures: Sequence[float], more: Mapping[str, Any]) -> None:
    assert found(figures, **more) == ()


def test_members_that_pass_parity_are_no_further_from_it() -> None:
    parity = replace(WATER, direction="parity", upper=None)
    (one,) = found(
        [0.9, 0.85, 0.8], [0.6, 1.5], first=2022, indicator=replace(parity, tolerance=0.01), level=1.0
    )
    assert one.distances == pytest.approx([2.0, 0.0])


def test_less_is_nearer_where_less_is_better() -> None:
    falling = replace(WATER, direction="down")
    (one,) = found(AWAY[::-1], [80.0, 30.0], indicator=falling, level=20.0)
    assert one.distances == pytest.approx([1.5, 0.25])
    assert found(AWAY, indicator=falling, level=20.0) == ()


def test_states_of_one_indicator_stand_together() -> None:
    (threat,) = judged(states=STATES)
    assert threat.states == STATES
    assert threat.title == "Further from its target by its deadline than now: Safe water (Anland, Berland)"


def test_without_a_reversal_there_is_nothing_to_judge() -> None:
    assert judged(AWAY[::-1]) == ()
