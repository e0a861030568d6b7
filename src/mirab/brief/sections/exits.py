"""Ways out of each state by cable: a map, a table of today and as planned, what is left without others."""

from __future__ import annotations

from typing import Any

from mirab.brief.series import chart_of
from mirab.brief.tables import rows
from mirab.core.records import Briefing, Series

TITLE = "section.exits"
ORDER = 129


def view(briefing: Briefing) -> dict[str, Any]:
    """Tables of exits, the map of links, and events of the same fields."""
    tables = {chart: _found(briefing, chart) for chart in ("exits", "gone", "cables")}
    fields = {one.id.partition(":")[2] for one in tables["exits"]}
    events = [event for event in briefing.events if event.kind.partition(":")[0] in fields]
    return {
        "exits": _records(tables["exits"]),
        "gone": _records(tables["gone"]),
        "cables": tables["cables"],
        "tables": tables["exits"],
        "events": sorted(events, key=lambda event: event.start, reverse=True),
    }


def is_shown(briefing: Briefing) -> bool:
    """Whether the briefing has a table of exits."""
    return bool(_found(briefing, "exits"))


def _found(briefing: Briefing, chart: str) -> list[Series]:
    return [one for one in briefing.series if chart_of(one) == chart]


def _records(found: list[Series]) -> list[dict[str, Any]]:
    return [dict(zip(one.columns, row, strict=True)) for one in found for row in rows(one)]
