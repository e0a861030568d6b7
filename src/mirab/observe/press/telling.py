"""What was read, found or waits for review, as text for the terminal or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from mirab.observe.press.corrections import FIELDS, shown
from mirab.observe.press.reader import Reading, as_dict
from mirab.observe.press.records import Deed, Known, Meeting, Promise, Where
from mirab.observe.press.store import Found, PressStore, Stored


def as_line(reading: Reading) -> str:
    """A reading as one line of JSON."""
    return json.dumps(as_dict(reading), ensure_ascii=False)


def as_text(reading: Reading) -> str:
    """A reading for the terminal: the document, its meetings, events, promises and announcements."""
    document = reading.document
    published = document.published.isoformat() if document.published else "day not known"
    head = f"{document.title} ({document.language[0] or 'no language'}, {published})"
    themes = ", ".join(topic.theme.replace("_", " ") for topic in reading.topics)
    lines = [head, f"  themes: {themes}"] if themes else [head]
    for meeting in reading.meetings:
        lines += _meeting(meeting, reading)
    for deed in reading.events:
        lines += _deed(deed, reading)
    for promise in reading.promises:
        lines += _promise(promise, reading)
    for one in reading.announcements:
        lines.append(f"  {one.kind} of {', '.join(one.by)}: {', '.join(one.themes) or 'no theme'}")
        lines += _quote(
            one.evidence[1].start, one.evidence[1].end, one.evidence[0].rule, one.confidence, reading
        )
    return "\n".join(lines)


def _meeting(one: Meeting, reading: Reading) -> Iterator[str]:
    parties = "; ".join(f"{p.name} ({p.role})" if p.role else p.name for p in one.parties)
    when = f"{one.when.start} ({one.when.known})" if one.when.start else "day missing"
    yield f"  {one.kind}, {one.mode}, {when}, {_place(one.where)}: {parties}"
    yield _quote(one.evidence[1].start, one.evidence[1].end, one.evidence[0].rule, one.confidence, reading)


def _place(where: Where) -> str:
    return "place missing" if where.known is Known.MISSING else f"{where.name} ({where.known})"


def _deed(one: Deed, reading: Reading) -> Iterator[str]:
    kind = f"{one.type} {one.manner}".strip()
    to = f" to {', '.join(one.recipients)}" if one.recipients else ""
    yield f"  event {kind}, {one.mode}: {', '.join(one.actors)}{to}"
    yield _quote(one.evidence[1].start, one.evidence[1].end, one.evidence[0].rule, one.confidence, reading)


def _promise(one: Promise, reading: Reading) -> Iterator[str]:
    amount = f", {one.amount:,.10g} {one.unit}" if one.amount is not None else ""
    due = f", by {one.due.end}" if one.due.end else ""
    by = ", ".join(one.by) or "not said by whom"
    yield f"  commitment to confirm, {one.kind}: {by}{amount}{due}"
    yield _quote(one.evidence[1].start, one.evidence[1].end, one.evidence[0].rule, one.confidence, reading)


def _quote(start: int, end: int, rule: str, confidence: float | None, reading: Reading) -> str:
    rated = "unrated" if confidence is None else f"{confidence:.0%} right on labelled texts"
    words = " ".join(reading.document.text[start:end].split())
    return f"    {start}:{end} [{rule}, {rated}] {words}"


def found(ones: Sequence[Found], *, as_json: bool) -> str:
    """What a search found."""
    if as_json:
        return json.dumps([asdict(one) for one in ones], ensure_ascii=False, indent=2)
    if not ones:
        return "nothing found; `mirab read` brings texts in"
    lines = [f"{one.published or 'no day'} {one.language} {one.title}\n    {one.excerpt}" for one in ones]
    return "\n".join(lines)


def waiting(store: PressStore, *, as_json: bool) -> str:
    """Records that wait for review, how often each rule was right, and people whom the registry lacks."""
    ones, judged, strangers = store.waiting(), store.precision(), store.strangers()
    if as_json:
        content = {"waiting": [asdict(one) for one in ones], "precision": judged, "strangers": strangers}
        return json.dumps(content, ensure_ascii=False, indent=2)
    lines = [_waits(one) for one in ones] or ["nothing waits for review"]
    lines += [f"rule {rule}: {right} of {count} accepted" for rule, (count, right) in judged.items()]
    lines += [f"not in the registry: {name} ({count} documents)" for name, count in strangers]
    lines += ["`mirab person NAME` adds one"] if strangers else []
    return "\n".join(lines)


def one(record: Stored, *, as_json: bool) -> str:
    """A record with its values, its sentence, and what people have put right in it."""
    if as_json:
        return json.dumps(asdict(record), ensure_ascii=False, indent=2)
    values = (f"  {field}: {shown(record.body, field) or '-'}" for field in FIELDS[record.kind])
    changes = (
        f"  corrected {change.field}: {change.read or '-'} -> {change.corrected or '-'}, "
        f"{change.who or 'nobody named'}, {change.when[:10]}"
        for change in record.corrections
    )
    return "\n".join([_waits(record), *values, *changes])


def _waits(one: Stored) -> str:
    words = " ".join(one.sentence.split())
    return f"{one.id} {one.type} {one.mode} {one.start}\n    {words}"
