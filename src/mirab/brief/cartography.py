"""Layers of a map: what lies in the window, which borders are settled, and where the threats are."""

from __future__ import annotations

import math
import re
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mirab.brief.basemap import Basemap, Row
from mirab.core.phrase import say
from mirab.core.records import Level, Threat

GRID_DEGREES = 0.025
HEAVY_KT = 1000.0
Side = tuple[str, int, int]
SIDES: tuple[Side, ...] = (("left", 9, 0), ("right", -9, 0), ("center", 0, -14), ("center", 0, 14))
TITLE_SIDE, PLACE_SIDE, RIVER_SIDE = SIDES[-1], ("center", 0, 10), ("center", 0, -7)
LETTER_PIXELS, LINE_PIXELS, MOST_COVERED = 6.6, 14, 0.05
AROUND = 3.0
FAR_KM = 5000.0
Point = tuple[float, float]
Box = tuple[float, float, float, float]
Layers = Mapping[str, Sequence[Row]]


def layers(basemap: Basemap, threats: Sequence[Threat], focus: Mapping[str, str], *, width: int) -> Layers:
    """Data sets of the map chart by name, `width` in pixels; `focus` names the states drawn light.

    Coordinates are rounded to a grid of 0.025 degrees, which keeps shared borders shared, and what lies far
    outside the window is cut off.
    """
    bounds = basemap.bounds()
    shapes, lakes, rivers = (
        _snapped([feature for feature in basemap.features(layer) if _meets(feature, bounds)])
        for layer in ("states", "lakes", "rivers")
    )
    borders = _borders(shapes, bounds, basemap.dotted)
    cut = [_cut(shape, bounds) for shape in shapes]
    settled = [shape for shape in cut if shape["properties"].get("status") != "undetermined"]
    frame = _frame(bounds, width)
    symbols = _labelled(located(basemap, threats), frame)
    titles = _state_names(settled, focus, symbols, frame)
    taken = [*_taken(symbols, frame), *(_name_box(row, frame, TITLE_SIDE) for row in titles)]
    places = _clear(([row] for row in _capitals(basemap, bounds)), taken, frame, PLACE_SIDE)
    names = _clear(_river_names(basemap, bounds), taken, frame, RIVER_SIDE)
    return {
        "frame": [frame],
        "states": [_toned(shape, focus.keys()) for shape in settled],
        "undetermined": [shape for shape in cut if shape not in settled],
        **{kind: [_lines(borders[kind])] for kind in ("solid", "dotted", "dashed")},
        "lakes": lakes,
        "rivers": rivers,
        "network": [_lines(_reaches(basemap))],
        "titles": titles,
        "names": names,
        "places": places,
        "threats": symbols,
    }


def located(basemap: Basemap, threats: Sequence[Threat]) -> list[dict[str, Any]]:
    """One row for each node or reach with a threat: lon, lat, place, the highest level there, threat ids.

    An item of a threat is matched by its id with or without the domain before a colon, a station by its
    place before a slash; a reach lies in the middle between its ends. A threat whose items have no position
    is on no row.
    """
    points, names = basemap.points(), {str(row["node_id"]): row.get("name") for row in basemap.nodes}
    for link in basemap.links:
        ends = [str(link[end]) for end in ("from_node", "to_node")]
        if link.get("link_id") and points.keys() >= set(ends):
            (a, b), id = (points[end] for end in ends), str(link["link_id"])
            points[id] = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
            origin, target = (str(names[end] or end) for end in ends)
            names[id] = link.get("ship") or say("{origin} to {target}", origin=origin, target=target)
    found: dict[str, list[Threat]] = defaultdict(list)
    for threat in threats:
        for node in {_place(item) for item in threat.items} & points.keys():
            found[node].append(threat)
    rows = [_symbol(names[node] or node, points[node], found[node]) for node in sorted(found)]
    return sorted(rows, key=lambda row: Level(row["level"]).rank)


def _place(item: str) -> str:
    return item.rpartition(":")[2].partition("/")[0]


def cables(basemap: Basemap, links: Sequence[Row], names: Mapping[str, str], *, width: int) -> dict[str, Any]:
    """Data sets of the map of links: `operating`, the `crossings` of borders among them, `planned`, `ends`.

    `links` are rows with the position and state of both ends, their kind and status; the window holds the
    places of the states that `names` has, and what lies close to them. A link of more than FAR_KM goes round
    by sea: as a straight line it would cross land that it does not touch, so it is left out.
    """
    links = [row for row in links if row["length_km"] < FAR_KM]
    sides = (("state", "lon", "lat"), ("state2", "lon2", "lat2"))
    points = {(row[lon], row[lat]) for row in links for state, lon, lat in sides if row[state] in names}
    spots = [{"node_id": str(i), "lon": lon, "lat": lat} for i, (lon, lat) in enumerate(sorted(points))]
    west, south, east, north = replace(basemap, nodes=spots, window=None).bounds()
    window = (west - AROUND, south - AROUND / 2, east + AROUND, north + AROUND / 2)
    own = replace(basemap, nodes=(), links=(), rivers=None, window=window)
    kinds = {
        "planned": [row for row in links if row["status"] != "operating"],
        "operating": [
            r for r in links if r["status"] == "operating" and r["kind"] in ("internal", "foreign")
        ],
        "crossings": [
            r for r in links if r["status"] == "operating" and r["kind"] in ("cross_border", "subsea")
        ],
    }
    ends = [
        (((row["lon"], row["lat"]), (row["lon2"], row["lat2"])), kind)
        for kind in kinds
        for row in kinds[kind]
    ]
    lines = {name: [_lines([line for line, kind in ends if kind == name])] for name in kinds}
    return {**layers(own, (), names, width=width), **lines, "ends": spots}


def flows(basemap: Basemap, rows: Sequence[Row], names: Mapping[str, str], *, width: int) -> dict[str, Any]:
    """Data sets of the map of cargo: `light`, `middle` and `heavy` legs, `planned` ones, and `stops`.

    `rows` are legs with both ends, kt a year and whether they are planned, and stops with the hours of
    waiting, all with `near`: whether they lie where the map is to look.
    """
    near = {(row["lon"], row["lat"]) for row in rows if row["near"]}
    spots = [{"node_id": str(i), "lon": lon, "lat": lat} for i, (lon, lat) in enumerate(sorted(near))]
    west, south, east, north = replace(basemap, nodes=spots, window=None).bounds()
    window = (west - AROUND, south - AROUND / 2, east + AROUND, north + AROUND / 2)
    own = replace(basemap, nodes=(), links=(), rivers=None, window=window)
    legs = [row for row in rows if row["kind"] == "leg"]
    lines = {
        name: [_lines([((r["lon"], r["lat"]), (r["lon2"], r["lat2"])) for r in legs if _weight(r) == name])]
        for name in ("planned", "light", "middle", "heavy")
    }
    drawn = dict(layers(own, (), names, width=width))
    stops = [{**row, "place": row["title"]} for row in rows if row["kind"] == "stop"]
    inside = [r for r in stops if window[0] < r["lon"] < window[2] and window[1] < r["lat"] < window[3]]
    return {**drawn, **lines, "stops": _labelled(inside, _frame(window, width))}


def _weight(leg: Row) -> str:
    if leg["planned"]:
        return "planned"
    return "heavy" if leg["kt"] >= HEAVY_KT else "middle" if leg["kt"] >= HEAVY_KT / 10 else "light"


def _symbol(place: str, point: Point, threats: Sequence[Threat]) -> dict[str, Any]:
    level = max((threat.level for threat in threats), key=lambda one: one.rank)
    ids = [threat.id for threat in threats]
    return {"place": place, "lon": point[0], "lat": point[1], "level": level.value, "threats": ids}


def _frame(bounds: Box, width: int) -> dict[str, float]:
    west, south, east, north = bounds
    top, bottom = _mercator(north), _mercator(south)
    scale = width / math.radians(east - west)
    height = round((top - bottom) * scale)
    middle = math.degrees(2 * math.atan(math.exp((top + bottom) / 2)) - math.pi / 2)
    centre = {"lon": (west + east) / 2, "lat": middle}
    return {"scale": scale, "height": height, "x": width / 2, "y": height / 2, **centre}


def _mercator(lat: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))


def _short(place: str) -> str:
    """A place without what stands in brackets behind its name."""
    bare = re.sub(r"\s*\([^)]*\)", "", place)
    return place if bare == place else bare


def _labelled(rows: Sequence[Row], frame: Row) -> list[dict[str, Any]]:
    """Rows with a short label on the side of its symbol where it covers least of what stands there.

    A label that would cover more than MOST_COVERED of its size is left out: the list under the map has it.
    """
    spots = [_pixel((row["lon"], row["lat"]), frame) for row in rows]
    taken = [(x - 7, y - 7, x + 7, y + 7) for x, y in spots]
    found: list[dict[str, Any]] = []
    for row, (x, y) in reversed(list(zip(rows, spots, strict=True))):
        label = _short(row["place"])
        boxes = [_box(side, x, y, LETTER_PIXELS * len(label)) for side in SIDES]
        costs = [_covered(box, taken) + _outside(box, frame) for box in boxes]
        best = costs.index(min(costs))
        is_free = costs[best] <= MOST_COVERED * LETTER_PIXELS * len(label) * LINE_PIXELS
        taken += [boxes[best]] if is_free else []
        align, dx, dy = SIDES[best]
        found.append({**row, "label": label if is_free else "", "align": align, "dx": dx, "dy": dy})
    return found[::-1]


def _clear(names: Iterable[Sequence[Row]], taken: list[Box], frame: Row, side: Side) -> list[Row]:
    """Each name at the first of its places where it touches nothing that is `taken`, which it then joins.

    A name without such a place is left out.
    """
    found = []
    for spots in names:
        free = (spot for spot in spots if not _covered(_name_box(spot, frame, side), taken))
        if (spot := next(free, None)) is not None:
            taken.append(_name_box(spot, frame, side))
            found.append(spot)
    return found


def _taken(symbols: Sequence[Row], frame: Row) -> list[Box]:
    taken = []
    for symbol in symbols:
        x, y = _pixel((symbol["lon"], symbol["lat"]), frame)
        side = (symbol["align"], symbol["dx"], symbol["dy"])
        taken += [(x - 7, y - 7, x + 7, y + 7), _box(side, x, y, LETTER_PIXELS * len(symbol["label"]))]
    return taken


def _name_box(row: Row, frame: Row, side: Side) -> Box:
    return _box(side, *_pixel((row["lon"], row["lat"]), frame), LETTER_PIXELS * len(row["name"]))


def _pixel(point: Point, frame: Row) -> Point:
    x = frame["x"] + math.radians(point[0] - frame["lon"]) * frame["scale"]
    return float(x), frame["y"] - (_mercator(point[1]) - _mercator(frame["lat"])) * frame["scale"]


def _box(side: Side, x: float, y: float, length: float) -> Box:
    align, dx, dy = side
    left = {"left": x + dx, "right": x + dx - length, "center": x + dx - length / 2}[align]
    return left, y + dy - 6, left + length, y + dy + 6


def _covered(box: Box, taken: Sequence[Box]) -> float:
    sides = [(min(box[2], b[2]) - max(box[0], b[0]), min(box[3], b[3]) - max(box[1], b[1])) for b in taken]
    return sum(width * height for width, height in sides if width > 0 and height > 0)


def _outside(box: Box, frame: Row) -> float:
    over = max(0.0, -box[0]) + max(0.0, box[2] - 2 * frame["x"])
    return 100.0 * float(over + max(0.0, -box[1]) + max(0.0, box[3] - 2 * frame["y"]))


def _positions(coordinates: Any) -> Iterator[Point]:
    if coordinates and isinstance(coordinates[0], (int, float)):
        yield coordinates[0], coordinates[1]
        return
    for part in coordinates:
        yield from _positions(part)


def _meets(feature: Row, bounds: Box) -> bool:
    west, south, east, north = bounds
    lons, lats = zip(*_positions(feature["geometry"]["coordinates"]), strict=True)
    return bool(min(lons) < east and max(lons) > west and min(lats) < north and max(lats) > south)


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


def _cut(shape: Row, bounds: Box) -> dict[str, Any]:
    """A shape without what lies beyond a margin around the window, each ring cut side by side.

    The method is that of Sutherland and Hodgman (1974, Communications of the ACM 17(1)).
    """
    wide = (bounds[0] - 1, bounds[1] - 1, bounds[2] + 1, bounds[3] + 1)
    polygons = [[_ring(ring, wide) for ring in polygon] for polygon in shape["geometry"]["coordinates"]]
    kept = [[ring for ring in polygon if ring] for polygon in polygons if polygon[0]]
    return {**shape, "geometry": {"type": "MultiPolygon", "coordinates": kept}}


def _ring(ring: Sequence[Sequence[float]], wide: Box) -> list[list[float]]:
    points = [list(point) for point in ring[:-1]]
    for axis, limit, sign in ((0, wide[0], 1), (1, wide[1], 1), (0, wide[2], -1), (1, wide[3], -1)):
        points = _side(points, axis, limit, sign)
    return [*points, points[0]] if len(points) > 2 else []


def _side(points: list[list[float]], axis: int, limit: float, sign: int) -> list[list[float]]:
    kept: list[list[float]] = []
    for a, b in zip([*points[-1:], *points], points, strict=False):
        inside = [sign * (point[axis] - limit) >= 0 for point in (a, b)]
        if inside[0] != inside[1]:
            t = (limit - a[axis]) / (b[axis] - a[axis])
            kept.append([round(u + t * (v - u), 3) for u, v in zip(a, b, strict=True)])
        if inside[1]:
            kept.append(b)
    return kept


def _borders(shapes: Sequence[Row], bounds: Box, dotted: Sequence[Row]) -> dict[str, list[list[Point]]]:
    owners: dict[tuple[Point, Point], set[str]] = defaultdict(set)
    for shape in shapes:
        properties = shape["properties"]
        name = "" if properties.get("status") == "undetermined" else str(properties.get("iso3"))
        for a, b in _segments(shape["geometry"]):
            if _within(a, bounds) or _within(b, bounds):
                owners[min(a, b), max(a, b)].add(name)
    kinds: dict[str, list[list[Point]]] = {"solid": [], "dotted": [], "dashed": []}
    for (a, b), names in owners.items():
        kinds[_kind(((a[0] + b[0]) / 2, (a[1] + b[1]) / 2), names, dotted)].append([a, b])
    return {kind: _joined(segments) for kind, segments in kinds.items()}


def _within(point: Point, bounds: Box) -> bool:
    return bounds[0] <= point[0] <= bounds[2] and bounds[1] <= point[1] <= bounds[3]


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
    geometry = {"type": "MultiLineString", "coordinates": lines}
    return {"type": "Feature", "properties": {}, "geometry": geometry}


def _reaches(basemap: Basemap) -> list[list[Point]]:
    """Lines from each node with a position to the next ones downstream, across nodes that have none."""
    points, below = basemap.points(), defaultdict(list)
    for row in (row for row in basemap.links if not row.get("ship")):
        below[str(row["from_node"])].append(str(row["to_node"]))
    ends = ((node, end) for node in points for end in sorted(_next_placed(node, points, below)))
    return [[points[node], points[end]] for node, end in ends]


def _next_placed(node: str, points: Mapping[str, Point], below: Mapping[str, Sequence[str]]) -> set[str]:
    found, seen, queue = set(), {node}, deque(below.get(node, ()))
    while queue:
        one = queue.popleft()
        if one in seen:
            continue
        seen.add(one)
        if one in points:
            found.add(one)
        else:
            queue.extend(below.get(one, ()))
    return found


def _river_names(basemap: Basemap, bounds: Box) -> Iterator[list[Row]]:
    """The places where the name of a river may stand: on its longest reach, then on the next ones."""
    points, found = basemap.points(), defaultdict(list)
    for row in basemap.links:
        a, b = points.get(str(row["from_node"])), points.get(str(row["to_node"]))
        if row.get("river") and a and b:
            found[str(row["river"])].append((math.dist(a, b), a, b))
    least = (bounds[2] - bounds[0]) / 25
    for river, reaches in sorted(found.items()):
        long = [ends for length, *ends in sorted(reaches, reverse=True) if length > least]
        yield [
            {"name": river, "lon": a[0] + part * (b[0] - a[0]), "lat": a[1] + part * (b[1] - a[1])}
            for a, b in long
            for part in (0.5, 0.3, 0.7, 0.1, 0.9)
        ]


def _capitals(basemap: Basemap, bounds: Box) -> Iterator[dict[str, Any]]:
    for feature in basemap.features("places"):
        if feature["properties"].get("capital") and _meets(feature, bounds):
            lon, lat = feature["geometry"]["coordinates"]
            yield {"name": feature["properties"]["name"], "lon": lon, "lat": lat}


def _state_names(
    shapes: Sequence[Row], focus: Mapping[str, str], symbols: Sequence[Row], frame: Row
) -> list[dict[str, Any]]:
    """Every state's name near the middle of its largest part, moved aside where a threat stands.

    No state loses its name to a symbol: where no place is free, the name stays in the middle.
    """
    taken, found = _taken(symbols, frame), []
    for shape in shapes:
        name = focus.get(str(shape["properties"].get("iso3")))
        rings = [polygon[0] for polygon in shape["geometry"]["coordinates"]]
        if name and rings:
            spots = [{"name": name, "lon": x, "lat": y} for x, y in _spots(rings)]
            free = (spot for spot in spots if not _covered(_name_box(spot, frame, TITLE_SIDE), taken))
            found.append(next(free, spots[0]))
    return found


def _spots(rings: Sequence[Any]) -> list[Point]:
    ring, (x, y, _) = max(((ring, _centroid(ring)) for ring in rings), key=lambda pair: pair[1][2])
    steps = sorted(
        ((i / 2, j / 2) for i in range(-4, 5) for j in range(-4, 5)), key=lambda step: math.hypot(*step)
    )
    return [(x, y), *((x + i, y + j) for i, j in steps if _inside((x + i, y + j), ring))]


def _inside(point: Point, ring: Sequence[Sequence[float]]) -> bool:
    """Whether a point lies in a ring, by counting the sides east of it."""
    x, y = point
    sides = ((a, b) for a, b in zip(ring, ring[1:], strict=False) if (a[1] > y) != (b[1] > y))
    return sum(x < a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1]) for a, b in sides) % 2 == 1


def _centroid(ring: Sequence[Sequence[float]]) -> tuple[float, float, float]:
    """Longitude and latitude of the centre of mass of a ring, and its area in square degrees."""
    pieces = [(a, b, a[0] * b[1] - b[0] * a[1]) for a, b in zip(ring, ring[1:], strict=False)]
    twice = sum(piece for _, _, piece in pieces)
    lon, lat = (sum((a[i] + b[i]) * piece for a, b, piece in pieces) / (3 * twice) for i in (0, 1))
    return lon, lat, abs(twice) / 2


def _toned(shape: Row, focus: Collection[str]) -> dict[str, Any]:
    tone = "focus" if shape["properties"].get("iso3") in focus else "other"
    return {**shape, "properties": {"tone": tone}}
