"""What the tables of a region pack hold: columns with type, key, references, bounds and unit, as data.

`tables.csv` beside this file is the one place where a table is defined; descriptors, checks and the
reference pages come from it. A line with the table `*` holds for every table but `sources`; the field
`m*_m3s` stands for the twelve months m01_m3s to m12_m3s.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, cast, get_args

ColumnType = Literal["string", "list", "integer", "number", "boolean", "date"]
_TYPES: Mapping[Any, ColumnType] = {
    name: name for name in get_args(ColumnType)
}  # others of the standard: text
REQUIRED_TABLES = ("states", "sources")


@dataclass(frozen=True)
class Column:
    """One column of a table; `references` is `table.field`; a `list` is text, ids joined by `|`."""

    name: str
    type: ColumnType = "string"
    required: bool = False
    key: bool = False
    references: str = ""
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    meaning: str = ""


Schema = Mapping[str, Column]


@dataclass(frozen=True)
class Table:
    """A table as read: its schema, the columns that its file has, typed rows, and the line of each row."""

    name: str
    file: str
    schema: Schema
    columns: tuple[str, ...] = ()
    rows: tuple[Mapping[str, Any], ...] = ()
    lines: tuple[int, ...] = ()

    def is_whole(self) -> bool:
        """Whether the file could be read and has every required column."""
        return all(column.name in self.columns for column in self.schema.values() if column.required)

    def numbered(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Each row with the place that a problem names (`water/links.csv:9`)."""
        return ((f"{self.file}:{line}", row) for line, row in zip(self.lines, self.rows, strict=True))

    def where(self, keep: Callable[[Mapping[str, Any]], bool]) -> Table:
        """The same table with only the rows that `keep` accepts."""
        pairs = [(row, line) for row, line in zip(self.rows, self.lines, strict=True) if keep(row)]
        return replace(self, rows=tuple(row for row, _ in pairs), lines=tuple(line for _, line in pairs))


@cache
def schemas() -> Mapping[str, Schema]:
    """The columns of every known table, by table and name, in the order of tables.csv."""
    found: dict[str, dict[str, Column]] = {}
    for table, column in _lines():
        found.setdefault(table, {})[column.name] = column
    shared = found.pop("*")
    return MappingProxyType({name: own if name == "sources" else own | shared for name, own in found.items()})


def provenance() -> Schema:
    """The columns that every table of facts carries: source_id, confidence, note, marking."""
    return {name: schemas()["states"][name] for name in ("source_id", "confidence", "note", "marking")}


def declared(resource: Mapping[str, Any]) -> Schema:
    """The columns that a descriptor's resource declares (Data Package table schema).

    A malformed one raises KeyError, TypeError, ValueError or AttributeError, as its JSON comes.
    """
    schema = resource.get("schema", {})
    keys = _names(schema.get("primaryKey", ()))
    references = {
        _names(key["fields"])[0]: f"{key['reference']['resource']}.{_names(key['reference']['fields'])[0]}"
        for key in schema.get("foreignKeys", ())
    }
    columns = [_declared_column(entry, keys, references) for entry in schema.get("fields", ())]
    return {column.name: column for column in columns}


def _declared_column(
    entry: Mapping[str, Any], keys: tuple[str, ...], references: Mapping[str, str]
) -> Column:
    rules = entry.get("constraints", {})
    name = str(entry["name"])
    return Column(
        name,
        "list" if entry.get("separator") else _TYPES.get(entry.get("type"), "string"),
        bool(rules.get("required", False)),
        name in keys,
        entry.get("references", references.get(name, "")),
        tuple(rules.get("enum", ())),
        float(rules["minimum"]) if "minimum" in rules else None,
        float(rules["maximum"]) if "maximum" in rules else None,
        entry.get("unit", ""),
        entry.get("description", ""),
    )


def _names(value: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _lines() -> Iterator[tuple[str, Column]]:
    text = (files("mirab.observe") / "tables.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        column = Column(
            row["field"],
            cast(ColumnType, row["type"]),
            row["required"] == "yes",
            row["key"] == "yes",
            row["references"],
            tuple(row["choices"].split("|")) if row["choices"] else (),
            float(row["minimum"]) if row["minimum"] else None,
            float(row["maximum"]) if row["maximum"] else None,
            row["unit"],
            row["meaning"],
        )
        if "*" not in column.name:
            yield row["table"], column
            continue
        for month in range(1, 13):
            yield row["table"], replace(column, name=column.name.replace("*", f"{month:02d}"))
