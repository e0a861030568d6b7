"""Goals by state: targets on course of those judged, the index, what states share, where methods disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mirab.brief.aims import editions
from mirab.brief.series import chart_of
from mirab.brief.tables import records
from mirab.core.records import Briefing, Option
from mirab.core.targets import Fresh

TITLE = "section.goals"
ORDER = 143
REVERSES = "goal_reverses"


def view(briefing: Briefing) -> dict[str, Any]:
    """Cells, live sources, the index, shared goals with steps, reversals, disputed courses, fans."""
    cells = records(briefing, "goals:matrix")
    states = list(dict.fromkeys(cell["state"] for cell in cells))
    goals: dict[int, dict[str, Any]] = {cell["goal"]: {} for cell in cells}
    for cell in cells:
        goals[cell["goal"]][cell["state"]] = cell
    courses = records(briefing, "targets:courses")
    return {
        "goals": goals,
        "states": states,
        "index": records(briefing, "goals:index"),
        "priorities": priorities(records(briefing, "goals:shared"), briefing.options),
        "reversals": [threat for threat in briefing.threats if threat.rule == REVERSES],
        "record": next((one.note for one in briefing.series if one.id == "targets:courses"), ""),
        "fresh": editions([Fresh(**row) for row in records(briefing, "goals:fresh")]),
        "disputed": [one for one in courses if one["method_disagree"]],
        "paths": [one for one in briefing.series if chart_of(one) == "path"],
    }


def priorities(shared: Sequence[Mapping[str, Any]], options: Sequence[Option]) -> list[dict[str, Any]]:
    """Goals off course in most states, then others that a joint step touches: states, and single steps."""
    states = {row["goal"]: row["states"].split("|") for row in shared}
    single = [option for option in options if not option.parts]
    touched = sorted({goal for option in single for goal in option.goals} - set(states))
    return [
        {"goal": goal, "states": states.get(goal, []), "steps": [o for o in single if goal in o.goals]}
        for goal in (*states, *touched)
    ]
