"""Who and what a document names: the registry's names resolved inside the document, and people beyond it.

A surname alone is linked where the document or the post beside it says whose it is; a person whom the
registry lacks is found by a post or an honorific beside capitals. Method ours.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from mirab.observe.press.document import Document
from mirab.observe.press.lexicon import REMEMBERED, Hit, Lexicon, longest
from mirab.observe.press.proposals import PERSON, Proposal, phrases
from mirab.observe.press.registry import Entity, Name, PostName, Registry
from mirab.observe.press.rows import Rule, rows, small_words
from mirab.observe.press.words import Words, fold

REACH = 16
SURE = 0.9
_LOCAL = dict.fromkeys(("kk", "ky", "uz", "tg", "tk", "fa", "ps"), "local")
APPOSITION = 7
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_LOOSE = frozenset(["minister", "head", "deputy", "representative"])  # said of holders of other posts too
_AND = frozenset(["and", "и", "of", "the", "for", "to", "in", "on", "de", "по", "в", "s", "at", "with"])
_OF = frozenset(["of", "for", "on", "to", "in", "по", "о"])
_STOPS = small_words("linking_stops")


class Mention(NamedTuple):
    """A name in a document: the entity that it is linked to, its characters and words, and how it was read.

    `phrase` is the first word of the post before a person's name (its own first word where there is none).
    `roles` and `role` are the ids and the words of that post; `place` is the state or organisation beside it.
    """

    entity: Entity
    start: int
    end: int
    first: int
    last: int
    rule: str
    phrase: int = -1
    roles: frozenset[str] = frozenset()
    role: str = ""
    place: str = ""
    status: str = "stated"

    @property
    def begins(self) -> int:
        """First word of the mention with the post before it."""
        return self.phrase if self.phrase >= 0 else self.first


@dataclass(frozen=True)
class Links:
    """All mentions of a document by kind, each list in the order of the text.

    `posts` are phrases for posts, `rules` the hits of the rules of its language by group.
    """

    people: tuple[Mention, ...]
    places: tuple[Mention, ...]
    organisations: tuple[Mention, ...]
    posts: tuple[Hit, ...] = field(repr=False)
    rules: Mapping[str, tuple[Hit, ...]] = field(repr=False)

    @property
    def all(self) -> tuple[Mention, ...]:
        """All mentions in the order of the text."""
        return tuple(sorted((*self.people, *self.places, *self.organisations), key=lambda one: one.first))


def link(document: Document, registry: Registry, proposals: Sequence[Proposal] = ()) -> Links:
    """The mentions of a document, by the registry and by the document itself, and what a helper proposes."""
    words = document.words
    hits = _by_entry(registry.lexicon.find(words), words.text)
    language = _language(document, hits[Rule])
    posts = _Posts(longest(hit for hit in hits[PostName] if hit.entry.lang in (language, "en")))
    names = longest(_readings(hits[Name], document))
    others = [_mention(hit) for hit in _settled(h for h in names if h.entry.entity.kind != "person")]
    people = _people(document, registry, [h for h in names if h.entry.entity.kind == "person"], posts)
    if language in _LOCAL:
        people += _sounding(words, registry, {i for one in (*people, *others) for i in _within(one)})
    scene = _Scene(words, posts, tuple(others), people)
    people = [scene.with_post(one) for one in people]
    people += scene.proposed(one for one in proposals if one.group == PERSON)
    people += scene.strangers(people)
    people += scene.again(people)
    people.sort(key=lambda one: one.first)
    return Links(
        tuple(people),
        tuple(one for one in others if one.entity.kind in ("state", "city")),
        tuple(one for one in others if one.entity.kind in ("organisation", "programme")),
        tuple(posts.hits),
        _rules([*hits[Rule], *phrases(proposals, words, language)], language),
    )


def _within(one: Mention) -> range:
    return range(one.first, one.last + 1)


def _sounding(words: Words, registry: Registry, taken: set[int]) -> Iterator[Mention]:
    """People whose given name and surname sound as two words that stand side by side."""
    for i in range(len(words) - 1):
        if not words.joined[i] or i in taken or i + 1 in taken:
            continue
        if words.text[words.starts[i]].islower() or words.text[words.starts[i + 1]].islower():
            continue
        entity = registry.sounding(words.folded[i], words.folded[i + 1])
        if entity:
            yield Mention(entity, words.starts[i], words.ends[i + 1], i, i + 1, "person_by_sound")


def _by_entry(hits: Iterable[Hit], text: str) -> Mapping[type, list[Hit]]:
    """Hits by what they stand for: rules, posts, and names; proper names in small letters are none."""
    found: dict[type, list[Hit]] = {Rule: [], PostName: [], Name: []}
    for hit in hits:
        if not (hit.entry.proper and text[hit.start].islower()):
            found[type(hit.entry)].append(hit)
    return found


class _Posts:
    """The posts of a document by their words."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self.hits = tuple(hits)
        self.at = {i: hit for hit in hits for i in range(hit.first, hit.last + 1)}
        self._ending: dict[int, list[Hit]] = defaultdict(list)
        for hit in hits:
            self._ending[hit.last].append(hit)

    def roles_before(self, i: int) -> set[str]:
        """Roles of the posts that end at most three words before word i, or at it."""
        return {hit.entry.role for last in range(i - 3, i + 1) for hit in self._ending.get(last, ())}


def _rules(hits: Iterable[Hit], language: str) -> dict[str, tuple[Hit, ...]]:
    """The longest hits of the rules of a language by group, of meetings by kind; cues may overlap."""
    found: dict[str, list[Hit]] = defaultdict(list)
    spoken = (language, _LOCAL.get(language, ""))
    for hit in hits:
        if hit.entry.lang in spoken:
            found[hit.entry.group].append(hit)
    for ones in found.values():
        ones.sort(key=attrgetter("first"))
    cues, met = found.pop("cues", []), found.pop("meetings", [])
    kept = {group: tuple(longest(ones)) for group, ones in found.items()}
    kinds = dict.fromkeys(hit.entry.kind for hit in met)
    each = (one for kind in kinds for one in longest(hit for hit in met if hit.entry.kind == kind))
    return kept | {"cues": tuple(cues), "meetings": tuple(sorted(each, key=attrgetter("first")))}


def _language(document: Document, hits: Iterable[Hit]) -> str:
    """The language of a document; where its letters leave a doubt, the one most of its phrases are in."""
    code, probability = document.language
    if probability >= SURE:
        return code
    votes = Counter(hit.entry.lang for hit in hits if hit.entry.lang != "local")
    return votes.most_common(1)[0][0] if votes else code


def _readings(hits: Iterable[Hit], document: Document) -> Iterator[Hit]:
    """Names that may be read so in this document: on its day, with the words that they ask for."""
    on, words = document.published, document.words
    for hit in hits:
        if not hit.entry.is_bound or hit.entry.fits(words.vocabulary, on):
            yield hit


def _settled(hits: Iterable[Hit]) -> Iterator[Hit]:
    """One reading for each place: one that asks for a context, then one bound to days, then the first."""
    for _, readings in groupby(hits, key=attrgetter("first")):
        yield max(readings, key=lambda hit: (bool(hit.entry.context), bool(hit.entry.since)))


def _mention(hit: Hit) -> Mention:
    return Mention(hit.entry.entity, hit.start, hit.end, hit.first, hit.last, hit.entry.rule)


def _people(document: Document, registry: Registry, hits: Sequence[Hit], posts: _Posts) -> list[Mention]:
    """The registry's people: whole names first, then surnames of one who is named, in post or alone so."""
    whole = [hit for hit in hits if hit.entry.part == "full"]
    named = {hit.entry.entity.id for hit in whole}
    at: dict[tuple[int, int], dict[str, Hit]] = defaultdict(dict)
    for hit in hits:
        at[hit.first, hit.last][hit.entry.entity.id] = hit
    found = []
    for choices in at.values():
        whose = _whose(document, registry, choices, named, posts)
        if whose:
            found.append(_whole_name(document.words, registry, whose))
    return found


def _whose(
    document: Document, registry: Registry, choices: dict[str, Hit], named: set[str], posts: _Posts
) -> Hit | None:
    """Which of the people with a name is meant; None where it cannot be told."""
    full = [hit for hit in choices.values() if hit.entry.part == "full"]
    if full:
        return full[0]
    words = document.words
    hit = next(iter(choices.values()))
    before = _given_before(words, hit.first, posts)
    if before:
        fitting = [id for id in choices if _is_given(before, registry.given[id])]
        if fitting or not _begins(words, hit.first - 1):
            return choices[fitting[0]] if len(fitting) == 1 else None
    known = [id for id in choices if id in named]
    if len(known) == 1:
        return choices[known[0]]
    roles = posts.roles_before(hit.first)
    held = [id for id in choices if _holds(registry, id, roles, document.published)]
    if len(held) == 1:
        return choices[held[0]]
    return hit if len(choices) == 1 and roles <= _LOOSE else None


def _begins(words: Words, i: int) -> bool:
    """Whether word i begins a sentence, so that its capital says nothing."""
    return i == 0 or words.is_parted(i - 1)


def _holds(registry: Registry, person: str, roles: set[str], on: date | None) -> bool:
    return any(roles & post.roles for post in registry.held(person, on))


def _given_before(words: Words, i: int, posts: _Posts) -> str:
    """The word before a surname where it looks like a given name: a capital, and no post."""
    if i == 0 or not words.is_joined(i - 1):
        return _initial(words, i)
    word = words.surface(i - 1)
    taken = i - 1 in posts.at or _is_no_name(words, i - 1)
    return "" if taken or not word[:1].isupper() or word.isupper() and len(word) > 2 else words.folded[i - 1]


def _initial(words: Words, i: int) -> str:
    if i and words.gap(i - 1) == ". " and len(words.folded[i - 1]) == 1 and words.surface(i - 1).isupper():
        return words.folded[i - 1]
    return ""


def _is_given(word: str, given: set[str]) -> bool:
    """Whether a word can be one of these given names: an initial, or the same letters but for the ending."""
    if len(word) == 1:
        return any(name.startswith(word) for name in given)
    return any(
        word[: max(3, min(len(word), len(name)) - 2)] == name[: max(3, min(len(word), len(name)) - 2)]
        for name in given
    )


def _whole_name(words: Words, registry: Registry, hit: Hit) -> Mention:
    """The mention with the given names before a surname in its span."""
    first = hit.first
    given = registry.given[hit.entry.entity.id]
    while first and words.joined[first - 1] and words.text[words.starts[first - 1]].isupper():
        if not _is_given(words.folded[first - 1], given):
            break
        first -= 1
    return Mention(hit.entry.entity, words.starts[first], hit.end, first, hit.last, hit.entry.rule)


@cache
def _titles() -> Lexicon:
    lexicon = Lexicon()
    for row in rows("titles"):
        lexicon.add(row["pattern"].lower(), row["kind"])
    return lexicon


@lru_cache(maxsize=REMEMBERED)
def _kind_of(word: str) -> frozenset[str]:
    return frozenset(hit.entry for hit in _titles().find(Words.of(word)))


def _is_no_name(words: Words, i: int) -> bool:
    return words.folded[i] in _STOPS or "not_a_name" in _kind_of(words.folded[i])


@dataclass
class _Scene:
    """What stands around people's names: posts, other names, and what is taken by names already."""

    words: Words
    posts: _Posts
    others: tuple[Mention, ...]
    people: list[Mention]

    def __post_init__(self) -> None:
        self._other_at = {i: one for one in self.others for i in range(one.first, one.last + 1)}
        self._post_at = self.posts.at
        self._taken = {i for one in self.people for i in range(one.first, one.last + 1)}

    def with_post(self, one: Mention) -> Mention:
        """A person's mention with the post before or behind it."""
        start, hits = self._before(one.first)
        if not hits:
            start, hits = one.first, self._behind(one.last)
        if not hits:
            return one
        last = one.first - 1 if hits[0].first < one.first else self._phrase_end(hits[-1].last)
        roles = frozenset(hit.entry.role for hit in hits)
        said = " ".join(self.words.text[hits[0].start : self.words.ends[max(last, hits[-1].last)]].split())
        place = self._place(start if hits[0].first < one.first else hits[0].first, last, hits)
        return one._replace(phrase=min(start, one.first), roles=roles, role=said.strip(" ,"), place=place)

    def proposed(self, proposals: Iterable[Proposal]) -> list[Mention]:
        """People whom a helper names where nobody is named yet."""
        words, found = self.words, []
        for one in proposals:
            first, last = words.at(one.start), words.at(one.end) - 1
            if last >= first and self._taken.isdisjoint(range(first, last + 1)):
                title = " ".join(words.text[words.starts[first] : words.ends[last]].split())
                entity = Entity("person", "?" + fold(title).replace(" ", "_"), title)
                named = Mention(entity, words.starts[first], words.ends[last], first, last, one.by)
                found.append(self.with_post(named))
                self._taken.update(range(first, last + 1))
        return found

    def strangers(self, known: Sequence[Mention]) -> list[Mention]:
        """People whom the registry lacks: capitals with a post before or behind, or an honorific before."""
        found = []
        for first, last in self._capitals():
            one = self._stranger(first, last)
            if one:
                found.append(one)
                self._taken.update(range(one.first, one.last + 1))
        return found

    def again(self, people: Sequence[Mention]) -> list[Mention]:
        """Later mentions of a stranger by surname."""
        words, found = self.words, []
        surnames = {words.folded[one.last]: one for one in people if one.entity.id.startswith("?")}
        for i, word in enumerate(words.folded) if surnames else ():
            one = surnames.get(word) if i not in self._taken else None
            if one and i > one.last and words.surface(i)[:1].isupper() and i not in self._other_at:
                found.append(
                    Mention(one.entity, words.starts[i], words.ends[i], i, i, "person_again", roles=one.roles)
                )
        return found

    def _stranger(self, first: int, last: int) -> Mention | None:
        words = self.words
        honorific = first > 0 and "honorific" in (
            _kind_of(words.folded[first - 1])
            | _kind_of(words.text[words.starts[max(0, first - 2)] : words.ends[first - 1]])
        )
        if first == last and not honorific:
            return None
        title = " ".join(words.text[words.starts[first] : words.ends[last]].split())
        entity = Entity("person", "?" + fold(title).replace(" ", "_"), title)
        one = Mention(entity, words.starts[first], words.ends[last], first, last, "person_by_honorific")
        with_post = self.with_post(one)
        led = first > 0 and words.folded[first - 1] in _OF and words.joined[first - 1]
        if with_post.roles and not (led and with_post.phrase < first):
            rule = "person_after_post" if with_post.phrase < first else "person_before_post"
            return with_post._replace(rule=rule)
        return one if honorific else None

    def _capitals(self) -> list[tuple[int, int]]:
        """Runs of one to four free words in capitals, cut at words that are no names."""
        runs: list[list[int]] = []
        for i in filter(self._is_part, self.words.capitals):
            if runs and runs[-1][-1] == i - 1 and len(runs[-1]) < 4 and self._is_name_gap(i - 1):
                runs[-1].append(i)
            else:
                runs.append([i])
        return [(run[0], run[-1]) for run in runs if len(self.words.folded[run[-1]]) > 1]

    def _is_name_gap(self, i: int) -> bool:
        words = self.words
        initial = len(words.folded[i]) == 1 and words.gap(i) == ". "
        return initial or (words.is_joined(i) and "\n" not in words.gap(i))

    def _is_part(self, i: int) -> bool:
        if i in self._taken or i in self._other_at or i in self._post_at:
            return False
        word, surface = self.words.folded[i], self.words.surface(i)
        shaped = len(surface) == 1 or not surface.isupper()
        return shaped and word not in _STOPS and not _kind_of(word)

    def _before(self, first: int) -> tuple[int, list[Hit]]:
        """The posts that lead up to a name, and the first word of the phrase."""
        hits: list[Hit] = []
        i, start = first - 1, first
        while i >= 0 and first - i <= REACH and not self._breaks(i, first):
            if i in self._post_at:
                hits.insert(0, self._post_at[i])
                i = start = self._post_at[i].first
            i -= 1
        return start, hits

    def _breaks(self, i: int, first: int) -> bool:
        """Whether a phrase of a post cannot go back over word i; a comma before the name is no break."""
        words = self.words
        if i in self._taken or words.parted[i] or words.folded[i] in _STOPS:
            return True
        gap = words.gap(i) if i + 1 < len(words) else ""
        if ("," in gap and i + 1 < first) or "(" in gap or "\u2013" in gap or "\u2014" in gap:
            return True
        free = i in self._post_at or i in self._other_at or words.folded[i] in _AND
        russian = bool(_CYRILLIC.match(words.folded[i]))
        return (
            not free
            and not russian
            and words.folded[i].islower()
            and words.surface(i).islower()
            and not _is_adjective(words, i)
        )

    def _behind(self, last: int) -> list[Hit]:
        """Posts in an apposition behind a name: `, the newly appointed Special Representative of`."""
        words = self.words
        if last + 1 >= len(words) or words.gap(last).strip() not in (",", "(", "\u2013", "\u2014"):
            return []
        hits: list[Hit] = []
        i = last + 1
        while i < len(words) and i <= last + APPOSITION + REACH * bool(hits):
            if i in self._taken or words.folded[i] in _STOPS or (hits and "," in words.gap(i - 1)):
                break
            if i in self._post_at and (not hits or words.folded[i - 1] in ("and", "и")):
                hits.append(self._post_at[i])
                i = self._post_at[i].last
            if words.is_parted(i) or (i + 1 < len(words) and ")" in words.gap(i)):
                break
            i += 1
        return hits

    def _phrase_end(self, last: int) -> int:
        """Last word of a post behind a name: with of, names and words in capitals after it."""
        words, i = self.words, last
        while i + 1 < len(words) and i - last < REACH and words.is_joined(i):
            j = i + 1
            if not (
                j in self._other_at
                or words.folded[j] in _AND - {"and", "и", "in", "on", "with"}
                or words.surface(j)[:1].isupper()
            ):
                break
            if j in self._taken:
                break
            i = j
        while i > last and words.folded[i] in _AND:
            i -= 1
        return i

    def _place(self, first: int, last: int, hits: Sequence[Hit]) -> str:
        """State or organisation of a post: the first one named with it, a demonym before it included."""
        words = self.words
        begin = first
        while begin > 0 and begin - 1 in self._other_at and words.is_joined(begin - 1):
            begin = self._other_at[begin - 1].first
        for i in range(begin, last + 1):
            one = self._other_at.get(i)
            if one and one.entity.kind in ("state", "organisation"):
                return one.entity.id
        return ""


def _is_adjective(words: Words, i: int) -> bool:
    return words.folded[i] in (
        "newly",
        "appointed",
        "new",
        "former",
        "acting",
        "then",
        "visiting",
        "outgoing",
        "regional",
        "his",
        "her",
        "its",
    )
