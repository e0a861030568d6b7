"""Joint steps: what each does to threats and to each state, who must agree, what is promised already."""

from __future__ import annotations

from typing import Any

from mirab.brief.joint import largest_fall
from mirab.core.records import Briefing, Option, Standing, ThreatEffect
from mirab.resolve.options import TOGETHER

TITLE = "section.joint"
ORDER = 125
PAIRS = 3


def view(briefing: Briefing) -> dict[str, Any]:
    """Options with a figure, then those without; pairs that help most, all together; titles, charts by id.

    Of the effects on threats only those that are more than chance in these members are shown.
    """
    titles = {threat.id: threat.title for threat in briefing.threats}
    single = [option for option in briefing.options if not option.parts]
    order = list(Standing)
    joined = [option for option in briefing.options if option.parts]
    pairs = sorted((option for option in joined if option.kind != TOGETHER), key=largest_fall)
    return {
        "valued": sorted(
            (option for option in single if not option.not_valued),
            key=lambda option: (order.index(option.standing), largest_fall(option), option.id),
        ),
        "not_valued": [option for option in single if option.not_valued],
        "pairs": pairs[:PAIRS],
        "together": [option for option in joined if option.kind == TOGETHER],
        "carried": any(option.carriage for option in briefing.options),
        "titles": titles,
        "moved": {option.id: _moved(option, titles) for option in briefing.options},
        "gains": {series.id.removeprefix("gain:"): series for series in briefing.series},
    }


def _moved(option: Option, shown: dict[str, str]) -> list[ThreatEffect]:
    """Effects on the threats that are shown, the largest first."""
    sure = [effect for effect in option.threats if effect.threat in shown and effect.low * effect.high > 0.0]
    return sorted(sure, key=lambda effect: -abs(effect.after - effect.before))
