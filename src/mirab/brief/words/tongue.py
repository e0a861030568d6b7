"""A language in which records are said: phrases by their templates, names by the translations of the pack."""

from __future__ import annotations

import re
import string
from calendar import month_name
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from mirab.brief.figures import THIN_SPACE, Figures
from mirab.brief.words import Words, keys, load
from mirab.brief.words.catalogue import REFERENCE, form, translated
from mirab.core.phrase import Phrase
from mirab.core.plain import mapped

R = TypeVar("R")
NUMBER = re.compile(r"[\d,\u202f]*\d\.\d+|[\d,]*\d,\d{3}")
MONTHS = tuple(month_name)[1:]


@dataclass(frozen=True)
class Tongue:
    """One language: its words, and `names`, what the pack calls things in it, by the English text.

    A sentence or a name that nobody has translated stays as it is.
    """

    words: Words
    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, language: str, names: Mapping[str, str] | None = None) -> Tongue:
        """The language of a code; raises UnknownNameError for one without a catalogue."""
        return cls(load(language), names or {})

    def said(self, record: R) -> R:
        """A record, or records in lists and tables, with every text in this language."""
        if self.words.language == REFERENCE:
            return record
        told: R = mapped(record, self.text)
        return told

    def text(self, text: str) -> str:
        """A phrase or a name in this language; any other text stands as it is."""
        if not isinstance(text, Phrase):
            return self.names.get(text, text)
        return _Sentence(self).vformat(self._template(text), (), text.values)

    def part(self, text: str) -> str:
        """A text inside a sentence: as `text`; words such as the name of a quantity are known, too."""
        if self.words.language == REFERENCE:
            return text
        if isinstance(text, Phrase) or text in self.names:
            return self.text(text)
        if NUMBER.fullmatch(text):
            return text.replace(",", THIN_SPACE).replace(".", Figures(self.words, {}).decimal)
        return next(iter(self._forms(text)), text)

    def _template(self, phrase: Phrase) -> str:
        found = self._forms(phrase.template)
        count = phrase.values.get("count")
        if not found:
            return phrase.many if phrase.many and count != 1 else phrase.template
        index = form(self.words.language, count) if phrase.many and isinstance(count, int) else 0
        return found[min(index, len(found) - 1)]

    def _forms(self, text: str) -> tuple[str, ...]:
        """A text of the catalogue, as a sentence or as words of the page."""
        language = self.words.language
        return translated(language, text) or translated(language, text, context=keys().get(text, ""))


class _Sentence(string.Formatter):
    """Fills a template: parts, days and numbers in the manner of the language."""

    def __init__(self, tongue: Tongue) -> None:
        self.tongue = tongue
        self.figures = Figures(tongue.words, {})

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """The value of a name, in this language."""
        value = super().get_value(key, args, kwargs)
        if value in MONTHS and key in ("month", "alone", "a_month", "b_month"):
            return self.tongue.words.month(MONTHS.index(value) + 1, alone=key == "alone")
        return self.tongue.part(value) if isinstance(value, str) else value

    def format_field(self, value: Any, format_spec: str) -> str:
        """A value as text: thousands and decimals are parted as the language does."""
        if isinstance(value, date):
            return self.figures.day(value)
        if format_spec == "capital":
            return f"{value[:1].upper()}{value[1:]}"
        text: str = super().format_field(value, format_spec)
        if isinstance(value, (int, float)):
            return text.replace(",", THIN_SPACE).replace(".", self.figures.decimal)
        return text
