"""Block 1: for whom, which issue, of what date, how far cleared, and how fresh the data are."""

from __future__ import annotations

from typing import Any

from mirab.core.records import Briefing

TITLE = "section.masthead"
ORDER = 10
STALE_DAYS = 60


def view(briefing: Briefing) -> dict[str, Any]:
    """Age of the last observation in days, None where there is none; whether this is a scenario (§8)."""
    last = briefing.last_observation
    age = (briefing.as_of - last).days if last else None
    return {"age": age, "scenario": age is None or age > STALE_DAYS}
