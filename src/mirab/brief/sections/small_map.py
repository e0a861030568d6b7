"""Block 5: a small map of where the threats are."""

from __future__ import annotations

from typing import Any

from mirab.core.records import Briefing

TITLE = "section.small_map"
ORDER = 50


def view(briefing: Briefing) -> dict[str, Any]:
    """Nothing but the briefing: the map is drawn from its threats."""
    return {"count": len(briefing.threats)}
