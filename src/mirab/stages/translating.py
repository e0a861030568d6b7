"""The texts of analysts in an issue, in other languages: which there are, which lack a translation.

Sentences of the program and names of the pack have catalogues of their own; what people wrote has none, and
goes to a translator. An issue that lacks a translation of theirs cannot be cleared in that language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mirab.core.errors import InputError, Problem, UnknownNameError
from mirab.core.phrase import Phrase
from mirab.core.records import Briefing, Threat

if TYPE_CHECKING:
    from mirab.follow.translations import Translations
    from mirab.follow.xliff import Exchange

FILE = "translations.sqlite"


def translations(own: Path) -> Translations:
    """The user's translations, beside the file of the user's readings."""
    from mirab.follow.translations import Translations

    return Translations(own.with_name(FILE))


def texts(issue: Briefing) -> dict[str, str]:
    """What people wrote in an issue, by a name that says where: judgements, promises, corrections."""
    from mirab.follow.commitments import OWN

    own = [one for one in issue.commitments if any(rests.source_id == OWN.id for rests in one.evidence)]
    found = {
        **{name: text for threat in issue.threats for name, text in _of_threat(threat)},
        **{f"promise:{one.id}": one.what for one in own},
        "correction": issue.imprint.correction,
    }
    return {name: text for name, text in found.items() if text.strip() and not isinstance(text, Phrase)}


def untranslated(issue: Briefing, known: Mapping[str, str]) -> dict[str, str]:
    """Those of the texts of an issue that have no translation among those known."""
    return {name: text for name, text in texts(issue).items() if not known.get(text)}


def exchange(issue: Briefing, language: str, known: Mapping[str, str]) -> Exchange:
    """The texts of an issue for a translator, with the translations that are known; raises for English."""
    from mirab.brief.words import REFERENCE, languages
    from mirab.follow.xliff import Exchange, Unit

    others = [code for code in languages() if code != REFERENCE]
    if language not in others:
        raise UnknownNameError("language to translate into", language, others)
    told = texts(issue).items()
    return Exchange(language, tuple(Unit(name, text, known.get(text, "")) for name, text in told))


def refuse_untranslated(issue: Briefing, store: Translations, languages: Sequence[str]) -> None:
    """Raise InputError with every text that lacks a translation in a language of a clearance."""
    from mirab.brief.words import REFERENCE, load

    problems = []
    for code in (one for one in languages if one != REFERENCE):
        load(code)
        fix = f"mirab translate export writes them for a translator, --lang {code}"
        for name, text in untranslated(issue, store.known(code)).items():
            problems.append(Problem(name, f"is not translated into {code}: {text[:60]!r}", fix))
    if problems:
        raise InputError("clear", problems)


def _of_threat(one: Threat) -> Iterator[tuple[str, str]]:
    """What an analyst wrote of a threat: the reason, and all of a threat that the analyst added."""
    from mirab.warn.judgements import RULE

    yield f"threat:{one.id}:assessment", one.assessment
    if one.rule == RULE:
        yield f"threat:{one.id}:title", one.title
        yield from ((f"threat:{one.id}:why:{number}", text) for number, text in enumerate(one.why, start=1))
