"""How the figures were made: seed, members, steps and assumptions, and the notes on names."""

from __future__ import annotations

from typing import Any

from mirab.core.records import Briefing

TITLE = "section.method"
ORDER = 190


def view(briefing: Briefing) -> dict[str, Any]:
    """Method and assumptions in words, and the states that may carry a note on their name."""
    return {"lines": briefing.method, "states": sorted(briefing.state_names)}
