"""Fan charts: the outlook of stores and flows against their norm and past years."""

from __future__ import annotations

from typing import Any

from mirab.brief.series import chart_of
from mirab.core.records import Briefing

TITLE = "section.outlook"
ORDER = 130


def view(briefing: Briefing) -> dict[str, Any]:
    """Series drawn as fans, in the order of the briefing."""
    return {"series": [series for series in briefing.series if chart_of(series) == "fan"]}
