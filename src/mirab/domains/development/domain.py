"""Development of a region: indicators by state and year, programmes with their targets, trade and logistics.

It has no network; `measured` reads its tables, `rules.csv` says which reversal is a threat, `methods` holds
the mathematics of trade.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from mirab.core import declared
from mirab.core.calendar import years
from mirab.core.domain import Domain, Row, Tables
from mirab.core.errors import InputError, Problem, suggest
from mirab.core.panel import Panel
from mirab.core.records import Evidence, Observation
from mirab.core.targets import Indicator, Measured, Programme, Target, TrackRecord
from mirab.domains.development import figures

GROUP = "development"
PARTS = (
    *("indicators", "series", "values", "programmes", "targets"),
    *("landlocked", "logistics", "integration_index", "trade", "track_record"),
)


def measured(tables: Tables, known: Sequence[Observation] = ()) -> Measured:
    """Indicators, programmes, targets and one panel of states for each indicator that has a figure.

    Figures that live sources told and that are `known` count in place of the pack's (`figures.counting`).
    Raises InputError with every problem at once: a figure outside the bounds of its indicator, of a state
    that the pack does not know, thresholds out of order, a target that lacks its number or base year.
    """
    series, fresh = figures.counting(tables, known)
    indicators = {row["indicator_id"]: _indicator(row) for row in tables.rows(f"{GROUP}/indicators")}
    programmes = {row["programme_id"]: _programme(row, tables) for row in tables.rows(f"{GROUP}/programmes")}
    targets = tuple(_target(row, programmes) for row in tables.rows(f"{GROUP}/targets"))
    records = {row["indicator_id"]: _record(row) for row in tables.rows(f"{GROUP}/track_record")}
    found = Measured(indicators, programmes, targets, _panels(series, indicators), records, fresh)
    problems = [*found.problems(), *_of_states(found.panels, _known(tables))]
    if problems:
        raise InputError("development", problems)
    return found


def _known(tables: Tables) -> tuple[str, ...]:
    return tuple(row["state"] for table in ("states", "other_states") for row in tables.rows(table))


def _indicator(row: Row) -> Indicator:
    return Indicator(
        row["indicator_id"],
        row["name"],
        row["goal"],
        row["measured_in"],
        row["kind"],
        row["direction"],
        row.get("lower"),
        row.get("upper"),
        row.get("tolerance") or 0.0,
        _thresholds(row),
        tuple(declared.codes(row.get("not_applicable"))),
    )


def _thresholds(row: Row) -> tuple[float, float, float, float] | None:
    """Worst, red, green and best; None where one is missing."""
    marks = [row[name] for name in ("worst", "red", "green", "best") if row.get(name) is not None]
    return (marks[0], marks[1], marks[2], marks[3]) if len(marks) == 4 else None


def _programme(row: Row, tables: Tables) -> Programme:
    states = tuple(one["state"] for one in tables.rows("states"))
    if row.get("members") == "landlocked":
        inland = {one["state"] for one in tables.rows(f"{GROUP}/landlocked")}
        states = tuple(state for state in states if state in inland)
    years = row["begins"], row["ends"], row.get("base_year")
    basis = row.get("base_year_basis") or "not stated"
    return Programme(
        row["programme_id"],
        row["title"],
        *years,
        basis,
        states,
        (declared.evidence(row),),
        row.get("members") or "",
    )


def _target(row: Row, programmes: Mapping[str, Programme]) -> Target:
    return Target(
        row["target_id"],
        row["programme_id"],
        row["priority"],
        row["text"],
        row.get("indicator_id"),
        row["rule"],
        row.get("value"),
        row.get("base_year") or programmes[row["programme_id"]].base_year,
        row["deadline"],
        row.get("basis") or "",
        (declared.evidence(row),),
        row.get("note") or "",
    )


def _record(row: Row) -> TrackRecord:
    return TrackRecord(row["cases"], row["score"], row["score_last"], row["score_line"])


def _panels(
    series: Mapping[figures.Name, figures.Series], indicators: Mapping[str, Indicator]
) -> dict[str, Panel]:
    """One yearly panel for each indicator, states A to Z, from its first year to its last."""
    found: dict[str, dict[str, figures.Series]] = defaultdict(dict)
    for (indicator, state), own in sorted(series.items()):
        found[indicator][state] = own
    return {name: _panel(one, found[name]) for name, one in indicators.items() if name in found}


def _panel(indicator: Indicator, series: Mapping[str, figures.Series]) -> Panel:
    states, years_seen = tuple(series), [year for own in series.values() for year in own]
    first, last = min(years_seen), max(years_seen)
    values = np.full((len(states), last - first + 1), np.nan)
    vintages = np.full(values.shape, "", dtype="<U32")
    evidence: dict[str, Evidence] = {}
    for place, own in enumerate(series.values()):
        for year, one in own.items():
            values[place, year - first], vintages[place, year - first] = one.value, one.vintage
            evidence.setdefault(one.evidence.source_id, one.evidence)
    axis = years(date(first, 1, 1), last - first + 1)
    owners, basis = tuple((state,) for state in states), tuple(evidence.values())
    return Panel(
        indicator.id, indicator.unit, states, axis, values, owners, vintages=vintages, evidence=basis
    )


def _of_states(panels: Mapping[str, Panel], known: Sequence[str]) -> Iterator[Problem]:
    for panel in panels.values():
        for state in sorted(set(panel.items) - set(known)):
            where = f"development/values {panel.quantity}"
            yield Problem(where, f"state={state!r} is not known", suggest(state, sorted(known)))


DOMAIN = Domain(
    name=GROUP,
    title="Development",
    tables=tuple(f"{GROUP}/{part}" for part in PARTS),
    measured=measured,
)
