"""Series of a forecast: a fan for each item with a history, and the table of chances with past scores."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from mirab.brief import beside
from mirab.brief.figures import Figures
from mirab.brief.series import LEVELS, column, sourced
from mirab.brief.words import load
from mirab.core.ensemble import Ensemble
from mirab.core.fields import fields
from mirab.core.phrase import say
from mirab.core.plain import to_dict
from mirab.core.records import Confidence, Series
from mirab.warn.forecast.outlook import Forecast, method_words, record_words
from mirab.warn.situation import NO_SKILL

if TYPE_CHECKING:
    from rich.console import Console

SHOWN_STEPS = 24
WIDTH = 78


def series(domain: str, made: Forecast) -> tuple[Series, ...]:
    """Fans `forecast:DOMAIN_QUANTITY_ITEM` of items with a history, then `odds:...` and `reliability:...`."""
    drawn = [i for i in made.plan.focus if i in made.whole.items and i not in made.plan.empty]
    return (*(_fan(domain, made, item) for item in drawn), odds(domain, made), *_reliability(domain, made))


def _reliability(domain: str, made: Forecast) -> tuple[Series, ...]:
    """What came of past chances, by bin: mean chance, share that came, how many; nothing without an event."""
    if not made.reliability:
        return ()
    rows, quantity = made.reliability, made.plan.panel.quantity
    columns = {name: tuple(getattr(row, name) for row in rows) for name in ("forecast", "came", "count")}
    sources, _ = sourced(made.plan.panel.evidence, Confidence.COMPUTED)
    words = load()
    title = words("reliability.title", quantity=quantity.replace("_", " "))
    note = words("reliability.how", first=made.leads.first, last=made.leads.last)
    id = f"reliability:{domain}_{quantity}"
    return (Series(id, title, "fraction", columns, sources, Confidence.COMPUTED.value, note),)


def odds(domain: str, made: Forecast) -> Series:
    """One row for each item that is told, A to Z: chance of an event, amount over the window, past scores.

    `counts` says what a nought does not count; `record` is the past score in words, or that there is none.
    """
    plan = made.plan
    items = sorted(made.judged.items, key=lambda item: plan.titles.get(item, item))
    rows = [_row(made, item) for item in items]
    columns: dict[str, tuple[Any, ...]] = {name: tuple(row[name] for row in rows) for name in rows[0]}
    sources, confidence = sourced(plan.panel.evidence, Confidence.COMPUTED)
    what = say("{what}", what=plan.panel.quantity.replace("_", " "))
    titled = say("{what:capital}: chances and past scores", what=what)
    id = f"odds:{domain}_{plan.panel.quantity}"
    return Series(id, titled, plan.panel.unit, columns, sources, confidence, plan.perimeter)


def _row(made: Forecast, item: str) -> dict[str, Any]:
    plan, record = made.plan, made.records.get(item)
    low, middle, high = _window(made.judged, item)
    told = {
        "score": record.score if record else None,
        "baseline_score": record.baseline_score if record else None,
        "crps": record.crps if record else None,
        "baseline_crps": record.baseline_crps if record else None,
        "covered": record.covered if record else None,
    }
    return {
        "state": "|".join(made.judged.states[made.judged.position(item)]),
        "place": plan.titles.get(item, item),
        "judged": item in plan.focus,
        "chance": _number(made.chance[item]),
        "low": _number(low),
        "middle": _number(middle),
        "high": _number(high),
        **{name: _number(value) for name, value in told.items()},
        "events": record.events if record else None,
        "windows": record.windows if record else None,
        "skill": bool(record and record.skilled),
        "record": record_words(made, item) if item not in plan.empty else NO_SKILL,
        "drivers": plan.drivers.get(item, ""),
        "counts": plan.perimeter if middle == 0 else "",
        "ends": (made.whole.axis.starts[0] - timedelta(days=1)).isoformat(),
        "lead_from": made.leads.first,
        "lead_to": made.leads.last,
    }


def _window(ensemble: Ensemble, item: str) -> tuple[float, float, float]:
    """The 5, 50 and 95 % quantiles of the sum over the window; of its last step where amounts do not add."""
    values = ensemble[item]
    known = fields().get(ensemble.quantity)
    adds = known is not None and known.kind == "extensive"
    low, middle, high = np.quantile(values.sum(axis=0) if adds else values[-1], (0.05, 0.5, 0.95))
    return float(low), float(middle), float(high)


def _fan(domain: str, made: Forecast, item: str) -> Series:
    """Quantiles by step behind the last SHOWN_STEPS figures, which stand in the column `observed`."""
    past = made.plan.panel.until(made.on)
    first = max(0, len(past.axis) - SHOWN_STEPS)
    days = (*past.axis.starts[first:], *made.whole.axis.starts)
    seen = past.values[past.position(item), first:]
    bands = made.whole.quantiles(item, tuple(LEVELS.values()))
    columns: Mapping[str, Sequence[float]] = {
        **{name: [*[np.nan] * len(seen), *band] for name, band in zip(LEVELS, bands, strict=True)},
        "observed": [*seen, *[np.nan] * len(made.whole.axis)],
    }
    sources, confidence = sourced(past.evidence, Confidence.COMPUTED)
    titled = say(
        "{place}: {what} by {step}",
        place=made.plan.titles.get(item, item),
        what=past.quantity.replace("_", " "),
        step=past.axis.kind,
    )
    note = say(
        "{how:capital}. Counted: {counted}. Past score: {record}.",
        how=say("{how}", how=made.whole.how),
        counted=made.plan.perimeter,
        record=record_words(made, item),
    )
    return Series(
        f"forecast:{domain}_{past.quantity}_{item}",
        titled,
        past.unit,
        {"date": tuple(day.isoformat() for day in days)} | {k: column(v) for k, v in columns.items()},
        sources,
        confidence,
        note,
    )


def _number(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else float(f"{value:.6g}")


def as_json(found: Sequence[Series]) -> str:
    """Series as JSON, as they stand in the records of a briefing."""
    return json.dumps([to_dict(one) for one in found], indent=1, ensure_ascii=False)


def show(found: Sequence[Series], console: Console | None = None) -> None:
    """Print the chances of each table in words, those that are judged first, and what stands beside them."""
    from rich.console import Console

    console, say = console or Console(), Figures(load(), {})
    for odds in (one for one in found if one.id.startswith("odds:")):
        console.print(say.words("security.how", counts=odds.note) + "\n", highlight=False)
        rows = [dict(zip(odds.columns, row, strict=True)) for row in zip(*odds.columns.values(), strict=True)]
        console.print(_distance(rows[0], say) + "\n", highlight=False)
        for row in sorted(rows, key=lambda row: not row["judged"]):
            head, *rest = _lines(row, say)
            told = [
                head,
                *(fill(line, WIDTH, initial_indent="  ", subsequent_indent="    ") for line in rest),
            ]
            console.print("\n".join(told) + "\n", highlight=False, markup=False)
        console.print(say.words("security.read"), highlight=False)
    for line in beside.lines(found, say):
        console.print(fill(line, WIDTH, subsequent_indent="    "), highlight=False, markup=False)


def ahead(made: Forecast) -> list[str]:
    """Lines on a forecast without chances: the method, then each item with its past score and its steps."""
    plan, unit = made.plan, made.plan.panel.unit
    lines = [*method_words(made), *plan.gaps]
    for item in made.judged.items:
        lines += ["", f"{plan.titles[item]} ({unit}): {record_words(made, item)}"]
        bands = made.judged.quantiles(item, (0.05, 0.5, 0.95)).T
        lines += [
            f"  {day}: {middle:.4g} ({low:.4g} to {high:.4g})"
            for day, (low, middle, high) in zip(made.judged.axis.starts, bands, strict=True)
        ]
    return lines


def _distance(row: Mapping[str, Any], say: Figures) -> str:
    """The sentence on where the figures end and how far ahead the steps judged lie, from a row of chances."""
    ends = say.iso(row["ends"])
    return say.words("security.leads", ends=ends, first=str(row["lead_from"]), last=str(row["lead_to"]))


def _lines(row: Mapping[str, Any], say: Figures) -> list[str]:
    """One row of the table in words, as on the page."""
    words = say.words
    amount = words("security.between", **{name: say.number(row[name]) for name in ("middle", "low", "high")})
    lines = [f"{row['place']}: {say.likelihood(row['chance'])}", f"{words('security.amount')}: {amount}"]
    lines += [row["counts"]] if row["counts"] else []
    lines += [words("security.before", what=row["drivers"])] if row["drivers"] else []
    if row["score"] is not None:
        past = {"ours": say.number(row["score"]), "baseline": say.number(row["baseline_score"])}
        lines.append(words("security.brier", **past, events=str(row["events"]), windows=str(row["windows"])))
    return [*lines, words("security.skill") if row["skill"] else row["record"]]
