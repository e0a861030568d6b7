"""Series of the Global SDG Indicators Database by state and year (UN Statistics Division).

A series has a figure for each of its dimensions: the one wanted is named in the pack (development/series).
States are asked for by their code M49. A limit such as `<2.5` is taken as the figure that it names, as in the
pack.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import count
from typing import Any
from urllib.parse import urlencode

from mirab.core.errors import Problem
from mirab.core.records import Observation
from mirab.observe.connector import Ask, Asks, Connector, Page, Parsed, Scope, Terms
from mirab.observe.replies import entries, entry, json_of
from mirab.observe.yearly import Told, figure, states, told

_LIMIT = 1000
NATIONAL = "n"
Key = tuple[str, str, int]


def asks(terms: Terms, scope: Scope) -> Asks:
    """Every page of every series that the pack names, for all its states, whole: an edition is revised."""
    areas = [("areaCode", code) for state in states(scope) if (code := _m49().get(state))]
    for one in told(scope, terms.source_id):
        for number in count(1):
            query = [("seriesCode", one.code), *areas, ("page", number), ("pageSize", _LIMIT)]
            page = yield Ask(f"{one.code}_{number}", f"Series/Data?{urlencode(query)}", optional=True)
            if page is None or number >= int(entry(json_of(page), "totalPages", page.name) or 0):
                break


def parse(terms: Terms, scope: Scope, pages: Sequence[Page]) -> Parsed:
    """One figure for each series, state and year; where two remain that differ, none counts."""
    series = {one.code: one for one in told(scope, terms.source_id)}
    named = {code: state for state, code in _m49().items() if state in scope.known_states}
    found: dict[Key, Observation] = {}
    refused: list[Problem] = []
    for page in pages:
        read = [*_page(terms, scope, series, named, page)]
        refused += [one for one in read if isinstance(one, Problem)]
        kept, twice = _single(page.name, [one for one in read if isinstance(one, Observation)])
        refused += twice
        for key, one in kept.items():
            found.setdefault(key, one)
    return Parsed(tuple(found[key] for key in sorted(found)), refused=tuple(refused))


def _page(
    terms: Terms, scope: Scope, series: Mapping[str, Told], named: Mapping[str, str], page: Page
) -> Iterator[Observation | Problem]:
    for number, row in enumerate(entries(json_of(page), "data", page.name), 1):
        where = f"{page.name}:{number}"
        code, area, value = (str(entry(row, name, where)) for name in ("series", "geoAreaCode", "value"))
        one, state = series.get(code), named.get(area.lstrip("0"))
        wanted = one and state and _wanted(one, entry(row, "dimensions", where), where)
        if one and state and wanted and _plain(value) not in ("", "nan", "none", "na"):
            year = entry(row, "timePeriodStart", where)
            yield figure(terms, scope, one, (state, year, value), where)


def _wanted(one: Told, dimensions: Any, where: str) -> bool:
    """Whether a row is no national figure and of the dimensions wanted, as far as it has them."""
    national = _plain(entry(dimensions, "Reporting Type", where)) == NATIONAL
    has = {_plain(name): _plain(value) for name, value in dimensions.items()}
    asked = {_plain(name): _plain(value) for name, value in one.dimensions.items()}
    return not national and all(has.get(name, value) == value for name, value in asked.items())


def _single(name: str, figures: Sequence[Observation]) -> tuple[dict[Key, Observation], list[Problem]]:
    """Figures by series, state and year where there is one; a Problem for each series with several."""
    groups: dict[Key, list[Observation]] = defaultdict(list)
    for one in figures:
        groups[one.quantity, one.item, one.start.year].append(one)
    several = {key for key, group in groups.items() if len({one.value for one in group}) > 1}
    fix = "name the dimension wanted in development/series, such as Sex=BOTHSEX"
    refused = [
        Problem(name, f"has several figures for {indicator} of one state and year", fix)
        for indicator in sorted({key[0] for key in several})
    ]
    return {key: group[0] for key, group in groups.items() if key not in several}, refused


def _plain(text: object) -> str:
    """Letters and figures of a name or code, in small letters: `<5Y` and `lt5y` are one."""
    return re.sub(r"[\W_]", "", str(text).casefold().replace("<", "lt"))


@cache
def _m49() -> Mapping[str, str]:
    """The codes of the standard M49 of the United Nations by ISO alpha-3."""
    text = (files("mirab.observe.connectors") / "m49.csv").read_text("utf-8")
    return {row["state"]: row["m49"] for row in csv.DictReader(text.splitlines())}


CONNECTORS = (Connector("unsdg", asks, parse),)
