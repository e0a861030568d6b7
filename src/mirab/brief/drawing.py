"""Charts as SVG: a Vega-Lite specification from `charts/`, filled with data and words, drawn without network.

A string in a specification that starts with `@` is a key of the words; `$set.column` is a column of the data
set, `$set.column.0` its first value. The figures are plain shapes for screen and paper: no script, one label.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from importlib import resources
from threading import Lock
from typing import Any
from xml.sax.saxutils import quoteattr

from mirab.brief.figures import THIN_SPACE, Figures
from mirab.brief.series import LEVELS, chart_of
from mirab.brief.words import Words
from mirab.core.errors import SolutionError, UnknownNameError
from mirab.core.records import Series

Rows = Sequence[Mapping[str, Any]]
VEGA_LITE = "6.1"
LONG_DAYS = 120
NARROW = 500
DRAWN = 256
ALONE = Lock()
BLUE, INK, VERMILION, GREY, GREEN, PURPLE = "#0b4f8a", "#1b1f23", "#b34700", "#6b7280", "#00664b", "#8a3a78"
DASHES = {"solid": [1, 0], "long": [7, 3], "short": [2, 2], "mixed": [7, 2, 2, 2], "dots": [1, 4]}
YEAR_STYLES = ((GREY, "short"), (PURPLE, "mixed"), (GREEN, "dots"))
AUTHOR_STYLES = ((BLUE, "solid"), (VERMILION, "mixed"), (GREEN, "short"), (PURPLE, "dots"))
WAY_STYLES = (
    *((BLUE, "solid"), (GREY, "solid"), (VERMILION, "solid"), (VERMILION, "short"), (GREEN, "solid")),
    *((PURPLE, "solid"), (INK, "long")),
)
HATCH = (
    '<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="5" height="5" fill="#f4f2ec"/>'
    '<path d="M0,0V5" stroke="#8b8778" stroke-width="1.4"/></pattern>'
)


def charts() -> tuple[str, ...]:
    """Names of the charts that can be drawn, A to Z."""
    files = (entry.name for entry in (resources.files("mirab.brief") / "charts").iterdir())
    names = (name.removesuffix(".json") for name in files if name.endswith(".json"))
    return tuple(sorted(name for name in names if name != "theme"))


def draw(chart: str, data: Mapping[str, Rows], *, title: str, words: Words, width: int) -> str:
    """The SVG of a chart at `width` pixels, with `title` as its spoken label.

    Raises UnknownNameError for a chart that has no specification, SolutionError where it cannot be drawn.
    """
    spec = specification(chart, data, words=words, width=width)
    locales = _number_locale(words), _time_locale(words)
    try:
        svg = _converted(json.dumps(spec), *map(json.dumps, locales))
    except ValueError as cause:
        raise SolutionError(f"chart {chart!r} cannot be drawn: {cause}; see charts/{chart}.json") from cause
    return _dressed(svg, title)


@lru_cache(maxsize=DRAWN)
def _converted(spec: str, numbers: str, times: str) -> str:
    """The SVG of a Vega-Lite specification; what was drawn before in this process is not drawn again."""
    import vl_convert

    with ALONE:  # the library has one converter for all threads
        svg: str = vl_convert.vegalite_to_svg(
            spec,
            vl_version=VEGA_LITE,
            allowed_base_urls=[],
            format_locale=json.loads(numbers),
            time_format_locale=json.loads(times),
        )
    return svg


def vega(chart: str, data: Mapping[str, Rows], *, words: Words, width: int) -> dict[str, Any]:
    """The chart as a Vega specification for a browser, where a mark tells its values under the pointer."""
    import vl_convert

    spec = specification(chart, data, words=words, width=width)
    spec["config"] = {**spec["config"], "mark": {**spec["config"].get("mark", {}), "tooltip": True}}
    found: dict[str, Any] = vl_convert.vegalite_to_vega(spec, vl_version=VEGA_LITE)
    return found


def specification(chart: str, data: Mapping[str, Rows], *, words: Words, width: int) -> dict[str, Any]:
    """The Vega-Lite specification of a chart with its words, data and the common theme filled in."""
    if chart not in charts():
        raise UnknownNameError("chart", chart, charts())
    spec = _filled(_read(chart), data, words)
    theme = _read("theme")
    theme["legend"]["columns"] = max(1, width // 115)
    stacked = "vertical" if width < NARROW else "horizontal"
    theme["legend"]["layout"] = {"bottom": {"anchor": "start", "direction": stacked}}
    sets = {name: list(rows) for name, rows in data.items()}
    return {**spec, "width": width, "config": theme, "datasets": sets}


def datasets(series: Series, say: Figures) -> dict[str, Rows]:
    """Data sets of the chart that draws a series, long form, absent values left out.

    Raises UnknownNameError where the series names no chart that draws series.
    """
    makers = {"contested": _contested, "served": _served, "gain": _gain, "partners": _partners}
    makers |= {"reliability": _reliability, "consistency": _consistency}
    makers |= dict.fromkeys(("fan", "forecast", "journey", "path"), _fan)
    makers |= {"distance": _distance, "course": _course}
    chart = chart_of(series)
    if chart not in makers:
        raise UnknownNameError("chart of a series", chart, makers)
    return {**makers[chart](series, say), "unit": [{"text": say.unit(series.unit)}]}


def _fan(series: Series, say: Figures) -> dict[str, Rows]:
    words = say.words
    bands = [("p05", "p95", words("chart.band_90")), ("p25", "p75", words("chart.band_50"))]
    own = {"p50": (words("chart.median"), BLUE, "solid"), "norm": (words("chart.norm"), INK, "long")}
    own["target"] = (words("chart.target"), VERMILION, "mixed")
    years = [name for name in series.columns if name not in {"date", "observed", *own, *LEVELS}]
    styled = {name: style for name, style in own.items() if name in series.columns}
    styled |= {name: (name, *YEAR_STYLES[i % len(YEAR_STYLES)]) for i, name in enumerate(years)}
    seen = _long(series, {"observed": words("chart.observed")}) if "observed" in series.columns else []
    return {
        "bands": [row for low, high, name in bands for row in _band(series, low, high, name)],
        "lines": _long(series, {name: style[0] for name, style in styled.items()}),
        "styles": _styles(styled.values()),
        "observed": seen,
        "axis": _axis(series),
    }


def _contested(series: Series, say: Figures) -> dict[str, Rows]:
    authors = [name for name in series.columns if name not in {"date", "implied"}]
    styled = {name: (name, *AUTHOR_STYLES[i % len(AUTHOR_STYLES)]) for i, name in enumerate(authors)}
    if "implied" in series.columns:
        styled["implied"] = (say.words("chart.implied"), INK, "long")
    names = {name: style[0] for name, style in styled.items()}
    return {"lines": _long(series, names), "styles": _styles(styled.values()), "axis": _axis(series)}


def _axis(series: Series) -> Rows:
    days = [date.fromisoformat(day) for day in series.columns["date"]]
    long = not days or (max(days) - min(days)).days > LONG_DAYS
    return [{"format": "%b %Y" if long else "%-d %b %Y"}]


def _served(series: Series, say: Figures) -> dict[str, Rows]:
    columns = zip(*series.columns.values(), strict=True)
    rows = [dict(zip(series.columns, values, strict=True)) for values in columns]
    for row in rows:
        account, _, perimeter = str(row["perimeter"]).partition(": ")
        state = say.names([row["state"]])
        row |= {"label": f"{state} · {row['perimeter']}", "text": _share(row, say)}
        row |= {"head": f"{state} · {account}", "scope": perimeter}
    return {"rows": sorted(rows, key=lambda row: str(row["label"]))}


def _reliability(series: Series, say: Figures) -> dict[str, Rows]:
    """Bins of past chances, and the line on which all came as often as was said."""
    rows = [dict(zip(series.columns, row, strict=True)) for row in zip(*series.columns.values(), strict=True)]
    return {"rows": rows, "even": [{"forecast": end, "came": end} for end in (0, 1)]}


def _consistency(series: Series, say: Figures) -> dict[str, Rows]:
    """What each issue said of one step: the interval and its middle, by the date of the issue."""
    names = {"date": "date", "p05": "low", "p50": "middle", "p95": "high"}
    columns = zip(*(series.columns[name] for name in names), strict=True)
    rows = [dict(zip(names.values(), row, strict=True)) for row in columns]
    return {"rows": rows, "axis": _axis(series)}


def _partners(series: Series, say: Figures) -> dict[str, Rows]:
    """Cells of a matrix of states and themes; a cell without a format is drawn empty, not left out."""
    found = zip(series.columns["state"], series.columns["theme"], series.columns["formats"], strict=True)
    rows = [{"state": say.names([s]), "theme": say.theme(t), "count": n} for s, t, n in found]
    return {"rows": sorted(rows, key=lambda row: (str(row["state"]), str(row["theme"])))}


def _distance(series: Series, say: Figures) -> dict[str, Rows]:
    """Lines of days over distance with their stops; a way that is only planned is drawn in dots."""
    rows = [dict(zip(series.columns, row, strict=True)) for row in zip(*series.columns.values(), strict=True)]
    ways = {row["way"]: row for row in rows}
    styled = {}
    for i, (id, row) in enumerate(ways.items()):
        colour, dash = WAY_STYLES[i % len(WAY_STYLES)]
        styled[id] = (row["title"], colour, "dots" if row["planned"] else dash)
    points = [{**row, "line": styled[row["way"]][0]} for row in rows]
    ends = [[row for row in points if row["way"] == id][-1] for id in ways]
    return {"points": points, "ends": ends, "styles": _styles(styled.values())}


def _course(series: Series, say: Figures) -> dict[str, Rows]:
    """The points of one way, numbered in their order: two of them may lie at one distance."""
    rows = zip(*series.columns.values(), strict=True)
    return {
        "points": [{**dict(zip(series.columns, row, strict=True)), "step": i} for i, row in enumerate(rows)]
    }


def _gain(series: Series, say: Figures) -> dict[str, Rows]:
    rows = [
        dict(zip(series.columns, values, strict=True))
        for values in zip(*series.columns.values(), strict=True)
    ]
    for row in rows:
        mean, low, high = (say.signed(row[f"{part}_musd"]) for part in ("mean", "low", "high"))
        row |= {
            "name": say.names([row["state"]]),
            "text": say.words("joint.bar", mean=mean, low=low, high=high),
        }
    return {"rows": sorted(rows, key=lambda row: str(row["name"]))}


def _share(row: Mapping[str, Any], say: Figures) -> str:
    limit, amount = row["limit_km3"], row["served_km3"]
    if not limit or amount is None:
        return say.words("served.unknown")
    share = say.percent(amount / limit)
    return say.words("served.text", served=say.number(amount), limit=say.number(limit), share=share)


def _band(series: Series, low: str, high: str, name: str) -> list[dict[str, Any]]:
    columns = zip(series.columns["date"], series.columns[low], series.columns[high], strict=True)
    return [{"date": day, "low": a, "high": b, "band": name} for day, a, b in columns if a is not None]


def _long(series: Series, names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"date": day, "value": value, "line": name}
        for column, name in names.items()
        for day, value in zip(series.columns["date"], series.columns[column], strict=True)
        if value is not None
    ]


def _styles(styles: Any) -> list[dict[str, Any]]:
    return [{"line": name, "colour": colour, "dash": DASHES[dash]} for name, colour, dash in styles]


def _read(name: str) -> dict[str, Any]:
    text = (resources.files("mirab.brief") / "charts" / f"{name}.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _filled(part: Any, data: Mapping[str, Rows], words: Words) -> Any:
    if isinstance(part, dict):
        return {name: _filled(value, data, words) for name, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, data, words) for value in part]
    if isinstance(part, str) and part.startswith("@"):
        return words(part[1:])
    if isinstance(part, str) and part.startswith("$") and "." in part:
        return _column(part, data)
    return part


def _column(path: str, data: Mapping[str, Rows]) -> Any:
    name, column, *first = path[1:].split(".")
    values = [row[column] for row in data[name]]
    return values[0] if first else values


def _number_locale(words: Words) -> dict[str, Any]:
    decimal = Figures(words, {}).decimal
    return {"decimal": decimal, "thousands": THIN_SPACE, "grouping": [3], "currency": ["", ""]}


def _time_locale(words: Words) -> dict[str, Any]:
    months = [words.month(i, alone=True) for i in range(1, 13)]
    short = [words.month(i, width="abbreviated") for i in range(1, 13)]
    days = [str(i) for i in range(7)]
    formats = {"dateTime": "%x %X", "date": "%Y-%m-%d", "time": "%H:%M", "periods": ["", ""]}
    return {**formats, "days": days, "shortDays": days, "months": months, "shortMonths": short}


def _dressed(svg: str, title: str) -> str:
    """The SVG with one spoken label, ids of its own, short coordinates, and a size that follows the page."""
    box = re.search(r'viewBox="([^"]*)"', svg)
    if box is None:
        raise SolutionError(f"chart {title!r} has no frame; the drawing library returned {svg[:60]!r}")
    body = re.sub(r' (?:role|aria-\w+)="[^"]*"', "", svg[svg.index(">") + 1 :])
    body = re.sub(r'(?<= d=")[^"]*|(?<= transform=")[^"]*', _short, body)
    for number, name in enumerate(dict.fromkeys(re.findall(r'<clipPath id="([^"]+)"', body))):
        body = re.sub(rf'(id="|#){re.escape(name)}(?=["\)])', rf"\1cut-{number}-", body)
    mark = hashlib.sha256((title + body).encode()).hexdigest()[:8]
    body = re.sub(r'(id="|#)(cut-\d+-|hatch)(?=["\)])', rf"\g<1>\g<2>{mark}", _with_hatch(body))
    root = f'viewBox="{box[1]}" role="img" direction="ltr" aria-label={quoteattr(title)}'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {root}>{body}'


def _short(numbers: re.Match[str]) -> str:
    return re.sub(r"(\d+\.\d)\d+", r"\1", numbers[0])


def _with_hatch(body: str) -> str:
    return body.replace("<defs>", f"<defs>{HATCH}", 1) if "url(#hatch)" in body else body
