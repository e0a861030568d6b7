"""Edition: the languages and formats in which an issue is written, and its files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
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
SIDE_BY_SIDE = 2


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
        """The files by name, in the order of FORMATS; a format is a line here or in `_written`.

        Pages are written side by side: while one is set as PDF, another is drawn.
        """
        pages = self._pages(briefing, basemap)
        with ThreadPoolExecutor(SIDE_BY_SIDE) as hands:
            written = [one for page in hands.map(self._written, pages) for one in page]
        found = {name: content for format in FORMATS for kind, name, content in written if kind == format}
        found["briefing.json"] = records(briefing)
        return {**found, **(tables.files(briefing, basemap) if "csv" in self.formats else {})}

    def _written(self, page: Page) -> list[tuple[str, str, str | bytes]]:
        """Format, name and content of each file of a page."""
        made: dict[str, Callable[[Page], str | bytes]] = {
            "html": Page.html,
            "pdf": pdf.bulletin,
            "docx": self._word,
        }
        code = page.words.language
        return [(name, file(code, name), made[name](page)) for name in made if name in self.formats]

    def _pages(self, briefing: Briefing, basemap: Basemap) -> list[Page]:
        beside = {code: file(code, "html") for code in self.languages} if "html" in self.formats else {}
        return [
            Page(briefing, basemap, load(code), self.names.get(code, {}), beside) for code in self.languages
        ]

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
