"""Texts that are copies of each other, and reports that tell one story, across languages.

Near copies by MinHash of five-word shingles (Broder 1997), 64 permutations in 16 bands of four; a story is
the same parties, days at most two apart and a theme in common. Method of the story key ours.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from mirab.observe.press.records import Deed, Meeting, Record

PERMUTATIONS, BANDS, SHINGLE = 64, 16, 5
ALIKE = 0.7
STORY_DAYS = 2
_PRIME = np.uint64((1 << 61) - 1)


@cache
def _factors() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    rng = np.random.default_rng(64)
    one, two = rng.integers(1, 1 << 31, size=(2, PERMUTATIONS, 1), dtype=np.uint64)
    return one, two


def signature(words: Sequence[str]) -> tuple[int, ...]:
    """MinHash signature of a text's words: 64 numbers, equal in the share in which two texts are alike."""
    shingles = {" ".join(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))}
    hashes = np.array([zlib.crc32(one.encode("utf-8", "replace")) for one in shingles], dtype=np.uint64)
    factor, shift = _factors()
    found = ((factor * hashes + shift) % _PRIME).min(axis=1)
    return tuple(int(one) for one in found)


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """Estimated Jaccard similarity of two texts from their signatures, in [0, 1]."""
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


def bands(one: Sequence[int]) -> tuple[str, ...]:
    """Keys under which near copies meet: texts that are alike share at least one with high probability."""
    size = len(one) // BANDS
    return tuple(f"{i}:{hash(tuple(one[i * size : (i + 1) * size]))}" for i in range(BANDS))


@dataclass(frozen=True)
class StoryKey:
    """What makes two reports one story: parties, day, themes."""

    parties: frozenset[str]
    on: date
    themes: frozenset[str]

    def is_same(self, other: StoryKey) -> bool:
        """Whether both tell one story: same parties, at most two days apart, a theme in common."""
        near = abs((self.on - other.on).days) <= STORY_DAYS
        shared = self.themes & other.themes or not (self.themes and other.themes)
        return near and self.parties == other.parties and bool(shared)


def story_key(one: Record) -> StoryKey | None:
    """The key of a meeting or event with a day and a party; people that the registry lacks do not count."""
    if not isinstance(one, Meeting | Deed) or one.when.start is None:
        return None
    if isinstance(one, Meeting):
        parties = [one.kind, *(party.id for party in one.parties if not party.id.startswith("?"))]
        themes = [topic.theme for topic in one.topics]
    else:
        parties, themes = [one.type, one.mode.value, *one.actors, *one.recipients], list(one.contexts)
    return StoryKey(frozenset(parties), one.when.start, frozenset(themes)) if len(parties) > 1 else None
