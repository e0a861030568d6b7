"""A document: title, dateline and day of publication parsed before the body, then sentences with offsets.

The tail (sources, notes to editors, what the organisation is) and sentences that look back are flagged and
not read as news. Method ours.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from operator import attrgetter

from mirab.core.marking import Marking
from mirab.core.records import Span
from mirab.observe.press.dates import Dated, dates
from mirab.observe.press.language import language
from mirab.observe.press.lexicon import Lexicon
from mirab.observe.press.rows import rows
from mirab.observe.press.sentences import paragraphs, sentences
from mirab.observe.press.words import Words

YEARS = range(1900, 2101)
HEAD_LINES, TITLE_LETTERS, NAMED_LETTERS = 8, 240, 30
_LETTERS = re.compile(r"[^\W\d_]+")
_NAME = re.compile(r"\s*(?P<name>[^\W\d_][^\n,]{1,30}),")
_META = re.compile(
    r"\s*(?:title|headline|date|published(?: on)?|publication date|source|publisher|by|заголовок|дата"
    r"(?: публикации)?|опубликовано|источник)\s*[:\u2013-]",
    re.IGNORECASE,
)
_TITLE = re.compile(r"\s*(?:title|headline|заголовок)\s*:\s*", re.IGNORECASE)
_PUBLISHER = re.compile(r"\s*(?:source|publisher|источник)\s*:\s*(?P<name>[^\n]+)", re.IGNORECASE)
# ASTANA – / Tashkent, 12 March 2025 (UzA) – / АСТАНА, 21 февраля. /КазТАГ/ - / Bishkek. 5 May. KABAR.
_PLACE = (
    r"\s*(?:date\s+)?(?P<iso>\d{4}-\d{2}-\d{2}\s+)?"
    r"(?P<place>[^\W\d_][^\W\d_'\u2019\u2018\u02bb-]*(?:[ -][^\W\d_][^\W\d_'\u2019-]*){0,3})"
    r"(?P<rest>[,.]?\s{0,4}[^\n]{0,70}?)"
)
_DATELINE = re.compile(_PLACE + r"(?:\s{0,4}(?:(?:[\u2013\u2014]|--?)\s|\u2014(?=\S))|(?<=/)\.\s)")
_STOPPED = re.compile(
    _PLACE + r"(?:(?<=[\d\u0433])|(?<=\d года))\.\s"
)  # the year, or its Russian word, a stop
_AGENCY = re.compile(r"\([^)]*\)|/[^/]*/|[^\W\d_]+|\d{1,2}:\d\d|[\s,.]+")
_NAVIGATION = frozenset(["skip to content", "перейти к содержанию", "menu", "меню"])


@dataclass(frozen=True)
class Sentence:
    """One sentence: its characters, its paragraph, and its kind: title, body, background or tail."""

    start: int
    end: int
    paragraph: int
    kind: str


@dataclass(frozen=True)
class Document:
    """A text with what stands before its body.

    `published` is the day of publication with its span where the text says it; `given` is the day that a
    feed or the user gave instead. `place` is the span of the dateline's place. `id` is the SHA-256 of the
    text, so that the same text is the same document. `licence` is the one under which it was published, as
    far as the user knows it, and `marking` says who may see what is read from it.
    """

    text: str
    url: str = ""
    publisher: str = ""
    given: date | None = None
    given_title: str = ""
    licence: str = ""
    marking: Marking = Marking.PUBLIC

    @cached_property
    def id(self) -> str:
        """SHA-256 of the text, in hexadecimal figures."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def words(self) -> Words:
        """The words of the whole text."""
        return Words.of(self.text)

    @cached_property
    def language(self) -> tuple[str, float]:
        """Code and probability of the language."""
        return language(self.text)

    @cached_property
    def head(self) -> Head:
        """What stands before the body."""
        return _head(self)

    @property
    def published(self) -> date | None:
        """Day of publication: what the text says in its head, else what was given in a year that can be."""
        given = self.given if self.given and self.given.year in YEARS else None
        return self.head.published.end if self.head.published else given

    @property
    def title(self) -> str:
        """The title of the text, else the one given, else the first words of the body."""
        bounds = self.head.title
        said = self.text[bounds[0] : bounds[1]] if bounds else self.given_title
        return said or " ".join(self.text[self.head.body :][:200].split())[:80]

    @cached_property
    def dates(self) -> tuple[Dated, ...]:
        """Dates of the body and title, counted from the day of publication.

        Where it is not known, days without a year are put near the first full date.
        """
        head = self.head.dates
        found = dates(self.words, self.published)
        firm = next((one.start for one in found if one.precision == "day"), None)
        if self.published is None and firm:
            found = dates(self.words, firm, counting=False)
        return tuple(one for one in found if not any(a <= one.first < b for a, b in head))

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Sentences of title and body, in order."""
        return tuple(_sentences(self))

    def dates_between(self, start: int, end: int) -> tuple[Dated, ...]:
        """The dates that begin between two offsets."""
        at = attrgetter("first")
        return self.dates[bisect_left(self.dates, start, key=at) : bisect_left(self.dates, end, key=at)]

    def before(self, start: int) -> Sequence[Sentence]:
        """The sentences that begin before an offset."""
        return self.sentences[: bisect_left(self.sentences, start, key=attrgetter("start"))]

    def span(self, start: int, end: int, rule: str) -> Span:
        """A span of this document."""
        return Span(self.id, start, end, rule)


@dataclass(frozen=True)
class Head:
    """Bounds of title, dateline place and header dates, the publication date, and where the body begins."""

    title: tuple[int, int] | None
    place: tuple[int, int] | None
    published: Dated | None
    body: int
    dates: tuple[tuple[int, int], ...]
    publisher: str = ""


def _head(document: Document) -> Head:
    text = document.text
    title, published, place, body, marks, publisher = None, None, None, 0, [], ""
    for start, end in _lines(text):
        line = text[start:end]
        found = dates(Words.of(line), None) if len(line) < TITLE_LETTERS else ()
        if _is_meta(line, found):
            published = published or (_moved(found[0], start) if found else None)
            marks += [(start, end)]
            place = place or (_place_of(line, start) if found else None)
            publisher = publisher or _said_by(line)
            named = _TITLE.match(line)
            title = title or ((start + named.end(), end) if named else None)
            body = end
        elif title is None and _is_title(line):
            title, body = (start, end), end
        else:
            break
    head = Head(title, place, published, body, tuple(marks), publisher)
    return _with_dateline(text, head if published else _dated_below(text, head), document.given)


def _dated_below(text: str, head: Head) -> Head:
    """The head with the day that a line such as `Published: 21 February 2024` at the end of a text gives."""
    end = len(text.rstrip())
    start = max(head.body, text.rfind("\n", 0, end) + 1)
    line = text[start:end]
    found = dates(Words.of(line), None) if len(line) < TITLE_LETTERS and _META.match(line) else ()
    if not found:
        return head
    return replace(head, published=_moved(found[0], start), dates=(*head.dates, (start, end)))


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for _ in range(HEAD_LINES):
        while start < len(text) and text[start].isspace():
            start += 1
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if start >= len(text) or end == len(text):
            return
        yield start, len(text[:end].rstrip())
        start = end + 1


def _is_meta(line: str, found: Sequence[Dated]) -> bool:
    if _META.match(line) or line.strip().lower() in _NAVIGATION:
        return True
    if not found:
        return False
    rest = line[: found[0].first] + line[found[0].last :]
    named = all(word[:1].isupper() or word in _YEAR_WORDS for word in _LETTERS.findall(rest))
    few = sum(letter.isalpha() for letter in rest) <= (NAMED_LETTERS if named else 12)
    return few and not _DATELINE.match(line + " ")


def _place_of(line: str, start: int) -> tuple[int, int] | None:
    """The first word of a line that gives place and day (`Samarkand, 4 April 2025`), up to a comma."""
    match = None if _META.match(line) else _NAME.match(line)
    return (start + match.start("name"), start + match.end("name")) if match else None


def _said_by(line: str) -> str:
    match = _PUBLISHER.match(line)
    return match["name"].strip() if match else ""


def _is_title(line: str) -> bool:
    stops = line.rstrip()[-1:] in (".", "\u2026", ":", ";")
    return len(line) <= TITLE_LETTERS and not stops and not _DATELINE.match(line + " ")


def _moved(one: Dated, by: int) -> Dated:
    return replace(one, first=one.first + by, last=one.last + by)


def _with_dateline(text: str, head: Head, given: date | None) -> Head:
    """The head with what the dateline says, where the body begins with one."""
    start = (
        head.body + len(text[head.body : head.body + 200]) - len(text[head.body : head.body + 200].lstrip())
    )
    base = head.published.end if head.published else given if given and given.year in YEARS else None
    match, found = _dateline(text, start, base)
    if match is None:
        return head
    published = head.published or (found[0] if found else None)
    return replace(
        head,
        place=head.place or match.span("place"),
        published=published,
        body=match.end(),
        dates=(*head.dates, match.span()),
    )


def _dateline(text: str, start: int, base: date | None) -> tuple[re.Match[str] | None, list[Dated]]:
    """The dateline at an offset, up to a dash or to a stop behind its date, and the dates in it."""
    for pattern in (_DATELINE, _STOPPED):
        match = pattern.match(text, start)
        found = [_moved(one, start) for one in dates(Words.of(match.group()), base)] if match else []
        dashed = pattern is _DATELINE or bool(found)
        if match and dashed and _is_dateline(match, found, text[match.end() : match.end() + 1]):
            return match, found
    return None, []


def _is_dateline(match: re.Match[str], found: Sequence[Dated], following: str) -> bool:
    """Nothing but a place in capitals, dates and an agency may stand before the dash."""
    place = match["place"]
    words = re.split("[ -]", place)
    rest = list(match.string[match.start("rest") : match.end("rest")])
    for one in found:
        for i in range(one.first, one.last):
            if match.start("rest") <= i < match.end("rest"):
                rest[i - match.start("rest")] = " "
    left = [part for part in _AGENCY.findall("".join(rest)) if part.strip(" ,.")]
    strange = [
        part for part in left if part[0].isalpha() and not part[0].isupper() and part not in _YEAR_WORDS
    ]
    if strange or len(left) > 4 or not all(word[:1].isupper() for word in words):
        return False
    return place.isupper() or bool(found) or bool(left) or (len(words) <= 2 and not following.islower())


_YEAR_WORDS = frozenset(["года", "год", "г"])


@cache
def _flags() -> Lexicon:
    lexicon = Lexicon()
    for row in rows("background"):
        lexicon.add(row["pattern"], row["kind"])
    return lexicon


def _sentences(document: Document) -> Iterator[Sentence]:
    text, words, head = document.text, document.words, document.head
    if head.title:
        yield Sentence(*head.title, 0, "title")
    flagged: dict[int, set[str]] = defaultdict(set)
    for hit in _flags().find(words):
        flagged[hit.first].add(hit.entry)
    in_tail = False
    for number, (start, end) in enumerate(paragraphs(text, head.body), 1):
        in_tail = in_tail or (number > 1 and "tail" in flagged.get(words.at(start), ()))
        for first, last in sentences(text, start, end):
            kind = "tail" if in_tail else _kind(document, first, last, flagged)
            yield Sentence(first, last, number, kind)


def _kind(document: Document, start: int, end: int, flagged: Mapping[int, set[str]]) -> str:
    """Whether a sentence looks back: it says so, or it begins with a founding in a year gone by."""
    first, last = document.words.at(start), document.words.at(end)
    kinds = {kind for i in range(first, last) for kind in flagged.get(i, ())}
    if "founding" in kinds and any(
        _is_past(one, document.published) for one in document.dates_between(start, end)
    ):
        return "background"
    return "background" if "sentence" in kinds else "body"


def _is_past(one: Dated, published: date | None) -> bool:
    return published is None or one.end.year < published.year
