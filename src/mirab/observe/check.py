"""Checks a whole region pack: files, tables, references, units, shapes, and each network in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mirab.core.errors import Problem, SourceError, suggest
from mirab.core.fields import convertible, fields, units
from mirab.observe import plain, sources
from mirab.observe.check_network import network_problems
from mirab.observe.check_tables import table_problems
from mirab.observe.region import DESCRIPTOR, Region, find, refusal, scan
from mirab.observe.tables import Table


def check(path: Path | str) -> Region:
    """The pack in a folder, or the bundled one of that name, if nothing is wrong with it.

    Raises RegionError with every problem at once: of the pack as it is, and of the pack without the rows
    whose licence is not settled.
    """
    region, problems = scan(find(path))
    problems += _of_files(region)
    problems += _of_content(region)
    if not problems:
        problems = [
            Problem(entry.where, f"{entry.what} once rows of unsettled licence are dropped", entry.fix)
            for entry in _of_content(region.without_unsettled())
        ]
    if problems:
        raise refusal(region, problems)
    return region


def _of_content(region: Region) -> list[Problem]:
    tables = region.tables
    problems = table_problems(tables)
    for table in tables.values():
        problems += [
            *_units_of_columns(table),
            *_quantities(table),
            *_units_of_rows(table),
            *_least_values(table),
        ]
    # A table that is not whole would make every node look cut off: first things first.
    whole = all(table.is_whole() for table in tables.values())
    return problems + ([*network_problems(tables), *_services(region)] if whole else [])


def _services(region: Region) -> tuple[Problem, ...]:
    """What is wrong with the plain services of a pack, none of which is asked here."""
    try:
        for terms in sources.of(region).values():
            if terms.form != "code":
                plain.connector(terms)
    except SourceError as error:
        return error.problems
    return ()


def _of_files(region: Region) -> Iterator[Problem]:
    descriptor = region.path / DESCRIPTOR
    if descriptor.is_file():
        text = descriptor.read_text(encoding="utf-8", errors="replace")
        for table in region.tables.values():
            if f'"{table.name}"' not in text:
                fix = f"`mirab region describe {region.path}` lists it"
                yield Problem(DESCRIPTOR, f"does not list {table.file}", fix)
    for path in sorted(region.path.rglob("*.geojson")):
        yield from _shapes(path, path.relative_to(region.path).as_posix())


def _shapes(path: Path, label: str) -> Iterator[Problem]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        yield Problem(label, f"is not JSON in UTF-8: {error}", "export it again as GeoJSON")
        return
    if not isinstance(found, dict) or not isinstance(found.get("features"), list):
        yield Problem(label, "is no FeatureCollection", "export it again as GeoJSON")
        return
    for i, feature in enumerate(found["features"]):
        if not _has_positions(feature):
            yield Problem(label, f"feature {i + 1} has no coordinates", "give it a geometry, or take it out")


def _has_positions(feature: Any) -> bool:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    return isinstance(geometry, dict) and bool(geometry.get("coordinates"))


def _units_of_columns(table: Table) -> Iterator[Problem]:
    for column in table.schema.values():
        if column.unit and column.unit not in units():
            what = f"column {column.name!r} has the unknown unit {column.unit!r}"
            yield Problem(DESCRIPTOR, f"{table.name}: {what}", suggest(column.unit, sorted(units())))


def _quantities(table: Table) -> Iterator[Problem]:
    for where, row in table.numbered() if "quantity" in table.columns else ():
        if row["quantity"] and row["quantity"] not in fields():
            what = f"quantity={row['quantity']!r} is not in core/fields.csv"
            yield Problem(where, what, suggest(row["quantity"], sorted(fields())))


def _least_values(table: Table) -> Iterator[Problem]:
    for where, row in table.numbered() if {"quantity", "value"} <= set(table.columns) else ():
        field = fields().get(row["quantity"] or "")
        if field is None or field.minimum is None or not isinstance(row["value"], float):
            continue
        if row["value"] < field.minimum:
            fix = f"allowed is {field.minimum:g} or more"
            yield Problem(where, f"value={row['value']:g} is out of bounds for {field.name}", fix)


def _units_of_rows(table: Table) -> Iterator[Problem]:
    for where, row in table.numbered() if "unit" in table.columns else ():
        unit, quantity = row["unit"], row.get("quantity") or ""
        if unit and unit not in units():
            yield Problem(where, f"unit={unit!r} is not known", suggest(unit, sorted(units())))
        elif unit and quantity in fields() and not convertible(unit, fields()[quantity].unit):
            fix = f"give the value in {fields()[quantity].unit}"
            yield Problem(where, f"unit={unit!r} does not measure {quantity}", fix)
