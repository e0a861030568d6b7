"""The numbers behind the charts: a core Series from an Ensemble, from Observations, or from rows by state.

The part of a series id before the colon names its chart: `fan:toktogul` is drawn by `charts/fan.json`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mirab.core.carriage_gain import CarriageGain
from mirab.core.ensemble import Ensemble
from mirab.core.errors import InputError, Problem
from mirab.core.records import (
    PUBLIC_STANDINGS,
    Confidence,
    Marking,
    Observation,
    Option,
    Series,
    StateEffect,
)

MOST_YEARS = 3
LEVELS = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
SERVED_COLUMNS = ("state", "perimeter", "limit_km3", "served_km3", "low_km3", "high_km3")


def chart_of(series: Series) -> str:
    """Name of the chart that draws a series."""
    return series.id.partition(":")[0]


def fan(
    ensemble: Ensemble,
    item: str,
    *,
    id: str,
    title: str,
    norm: ArrayLike | None = None,
    past: Mapping[str, ArrayLike] | None = None,
    observed: ArrayLike | None = None,
) -> Series:
    """Quantiles of one item by step, with its norm, past years and observations, in the ensemble's unit.

    `norm`, `observed` and each year of `past` have shape (time,) on the ensemble's steps; a value that is
    not there is NaN or None and stays absent (§3). Columns: date, p05, p25, p50, p75, p95, then `norm`,
    `observed` and one column for each year. Raises InputError where a length differs or there are more
    than MOST_YEARS past years, which nobody can tell apart.
    """
    if len(past or {}) > MOST_YEARS:
        problem = Problem("past", f"has {len(past or {})} years", f"give the last {MOST_YEARS}")
        raise InputError(f"series fan:{id}", [problem])
    bands = ensemble.quantiles(item, tuple(LEVELS.values()))
    columns: dict[str, tuple[Any, ...]] = {"date": tuple(day.isoformat() for day in ensemble.axis.starts)}
    columns |= {name: column(values) for name, values in zip(LEVELS, bands, strict=True)}
    extra = {"norm": norm, "observed": observed, **(past or {})}
    columns |= {name: column(values) for name, values in extra.items() if values is not None}
    sources, confidence = sourced(ensemble.evidence, Confidence.COMPUTED)
    return _checked(Series(f"fan:{id}", title, ensemble.unit, columns, sources, confidence, ensemble.how))


def contested(
    observations: Sequence[Observation],
    *,
    id: str,
    title: str,
    implied: Mapping[str, float | None] | None = None,
    note: str = "",
) -> Series:
    """One column for each author who reports the same quantity at the same item, all kept (§7).

    `implied` gives the value that the balance asks for by ISO date, `note` says which terms nobody measures
    and who reports each of the others. The series takes the narrowest marking of its observations. Raises
    InputError where the observations are of more than one quantity, item or unit.
    """
    _same_kind(id, observations)
    values = {(seen.start.isoformat(), seen.author): seen.value for seen in observations}
    dates = sorted({day for day, _ in values} | set(implied or {}))
    columns: dict[str, tuple[Any, ...]] = {"date": tuple(dates)}
    for author in sorted({author for _, author in values}):
        columns[author] = column([values.get((day, author)) for day in dates])
    if implied:
        columns["implied"] = column([implied.get(day) for day in dates])
    sources, confidence = sourced([seen.evidence for seen in observations], Confidence.CONFLICTING)
    marking = max((seen.marking for seen in observations), key=list(Marking).index)
    unit = observations[0].unit
    return _checked(Series(f"contested:{id}", title, unit, columns, sources, confidence, note, marking))


def served(
    rows: Sequence[Mapping[str, Any]], *, id: str, title: str, source_ids: Sequence[str], note: str = ""
) -> Series:
    """Use against limit by state and perimeter, in km3, states A to Z by code.

    Each row has the columns of SERVED_COLUMNS; `low_km3` and `high_km3` bound the 80 % interval. A limit or
    a volume that is not known is None.
    """
    ordered = sorted(rows, key=lambda row: (str(row["state"]), str(row["perimeter"])))
    columns = {name: tuple(row.get(name) for row in ordered) for name in SERVED_COLUMNS}
    numbers = {name: column(values) for name, values in columns.items() if name.endswith("_km3")}
    sources = tuple(dict.fromkeys(source_ids))
    return _checked(
        Series(f"served:{id}", title, "km3", columns | numbers, sources, Confidence.COMPUTED.value, note)
    )


def gain(option: Option) -> Series:
    """What an option is worth to each state: its mean and 10 and 90 % of members.

    In million USD, states A to Z by code. An option that the public may not see makes a series for partners.
    """
    given: list[StateEffect | CarriageGain] = [*option.states, *option.carriage]
    effects = sorted(given, key=lambda effect: effect.state)
    columns: dict[str, tuple[Any, ...]] = {"state": tuple(effect.state for effect in effects)}
    columns["mean_musd"] = column([_mean_musd(effect) for effect in effects])
    columns["low_musd"] = column([effect.gain_usd[0] / 1e6 for effect in effects])
    columns["high_musd"] = column([effect.gain_usd[2] / 1e6 for effect in effects])
    sources, confidence = sourced(option.evidence, Confidence.ESTIMATED)
    marking = Marking.PUBLIC if option.standing in PUBLIC_STANDINGS else Marking.PARTNERS
    series = Series(f"gain:{option.id}", option.title, "million USD", columns, sources, confidence)
    return _checked(replace(series, marking=max(marking, option.marking, key=list(Marking).index)))


def _mean_musd(effect: StateEffect | CarriageGain) -> float:
    if isinstance(effect, CarriageGain):
        return effect.mean_usd / 1e6
    return (effect.least_usd + effect.most_usd) / 2e6


def column(values: ArrayLike | Sequence[float | None]) -> tuple[float | None, ...]:
    """Six significant figures of each value; None where there is none (§3)."""
    numbers = np.atleast_1d(np.array(values, dtype=object).astype(float))
    return tuple(float(f"{number:.6g}") if np.isfinite(number) else None for number in numbers)


def sourced(evidence: Sequence[Any], otherwise: Confidence) -> tuple[tuple[str, ...], str]:
    """Ids of the sources of some evidence, and its classes of confidence in words, `otherwise` if none."""
    classes = tuple(dict.fromkeys(one.confidence.value for one in evidence))
    return tuple(dict.fromkeys(one.source_id for one in evidence)), ", ".join(classes) or otherwise.value


def _same_kind(id: str, observations: Sequence[Observation]) -> None:
    kinds = sorted({(seen.item, seen.quantity, seen.unit) for seen in observations})
    if len(kinds) != 1:
        what = f"has {len(kinds)} kinds of observation: {kinds}"
        problem = Problem("observations", what, "give those of one item, quantity and unit")
        raise InputError(f"series contested:{id}", [problem])


def _checked(series: Series) -> Series:
    steps = len(next(iter(series.columns.values())))
    wrong = [
        Problem(f"column {name}", f"has {len(values)} values", f"give one for each of the {steps} rows")
        for name, values in series.columns.items()
        if len(values) != steps
    ]
    if wrong:
        raise InputError(f"series {series.id}", wrong)
    return series
