"""The bulletin as PDF: the rendered sections of a page, set by typst on A4, with the same figures as SVG.

Page one holds the eight blocks and nothing else; its letters shrink until it fits. Then follow the sections
of BACK. What is for reading beside the numbers (tables of a chart, links) stays with the page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from html import unescape
from html.parser import HTMLParser
from importlib import resources
from typing import Any

from mirab.brief.page import Page
from mirab.brief.sections import Section, sections
from mirab.core.errors import SolutionError

BACK = ("threats", "joint", "outlook", "promises", "ledger", "method", "sources")
LEFT_OUT = {"details", "nav", "script", "style"}
VOID = {"br", "hr", "svg", "wbr"}
SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)
Node = dict[str, Any]


def bulletin(page: Page) -> bytes:
    """The PDF of a page in its language (PDF/UA-1); raises SolutionError where typst cannot set it."""
    pdf: bytes = _set(page, format="pdf", pdf_standards="ua-1")
    return pdf


def front(page: Page, ppi: float) -> bytes:
    """Page one of the bulletin as PNG, so many pixels an inch; raises SolutionError as `bulletin` does."""
    pages: list[bytes] = _set(page, format="png", ppi=ppi)
    return pages[0]


def _set(page: Page, **how: Any) -> Any:
    import typst

    with resources.as_file(resources.files("mirab.brief")) as folder:
        try:
            return typst.compile(
                folder / "templates" / "bulletin.typ",
                font_paths=[folder / "fonts"],
                ignore_system_fonts=True,
                timestamp=datetime.combine(page.briefing.written_on, time(), UTC),
                sys_inputs={"content": json.dumps(_content(page), ensure_ascii=False)},
                **how,
            )
        except RuntimeError as cause:
            raise SolutionError(f"the PDF cannot be set: {cause}; see templates/bulletin.typ") from cause


def _content(page: Page) -> Node:
    """What the template sets: words of its own, the blocks of page one, and the sections behind it."""
    words, shown = page.words, page.shown
    found = sections(shown.sections)
    back = {one.name: one for one in found if not one.on_page_one and one.is_shown(page.briefing)}
    title = words(
        "page.title", region=shown.region_title, issue=str(shown.issue), day=page.say.day(shown.as_of)
    )
    front = [_block(page, one) for one in found if one.on_page_one]
    return {
        "language": words.language,
        "title": str(title),
        "mark": "" if shown.status == "cleared" else str(words(f"watermark.{shown.status}")),
        "footer": str(words("page.footer")),
        "front": [part for part, _ in front],
        "notes": page.notes(" ".join(html for _, html in front)),
        "back": [_with_notes(page, back[name]) for name in BACK if name in back],
    }


def _block(page: Page, one: Section) -> tuple[Node, str]:
    """A section as a tree with its title, and the HTML that it comes from."""
    html = str(page.section(one))
    return {"name": one.name, "title": str(page.words(one.title)), "body": parsed(html)}, html


def _with_notes(page: Page, one: Section) -> Node:
    part, html = _block(page, one)
    return {**part, "notes": page.notes(html)}


def parsed(html: str) -> list[Node]:
    """The elements of some HTML as a tree: tag, classes, children; text stands as `text`, drawings as `svg`.

    Details, narrow drawings and what only a screen needs are left out.

    >>> parsed("<p>A <b>b</b></p>")[0]["in"][1]["in"][0]["text"]
    'b'
    """
    drawings = SVG.findall(html)
    tree = _Tree(drawings)
    tree.feed(SVG.sub("<svg/>", html))
    tree.close()
    return list(_kept(tree.root["in"]))


class _Tree(HTMLParser):
    """Collects elements under `root`; each drawing is taken from a list, as it was written."""

    def __init__(self, drawings: Sequence[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _node("")
        self.open = [self.root]
        self.drawings = iter(drawings)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Open an element."""
        found = {name: value or "" for name, value in attrs}
        node = _node(tag, *found.get("class", "").split())
        if found.get("colspan"):
            node["span"] = int(found["colspan"])
        if tag == "svg":
            node |= _drawing(next(self.drawings))
        self.open[-1]["in"].append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        """Close an element and what was left open in it."""
        names = [node["tag"] for node in self.open]
        if tag in names[1:]:
            del self.open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        """Keep text, with its white space as one space."""
        if text := re.sub(r"[ \t\n\r]+", " ", data):
            self.open[-1]["in"].append(_node("text") | {"text": text})


def _node(tag: str, *classes: str) -> Node:
    return {"tag": tag, "class": list(classes), "in": []}


def _drawing(svg: str) -> Node:
    """A drawing in the letters of the bulletin, with its spoken label."""
    label = re.search(r'aria-label="([^"]*)"', svg)
    drawn = re.sub(r'font-family="[^"]*"', 'font-family="Noto Sans"', svg)
    return {"svg": drawn, "label": unescape(label[1]) if label else ""}


def _kept(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        if node["tag"] not in LEFT_OUT and "narrow" not in node["class"]:
            yield {**node, "in": list(_kept(node["in"]))}
