"""Sources, in the order of their ids."""

from __future__ import annotations

from typing import Any

from mirab.core.records import Briefing

TITLE = "section.sources"
ORDER = 180


def view(briefing: Briefing) -> dict[str, Any]:
    """Sources by id."""
    return {"sources": sorted(briefing.sources, key=lambda source: source.id)}
