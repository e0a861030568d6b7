"""How the states of a region hang together, as the numbers behind the section *Integration*."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mirab.core.declared import codes
from mirab.core.domain import Row, Tables
from mirab.core.phrase import say
from mirab.core.records import Series

TABLES = {
    "trade": say("Stated figures of trade"),
    "logistics": say("Logistics"),
    "integration_index": say("Integration index"),
}

UNITS = {"trade": "as in row_unit", "logistics": "points, 1 to 5", "integration_index": "index, 0 to 1"}


def series(tables: Tables, group: str) -> tuple[Series, ...]:
    """One Series for each table of a group of the pack that has rows, columns as they stand there."""
    found = {name: tables.rows(f"{group}/{name}") for name in TABLES}
    return tuple(_series(name, rows) for name, rows in found.items() if rows)


def _series(name: str, rows: Sequence[Row]) -> Series:
    columns: dict[str, tuple[Any, ...]] = {key: tuple(row[key] for row in rows) for key in rows[0]}
    # Each row keeps its own source and confidence; the file adds those of the whole.
    columns["row_sources"], columns["row_confidence"] = columns.pop("source_id"), columns.pop("confidence")
    columns["row_unit"] = columns.pop("unit", ("",) * len(rows))
    sources = tuple(dict.fromkeys(codes(*(row["source_id"] for row in rows))))
    confidence = ", ".join(dict.fromkeys(row["confidence"] for row in rows))
    return Series(f"integration:{name}", TABLES[name], UNITS[name], columns, sources, confidence)
