"""The language of a text, among the nine that the press of the region is written in.

By the small words of English and Russian, where they are many; else by py3langid (langid.py, Lui and
Baldwin 2012: naive Bayes on byte n-grams), kept to nine languages; and by one rule of ours: Turkmen in
Cyrillic, which the model calls Kyrgyz. Dari and Iranian Persian are both `fa`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from mirab.observe.press.rows import small_words

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LANGUAGES = ("en", "fa", "kk", "ky", "ps", "ru", "tg", "tk", "uz")
READ = 400
LEAST, SHARE = 6, 0.12
_SMALL = {code: small_words(f"language_{code}") for code in ("en", "ru")}
_WORDS = re.compile(r"[^\W\d_]+")
_LETTER = re.compile(r"[^\W\d_]")
# җ is written in Turkmen and in no other Cyrillic of the region; ә and ө alone would do for Kazakh too.
_TURKMEN = re.compile("[җҗ]", re.IGNORECASE)
_TURKMEN_LATIN = re.compile("[ýňž]", re.IGNORECASE)
_NOT_TURKMEN = re.compile("[қғұіһҷӣӯў]", re.IGNORECASE)


def language(text: str) -> tuple[str, float]:
    """Code of the language and its probability in [0, 1]; ("", 0) where the text has no letters.

    Looks at the first 400 characters, which decide every article.
    """
    head = text[:READ]
    if not _LETTER.search(head):
        return "", 0.0
    if _TURKMEN.search(head) and not _NOT_TURKMEN.search(head):
        return "tk", 1.0
    plain = _plain(head)
    if plain:
        return plain, 1.0
    code, probability = _model().classify(head)
    return str(code), float(probability)


def _plain(head: str) -> str:
    """English or Russian where small words that no other of the languages has are many; else empty."""
    words = _WORDS.findall(head.lower())
    shares = {code: sum(word in small for word in words) for code, small in _SMALL.items()}
    code, other = sorted(shares, key=lambda code: -shares[code])
    sure = shares[code] >= max(LEAST, SHARE * len(words)) and not shares[other]
    return code if sure else ""


@cache
def _model() -> LanguageIdentifier:
    from py3langid import langid

    model = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    model.set_languages(list(LANGUAGES))
    return model
