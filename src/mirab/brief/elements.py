"""The elements of a page that we wrote: what stands on paper, in order, and its text in pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

VOID = ("br", "meta", "link", "img", "hr", "input")
BLOCKS = (
    *("p", "h1", "h2", "h3", "ul", "ol", "dl", "table", "figure", "div"),
    *("section", "article", "header", "footer", "main"),
)
UNSEEN = ("head", "style", "script", "nav", "details", "footer")
HIDDEN = frozenset({"skip", "narrow"})
_DRAWING = re.compile("<svg.*?</svg>", re.DOTALL)
BOLD, ITALIC = ("strong", "b", "dt", "th"), ("em", "i", "cite", "q")


@dataclass
class Node:
    """An element of a page: its tag, attributes, and children, each an element or text.

    The drawing of an `svg` is kept as its source in `source`.
    """

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)
    source: str = ""

    @property
    def classes(self) -> set[str]:
        """The classes of the element."""
        return set(self.attributes.get("class", "").split())

    @property
    def is_seen(self) -> bool:
        """Whether it stands on paper."""
        return self.tag not in UNSEEN and not self.classes & HIDDEN

    def text(self) -> str:
        """All text in it that stands on paper, with single spaces."""
        return " ".join("".join(self._texts()).split(" ")).strip()

    def _texts(self) -> Iterator[str]:
        for one in self.children:
            if isinstance(one, str):
                yield _spaced(one)
            elif one.is_seen and one.tag != "svg":
                yield from one._texts()


def parse(html: str) -> Node:
    """The elements of a page, from its root."""
    drawings: list[str] = []

    def kept(found: re.Match[str]) -> str:
        drawings.append(found[0])
        return f'<svg id="{len(drawings) - 1}"></svg>'

    tree = _Tree()
    tree.feed(_DRAWING.sub(kept, html))
    tree.close()
    for node in descendants(tree.root, unseen=True):
        if node.tag == "svg":
            node.source = drawings[int(node.attributes["id"])]
    return tree.root


class _Tree(HTMLParser):
    """Builds the elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("root")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        """Close the nearest open element of a tag."""
        places = [i for i, node in enumerate(self._open) if node.tag == tag]
        if places:
            del self._open[places[-1] :]

    def handle_data(self, data: str) -> None:
        """Text of the page."""
        self._open[-1].children.append(data)


@dataclass(frozen=True)
class Piece:
    """Text of one look, and the id of the element that it leads to, if any."""

    text: str
    bold: bool = False
    italic: bool = False
    target: str = ""


def pieces(node: Node, bold: bool = False, italic: bool = False) -> list[Piece]:
    """The text of an element in pieces, with single spaces; links inside the page keep where they lead."""
    found: list[Piece] = []
    bold, italic = bold or node.tag in BOLD, italic or node.tag in ITALIC
    for one in node.children:
        if isinstance(one, str):
            found.append(Piece(_spaced(one), bold, italic))
        elif one.tag == "br":
            found.append(Piece(" "))
        elif one.is_seen and one.tag == "a" and one.attributes.get("href", "").startswith("#"):
            found.append(Piece(one.text(), bold, italic, one.attributes["href"][1:]))
        elif one.is_seen and one.tag != "svg":
            found += [Piece(" ")] if "line" in one.classes else []
            found += pieces(one, bold, italic)
    return _joined(found)


def _joined(found: Sequence[Piece]) -> list[Piece]:
    """Pieces without empty ones, and without a second space where two meet or at the beginning."""
    kept: list[Piece] = []
    for one in found:
        text = one.text.lstrip(" ") if not kept or kept[-1].text.endswith(" ") else one.text
        if text:
            kept.append(replace(one, text=text))
    return kept


def has_blocks(node: Node) -> bool:
    """Whether an element holds others that are paragraphs of their own."""
    return any(one.tag in BLOCKS or one.tag in ("svg", "li") for one in descendants(node))


def descendants(node: Node, *, unseen: bool = False) -> Iterator[Node]:
    """Elements in an element, in order: those that stand on paper, or all of them."""
    for one in node.children:
        if isinstance(one, Node) and (unseen or one.is_seen):
            yield one
            yield from descendants(one, unseen=unseen)


def without(node: Node, tags: set[str], nodes: Sequence[Node]) -> Node:
    """An element without some of those in it."""
    kept: list[Node | str] = []
    for one in node.children:
        if isinstance(one, str):
            kept.append(one)
        elif one.tag not in tags and not any(one is other for other in nodes):
            kept.append(without(one, tags, nodes))
    return Node(node.tag, node.attributes, kept)


def cells(row: Node) -> list[Node]:
    """The cells of a row of a table."""
    return [one for one in row.children if isinstance(one, Node) and one.tag in ("td", "th")]


def span(cell: Node) -> int:
    """How many columns a cell takes."""
    return int(cell.attributes.get("colspan", "1"))


def _spaced(text: str) -> str:
    """Text as a browser shows it: line ends and runs of spaces are one space; fixed spaces stay."""
    return re.sub(r"[ \t\r\n]+", " ", text)
