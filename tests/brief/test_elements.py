"""The elements of a page: what stands on paper, and its text in pieces."""

from __future__ import annotations

from mirab.brief.elements import Piece, descendants, has_blocks, parse, pieces, without

PAGE = """<html><head><title>Not on paper</title></head><body><nav>menu</nav>
<p class="skip">skip</p><p id="a">One <b>two</b>
  three<br>four <a href="#x">[1]</a></p>
<figure><svg viewBox="0 0 1 1"><clipPath><text>in the drawing</text></clipPath></svg><h3>Title</h3>
<details>rows</details></figure></body></html>"""


def test_the_text_of_a_page_is_what_stands_on_paper_with_single_spaces() -> None:
    assert parse(PAGE).text() == "One two threefour [1] Title"


def test_a_paragraph_comes_in_pieces_of_one_look_with_where_its_links_lead() -> None:
    (paragraph,) = (one for one in descendants(parse(PAGE)) if one.attributes.get("id") == "a")
    told = [
        Piece("One "),
        Piece("two", bold=True),
        Piece(" three"),
        Piece(" "),
        Piece("four "),
        Piece("[1]", target="x"),
    ]
    assert pieces(paragraph) == told


def test_a_drawing_is_kept_as_it_was_written() -> None:
    (drawing,) = (one for one in descendants(parse(PAGE)) if one.tag == "svg")
    assert drawing.source.startswith('<svg viewBox="0 0 1 1"><clipPath>')


def test_an_element_without_some_of_its_parts_keeps_the_others() -> None:
    (figure,) = (one for one in descendants(parse(PAGE)) if one.tag == "figure")
    assert has_blocks(figure)
    left = without(figure, {"svg"}, [one for one in descendants(figure) if one.tag == "h3"])
    assert left.text() == ""
    assert figure.text() == "Title"
