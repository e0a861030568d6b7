"""Explore: the base map of the region and its threats as GeoJSON layers, borders drawn as §14 asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from mirab.brief import cartography

if TYPE_CHECKING:
    from mirab.brief.figures import Figures
    from mirab.web.issue import Issue

Row = Mapping[str, Any]
NAMES = ("titles", "names", "places")
SHAPES = ("states", "undetermined", "solid", "dotted", "dashed", "lakes", "rivers", "network")
WIDTH = 720
MOST_DETAIL = 1_000_000
"""Scale (1 to so many) at which zooming in stops until the file of the borders is replaced."""


def layers(issue: Issue, say: Figures) -> dict[str, Any]:
    """Feature collections by name; a threat is one point for each place, with its window in days."""
    briefing = issue.briefing
    drawn = cartography.layers(issue.basemap, briefing.threats, briefing.state_names, width=WIDTH)
    shapes = {name: _collection(map(_plain, drawn[name])) for name in SHAPES}
    named = {name: _collection(_point(row, {"name": row["name"]}) for row in drawn[name]) for name in NAMES}
    points = {"threats": _collection(_threats(issue, say))}
    return {**shapes, **named, **points, "bounds": issue.basemap.bounds(), "detail": MOST_DETAIL}


def _threats(issue: Issue, say: Figures) -> list[dict[str, Any]]:
    known = {threat.id: threat for threat in issue.briefing.threats}
    found = []
    for row in cartography.located(issue.basemap, issue.briefing.threats):
        for threat in (known[id] for id in row["threats"]):
            told = {"id": threat.id, "title": threat.title, "level": threat.level.value}
            told |= {"place": row["place"], "chance": say.chance(threat)}
            if threat.window:
                told |= dict(zip(("from", "to"), map(date.isoformat, threat.window), strict=True))
            found.append(_point(row, told))
    return found


def _point(row: Row, properties: Row) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
    return {"type": "Feature", "properties": dict(properties), "geometry": place}


def _plain(shape: Row) -> dict[str, Any]:
    return {"type": "Feature", "properties": shape.get("properties", {}), "geometry": shape["geometry"]}


def _collection(features: Any) -> dict[str, Any]:
    found: Sequence[Row] = list(features)
    return {"type": "FeatureCollection", "features": found}
