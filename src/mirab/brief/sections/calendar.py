"""Calendar and agreements, each with the day on which it was last verified."""

from __future__ import annotations

from typing import Any

from mirab.core.records import Briefing
from mirab.follow import bodies, calendar

TITLE = "section.calendar"
ORDER = 160


def view(briefing: Briefing) -> dict[str, Any]:
    """Events by kind in order of date (agreements latest first), chairs and posts by name.

    Kinds with a colon belong to a field and stand in its section. `old` are the ids of entries that were last
    verified over 90 days before the date of the briefing.
    """
    events = sorted(briefing.events, key=lambda event: event.start)
    held = (calendar.CHAIR, calendar.OFFICE, calendar.AGREEMENT)
    by_name = sorted(events, key=lambda event: event.title)
    return {
        "dated": [event for event in events if event.kind not in held and ":" not in event.kind],
        "chairs": [event for event in by_name if event.kind == calendar.CHAIR],
        "offices": [event for event in by_name if event.kind == calendar.OFFICE],
        "agreements": [event for event in reversed(events) if event.kind == calendar.AGREEMENT],
        "old": {event.id for event in events if bodies.to_verify(event.last_verified, briefing.as_of)},
    }
