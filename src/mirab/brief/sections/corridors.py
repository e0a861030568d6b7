"""Corridors: ways of each market with days, cost and share, their course, and journey times."""

from __future__ import annotations

from typing import Any

from mirab.brief.series import chart_of
from mirab.brief.tables import records
from mirab.core.records import Briefing

TITLE = "section.corridors"
ORDER = 132
DOMAIN = "corridor"


def is_shown(briefing: Briefing) -> bool:
    """Whether the region has corridors."""
    return bool(records(briefing, f"{DOMAIN}:ways"))


def view(briefing: Briefing) -> dict[str, Any]:
    """Ways by market, the chart of days over distance, and the fans of journey times."""
    found = records(briefing, f"{DOMAIN}:ways")
    markets = {row["market"]: [one for one in found if one["market"] == row["market"]] for row in found}
    own = [one for one in briefing.series if one.id.partition(":")[2].startswith(f"{DOMAIN}_")]
    return {
        "markets": list(markets.items()),
        "distances": [one for one in own if chart_of(one) == "distance"],
        "maps": [one for one in briefing.series if one.id == f"flows:{DOMAIN}"],
        "published": records(briefing, f"{DOMAIN}:journeys"),
        "courses": [one for one in own if chart_of(one) == "course"],
        "fans": [one for one in own if chart_of(one) == "journey"],
    }
