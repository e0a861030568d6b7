"""News of the UN Regional Centre for Preventive Diplomacy for Central Asia, which has no feed.

The list of news names the articles; those that were not kept before are asked for, the first of the list
first, a few a run. An article is never asked for again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mirab.core.errors import Problem, SourceError
from mirab.observe.connector import Ask, Asks, Connector, Page, Parsed, Scope, Terms
from mirab.observe.press.markup import Page as Text
from mirab.observe.press.markup import page as article
from mirab.observe.texts import parsed

LIST, NEWS, MOST, LEAST_LETTERS = "list", "en/news", 10, 200
_LINK = re.compile(
    rb"""href=["'](?:https://unrcca\.unmissions\.org)?/en/news/([A-Za-z0-9][A-Za-z0-9-]+)["']"""
)


def asks(terms: Terms, scope: Scope) -> Asks:
    """The list of news, then the articles on it that are not kept yet, MOST at most."""
    listed = yield Ask(LIST, NEWS)
    names = _named(listed) if listed else []
    for name in [name for name in names if name not in scope.kept][:MOST]:
        yield Ask(name, f"{NEWS}/{name}", optional=True)


def _named(page: Page) -> list[str]:
    """The articles that a list links, in its order; SourceError where it links none."""
    names = dict.fromkeys(found.decode() for found in _LINK.findall(page.data))
    if not names:
        fix = "look whether the page has changed"
        raise SourceError(page.name, [Problem(page.name, f"links no article under /{NEWS}/", fix)])
    return list(names)


def parse(terms: Terms, scope: Scope, pages: Sequence[Page]) -> Parsed:
    """The articles as texts; one that is shorter than LEAST_LETTERS is refused: it may be another page."""
    found, refused = [], []
    for page in pages:
        if page.name == LIST:
            _named(page)
            continue
        text = article(page.data.decode("utf-8", errors="replace"))
        if len(text.text) < LEAST_LETTERS:
            what = f"has a text of {len(text.text)} letters"
            refused.append(Problem(page.name, what, "read the page, and paste it into `mirab read -`"))
        else:
            url = f"{terms.address}{NEWS}/{page.name}"
            found.append((page, [Text(text.text, text.title, text.published, terms.publisher, url)]))
    made = parsed(terms, scope, found)
    return Parsed(texts=made.texts, refused=(*refused, *made.refused))


CONNECTORS = (Connector("unrcca", asks, parse, texts=True),)
