"""The data quality ledger: what each part of the input rests on and what it lacks."""

from __future__ import annotations

from typing import Any

from mirab.core.records import Briefing

TITLE = "section.ledger"
ORDER = 170


def view(briefing: Briefing) -> dict[str, Any]:
    """Lines of the ledger, each with the shares of its rows by confidence."""
    return {"lines": [(line, _shares(line.by_confidence)) for line in briefing.ledger]}


def _shares(counts: dict[str, int]) -> dict[str, float]:
    total = sum(counts.values())
    return {name: count / total for name, count in counts.items()} if total else {}
