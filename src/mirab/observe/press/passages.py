"""The words of documents that records rest on, as far as they may be shown.

Texts belong to their publishers. Where nothing else is known of a document, no more of it is shown than the
sentences that records rest on, with the address where the whole stands; a document under a licence that lets
everybody pass it on is shown whole. Method ours.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from mirab.observe.press.store import PressStore, Stored

LONGEST = 20_000
_OPEN = re.compile(
    r"cc0.*|cc[ -]by(?:[ -]sa)?(?:[ -]\d\.\d)?|public domain|ogl.*|open government licen[cs]e.*",
    re.IGNORECASE,
)
_WEB = re.compile("https?://", re.IGNORECASE)


def is_open(licence: str) -> bool:
    """Whether a licence lets everybody pass a text on.

    >>> is_open("CC BY 4.0"), is_open("CC BY-NC 4.0"), is_open("")
    (True, False, False)
    """
    return bool(_OPEN.fullmatch(licence.strip()))


def anchor(one: Stored) -> str:
    """Id of the place in a page where the sentence of a record stands."""
    return f"words-{one.document[:10]}-{one.body['evidence'][1]['start']}"


def passages(store: PressStore, records: Iterable[Stored]) -> list[dict[str, Any]]:
    """The passages of documents that records rest on, by document and place.

    `marks` are the characters of the words that show a record, as `start:end` of the document joined by |;
    `anchors` are the starts of its sentences. `whole` says that the passage is the whole text.
    """
    by_document: dict[str, list[Stored]] = defaultdict(list)
    for one in records:
        by_document[one.document].append(one)
    texts = store.texts(by_document)
    return [
        row for id, ones in by_document.items() if id in texts for row in _of_document(id, ones, *texts[id])
    ]


def _of_document(id: str, records: list[Stored], text: str, licence: str) -> list[dict[str, Any]]:
    spans = {(one.body["evidence"][1]["start"], one.body["evidence"][1]["end"]) for one in records}
    whole = is_open(licence) and len(text) <= LONGEST
    bounds = [(0, len(text))] if whole else sorted(spans)
    marks = sorted({(one.body["evidence"][0]["start"], one.body["evidence"][0]["end"]) for one in records})
    first = records[0]
    return [
        {
            "document": id,
            "title": first.title,
            "publisher": first.publisher,
            "published": first.published,
            "url": first.url if _WEB.match(first.url) else "",
            "licence": licence,
            "whole": whole,
            "start": start,
            "end": end,
            "text": text[start:end],
            "marks": "|".join(f"{a}:{b}" for a, b in marks if start <= a and b <= end),
            "anchors": "|".join(str(a) for a, _ in sorted(spans) if start <= a < end),
        }
        for start, end in bounds
    ]
