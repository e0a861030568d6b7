"""Sentences with their places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirab.observe.press.sentences import LONGEST, paragraphs, sentences


def cut(text: str) -> list[str]:
    return [text[a:b] for p in paragraphs(text) for a, b in sentences(text, *p)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He met Dr. Smith on Feb. 20. They talked.", ["He met Dr. Smith on Feb. 20.", "They talked."]),
        ("В 2024 г. стороны встретились. Они довольны.", ["В 2024 г. стороны встретились.", "Они довольны."]),
        ("Добыто 5 млн. тонн. Рост 3 проц.", ["Добыто 5 млн. тонн.", "Рост 3 проц."]),
        ("“It works.” He left.", ["“It works.”", "He left."]),
        ("a line that a mailer has wrapped somewhere in\nthe middle of it.", None),
        ("Agenda:\n- water\n- energy", ["Agenda:", "- water", "- energy"]),
        ("دیدار شد؟ بلی.", ["دیدار شد؟", "بلی."]),
    ],
)
def test_sentences_end_where_they_end(text: str, expected: list[str] | None) -> None:
    assert cut(text) == (expected or [text])


@given(st.text(max_size=300))
def test_nothing_but_spaces_is_lost(text: str) -> None:
    assert "".join("".join(cut(text)).split()) == "".join(text.split())


def test_a_sentence_without_an_end_is_cut_at_spaces() -> None:
    parts = cut("word " * 20_000)
    assert max(map(len, parts)) <= LONGEST
    assert sum(part.count("word") for part in parts) == 20_000
