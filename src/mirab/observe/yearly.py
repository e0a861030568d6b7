"""Indicators of states by year: which series of a source tells which, and what a figure becomes.

The pack names the series (development/series). Their publishers revise them whole, so they are asked for
from FIRST_YEAR on, however little is wanted: a piece of a new edition laid over an old one would make steps
that nobody measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mirab.core.errors import Problem, suggest
from mirab.core.records import Observation
from mirab.observe import sources
from mirab.observe.connector import Scope, Terms
from mirab.observe.region import Region

GROUP, FIRST_YEAR = "development", 2000


@dataclass(frozen=True)
class Told:
    """A series of a source that tells an indicator, in the unit of the indicator.

    `dimensions` are those of which the figure is wanted, by name; `lower` and `upper` are the values beyond
    which a figure makes no sense.
    """

    indicator: str
    unit: str
    code: str
    dimensions: Mapping[str, str]
    lower: float | None = None
    upper: float | None = None


def told(scope: Scope, source: str) -> tuple[Told, ...]:
    """The series of a source that the pack names, in its order."""
    indicators = {row["indicator_id"]: row for row in scope.tables.rows(f"{GROUP}/indicators")}
    found = [row for row in scope.tables.rows(f"{GROUP}/series") if row["connector"] == source]
    return tuple(_told(row, indicators[row["indicator_id"]]) for row in found)


def _told(row: Mapping[str, Any], indicator: Mapping[str, Any]) -> Told:
    pairs = (one.partition("=") for one in (row["dimensions"] or "").split("|") if one)
    dimensions = {name: value for name, _, value in pairs}
    unit, lower, upper = (indicator[name] for name in ("measured_in", "lower", "upper"))
    return Told(indicator["indicator_id"], unit, row["code"], dimensions, lower, upper)


def problems(region: Region) -> Iterator[Problem]:
    """Series of a pack that name no source of live data, or a dimension without its value."""
    known = sources.terms()
    for where, row in region.numbered(f"{GROUP}/series"):
        if row["connector"] not in known:
            what = f"connector={row['connector']!r} is no source of live data"
            yield Problem(where, what, suggest(row["connector"], list(known)))
        for one in filter(None, (row["dimensions"] or "").split("|")):
            if not all(one.partition("=")):
                yield Problem(
                    where, f"dimensions={one!r} is no name with a value", "write it like Sex=BOTHSEX"
                )


def states(scope: Scope) -> tuple[str, ...]:
    """Codes of the states of the region, and of others of which the pack has indicators, A to Z."""
    beside = {row["state"] for row in scope.tables.rows(f"{GROUP}/values")}
    return tuple(sorted(beside | set(scope.states)))


def figure(
    terms: Terms,
    scope: Scope,
    one: Told,
    cells: tuple[str, object, object],
    where: str,
    vintage: str = "",
) -> Observation | Problem:
    """The figure of a row whose `cells` are state, year and value; a Problem where it can be none.

    A value is a number, or a limit such as `<2.5`, which stands for itself; a year must be over, and a value
    lie in the bounds of the indicator.
    """
    state, year, value = cells
    try:
        first, number = int(float(str(year))), float(str(value).strip().lstrip("<>="))
    except ValueError:
        return Problem(where, f"year={year!r}, value={value!r} is no figure")
    if not scope.today.year > first >= 1900:
        return Problem(
            where, f"{one.code} of {first} is of a year that is not over", f"today is {scope.today}"
        )
    lower = -float("inf") if one.lower is None else one.lower
    upper = float("inf") if one.upper is None else one.upper
    if not lower <= number <= upper:
        fix = "look whether the source has changed its unit, and the row of development/series"
        return Problem(where, f"{one.code} of {state} in {first} is {number:g}, out of bounds", fix)
    start, end = date(first, 1, 1), date(first + 1, 1, 1)
    evidence = terms.evidence(one.code)
    return Observation(
        state, one.indicator, start, end, number, one.unit, terms.publisher, evidence, vintage=vintage
    )
