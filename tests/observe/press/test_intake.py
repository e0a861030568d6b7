"""What a user may give: good texts, and everything else as a message among them."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.errors import InputError, Problem
from mirab.observe.press.document import Document
from mirab.observe.press.intake import LARGEST, documents, intake

FEED = """<?xml version="1.0"?><rss><channel><title>News</title>
<item><title>Ministers meet</title><link>https://example.org/1</link>
<pubDate>Wed, 21 Feb 2024 10:00:00 +0500</pubDate>
<description><![CDATA[<p>The ministers met.</p>]]></description></item>
<item><title>Second</title>
<description>&lt;p&gt;They talked.&lt;/p&gt;</description></item></channel></rss>"""
PAGE = """<html><head><title>Site</title>
<meta property="article:published_time" content="2024-02-21T10:00:00">
<script>alert("no")</script></head><body><nav>Menu</nav><article><h1>Ministers meet</h1>
<p>The ministers <b>met</b> in Tashkent.</p><p>They talked at length about water, and about all the other
things that ministers talk about when they meet in a city which is not their own, until it was late.</p>
</article>
<footer>About</footer></body></html>"""


def of(path: Path) -> list[Document | Problem]:
    return list(intake(str(path)))


def made(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path: Path) -> str:
    (one,) = of(path)
    assert isinstance(one, Problem)
    return str(one)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.txt", b"", "empty.txt holds no text"),
        ("zero.txt", b"ab\x00\x01cd", "is not a text: it holds zero bytes"),
        ("bomb.txt", b"PK\x03\x04" + b"\x00" * 50, "is a ZIP archive"),
        ("paper.txt", b"%PDF-1.7 ...", "is a PDF"),
        ("packed.txt", b"\x1f\x8b\x08", "is compressed"),
        ("latin.txt", "München über Großes".encode("latin-1"), "is not in UTF-8"),
        ("feed.xml", b"just words and no feed", "is not a feed"),
        ("large.txt", b"word " * (LARGEST // 5 + 1), "is larger than 5 MB"),
        ("long.txt", b"word " * 60_001, "has more than 300,000 letters"),
        ("lines.jsonl", b"{not json}\n", "lines.jsonl:1 is not JSON"),
        ("rows.jsonl", b'{"title": "no text"}\n', "rows.jsonl:1 has no text"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(
    tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    assert told in refusal(made(tmp_path, name, content))


def test_a_missing_file_is_a_mistake_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="give a file, a folder, an address"):
        list(intake(str(tmp_path / "none.txt")))


def test_a_batch_goes_on_past_what_cannot_be_read(tmp_path: Path) -> None:
    made(tmp_path, "a.txt", "The ministers met.")
    made(tmp_path, "b.txt", b"PK\x03\x04")
    made(tmp_path, "c.txt", "They talked.")
    assert [type(one) for one in of(tmp_path)] == [Document, Problem, Document]


def test_text_of_old_windows_programs_is_read(tmp_path: Path) -> None:
    (one,) = of(made(tmp_path, "a.txt", "Министры встретились.".encode("cp1251")))
    assert isinstance(one, Document)
    assert one.text == "Министры встретились."


def test_control_characters_become_spaces_and_words_stay(tmp_path: Path) -> None:
    (one,) = of(made(tmp_path, "a.txt", "The\x07 ministers\x1b met.\r\nThey talked."))
    assert isinstance(one, Document)
    assert one.text == "The  ministers  met.\nThey talked."


def test_a_page_gives_its_article_without_scripts_and_menus(tmp_path: Path) -> None:
    (one,) = of(made(tmp_path, "a.html", PAGE))
    assert isinstance(one, Document)
    assert one.text.startswith("Ministers meet\n\nThe ministers met in Tashkent.")
    assert not {"alert", "Menu", "About"} & set(one.text.split())
    assert one.published == date(2024, 2, 21)


def test_a_feed_gives_a_document_for_each_entry(tmp_path: Path) -> None:
    first, second = of(made(tmp_path, "a.xml", FEED))
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert (first.url, first.published, first.title) == (
        "https://example.org/1",
        date(2024, 2, 21),
        "Ministers meet",
    )
    assert "The ministers met." in first.text
    assert "They talked." in second.text


def test_lines_of_json_carry_day_and_publisher(tmp_path: Path) -> None:
    row = {"text": "The ministers met.", "date": "2024-02-21", "publisher": "Agency", "title": "Met"}
    (one,) = of(made(tmp_path, "a.jsonl", json.dumps(row) + "\n\n"))
    assert isinstance(one, Document)
    assert (one.published, one.publisher, one.title) == (date(2024, 2, 21), "Agency", "Met")


def test_markup_that_never_closes_is_read_in_linear_time() -> None:
    for text in ("<item>" * 100_000, "<div>" * 100_000, "<!-- " * 100_000, "<entry><title>" * 50_000):
        assert isinstance(list(documents(b"<rss>" + text.encode(), "", ".xml", "x")), list)


@given(st.binary(max_size=400), st.sampled_from([".txt", ".html", ".xml", ".jsonl"]))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_no_bytes_break_the_intake(data: bytes, kind: str) -> None:
    for one in documents(data, "", kind, "x"):
        assert isinstance(one, Document | Problem)
