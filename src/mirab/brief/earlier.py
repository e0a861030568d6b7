"""What earlier issues said of the next month: one Series for each forecast that several issues made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from mirab.brief.series import chart_of
from mirab.core.phrase import say
from mirab.core.records import Briefing, Series
from mirab.follow import consistency

CHART = "consistency"
FEWEST = 2


def series(now: Briefing, earlier: Sequence[Briefing]) -> tuple[Series, ...]:
    """`consistency:...` of each `forecast:...` of an issue: what it and those before it said of one step.

    The step is the first whole one after the date of the issue, so that the issues of the last year speak of
    it. Columns: date (of the issue), p05, p50, p95. Fewer than FEWEST issues are not compared.
    """
    found = (_series(one, now, earlier) for one in now.series if chart_of(one) == "forecast")
    return tuple(one for each in found for one in each)


def _series(fan: Series, now: Briefing, earlier: Sequence[Briefing]) -> Iterator[Series]:
    ahead = [day for day in fan.columns["date"] if date.fromisoformat(day) > now.as_of]
    said = consistency.of_step((*earlier, now), fan.id, date.fromisoformat(ahead[0])) if ahead else ()
    if len(said) < FEWEST:
        return
    columns = {
        "date": tuple(one.as_of.isoformat() for one in said),
        "p05": tuple(one.low for one in said),
        "p50": tuple(one.middle for one in said),
        "p95": tuple(one.high for one in said),
    }
    title = say("{what}, {step}: what each issue said", what=fan.title, step=ahead[0][:7])
    note = say(
        "Each bar is the 90 % interval of one issue, its point the middle; a forecast that follows the "
        "evidence narrows and moves little as the month comes near. Data, editions and method may differ "
        "between issues."
    )
    id = f"{CHART}:{fan.id.partition(':')[2]}"
    yield replace(fan, id=id, title=title, columns=columns, note=note)
