"""Whole readings: the founding articles, and spans that quote what they say."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mirab.observe.press.document import Document
from mirab.observe.press.reader import Reader, Reading, as_dict, precision
from mirab.observe.press.records import Known, Mode
from mirab.validation.labelled import releases

ARTICLES = Path(__file__).parents[4] / "shared" / "seeds"
WORDS = (
    *(
        "President",
        "Kassym-Jomart",
        "Tokayev",
        "met with",
        "Kaha Imnadze",
        "in Astana",
        "on 20 February 2024.",
    ),
    *("Они", "подписали соглашение", ",", ".", "!", "will", "not", "Министр иностранных дел", "Узбекистана"),
    *("agreed to", "allocate $50 million", "by 2030", "\n\n", "ASTANA –", "UN", "“", "”", "İlham Əliyev"),
    *(
        "Мирзиёевым",
        "встретился с",
        "Садыром Жапаровым",
        "۲۰ فوریه",
        "2024-02-21",
        "O‘zbekiston",
        "he",
        "also",
    ),
)


def article(part: str) -> str:
    if not ARTICLES.is_dir():
        pytest.skip("the founding articles are not beside this checkout (they are not ours to publish)")
    return next(
        text for text in (p.read_text("utf-8") for p in sorted(ARTICLES.glob("*.txt"))) if part in text
    )


def themes(reading: Reading) -> set[str]:
    return {topic.theme for topic in reading.topics}


def test_the_first_founding_article_reads_as_it_is_known(reader: Reader) -> None:
    reading = reader.read(Document(article("Imnadze")))
    (one,) = reading.meetings
    assert {party.id for party in one.parties} == {"murat_nurtleu", "kaha_imnadze"}
    assert (one.kind, one.mode) == ("meeting", Mode.HELD)
    assert (str(one.when.start), one.when.known) == ("2024-02-20", Known.STATED)
    assert one.where.known is not Known.STATED
    assert themes(reading) >= {"water", "transport", "afghanistan", "security"}
    assert {deed.type for deed in reading.events} >= {"CONSULT", "SUPPORT"}


def test_the_second_founding_article_reads_as_it_is_known(reader: Reader) -> None:
    reading = reader.read(Document(article("Guterres")))
    (one,) = reading.meetings
    assert one.kind == "opening"
    assert {party.id for party in one.parties} == {"antonio_guterres", "kassym_jomart_tokayev"}
    assert not [deed for deed in reading.events if deed.type == "CONSULT"]
    assert themes(reading) >= {"lldc", "sdg", "digital", "transport", "afghanistan"}


@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
@settings(
    derandomize=True,
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_span_quotes_the_text(reader: Reader, text: str) -> None:
    reading = reader.read(Document(text))
    for span in reading.spans():
        assert 0 <= span.start < span.end <= len(text)
        assert span.document == reading.document.id
    for mention in as_dict(reading)["mentions"]:
        span = mention["span"]
        assert text[span["start"] : span["end"]] == span["quote"] != ""


def test_the_same_text_gives_the_same_reading(reader: Reader) -> None:
    text = "ASTANA, 5 May 2025 – President Tokayev received Bakhtiyor Saidov."
    assert as_dict(reader.read(Document(text))) == as_dict(reader.read(Document(text)))


def test_a_sentence_of_a_hundred_thousand_letters_and_many_dates_are_read(reader: Reader) -> None:
    for text in ("the ministers met with " * 5_000, "5 May 2025 – " * 8_000, "A " * 50_000):
        reading = reader.read(Document(text))
        assert max(one.end - one.start for one in reading.document.sentences) <= 4_000


def test_a_rule_is_rated_once_five_of_its_records_were_judged() -> None:
    rule = "meet_en_sat_down"
    assert rule not in precision({rule: (4, 4)})
    assert precision({rule: (8, 6)})[rule] == 0.75


def test_reviews_count_beside_the_labelled_releases(reader: Reader) -> None:
    known = precision({})["meet_en_met_with"]
    assert precision({"meet_en_met_with": (1000, 0)})["meet_en_met_with"] < 0.1 < known


def test_a_text_without_news_gives_none(reader: Reader) -> None:
    reading = reader.read(Document("The weather is fine."))
    assert reading.meetings == reading.events == reading.promises == ()


def bytecodes(reader: Reader, text: str) -> int:
    """Number of bytecodes that Python runs to read a text."""
    count = 0

    def counting(frame: FrameType, event: str, argument: object) -> Callable[..., Any]:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return counting

    document, before = Document(text), sys.gettrace()
    sys.settrace(counting)
    try:
        reader.read(document)
    finally:
        sys.settrace(before)
    return count


def test_a_text_four_times_as_long_takes_little_more_than_four_times_the_work(reader: Reader) -> None:
    documents = [Document(one.text) for one in releases("tune") if one.whole]
    whole = [one.text for one in documents if all(part.kind != "tail" for part in one.sentences)]
    once, four = ("\n\n".join(whole[:8] * times) for times in (2, 8))
    bytecodes(reader, once)
    assert 3 < bytecodes(reader, four) / bytecodes(reader, once) < 5
