"""Forecasts of deaths from organised violence: a fan for each state with a history, chances, past scores."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from mirab.brief.series import chart_of
from mirab.brief.tables import rows
from mirab.core.calendar import day_range
from mirab.core.records import Briefing, Event

TITLE = "section.security"
ORDER = 128
DOMAIN = "security_"
KIND = "security:"
DAYS = 365


def view(briefing: Briefing) -> dict[str, Any]:
    """The fans of the field, its chances (those that are judged first), and its events of the last year."""
    own = [one for one in briefing.series if one.id.partition(":")[2].startswith(DOMAIN)]
    tables = [one for one in own if chart_of(one) == "odds"]
    found = [dict(zip(one.columns, row, strict=True)) for one in tables for row in rows(one)]
    return {
        "fans": [one for one in own if chart_of(one) == "forecast"],
        "reliability": [one for one in own if chart_of(one) == "reliability"],
        "chances": sorted(found, key=lambda row: not row["judged"]),
        "tables": tables,
        "events": [event for event in briefing.events if _is_recent(event, briefing.as_of)],
    }


def _is_recent(event: Event, on: date) -> bool:
    days = day_range(event.start) if event.kind.startswith(KIND) else None
    return days is not None and on - timedelta(days=DAYS) <= days[1] <= on
