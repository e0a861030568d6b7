"""Forecasts of deaths from organised violence: a fan for each state with a history, chances, past scores."""

from __future__ import annotations

from typing import Any

from mirab.brief.series import chart_of
from mirab.brief.tables import records, rows
from mirab.core.records import Briefing

TITLE = "section.security"
ORDER = 128
DOMAIN = "security_"
INCIDENTS = "incidents:security"
OBSERVED = "beside:security"


def view(briefing: Briefing) -> dict[str, Any]:
    """The fans of the field, its chances (those that are judged first), and its events of the last year.

    `aside` are editions of events that are not counted, each with the reason; `rivals` are forecasts of
    others by table, `beside` the last figures that were observed of other things.
    """
    own = [one for one in briefing.series if one.id.partition(":")[2].startswith(DOMAIN)]
    tables = [one for one in own if chart_of(one) == "odds"]
    found = [dict(zip(one.columns, row, strict=True)) for one in tables for row in rows(one)]
    events = records(briefing, INCIDENTS)
    return {
        "fans": [one for one in own if chart_of(one) == "forecast"],
        "reliability": [one for one in own if chart_of(one) == "reliability"],
        "consistency": [one for one in own if chart_of(one) == "consistency"],
        "chances": sorted(found, key=lambda row: not row["judged"]),
        "tables": tables,
        "events": [row for row in events if row["counted"]],
        "rivals": [(one, records(briefing, one.id)) for one in own if chart_of(one) == "rivals"],
        "beside": records(briefing, OBSERVED),
        "aside": [row for row in events if not row["counted"]],
    }
