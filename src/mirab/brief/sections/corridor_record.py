"""The record of the corridors: plans and what came, CAREC indicators, figures that were set aside."""

from __future__ import annotations

from typing import Any

from mirab.brief.tables import records
from mirab.core.records import Briefing

TITLE = "section.corridor_record"
ORDER = 134
DOMAIN = "corridor"
TABLES = ("plans", "ahead", "indicators", "set_aside")


def is_shown(briefing: Briefing) -> bool:
    """Whether the region has such a record."""
    return any(view(briefing).values())


def view(briefing: Briefing) -> dict[str, Any]:
    """Rows of each table as they stand in the records."""
    return {name: records(briefing, f"{DOMAIN}:{name}") for name in TABLES}
