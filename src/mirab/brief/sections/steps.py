"""Block 6: joint steps that are open now, with their standing between the states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mirab.brief.joint import largest_fall
from mirab.core.records import Briefing, Option, Standing, ThreatEffect

TITLE = "section.steps"
ORDER = 60
MOST = 4


def view(briefing: Briefing) -> dict[str, Any]:
    """The first options, those that have come furthest first, what each helps most, and how many more."""
    order = list(Standing)
    single = [option for option in briefing.options if not option.parts]
    options = sorted(single, key=lambda option: (order.index(option.standing), largest_fall(option)))
    titles = {threat.id: threat.title for threat in briefing.threats}
    helped = {option.id: _helped(option, titles) for option in options}
    return {
        "options": options[:MOST],
        "more": max(0, len(options) - MOST),
        "helped": helped,
        "titles": titles,
    }


def _helped(option: Option, titles: Mapping[str, str]) -> ThreatEffect | None:
    """The threat of this issue that the option makes less likely by most, None where it does not."""
    found = [effect for effect in option.threats if effect.threat in titles and effect.helps]
    return min(found, key=lambda effect: effect.after - effect.before, default=None)
