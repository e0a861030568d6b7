"""Plans of a pack for years ahead, and what came of those that came due.

The columns are those of the format of region packs; nothing here names a field of work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mirab.core.carriage import Plan
from mirab.core.declared import codes, evidence
from mirab.core.domain import Row, Tables
from mirab.core.phrase import say


def plans(tables: Tables, group: str) -> dict[str, Plan]:
    """Plans ahead of the figures of a group, by `series:YEAR`."""
    found = (_plan(row) for row, _ in ahead(tables.rows(f"{group}/volumes")))
    return {plan.id: plan for plan in found}


def ahead(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Each plan of a series for a year after its last figure in the same unit, with that figure."""
    for row in rows:
        own = [one for one in rows if one["series_id"] == row["series_id"] and one["kind"] == "actual"]
        same = [one for one in own if one["measured_in"] == row["measured_in"] and one["year"]]
        last = max(same, key=lambda one: one["year"], default=None)
        if row["kind"] == "plan" and last is not None and row["year"] and row["year"] > last["year"]:
            yield row, last


def came(tables: Tables, group: str) -> tuple[float, ...]:
    """What came over what was planned, of the plans that count (one year ahead and of the same year)."""
    return tuple(row["actual"] / row["plan"] for row in tables.rows(f"{group}/plans") if row["counted"])


def _plan(row: Row) -> Plan:
    title = say(
        "{item}: plan of {amount:,.0f} {unit} for {year}",
        item=row["title"],
        amount=row["value"],
        unit=row["measured_in"],
        year=str(row["year"]),
    )
    id = f"{row['series_id']}:{row['year']}"
    return Plan(id, title, row["year"], codes(row["states"] or ""), evidence(row))
