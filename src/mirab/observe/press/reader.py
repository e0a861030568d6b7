"""Reading: one document through all steps, to records that each point to the characters they rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mirab.core.domain import Tables
from mirab.core.plain import to_dict
from mirab.core.records import Span
from mirab.observe.press.announcements import announcements
from mirab.observe.press.deeds import Actors, deeds
from mirab.observe.press.document import Document
from mirab.observe.press.linking import Links, link
from mirab.observe.press.meetings import meetings
from mirab.observe.press.promises import promises
from mirab.observe.press.proposals import Proposal
from mirab.observe.press.records import Announcement, Deed, Meeting, Person, Promise, Topic
from mirab.observe.press.registry import Registry
from mirab.observe.press.rows import rows
from mirab.observe.press.scene import Scene

LEAST_JUDGED = 5


@dataclass(frozen=True)
class Reading:
    """What a document says: its mentions, meetings, events, promises, announcements and themes."""

    document: Document
    links: Links
    meetings: tuple[Meeting, ...]
    events: tuple[Deed, ...]
    promises: tuple[Promise, ...]
    announcements: tuple[Announcement, ...]
    topics: tuple[Topic, ...]

    def spans(self) -> Iterator[Span]:
        """Every span that something in the reading rests on."""
        for meeting in self.meetings:
            yield from meeting.evidence
            yield from (party.span for party in meeting.parties)
            yield from (span for topic in meeting.topics for span in topic.spans)
            yield from (one.span for one in (meeting.when, meeting.where) if one.span)
        for deed in self.events:
            yield from deed.evidence
        for one in self.announcements:
            yield from one.evidence
        for promise in self.promises:
            yield from promise.evidence
            yield from (one for one in (promise.amount_span, promise.due.span) if one)
        yield from (span for topic in self.topics for span in topic.spans)
        for mention in self.links.all:
            yield self.document.span(mention.start, mention.end, mention.rule)


class Reader:
    """Reads documents by the registry of a region pack.

    `judged` are the verdicts of the user's own reviews by rule: records judged, and of these right; they
    count beside those on the labelled releases. `people` are those whom the user has added.
    """

    def __init__(
        self,
        tables: Tables,
        judged: Mapping[str, tuple[int, int]] | None = None,
        people: Sequence[Person] = (),
    ) -> None:
        self.registry = Registry(tables, people)
        self._precision = precision(judged or {})

    def read(self, document: Document, proposals: Sequence[Proposal] = ()) -> Reading:
        """The whole reading of a document, with what a helper proposes."""
        links = link(document, self.registry, proposals)
        scene = Scene(document, links)
        met = meetings(scene, self.registry)
        actors = Actors(scene, self.registry, met)
        return Reading(
            document,
            links,
            tuple(map(self._rated, met)),
            tuple(map(self._rated, deeds(actors))),
            tuple(map(self._rated, promises(actors))),
            tuple(map(self._rated, announcements(actors))),
            scene.topics(0, len(document.text)),
        )

    def _rated(self, one: Any) -> Any:
        return replace(one, confidence=self._precision.get(one.evidence[0].rule))


def precision(judged: Mapping[str, tuple[int, int]]) -> dict[str, float]:
    """Precision by rule, from rules/measured.csv and reviews; none for a rule with fewer than five."""
    whole = {row["rule_id"]: (int(row["judged"]), int(row["right"])) for row in rows("measured")}
    for rule, (count, right) in judged.items():
        known = whole.get(rule, (0, 0))
        whole[rule] = (known[0] + count, known[1] + right)
    return {rule: right / count for rule, (count, right) in whole.items() if count >= LEAST_JUDGED}


def as_dict(reading: Reading) -> dict[str, Any]:
    """A reading as plain JSON values; every span carries the words that it quotes."""
    document = reading.document
    place = document.head.place
    found = {
        "id": document.id,
        "url": document.url,
        "publisher": document.publisher or document.head.publisher,
        "language": document.language[0],
        "language_probability": round(document.language[1], 4),
        "title": document.title,
        "published": to_dict(document.published),
        "dateline_place": document.text[slice(*place)] if place else "",
        "letters": len(document.text),
        "themes": to_dict(reading.topics),
        "meetings": to_dict(reading.meetings),
        "events": to_dict(reading.events),
        "commitments": to_dict(reading.promises),
        "announcements": to_dict(reading.announcements),
        "mentions": [
            {
                "kind": one.entity.kind,
                "id": one.entity.id,
                "name": one.entity.title,
                "role": one.role,
                "place": one.place,
                "span": to_dict(document.span(one.start, one.end, one.rule)),
            }
            for one in reading.links.all
        ],
    }
    return {name: _quoted(value, document.text) for name, value in found.items()}


def _quoted(value: Any, text: str) -> Any:
    """The same values with the quoted words in every span, in place of the document's id."""
    if isinstance(value, dict):
        if value.keys() >= {"start", "end", "rule", "document"}:
            quote = text[value["start"] : value["end"]]
            return {"start": value["start"], "end": value["end"], "rule": value["rule"], "quote": quote}
        return {key: _quoted(one, text) for key, one in value.items()}
    return [_quoted(one, text) for one in value] if isinstance(value, list) else value
