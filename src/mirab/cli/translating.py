"""Analysts' texts in other languages: out to a translator and back."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mirab.cli.options import own
from mirab.core.errors import InputError, Problem

if TYPE_CHECKING:
    from mirab.core.records import Briefing

commands = typer.Typer()
translate_app = typer.Typer(
    help="Hand texts of analysts to a translator and take them back.", no_args_is_help=True
)
commands.add_typer(translate_app, name="translate")

Name = Annotated[
    str, typer.Argument(metavar="ISSUE", help="Number or full name, as `mirab issues list` shows it.")
]
Language = Annotated[str, typer.Option("--lang", help="Language to translate into, such as ru.")]


@translate_app.command("export")
def translate_export(
    issue: Name,
    out: Annotated[Path, typer.Argument(help="File to write, .xlf.")],
    language: Language,
    xliff: Annotated[str, typer.Option(help="Version of XLIFF: 1.2 or 2.0.")] = "1.2",
) -> None:
    """Write what analysts wrote in an issue as XLIFF, with the translations that are known."""
    from mirab.follow import xliff as files
    from mirab.stages import translating

    reference, briefing = _issue(issue)
    known = translating.translations(own()).known(language)
    found = translating.exchange(briefing, language, known)
    text = files.text(found, original=reference, version=xliff)
    try:
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        problem = Problem(str(out), f"cannot be written: {error.strerror}", "choose another place")
        raise InputError("translation", [problem]) from error
    done = sum(bool(unit.target) for unit in found.units)
    print(f"wrote {out}: {len(found.units)} texts, {done} of them translated")


@translate_app.command("import")
def translate_import(
    issue: Name,
    file: Annotated[Path, typer.Argument(help="XLIFF file, as the translator gave it back.")],
    person: Annotated[str, typer.Option(help="Who translated it; the name of your account by default.")] = "",
) -> None:
    """Take a translator's file; one that is not of the texts as they are now is refused as a whole."""
    from mirab.brief.words import load
    from mirab.follow import xliff as files
    from mirab.stages import translating

    try:
        content = file.read_bytes()
    except OSError as error:
        problem = Problem(str(file), f"cannot be read: {error.strerror}", "name the translator's file")
        raise InputError("translation", [problem]) from error
    found = files.read(content, name=file.name)
    load(found.language)
    briefing = _issue(issue)[1]
    if wrong := files.problems(found.units, translating.texts(briefing), name=file.name):
        raise InputError("translation", wrong)
    store = translating.translations(own())
    told = {unit.source: unit.target for unit in found.units}
    kept = store.keep(found.language, told, person=person or getpass.getuser())
    left = len(translating.untranslated(briefing, store.known(found.language)))
    print(f"{kept} taken into {found.language}; {left} texts of the issue are not translated yet")


@translate_app.command("missing")
def translate_missing(issue: Name, language: Language) -> None:
    """List the texts of an issue that lack a translation, for which it cannot be cleared in that language."""
    from mirab.stages import translating

    known = translating.translations(own()).known(language)
    found = translating.untranslated(_issue(issue)[1], known)
    for name, text in found.items():
        print(f"{name}: {text}")
    if not found:
        print(f"every text of analysts is translated into {language}")


def _issue(name: str) -> tuple[str, Briefing]:
    from mirab import centre

    store = centre.issue_store(own())
    issue = store.found(name)
    return issue.reference, store.briefing(issue)
