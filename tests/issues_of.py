"""Issues of an invented region, for tests of what is kept of them and said about them."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

from mirab.core.records import Briefing, Clearance, Level, Marking, Threat

AS_OF = date(2026, 10, 1)
EMPTY = [field.name for field in fields(Briefing) if str(field.type).startswith("tuple")]


def threat(id: str, probability: float | None = 0.4, level: Level = Level.WATCH, **more: Any) -> Threat:
    parts: dict[str, Any] = {
        "title": f"Low water at {id}",
        "items": (id,),
        "states": (),
        "window": (date(2027, 1, 1), date(2027, 2, 1)),
        "lead_days": 92,
        "severity": (),
        "why": (),
        "evidence": (),
        "confidence_shares": {},
        "track_record": "",
        "basis": "",
    }
    return Threat(f"water:low:{id}", "water", "low", level=level, probability=probability, **(parts | more))


def issue(*threats: Threat, **more: Any) -> Briefing:
    parts: dict[str, Any] = dict.fromkeys(EMPTY, ()) | {
        "profile": "prevention",
        "region": "toy",
        "region_title": "Toy",
        "issue": 4,
        "as_of": AS_OF,
        "written_on": AS_OF,
        "status": Clearance.DRAFT,
        "cleared_by": "",
        "audience": Marking.PUBLIC,
        "seed": 1,
        "members": 100,
        "steps": 36,
        "state_names": {},
        "last_observation": AS_OF,
        "version": "1",
        "rules": "r",
        "data": "d",
    }
    return Briefing(**(parts | {"threats": threats} | more))
