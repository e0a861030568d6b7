"""Meetings that the press tells of somebody: whom they met, when, and the words that say it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from mirab.core.notes import Line
from mirab.core.phrase import Part, listed, say
from mirab.core.records import Confidence, Evidence, Span
from mirab.observe.press.counts import PRESS, Told, told
from mirab.observe.press.store import PressStore, Stored

KINDS = {
    "meeting": say("meeting"),
    "call": say("telephone call"),
    "credentials": say("credentials handed over"),
    "multilateral": say("multilateral meeting"),
}
LONGEST = 240


def met(store: PressStore, ids: Collection[str], on: date, themes: Collection[str] = ()) -> tuple[Line, ...]:
    """Meetings held up to a day with any of `ids` (people, states, bodies), the latest first.

    Each is told once, with the sentence of its first report and its place in that document; `themes` narrow
    to those that touch one. Nothing where nothing was read.
    """
    found = {one.id: one for id in sorted(ids) for one in store.records(kind="meeting", until=on, naming=id)}
    held = [one for one in found.values() if _is_theirs(one, ids, on) and _touches(one, themes)]
    stories = sorted(told(held), key=lambda story: (story.first.start, story.first.id), reverse=True)
    return tuple(map(_line, stories))


def _is_theirs(one: Stored, ids: Collection[str], on: date) -> bool:
    there = {value for party in one.body["parties"] for value in (party["id"], party["place"])}
    is_past = bool(one.start) and one.start <= on.isoformat()
    return one.type in KINDS and one.mode == "held" and is_past and bool(there & set(ids))


def _touches(one: Stored, themes: Collection[str]) -> bool:
    return not themes or any(topic["theme"] in themes for topic in one.body["topics"])


def _line(story: Told) -> Line:
    one = story.first
    parties = listed(_distinct(party["name"] for party in one.body["parties"]))
    values: dict[str, Part] = {
        "day": date.fromisoformat(one.start),
        "kind": KINDS[one.type],
        "parties": parties,
    }
    text = say("{day}, {kind}: {parties}", **values)
    if one.body["where"]["name"]:
        text = say("{day}, {place}, {kind}: {parties}", place=one.body["where"]["name"], **values)
    words = " ".join(one.sentence.split())
    quote = words if len(words) <= LONGEST else words[:LONGEST] + "\u2026"
    sentence = one.body["evidence"][1]
    span = Span(sentence["document"], sentence["start"], sentence["end"], one.body["evidence"][0]["rule"])
    heard = ", ".join(part for part in (one.publisher, one.title, one.published) if part)
    evidence = Evidence(PRESS.id, Confidence.SECONDARY, heard, span)
    return Line(text, one.id, (evidence,), quote=quote)


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
