"""Goals of a region: how many targets of each are on course in each state, which are off course in most.

A goal is *on course* in a state where three quarters of its judged targets are, *partly* where half are,
else *off course*: thresholds of ours. Scores and colours are those of the Sustainable Development Report on
the indicators in hand, with the thresholds of 2019; they are not the report's own, which uses more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mirab.core.panel import Panel
from mirab.core.targets import Measured
from mirab.follow.targets import scores
from mirab.follow.targets.course import JUDGED, Course, Outcome, known
from mirab.follow.targets.progress import TARGET_YEAR
from mirab.follow.targets.scores import Thresholds

MOST, HALF = 0.75, 0.5
GOALS = tuple(range(1, 18))


@dataclass(frozen=True)
class Cell:
    """One goal in one state: targets judged and on course, and the report's score and colour.

    `indicators` of the goal with published thresholds have a figure, out of `asked`. `status` is on course,
    partly, off course, not known or not applicable.
    """

    goal: int
    state: str
    status: str
    judged: int
    on_course: int
    score: float | None
    colour: str
    indicators: int
    asked: int


@dataclass(frozen=True)
class Standing:
    """Index of a state on the indicators in hand: of the goals that have a score, and with the others filled.

    A filled goal takes the mean of all states of the pack, also goal 14 of a landlocked one.
    """

    state: str
    goals: int
    present: float | None
    filled: float | None


@dataclass(frozen=True)
class Shared:
    """A goal that is off course in more than half of the states in which it is judged, with these states."""

    goal: int
    states: tuple[str, ...]
    judged: int


def cells(
    measured: Measured, panels: Mapping[str, Panel], found: Sequence[Course], states: Sequence[str]
) -> tuple[Cell, ...]:
    """Every goal in every state, goals first; what counts are the targets that are due in 2030."""
    due = [target for target in measured.targets if target.deadline == TARGET_YEAR]
    goal_of = {target.id: measured.indicators[target.indicator].goal for target in due if target.indicator}
    by_cell: dict[tuple[int, str], list[Course]] = {}
    for one in found:
        if one.target in goal_of:
            by_cell.setdefault((goal_of[one.target], one.state), []).append(one)
    return tuple(
        _cell(goal, state, by_cell.get((goal, state), []), _levels(measured, panels, goal, state))
        for goal in GOALS
        for state in states
    )


def _cell(goal: int, state: str, own: Sequence[Course], levels: Sequence[tuple[float, float]]) -> Cell:
    judged = [one for one in own if one.outcome in JUDGED]
    good = sum(one.on_course for one in judged)
    points = scores.goal_score([score for score, _ in levels])
    present = sum(np.isfinite(score) for score, _ in levels)
    colour = scores.goal_colour([level for _, level in levels], indicators=len(levels))
    return Cell(
        goal,
        state,
        _status(own, len(judged), good),
        len(judged),
        good,
        points if np.isfinite(points) else None,
        str(colour),
        int(present),
        len(levels),
    )


def _status(own: Sequence[Course], judged: int, good: int) -> str:
    if not judged:
        none = own and all(one.outcome is Outcome.NOT_APPLICABLE for one in own)
        return "not applicable" if none else "not known"
    return "on course" if good >= MOST * judged else "partly" if good >= HALF * judged else "off course"


def _levels(
    measured: Measured, panels: Mapping[str, Panel], goal: int, state: str
) -> list[tuple[float, float]]:
    """Score and level of the last figure of each indicator of a goal that has thresholds; NaN without one."""
    found = []
    for one in measured.indicators.values():
        if one.goal != goal or one.thresholds is None or state in one.not_applicable:
            continue
        series = known(panels[one.id], state) if one.id in panels else {}
        value = series[max(series)] if series else float("nan")
        marks = Thresholds(*one.thresholds)
        found.append((float(scores.score(value, marks)), scores.level(value, marks)))
    return found


def standings(measured: Measured, panels: Mapping[str, Panel], states: Sequence[str]) -> tuple[Standing, ...]:
    """The index of each state with and without the fill; filled with the mean of all states of the panels."""
    everyone = sorted({state for panel in panels.values() for state in panel.items} | set(states))
    table = [
        [scores.goal_score([s for s, _ in _levels(measured, panels, goal, state)]) for goal in GOALS]
        for state in everyone
    ]
    present, whole = scores.index(table), scores.index(scores.filled(table, ["all"] * len(everyone)))
    return tuple(_standing(state, table[i], present[i], whole[i]) for i, state in _places(everyone, states))


def _places(everyone: Sequence[str], states: Sequence[str]) -> list[tuple[int, str]]:
    return [(everyone.index(state), state) for state in states]


def _standing(state: str, goals: Sequence[float], present: float, whole: float) -> Standing:
    if not np.isfinite(present):
        return Standing(state, 0, None, None)
    return Standing(state, int(np.isfinite(goals).sum()), float(present), float(whole))


def shared(found: Sequence[Cell]) -> tuple[Shared, ...]:
    """Goals that are off course in more than half of the states that are judged, most states first."""
    rows = []
    for goal in GOALS:
        judged = [one for one in found if one.goal == goal and one.judged]
        off = tuple(one.state for one in judged if one.status == "off course")
        if 2 * len(off) > len(judged):
            rows.append(Shared(goal, off, len(judged)))
    return tuple(sorted(rows, key=lambda row: (-len(row.states), row.goal)))
