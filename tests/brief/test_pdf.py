"""PDF: page one holds the eight blocks on one A4 in every language; bookmarks, tags, letters."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from mirab.brief import pdf
from mirab.brief.page import Page
from mirab.brief.proof import ground
from mirab.brief.sections import sections
from mirab.brief.specimen import specimen
from mirab.brief.words import load
from mirab.core.records import Briefing, Clearance

LANGUAGES = ("en", "ru", "kk")
A4 = (595, 842)


def read(briefing: Briefing, language: str) -> PdfReader:
    return PdfReader(io.BytesIO(pdf.bulletin(Page(briefing, ground(), load(language)))))


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module", params=LANGUAGES)
def made(request: pytest.FixtureRequest) -> tuple[str, PdfReader]:
    return request.param, read(specimen(), request.param)


def test_page_one_holds_the_eight_blocks_and_no_other_page_does(made: tuple[str, PdfReader]) -> None:
    language, found = made
    words = load(language)
    titles = [words(one.title) for one in sections() if one.on_page_one][1:]
    first, *rest = (flat(page.extract_text()) for page in found.pages)
    assert len(titles) == 7  # the masthead, the eighth block, carries no title
    assert specimen().region_title in first
    places = [first.index(title) for title in titles]
    assert places == sorted(places)
    assert titles[-1] not in rest[0]


def test_page_one_is_a_whole_a4_even_where_everything_is_long() -> None:
    full = specimen()
    long = replace(
        full,
        situation=tuple(f"{one} " * 4 for one in full.situation),
        unknowns=tuple(f"{one} " * 12 for one in full.unknowns),
        threats=tuple(replace(one, why=(" ".join(one.why) * 30,)) for one in full.threats),
    )
    found = read(long, "ru")
    first = flat(found.pages[0].extract_text())
    assert load("ru")("section.unknowns") in first
    assert load("ru")("section.threats") in flat(found.pages[1].extract_text())
    assert tuple(round(side) for side in found.pages[0].mediabox[2:]) == A4


def test_the_sections_behind_page_one_are_bookmarks_in_their_order(made: tuple[str, PdfReader]) -> None:
    language, found = made
    marks = [mark.title for mark in found.outline if not isinstance(mark, list)]
    words = load(language)
    wanted = [words(f"section.{name}") for name in pdf.BACK]
    assert [mark for mark in marks if mark in wanted] == wanted


def test_the_pdf_says_its_language_and_title_and_is_tagged_for_a_screen_reader(
    made: tuple[str, PdfReader],
) -> None:
    language, found = made
    catalogue = found.trailer["/Root"]
    assert catalogue["/Lang"] == language
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "pdfuaid" in found.xmp_metadata.stream.get_data().decode()
    assert found.metadata.title.startswith(specimen().region_title)


def test_all_kazakh_letters_are_read_back() -> None:
    letters = "Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі"
    told = replace(specimen(), unknowns=(letters,))
    assert letters in flat(read(told, "kk").pages[0].extract_text())


@pytest.mark.parametrize(("status", "is_marked"), [(Clearance.DRAFT, True), (Clearance.CLEARED, False)])
def test_what_is_not_cleared_is_marked_on_every_page(status: Clearance, is_marked: bool) -> None:
    found = read(replace(specimen(), status=status), "en")
    drafts = ["Draft" in page.extract_text() for page in found.pages[1:]]
    assert all(drafts) is is_marked


def test_what_only_a_screen_needs_is_left_out_and_drawings_are_kept() -> None:
    svg = '<svg viewBox="0 0 1 1" aria-label="A &amp; B"><text font-family="Arial">x</text></svg>'
    html = (
        f'<figure><div class="wide">{svg}</div><div class="narrow">{svg}</div><details>y</details></figure>'
    )
    (figure,) = pdf.parsed(html)
    (wide,) = figure["in"]
    (drawing,) = wide["in"]
    assert drawing["label"] == "A & B"
    assert 'font-family="Noto Sans"' in drawing["svg"]
