"""All threats in full: how likely, when, who is hurt by how much, why, and on what the judgement rests."""

from __future__ import annotations

from typing import Any

from mirab.core.records import Briefing

TITLE = "section.threats"
ORDER = 120


def view(briefing: Briefing) -> dict[str, Any]:
    """All threats in the order of the register, and the options by id."""
    return {"threats": briefing.threats, "options": {option.id: option for option in briefing.options}}
