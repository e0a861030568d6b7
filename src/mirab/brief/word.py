"""A page as a Word document: the text of the HTML page with styles, captions, references and drawings.

The document is made from the page itself, so that its text is that of the page and, with it, of the records.
What a reader unfolds on the screen (tables behind charts) is left to the CSV files, as in print. An office
may give a document of its own as template: its styles, page, header and footer stay, its text is replaced.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from mirab.brief.elements import BLOCKS, Node, cells, descendants, has_blocks, parse, pieces, span, without
from mirab.core.errors import InputError, Problem

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

STYLES = (
    "Title",
    "Subtitle",
    "Heading 1",
    "Heading 2",
    "Heading 3",
    "Normal",
    "List Bullet",
    "Caption",
    "Quote",
)
TABLE = "Table Grid"
PIXELS_PER_INCH, WIDEST_CM = 192, 16.0
BOOKMARK = 40


@dataclass(frozen=True)
class About:
    """What the file says of itself: its title, who issues it, its day and language. It names no person."""

    title: str
    publisher: str
    day: date
    language: str


def document(html: str, about: About, *, template: Path | None = None, figure: str = "Figure") -> bytes:
    """The page as a .docx file; `figure` is the word before the number of a drawing.

    Raises InputError where the template is no Word document, or lacks a style that is needed.
    """
    made = opened(template)
    writer = _Writer(made, figure)
    writer.blocks(parse(html))
    _describe(made, about)
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def opened(template: Path | None) -> Document:
    """An empty document with the styles of a template; of ours where none is given."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    if template is None:
        from mirab.brief.house import made

        return made()
    try:
        found = docx.Document(str(template))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, OSError) as cause:
        problem = Problem(
            str(template), "is no Word document", "give a .docx file; `mirab template` writes ours"
        )
        raise InputError("template", [problem]) from cause
    names = {style.name for style in found.styles}
    missing = [name for name in (*STYLES, TABLE) if name not in names]
    if missing:
        fix = "add it to the template; `mirab template` writes one that has all"
        raise InputError(
            "template", [Problem(str(template), f"has no style {name!r}", fix) for name in missing]
        )
    body = found.element.body
    for element in [one for one in body if not one.tag.endswith("}sectPr")]:
        body.remove(element)
    return found


class _Writer:
    """Writes the elements of a page, one after the other, at the end of a document."""

    def __init__(self, made: Document, figure: str) -> None:
        self.made = made
        self.figure = figure
        self.figures = 0
        self.marks: dict[str, int] = {}
        self._written: Mapping[str, Callable[[Node], None]] = {
            "ul": self._list,
            "ol": self._list,
            "dl": self._facts,
            "table": self._table,
            "figure": self._figure,
            "svg": self._alone,
        }

    def blocks(self, node: Node) -> None:
        """Write what stands in an element: its blocks, and text between them as paragraphs."""
        loose: list[Node | str] = []
        for one in node.children:
            if isinstance(one, Node) and not one.is_seen:
                continue
            if isinstance(one, Node) and (one.tag in BLOCKS or one.tag in self._written or has_blocks(one)):
                self._loose(loose)
                self._block(one)
            else:
                loose.append(one)
        self._loose(loose)

    def _block(self, node: Node) -> None:
        style = _style(node)
        if node.tag in self._written:
            self._written[node.tag](node)
        elif style and not has_blocks(node):
            if node.text():
                self._paragraph(node, style)
        else:
            self._anchor(node)
            self.blocks(node)

    def _loose(self, parts: list[Node | str]) -> None:
        node = Node("p", children=[*parts])
        parts.clear()
        if node.text():
            self._paragraph(node, "Normal")

    def _paragraph(self, node: Node, style: str, lead: str = "") -> Paragraph:
        found = self.made.add_paragraph(style=style)
        self._fill(found, node, lead)
        return found

    def _fill(self, paragraph: Paragraph, node: Node, lead: str = "") -> None:
        """Write the text of an element into a paragraph, with bookmarks where it has ids."""
        if lead:
            paragraph.add_run(lead)
        self._mark(paragraph, node)
        for one in pieces(node):
            if one.target:
                _link(paragraph, one.text, _bookmark(one.target))
            else:
                run = paragraph.add_run(one.text)
                run.bold, run.italic = one.bold or None, one.italic or None

    def _anchor(self, node: Node) -> None:
        """Hand the id of an element that holds blocks on to its first heading or paragraph."""
        name = node.attributes.get("id")
        first = next((one for one in node.children if isinstance(one, Node) and one.is_seen), None)
        if name and first is not None and "id" not in first.attributes:
            first.attributes = {**first.attributes, "id": name}

    def _mark(self, paragraph: Paragraph, node: Node) -> None:
        """Put a bookmark for the id of an element, and for those of what stands inside it."""
        name = node.attributes.get("id", "")
        if name and name not in self.marks:
            self.marks[name] = len(self.marks) + 1
            _add(paragraph, "w:bookmarkStart", {"w:id": str(self.marks[name]), "w:name": _bookmark(name)})
            _add(paragraph, "w:bookmarkEnd", {"w:id": str(self.marks[name])})
        for inner in node.children:
            if isinstance(inner, Node):
                self._mark(paragraph, inner)

    def _list(self, node: Node) -> None:
        """Each item a paragraph; items of a numbered list carry their number, which the text cites."""
        items = [one for one in node.children if isinstance(one, Node) and one.tag == "li"]
        for number, item in enumerate(items, start=1):
            numbered = "sources" in node.classes
            style = "Normal" if numbered else "List Bullet"
            if has_blocks(item):
                self._anchor(item)
                self.blocks(item)
            else:
                self._paragraph(item, style, f"[{number}] " if numbered else "")

    def _facts(self, node: Node) -> None:
        """Each pair of a list of facts in one paragraph: what it is in bold, then what is known."""
        pairs = [node, *(one for one in node.children if isinstance(one, Node) and one.tag == "div")]
        for pair in pairs:
            parts = [one for one in pair.children if isinstance(one, Node) and one.tag in ("dt", "dd")]
            for name, told in zip(parts[::2], parts[1::2], strict=False):
                if has_blocks(told):
                    self._paragraph(name, "Heading 3")
                    self.blocks(told)
                else:
                    between = " " if name.text().endswith(":") else ": "
                    self._paragraph(Node("p", children=[name, between, told]), "Normal")

    def _figure(self, node: Node) -> None:
        """A drawing with its caption under a running number, then what stands beside it."""
        self._anchor(node)
        titles = [one for one in descendants(node) if one.tag == "h3"][:1]
        label = [self._drawing(one) for one in descendants(node) if one.tag == "svg"][:1]
        self.figures += 1
        caption = self.made.add_paragraph(style="Caption")
        caption.add_run(f"{self.figure} ")
        _sequence(caption, self.figure, self.figures)
        for title in titles or [Node("p", children=[*label])]:
            caption.add_run(". ")
            self._fill(caption, title)
        self.blocks(without(node, {"svg"}, titles))

    def _alone(self, node: Node) -> None:
        """A drawing outside a figure: its picture, without a caption."""
        self._drawing(node)

    def _drawing(self, node: Node) -> str:
        """A drawing as a picture that carries its spoken label; the label."""
        import vl_convert
        from docx.shared import Cm, Emu

        image = vl_convert.svg_to_png(node.source, scale=PIXELS_PER_INCH / 96.0)
        run = self.made.add_paragraph(style="Normal").add_run()
        shown = run.add_picture(io.BytesIO(image))
        if shown.width > Cm(WIDEST_CM):
            shown.height = Emu(int(shown.height * Cm(WIDEST_CM) / shown.width))
            shown.width = Cm(WIDEST_CM)
        found = re.search(r"""aria-label=("[^"]*"|'[^']*')""", node.source)
        label = unescape(found[1][1:-1]) if found else self.figure
        shown._inline.docPr.set("descr", label)
        return label

    def _table(self, node: Node) -> None:
        rows = [one for one in descendants(node) if one.tag == "tr"]
        width = max((sum(span(cell) for cell in cells(row)) for row in rows), default=0)
        if not width:
            return
        table = self.made.add_table(rows=len(rows), cols=width, style=TABLE)
        heads = {
            id(row)
            for part in descendants(node)
            if part.tag == "thead"
            for row in descendants(part)
            if row.tag == "tr"
        }
        grid = [row.cells for row in table.rows]
        for place, row in enumerate(rows):
            self._row(grid[place], row)
            if id(row) in heads:
                _repeat(table, place)

    def _row(self, places: Sequence[_Cell], row: Node) -> None:
        column = 0
        for cell in cells(row):
            last = min(column + span(cell), len(places)) - 1
            held = places[column] if last == column else places[column].merge(places[last])
            self._fill(held.paragraphs[0], cell)
            column = last + 1


def _style(node: Node) -> str:
    """The style of an element that is one paragraph; empty for one that only holds others."""
    styles = {"h1": "Title", "h2": "Heading 1", "h3": "Heading 2", "p": "Normal", "div": "Normal"}
    by_class = {"kicker": "Subtitle", "banner": "Quote"}
    named = [style for name, style in by_class.items() if name in node.classes]
    return named[0] if named else styles.get(node.tag, "")


def _bookmark(name: str) -> str:
    """The name of a bookmark: letters, digits and underscores, at most 40, and no two ids with one name.

    >>> _bookmark("source-3")
    'source_3'
    """
    words = re.sub(r"\W", "_", name)
    return words if len(words) <= BOOKMARK else words[:30] + hashlib.sha256(name.encode()).hexdigest()[:9]


def _add(parent: Any, tag: str, attributes: Mapping[str, str]) -> Any:
    """Append an element of WordprocessingML to a paragraph or an element; the element."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(name), value)
    element: Any = getattr(parent, "_element", parent)
    element.append(made)
    return made


def _link(paragraph: Paragraph, text: str, bookmark: str) -> None:
    """A link inside the document."""
    run = _add(_add(paragraph, "w:hyperlink", {"w:anchor": bookmark}), "w:r", {})
    made = _add(run, "w:t", {})
    made.text = text
    made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _sequence(paragraph: Paragraph, name: str, number: int) -> None:
    """A running number that Word counts itself, shown as we counted it until then."""
    for kind, text in (("begin", ""), ("", f" SEQ {name} \\* ARABIC "), ("separate", "")):
        run = paragraph.add_run()
        if kind:
            _add(run, "w:fldChar", {"w:fldCharType": kind})
        else:
            _add(run, "w:instrText", {}).text = text
    paragraph.add_run(str(number))
    _add(paragraph.add_run(), "w:fldChar", {"w:fldCharType": "end"})


def _repeat(table: Table, row: int) -> None:
    """Let a row of heads stand again on each page."""
    _add(table.rows[row]._tr.get_or_add_trPr(), "w:tblHeader", {})


def _describe(made: Document, about: About) -> None:
    stamp = datetime.combine(about.day, time(), UTC)
    told = made.core_properties
    told.title, told.author, told.language = about.title, about.publisher, about.language
    told.last_modified_by, told.comments, told.keywords = about.publisher, "", ""
    told.created = told.modified = stamp
    told.revision = 1
