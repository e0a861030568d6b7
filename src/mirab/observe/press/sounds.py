"""Names by their consonants, so that one name is found in the spellings of several scripts.

Vowels, which differ most between spellings, are dropped, letters that stand for one sound are one, and
doubled consonants are single: Antonio Guterres and Antoniu Guterriş come out alike, as do the Russian and the
Persian spelling of Bakhtiyor Saidov. Method ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from mirab.observe.press.rows import rows

LEAST = 5
_PAIRS = ("kh", "zh", "sh", "ch", "gh", "ts", "dzh", "\u0434\u0436")


def consonants(word: str) -> str:
    """The consonants of a folded word, one letter for each sound.

    >>> consonants("guterres"), consonants("saidov")
    ('gtrs', 'sdf')
    """
    table, found, i = _sounds(), "", 0
    while i < len(word):
        part = next((pair for pair in _PAIRS if word.startswith(pair, i)), word[i])
        sound = table.get(part, "")
        if not found.endswith(sound) or not sound:
            found += sound
        i += len(part)
    return found


def keys(given: str, surname: str) -> Iterator[tuple[str, str]]:
    """What a folded name is found by; a v inside it is no letter in Arabic script. None for short names."""
    pair = consonants(given), consonants(surname)
    if min(map(len, pair)) >= 2 and len("".join(pair)) >= LEAST:
        yield pair
        yield _without_v(pair[0]), _without_v(pair[1])


def _without_v(sounds: str) -> str:
    return sounds[:1] + sounds[1:-1].replace("f", "") + sounds[1:][-1:]


@cache
def _sounds() -> dict[str, str]:
    return {letter: row["sound"] for row in rows("sounds") for letter in row["letters"].split()}
