"""Catalogues: one gettext file `LANGUAGE.po` beside this one for each language but English.

The English words of the page stand in `en.toml`; their key is the context of the message. Sentences that code
makes with `say`, titles of rules and meanings of quantities have no context. `tools/catalogues.py` finds them
all and keeps the files in step; what nobody has translated yet, or what changed since, counts as missing.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

REFERENCE = "en"
LOCALES = {REFERENCE: "en_GB"}
FORMS = ("zero", "one", "two", "few", "many", "other")


def languages() -> tuple[str, ...]:
    """English, then the languages that have a catalogue, A to Z."""
    names = (entry.name for entry in resources.files(__package__).iterdir())
    return (REFERENCE, *sorted(name.removesuffix(".po") for name in names if name.endswith(".po")))


def translated(language: str, text: str, *, context: str = "") -> tuple[str, ...]:
    """A text in a language, in each of its plural forms where it counts; nothing where it is missing."""
    message = _message(language, text, context)
    if message is None or message.fuzzy:
        return ()
    found = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return found if all(found) else ()


def name_of(language: str) -> str:
    """What a language calls itself, as a sentence begins."""
    from babel import Locale

    name = str(Locale.parse(language).get_language_name(language))
    return f"{name[:1].upper()}{name[1:]}"


def form(language: str, count: int) -> int:
    """Which plural form of a language a whole number takes, by the rules of the Unicode CLDR.

    >>> [form("ru", count) for count in (1, 2, 5, 11, 21)]
    [0, 1, 2, 2, 0]
    """
    from babel import Locale

    rule = Locale.parse(LOCALES.get(language, language)).plural_form
    tags = [tag for tag in FORMS if tag in rule.tags or tag == "other"]
    return tags.index(rule(count))


@cache
def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it lies in its file."""
    from babel.messages.pofile import read_po

    with (resources.files(__package__) / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, domain="mirab")


def _message(language: str, text: str, context: str) -> Message | None:
    return catalogue(language).get(text, context or None) if text else None
