"""What stands in a sentence beside a trigger: people, places, days, themes, and cues of mode."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import TypeVar

from mirab.observe.press.dates import Dated
from mirab.observe.press.document import Document, Sentence
from mirab.observe.press.lexicon import Hit
from mirab.observe.press.linking import Links, Mention
from mirab.observe.press.records import Mode, Topic
from mirab.observe.press.rows import small_words

BEFORE, AFTER, EXCLUDED = 12, 8, 3
_PAST_ENDINGS = (
    *("ed", "ил", "ила", "или", "ал", "ала", "али", "ял", "яла", "яли", "ел", "ела", "ели"),
    *("ился", "илась", "ились", "ался", "алась", "ались", "ялся", "ялась", "ялись"),
)
_PAST = small_words("scene_past")
_IN = small_words("scene_in")
_PERIOD = small_words("scene_period")
_START = attrgetter("start")


One = TypeVar("One", Hit, Mention)


def between(ones: Sequence[One], start: int, end: int) -> Sequence[One]:
    """Of hits or mentions in the order of the text, those that start between two offsets."""
    return ones[bisect_left(ones, start, key=_START) : bisect_left(ones, end, key=_START)]


@dataclass(frozen=True)
class Scene:
    """A document with its mentions, asked sentence by sentence."""

    document: Document
    links: Links

    def is_told(self, sentence: Sentence) -> bool:
        """Whether a sentence tells news: a title or body, and no title that only asks."""
        asks = sentence.kind == "title" and "?" in self.document.text[sentence.start : sentence.end]
        return sentence.kind in ("title", "body") and not asks

    def bounds(self, sentence: Sentence) -> tuple[int, int]:
        """First word of a sentence, and the one after its last."""
        at = self.document.words.at
        return at(sentence.start), at(sentence.end)

    def within(self, group: str, sentence: Sentence) -> Sequence[Hit]:
        """The hits of a group of rules in a sentence."""
        return between(self.links.rules.get(group, ()), sentence.start, sentence.end)

    def people(self, sentence: Sentence) -> list[Mention]:
        """People in a sentence but for those whose words, orders or greetings are all that is there."""
        excluding = [hit.last for hit in self._cues(sentence) if hit.entry.kind == "exclude"]
        return [
            one
            for one in between(self.links.people, sentence.start, sentence.end)
            if not any(0 < one.begins - last <= EXCLUDED for last in excluding)
        ]

    def _cues(self, sentence: Sentence) -> Sequence[Hit]:
        return self.within("cues", sentence)

    def mode(self, hit: Hit, sentence: Sentence) -> Mode:
        """The mode that the cues around a trigger give it; held where there is none."""
        found = {cue.entry.kind for cue in self._cues(sentence) if self._touches(cue, hit)}
        for mode in (Mode.NEGATED, Mode.HYPOTHETICAL, Mode.FUTURE, Mode.HISTORICAL, Mode.REPORTED):
            if mode.value in found:
                return mode
        return Mode.HELD

    def _touches(self, cue: Hit, hit: Hit) -> bool:
        """Whether a cue speaks of a trigger: it stands before it, or close behind a noun."""
        if cue.first == hit.first and hit.entry.group == "events":
            return False
        first = self.document.words.folded[hit.first]
        past = first in _PAST or first.endswith(_PAST_ENDINGS)
        if cue.entry.kind in ("future", "hypothetical") and past:
            return False
        reach = BEFORE * 3 if cue.entry.kind in ("negated", "reported") else BEFORE
        after = AFTER if not past or cue.entry.kind in ("historical",) else 0
        after *= 2 if cue.entry.kind == "negated" else 1
        return -reach <= cue.first - hit.first <= (hit.last - hit.first) + after

    def bare_posts(self, sentence: Sentence) -> list[Hit]:
        """Posts in a sentence that belong to nobody named there."""
        posts = between(self.links.posts, sentence.start, sentence.end)
        return [hit for hit in posts if hit.first not in self._of_people]

    @cached_property
    def _of_people(self) -> frozenset[int]:
        return frozenset(i for one in self.links.people for i in self._words_of(one))

    def _words_of(self, one: Mention) -> range:
        return range(one.begins, one.last + 1 + (22 if one.role and one.begins == one.first else 0))

    def place_of_post(self, hit: Hit) -> str:
        """The state or organisation beside a post: `President of Kazakhstan`, `Kazakh President`."""
        for i in (hit.first - 1, *range(hit.last + 1, hit.last + 5)):
            one = self._named.get(i)
            if one:
                return one.entity.id
            if i > hit.last and self.document.words.folded[i : i + 1] not in _LINKS:
                break
        return ""

    @cached_property
    def _named(self) -> dict[int, Mention]:
        named = (*self.links.places, *self.links.organisations)
        kinds = ("state", "organisation")
        return {i: one for one in named if one.entity.kind in kinds for i in range(one.first, one.last + 1)}

    def dates(self, sentence: Sentence) -> list[Dated]:
        """Dates in a sentence that are no bounds of a period."""
        words = self.document.words
        return [
            one
            for one in self.document.dates_between(sentence.start, sentence.end)
            if one.relative or words.folded[max(0, words.at(one.first) - 1)] not in _PERIOD
        ]

    def cities(self, sentence: Sentence) -> list[Mention]:
        """Cities in which something takes place by the words of a sentence."""
        words = self.document.words
        found = between(self.links.places, sentence.start, sentence.end)
        cities = [one for one in found if one.entity.kind == "city" and one.first]
        return [one for one in cities if _IN & set(words.folded[max(0, one.first - 2) : one.first])]

    def bodies(self, sentence: Sentence) -> list[Mention]:
        """Organisations and states that a sentence names."""
        named = (self.links.organisations, self.links.places)
        found = (one for ones in named for one in between(ones, sentence.start, sentence.end))
        return [one for one in found if one.entity.kind in ("organisation", "state")]

    def topics(self, start: int, end: int) -> tuple[Topic, ...]:
        """Themes of the news between two offsets, most often named first."""
        named: dict[str, list[Hit]] = {}
        for hit in between(self._themes, start, end):
            named.setdefault(hit.entry.kind, []).append(hit)
        order = sorted(named, key=lambda theme: (-len(named[theme]), theme))
        return tuple(
            Topic(theme, tuple(self.document.span(h.start, h.end, h.entry.id) for h in named[theme]))
            for theme in order
        )

    @cached_property
    def _themes(self) -> Sequence[Hit]:
        """Words for themes in the news, without those in the name of an organisation."""
        long = (one for one in self.links.organisations if one.last > one.first)
        taken = {i for one in long for i in range(one.first, one.last + 1)}
        hits = self.links.rules.get("themes", ())
        news = (one for one in self.document.sentences if one.kind in ("title", "body"))
        found = (hit for one in news for hit in between(hits, one.start, one.end))
        return [hit for hit in found if hit.first not in taken]


_LINKS = (("of",), ("the",), ("республики",), ("republic",))
