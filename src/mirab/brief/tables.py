"""One CSV behind each chart; every row carries its unit, sources and confidence."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from mirab.brief import cartography
from mirab.brief.basemap import Basemap
from mirab.core.errors import InputError, Problem
from mirab.core.records import Briefing, Series

PLACED = ("place", "longitude", "latitude", "threat_id", "title", "level", "probability")
CONTEXT = ("unit", "source_id", "confidence")


def path(series: Series) -> str:
    """Path of the CSV of a series inside the briefing's folder.

    >>> path(Series("fan:toktogul", "", "mcm", {}, (), ""))
    'data/fan-toktogul.csv'
    """
    return f"data/{re.sub(r'[^0-9A-Za-z_]+', '-', series.id).strip('-').lower() or 'series'}.csv"


def rows(series: Series) -> list[tuple[Any, ...]]:
    """Rows of a series, columns in their order."""
    return list(zip(*series.columns.values(), strict=True))


def records(briefing: Briefing, id: str) -> list[dict[str, Any]]:
    """Rows of the series of an id as values by column; none where the briefing does not hold it."""
    found = [one for one in briefing.series if one.id == id]
    return [dict(zip(one.columns, row, strict=True)) for one in found for row in rows(one)]


def files(briefing: Briefing, basemap: Basemap) -> dict[str, str]:
    """Text of every CSV by its path: one for each series and one for the map.

    Raises InputError where two series would share a file.
    """
    paths = [path(series) for series in briefing.series]
    twice = sorted({name for name in paths if paths.count(name) > 1} | ({"data/map.csv"} & set(paths)))
    if twice:
        what = "would hold more than one series"
        problems = [Problem(name, what, "give the series other ids") for name in twice]
        raise InputError("data of the briefing", problems)
    found = {name: _series(series) for name, series in zip(paths, briefing.series, strict=True)}
    return {**found, "data/map.csv": _threats(briefing, basemap)}


def _series(series: Series) -> str:
    context = (series.unit, "|".join(series.source_ids), series.confidence)
    return _text([*series.columns, *CONTEXT], ([*row, *context] for row in rows(series)))


def _threats(briefing: Briefing, basemap: Basemap) -> str:
    threats = {threat.id: threat for threat in briefing.threats}
    placed = cartography.located(basemap, briefing.threats)
    return _text([*PLACED, *CONTEXT], (line for row in placed for line in _places(row, threats)))


def _places(row: dict[str, Any], threats: dict[str, Any]) -> Iterator[list[Any]]:
    for id in row["threats"]:
        threat = threats[id]
        sources = "|".join(dict.fromkeys(one.source_id for one in threat.evidence))
        confidence = "|".join(dict.fromkeys(one.confidence.value for one in threat.evidence))
        place = [row["place"], row["lon"], row["lat"], id]
        judged = [threat.title, threat.level.value, threat.probability]
        yield [*place, *judged, "share of members", sources, confidence]


def _text(heads: Sequence[str], lines: Any) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([plain_cell(head) for head in heads])
    writer.writerows([[plain_cell(value) for value in line] for line in lines])
    return file.getvalue()


def plain_cell(value: Any) -> Any:
    """The value as a spreadsheet may read it: a text that would start a formula is quoted."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
