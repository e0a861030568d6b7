"""Block 7: the next 30 days: meetings, handovers and promises that fall due."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from mirab.brief.figures import day_range
from mirab.core.records import Briefing, Commitment, Event, Status

TITLE = "section.ahead"
ORDER = 70
DAYS = 30
MOST = 6


def view(briefing: Briefing) -> dict[str, Any]:
    """Events that touch the next 30 days, promises that fall due in them, and those that are overdue."""
    until = briefing.as_of + timedelta(days=DAYS)
    events = [event for event in briefing.events if _touches(event, briefing.as_of, until)]
    promises = [promise for promise in briefing.commitments if _open(promise, until)]
    events.sort(key=lambda event: event.start)
    more = max(0, len(events) - MOST) + max(0, len(promises) - MOST)
    return {"events": events[:MOST], "promises": promises[:MOST], "until": until, "more": more}


def _touches(event: Event, first: date, last: date) -> bool:
    start, end = day_range(event.start), day_range(event.end or event.start)
    return any(bounds and bounds[0] <= last and bounds[1] >= first for bounds in (start, end))


def _open(promise: Commitment, until: date) -> bool:
    if promise.status is Status.OVERDUE:
        return True
    waiting = promise.status in (Status.SCHEDULED, Status.PARTIALLY_MET)
    return waiting and promise.due is not None and promise.due <= until
