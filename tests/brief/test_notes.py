"""Meeting notes as people see them: every line and every source is on the page, nothing else is."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from mirab.brief import notes
from mirab.brief.words import load
from mirab.core.errors import InputError
from mirab.core.notes import Block, Line, Note, Subject, Tour, Who
from mirab.core.plain import from_dict
from mirab.core.records import Confidence, Event, Evidence, Marking, Source, Span

ON = date(2023, 10, 1)
REGISTER = Evidence("register", Confidence.PUBLISHED)
QUOTED = Evidence("press_read", Confidence.SECONDARY, "First Agency", Span("doc1", 5, 25, "met"))


def note(**parts: object) -> Note:
    blocks = (
        Block("who", (Line("Ada & Co: President", "p:1", (REGISTER,), verify=True),), 2),
        Block("met", (Line("They met.", "m:1", (QUOTED, REGISTER), quote="we <met> them"),)),
        Block("raise", (Line("Ask for it.", "c:1", (REGISTER,), derived="promise"),)),
        Block("avoid", ()),
    )
    sources = (Source("register", "Register", "The office", "2023"), Source("press_read", "Releases"))
    subject = Subject(Who.PERSON, "ada", "Ada Arden", ("XAA",), (), "ada")
    values: dict[str, object] = {
        "region": "toy",
        "region_title": "Two Valleys",
        "subject": subject,
        "on": ON,
        "themes": ("water",),
        "audience": Marking.INTERNAL,
        "blocks": blocks,
        "notices": ("The post has changed hands.",),
        "sources": sources,
        "names": {"XAA": "Ardia"},
    }
    return Note(**{**values, **parts})  # type-checked by the record when it is read back


def seen(html: str) -> str:
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]*>", " ", body))


def test_every_line_stands_on_the_page_with_its_references_and_an_empty_block_says_so() -> None:
    html = notes.page(note(), load()).html()
    assert "Ada &amp; Co: President" in html
    assert "we &lt;met&gt; them" in html
    text = seen(html)
    for words in ("The post has changed hands.", "to verify", "from a promise", "and 2 more in the records"):
        assert words in text
    assert text.count("Nothing in the records.") == 1
    assert re.findall(r'href="#source-(\d+)"', html) == ["1", "2", "1", "1"]
    assert "Register, The office, 2023, published" in text
    assert "Releases, First Agency, Text doc1, characters 5 to 25" in text


def test_a_long_note_is_printed_smaller_to_stay_on_two_pages_and_never_too_small() -> None:
    def filled(letters: int) -> float:
        made = note(blocks=(Block("met", (Line("a" * letters, "m", (REGISTER,)),)),))
        return notes.page(made, load()).fit(made)

    sizes = [filled(letters) for letters in (10, 5_000, 9_000, 11_000, 50_000)]
    assert sizes[:2] == [1.0, 1.0]
    assert sizes == sorted(sizes, reverse=True)
    assert 0.78 < sizes[3] < sizes[2] < 1.0
    assert sizes[4] == 0.78
    assert "--fit: 1.0" in notes.page(note(), load()).html()


def test_a_page_asks_for_nothing_outside() -> None:
    assert not re.search(r'(?:src|href)="(?!#)', notes.page(note(), load()).html())


def test_the_json_is_the_note() -> None:
    assert from_dict(Note, json.loads(notes.page(note(), load()).json())) == note()


def test_the_terminal_shows_the_record_of_each_line() -> None:
    told = "\n".join(notes.page(note(), load()).lines())
    assert "Ada & Co: President [p:1; to verify]" in told
    assert "Ask for it. [c:1; from a promise]" in told
    assert "! The post has changed hands." in told


def test_a_visit_is_one_page_with_its_meetings_its_days_and_a_calendar_file() -> None:
    event = Event("e", "summit", "A summit", ("XAA",), "2023-10-02", "", "", REGISTER)
    visit = Tour(
        "Autumn visit", ON, date(2023, 10, 2), (note(time="10:00", place="Midtown"), note()), (event,)
    )
    page = notes.page(visit, load())
    text = seen(page.html())
    assert text.count("Ada &amp; Co: President") == 2
    assert "1\u00a0October 2023, 10:00" in text
    assert "2\u00a0October 2023 : A summit" in text
    calendar = notes.calendar_text(visit)
    assert calendar.count("BEGIN:VEVENT") == 3
    assert "SUMMARY:10:00 Ada Arden Midtown" in calendar
    assert page.name == "tour-autumn_visit-2023-10-01"


def test_files_are_written_by_format_and_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    page = notes.page(note(), load())
    (path,) = notes.write(page, tmp_path / "new", ["json"])
    assert path.name == "note-ada-2023-10-01.json"
    assert [*path.parent.iterdir()] == [path]
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        notes.write(page, tmp_path / "file", ["json"])
