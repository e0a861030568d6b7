"""Meeting notes as a page, as records and on the terminal; a visit is one page with its notes in order."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from mirab.brief import word
from mirab.brief.figures import Figures
from mirab.brief.page import SMALLEST
from mirab.brief.words import Words
from mirab.core.errors import InputError, Problem, UnknownNameError
from mirab.core.notes import Block, Line, Note, Tour
from mirab.core.plain import to_dict
from mirab.core.records import Evidence
from mirab.follow import icalendar

if TYPE_CHECKING:
    from markupsafe import Markup

TWO_PAGES_LETTERS, TAGS = 7200, 12


@dataclass(frozen=True)
class NotePage:
    """One note, or those of a visit, in one language; references are numbered over all of them."""

    notes: tuple[Note, ...]
    words: Words
    tour: Tour | None = None
    template: Path | None = None

    @cached_property
    def say(self) -> Figures:
        """Figures in the language and with the names of states."""
        return Figures(self.words, {code: name for note in self.notes for code, name in note.names.items()})

    @property
    def title(self) -> str:
        """What the page is called."""
        if self.tour:
            return self.words("meeting_note.tour", title=self.tour.title)
        (note,) = self.notes
        return self.words("meeting_note.title", name=note.subject.title, day=self.say.day(note.on))

    @property
    def name(self) -> str:
        """What its files are called: the visit, or the subject, and the day."""
        name, day = (
            (self.tour.title, self.tour.first) if self.tour else (self.notes[0].subject.id, self.notes[0].on)
        )
        words = re.sub(r"\W+", "_", name.casefold()).strip("_") or "unnamed"
        return f"{'tour' if self.tour else 'note'}-{words}-{day.isoformat()}"

    @cached_property
    def references(self) -> dict[str, str]:
        """What the lines rest on, in the order in which it is first cited: the text by its key."""
        lines = (line for note in self.notes for block in note.blocks for line in block.lines)
        return {_key(one): self._reference(one) for line in lines for one in line.evidence}

    def fit(self, note: Note) -> float:
        """How far the print of a note shrinks to stay on two A4 with its sources: 1, at least SMALLEST."""
        lines = [line for block in note.blocks for line in block.lines]
        told = sum(len(line.text) + len(line.quote) + TAGS for line in lines)
        cited = {_key(one) for line in lines for one in line.evidence}
        told += sum(len(self.references[key]) for key in cited)
        return round(min(1.0, max(SMALLEST, math.sqrt(TWO_PAGES_LETTERS / max(told, 1)))), 3)

    def html(self) -> str:
        """The page as one HTML text without any outside request."""
        return self._rendered("note.html")

    def body(self) -> str:
        """What stands on the page, as HTML for a frame of another."""
        return self._rendered("note_body.html")

    def _rendered(self, template: str) -> str:
        from jinja2 import Environment, PackageLoader, StrictUndefined

        folder = resources.files("mirab.brief") / "templates"
        css = "".join((folder / name).read_text("utf-8") for name in ("page.css", "note.css"))
        loader = PackageLoader("mirab.brief", "templates")
        environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
        return environment.get_template(template).render(
            title=self.title,
            css=css,
            words=self.words,
            say=self.say,
            notes=self.notes,
            tour=self.tour,
            cite=self._cite,
            fit=self.fit,
            references=[*self.references.values()],
        )

    def docx(self) -> bytes:
        """The page as a Word document with our styles, or those of the house template."""
        about = word.About(self.title, self.notes[0].region_title, self.notes[0].on, self.words.language)
        return word.document(self.html(), about, template=self.template, figure=self.words("word.figure"))

    def json(self) -> str:
        """The records: one note, or the visit with its notes."""
        found = self.tour or self.notes[0]
        return json.dumps(to_dict(found), ensure_ascii=False, indent=1) + "\n"

    def lines(self) -> Iterator[str]:
        """The notes for a terminal, line by line."""
        for note in self.notes:
            yield f"{note.subject.title}, {self.say.day(note.on)}"
            yield from (f"! {notice}" for notice in note.notices)
            for block in note.blocks:
                yield f"\n{self.words(f'meeting_block.{block.name}')}"
                yield from (f"  {line}" for line in self._told(block))
            yield ""

    def _told(self, block: Block) -> Iterator[str]:
        if not block.lines:
            yield self.words("meeting_note.empty")
        for line in block.lines:
            tags = [self.words("meeting_note.verify")] * line.verify
            tags += [self.words(f"meeting_note.from_{line.derived}")] if line.derived else []
            yield f"{line.text} [{'; '.join([line.record, *tags])}]"
            if line.quote:
                yield f"  \u201c{line.quote}\u201d"
        if block.more:
            yield self.words("meeting_note.more", count=block.more)

    def _cite(self, line: Line) -> Markup:
        from markupsafe import Markup

        link = Markup('<a class="cite" href="#source-{0}">[{0}]</a> ')
        keys = dict.fromkeys(map(_key, line.evidence))
        return Markup("").join(link.format(list(self.references).index(key) + 1) for key in keys)

    def _reference(self, one: Evidence) -> str:
        """A source with publisher, date and confidence; of a text its place, of an own record its words."""
        sources = {source.id: source for note in self.notes for source in note.sources}
        source = sources.get(one.source_id)
        head = [source.title, source.publisher, source.date] if source else [one.source_id]
        parts = [*head, one.note if _is_own(one) else ""]
        if one.span:
            place = vars(one.span)
            parts.append(self.words("meeting_note.record", **place))
        return ", ".join([*(part for part in parts if part), self.say.confidence(one.confidence.value)])


def _key(one: Evidence) -> str:
    """What makes two references one: the source, and for a text or an own record the place in it."""
    place = f"{one.span.document}:{one.span.start}" if one.span else ""
    return f"{one.source_id}|{one.confidence}|{place}|{one.note if _is_own(one) else ''}"


def _is_own(one: Evidence) -> bool:
    return one.span is not None or one.source_id.startswith("own_")


def page(found: Note | Tour, words: Words, template: Path | None = None) -> NotePage:
    """The page of a note or of a visit; `template` is the house template of its Word file."""
    notes: Sequence[Note] = found.notes if isinstance(found, Tour) else (found,)
    return NotePage(tuple(notes), words, found if isinstance(found, Tour) else None, template)


WRITERS: Mapping[str, Callable[[NotePage], str | bytes]] = {
    "html": NotePage.html,
    "docx": NotePage.docx,
    "json": NotePage.json,
    "ics": lambda page: calendar_text(page.tour) if page.tour else "",
}

FORMATS = ("html", "docx", "json")


def write(made: NotePage, out: Path, formats: Sequence[str]) -> tuple[Path, ...]:
    """Write a page in these formats into a folder, each file whole or not at all; the paths.

    A visit comes with its calendar file. Raises UnknownNameError for a format that there is none of,
    InputError where the folder cannot be written.
    """
    wanted = [*formats, *(["ics"] if made.tour else [])]
    for name in wanted:
        if name not in WRITERS:
            raise UnknownNameError("format", name, FORMATS)
    texts = {out / f"{made.name}.{name}": WRITERS[name](made) for name in dict.fromkeys(wanted)}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            aside = path.with_name(f".{path.name}")
            aside.write_bytes(text.encode() if isinstance(text, str) else text)
            aside.replace(path)
    except OSError as cause:
        problem = Problem(str(out), f"cannot be written: {cause.strerror}", "name another folder with --out")
        raise InputError("note", [problem]) from cause
    return tuple(texts)


def calendar_text(tour: Tour) -> str:
    """The meetings of a visit and the events of its days as an iCalendar file; times stand in the title."""
    meetings = (
        icalendar.Dated(
            f"meeting:{note.subject.id}:{note.on.isoformat()}:{note.time}",
            " ".join(part for part in (note.time, note.subject.title, note.place) if part),
            note.on.isoformat(),
        )
        for note in tour.notes
    )
    entries = (*meetings, *map(icalendar.of_event, tour.events))
    return icalendar.text(entries, on=tour.first, name=tour.title)
