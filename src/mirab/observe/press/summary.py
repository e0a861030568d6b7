"""What the press tells up to a day, as the numbers behind the section *The record*.

A story that several documents tell is one row with its number of reports: reports and events are counted
separately. Only what took place is counted; what is planned or denied is told as that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations
from operator import attrgetter
from typing import Any

from mirab.core.phrase import Phrase, listed, say
from mirab.core.records import Confidence, Series
from mirab.observe.press.corrections import Correction
from mirab.observe.press.counts import PRESS, Told, pairs, told
from mirab.observe.press.deeds import MET
from mirab.observe.press.passages import anchor, passages
from mirab.observe.press.store import PressStore, Stored

LATEST, REACH = 12, timedelta(days=365)
LONGEST = 400


def series(store: PressStore, on: date, states: Sequence[str]) -> tuple[Series, ...]:
    """Meetings, events, promises to confirm, what was announced, pairs by their last meeting, and themes.

    The passages that these rest on come with them. Nothing comes of a store whose file is not there. `states`
    are the codes of the region. Only documents and days up to `on` count; themes go a year back.
    """
    known, names = store.records(until=on), store.names()
    stories = {kind: told(one for one in known if one.kind == kind) for kind in ("meeting", "event")}
    meetings = _latest(stories["meeting"])
    promises = [one for one in known if one.kind == "commitment" and one.verdict != "accept"][-LATEST:]
    announced = sorted((one for one in known if one.kind == "announcement"), key=attrgetter("published"))
    announced = announced[: -LATEST - 1 : -1]
    shown = [*(one.first for one in meetings), *promises, *announced]
    found = (
        _series("meetings", say("Meetings"), [_meeting(one) for one in meetings]),
        _series("events", say("Events by type"), _counts(stories["event"])),
        _series("promises", say("Promises to confirm"), [_promise(one, names) for one in promises]),
        _series("announcements", say("Announced"), [_announced(one, names) for one in announced]),
        _series("passages", say("Passages"), passages(store, shown)),
        _series("pairs", say("Last meeting of each two states"), _pairs(stories["meeting"], on, states)),
        _series("themes", say("Themes by month and publisher"), _themes(store, on)),
    )
    return tuple(one for one in found if one.columns)


def _latest(meetings: Sequence[Told]) -> list[Told]:
    return sorted(meetings, key=lambda one: one.first.start or one.first.published, reverse=True)[:LATEST]


def _series(name: str, title: str, rows: Sequence[Mapping[str, Any]]) -> Series:
    columns = {key: tuple(row[key] for row in rows) for key in rows[0]} if rows else {}
    return Series(f"press:{name}", title, "1", columns, (PRESS.id,), Confidence.SECONDARY.value)


def _quoted(one: Stored) -> dict[str, Any]:
    """The sentence with its place in the document, and how far its rule can be trusted."""
    span, words = one.body["evidence"][1], " ".join(one.sentence.split())
    confidence = one.body["confidence"]
    return {
        "quote": words if len(words) <= LONGEST else words[:LONGEST] + "\u2026",
        "title": one.title,
        "publisher": one.publisher,
        "published": one.published,
        "document": one.document,
        "start": span["start"],
        "end": span["end"],
        "rule": one.body["evidence"][0]["rule"],
        "precision": confidence,
        "record": one.id,
        "anchor": anchor(one),
        "corrected": listed([_put_right(change) for change in one.corrections]),
    }


def _put_right(one: Correction) -> Phrase:
    """A correction in words: what was read, what stands now, who says so."""
    return say(
        "{field}: read as {read}, put right to {corrected} by {who} on {day}",
        field=one.field,
        read=one.read or "\u2013",
        corrected=one.corrected or "\u2013",
        who=one.who or "\u2013",
        day=date.fromisoformat(one.when[:10]),
    )


def _meeting(one: Told) -> dict[str, Any]:
    body = one.first.body
    return {
        "day": one.first.start,
        "day_is": body["when"]["known"],
        "kind": one.first.type,
        "mode": one.first.mode,
        "parties": "; ".join(party["name"] for party in body["parties"]),
        "place": body["where"]["name"],
        "place_is": body["where"]["known"],
        "reports": one.reports,
        **_quoted(one.first),
    }


def _promise(one: Stored, names: Mapping[str, str]) -> dict[str, Any]:
    body = one.body
    return {
        "by": "|".join(names.get(code, code) for code in body["by"]),
        "to": "|".join(names.get(code, code) for code in body["to"]),
        "kind": one.type,
        "amount": body["amount"],
        "amount_unit": body["unit"],
        "due": body["due"]["end"] or "",
        **_quoted(one),
    }


def _announced(one: Stored, names: Mapping[str, str]) -> dict[str, Any]:
    body = one.body
    by, themes = "|".join(names.get(code, code) for code in body["by"]), "|".join(body["themes"])
    return {"by": by, "kind": one.type, "themes": themes, **_quoted(one)}


def _counts(events: Sequence[Told]) -> list[dict[str, Any]]:
    """Events and reports by PLOVER type and mode."""
    count: Counter[tuple[str, str]] = Counter()
    reports: Counter[tuple[str, str]] = Counter()
    for one in events:
        key = (one.first.type, one.first.mode)
        count[key] += 1
        reports[key] += one.reports
    return [
        {"type": type, "mode": mode, "events": count[type, mode], "reports": reports[type, mode]}
        for type, mode in sorted(count)
    ]


def _pairs(meetings: Sequence[Told], on: date, states: Sequence[str]) -> list[dict[str, Any]]:
    """The last meeting held of each two states, the longest ago first; then pairs without one."""
    last: dict[str, str] = {}
    for record in (one.first for one in meetings):
        if record.type in MET and record.mode == "held" and record.start:
            for pair in pairs(record, states):
                last[pair] = max(last.get(pair, ""), record.start)
    met = sorted((day, *pair.split("+")) for pair, day in last.items())
    missing = [pair for pair in combinations(sorted(states), 2) if "+".join(pair) not in last] if met else []
    rows: list[dict[str, Any]] = [
        {"one": a, "other": b, "last": day, "days": (on - date.fromisoformat(day)).days} for day, a, b in met
    ]
    return rows + [{"one": a, "other": b, "last": "", "days": None} for a, b in missing]


def _themes(store: PressStore, on: date) -> list[dict[str, Any]]:
    """The share of a publisher's documents of a month that touch each theme."""
    found = store.theme_counts(on - REACH, on)
    whole = store.document_counts(on - REACH, on)
    return [
        {
            "month": month,
            "publisher": publisher,
            "theme": theme,
            "documents": count,
            "share": count / whole[month, publisher],
        }
        for month, publisher, theme, count in found
    ]
