"""Edition: the languages and formats in which an issue is written, and its files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mirab.brief import pdf, tables, word
from mirab.brief.basemap import Basemap
from mirab.brief.page import Page
from mirab.brief.words import REFERENCE, load
from mirab.core.errors import InputError, Problem, UnknownNameError
from mirab.core.plain import with_phrases
from mirab.core.records import Briefing

FORMATS = ("html", "pdf", "docx", "json", "csv")
USUAL = ("html", "pdf", "json", "csv")
Files = Mapping[str, str | bytes]


@dataclass(frozen=True)
class Edition:
    """How an issue is written: languages, formats, house template of the Word file.

    `names` are those of the pack by language. The records (json) are always written: what is asked of an
    issue later is read from them. Records and tables are in English, with what the phrases were made of.
    """

    languages: tuple[str, ...] = (REFERENCE,)
    formats: tuple[str, ...] = USUAL
    template: Path | None = None
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def check(self) -> None:
        """Raise for a format or a language that there is none of, and for a template without its styles."""
        for name in self.formats:
            if name not in FORMATS:
                raise UnknownNameError("format", name, FORMATS)
        for language in self.languages:
            load(language)
        if "docx" in self.formats:
            word.opened(self.template)

    def files(self, briefing: Briefing, basemap: Basemap) -> dict[str, str | bytes]:
        """The files by name; a format is a line here and one in FORMATS."""
        pages = self._pages(briefing, basemap)
        made: dict[str, Callable[[], Files]] = {
            "html": lambda: {file(code, "html"): page.html() for code, page in pages.items()},
            "pdf": lambda: {file(code, "pdf"): pdf.bulletin(page) for code, page in pages.items()},
            "docx": lambda: {file(code, "docx"): self._word(page) for code, page in pages.items()},
            "json": lambda: {"briefing.json": records(briefing)},
            "csv": lambda: tables.files(briefing, basemap),
        }
        wanted = [name for name in FORMATS if name in (*self.formats, "json")]
        return {name: content for format in wanted for name, content in made[format]().items()}

    def _pages(self, briefing: Briefing, basemap: Basemap) -> dict[str, Page]:
        beside = {code: file(code, "html") for code in self.languages} if "html" in self.formats else {}
        return {
            code: Page(briefing, basemap, load(code), self.names.get(code, {}), beside)
            for code in self.languages
        }

    def _word(self, page: Page) -> bytes:
        briefing, words = page.briefing, page.words
        title = words(
            "page.title", region=briefing.region_title, issue=briefing.issue, day=page.say.day(briefing.as_of)
        )
        about = word.About(title, page.profile.title, briefing.written_on, words.language)
        return word.document(page.html(), about, template=self.template, figure=words("word.figure"))


def file(language: str, ending: str) -> str:
    """Name of the page of a language: that of the reference has no code.

    >>> file("en", "html"), file("kk", "pdf")
    ('briefing.html', 'briefing.kk.pdf')
    """
    return f"briefing.{ending}" if language == REFERENCE else f"briefing.{language}.{ending}"


def records(briefing: Briefing) -> str:
    """The records as JSON text; raises InputError where one holds a number that is not finite."""
    try:
        return json.dumps(with_phrases(briefing), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    except ValueError as cause:
        what = f"hold a number that is not finite: {cause}"
        problem = Problem("records", what, "say None where a figure is absent")
        raise InputError("briefing", [problem]) from cause
