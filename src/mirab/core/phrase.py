"""Phrase: a sentence that remembers how it was made, so that it can be said in another language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Self

from mirab.core.calendar import in_words

Part = str | int | float | date
"""What stands in a sentence: words, other phrases, numbers, days."""


class Phrase(str):
    """The English text, with the `template` and the `values` it was made from; ours.

    A phrase is its English text wherever a `str` is asked for. Another language takes the translation of the
    template and says the values anew: days and numbers in its own manner, phrases by their own templates.
    `many` is the template for other counts than one; the count is the value `count`.

    Text that is chained to a phrase, cut or changed is plain text again: put phrases into phrases instead.
    """

    template: str
    many: str
    values: Mapping[str, Part]

    def __new__(cls, template: str, many: str = "", /, **values: Part) -> Self:
        """Fill a template in English; raises KeyError where a value is not given."""
        chosen = many if many and values["count"] != 1 else template
        told = {name: in_words(one) if isinstance(one, date) else one for name, one in values.items()}
        self = super().__new__(cls, chosen.format_map(told))
        self.template, self.many, self.values = template, many, values
        return self

    def __format__(self, spec: str) -> str:
        """The text; with the format `capital`, as a sentence begins."""
        return f"{self[:1].upper()}{self[1:]}" if spec == "capital" else super().__format__(spec)

    def __getnewargs_ex__(self) -> tuple[tuple[str, str], dict[str, Any]]:
        """What a copy or a pickle makes the phrase from again."""
        return (self.template, self.many), dict(self.values)


def say(template: str, /, **values: Part) -> Phrase:
    """A sentence from a template with named places; numbers may carry a format.

    >>> say("{name} holds {amount:,.1f} km³ on {day}.", name="Toktogul", amount=8.5, day=date(2024, 2, 21))
    'Toktogul holds 8.5 km³ on 21 February 2024.'
    """
    return Phrase(template, **values)


def say_count(one: str, many: str, /, count: int, **values: Part) -> Phrase:
    """A sentence that counts something, by the template for one or for many.

    >>> say_count("{count} state agrees.", "{count:,} states agree.", 3)
    '3 states agree.'
    """
    return Phrase(one, many, count=count, **values)


def listed(parts: Sequence[Part]) -> Part:
    """Several things in one sentence, the last two chained by "and"; nothing gives empty text.

    >>> listed(["KAZ", "KGZ", "UZB"])
    'KAZ, KGZ and UZB'
    """
    if len(parts) < 2:
        return parts[0] if parts else ""
    head = parts[0]
    for part in parts[1:-1]:
        head = say("{first}, {second}", first=head, second=part)
    return say("{first} and {second}", first=head, second=parts[-1])


def chained(parts: Sequence[Part], mark: str = "; ") -> Phrase:
    """Several things in one sentence with a mark between them; nothing gives empty text.

    >>> chained(["one", "two", "three"], ", ")
    'one, two, three'
    """
    named = {f"part_{number}": part for number, part in enumerate(parts)}
    return Phrase(mark.join(f"{{{name}}}" for name in named), **named)
