"""The dated events of a domain as one Series: what stands, what was set aside and why, and the editions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from mirab.core.incidents import Incident, Sorted
from mirab.core.phrase import say
from mirab.core.records import Confidence, Marking, Series

CHART = "incidents"
DAYS = 365


def series(domain: str, known: Sorted, on: date) -> tuple[Series, ...]:
    """`incidents:DOMAIN`: one row for each edition of an event of the last DAYS days, the latest event first.

    Columns: date, kind, place, title, states, vintage, told, catalogue, counted, remark (why it is not),
    source in words, rests_on (source and class). Nothing where no event is known.
    """
    standing = [(one, "") for one in known.standing]
    whole = [*standing, *((one.incident, one.reason) for one in known.aside)]
    shown = [
        (one, why)
        for one, why in whole
        if one.kind.startswith(f"{domain}:") and on - one.day <= timedelta(DAYS)
    ]
    if not shown:
        return ()
    shown.sort(key=lambda pair: (-pair[0].day.toordinal(), pair[0].id, bool(pair[1])))
    rows = [dict(_cells(one, why)) for one, why in shown]
    columns: dict[str, tuple[Any, ...]] = {name: tuple(row[name] for row in rows) for name in rows[0]}
    sources = tuple(dict.fromkeys(id for one, _ in shown for id in one.evidence.source_id.split("|")))
    marking = max((one.marking for one, _ in shown), key=list(Marking).index)
    confidence = Confidence.SECONDARY.value
    title = say("Dated events of the last twelve months, with their editions")
    return (Series(f"{CHART}:{domain}", title, "1", columns, sources, confidence, marking=marking),)


def _cells(one: Incident, why: str) -> Iterator[tuple[str, Any]]:
    yield "date", one.day.isoformat()
    yield "kind", one.kind_title
    yield "place", one.place
    yield "title", one.title
    yield "states", "|".join(one.states)
    yield "vintage", one.vintage
    yield "told", one.told.isoformat()
    yield "catalogue", one.catalogue
    yield "counted", not why
    yield "remark", why
    yield "source", one.evidence.note
    yield "rests_on", f"{one.evidence.source_id} ({one.evidence.confidence.value})"
