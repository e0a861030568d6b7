"""Promises: sentences that say who will do what for whom, how much and by when; all are to be confirmed.

A promise is offered for review and never taken by itself. Method ours; triggers are rows of
rules/commitments.csv.
"""

from __future__ import annotations

from collections.abc import Sequence

from mirab.observe.press.amounts import Amount, amounts
from mirab.observe.press.announcements import proposed
from mirab.observe.press.dates import Dated
from mirab.observe.press.deeds import Actors
from mirab.observe.press.document import Document, Sentence
from mirab.observe.press.lexicon import Hit
from mirab.observe.press.records import Known, Mode, Promise, When
from mirab.observe.press.rows import small_words

STRENGTH = ("signed", "pledged", "agreed", "decided", "planned", "target")
_FIRM = ("agreed", "pledged", "decided", "target")
_BOUND = ("signed", "pledged", "agreed", "decided")
_JOURNEYS = small_words("promises_journeys")
_DUE = small_words("promises_due")


def promises(actors: Actors) -> tuple[Promise, ...]:
    """The promises of a document, one a sentence; looks back and denials are left out."""
    body = (sentence for sentence in actors.document.sentences if sentence.kind == "body")
    found = (_promise(actors, sentence) for sentence in body)
    return tuple(one for one in found if one)


def _promise(actors: Actors, sentence: Sentence) -> Promise | None:
    document = actors.document
    hits = actors.scene.within("commitments", sentence)
    hits = [hit for hit in hits if actors.scene.mode(hit, sentence) not in (Mode.NEGATED, Mode.HYPOTHETICAL)]
    if not hits:
        return None
    hit = min(hits, key=lambda hit: (STRENGTH.index(hit.entry.kind), hit.first))
    if hit.entry.kind not in _BOUND and any(one.first < hit.first for one in proposed(actors, sentence)):
        return None
    by, to = actors.sides(hit, sentence)
    amount = _largest([*amounts(document.text, sentence.start, sentence.end)])
    due = _due(document, sentence, hit)
    if hit.entry.kind not in _FIRM and not (amount or due.start) and not (by and hit.entry.kind == "planned"):
        return None
    if hit.entry.kind == "planned" and not amount and _is_journey(document, hit):
        return None
    if hit.entry.kind == "signed" and not amount and not due.start:
        return None
    themes = tuple(topic.theme for topic in actors.scene.topics(sentence.start, sentence.end))
    return Promise(
        hit.entry.kind,
        by,
        tuple(code for code in to if code not in by),
        amount.value if amount else None,
        amount.unit if amount else "",
        document.span(amount.start, amount.end, "amount") if amount else None,
        due,
        themes,
        (
            document.span(hit.start, hit.end, hit.entry.id),
            document.span(sentence.start, sentence.end, hit.entry.id),
        ),
    )


def _is_journey(document: Document, hit: Hit) -> bool:
    """Whether what is planned is to visit or to meet somebody, which promises nothing."""
    return not _JOURNEYS.isdisjoint(document.words.folded[hit.last + 1 : hit.last + 3])


def _largest(found: Sequence[Amount]) -> Amount | None:
    """The amount of money if there is one, else the first amount."""
    money = [one for one in found if one.unit.isupper() and len(one.unit) == 3 and one.unit != "TEU"]
    return next(iter(money or found), None)


def _due(document: Document, sentence: Sentence, hit: Hit) -> When:
    """The latest day to which the sentence binds itself: a date ahead, after by, until or in."""
    on = document.published
    ahead = [
        one
        for one in document.dates_between(sentence.start, sentence.end)
        if (on is None or one.end > on) and _bounds(document, one)
    ]
    if not ahead:
        return When()
    one = max(ahead, key=lambda one: one.end)
    return When(one.start, one.end, one.precision, Known.STATED, document.span(one.first, one.last, one.rule))


def _bounds(document: Document, one: Dated) -> bool:
    words = document.words
    i = words.at(one.first)
    return one.relative or bool(_DUE & set(words.folded[max(0, i - 3) : i])) or one.precision == "year"
