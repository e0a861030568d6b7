"""What a helper beside the rules proposes, as hits of rules that carry its name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mirab.observe.press.lexicon import Hit
from mirab.observe.press.rows import Rule
from mirab.observe.press.words import Words

PERSON = "person"


class Proposal(NamedTuple):
    """A person or a phrase for a group and kind of rules that a helper finds; its characters, and by whom."""

    group: str
    kind: str
    start: int
    end: int
    by: str


def phrases(proposals: Iterable[Proposal], words: Words, language: str) -> Iterator[Hit]:
    """The proposals for groups of rules, as if a rule of the helper's name had found them."""
    for one in proposals:
        first, last = words.at(one.start), words.at(one.end) - 1
        if one.group != PERSON and last >= first:
            yield Hit(Rule(one.group, one.by, language, one.kind), one.start, one.end, first, last)
