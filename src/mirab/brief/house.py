"""The house template: the Word document whose styles, page and footer are taken, and may be replaced."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mirab.core.errors import InputError, Problem

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

FONT, ACCENT, INK = "Calibri", "0B4F5C", "1B1F23"
SIZES = {"Title": 22, "Subtitle": 11, "Heading 1": 14, "Heading 2": 11.5, "Heading 3": 10.5, "Normal": 10}
SMALL = {"List Bullet": 10, "Caption": 9, "Quote": 10}


def write(path: Path) -> Path:
    """Write our template as a document that an office can change and give back; the path.

    Raises InputError for another ending than .docx, a file that is there already, and a place that cannot
    be written.
    """
    wrong = ""
    if path.suffix.lower() != ".docx":
        wrong = "would be no .docx file"
    elif path.exists():
        wrong = "is already there and may hold changes"
    if wrong:
        raise InputError("template", [Problem(str(path), wrong, "choose another name")])
    try:
        made().save(str(path))
    except OSError as cause:
        problem = Problem(str(path), f"cannot be written: {cause.strerror}", "choose another place")
        raise InputError("template", [problem]) from cause
    return path


def made() -> Document:
    """An empty document with our styles on A4, and the number of the page in its footer."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    found = docx.Document()
    (page,) = found.sections
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.2)
    page.top_margin = page.bottom_margin = Cm(2.0)
    for name, size in {**SIZES, **SMALL}.items():
        _set(found, name, size)
    footer = page.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _page_number(footer)
    return found


def _set(found: Document, name: str, size: float) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style = found.styles[name]
    if style.type is not WD_STYLE_TYPE.PARAGRAPH:
        return
    style.font.name, style.font.size = FONT, Pt(size)
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn(script), FONT)
    is_head = name.startswith(("Heading", "Title", "Subtitle"))
    style.font.color.rgb = RGBColor.from_string(ACCENT if is_head else INK)
    style.paragraph_format.space_after = Pt(4)


def _page_number(paragraph: Paragraph) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    held, run, text = (OxmlElement(tag) for tag in ("w:fldSimple", "w:r", "w:t"))
    held.set(qn("w:instr"), "PAGE")
    text.text = "1"
    run.append(text)
    held.append(run)
    paragraph._p.append(held)
