"""The programme for landlocked developing countries: each target with its number, base year and result."""

from __future__ import annotations

from typing import Any

from mirab.brief.tables import records
from mirab.core.records import Briefing

TITLE = "section.landlocked"
ORDER = 144


def view(briefing: Briefing) -> dict[str, Any]:
    """Programmes with members of their own that have not ended, with targets and results by state."""
    programmes = records(briefing, "targets:programmes")
    courses = records(briefing, "targets:courses")
    found = []
    for programme in programmes:
        if programme["members"] and programme["ends"] >= briefing.as_of.year:
            own = [one for one in courses if one["programme"] == programme["id"]]
            targets = {one["target"]: [two for two in own if two["target"] == one["target"]] for one in own}
            states = list(dict.fromkeys(one["state"] for one in own))
            found.append({"programme": programme, "states": states, "targets": list(targets.values())})
    return {"programmes": found}
