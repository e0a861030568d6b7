"""Block 2: three sentences: the situation, what needs a decision, and by whom and when."""

from __future__ import annotations

from typing import Any

from mirab.core.records import Briefing

TITLE = "section.summary"
ORDER = 20


def view(briefing: Briefing) -> dict[str, Any]:
    """The first three sentences of the situation."""
    return {"sentences": briefing.situation[:3]}
