"""What the press tells up to a day, as the numbers behind the section *The record*, and as Observations.

A story that several documents tell is one row with its number of reports: reports and events are counted
separately. Only what took place is counted; what is planned or denied is told as that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

from mirab.core.calendar import next_start
from mirab.core.phrase import say
from mirab.core.records import Confidence, Evidence, Observation, Series, Source, Span
from mirab.observe.press.store import PressStore, Stored

PRESS = Source(
    "press_read", "Releases and news that were read", "the publishers named", licence="of each publisher"
)
AUTHOR = "the press that was read"
LATEST, REACH = 12, timedelta(days=365)
LONGEST = 400
_MET = ("meeting", "call", "credentials", "multilateral")


@dataclass(frozen=True)
class Told:
    """One story: its records in the order of their documents; the first one is quoted."""

    records: tuple[Stored, ...]

    @property
    def first(self) -> Stored:
        """The record that is quoted."""
        return self.records[0]

    @property
    def reports(self) -> int:
        """Number of documents that tell it."""
        return len({record.document for record in self.records})


def told(records: Iterable[Stored]) -> list[Told]:
    """Records by story, the first published first; a record without a story is one of its own."""
    groups: dict[str, list[Stored]] = defaultdict(list)
    for record in sorted(records, key=lambda record: (record.published or "9999", record.id)):
        groups[record.story or record.id].append(record)
    return [Told(tuple(group)) for group in groups.values()]


def series(path: Path, on: date, states: Sequence[str]) -> tuple[Series, ...]:
    """Meetings, events, promises to confirm, pairs of states by their last meeting, and themes by month.

    `path` is the file of what was read; nothing comes of one that is not there. `states` are the codes of
    the region. Only documents and days up to `on` count; meetings and themes go a year back.
    """
    store = PressStore(path)
    known = store.records(until=on)
    meetings = told(one for one in known if one.kind == "meeting")
    events = told(one for one in known if one.kind == "event")
    promises = [one for one in known if one.kind == "commitment" and one.verdict != "accept"]
    found = (
        _series("meetings", "Meetings", [_meeting(one) for one in _latest(meetings)]),
        _series("events", say("Events by type"), _counts(events)),
        _series(
            "promises",
            say("Promises to confirm"),
            [_promise(one, store.names()) for one in promises[-LATEST:]],
        ),
        _series("pairs", say("Last meeting of each two states"), _pairs(meetings, on, states)),
        _series("themes", say("Themes by month and publisher"), _themes(store, on)),
    )
    return tuple(one for one in found if one.columns)


def observations(path: Path, on: date) -> tuple[Observation, ...]:
    """Meetings held and events by month and state up to a day: events, and the reports that tell them."""
    held = (one for one in PressStore(path).records(until=on) if one.mode == "held" and one.start)
    events: Counter[tuple[str, str]] = Counter()
    reports: Counter[tuple[str, str]] = Counter()
    sample: dict[tuple[str, str], Span] = {}
    for story in told(one for one in held if one.kind == "event"):
        for place in story.first.body["actors"]:
            key = (place, story.first.start[:7])
            events[key] += 1
            reports[key] += story.reports
            sample.setdefault(key, _span(story.first))
    return tuple(
        _observation(key, quantity, count[key], sample[key])
        for key in sorted(events)
        for quantity, count in (("press_events", events), ("press_reports", reports))
    )


def _observation(key: tuple[str, str], quantity: str, count: int, span: Span) -> Observation:
    start = date.fromisoformat(f"{key[1]}-01")
    evidence = Evidence(PRESS.id, Confidence.SECONDARY, "counted from what was read", span)
    end = next_start(start, "month")
    return Observation(key[0], quantity, start, end, float(count), "1", AUTHOR, evidence)


def _span(one: Stored) -> Span:
    trigger = one.body["evidence"][0]
    return Span(trigger["document"], trigger["start"], trigger["end"], trigger["rule"])


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
    }


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
    last: dict[tuple[str, str], str] = {}
    for one in meetings:
        record = one.first
        if record.type in _MET and record.mode == "held" and record.start:
            places = sorted({party["place"] for party in record.body["parties"]} & set(states))
            for pair in combinations(places, 2):
                last[pair] = max(last.get(pair, ""), record.start)
    met = sorted((day, *pair) for pair, day in last.items())
    missing = [pair for pair in combinations(sorted(states), 2) if pair not in last] if met else []
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
