"""RSS and Atom feeds of publishers: one row of sources.csv each, its address the feed's.

A feed holds the newest entries only and turns over within hours or days: what is to be read has to be asked
for often. An entry is read as far as the feed carries it.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from mirab.core.errors import Problem, SourceError
from mirab.observe.connector import Ask, Asks, Connector, Page, Parsed, Scope, Terms
from mirab.observe.press.markup import Page as Text
from mirab.observe.press.markup import entries
from mirab.observe.texts import parsed

ACCEPT = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.8"
_FEED = re.compile(rb"<(?:rss|feed|rdf:rdf)[\s>]", re.IGNORECASE)
_HEAD = 2000


def asks(terms: Terms, scope: Scope) -> Asks:
    """The feed, which is one page."""
    yield Ask("feed", headers={"Accept": ACCEPT})


def parse(terms: Terms, scope: Scope, pages: Sequence[Page]) -> Parsed:
    """The entries of the feed as texts."""
    return parsed(terms, scope, [(page, _entries(page)) for page in pages])


def _entries(page: Page) -> Sequence[Text]:
    """The entries of a page; SourceError where it is no feed, or one that was cut off."""
    if not _FEED.search(page.data[:_HEAD]):
        begins = page.data[:60].decode("utf-8", errors="replace").strip()
        fix = "look whether the address of the feed has changed"
        raise SourceError(page.name, [Problem(page.name, f"is no feed but begins with {begins!r}", fix)])
    return entries(page.data.decode("utf-8-sig", errors="replace"))


def _named() -> Iterator[str]:
    """The sources of the table beside this file that say they are read by it."""
    text = Path(__file__).with_name("sources.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        if json.loads(row["columns"] or "{}").get("file") == Path(__file__).stem:
            yield row["source_id"]


CONNECTORS = tuple(Connector(name, asks, parse, texts=True) for name in _named())
