"""Block 8: what we do not know, in three lines."""

from __future__ import annotations

from typing import Any

from mirab.core.records import Briefing

TITLE = "section.unknowns"
ORDER = 80


def view(briefing: Briefing) -> dict[str, Any]:
    """The first three unknowns."""
    return {"lines": briefing.unknowns[:3]}
