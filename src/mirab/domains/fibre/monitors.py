"""What monitors of networks saw of a state of late, as dated events.

Monitors count routes and answering addresses, not people, and not why: a fall may be a cut, a loss of power,
an order, or a change in how networks announce themselves. Limits are ours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from mirab.core.domain import Tables
from mirab.core.phrase import say
from mirab.core.records import Event, Observation

SHARE, HOURS = "connectivity_share", "outage_hours"
LOW_SHARE, LONG_HOURS, RECENT_DAYS = 0.7, 6.0, 90


def noticed(tables: Tables, known: Sequence[Observation], on: date) -> tuple[Event, ...]:
    """Falls of what a monitor sees under LOW_SHARE of the usual, and long outages, of the last RECENT_DAYS.

    Days in a row of one monitor are one event, told by its lowest day.
    """
    home = {row["state"] for row in tables.rows("states")}
    first = on - timedelta(days=RECENT_DAYS)
    recent = [o for o in known if o.item in home and o.value is not None and first <= o.start < on]
    low = [o for o in recent if o.quantity == SHARE and (o.value or 0.0) < LOW_SHARE]
    falls = (_fall(days) for days in _runs(low))
    outages = (_outage(o) for o in recent if o.quantity == HOURS and (o.value or 0.0) >= LONG_HOURS)
    return (*falls, *outages)


def _runs(low: Sequence[Observation]) -> Iterator[list[Observation]]:
    """Days in a row by state and author."""
    groups: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for one in sorted(low, key=lambda one: one.start):
        groups[one.item, one.author].append(one)
    for days in groups.values():
        run: list[Observation] = []
        for one in days:
            if run and run[-1].end != one.start:
                yield run
                run = []
            run.append(one)
        yield run


def _fall(days: Sequence[Observation]) -> Event:
    lowest = min(days, key=lambda one: one.value or 0.0)
    title = say(
        "{author}: down to {share} % of the usual, days in a row: {days}",
        author=lowest.author,
        share=round(100 * (lowest.value or 0.0)),
        days=len(days),
    )
    return _event(title, days[0], days[-1], lowest)


def _outage(one: Observation) -> Event:
    title = say("{author}: outages of {hours:.0f} h", author=one.author, hours=one.value or 0.0)
    return _event(title, one, one, one)


def _event(title: str, first: Observation, last: Observation, told: Observation) -> Event:
    begun, ended = first.start.isoformat(), (last.end - timedelta(days=1)).isoformat()
    id = f"fibre:measured:{told.item}:{told.quantity}:{told.author}:{begun}"
    states = (told.item,)
    return Event(id, "fibre:measured", title, states, begun, ended, "", told.evidence, told.marking)
