"""What stands beside a forecast of ours: forecasts of others, and further figures that were observed.

A forecast of others is shown with its run and is never mixed into ours. An observed figure is held against
its own past, as sources count by rules of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from statistics import median
from typing import Any

import numpy as np

from mirab.brief.figures import Figures
from mirab.brief.series import chart_of, sourced
from mirab.core.calendar import next_start
from mirab.core.ensemble import Ensemble
from mirab.core.fields import fields
from mirab.core.marking import Marking
from mirab.core.phrase import say
from mirab.core.records import Confidence, Observation, Series
from mirab.warn.forecast.outlook import Forecast

RIVALS, OBSERVED = "rivals", "beside"
POINTS = ("low", "middle", "high")
MONTHS, FEWEST, ONE_DAY = 12, 6, timedelta(days=1)


def rivals(domain: str, made: Sequence[Forecast], foretold: Sequence[Ensemble]) -> tuple[Series, ...]:
    """`rivals:QUANTITY`: for each state the sum of others over the months that both tell, beside ours.

    Columns: state, place, source (id), run, came (the day on which it came), first and last day, theirs,
    mean, 5, 50 and 95 % points of ours (None where it is not of the same unit). Only the latest forecast of a
    source counts, and only months from the one of the date on; a series has the marking of its source.
    """
    found = (_rival(domain, one, last) for one in made for last in _latest(foretold, one.plan.rivals))
    return tuple(one for one in found if one.columns)


def _latest(foretold: Sequence[Ensemble], quantities: Sequence[str]) -> list[Ensemble]:
    """The latest forecast of each quantity and source."""
    wanted = [one for one in foretold if one.quantity in quantities and one.issued]
    wanted.sort(key=lambda one: (one.issued or date.min, one.how))
    last = {(one.quantity, one.evidence[0].source_id): one for one in wanted}
    return [last[key] for key in sorted(last)]


def _rival(domain: str, made: Forecast, theirs: Ensemble) -> Series:
    rows = [row for item in made.plan.focus if item in theirs.items for row in _compared(made, theirs, item)]
    rows.sort(key=lambda row: str(row["place"]))
    columns = {name: tuple(row[name] for row in rows) for name in rows[0]} if rows else {}
    sources, _ = sourced(theirs.evidence, Confidence.PUBLISHED)
    what = theirs.quantity.removesuffix("_forecast").replace("_", " ")
    title = say("Forecasts of others beside ours: {what}", what=say("{what}", what=what))
    id = f"{RIVALS}:{domain}_{theirs.quantity}"
    return Series(id, title, theirs.unit, columns, sources, "published", marking=theirs.marking)


def _compared(made: Forecast, theirs: Ensemble, item: str) -> Iterator[dict[str, Any]]:
    """The row of an item; none where the two have no month in common that is told whole."""
    ours, akin = made.whole, theirs.unit == made.whole.unit and item in made.whole.items
    ahead = [day for day in theirs.axis.starts if next_start(day, "month") > made.on]
    told = [day for day in ahead if np.isfinite(theirs[item][theirs.axis.starts.index(day)]).all()]
    months = [day for day in told if day in ours.axis.starts]
    if not months:
        return
    at = [theirs.axis.starts.index(day) for day in months]
    sums = ours[item][[ours.axis.starts.index(day) for day in months]].sum(axis=0) if akin else np.empty(0)
    points = np.quantile(sums, (0.05, 0.5, 0.95)) if akin else ()
    yield {
        "state": "|".join(theirs.states[theirs.position(item)]),
        "place": made.plan.titles.get(item, item),
        "source": theirs.evidence[0].source_id,
        "run": theirs.how,
        "came": theirs.issued.isoformat() if theirs.issued else "",
        "first": months[0].isoformat(),
        "last": (next_start(months[-1], "month") - ONE_DAY).isoformat(),
        "theirs": _number(float(theirs[item][at].mean(axis=1).sum())),
        "mean": _number(float(sums.mean())) if akin else None,
        **{name: _number(float(points[i])) if akin else None for i, name in enumerate(POINTS)},
    }


def observed(
    domain: str, seen: Sequence[Observation], names: Mapping[str, str], watched: Sequence[str], on: date
) -> tuple[Series, ...]:
    """`beside:DOMAIN`: the last figure of each state, quantity and author, with what was usual before.

    Columns: state, place, what (the quantity in words), quantity, value, unit, first day, last day, age in
    days, usual (median of the figures of the MONTHS before, where there are FEWEST of the same length),
    author, vintage, rests_on. States stand A to Z; nothing where nothing was observed.
    """
    series: dict[tuple[str, str, str], list[Observation]] = {}
    for one in sorted(seen, key=lambda one: (one.end, one.start)):
        if one.quantity in watched and one.item in names and one.value is not None and one.end <= on:
            series.setdefault((names[one.item], one.quantity, one.author), []).append(one)
    order = sorted(series, key=lambda key: (key[0], watched.index(key[1]), key[2]))
    rows = [_last(key[0], series[key], on) for key in order]
    if not rows:
        return ()
    columns = {name: tuple(row[name] for row in rows) for name in rows[0]}
    last = [series[key][-1] for key in order]
    sources, confidence = sourced([one.evidence for one in last], Confidence.PUBLISHED)
    marking = max((one.marking for one in last), key=lambda marking: marking.rank, default=Marking.PUBLIC)
    title = say("Figures that were observed beside deaths")
    return (Series(f"{OBSERVED}:{domain}", title, "1", columns, sources, confidence, marking=marking),)


def _last(place: str, seen: Sequence[Observation], on: date) -> dict[str, Any]:
    last = seen[-1]
    whole = next_start(last.start, "month") == last.end
    before = [one.value for one in seen[:-1][-MONTHS:] if one.value is not None] if whole else []
    usual = median(before) if len(before) >= FEWEST else None
    return {
        "state": last.item,
        "place": place,
        "what": say("{what}", what=last.quantity.replace("_", " ")),
        "quantity": last.quantity,
        "value": last.value,
        "unit": fields()[last.quantity].unit.removesuffix("1"),
        "first": last.start.isoformat(),
        "last": (last.end - ONE_DAY).isoformat(),
        "age": (on - last.end).days,
        "usual": usual,
        "author": last.author,
        "vintage": last.vintage,
        "rests_on": f"{last.evidence.source_id} ({last.evidence.confidence.value})",
    }


def lines(found: Sequence[Series], say: Figures) -> list[str]:
    """What stands beside a forecast, in lines for a terminal: forecasts of others, then observed figures."""
    told = []
    for one in (one for one in found if chart_of(one) in (RIVALS, OBSERVED)):
        rows = [dict(zip(one.columns, row, strict=True)) for row in zip(*one.columns.values(), strict=True)]
        is_rival = chart_of(one) == RIVALS
        told += ["", one.title]
        told += [_rival_line(row, one.unit, say) if is_rival else _seen_line(row, say) for row in rows]
    return told


def _rival_line(row: Mapping[str, Any], unit: str, say: Figures) -> str:
    words, none = say.words, row["mean"] is None
    ours = {name: say.number(row[name]) for name in ("mean", *POINTS)}
    mine = words("security.not_ours") if none else words("security.mean", **ours)
    span = words("security.span", first=say.iso(row["first"]), last=say.iso(row["last"]))
    theirs = say.amount(row["theirs"], unit)
    return f"{row['place']}, {span}: {theirs} ({row['run']}); {words('security.ours')}: {mine}"


def _seen_line(row: Mapping[str, Any], say: Figures) -> str:
    days = {"first": say.iso(row["first"]), "last": say.iso(row["last"]), "days": str(row["age"])}
    value = say.amount(row["value"], row["unit"])
    return f"{row['place']}, {row['what']}: {value} ({row['author']}; {say.words('security.days', **days)})"


def _number(value: float) -> float:
    return float(f"{value:.6g}")
