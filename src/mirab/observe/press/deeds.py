"""Events of the PLOVER types, each with its auxiliary mode: who did what to whom, and whether it took place.

PLOVER manual of 2021: 16 types in four quads; SANCTION, which the manual puts into two, is material conflict
here (rules/quads.csv). Reciprocal types name all parties as actors. The auxiliary modes (future, negated,
historical, hypothetical) are defined there and coded here. Triggers are rows of rules/events.csv.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mirab.observe.press.amounts import amounts
from mirab.observe.press.document import Sentence
from mirab.observe.press.lexicon import Hit
from mirab.observe.press.records import Deed, Known, Meeting, Mode, When, Where
from mirab.observe.press.registry import Registry
from mirab.observe.press.rows import rows, small_words
from mirab.observe.press.scene import Scene, between

RECIPROCAL = frozenset(["AGREE", "CONSULT", "COOPERATE"])
MET = ("meeting", "call", "credentials", "multilateral")
_ALL = small_words("deeds_all")
_ONE = small_words("deeds_one")
_START = 4
_GOVERNMENT = small_words("deeds_government")
NO_EVENT = "NONE"
"""Kind of phrases such as `declined to comment`, which look like an event and are none."""


def _begin(one: Meeting) -> int:
    return one.evidence[0].start


def quads() -> dict[str, str]:
    """The quad of each PLOVER type."""
    return {row["type"]: row["quad"] for row in rows("quads")}


def deeds(actors: Actors) -> tuple[Deed, ...]:
    """The events of a document, equal ones once; every meeting that is told is one of type CONSULT."""
    found = [*(_consult(one) for one in actors.met if one.kind in MET), *_told(actors)]
    kept: dict[tuple[object, ...], Deed] = {}
    for one in (one for one in found if one.actors):
        key = (one.type, frozenset(one.actors), frozenset(one.recipients), one.mode)
        known = kept.get(key)
        kept[key] = replace(known, evidence=(*known.evidence, *one.evidence)) if known else one
    return tuple(kept.values())


def _consult(one: Meeting) -> Deed:
    parties = tuple(dict.fromkeys(party.place or party.id for party in one.parties))
    manner = "phone" if one.kind == "call" else "multilateral" if len(parties) > 2 else ""
    themes = tuple(topic.theme for topic in one.topics)
    return Deed(
        "CONSULT",
        manner,
        quads()["CONSULT"],
        one.mode,
        parties,
        (),
        themes,
        one.when,
        one.where,
        one.evidence,
    )


def _told(actors: Actors) -> Iterator[Deed]:
    """The events of the sentences; one of the title that the body tells again is told once."""
    found = [*_each(actors)]
    title = [deed for sentence, deed in found if sentence.kind == "title"]
    body = [deed for sentence, deed in found if sentence.kind != "title"]
    again = {(deed.type, actor) for deed in body for actor in deed.actors}
    yield from (deed for deed in title if again.isdisjoint((deed.type, actor) for actor in deed.actors))
    yield from body


def _each(actors: Actors) -> Iterator[tuple[Sentence, Deed]]:
    for sentence in actors.document.sentences:
        for hit in actors.scene.within("events", sentence) if actors.scene.is_told(sentence) else ():
            if hit.entry.kind != NO_EVENT:
                yield sentence, actors.deed(hit, sentence)


@dataclass
class Actors:
    """Who acts in a sentence and on whom, as states and organisations."""

    scene: Scene
    registry: Registry
    met: Sequence[Meeting]

    def __post_init__(self) -> None:
        self.document, self.links = self.scene.document, self.scene.links
        self._places: dict[str, str] = {}
        for one in self.links.people:
            if one.place:
                self._places.setdefault(one.entity.id, one.place)
        self._told = sorted(self.met, key=_begin)
        self._known: dict[int, list[tuple[int, str]]] = {}

    def deed(self, hit: Hit, sentence: Sentence) -> Deed:
        """The event of one trigger in its sentence."""
        type, _, manner = hit.entry.kind.partition(":")
        actors, recipients = self.sides(hit, sentence)
        if type in RECIPROCAL:
            actors, recipients = tuple(dict.fromkeys((*actors, *recipients))), ()
        themes = tuple(topic.theme for topic in self.scene.topics(sentence.start, sentence.end))
        return Deed(
            type,
            manner,
            quads()[type],
            self.scene.mode(hit, sentence),
            actors,
            tuple(one for one in recipients if one not in actors),
            themes,
            self.when(sentence),
            Where(),
            (
                self.document.span(hit.start, hit.end, hit.entry.id),
                self.document.span(sentence.start, sentence.end, hit.entry.id),
            ),
        )

    def sides(self, hit: Hit, sentence: Sentence) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Who is named before a trigger, and who behind it; pronouns stand for those of the last meeting."""
        named = self.named(sentence)
        before = [code for word, code in named if word < hit.first]
        after = [code for word, code in named if word > hit.last]
        if not before:
            before = self._meant(hit, sentence) or ([] if after else self._just_met(hit, sentence))
        if self.document.words.folded[hit.last + 1 : hit.last + 2] == ("by",) and after:
            before, after = after[:1], [*before, *after[1:]]
        return tuple(dict.fromkeys(before)), tuple(dict.fromkeys(after))

    def named(self, sentence: Sentence) -> list[tuple[int, str]]:
        """States and organisations that a sentence names, each with its word."""
        if sentence.start not in self._known:
            self._known[sentence.start] = self._look_up(sentence)
        return self._known[sentence.start]

    def _look_up(self, sentence: Sentence) -> list[tuple[int, str]]:
        """Those named with their words, in order; a person stands for the own state or body."""
        people = {one.start: one for one in self.scene.people(sentence)}
        taken = {i for one in people.values() for i in range(one.begins, one.last + 1)} | self._money(
            sentence
        )
        found = [(one.first, self._of_person(one.entity.id, one.place)) for one in people.values()]
        venues = {one.first for one in self.scene.cities(sentence)}
        places = between(self.links.places, sentence.start, sentence.end)
        cities = (one for one in places if one.entity.kind == "city" and one.first not in venues)
        found += [(one.first, one.entity.state) for one in cities if one.first not in taken]
        bodies = (one for one in self.scene.bodies(sentence) if one.first not in taken)
        found += [(one.first, one.entity.id) for one in bodies]
        return sorted((word, code) for word, code in found if code)

    def _money(self, sentence: Sentence) -> set[int]:
        """Words of amounts: in `US dollars` nobody is named."""
        at, found = self.document.words.at, amounts(self.document.text, sentence.start, sentence.end)
        return {i for one in found for i in range(at(one.start), at(one.end))}

    def _of_person(self, person: str, place: str) -> str:
        posts = self.registry.held(person, self.document.published)
        said = place or self._places.get(person, "")
        return (posts[0].state or posts[0].org) if posts else said

    def _meant(self, hit: Hit, sentence: Sentence) -> list[str]:
        first, _ = self.scene.bounds(sentence)
        leading = set(self.document.words.folded[first : min(first + _START, hit.first + 1)])
        if leading & _ALL:
            return self._all_before(sentence)
        holder = self._holder(hit, sentence) or self._government(hit, sentence)
        if holder:
            return [holder]
        before = self.document.before(sentence.start)
        if leading & _ONE and before:
            subject = next(iter(between(self.links.people, before[-1].start, sentence.start)), None)
            code = self._of_person(subject.entity.id, subject.place) if subject else ""
            return [code] if code else []
        return []

    def _holder(self, hit: Hit, sentence: Sentence) -> str:
        """The state or body of the last person before with a post that stands here without a name."""
        for post in self.scene.bare_posts(sentence):
            if post.first < hit.first:
                for one in reversed(between(self.links.people, 0, sentence.start)):
                    if post.entry.role in one.roles:
                        return self._of_person(one.entity.id, one.place)
                if post.entry.role == "secretary_general" and "un" in self.registry.entities:
                    return "un"
        return ""

    def _government(self, hit: Hit, sentence: Sentence) -> str:
        """The state of the dateline, where a sentence speaks of a government without naming the state."""
        first, _ = self.scene.bounds(sentence)
        place = self.document.head.place
        if place and _GOVERNMENT.intersection(self.document.words.folded[first : hit.first]):
            cities = between(self.links.places, place[0], place[0] + 1)
            return next((one.entity.state for one in cities if one.entity.kind == "city"), "")
        return ""

    def _all_before(self, sentence: Sentence) -> list[str]:
        """Those of the last meeting, or where there is none all that the sentence before names."""
        if self.met:
            return [party.place or party.id for party in self._last(sentence).parties]
        before = self.document.before(sentence.start)
        return [code for _, code in self.named(before[-1])] if before else []

    def _just_met(self, hit: Hit, sentence: Sentence) -> list[str]:
        """For an agreement of nobody who is named: those of a meeting in this paragraph or the one before."""
        if not self.met or hit.entry.kind != "AGREE":
            return []
        one = self._last(sentence)
        near = one.evidence[-1].end <= sentence.end and self._paragraph(one.evidence[-1].start)
        return [party.place or party.id for party in one.parties] if near >= sentence.paragraph - 1 else []

    def _paragraph(self, start: int) -> int:
        return self.document.before(start + 1)[-1].paragraph

    def _last(self, sentence: Sentence) -> Meeting:
        before = bisect_left(self._told, sentence.start, key=_begin)
        return self._told[max(0, before - 1)]

    def when(self, sentence: Sentence) -> When:
        """The first date of a sentence, else the day of publication."""
        for one in self.scene.dates(sentence):
            span = self.document.span(one.first, one.last, one.rule)
            return When(one.start, one.end, one.precision, Known.STATED, span)
        on, head = self.document.published, self.document.head.published
        if on is None:
            return When()
        span_or_none = self.document.span(head.first, head.last, "date_of_publication") if head else None
        return When(on, on, "day", Known.INFERRED, span_or_none)


def counted(deed: Deed) -> bool:
    """Whether an event is counted as one that took place."""
    return deed.mode is Mode.HELD
