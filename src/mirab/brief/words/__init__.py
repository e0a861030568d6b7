"""Words of the page in one language, by key: English from `en.toml`, others from their catalogues.

`en.toml` is a tree of tables; a key is its path (`level.watch`). Where a phrase counts something it is a
table with the plural categories of English (`one`, `other`); other languages bring their own (`catalogue`).
A language that lacks a phrase falls back to English; a phrase that English lacks is an error. English words
are phrases, so that what a record holds of them can be said in another language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any

from mirab.brief.words.catalogue import LOCALES, REFERENCE, form, languages, translated
from mirab.core.errors import UnknownNameError
from mirab.core.phrase import Phrase

if TYPE_CHECKING:
    from babel import Locale

__all__ = ["REFERENCE", "Words", "english", "keys", "languages", "load"]

ALPHABETS = {"kk": "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"}
Forms = tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """Phrases of one language by key, each in its plural forms, with the English ones behind them."""

    language: str
    phrases: Mapping[str, Forms]
    fallback: Mapping[str, Forms]

    def __call__(self, key: str, /, **values: Any) -> str:
        """The phrase of a key with its values filled in; raises UnknownNameError where no language has it."""
        phrase = self.get(key, values.get("count"))
        if phrase is None:
            raise UnknownNameError("phrase", key, self.fallback)
        if self.language != REFERENCE:
            return phrase.format_map(values)
        one, *many = self.phrases[key] if "count" in values else (phrase,)
        return Phrase(one, *many, **values)

    def get(self, key: str, count: object = None) -> str | None:
        """The bare phrase of a key, in the plural form of `count`; None where no language has it."""
        for language, phrases in ((self.language, self.phrases), (REFERENCE, self.fallback)):
            if key in phrases:
                forms = phrases[key]
                index = form(language, count) if len(forms) > 1 and isinstance(count, int) else -1
                return forms[min(index, len(forms) - 1)]
        return None

    def missing(self) -> tuple[str, ...]:
        """Keys that English has and this language lacks."""
        return tuple(sorted(self.fallback.keys() - self.phrases.keys()))

    @cached_property
    def locale(self) -> Locale:
        """What the Unicode CLDR knows of the language: months, numbers."""
        from babel import Locale

        return Locale.parse(LOCALES.get(self.language, self.language))

    def month(self, number: int, *, width: str = "wide", alone: bool = False) -> str:
        """Name of a month inside a date, or `alone`; `width` is wide or abbreviated."""
        name = str(self.locale.months["stand-alone" if alone else "format"][width][number])
        return name if self.language == REFERENCE else name.lower()

    def ordered(self, names: Iterable[str]) -> list[str]:
        """Names in the order of the alphabet of the language."""
        alphabet = ALPHABETS.get(self.language, "")
        return sorted(names, key=lambda name: [_letter(one, alphabet) for one in name.lower()])


def load(language: str = REFERENCE) -> Words:
    """The words of a language; raises UnknownNameError for a language without a catalogue."""
    if language not in languages():
        raise UnknownNameError("language", language, languages())
    if language == REFERENCE:
        return Words(language, english(), english())
    found = {key: _told(language, key, forms) for key, forms in english().items()}
    return Words(language, {key: forms for key, forms in found.items() if forms}, english())


@cache
def keys() -> Mapping[str, str]:
    """The first key of each English phrase."""
    return {forms[0]: key for key, forms in reversed(list(english().items()))}


@cache
def english() -> Mapping[str, Forms]:
    """The English phrases by key: one text, or that for one and that for many."""
    text = (resources.files(__name__) / "en.toml").read_text("utf-8")
    return dict(_flat(tomllib.loads(text)))


def _told(language: str, key: str, forms: Forms) -> Forms:
    return translated(language, forms[0], context=key) if forms[0] else forms


def _flat(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Forms]]:
    for name, value in tree.items():
        key = f"{path}.{name}" if path else name
        if not isinstance(value, dict):
            yield key, (str(value),)
        elif value.keys() == {"one", "other"}:
            yield key, (value["one"], value["other"])
        else:
            yield from _flat(value, key)


def _letter(letter: str, alphabet: str) -> tuple[int, str]:
    return (alphabet.index(letter) if letter in alphabet else ord(letter), letter)
