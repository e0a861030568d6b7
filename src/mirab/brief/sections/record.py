"""The record: what the press that was read tells of meetings, events and promises, with its sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any
from urllib.parse import quote

from mirab.brief.tables import records
from mirab.core.records import Briefing

TITLE = "section.record"
ORDER = 158
MOST_PAIRS, MOST_THEMES = 10, 15
FOUND_BY = 80


def view(briefing: Briefing) -> dict[str, Any]:
    """Meetings, events by type, promises to confirm, what was announced, pairs, themes, and the passages."""
    meetings, promises = (records(briefing, f"press:{name}") for name in ("meetings", "promises"))
    themes = records(briefing, "press:themes")
    last = max((row["month"] for row in themes), default="")
    newest = sorted((row for row in themes if row["month"] == last), key=lambda row: -row["share"])
    return {
        "meetings": meetings,
        "events": records(briefing, "press:events"),
        "promises": promises,
        "announced": records(briefing, "press:announcements"),
        "pairs": records(briefing, "press:pairs")[:MOST_PAIRS],
        "themes": newest[:MOST_THEMES],
        "texts": _texts(briefing),
    }


def _texts(briefing: Briefing) -> list[dict[str, Any]]:
    """The documents with their passages, each cut into pieces that are marked or not."""
    rows = groupby(records(briefing, "press:passages"), key=itemgetter("document"))
    found = [list(passages) for _, passages in rows]
    return [
        {**ones[0], "address": _address(ones[0]), "passages": [list(_pieces(one)) for one in ones]}
        for ones in found
    ]


def _address(row: Mapping[str, Any]) -> str:
    """Address of a document, which opens at the passage where the browser can find words in a page."""
    if not row["url"]:
        return ""
    words = " ".join(row["text"].split())[:FOUND_BY]
    return f"{row['url']}#:~:text={quote(words.rsplit(' ', 1)[0], safe='')}"


def _pieces(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The text of a passage in pieces: where a sentence of a record starts, and what is marked."""
    start, end = row["start"], row["end"]
    marks = [tuple(map(int, mark.split(":"))) for mark in row["marks"].split("|") if mark]
    anchors = {int(one) for one in row["anchors"].split("|") if one}
    cuts = sorted({start, end, *anchors, *(cut for mark in marks for cut in mark)})
    for a, b in zip(cuts, cuts[1:], strict=False):
        yield {
            "text": row["text"][a - start : b - start],
            "marked": any(first <= a and b <= last for first, last in marks),
            "anchor": f"words-{row['document'][:10]}-{a}" if a in anchors else "",
        }
