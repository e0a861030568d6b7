"""Checks every table by itself, and the ids that tables name in each other; one small function per worry."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping

from mirab.core.errors import Problem, suggest
from mirab.observe.tables import REQUIRED_TABLES, Column, Table

Tables = Mapping[str, Table]


def table_problems(tables: Tables) -> list[Problem]:
    """Every problem of the tables of a pack, in file order.

    A table without columns could not be read: ids are not looked for in it.
    """
    unread = {name for name, table in tables.items() if not table.columns}
    tables = {name: table for name, table in tables.items() if table.columns}
    problems = [
        Problem(f"{name}.csv", "is missing", "every pack has this table; `mirab region new` makes an example")
        for name in REQUIRED_TABLES
        if name not in tables and name not in unread
    ]
    for table in tables.values():
        for check in (_columns, _choices, _bounds, _keys):
            problems += check(table)
        problems += _references(table, tables, unread)
    return problems


def _columns(table: Table) -> Iterator[Problem]:
    for column in table.schema.values():
        if column.required and column.name not in table.columns:
            near = difflib.get_close_matches(column.name, set(table.columns) - set(table.schema), n=1)
            fix = f"is it {near[0]!r}?" if near else f"add it: {column.meaning}"
            yield Problem(table.file, f"has no column {column.name!r}", fix)


def _choices(table: Table) -> Iterator[Problem]:
    chosen = [column for column in table.schema.values() if column.choices]
    for where, row in table.numbered():
        for column in chosen:
            value = row[column.name]
            if value is not None and value not in column.choices:
                yield Problem(
                    where, f"{column.name}={value!r} is not a choice", suggest(value, column.choices)
                )


def _bounds(table: Table) -> Iterator[Problem]:
    bounded = [c for c in table.schema.values() if c.minimum is not None or c.maximum is not None]
    for where, row in table.numbered():
        for column in bounded:
            value = row[column.name]
            if value is not None and not _inside(column, value):
                yield Problem(
                    where, f"{column.name}={value:g} is out of bounds", f"allowed is {_range(column)}"
                )


def _keys(table: Table) -> Iterator[Problem]:
    keys = [column.name for column in table.schema.values() if column.key]
    seen: dict[tuple[object, ...], str] = {}
    for where, row in table.numbered() if keys else ():
        value = tuple(row[key] for key in keys)
        if value in seen:
            shown = ", ".join(f"{key}={row[key]!s}" for key in keys)
            yield Problem(
                where, f"{shown} is already in line {seen[value].split(':')[-1]}", "remove one, or rename it"
            )
        seen.setdefault(value, where)


def _references(table: Table, tables: Tables, unread: Collection[str]) -> Iterator[Problem]:
    for column in table.schema.values():
        target, _, name = column.references.rpartition(".")
        if not target or target in unread or column.name not in table.columns:
            continue
        known = sorted({str(row.get(name)) for row in tables[target].rows}) if target in tables else []
        yield from _dangling(table, column, known)


def _dangling(table: Table, column: Column, known: list[str]) -> Iterator[Problem]:
    there = set(known)
    fixes: dict[str, str] = {}  # looking for the nearest id is slow, and a wrong id is often wrong many times
    for where, row in table.numbered():
        for part in _parts(column, row[column.name]):
            if part not in there:
                if part not in fixes:
                    fixes[part] = suggest(part, known)
                yield Problem(where, f"{column.name}={part!r} is not in {column.references}", fixes[part])


def _parts(column: Column, value: str | None) -> list[str]:
    if value is None:
        return []
    return value.split("|") if column.type == "list" else [value]


def _inside(column: Column, value: float) -> bool:
    low = column.minimum if column.minimum is not None else value
    high = column.maximum if column.maximum is not None else value
    return low <= value <= high


def _range(column: Column) -> str:
    if column.maximum is None:
        return f"{column.minimum:g} or more"
    if column.minimum is None:
        return f"{column.maximum:g} or less"
    return f"{column.minimum:g} to {column.maximum:g}"
