"""Words of a text with their places, folded so that spellings of one word look alike.

Folding keeps the length: character i of the folded text is character i of the text, so that every span
found in the folded text is a span of the text itself. Method ours.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

_WORD = re.compile(r"([^\W_]+)")
_JOINTS = frozenset([" ", "-", "'", ".", "\n", "\u2011", "\u200c", "", "' "])
_STRONG = re.compile(r"[.!?;:]\s|\n\s*\n|[!?;]")


def _plain(code: int) -> str:
    """The base letter of a Latin letter with a mark; the letter itself where it has none."""
    base = unicodedata.normalize("NFD", chr(code))[0]
    return base if base.isascii() and base.isalpha() else chr(code)


_FOLD = {code: _plain(code) for code in range(0x00C0, 0x0250)}
_FOLD |= {ord(mark): "'" for mark in "\u2018\u2019\u02bb\u02bc\u02b9`\u00b4\u2032"}
_FOLD |= {ord("ё"): "е", ord("ı"): "i", ord("ø"): "o", ord("ł"): "l", ord("đ"): "d", ord("ə"): "a"}
_FOLD |= {ord("ي"): "ی", ord("ك"): "ک", ord("ى"): "ی", ord("\u00a0"): " "}
_FOLD |= {0x0660 + i: str(i) for i in range(10)} | {0x06F0 + i: str(i) for i in range(10)}
_FOLDED = {chr(code): plain for code, plain in _FOLD.items() if chr(code) != plain}
_RARE = re.compile(f"[{''.join(map(re.escape, _FOLDED))}]")


@lru_cache(maxsize=10_000)
def _is_parting(gap: str) -> bool:
    return bool(_STRONG.search(gap))


def fold(text: str) -> str:
    r"""Lower case without marks on Latin letters, one apostrophe, Western digits; as long as the text.

    >>> fold("O\u2018zbekiston, António")
    "o'zbekiston, antonio"
    """
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c.lower()[0] for c in text)
    return _RARE.sub(lambda found: _FOLDED[found[0]], lowered)


@dataclass(frozen=True)
class Words:
    """The words of a text, in order: word i is `text[starts[i]:ends[i]]`, folded in `folded[i]`.

    `after[i]` is what stands between word i and the next one, folded.
    """

    text: str
    folded: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    after: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Words:
        """The words of a text: runs of letters and digits of any script."""
        parts = tuple(_WORD.split(fold(text)))
        reached = tuple(accumulate(map(len, parts)))
        return cls(text, parts[1::2], reached[:-1:2], reached[1::2], parts[2::2])

    @cached_property
    def joined(self) -> tuple[bool, ...]:
        """By word, whether it and the next one can belong to one name: a space or hyphen parts them."""
        return (*map(_JOINTS.__contains__, self.after[:-1]), *((False,) if self.after else ()))

    @cached_property
    def parted(self) -> tuple[bool, ...]:
        """By word, whether a sentence or clause ends between it and the next one."""
        return (*map(_is_parting, self.after[:-1]), *((True,) if self.after else ()))

    @cached_property
    def capitals(self) -> tuple[int, ...]:
        """Words that begin with a capital."""
        text = self.text
        return tuple([i for i, start in enumerate(self.starts) if text[start].isupper()])

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """All distinct words, folded."""
        return frozenset(self.folded)

    def __len__(self) -> int:
        return len(self.folded)

    def surface(self, i: int) -> str:
        """Word i as it stands in the text."""
        return self.text[self.starts[i] : self.ends[i]]

    def gap(self, i: int) -> str:
        """What stands between word i and the next one."""
        return self.text[self.ends[i] : self.starts[i + 1]]

    def is_joined(self, i: int) -> bool:
        """Whether word i and the next one can belong to one name: only a space or hyphen between them."""
        return self.joined[i]

    def is_parted(self, i: int) -> bool:
        """Whether a sentence or clause ends between word i and the next one."""
        return self.parted[i]

    def at(self, offset: int) -> int:
        """Index of the first word that starts at or after an offset."""
        return bisect_left(self.starts, offset)
