"""Forecast consistency: what earlier issues said about the same window, so that a reader sees how it moved.

Forecasts of the same thing for the same days by successive issues are laid side by side: how they jump is a
property of the forecasts and needs no observation. Nothing is scored here; the rows are for a table or a
chart. Which windows count as the same is ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from mirab.core.calendar import next_start
from mirab.core.records import Briefing, Series, Threat

LEAST_SHARED = 0.5
Window = tuple[date, date]


@dataclass(frozen=True)
class Said:
    """What one issue said of one thing: its number and date, the window (first and last day), and the chance.

    `shared` is the fraction of the days asked for that its window holds; `low`, `middle` and `high` are the
    points of a fan or an amount where the issue gave some, `level` the level of a threat.
    """

    issue: int
    as_of: date
    window: Window
    shared: float
    probability: float | None = None
    level: str = ""
    low: float | None = None
    middle: float | None = None
    high: float | None = None


def of_threat(
    issues: Iterable[Briefing], threat: Threat, *, least_shared: float = LEAST_SHARED
) -> tuple[Said, ...]:
    """What issues said of a threat's window: threats of its rule that share an item and enough of its days.

    A threat without a window, or without items, is found by its id. In the order of the issues.
    """
    found = ((issue, one) for issue in issues for one in issue.threats if _is_of(one, threat))
    said = (
        Said(
            issue.issue,
            issue.as_of,
            one.window or (issue.as_of, issue.as_of),
            shared(one.window, threat.window),
            one.probability,
            one.level.value,
        )
        for issue, one in found
    )
    return tuple(one for one in said if threat.window is None or one.shared >= least_shared)


def of_chance(
    issues: Iterable[Briefing], series: str, place: str, window: Window, *, least_shared: float = LEAST_SHARED
) -> tuple[Said, ...]:
    """What issues said in a table of chances (`odds:...`) of a place about a window of whole months."""
    rows = ((issue, row) for issue in issues for row in _rows(issue, series) if row.get("place") == place)
    said = (_chance(issue, row, window) for issue, row in rows)
    return tuple(one for one in said if one.shared >= least_shared)


def of_step(issues: Iterable[Briefing], series: str, day: date) -> tuple[Said, ...]:
    """What issues said of one step of a fan (`forecast:...` or `fan:...`): its first day is `day`."""
    rows = (
        (issue, row)
        for issue in issues
        for row in _rows(issue, series)
        if row.get("date") == day.isoformat() and row.get("p50") is not None
    )
    points = {"low": "p05", "middle": "p50", "high": "p95"}
    return tuple(
        Said(issue.issue, issue.as_of, (day, day), 1.0, **{name: row[key] for name, key in points.items()})
        for issue, row in rows
    )


def shared(one: Window | None, asked: Window | None) -> float:
    """Fraction of the days asked for that a window holds; 0 where either is not known.

    >>> shared((date(2026, 1, 1), date(2026, 1, 10)), (date(2026, 1, 6), date(2026, 1, 15)))
    0.5
    """
    if one is None or asked is None:
        return 0.0
    days = (min(one[1], asked[1]) - max(one[0], asked[0])).days + 1
    return max(0, days) / ((asked[1] - asked[0]).days + 1)


def months_ahead(ends: date, first: int, last: int) -> Window:
    """First and last day of the months `first` to `last` after the day on which figures end.

    >>> months_ahead(date(2026, 9, 30), 3, 6)
    (datetime.date(2026, 12, 1), datetime.date(2027, 3, 31))
    """
    starts = [ends + timedelta(days=1)]
    for _ in range(last):
        starts.append(next_start(starts[-1], "month"))
    return starts[first - 1], starts[last] - timedelta(days=1)


def _is_of(one: Threat, other: Threat) -> bool:
    kin = (one.domain, one.rule) == (other.domain, other.rule) and bool(set(one.items) & set(other.items))
    return one.id == other.id or kin


def _chance(issue: Briefing, row: dict[str, Any], window: Window) -> Said:
    own = months_ahead(date.fromisoformat(row["ends"]), row["lead_from"], row["lead_to"])
    amounts = {name: row[name] for name in ("low", "middle", "high")}
    return Said(issue.issue, issue.as_of, own, shared(own, window), row["chance"], **amounts)


def _rows(issue: Briefing, series: str) -> Iterator[dict[str, Any]]:
    found: Sequence[Series] = [one for one in issue.series if one.id == series]
    for one in found:
        for row in zip(*one.columns.values(), strict=True):
            yield dict(zip(one.columns, row, strict=True))
