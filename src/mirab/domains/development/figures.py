"""Figures of the indicators: those of the pack, and newer ones that live sources tell, one author a state.

Method ours. A publisher revises its series whole, so years of different editions are not mixed where they can
be told apart: of one indicator in one state the figures of one author count from their first year on, and
those of the pack before it. An author counts in place of the pack where its series reaches at least as far
and has at least half of the years that the pack has from there on; of several the one that reaches furthest,
of equal ones the first in development/series.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from mirab.core import declared
from mirab.core.domain import Row, Tables
from mirab.core.records import Evidence, Observation
from mirab.core.targets import Fresh

GROUP, LEAST_SHARE = "development", 0.5
Name = tuple[str, str]


@dataclass(frozen=True)
class Figure:
    """One figure with what it rests on and the edition that tells it."""

    value: float
    evidence: Evidence
    vintage: str = ""


Series = Mapping[int, Figure]


def counting(
    tables: Tables, known: Iterable[Observation]
) -> tuple[dict[Name, dict[int, Figure]], tuple[Fresh, ...]]:
    """Figures by indicator and state, by year, that count; and where they are not those of the pack.

    Of what is known only the indicators that the pack has are taken, and values within their bounds.
    """
    packed = _packed(tables.rows(f"{GROUP}/values"))
    told = _told(tables, known)
    found = {name: dict(series) for name, series in packed.items()}
    fresh = []
    for name in sorted(told):
        own = packed.get(name, {})
        author = _chosen(own, told[name])
        if author is not None:
            series = told[name][author]
            found[name] = {year: one for year, one in own.items() if year < min(series)} | dict(series)
            fresh.append(_fresh(name, author, own, series))
    return found, tuple(fresh)


def _packed(rows: Sequence[Row]) -> dict[Name, dict[int, Figure]]:
    found: dict[Name, dict[int, Figure]] = defaultdict(dict)
    for row in rows:
        found[row["indicator_id"], row["state"]][row["year"]] = Figure(row["value"], declared.evidence(row))
    return found


def _told(tables: Tables, known: Iterable[Observation]) -> dict[Name, dict[str, dict[int, Figure]]]:
    """Known figures by indicator and state, by author in the order of the pack's series, by year."""
    indicators = {row["indicator_id"]: row for row in tables.rows(f"{GROUP}/indicators")}
    order = {
        (row["indicator_id"], row["connector"]): place
        for place, row in enumerate(tables.rows(f"{GROUP}/series"))
    }
    mine = [o for o in known if (o.quantity, o.evidence.source_id) in order and o.value is not None]
    found: dict[Name, dict[str, dict[int, Figure]]] = defaultdict(lambda: defaultdict(dict))
    for one in sorted(mine, key=lambda o: (order[o.quantity, o.evidence.source_id], o.item, o.start)):
        if one.value is not None and _within(indicators[one.quantity], one.value):
            figure = Figure(one.value, one.evidence, one.vintage)
            found[one.quantity, one.item][one.author][one.start.year] = figure
    return found


def _within(indicator: Row, value: float) -> bool:
    lower, upper = indicator.get("lower"), indicator.get("upper")
    return (lower is None or value >= lower) and (upper is None or value <= upper)


def _chosen(own: Series, told: Mapping[str, Series]) -> str | None:
    """The author whose figures count in place of the pack's; None where the pack's stay."""
    able = [author for author, series in told.items() if _covers(own, series)]
    return max(able, key=lambda author: max(told[author])) if able else None


def _covers(own: Series, series: Series) -> bool:
    since = [year for year in own if year >= min(series)]
    return max(series) >= max(own, default=0) and len(series) >= LEAST_SHARE * len(since)


def _fresh(name: Name, author: str, own: Series, series: Series) -> Fresh:
    both = sorted(own.keys() & series.keys())
    apart = median(abs(series[year].value - own[year].value) for year in both) if both else None
    usual = median(abs(own[year].value) for year in both) if both else 0.0
    last = series[max(series)]
    return Fresh(
        *name,
        author,
        last.evidence.source_id,
        last.vintage,
        max(series),
        last.value,
        max(own, default=None),
        apart,
        bool(apart is not None and apart > Fresh.APART * usual),
    )
