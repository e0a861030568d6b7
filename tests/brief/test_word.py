"""The Word document says what the page says, cites what it cites, and opens without repair."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from functools import cache
from html import unescape
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

from mirab.brief import house, word
from mirab.brief.page import Page
from mirab.brief.specimen import ground, specimen
from mirab.brief.words import load
from mirab.core.errors import InputError

ABOUT = word.About("Briefing 7", "The centre", date(2030, 4, 1), "en")
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SMALL = '<main><h1>Title</h1><h2 id="one">One</h2><p>Said <b>so</b> <a href="#source-1">[1]</a>.</p>{}</main>'
SOURCES = '<ol class="sources"><li id="source-1">A register</li></ol>'
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


@cache
def page() -> str:
    return Page(specimen(), ground(), load()).html()


@cache
def whole() -> bytes:
    return word.document(page(), ABOUT)


def read(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def small(body: str = SOURCES) -> Document:
    return read(word.document(SMALL.format(body), ABOUT))


def paragraphs(made: Document) -> Iterator[Paragraph]:
    """Paragraphs in the order of reading, those of tables too; a merged cell is read once."""
    for block in made.iter_inner_content():
        if isinstance(block, Table):
            cells = {cell._tc: cell for row in block.rows for cell in row.cells}
            yield from (one for cell in cells.values() for one in cell.paragraphs)
        else:
            yield block


def words(text: str) -> list[str]:
    return [one for one in (re.sub(r"[:\s]", "", part) for part in text.split()) if one]


def without_number(one: Paragraph) -> str:
    """The text of a paragraph without the number of a figure or a source, which the page does not write."""
    return (
        re.sub(r"^Figure \d+\. ", "", one.text)
        if one.hyperlinks
        else re.sub(r"^Figure \d+\. |^\[\d+\] ", "", one.text)
    )


def on_paper(html: str) -> str:
    """The text of a page by another way than the one that writes the document."""
    hidden = r'<(head|style|nav|details|footer|svg)\b.*?</\1>|<a class="skip".*?</a>|<p class="narrow".*?</p>'
    bare = re.sub(hidden, " ", re.sub(r"<svg.*?</svg>", " ", html, flags=re.DOTALL), flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", " ", bare))


def test_its_text_is_that_of_the_page_but_for_numbers_and_the_labels_of_drawings() -> None:
    spoken = {unescape(label) for label in re.findall(r'aria-label="([^"]*)"', page())}
    bare = [*map(without_number, paragraphs(read(whole())))]
    shown = on_paper(page())
    told = [text for text in bare if text not in spoken or text in shown]
    assert "".join(words(" ".join(told))) == "".join(words(shown))


def test_every_threat_stands_in_it_as_the_records_have_it() -> None:
    told = "\n".join(one.text for one in paragraphs(read(whole())))
    for threat in specimen().threats:
        assert threat.title in told
        assert threat.basis in told
        assert all(line in told for line in threat.why)


def test_headings_captions_and_references_carry_their_styles_and_lead_to_their_place() -> None:
    made = read(whole())
    styles = {one.style.name for one in made.paragraphs if one.style}
    assert {"Title", "Heading 1", "Heading 2", "Caption", "List Bullet", "Subtitle"} <= styles
    captions = [one.text for one in made.paragraphs if one.style and one.style.name == "Caption"]
    assert [text.split(".")[0] for text in captions] == [f"Figure {n}" for n in range(1, len(captions) + 1)]
    body = made.element.body
    marks = {one.get(f"{WORD}name") for one in body.iter(f"{WORD}bookmarkStart")}
    links = [one.get(f"{WORD}anchor") for one in body.iter(f"{WORD}hyperlink")]
    assert links
    assert set(links) <= marks
    fields = [one.text for one in body.iter(f"{WORD}instrText")]
    assert fields == [" SEQ Figure \\* ARABIC "] * len(captions)


def test_each_drawing_carries_its_spoken_label() -> None:
    made = read(whole())
    labels = [one._inline.docPr.get("descr") for one in made.inline_shapes]
    spoken = {unescape(label) for label in re.findall(r'aria-label="([^"]*)"', page())}
    assert labels
    assert set(labels) <= spoken


def test_a_reference_leads_to_its_source_by_number() -> None:
    made = small()
    assert [one.text for one in made.paragraphs][-2:] == ["Said so [1].", "[1] A register"]
    (link,) = made.element.body.iter(f"{WORD}hyperlink")
    (name,) = (one.get(f"{WORD}name") for one in made.paragraphs[-1]._p.iter(f"{WORD}bookmarkStart"))
    assert link.get(f"{WORD}anchor") == name == "source_1"


def test_a_table_keeps_its_cells_spans_and_repeated_heads() -> None:
    heads = "<thead><tr><th>A</th><th>B</th></tr></thead>"
    rows = "<tbody><tr><th colspan='2'>both</th></tr><tr><td>1</td><td>2</td></tr></tbody>"
    (table,) = small(f"<table>{heads}{rows}</table>").tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["A", "B"],
        ["both", "both"],
        ["1", "2"],
    ]
    assert [len([*row._tr.iter(f"{WORD}tblHeader")]) for row in table.rows] == [1, 0, 0]


def test_the_file_says_its_title_and_issuer_and_names_no_person_and_no_program() -> None:
    told = read(whole()).core_properties
    assert (told.title, told.author, told.last_modified_by) == ("Briefing 7", "The centre", "The centre")
    assert (told.created.date(), told.comments, told.language) == (date(2030, 4, 1), "", "en")


def test_no_two_bookmarks_or_drawings_share_an_id_or_a_name_for_which_word_would_ask_to_repair() -> None:
    body = read(whole()).element.body
    starts = [*body.iter(f"{WORD}bookmarkStart")]
    names, ids = ([one.get(f"{WORD}{key}") for one in starts] for key in ("name", "id"))
    drawn = [one._inline.docPr.get("id") for one in read(whole()).inline_shapes]
    for given in (names, ids, drawn):
        assert given
        assert len(set(given)) == len(given)
    assert all(re.fullmatch(r"[A-Za-z_]\w{0,39}", name) for name in names)
    assert ids == [one.get(f"{WORD}id") for one in body.iter(f"{WORD}bookmarkEnd")]


def test_an_office_keeps_its_styles_header_and_footer_and_its_text_is_replaced(tmp_path: Path) -> None:
    own = docx.Document()
    own.sections[0].header.paragraphs[0].text = "Office of the Envoy"
    own.add_paragraph("Old text")
    own.styles["Heading 1"].font.name = "Georgia"
    own.save(str(tmp_path / "house.docx"))
    made = read(word.document(SMALL.format(SOURCES), ABOUT, template=tmp_path / "house.docx"))
    assert made.sections[0].header.paragraphs[0].text == "Office of the Envoy"
    assert made.styles["Heading 1"].font.name == "Georgia"
    assert "Old text" not in [one.text for one in made.paragraphs]
    assert made.paragraphs[0].text == "Title"


def test_a_template_that_is_no_document_or_lacks_styles_is_refused_with_all_of_them(tmp_path: Path) -> None:
    (tmp_path / "no.docx").write_text("no")
    for name in ("no.docx", "none.docx"):
        with pytest.raises(InputError, match="is no Word document"):
            word.opened(tmp_path / name)
    bare = docx.Document()
    for name in ("Caption", "Quote"):
        bare.styles[name].delete()
    bare.save(str(tmp_path / "bare.docx"))
    with pytest.raises(InputError, match=r"has no style 'Caption'.*\n.*has no style 'Quote'"):
        word.opened(tmp_path / "bare.docx")


def test_our_template_can_be_given_back(tmp_path: Path) -> None:
    path = house.write(tmp_path / "house.docx")
    assert [one.text for one in word.opened(path).paragraphs] == []


@pytest.mark.slow
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed here")
def test_libreoffice_opens_it_without_repair_and_reads_the_same_text(tmp_path: Path) -> None:
    (tmp_path / "made.docx").write_bytes(whole())
    command = [OFFICE or "", "--headless", "--convert-to", "txt:Text", "--outdir", str(tmp_path), "made.docx"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=120)
    told = "".join(words((tmp_path / "made.txt").read_text(encoding="utf-8-sig")))
    for threat in specimen().threats:
        assert "".join(words(threat.title)) in told
