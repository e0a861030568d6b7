"""The record: what the press that was read tells of meetings, events and promises, with its sentences."""

from __future__ import annotations

from typing import Any

from mirab.brief.tables import records
from mirab.core.records import Briefing

TITLE = "section.record"
ORDER = 158
MOST_PAIRS, MOST_THEMES = 10, 15


def view(briefing: Briefing) -> dict[str, Any]:
    """Meetings, events by type, promises to confirm, what was announced, pairs, themes of the last month."""
    meetings, promises = (records(briefing, f"press:{name}") for name in ("meetings", "promises"))
    themes = records(briefing, "press:themes")
    last = max((row["month"] for row in themes), default="")
    newest = sorted((row for row in themes if row["month"] == last), key=lambda row: -row["share"])
    return {
        "meetings": meetings,
        "events": records(briefing, "press:events"),
        "promises": promises,
        "announced": records(briefing, "press:announcements"),
        "pairs": records(briefing, "press:pairs")[:MOST_PAIRS],
        "themes": newest[:MOST_THEMES],
    }
