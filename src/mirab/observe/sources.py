"""The sources of live data that come with mirab: rows of `connectors/sources.csv` and files beside it."""

from __future__ import annotations

import csv
import importlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from mirab.core.errors import UnknownNameError
from mirab.core.records import Marking
from mirab.observe.connector import Connector, Terms


@cache
def terms() -> Mapping[str, Terms]:
    """The terms of every source by id, in the order of sources.csv."""
    text = (files("mirab.observe.connectors") / "sources.csv").read_text("utf-8")
    return MappingProxyType({row["source_id"]: _terms(row) for row in csv.DictReader(text.splitlines())})


def chosen(names: Sequence[str]) -> tuple[Terms, ...]:
    """The terms of the sources that are named, or of those that are asked where none is named."""
    known = terms()
    for name in names:
        if name not in known:
            raise UnknownNameError("source", name, known)
    return tuple(one for one in known.values() if (one.source_id in names if names else one.by_default))


def connector(source: Terms) -> Connector:
    """The connector of a source whose form is `code`: CONNECTORS of the file that its `columns` name.

    One file may serve several sources of one publisher, such as the editions of one data set; `file` in the
    columns names it, or else the id of the source does. Raises UnknownNameError where the file knows no such
    source.
    """
    name = source.columns.get("file", source.source_id)
    module = importlib.import_module(f"mirab.observe.connectors.{name}")
    known = {one.source_id: one for one in module.CONNECTORS}
    if source.source_id not in known:
        raise UnknownNameError("connector", source.source_id, known)
    found: Connector = known[source.source_id]
    return found


def _terms(row: Mapping[str, str]) -> Terms:
    return Terms(
        row["source_id"],
        row["title"],
        row["publisher"],
        row["address"],
        row["licence"],
        row["redistributable"] == "yes",
        row["citation"],
        float(row["cadence_days"]),
        float(row["stale_days"]),
        float(row["per_minute"]),
        int(row["at_once"] or 1),
        float(row["largest_mb"] or 20),
        float(row["longest_s"] or 300),
        row["key"],
        row["user"],
        row["key_how"],
        tuple(filter(None, row["hosts"].split("|"))),
        Marking(row["marking"] or "public"),
        row["form"] or "code",
        json.loads(row["columns"] or "{}"),
        row["by_default"] == "yes",
        row["note"],
    )
