"""Words of the page in one language, from `LANGUAGE.toml` beside this file: no sentence lives elsewhere.

A catalogue is a tree of TOML tables; a key is its path (`level.watch`). Where a phrase counts something it
is a table with the plural categories of the Unicode CLDR (`one`, `few`, `many`, `other`), chosen by `count`.
A language that lacks a phrase falls back to English; a phrase that English lacks is an error.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from mirab.core.errors import UnknownNameError

REFERENCE = "en"


@dataclass(frozen=True)
class Words:
    """Phrases of one language by key, with the English ones behind them."""

    language: str
    phrases: Mapping[str, str]
    fallback: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        """The phrase of a key with its values filled in; raises UnknownNameError where no language has it."""
        phrase = self.get(key, values.get("count"))
        if phrase is None:
            raise UnknownNameError("phrase", key, self.fallback)
        return phrase.format_map(values)

    def get(self, key: str, count: object = None) -> str | None:
        """The bare phrase of a key, in the plural category of `count`; None where no language has it."""
        for language, phrases in ((self.language, self.phrases), (REFERENCE, self.fallback)):
            if key in phrases:
                return phrases[key]
            if isinstance(count, int) and f"{key}.other" in phrases:
                return phrases.get(f"{key}.{plural(language, count)}", phrases[f"{key}.other"])
        return None

    def missing(self) -> tuple[str, ...]:
        """Keys that English has and this language lacks; plural categories count as one phrase."""
        return tuple(sorted({_stem(key) for key in self.fallback} - {_stem(key) for key in self.phrases}))


def load(language: str = REFERENCE) -> Words:
    """The words of a language; raises UnknownNameError for a language without a catalogue."""
    known = languages()
    if language not in known:
        raise UnknownNameError("language", language, known)
    return Words(language, _read(language), _read(REFERENCE))


def languages() -> tuple[str, ...]:
    """Languages that have a catalogue, A to Z."""
    names = (entry.name for entry in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def plural(language: str, count: int) -> str:
    """Plural category of a whole number, after the Unicode CLDR rules for en, kk and ru."""
    if language != "ru":
        return "one" if count == 1 else "other"
    tens, ones = count % 100, count % 10
    if ones == 1 and tens != 11:
        return "one"
    return "few" if 2 <= ones <= 4 and not 12 <= tens <= 14 else "many"


def _read(language: str) -> dict[str, str]:
    text = (resources.files(__name__) / f"{language}.toml").read_text("utf-8")
    return dict(_flat(tomllib.loads(text)))


def _flat(tree: Mapping[str, Any], path: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in tree.items():
        key = f"{path}.{name}" if path else name
        found += _flat(value, key) if isinstance(value, dict) else [(key, str(value))]
    return found


def _stem(key: str) -> str:
    head, _, last = key.rpartition(".")
    return head if last in ("one", "few", "many", "other") else key
