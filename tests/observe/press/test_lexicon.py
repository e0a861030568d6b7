"""Patterns of words, found in one pass."""

import pytest

from mirab.observe.press.lexicon import Hit, Lexicon, longest
from mirab.observe.press.words import Words


def found(pattern: str, text: str) -> list[str]:
    lexicon = Lexicon()
    lexicon.add(pattern, "it")
    return [text[hit.start : hit.end] for hit in lexicon.find(Words.of(text))]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("water*", "Waters and waterways and underwater", ["Waters", "waterways"]),
        ("Токаев~", "Токаеву, Токаева и Токаевщина", ["Токаеву", "Токаева"]),
        ("held <2> talks", "They held long bilateral talks", ["held long bilateral talks"]),
        ("held <2> talks", "They held an hour of good talks", []),
        ("held <2> talks", "They held it. Talks began", []),
        ("UN", "the UN and the word un", ["UN"]),
        ("United Nations", "United, Nations; United Nations", ["United Nations"]),
        ("Организаци~ Объединенн*", "в Организации Объединённых", ["Организации Объединённых"]),
    ],
)
def test_a_pattern_is_found_in_its_forms_only(pattern: str, text: str, expected: list[str]) -> None:
    assert found(pattern, text) == expected


def test_the_longest_of_overlapping_names_is_kept() -> None:
    hits = [Hit("UN", 0, 2, 0, 0), Hit("UN Women", 0, 8, 0, 1), Hit("Women", 3, 8, 1, 1)]
    assert [hit.entry for hit in longest(hits)] == ["UN Women"]


def test_a_longer_name_that_begins_with_a_shorter_one_takes_its_place_with_all_its_readings() -> None:
    hits = [
        Hit("CA", 0, 2, 0, 0),
        Hit("CA Water", 0, 8, 0, 1),
        Hit("CAW", 0, 8, 0, 1),
        Hit("info", 9, 13, 2, 2),
    ]
    assert [hit.entry for hit in longest(hits)] == ["CA Water", "CAW", "info"]


def test_a_pattern_added_later_is_found_too() -> None:
    lexicon, words = Lexicon(), Words.of("Astana and Almaty")
    lexicon.add("Astana", 1)
    assert len(list(lexicon.find(words))) == 1
    lexicon.add("Almaty", 2)
    assert len(list(lexicon.find(words))) == 2
