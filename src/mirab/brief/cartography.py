"""Layers of a map: what lies in the window, which borders are settled, and threats as symbols at their nodes."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mirab.brief.basemap import Basemap, Row
from mirab.core.records import Level, Threat

GRID_DEGREES = 0.025
SYMBOLS = {Level.EXISTING: "square", Level.POTENTIAL: "triangle-up", Level.WATCH: "circle"}
Point = tuple[float, float]
Layers = Mapping[str, Sequence[Row]]


def layers(basemap: Basemap, threats: Sequence[Threat], focus: Iterable[str], *, width: int) -> Layers:
    """Data sets of the map chart by name, `width` in pixels; `focus` are the states drawn light.

    Coordinates are rounded to a grid of 0.025 degrees, which keeps shared borders shared.
    """
    bounds = basemap.bounds()
    shapes, lakes, rivers = (
        _snapped([feature for feature in basemap.features(layer) if _meets(feature, bounds)])
        for layer in ("states", "lakes", "rivers")
    )
    borders = _borders(shapes, basemap.dotted)
    settled = [f for f in shapes if f["properties"].get("status") != "undetermined"]
    return {
        "frame": [_frame(bounds, width)],
        "states": [_with(f, tone="focus" if f["properties"].get("iso3") in set(focus) else "other") for f in settled],
        "undetermined": [f for f in shapes if f not in settled],
        **{kind: [_lines(borders[kind])] for kind in ("solid", "dotted", "dashed")},
        "lakes": lakes,
        "rivers": rivers,
        "network": [_lines(_reaches(basemap))],
        "names": list(_river_names(basemap, bounds)),
        "places": list(_capitals(basemap, bounds)),
        "threats": located(basemap, threats),
    }


def located(basemap: Basemap, threats: Sequence[Threat]) -> list[dict[str, Any]]:
    """One row for each node with a threat: lon, lat, place, the highest level there, symbol, and threat ids.

    An item of a threat is matched by its id with or without the domain before a colon; a threat whose items
    have no position is on no row.
    """
    points, names = basemap.points(), {str(row["node_id"]): row.get("name") for row in basemap.nodes}
    found: dict[str, list[Threat]] = defaultdict(list)
    for threat in threats:
        for node in {item.rpartition(":")[2] for item in threat.items} & points.keys():
            found[node].append(threat)
    return [_symbol(str(names[node] or node), points[node], found[node]) for node in sorted(found)]


def _symbol(place: str, point: Point, threats: Sequence[Threat]) -> dict[str, Any]:
    level = max((threat.level for threat in threats), key=lambda one: one.rank)
    ids = [threat.id for threat in threats]
    return {"place": place, "lon": point[0], "lat": point[1], "level": level.value, "threats": ids}


def _frame(bounds: tuple[float, float, float, float], width: int) -> dict[str, float]:
    west, south, east, north = bounds
    top, bottom = _mercator(north), _mercator(south)
    scale = width / math.radians(east - west)
    height = round((top - bottom) * scale)
    middle = math.degrees(2 * math.atan(math.exp((top + bottom) / 2)) - math.pi / 2)
    centre = {"lon": (west + east) / 2, "lat": middle}
    return {"scale": scale, "height": height, "x": width / 2, "y": height / 2, **centre}


def _mercator(lat: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))


def _positions(coordinates: Any) -> Iterator[Point]:
    if coordinates and isinstance(coordinates[0], (int, float)):
        yield coordinates[0], coordinates[1]
        return
    for part in coordinates:
        yield from _positions(part)


def _meets(feature: Row, bounds: tuple[float, float, float, float]) -> bool:
    west, south, east, north = bounds
    lons, lats = zip(*_positions(feature["geometry"]["coordinates"]), strict=True)
    return min(lons) < east and max(lons) > west and min(lats) < north and max(lats) > south


def _snapped(features: Sequence[Row]) -> list[dict[str, Any]]:
    found = []
    for feature in features:
        kind, parts = _parts(feature["geometry"])
        parts = [part for part in map(_snap, parts) if part]
        if parts:
            found.append({**feature, "geometry": {"type": kind, "coordinates": parts}})
    return found


def _parts(geometry: Row) -> tuple[str, list[Any]]:
    kind, coordinates = str(geometry["type"]), geometry["coordinates"]
    return (kind, coordinates) if kind.startswith("Multi") else (f"Multi{kind}", [coordinates])


def _snap(part: Any) -> list[Any]:
    if isinstance(part[0][0], (int, float)):
        return _snap_line(part, least=2)
    rings = [_snap_line(ring, least=4) for ring in part]
    return [ring for ring in rings if ring] if rings[0] else []


def _snap_line(line: Sequence[Sequence[float]], *, least: int) -> list[list[float]]:
    points = [[round(round(x / GRID_DEGREES) * GRID_DEGREES, 3) for x in point[:2]] for point in line]
    kept = [point for i, point in enumerate(points) if i == 0 or point != points[i - 1]]
    return kept if len(kept) >= least else []


def _borders(shapes: Sequence[Row], dotted: Sequence[Row]) -> dict[str, list[list[Point]]]:
    owners: dict[tuple[Point, Point], set[str]] = defaultdict(set)
    for shape in shapes:
        name = "" if shape["properties"].get("status") == "undetermined" else str(shape["properties"].get("iso3"))
        for a, b in _segments(shape["geometry"]):
            owners[min(a, b), max(a, b)].add(name)
    kinds: dict[str, list[list[Point]]] = {"solid": [], "dotted": [], "dashed": []}
    for (a, b), names in owners.items():
        kinds[_kind(a, names, dotted)].append([a, b])
    return {kind: _joined(segments) for kind, segments in kinds.items()}


def _kind(point: Point, names: set[str], dotted: Sequence[Row]) -> str:
    if "" in names:
        return "dashed"
    for row in dotted:
        inside = point[0] > row["east_of"] and point[1] > row["north_of"]
        if inside and len(names) > 1 and names <= set(row["states"]):
            return "dotted"
    return "solid"


def _segments(geometry: Row) -> Iterator[tuple[Point, Point]]:
    for ring in (ring for polygon in geometry["coordinates"] for ring in polygon):
        points = [(x, y) for x, y in ring]
        yield from zip(points, points[1:], strict=False)


def _joined(segments: Sequence[Sequence[Point]]) -> list[list[Point]]:
    lines: list[list[Point]] = []
    for a, b in segments:
        if lines and lines[-1][-1] in (a, b):
            lines[-1].append(b if lines[-1][-1] == a else a)
        else:
            lines.append([a, b])
    return lines


def _lines(lines: Sequence[Sequence[Point]]) -> dict[str, Any]:
    return {"type": "Feature", "properties": {}, "geometry": {"type": "MultiLineString", "coordinates": lines}}


def _reaches(basemap: Basemap) -> list[list[Point]]:
    points = basemap.points()
    ends = ((str(row["from_node"]), str(row["to_node"])) for row in basemap.links)
    return [[points[a], points[b]] for a, b in ends if a in points and b in points]


def _river_names(basemap: Basemap, bounds: tuple[float, float, float, float]) -> Iterator[dict[str, Any]]:
    points, found = basemap.points(), defaultdict(list)
    for row in basemap.links:
        a, b = points.get(str(row["from_node"])), points.get(str(row["to_node"]))
        if row.get("river") and a and b:
            found[str(row["river"])].append((math.dist(a, b), a, b))
    for river, reaches in sorted(found.items()):
        length, a, b = max(reaches)
        if length > (bounds[2] - bounds[0]) / 25:
            yield {"name": river, "lon": (a[0] + b[0]) / 2, "lat": (a[1] + b[1]) / 2}


def _capitals(basemap: Basemap, bounds: tuple[float, float, float, float]) -> Iterator[dict[str, Any]]:
    for feature in basemap.features("places"):
        if feature["properties"].get("capital") and _meets(feature, bounds):
            lon, lat = feature["geometry"]["coordinates"]
            yield {"name": feature["properties"]["name"], "lon": lon, "lat": lat}


def _with(feature: Row, **properties: str) -> dict[str, Any]:
    return {**feature, "properties": {**feature["properties"], **properties}}
