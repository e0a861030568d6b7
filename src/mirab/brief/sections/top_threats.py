"""Block 4: the five threats that come first by level, then probability."""

from __future__ import annotations

from typing import Any

from mirab.core.records import Briefing

TITLE = "section.top_threats"
ORDER = 40
MOST = 5


def view(briefing: Briefing) -> dict[str, Any]:
    """The first threats in the order of the register, and how many more there are."""
    return {"threats": briefing.threats[:MOST], "more": max(0, len(briefing.threats) - MOST)}
