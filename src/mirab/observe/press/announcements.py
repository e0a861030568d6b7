"""Initiatives and priorities that somebody announced: what is proposed or put first, and not yet promised.

A proposal binds nobody: a sentence in which a plan only follows from a proposal is an announcement and no
promise. Method ours; triggers are rows of rules/announcements.csv.
"""

from __future__ import annotations

from collections.abc import Sequence

from mirab.observe.press.deeds import Actors
from mirab.observe.press.document import Sentence
from mirab.observe.press.lexicon import Hit
from mirab.observe.press.records import Announcement, Mode

GROUP = "announcements"
_UNTOLD = (Mode.NEGATED, Mode.HISTORICAL)


def announcements(actors: Actors) -> tuple[Announcement, ...]:
    """What a document says was proposed or put first, one a sentence; nothing without its author."""
    body = (sentence for sentence in actors.document.sentences if sentence.kind == "body")
    found = (_announcement(actors, sentence) for sentence in body)
    return tuple(one for one in found if one)


def proposed(actors: Actors, sentence: Sentence) -> Sequence[Hit]:
    """The triggers of initiatives in a sentence."""
    return [hit for hit in actors.scene.within(GROUP, sentence) if hit.entry.kind == "initiative"]


def _announcement(actors: Actors, sentence: Sentence) -> Announcement | None:
    for hit in actors.scene.within(GROUP, sentence):
        by, _ = actors.sides(hit, sentence)
        if hit.entry.kind == "priority":
            by = by or tuple(dict.fromkeys(code for word, code in actors.named(sentence) if word > hit.first))
        if by and actors.scene.mode(hit, sentence) not in _UNTOLD:
            document = actors.document
            spans = ((hit.start, hit.end), (sentence.start, sentence.end))
            return Announcement(
                hit.entry.kind,
                by,
                actors.when(sentence),
                tuple(topic.theme for topic in actors.scene.topics(sentence.start, sentence.end)),
                tuple(document.span(*bounds, hit.entry.id) for bounds in spans),
            )
    return None
