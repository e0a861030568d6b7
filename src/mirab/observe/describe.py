"""Writes the descriptor of a region pack, sums up its tables, and makes a new pack from the toy."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mirab.core.errors import Problem, RegionError
from mirab.observe.cells import number
from mirab.observe.region import BUNDLED, DESCRIPTOR, SETTINGS, Region, find, refusal, scan
from mirab.observe.tables import Column, Table

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


@dataclass(frozen=True)
class Summary:
    """One line on a table: rows, columns, rows by confidence, and rows whose licence is not settled."""

    table: str
    rows: int
    columns: int
    by_confidence: Mapping[str, int]
    unsettled: int


def describe(path: Path | str) -> tuple[Summary, ...]:
    """Write datapackage.json from the tables as they lie in the pack, and sum them up.

    Columns that tables.csv does not know keep what the descriptor says of them; a new one is a number
    where every cell is one, else text. Raises RegionError where a table cannot be read.
    """
    region, problems = scan(find(path))
    problems = [
        problem for problem in problems if problem.where != DESCRIPTOR and "is missing" not in problem.what
    ]
    if problems:
        raise refusal(region, problems)
    text = json.dumps(descriptor(region), indent=1, ensure_ascii=False) + "\n"
    aside = region.path / f".{DESCRIPTOR}"
    aside.write_text(text, encoding="utf-8", newline="\n")
    aside.replace(region.path / DESCRIPTOR)
    return summary(region)


def new(path: Path | str) -> Path:
    """Make a small valid pack in a new folder, a copy of the toy region to be written over; its path."""
    folder = Path(path)
    if folder.exists():
        raise RegionError(
            "region", [Problem(str(path), "is already there", "name a folder that does not exist yet")]
        )
    try:
        shutil.copytree(BUNDLED / "toy", folder)
    except OSError as error:
        problem = Problem(
            str(path), f"cannot be written: {error.strerror}", "choose a folder where you may write"
        )
        raise RegionError("region", [problem]) from error
    describe(folder)
    return folder.resolve()


def summary(region: Region) -> tuple[Summary, ...]:
    """One line on each table of a pack, in the order of their names."""
    return tuple(_summed(table, region) for _, table in sorted(region.tables.items()))


def descriptor(region: Region) -> dict[str, Any]:
    """The Data Package descriptor of a pack: resources with schemas, units, licences and sources."""
    tables = [_resource(table) for _, table in sorted(region.tables.items())]
    shapes = sorted(file.relative_to(region.path).as_posix() for file in region.path.rglob("*.geojson"))
    licences = sorted({source.licence for source in region.sources.values() if source.licence})
    return {
        "$schema": PROFILE,
        "name": region.name,
        "title": region.title,
        "description": str(region.settings.get("description", "")),
        "licenses": [{"title": licence} for licence in licences],
        "sources": [{"title": source.title, "path": "sources.csv"} for source in region.sources.values()],
        "resources": tables + [_shape(name) for name in shapes] + [_shape(SETTINGS)],
    }


def _shape(name: str) -> dict[str, Any]:
    path = Path(name)
    kinds = {".geojson": "application/geo+json", ".toml": "application/toml"}
    return {"name": path.with_suffix("").as_posix(), "path": name, "mediatype": kinds[path.suffix]}


def _resource(table: Table) -> dict[str, Any]:
    columns = [table.schema.get(name) or _guess(table, name) for name in table.columns]
    keys = [column.name for column in columns if column.key]
    links = [_foreign_key(column) for column in columns if column.references and column.type != "list"]
    schema: dict[str, Any] = {"fields": [_field(column) for column in columns]}
    return {
        "name": table.name,
        "path": table.file,
        "encoding": "utf-8",
        "schema": schema | ({"primaryKey": keys} if keys else {}) | ({"foreignKeys": links} if links else {}),
    }


def _guess(table: Table, name: str) -> Column:
    values = [row[name] for row in table.rows if row[name] is not None]
    return Column(name, "number" if values and None not in map(number, values) else "string")


def _foreign_key(column: Column) -> dict[str, Any]:
    resource, _, name = column.references.rpartition(".")
    return {"fields": [column.name], "reference": {"resource": resource, "fields": [name]}}


def _field(column: Column) -> dict[str, Any]:
    is_list = column.type == "list"
    rules = {
        "required": True if column.required else None,
        "enum": list(column.choices) or None,
        "minimum": column.minimum,
        "maximum": column.maximum,
    }
    # A list stays text for other readers of the standard; `separator` and `references` are ours.
    entry = {
        "name": column.name,
        "type": "string" if is_list else column.type,
        "separator": "|" if is_list else None,
        "references": column.references if is_list and column.references else None,
        "unit": column.unit or None,
        "description": column.meaning or None,
        "constraints": {key: value for key, value in rules.items() if value is not None} or None,
    }
    return {key: value for key, value in entry.items() if value is not None}


def _summed(table: Table, region: Region) -> Summary:
    named = [str(row.get("source_id") or "") for row in table.rows]
    classes = Counter(str(row["confidence"]) for row in table.rows if row.get("confidence"))
    settled = {name for name, source in region.sources.items() if source.licence_settled}
    unsettled = sum(not settled.intersection(sources.split("|")) for sources in named)
    return Summary(table.name, len(table.rows), len(table.columns), dict(sorted(classes.items())), unsettled)
