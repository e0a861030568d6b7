"""The text of HTML pages and of the entries of RSS and Atom feeds, by the lenient parser of Python.

No entity is expanded but those of HTML, no script is run, nothing is fetched. Of a page the article is taken
where it has one, else all paragraphs; navigation, scripts and forms are left out. Method ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

_SKIPPED = frozenset(
    [
        "aside",
        "button",
        "figure",
        "footer",
        "form",
        "header",
        "iframe",
        "nav",
        "noscript",
        "script",
        "select",
        "style",
        "svg",
        "template",
    ]
)
_BLOCKS = frozenset(
    [
        "article",
        "blockquote",
        "br",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "main",
        "ol",
        "p",
        "section",
        "table",
        "td",
        "tr",
        "ul",
    ]
)
_DATES = ("article:published_time", "datepublished", "date", "pubdate", "dc.date", "og:published_time")
_LINK = re.compile(r"<link\s[^<>]{0,300}?href=[\"']([^\"'<>]+)[\"']", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\f\v]+")


@dataclass(frozen=True)
class Page:
    """Text of a page or entry, with what stands beside it; `published` is text as it came."""

    text: str
    title: str = ""
    published: str = ""
    publisher: str = ""
    url: str = ""


def page(html: str) -> Page:
    """The text of a page: its first heading, then the paragraphs of its article."""
    parser = _Reader()
    parser.feed(html)
    parser.close()
    body = parser.article if sum(map(len, parser.article)) > 200 else parser.body
    heading = _lines(parser.heading) or _lines(parser.title)
    text = _lines(body)
    if heading and heading not in text[:500]:
        text = f"{heading}\n\n{text}"
    return Page(text, heading, parser.published, parser.publisher)


def entries(feed: str) -> tuple[Page, ...]:
    """The entries of an RSS or Atom feed; none where the text is not one."""
    return tuple(map(_entry, (*_elements(feed, "item"), *_elements(feed, "entry"))))


def _elements(source: str, name: str) -> Iterator[str]:
    """What stands in each element of a name, in time linear in the text whatever it holds."""
    opening = re.compile(rf"<{name}(?=[\s>])[^<>]*>", re.IGNORECASE)
    closing = re.compile(rf"</{name}\s*>", re.IGNORECASE)
    begin = opening.search(source)
    while begin:
        end = closing.search(source, begin.end())
        if end is None:
            return
        yield source[begin.end() : end.start()]
        begin = opening.search(source, end.end())


def _entry(source: str) -> Page:
    title = _said(source, "title")
    body = _said(source, "content:encoded", "content", "description", "summary")
    link = _LINK.search(source)
    return Page(
        f"{title}\n\n{body}" if title and not body.startswith(title) else body or title,
        title,
        _said(source, "pubDate", "published", "dc:date", "updated"),
        _said(source, "dc:publisher", "source"),
        link[1] if link else _said(source, "link", "guid", "id"),
    )


def _said(source: str, *names: str) -> str:
    for name in names:
        found = next(_elements(source, name), "")
        if found.strip():
            return page(_unwrapped(found)).text
    return ""


def _unwrapped(text: str) -> str:
    """What stands in CDATA sections, or the text with its entities read."""
    if "<![CDATA[" in text:
        return text.replace("<![CDATA[", "").replace("]]>", "")
    return unescape(text) if "&lt;" in text else text


def _lines(parts: list[str]) -> str:
    joined = _SPACES.sub(" ", "".join(parts)).replace("\u00a0", " ")
    lines = [line.strip() for line in joined.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


@dataclass
class _Reader(HTMLParser):
    """Collects text by where it stands."""

    body: list[str] = field(default_factory=list)
    article: list[str] = field(default_factory=list)
    heading: list[str] = field(default_factory=list)
    title: list[str] = field(default_factory=list)
    published: str = ""
    publisher: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []
        self._headings = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of where the text stands that follows."""
        values = {name: value or "" for name, value in attrs}
        if tag == "meta":
            self._meta(values)
        elif tag == "time" and not self.published:
            self.published = values.get("datetime", "")
        elif tag in _SKIPPED or tag in ("title", "article", "main", "h1"):
            self._open.append(tag)
        if tag in _BLOCKS:
            self._put("\n\n" if tag != "br" else "\n")

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and all that were not closed inside it."""
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "h1":
            self._headings += 1
        if tag in _BLOCKS:
            self._put("\n\n")

    def handle_data(self, data: str) -> None:
        """Put text where it belongs."""
        self._put(re.sub(r"\s+", " ", data))

    def _put(self, text: str) -> None:
        if _SKIPPED.intersection(self._open):
            return
        if "title" in self._open:
            self.title.append(text)
            return
        if "h1" in self._open and not self._headings:
            self.heading.append(text)
        self.body.append(text)
        if {"article", "main"}.intersection(self._open):
            self.article.append(text)

    def _meta(self, values: dict[str, str]) -> None:
        name = (values.get("property") or values.get("name") or values.get("itemprop") or "").lower()
        if name in _DATES and not self.published:
            self.published = values.get("content", "")
        elif name == "og:site_name":
            self.publisher = values.get("content", "")
