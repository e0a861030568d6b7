"""Partnerships: who meets whom on which theme, what states announced, treaties on disarmament, support."""

from __future__ import annotations

from typing import Any

from mirab.brief import tables
from mirab.core.records import Briefing, Series

TITLE = "section.partnerships"
ORDER = 157
LISTS = ("stated:priorities", "stated:treaties", "stated:support")


def view(briefing: Briefing) -> dict[str, Any]:
    """The matrix of states and themes, its empty cells, pairs of states, and the lists of what was stated."""
    known = {series.id: series for series in briefing.series}
    matrix, pairs = known.get("partners:themes"), known.get("shared:pairs")
    return {
        "matrix": matrix,
        "gaps": [row for row in _rows(matrix) if row["formats"] == 0],
        "pairs": _rows(pairs),
        "lists": [(name.partition(":")[2], _rows(known[name])) for name in LISTS if name in known],
    }


def _rows(series: Series | None) -> list[dict[str, Any]]:
    return [dict(zip(series.columns, row, strict=True)) for row in tables.rows(series)] if series else []
