"""Many names and phrases looked up in one pass over the words of a text, inflected forms included.

A pattern is a row of words. `water*` stands for any word that starts so, with up to eight letters more;
`Токаев~` for the word with an ending of case; `<3>` for up to three words of any kind; a word in capitals
(`UN`) for that word in capitals only. All patterns share one trie whose edges are words, so the time does
not grow with their number; which edges a word can take is looked up once per distinct word. Method ours.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from mirab.observe.press.rows import small_words
from mirab.observe.press.words import Words, fold

GROWTH = 8
REMEMBERED = 200_000
_PART = re.compile(r"<(\d)>|([^\s<>*~]+)([*~]?)")
_WORD = re.compile(r"[^\W_]+")
ENDINGS = small_words("lexicon_endings")


@dataclass(frozen=True)
class Hit:
    """One place where a pattern was found: characters `start` to `end`, words `first` to `last`."""

    entry: Any
    start: int
    end: int
    first: int
    last: int


@dataclass
class _Node:
    edges: dict[int, _Node] = field(default_factory=dict)
    gaps: dict[int, _Node] = field(default_factory=dict)
    entries: list[Any] = field(default_factory=list)


class Lexicon:
    """Patterns with the entry that each stands for; `find` gives the places of all of them in a text."""

    def __init__(self) -> None:
        self._root = _Node()
        self._labels: dict[str, int] = {}
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._stems: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._capital: set[int] = set()
        self._known: dict[str, tuple[int, ...]] = {}

    def add(self, pattern: str, entry: Any) -> None:
        """Let a pattern stand for an entry (any value); an empty pattern is left out."""
        node = self._root
        for gap, word, mark in _PART.findall(pattern):
            if gap:
                node = node.gaps.setdefault(int(gap), _Node())
                continue
            for part, ending in _parts(word, mark):
                node = node.edges.setdefault(self._label(part, ending), _Node())
        if node is not self._root and entry not in node.entries:
            node.entries.append(entry)

    def find(self, words: Words) -> Iterator[Hit]:
        """Every place of every pattern, in order of its first word; places may overlap."""
        if len(self._known) > REMEMBERED:
            self._known.clear()
        known, look_up, root = self._known, self._look_up, self._root
        for i, word in enumerate(words.folded):
            labels = known.get(word)
            if labels is None:
                labels = look_up(word)
            if labels and not root.edges.keys().isdisjoint(labels):
                yield from self._walk(words, i, i, root, labels)

    def _walk(self, words: Words, first: int, i: int, node: _Node, labels: tuple[int, ...]) -> Iterator[Hit]:
        for label in labels:
            after = node.edges.get(label)
            if after is None or (label in self._capital and not words.surface(i).isupper()):
                continue
            for entry in after.entries:
                yield Hit(entry, words.starts[first], words.ends[i], first, i)
            if after.edges and words.is_joined(i):
                yield from self._walk(words, first, i + 1, after, self._look_up(words.folded[i + 1]))
            for most, gap in after.gaps.items():
                yield from self._leap(words, first, i, gap, most)

    def _leap(self, words: Words, first: int, i: int, node: _Node, most: int) -> Iterator[Hit]:
        for j in range(i + 1, min(i + most + 2, len(words))):
            if words.is_parted(j - 1):
                return
            yield from self._walk(words, first, j, node, self._look_up(words.folded[j]))

    def _label(self, part: str, ending: str) -> int:
        word = fold(part)
        capital = not ending and len(part) > 1 and part.isupper()
        label = self._labels.setdefault(f"{word}{ending}{'^' if capital else ''}", len(self._labels))
        if capital:
            self._capital.add(label)
        if ending and (label, ending) not in self._stems[word]:
            self._stems[word].append((label, ending))
        elif not ending and label not in self._exact[word]:
            self._exact[word].append(label)
        self._known.clear()
        return label

    def _look_up(self, word: str) -> tuple[int, ...]:
        known = self._known.get(word)
        if known is None:
            found = list(self._exact.get(word, ()))
            for length in range(max(1, len(word) - GROWTH), len(word) + 1):
                rest = word[length:]
                for label, ending in self._stems.get(word[:length], ()):
                    if ending == "*" or not rest or rest in ENDINGS:
                        found.append(label)
            known = self._known[word] = tuple(found)
        return known


def _parts(word: str, mark: str) -> Iterator[tuple[str, str]]:
    """The words of a part such as `Kassym-Jomart~`; the mark belongs to the last of them."""
    folded = fold(word)
    spans = [match.span() for match in _WORD.finditer(folded)]
    for number, (start, end) in enumerate(spans, 1):
        yield word[start:end], mark if number == len(spans) else ""


def longest(hits: Iterable[Hit]) -> list[Hit]:
    """Of overlapping hits the first and longest, in order; hits on the same words are all kept."""
    found: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.first, -hit.last)):
        if (
            not found
            or hit.first > found[-1].last
            or (hit.first, hit.last) == (found[-1].first, found[-1].last)
        ):
            found.append(hit)
    return found
