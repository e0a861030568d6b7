"""Words and their places."""

from hypothesis import given
from hypothesis import strategies as st

from mirab.observe.press.words import Words, fold

LETTERS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(LETTERS)
def test_a_folded_text_is_as_long_as_the_text(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(LETTERS)
def test_a_word_is_what_stands_at_its_place(text: str) -> None:
    words = Words.of(text)
    assert [fold(text)[a:b] for a, b in zip(words.starts, words.ends, strict=True)] == list(words.folded)


def test_spellings_of_one_word_fold_to_one() -> None:
    assert fold("O\u2018zbekiston") == fold("O\u02bbzbekiston") == fold("O'zbekiston")
    assert fold("Раши\u0441ё") == "рашисе"
    assert fold("\u06f2\u06f0") == "20"


def test_a_letter_whose_small_form_is_longer_keeps_its_place() -> None:
    assert fold("\u0130lham Aliyev") == "ilham aliyev"
