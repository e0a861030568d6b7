"""Texts of live sources as one page of JSON lines, which the press reader takes in like any other file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from mirab.core.errors import Problem
from mirab.observe.connector import Page, Parsed, Scope, Terms
from mirab.observe.press.intake import day_of
from mirab.observe.press.markup import Page as Text

LINES, ZONES = ".jsonl", timedelta(days=1)


def parsed(terms: Terms, scope: Scope, found: Iterable[tuple[Page, Sequence[Text]]]) -> Parsed:
    """The texts of pages, each once: of two with one address, or else one text, the first counts.

    A text without a publisher has that of the source. One that is dated after the day of asking (and the
    day after it, as the days of the earth differ) is refused.
    """
    seen: set[str] = set()
    pages, refused = [], []
    for page, texts in found:
        kept = []
        for number, one in enumerate(texts, 1):
            published = day_of(one.published)
            if published and published > scope.today + ZONES:
                refused.append(Problem(f"{page.name}:{number}", f"is dated {published}, in the future"))
            elif (name := one.url or one.text) not in seen:
                seen.add(name)
                kept.append(replace(one, publisher=one.publisher or terms.publisher))
        if kept:
            pages.append(replace(page, data="\n".join(map(_line, kept)).encode(), kind=LINES))
    return Parsed(texts=tuple(pages), refused=tuple(refused))


def _line(one: Text) -> str:
    cells = {"text": one.text, "title": one.title, "date": one.published, "url": one.url}
    return json.dumps(cells | {"publisher": one.publisher}, ensure_ascii=False)
