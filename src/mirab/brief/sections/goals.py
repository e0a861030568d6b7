"""Goals by state: targets on course of those judged, the index, what states share, where methods disagree."""

from __future__ import annotations

from typing import Any

from mirab.brief.series import chart_of
from mirab.brief.tables import records
from mirab.core.records import Briefing

TITLE = "section.goals"
ORDER = 143


def view(briefing: Briefing) -> dict[str, Any]:
    """Cells by goal and state, the index, shared goals, the courses on which methods disagree, the fans."""
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
        "shared": records(briefing, "goals:shared"),
        "record": next((one.note for one in briefing.series if one.id == "targets:courses"), ""),
        "disputed": [one for one in courses if one["method_disagree"]],
        "paths": [one for one in briefing.series if chart_of(one) == "path"],
    }
