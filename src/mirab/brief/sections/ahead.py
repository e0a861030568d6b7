"""Block 7: the next 30 days: meetings, handovers and promises that fall due."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from mirab.core.records import Briefing, Commitment, Status
from mirab.follow import calendar

TITLE = "section.ahead"
ORDER = 70
DAYS = 30
MOST = 6


def view(briefing: Briefing) -> dict[str, Any]:
    """Events that touch the next 30 days, promises that fall due in them, and those that are overdue.

    Where there are too many, those that are most exactly dated are kept; they are shown in order of date.
    Promises that fall due come first, then those overdue, the latest first.
    """
    until = briefing.as_of + timedelta(days=DAYS)
    events = calendar.ahead(briefing.events, briefing.as_of, days=DAYS)
    promises = [promise for promise in briefing.commitments if _open(promise, until)]
    promises.sort(key=lambda promise: _place(promise, briefing.as_of))
    more = max(0, len(events) - MOST) + max(0, len(promises) - MOST)
    shown = sorted(events[:MOST], key=lambda event: event.start)
    return {"events": shown, "promises": promises[:MOST], "until": until, "more": more}


def _open(promise: Commitment, until: date) -> bool:
    if promise.status is Status.OVERDUE:
        return True
    waiting = promise.status in (Status.SCHEDULED, Status.PARTIALLY_MET)
    return waiting and promise.due is not None and promise.due <= until


def _place(promise: Commitment, on: date) -> tuple[bool, int]:
    days = (promise.due - on).days if promise.due else 0
    return promise.status is Status.OVERDUE, abs(days)
