"""Words: one catalogue for each language, plural forms, English where a language lacks a phrase."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from mirab import brief
from mirab.brief.words import Words, languages, load
from mirab.core.errors import UnknownNameError
from mirab.core.records import Clearance, Confidence, Level, Marking, Standing, Status

ROOT = Path(brief.__file__).parent


def test_every_shipped_language_has_every_phrase() -> None:
    assert {language: load(language).missing() for language in languages()} == dict.fromkeys(languages(), ())


def test_a_language_that_lacks_a_phrase_falls_back_to_english() -> None:
    words = Words("kk", {"a": ("бір",)}, {"a": ("one",), "b": ("two",), "c": ("{count} day", "{count} days")})
    assert (words("a"), words("b"), words("c", count=1), words("c", count=5)) == (
        "бір",
        "two",
        "1 day",
        "5 days",
    )
    assert words.missing() == ("b", "c")


def test_english_words_remember_what_they_were_made_of() -> None:
    found = load()("chart.rows", count=3)
    assert (found, found.template, dict(found.values)) == ("3 rows", "one row", {"count": 3})


def test_a_phrase_that_english_lacks_is_an_error() -> None:
    with pytest.raises(
        UnknownNameError, match=r"phrase 'masthead.isue' is not known; nearest is 'masthead.issue'"
    ):
        load()("masthead.isue")


def test_an_unknown_language_names_those_that_exist() -> None:
    with pytest.raises(UnknownNameError, match="language 'tlh' is not known"):
        load("tlh")


@pytest.mark.parametrize(
    ("count", "said"), [(1, "1 строка"), (2, "2 строки"), (5, "5 строк"), (11, "11 строк"), (21, "21 строка")]
)
def test_russian_counts_in_three_forms(count: int, said: str) -> None:
    assert load("ru")("chart.rows", count=count).startswith(said)


@pytest.mark.parametrize(("language", "said"), [("ru", "октябрь"), ("kk", "қазан"), ("en", "October")])
def test_months_come_from_the_unicode_cldr(language: str, said: str) -> None:
    assert load(language).month(10, alone=True) == said


def test_names_stand_in_the_order_of_the_kazakh_alphabet() -> None:
    names = ["Өзбекстан", "Тәжікстан", "Қазақстан", "Ауғанстан", "Қырғызстан", "Түрікменстан"]
    assert load("kk").ordered(names) == [
        "Ауғанстан",
        "Қазақстан",
        "Қырғызстан",
        "Өзбекстан",
        "Тәжікстан",
        "Түрікменстан",
    ]


@pytest.mark.parametrize("kind", [Clearance, Confidence, Level, Marking, Standing, Status])
def test_every_value_of_an_enumeration_has_its_word(kind: type) -> None:
    words = load()
    assert all(words(f"{kind.__name__.lower()}.{one.value.replace(' ', '_')}") for one in kind)


def test_no_template_holds_a_sentence_of_its_own() -> None:
    for path in [*(ROOT / "sections").glob("*.html"), *(ROOT / "templates").glob("*.html")]:
        bare = re.sub(
            r"<style>.*?</style>|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>|&\w+;",
            " ",
            path.read_text("utf-8"),
            flags=re.S,
        )
        assert not re.search(r"[A-Za-z]{3,}", bare), f"{path.name}: {bare.strip()}"


def test_every_phrase_is_a_sound_pattern() -> None:
    for phrase in (form for forms in load().phrases.values() for form in forms):
        assert all(name is None or name.isidentifier() for _, name, _, _ in string.Formatter().parse(phrase))
