"""Catalogues: every text that a reader may see is there in every language, and says the same values."""

import importlib.util
import string
from pathlib import Path

import pytest

from mirab.brief.words.catalogue import LOCALES, catalogue, languages, translated

ROOT = Path(__file__).parents[2]
OTHERS = [language for language in languages() if language not in LOCALES]


def texts() -> list[tuple[str, tuple[str, ...]]]:
    found = importlib.util.spec_from_file_location("catalogues", ROOT / "tools" / "catalogues.py")
    assert found
    assert found.loader
    tool = importlib.util.module_from_spec(found)
    found.loader.exec_module(tool)
    return list(tool.texts())


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_english_russian_and_kazakh_are_the_languages() -> None:
    assert languages() == ("en", "kk", "ru")


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_missing_or_fuzzy(language: str) -> None:
    missing = [
        f"{key} {forms[0]}" for key, forms in texts() if not translated(language, forms[0], context=key)
    ]
    assert missing == [], "run tools/catalogues.py and translate what it leaves empty"


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_says_the_values_of_the_english_text_and_no_others(language: str) -> None:
    for key, forms in texts():
        said = [places(form) for form in translated(language, forms[0], context=key)]
        assert all(one <= places(forms[-1]) | places(forms[0]) for one in said), f"{key} {forms[0]}"
        assert said[-1] >= places(forms[-1]), f"{key} {forms[0]}"


@pytest.mark.parametrize("language", OTHERS)
def test_no_catalogue_holds_a_text_that_nobody_says(language: str) -> None:
    known = {(key, forms[0]) for key, forms in texts()}
    ids = [
        (one.context or "", one.id if isinstance(one.id, str) else one.id[0]) for one in catalogue(language)
    ]
    assert [one for one in ids if one[1] and one not in known] == []
