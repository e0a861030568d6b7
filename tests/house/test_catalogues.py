"""Catalogues: every text that a reader may see is there in every language, and says the same values."""

import csv
import importlib.util
import string
from pathlib import Path

import pytest

from mirab.brief.words.catalogue import LOCALES, catalogue, languages, translated
from mirab.observe.region import Region, load

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


NAMED = {
    "states": ("name",),
    "other_states": ("name",),
    "gaps": ("part", "remark"),
    "water/nodes": ("name",),
    "water/claims": ("name",),
    "water/instream": ("name",),
    "water/accounts": ("title", "perimeter"),
    "water/charts": ("title",),
    "water/options": ("title", "not_valued"),
    "water/assumptions": ("text",),
    "corridor/nodes": ("name",),
    "corridor/markets": ("title", "perimeter"),
    "corridor/options": ("title", "not_valued", "note"),
    "corridor/option_changes": ("note",),
    "corridor/journey_times": ("title", "perimeter"),
    "corridor/thresholds": ("title",),
    "corridor/services": ("title",),
    "corridor/fleets": ("title",),
    "corridor/routes": ("title",),
    "corridor/scenarios": ("title", "note"),
    "water/scenarios": ("title", "note"),
    "fibre/nodes": ("name",),
    "fibre/options": ("title", "not_valued", "note"),
    "fibre/option_changes": ("note",),
    "fibre/outages": ("title",),
    "security/kinds": ("title",),
    "diplomacy/organisations": ("name_en",),
    "diplomacy/agreements": ("name", "status"),
    "diplomacy/commitments": ("what",),
    "diplomacy/priorities": ("text",),
    "diplomacy/people": ("name",),
    "diplomacy/posts": ("role",),
    "development/indicators": ("name",),
    "development/targets": ("text",),
}
PACKS = ("central_asia", "toy")


def named(pack: Region) -> set[str]:
    """Texts of a pack that stand on page one or name something on the pages behind it."""
    cells = (row[name] for table, names in NAMED.items() for row in pack.rows(table) for name in names)
    rules = (
        row[name]
        for path in (pack.path / "rules").glob("*.csv")
        for row in csv.DictReader(path.open(encoding="utf-8"))
        for name in ("title", "addressee")
    )
    return {text for text in (*cells, *rules, pack.title, pack.settings["disclaimer"]) if text}


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("language", OTHERS)
def test_the_names_of_a_bundled_pack_are_there(pack: str, language: str) -> None:
    found = load(pack)
    known = found.names_in(language)
    missing = [text for text in sorted(named(found)) if not known.get(text, translated(language, text))]
    assert missing == [], "add rows to translations.csv of the pack"
