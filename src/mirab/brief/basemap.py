"""The base map behind threats: states, rivers, lakes, cities and the network's own nodes and links (§14)."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from mirab.core.errors import InputError, Problem

Geo = Path | Mapping[str, Any] | None
Row = Mapping[str, Any]
MARGIN_DEGREES = 1.6
LAYERS = ("states", "rivers", "lakes", "places")


@dataclass(frozen=True)
class Basemap:
    """What a map is drawn on, with the disclaimer and the year that stand under it.

    `states`, `rivers`, `lakes` and `places` are GeoJSON files or their contents in degrees; a state carries
    `iso3` and `status`, which is `undetermined` where its source names no state. `nodes` are rows with
    node_id, name, lat, lon; `links` rows with from_node, to_node and river, or the name of a `ship`. Lines
    between the states of one `dotted` row north and east of its degrees are not settled and never drawn
    solid. `window` is west, south, east, north; without it the window holds all nodes. Raises InputError
    without a disclaimer.
    """

    states: Geo
    rivers: Geo = None
    lakes: Geo = None
    places: Geo = None
    nodes: Sequence[Row] = ()
    links: Sequence[Row] = ()
    disclaimer: str = ""
    year: str = ""
    attribution: str = ""
    dotted: Sequence[Row] = field(default_factory=lambda: unsettled())
    window: tuple[float, float, float, float] | None = None

    def __post_init__(self) -> None:
        wanted = {"disclaimer": self.disclaimer, "year": self.year}
        missing = [
            Problem(name, "is empty", "every map shows it: give it in the region's settings")
            for name, value in wanted.items()
            if not str(value).strip()
        ]
        if missing:
            raise InputError("base map", missing)

    def plain(self) -> dict[str, Any]:
        """The whole base map as JSON values, its files read: what `Basemap(**values)` takes again."""
        layers = {name: getattr(self, name) for name in LAYERS}
        drawn = {name: one and _collection(name, one) for name, one in layers.items()}
        rows = {name: [dict(row) for row in getattr(self, name)] for name in ("nodes", "links", "dotted")}
        said = {name: getattr(self, name) for name in ("disclaimer", "year", "attribution")}
        return {**drawn, **rows, **said, "window": self.window and list(self.window)}

    def features(self, layer: str) -> list[Row]:
        """Features of `states`, `rivers`, `lakes` or `places`; a layer that is not given has none."""
        source = getattr(self, layer)
        return [] if source is None else list(_collection(layer, source)["features"])

    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the map in degrees."""
        if self.window:
            return self.window
        points = self.points().values()
        if not points:
            what = "is not given and no node has a position"
            problem = Problem("window", what, "give west, south, east, north")
            raise InputError("base map", [problem])
        lons, lats = zip(*points, strict=True)
        m = MARGIN_DEGREES
        return min(lons) - m, min(lats) - m, max(lons) + m, max(lats) + m

    def points(self) -> dict[str, tuple[float, float]]:
        """Longitude and latitude of each node that has a position."""
        rows = (row for row in self.nodes if row.get("lat") is not None and row.get("lon") is not None)
        return {str(row["node_id"]): (float(row["lon"]), float(row["lat"])) for row in rows}


def unsettled() -> tuple[Row, ...]:
    """Lines that no map of any region draws solid (`lines.toml`): states, and the degrees beyond which."""
    text = (resources.files("mirab.brief") / "lines.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["dotted"])


def _collection(layer: str, source: Path | Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(source, Path):
        return source
    try:
        found = json.loads(source.read_text("utf-8"))
    except (OSError, ValueError) as cause:
        problem = Problem(layer, f"cannot be read from {source.name}: {cause}", "give a GeoJSON file")
        raise InputError("base map", [problem]) from cause
    if not isinstance(found, dict) or "features" not in found:
        problem = Problem(layer, f"in {source.name} is no FeatureCollection", "give a GeoJSON file")
        raise InputError("base map", [problem])
    return found
