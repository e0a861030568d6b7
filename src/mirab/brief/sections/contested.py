"""Observations on which authors disagree: all of them, what the balance asks for, and no verdict (§7)."""

from __future__ import annotations

from typing import Any

from mirab.brief.series import chart_of
from mirab.core.records import Briefing

TITLE = "section.contested"
ORDER = 150


def view(briefing: Briefing) -> dict[str, Any]:
    """Contested series; the note of each says what nobody measures and who reports the rest."""
    return {"series": [series for series in briefing.series if chart_of(series) == "contested"]}
