"""Integration: stated figures of trade with their counting rule, logistics, published indices."""

from __future__ import annotations

from typing import Any

from mirab.brief.tables import records
from mirab.core.records import Briefing

TITLE = "section.integration"
ORDER = 147


def view(briefing: Briefing) -> dict[str, Any]:
    """Trade in file order; the last edition of logistics by state; the last year of an index."""
    logistics = [
        one for one in records(briefing, "integration:logistics") if one["state"] in briefing.state_names
    ]
    latest = {one["state"]: one for one in sorted(logistics, key=lambda one: one["edition"])}
    index = {one["group"]: one for one in records(briefing, "integration:integration_index")}
    return {
        "trade": records(briefing, "integration:trade"),
        "logistics": [latest[state] for state in sorted(latest)],
        "index": list(index.values()),
    }
