"""All threats in full: how likely, when, who is hurt by how much, why; and which may come together."""

from __future__ import annotations

from typing import Any

from mirab.core.records import Briefing
from mirab.warn import compound

TITLE = "section.threats"
ORDER = 120


def view(briefing: Briefing) -> dict[str, Any]:
    """All threats in the order of the register, the options by id, and pairs that may come together."""
    titles = {threat.id: threat.title for threat in briefing.threats}
    pairs = [one for one in briefing.compounds if all(id in titles for id in one.threats)]
    options = {option.id: option for option in briefing.options}
    bounds = {"most": compound.MOST, "least": compound.LEAST_PROBABILITY}
    return {"threats": briefing.threats, "options": options, "compounds": pairs, "titles": titles, **bounds}
