"""Title, dateline and day of publication stand before the body; the tail behind it."""

from datetime import date

import pytest

from mirab.observe.press.document import Document


def body(document: Document) -> list[str]:
    return [document.text[s.start : s.end] for s in document.sentences if s.kind == "body"]


@pytest.mark.parametrize(
    ("head", "day", "place"),
    [
        ("ASTANA, 21 February 2024 – ", "2024-02-21", "ASTANA"),
        ("Tashkent, March 12, 2025 (UzA) — ", "2025-03-12", "Tashkent"),
        ("АСТАНА, 21 февраля 2024 года. /КазТАГ/ – ", "2024-02-21", "АСТАНА"),
        ("Бишкек, 5 мая 2025 г. (Кабар) - ", "2025-05-05", "Бишкек"),
        ("Date: 2024-02-21\nTitle: The ministers meet\n\nASTANA – ", "2024-02-21", "ASTANA"),
        ("21.02.2024\nThe ministers meet\n\n", "2024-02-21", ""),
        ("ASTANA – ", "None", "ASTANA"),
    ],
)
def test_a_head_is_read_apart_from_the_body(head: str, day: str, place: str) -> None:
    document = Document(f"{head}The ministers met. They talked.")
    found = document.head.place
    assert str(document.published) == day
    assert (document.text[slice(*found)] if found else "") == place
    assert body(document) == ["The ministers met.", "They talked."]


@pytest.mark.parametrize(
    "text", ["Kazakhstan – a bridge – met.", "The minister said – and left – that it is well."]
)
def test_a_dash_alone_makes_no_dateline(text: str) -> None:
    assert Document(text).head.place is None


def test_the_title_stands_apart() -> None:
    document = Document("Ministers meet in Tashkent\n\nThe ministers met.")
    assert document.title == "Ministers meet in Tashkent"
    assert [s.kind for s in document.sentences] == ["title", "body"]


def test_the_tail_is_flagged() -> None:
    document = Document("They met.\n\nThey talked.\n\nNote to editors\n\nThe fund is old. It met.")
    assert body(document) == ["They met.", "They talked."]


def test_a_founding_in_a_year_gone_by_is_background() -> None:
    document = Document("ASTANA, 5 May 2025 – They met. The fund was established in 1993.")
    assert body(document) == ["They met."]


def test_a_day_given_beside_the_text_counts_where_the_text_has_none() -> None:
    from datetime import date

    assert Document("They met.", given=date(2025, 5, 5)).published == date(2025, 5, 5)


@pytest.mark.parametrize("given", [date(9999, 12, 31), date(1, 1, 1)])
def test_a_day_that_cannot_be_that_of_a_release_is_not_taken(given: date) -> None:
    document = Document("OSH \u2013 They will meet on 20 September, yesterday or on Monday.", given=given)
    assert (document.published, document.dates) == (None, ())
