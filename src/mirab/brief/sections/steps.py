"""Block 6: joint steps that are open now, with their standing between the states."""

from __future__ import annotations

from typing import Any

from mirab.core.records import Briefing, Standing

TITLE = "section.steps"
ORDER = 60
MOST = 4


def view(briefing: Briefing) -> dict[str, Any]:
    """The first options, those that have come furthest between the states first, and how many more."""
    order = list(Standing)
    options = sorted(briefing.options, key=lambda option: order.index(option.standing))
    return {"options": options[:MOST], "more": max(0, len(options) - MOST)}
