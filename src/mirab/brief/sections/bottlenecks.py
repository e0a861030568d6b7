"""Bottlenecks: where cargo waits, what one more unit brings, what a closed place costs, drafts."""

from __future__ import annotations

from typing import Any

from mirab.brief.tables import records
from mirab.core.records import Briefing

TITLE = "section.bottlenecks"
ORDER = 133
DOMAIN = "corridor"


def is_shown(briefing: Briefing) -> bool:
    """Whether the region has corridors."""
    return bool(records(briefing, f"{DOMAIN}:stations"))


def view(briefing: Briefing) -> dict[str, Any]:
    """Stations by rank, those without a known capacity apart; what-ifs, drafts and dependence."""
    stations = records(briefing, f"{DOMAIN}:stations")
    return {
        "ranked": [row for row in stations if row["rank"] is not None],
        "unranked": [row for row in stations if row["rank"] is None],
        "cuts": records(briefing, f"{DOMAIN}:cuts"),
        "drafts": records(briefing, f"{DOMAIN}:drafts"),
        "dependence": [row for row in records(briefing, f"{DOMAIN}:dependence") if row["share"] >= 0.05],
    }
