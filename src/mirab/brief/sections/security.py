"""Forecasts of deaths from organised violence: a fan for each state with a history, chances, past scores."""

from __future__ import annotations

from typing import Any

from mirab.brief.series import chart_of
from mirab.brief.tables import rows
from mirab.core.records import Briefing

TITLE = "section.security"
ORDER = 128
DOMAIN = "security_"


def view(briefing: Briefing) -> dict[str, Any]:
    """The fans of the field, and the rows of its table of chances, those that are judged first."""
    own = [one for one in briefing.series if one.id.partition(":")[2].startswith(DOMAIN)]
    tables = [one for one in own if chart_of(one) == "odds"]
    found = [dict(zip(one.columns, row, strict=True)) for one in tables for row in rows(one)]
    return {
        "fans": [one for one in own if chart_of(one) == "forecast"],
        "chances": sorted(found, key=lambda row: not row["judged"]),
        "tables": tables,
    }
