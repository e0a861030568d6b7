"""Sentences of a text with their places. Method ours: punctuation, abbreviations, lines.

A new paragraph always ends a sentence; a new line does where the line was short or ended with a mark, so
that text wrapped by a mailer is read as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from mirab.observe.press.rows import rows

LONGEST = 4000
_PARAGRAPH = re.compile(r"\n[ \t\r\u00a0]*(?:\n[ \t\r\u00a0]*)+")
_END = re.compile(
    r"[.!?…؟۔]+[\"'\u201d\u2019»)\]]*(?=\s+[\"'\u201c\u2018«(\[]?[^\W_a-zа-яё])|[!?؟۔](?=\s)|\n"
)
_BEFORE = re.compile(r"([^\s(«\"\u201c]+?)\.$")
_SHORT = 60
_LISTED = re.compile(r"\s*(?:[-–—•*·]|\d{1,2}[.)])\s")


def paragraphs(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Bounds of the paragraphs of a text from an offset on: what blank lines part, without outer spaces."""
    for match in _PARAGRAPH.finditer(text, start):
        yield from _trimmed(text, start, match.start())
        start = match.end()
    yield from _trimmed(text, start, len(text))


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Bounds of the sentences of one paragraph; none is longer than 4,000 characters."""
    begun = start
    for match in _END.finditer(text, start, end):
        if match.group() == "\n" and not _is_line_end(text, begun, match.start(), match.end()):
            continue
        if match.group()[0] == "." and _is_abbreviation(text, begun, match.start() + 1):
            continue
        yield from _cut(text, begun, match.end())
        begun = match.end()
    yield from _cut(text, begun, end)


def _is_line_end(text: str, begun: int, end: int, after: int) -> bool:
    line = text[max(begun, text.rfind("\n", begun, end) + 1) : end].rstrip()
    if not line:
        return False
    if _LISTED.match(text, after) or line[-1] in ".!?:;…":
        return True
    following = text[after : after + 1]
    return len(line) < _SHORT and (following.isupper() or following.isdigit() or not following.strip())


def _is_abbreviation(text: str, begun: int, end: int) -> bool:
    match = _BEFORE.search(text, max(begun, end - 24), end)
    if not match:
        return False
    word = match[1].lower()
    return (len(word) == 1 and word.isalpha()) or word in _abbreviations()


@cache
def _abbreviations() -> frozenset[str]:
    return frozenset(row["word"] for row in rows("abbreviations"))


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence; one that is too long is cut at spaces."""
    while end - start > LONGEST:
        space = text.rfind(" ", start + 1, start + LONGEST)
        middle = space if space > 0 else start + LONGEST
        yield from _trimmed(text, start, middle)
        start = middle
    yield from _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    part = text[start:end]
    left = len(part) - len(part.lstrip())
    if part.strip():
        yield start + left, start + len(part.rstrip())
