"""The map of the basin with its threats, and those that have no place on it."""

from __future__ import annotations

from typing import Any

from mirab.core.records import Briefing

TITLE = "section.threat_map"
ORDER = 110


def view(briefing: Briefing) -> dict[str, Any]:
    """Number of threats."""
    return {"count": len(briefing.threats)}
