"""Phrase: text in English that remembers its template and values."""

from __future__ import annotations

import copy
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirab.core.phrase import Phrase, listed, say, say_count


def test_a_phrase_is_its_english_text() -> None:
    phrase = say("{name} holds {amount:,.1f} km³ on {day}.", name="X", amount=1234.5, day=date(2024, 2, 1))
    assert phrase == "X holds 1,234.5 km³ on 1 February 2024."
    assert json.dumps([phrase], ensure_ascii=False) == f'["{phrase}"]'


def test_a_phrase_keeps_what_it_was_made_from() -> None:
    inner = say("{amount} km³", amount=3)
    phrase = say("It holds {amount}.", amount=inner)
    assert (phrase.template, phrase.values) == ("It holds {amount}.", {"amount": inner})


@pytest.mark.parametrize(("count", "text"), [(0, "0 states"), (1, "1 state"), (2, "2 states")])
def test_a_count_chooses_the_template(count: int, text: str) -> None:
    assert say_count("{count} state", "{count} states", count) == text


def test_a_value_that_is_not_given_is_an_error() -> None:
    with pytest.raises(KeyError, match="amount"):
        say("{amount} km³")


@given(st.text(), st.integers(), st.dates())
def test_a_copy_remembers_the_same(name: str, count: int, day: date) -> None:
    phrase = say("{name} {count} {day}", name=name, count=count, day=day)
    again = copy.deepcopy(phrase)
    assert isinstance(again, Phrase)
    assert (again, again.template, again.values) == (phrase, phrase.template, phrase.values)


@pytest.mark.parametrize(
    ("parts", "text"),
    [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C", "D"], "A, B, C and D")],
)
def test_things_are_listed_with_and_before_the_last(parts: list[str], text: str) -> None:
    assert listed(parts) == text
