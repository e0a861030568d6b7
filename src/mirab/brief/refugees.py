"""Refugees from and in the states of a region at the end of a year, as they are known, with their age."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mirab.core.records import Briefing, Observation

QUANTITIES = ("refugees_from", "refugees_in")


def rows(briefing: Briefing) -> list[dict[str, Any]]:
    """One row for each state with a figure: the last of each quantity, None where there is none.

    `day` is the last day of the newer one and `age` how many days that is before the date of the issue.
    """
    found: dict[str, dict[str, Observation]] = {}
    for one in sorted(briefing.observations, key=lambda o: o.end):
        if one.quantity in QUANTITIES and one.item in briefing.state_names and one.value is not None:
            found.setdefault(one.item, {})[one.quantity] = one
    return [_row(briefing, state, found[state]) for state in briefing.state_names if state in found]


def _row(briefing: Briefing, state: str, seen: dict[str, Observation]) -> dict[str, Any]:
    day = max(one.end for one in seen.values()) - timedelta(days=1)
    values = {name: seen[name].value if name in seen else None for name in QUANTITIES}
    sources = tuple(dict.fromkeys(one.evidence.source_id for one in seen.values()))
    return {"state": state, "day": day, "age": (briefing.as_of - day).days, "sources": sources} | values
