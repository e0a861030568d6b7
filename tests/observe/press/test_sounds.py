"""One name in the spellings of several scripts."""

import pytest

from mirab.observe.press.document import Document
from mirab.observe.press.linking import link
from mirab.observe.press.reader import Reader
from mirab.observe.press.sounds import consonants, keys
from mirab.observe.press.words import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [("Guterres", "Guterriş"), ("Саидов", "سعیدوف"), ("Бахтиёр", "Baxtiyor"), ("Mirziyoyev", "میرضیایف")],
)
def test_spellings_of_one_name_have_the_same_consonants(one: str, other: str) -> None:
    assert consonants(fold(one)) == consonants(fold(other)) != consonants("meredov")


def test_short_names_are_found_by_nothing() -> None:
    assert [*keys("li", "wei")] == []


@pytest.mark.parametrize(
    ("text", "person"),
    [
        (
            "Prezident Antoniu Guterriş bilen ulag, energetika we suw meselelerini maslahatlaşdy.",
            "antonio_guterres",
        ),
        ("او با بختیار سعیدوف وزیر امور خارجه ازبکستان در باره تجارت و آب گفتگو کرد.", "bakhtiyor_saidov"),
    ],
)
def test_a_person_is_linked_by_a_spelling_that_the_registry_lacks(
    reader: Reader, text: str, person: str
) -> None:
    (one,) = link(Document(text), reader.registry).people
    assert (one.entity.id, one.rule) == (person, "person_by_sound")


def test_words_in_small_letters_are_no_name(reader: Reader) -> None:
    text = "prezident antoniu guterriş bilen ulag, energetika we suw meselelerini maslahatlaşdy."
    assert link(Document(text), reader.registry).people == ()
