"""Calendar and agreements, each with the day on which it was last verified."""

from __future__ import annotations

from typing import Any

from mirab.core.records import Briefing

TITLE = "section.calendar"
ORDER = 160


def view(briefing: Briefing) -> dict[str, Any]:
    """Events by kind in order of date (agreements latest first); what a field calls its own stands there."""
    events = sorted(briefing.events, key=lambda event: event.start)
    agreements = [event for event in reversed(events) if event.kind == "agreement"]
    dated = [event for event in events if event.kind != "agreement" and ":" not in event.kind]
    return {"dated": dated, "agreements": agreements}
