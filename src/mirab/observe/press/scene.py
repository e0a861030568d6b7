"""What stands in a sentence beside a trigger: people, places, days, themes, and cues of mode."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from mirab.observe.press.dates import Dated
from mirab.observe.press.document import Document, Sentence
from mirab.observe.press.lexicon import Hit
from mirab.observe.press.linking import Links, Mention
from mirab.observe.press.records import Mode, Topic
from mirab.observe.press.rows import small_words

BEFORE, AFTER, EXCLUDED = 12, 8, 3
_PAST_ENDINGS = ("ed", "ил", "ила", "или", "ал", "ала", "али", "ял", "яла", "яли")
_PAST = small_words("scene_past")
_IN = small_words("scene_in")
_PERIOD = small_words("scene_period")


@dataclass(frozen=True)
class Scene:
    """A document with its mentions, asked sentence by sentence."""

    document: Document
    links: Links

    def bounds(self, sentence: Sentence) -> tuple[int, int]:
        """First word of a sentence, and the one after its last."""
        at = self.document.words.at
        return at(sentence.start), at(sentence.end)

    def within(self, hits: Iterable[Hit], sentence: Sentence) -> list[Hit]:
        """The hits that lie in a sentence."""
        return [hit for hit in hits if sentence.start <= hit.start < sentence.end]

    def people(self, sentence: Sentence) -> list[Mention]:
        """People in a sentence but for those whose words, orders or greetings are all that is there."""
        excluding = [hit.last for hit in self._cues(sentence) if hit.entry.kind == "exclude"]
        return [
            one
            for one in self.links.people
            if sentence.start <= one.start < sentence.end
            and not any(0 < one.begins - last <= EXCLUDED for last in excluding)
        ]

    def _cues(self, sentence: Sentence) -> list[Hit]:
        return self.within(self.links.rules.get("cues", ()), sentence)

    def mode(self, hit: Hit, sentence: Sentence) -> Mode:
        """The mode that the cues around a trigger give it; held where there is none."""
        found = {cue.entry.kind for cue in self._cues(sentence) if self._touches(cue, hit)}
        for mode in (Mode.NEGATED, Mode.HYPOTHETICAL, Mode.FUTURE, Mode.HISTORICAL, Mode.REPORTED):
            if mode.value in found:
                return mode
        return Mode.HELD

    def _touches(self, cue: Hit, hit: Hit) -> bool:
        """Whether a cue speaks of a trigger: it stands before it, or close behind a noun."""
        first = self.document.words.folded[hit.first]
        past = first in _PAST or first.endswith(_PAST_ENDINGS)
        if cue.entry.kind in ("future", "hypothetical") and past:
            return False
        reach = BEFORE * 3 if cue.entry.kind in ("negated", "reported") else BEFORE
        after = AFTER if not past or cue.entry.kind in ("historical",) else 0
        return -reach <= cue.first - hit.first <= (hit.last - hit.first) + after

    def bare_posts(self, sentence: Sentence) -> list[Hit]:
        """Posts in a sentence that belong to nobody named there."""
        taken = {i for one in self.links.people for i in self._words_of(one)}
        return [hit for hit in self.within(self.links.posts, sentence) if hit.first not in taken]

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
        found = [one for one in self.document.dates if sentence.start <= one.first < sentence.end]
        return [
            one
            for one in found
            if one.relative or words.folded[max(0, words.at(one.first) - 1)] not in _PERIOD
        ]

    def cities(self, sentence: Sentence) -> list[Mention]:
        """Cities in which something takes place by the words of a sentence."""
        words = self.document.words
        found = [one for one in self.links.places if sentence.start <= one.start < sentence.end]
        cities = [one for one in found if one.entity.kind == "city" and one.first]
        return [one for one in cities if _IN & set(words.folded[max(0, one.first - 2) : one.first])]

    def topics(self, start: int, end: int) -> tuple[Topic, ...]:
        """Themes of the news between two offsets, most often named first."""
        news = [s for s in self.document.sentences if s.kind in ("title", "body")]
        spans: dict[str, list[Hit]] = {}
        for hit in self.links.rules.get("themes", ()):
            if start <= hit.start < end and any(s.start <= hit.start < s.end for s in news):
                spans.setdefault(hit.entry.kind, []).append(hit)
        named = self._outside_names(spans)
        order = sorted(named, key=lambda theme: (-len(named[theme]), theme))
        return tuple(
            Topic(theme, tuple(self.document.span(h.start, h.end, h.entry.id) for h in named[theme]))
            for theme in order
        )

    def _outside_names(self, spans: dict[str, list[Hit]]) -> dict[str, Sequence[Hit]]:
        """Themes without those that only the name of an organisation or a post brings up."""
        taken = {
            i
            for one in self.links.organisations
            if one.last > one.first
            for i in range(one.first, one.last + 1)
        }
        kept = {theme: [hit for hit in hits if hit.first not in taken] for theme, hits in spans.items()}
        return {theme: hits for theme, hits in kept.items() if hits}


_LINKS = (("of",), ("the",), ("республики",), ("republic",))
