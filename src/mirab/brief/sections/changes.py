"""Block 3: what has changed since the last issue, at most five, each with its cause."""

from __future__ import annotations

from typing import Any

from mirab.core.records import Briefing

TITLE = "section.changes"
ORDER = 30
MOST = 5


def view(briefing: Briefing) -> dict[str, Any]:
    """The first changes, and how many more there are."""
    return {"changes": briefing.changes[:MOST], "more": max(0, len(briefing.changes) - MOST)}
