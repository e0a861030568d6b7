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
from typing import Any, NamedTuple

from mirab.observe.press.rows import small_words
from mirab.observe.press.words import Words, fold

GROWTH = 8
REMEMBERED = 200_000
_PART = re.compile(r"<(\d)>|([^\s<>*~]+)([*~]?)")
_WORD = re.compile(r"[^\W_]+")
ENDINGS = small_words("lexicon_endings")


class Hit(NamedTuple):
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
        self._begun: dict[str, tuple[tuple[_Node, bool, bool], ...]] = {}

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

    def find(self, words: Words) -> list[Hit]:
        """Every place of every pattern, in order of its first word; places may overlap."""
        if len(self._begun) > REMEMBERED:
            self._begun.clear()
            self._known.clear()
        found: list[Hit] = []
        known, begin, walk = self._begun, self._begin, self._walk
        starts, ends = words.starts, words.ends
        for i, word in enumerate(words.folded):
            begun = known.get(word)
            if begun is None:
                begun = begin(word)
            for node, capital, goes_on in begun:
                if capital and not words.surface(i).isupper():
                    continue
                for entry in node.entries:
                    found.append(Hit(entry, starts[i], ends[i], i, i))
                if goes_on:
                    walk(words, i, i, node, found)
        return found

    def _begin(self, word: str) -> tuple[tuple[_Node, bool, bool], ...]:
        """Where the trie leads with a first word; whether it must be in capitals, and whether it goes on."""
        edges = self._root.edges
        nodes = [(edges[label], label in self._capital) for label in self._look_up(word) if label in edges]
        found = tuple((node, capital, bool(node.edges or node.gaps)) for node, capital in nodes)
        self._begun[word] = found
        return found

    def _walk(self, words: Words, first: int, i: int, node: _Node, found: list[Hit]) -> None:
        """Collect what goes on from a node of the trie that was reached at word i."""
        known = self._known
        if node.edges and words.joined[i]:
            labels = known.get(words.folded[i + 1])
            if labels is None or labels:
                self._follow(words, first, i + 1, node, found)
        for most, gap in node.gaps.items():
            for j in range(i + 1, min(i + most + 2, len(words.folded))):
                if words.parted[j - 1]:
                    break
                labels = known.get(words.folded[j])
                if labels is None or labels:
                    self._follow(words, first, j, gap, found)

    def _follow(self, words: Words, first: int, i: int, node: _Node, found: list[Hit]) -> None:
        """Collect what goes on from a node with word i, and what ends there."""
        for label in self._look_up(words.folded[i]):
            after = node.edges.get(label)
            if after and (label not in self._capital or words.surface(i).isupper()):
                for entry in after.entries:
                    found.append(Hit(entry, words.starts[first], words.ends[i], first, i))
                if after.edges or after.gaps:
                    self._walk(words, first, i, after, found)

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
        self._begun.clear()
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
    """Of overlapping hits, in order of their first word, the first and longest; equal places are all kept."""
    found: list[Hit] = []
    first = last = begun = -1
    for hit in hits:
        if hit.first > last or (hit.first == first and hit.last > last):
            if hit.first == first:
                del found[begun:]
            first, last, begun = hit.first, hit.last, len(found)
            found.append(hit)
        elif hit.first == first and hit.last == last:
            found.append(hit)
    return found
