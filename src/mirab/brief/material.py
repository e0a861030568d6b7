"""Material of one domain for a briefing: its charts as Series, and the sentences of the situation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from mirab.brief import series
from mirab.brief.figures import Figures
from mirab.brief.words import load
from mirab.core.calendar import TimeAxis, dekad_of_year, next_start, season, water_year
from mirab.core.declared import by
from mirab.core.domain import Row, Tables
from mirab.core.ensemble import Ensemble
from mirab.core.phrase import chained, say
from mirab.core.records import Evidence, Observation, Series, Threat
from mirab.warn.sentences import period

Floats = NDArray[np.float64]
PAST_YEARS = 2


@dataclass(frozen=True)
class Material:
    """What a domain hands to the briefing.

    `whole` are quantities over the steps before the date and after it, `ahead` those after it only, `norms`
    36 dekads of the mean year by quantity and item, `shares(item)` the input rows upstream by confidence,
    `made` what is a Series already.
    """

    domain: str
    tables: Tables
    whole: Mapping[str, Ensemble]
    ahead: Mapping[str, Ensemble]
    norms: Mapping[str, Mapping[str, float | Sequence[float]]]
    observations: Sequence[Observation]
    shares: Callable[[str], Mapping[str, float]] = lambda item: {}
    made: tuple[Series, ...] = ()


def charts(material: Material) -> tuple[Series, ...]:
    """All Series of a domain: fans of its table `charts`, limits served, contested figures, and `made`."""
    return (*_fans(material), *_served(material), *_contested(material), *material.made)


def undrawn(material: Material) -> tuple[str, ...]:
    """Sentences on the rows of the table `charts` that no simulated quantity answers (§3)."""
    rows = material.tables.rows(f"{material.domain}/charts")
    missing = [row for row in rows if _simulated(material, row) is None]
    return tuple(
        say(
            "{title}: no {what} is simulated there.",
            title=row["title"],
            what=row["quantity"].replace("_", " "),
        )
        for row in missing
    )


def _fans(material: Material) -> list[Series]:
    rows = material.tables.rows(f"{material.domain}/charts")
    found = [(row, _simulated(material, row)) for row in rows]
    return [_fan(material, row, ensemble) for row, ensemble in found if ensemble is not None]


def _simulated(material: Material, row: Row) -> Ensemble | None:
    ensemble = material.whole.get(row["quantity"])
    return ensemble if ensemble is not None and row["node_id"] in ensemble.items else None


def _fan(material: Material, row: Row, ensemble: Ensemble) -> Series:
    item, axis = row["node_id"], ensemble.axis
    seen = [o for o in material.observations if (o.item, o.quantity) == (item, row["quantity"])]
    norm = material.norms.get(row["quantity"], {}).get(item)
    made = series.fan(
        ensemble,
        item,
        id=row["chart_id"],
        title=row["title"],
        norm=axis.spread(norm) if norm is not None else None,
        past=_past_years(seen, axis),
        observed=_by_step(seen, axis),
    )
    rows = Figures(load(), {}).shares(material.shares(item))
    sources = tuple(
        dict.fromkeys(
            (*made.source_ids, *row["source_id"].split("|"), *sorted(cited(o.evidence for o in seen)))
        )
    )
    how = say("{how:capital}.", how=say("{how}", how=made.note))
    note = say("{how} Input rows upstream: {rows}.", how=how, rows=rows) if material.shares(item) else how
    return replace(made, source_ids=sources, note=note)


def _by_step(seen: Sequence[Observation], axis: TimeAxis) -> Floats | None:
    """Observed value of each step, NaN where there is none; several authors stay out (they are contested)."""
    if len({o.author for o in seen if _is_dekad(o)}) > 1:
        return None
    values = np.full(len(axis), np.nan)
    for o in seen:
        middle = o.start + (o.end - o.start) // 2
        if o.value is not None and axis.starts[0] <= middle < axis.end:
            values[axis.index(middle)] = o.value
    return values if np.isfinite(values).any() else None


def _past_years(seen: Sequence[Observation], axis: TimeAxis) -> dict[str, Floats]:
    """Observed values of the last water years before the axis, laid on its steps by the dekad of the year."""
    regular = [o for o in seen if _is_dekad(o) and o.value is not None and o.end <= axis.starts[0]]
    if len({o.author for o in regular}) > 1:
        return {}
    years = sorted({water_year(o.start) for o in regular})[-PAST_YEARS:]
    found = {}
    for year in years:
        values = {dekad_of_year(o.start): o.value for o in regular if water_year(o.start) == year}
        found[f"{year - 1}-{year % 100:02d}"] = np.array(
            [values.get(dekad_of_year(day), np.nan) for day in axis.starts], dtype=float
        )
    return found


def _is_dekad(o: Observation) -> bool:
    return 8 <= (o.end - o.start).days <= 11


def _served(material: Material) -> list[Series]:
    """Demand and delivery by account and state in the growing season of which most lies ahead."""
    if "demand_volume" not in material.ahead:
        return []
    axis = material.ahead["demand_volume"].axis
    return [_season(material, steps, year) for year, steps in _growing_seasons(axis).items()]


def _growing_seasons(axis: TimeAxis) -> dict[int, list[int]]:
    years: dict[int, list[int]] = {}
    for step, day in enumerate(axis.starts):
        if season(day) == "growing":
            years.setdefault(day.year, []).append(step)
    longest = max((len(steps) for steps in years.values()), default=0)
    return {year: steps for year, steps in years.items() if len(steps) == longest}


def _season(material: Material, steps: list[int], year: int) -> Series:
    perimeters = {row["account_id"]: row for row in material.tables.rows(f"{material.domain}/accounts")}
    demand, given = material.ahead["demand_volume"], material.ahead["delivered_volume"]
    rows = []
    for item in demand.items:
        account, _, state = item.partition(":")
        volumes = given[item][steps].sum(axis=0) / 1000.0
        low, high = np.quantile(volumes, (0.1, 0.9))
        rows.append(
            {
                "state": state,
                "perimeter": say(
                    "{account}: {perimeter}",
                    account=perimeters[account]["title"],
                    perimeter=perimeters[account]["perimeter"],
                ),
                "limit_km3": demand[item][steps, 0].sum() / 1000.0,
                "served_km3": float(np.median(volumes)),
                "low_km3": low,
                "high_km3": high,
            }
        )
    sources = sorted({row["source_id"] for row in material.tables.rows(f"{material.domain}/limits")})
    ids = [id for cell in sources for id in cell.split("|")]
    return series.served(rows, id=f"growing_{year}", title=_period(demand.axis, steps), source_ids=ids)


def _period(axis: TimeAxis, steps: Sequence[int]) -> str:
    """The days of some steps in words: a season that is not whole must not look like one."""
    first, last = axis.starts[steps[0]], next_start(axis.starts[steps[-1]], axis.kind) - timedelta(days=1)
    if (first.month, first.day, last.month, last.day) == (4, 1, 9, 30):
        return say("April to September {year}", year=str(first.year))
    return period(first, last + timedelta(days=1))


def _contested(material: Material) -> list[Series]:
    """One Series for each quantity and item that more than one author reports for the same step."""
    groups: dict[tuple[str, str], list[Observation]] = {}
    for o in material.observations:
        if _is_dekad(o):
            groups.setdefault((o.item, o.quantity), []).append(o)
    several = {key: seen for key, seen in groups.items() if len({o.author for o in seen}) > 1}
    return [_dispute(material, item, quantity, seen) for (item, quantity), seen in several.items()]


def _dispute(material: Material, item: str, quantity: str, seen: list[Observation]) -> Series:
    names = {row["node_id"]: row["name"] for row in material.tables.rows(f"{material.domain}/nodes")}
    rows = [row for row in material.tables.rows(f"{material.domain}/balances") if row["node_id"] == item]
    return series.contested(
        seen,
        id=f"{item}_{quantity}",
        title=say("{place}: {what}", place=names.get(item, item), what=quantity.replace("_", " ")),
        implied=_implied(rows, seen) if quantity == "inflow" else {},
        note=_terms(rows),
    )


def _implied(rows: Sequence[Row], seen: Sequence[Observation]) -> dict[str, float]:
    """Inflow that the measured terms of the balance ask for, by step: what leaves plus what is stored.

    A month of which a term is absent asks for nothing that could be said (§3).
    """
    months = by((row for row in rows if row["term"] != "inflow"), "month")
    days = {o.start: months.get(o.start.replace(day=1), ()) for o in sorted(seen, key=lambda o: o.start)}
    return {
        day.isoformat(): float(sum(row["value"] for row in terms))
        for day, terms in days.items()
        if terms and all(row["value"] is not None for row in terms)
    }


def _terms(rows: Sequence[Row]) -> str:
    """Who reports each term of the balance."""
    authors: dict[str, set[str]] = {}
    for row in rows:
        authors.setdefault(row["term"], set()).add(row["author"])
    known = [
        say("{term}: {who}", term=term.replace("_", " "), who=chained(sorted(who), ", "))
        for term, who in authors.items()
    ]
    return say("Terms of the balance and who reports them: {known}.", known=chained(known)) if known else ""


def situation(threats: Sequence[Threat], say: Figures, *, scenario: bool) -> tuple[str, ...]:
    """Three sentences: what stands out, what needs a decision, and by whom and when (keys `situation.*`)."""
    words = say.words
    if not threats:
        quiet = (words("situation.quiet"), words("situation.scenario"))
        return quiet if scenario else quiet[:1]
    counts = {
        level: sum(t.level.value == level for t in threats) for level in ("existing", "potential", "watch")
    }
    first = words("situation.counts", **{name: str(count) for name, count in counts.items()})
    lead = next((t for t in threats if t.addressee and t.probability is not None), threats[0])
    top = words("situation.lead", title=lead.title, chance=say.chance(lead))
    when = say.day(lead.window[0]) if lead.window else words("situation.now")
    act = words("situation.act", who=say.spelled(lead.addressee) or words("figure.none"), when=when)
    if scenario:
        first = chained([first, words("situation.scenario")], " ")
    return first, top, act


def cited(evidence: Iterable[Evidence]) -> set[str]:
    """Source ids of some evidence."""
    return {id for one in evidence for id in one.source_id.split("|")}
