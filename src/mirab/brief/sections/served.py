"""Use against limit by state, with amount and perimeter beside every percentage (§13)."""

from __future__ import annotations

from typing import Any

from mirab.brief.series import chart_of
from mirab.core.records import Briefing

TITLE = "section.served"
ORDER = 140


def view(briefing: Briefing) -> dict[str, Any]:
    """Series of limits served."""
    return {"series": [series for series in briefing.series if chart_of(series) == "served"]}
