"""Notes from the toy region: every line has a record, an empty block stays empty, audiences are apart."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mirab.brief.specimen import specimen
from mirab.brief.words.tongue import Tongue
from mirab.core.errors import InputError, UnknownNameError
from mirab.core.notes import Block, Note
from mirab.core.records import Briefing, Level, Marking
from mirab.follow.diary import Kind
from mirab.observe.press.document import Document
from mirab.observe.press.reader import Reader
from mirab.observe.press.records import Person
from mirab.observe.press.store import PressStore
from mirab.stages.noting import Meeting, Office, itinerary
from mirab.stages.observing import Wish

ON = date(2023, 10, 1)
TOLD = (
    "MIDTOWN, 5 September 2023 - President of Ardia Ada Arden met with Foreign Minister of Boria Ben Boric."
)


def office(tmp_path: Path, audience: Marking = Marking.INTERNAL, issue: Briefing | None = None) -> Office:
    own = tmp_path / "home" / "observations.sqlite"
    found = Office.of(Wish("toy", ON, ON, tmp_path / "none", own, audience=audience))
    return replace(found, issue=issue)


def briefing(as_of: date = ON) -> Briefing:
    """The specimen's threats as a briefing of the toy region."""
    return replace(specimen(), region="toy", as_of=as_of)


def block(note: Note, name: str) -> Block:
    (found,) = (one for one in note.blocks if one.name == name)
    return found


def texts(note: Note, name: str) -> list[str]:
    return [line.text for line in block(note, name).lines]


def test_a_note_says_who_with_the_post_and_when_it_was_last_verified(tmp_path: Path) -> None:
    note = office(tmp_path).note(Meeting("Ada Arden", ON))
    (who,) = texts(note, "who")
    assert who == "Ada Arden: President, Ardia, since 1 January 2020; last verified September 2023"
    assert not block(note, "who").lines[0].verify
    later = office(tmp_path).note(Meeting("Ada Arden", date(2024, 6, 1)))
    assert block(later, "who").lines[0].verify


def test_every_line_names_its_record_and_what_nobody_recorded_stays_empty(tmp_path: Path) -> None:
    note = office(tmp_path, issue=briefing()).note(Meeting("XAA", ON))
    lines = [line for one in note.blocks for line in one.lines]
    assert lines
    assert all(line.record and line.evidence for line in lines)
    assert texts(note, "met") == texts(note, "objectives") == texts(note, "avoid") == []
    cited = {one.source_id for line in lines for one in line.evidence}
    assert cited == {source.id for source in note.sources}


def test_a_post_that_changed_hands_last_week_stands_above_everything(tmp_path: Path) -> None:
    press = PressStore(tmp_path / "home" / "press.sqlite")
    press.add_person(Person("bea", "Bea Borin", role="Foreign Minister", state="XBB", since="2023-09-25"))
    new = office(tmp_path).note(Meeting("Foreign Minister of Boria", ON))
    assert new.subject.title == "Bea Borin"
    words = (
        "Foreign Minister of Boria has changed hands: Bea Borin since 25 September 2023, Ben Boric before."
    )
    assert new.notices[0] == words
    old = office(tmp_path).note(Meeting("Ben Boric", ON))
    assert old.notices[0].startswith(
        "Ben Boric is no longer Foreign Minister of Boria since 25 September 2023"
    )
    assert texts(old, "who") == texts(old, "promised_by") == []
    later = office(tmp_path).note(Meeting("Bea Borin", date(2023, 11, 1)))
    assert not any("changed hands" in notice for notice in later.notices)


def test_promises_stand_on_their_side_and_points_say_what_they_come_from(tmp_path: Path) -> None:
    note = office(tmp_path).note(Meeting("XCC", ON))
    assert [line.record for line in block(note, "promised_by").lines] == ["gauge_exchange"]
    assert {line.record for line in block(note, "promised_to").lines} == {"lake_2024", "lake_2024_summer"}
    (point,) = block(note, "raise").lines
    assert (point.record, point.derived) == ("gauge_exchange", "promise")
    assert point.text.startswith("Ask where this promise stands: Exchange of readings")


def test_threats_come_from_the_briefing_and_only_those_that_concern_the_subject(tmp_path: Path) -> None:
    issue = briefing()
    note = office(tmp_path, issue=issue).note(Meeting("XAA", ON))
    mine = [one for one in issue.threats if "XAA" in one.states]
    shown = block(note, "threats")
    assert mine
    assert len(shown.lines) + shown.more == len(mine)
    assert [line.record for line in shown.lines] == [one.id for one in mine][: len(shown.lines)]
    raised = [line.record for line in block(note, "raise").lines if line.derived == "threat"]
    live = [one.id for one in mine if one.level is not Level.WATCH]
    assert raised == live[:2]
    assert (note.issue, note.issue_day) == (7, ON)


def test_a_briefing_of_a_later_day_is_not_told_and_an_old_one_says_its_age(tmp_path: Path) -> None:
    later = office(tmp_path, issue=briefing(date(2023, 10, 2))).note(Meeting("XAA", ON))
    assert texts(later, "threats") == []
    assert later.issue == 0
    assert "threats are left out" in later.notices[0]
    old = office(tmp_path, issue=briefing(date(2023, 9, 1))).note(Meeting("XAA", ON))
    assert old.notices == ("The briefing that is told here is 30 days old.",)


def test_the_diary_is_told_to_internal_readers_only(tmp_path: Path) -> None:
    mine = office(tmp_path).diary
    mine.add(
        Kind.MEETING, {"text": "Silence.", "about": "XBB", "on": "2023-09-20", "place": "Midtown"}, person="a"
    )
    mine.add(Kind.POINT, {"text": "Not the bridge.", "about": "ben_boric", "stance": "avoid"}, person="a")
    mine.add(Kind.OBJECTIVE, {"text": "A date.", "about": "XBB", "themes": "trade"}, person="a")
    inside = office(tmp_path).note(Meeting("Ben Boric", ON))
    assert texts(inside, "met") == ["20 September 2023, Midtown, own readout: Silence."]
    assert (texts(inside, "avoid"), texts(inside, "objectives")) == (["Not the bridge."], ["A date."])
    assert texts(office(tmp_path).note(Meeting("Ben Boric", ON, ("water",))), "objectives") == []
    for audience in (Marking.PUBLIC, Marking.PARTNERS):
        outside = office(tmp_path, audience).note(Meeting("Ben Boric", ON))
        assert [texts(outside, name) for name in ("met", "avoid", "objectives")] == [[], [], []]
        assert "own_diary" not in {source.id for source in outside.sources}


def test_a_meeting_that_the_press_tells_comes_with_the_words_and_their_place(tmp_path: Path) -> None:
    mine = office(tmp_path)
    document = Document(TOLD)
    PressStore(tmp_path / "home" / "press.sqlite").keep(Reader(mine.region).read(document))
    for asked in ("Ada Arden", "Boria"):
        (line,) = block(mine.note(Meeting(asked, ON)), "met").lines
        span = line.evidence[0].span
        assert line.text.startswith("5 September 2023")
        assert span is not None
        assert " ".join(document.text[span.start : span.end].split()) == line.quote
    assert texts(mine.note(Meeting("Calda", ON)), "met") == []
    assert texts(mine.note(Meeting("Boria", date(2023, 9, 4))), "met") == []


def test_a_theme_that_nothing_has_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="theme 'watr' is not known; nearest is 'water'"):
        office(tmp_path).note(Meeting("XAA", ON, ("watr",)))


def test_a_visit_has_its_notes_in_the_order_of_days_and_is_refused_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "visit.csv"
    file.write_text(
        "date,time,place,with,themes\n2023-10-03,,Midtown,TCM,\n2023-10-02,10:00,,Ada Arden,water\n"
    )
    found = office(tmp_path).tour("Autumn", itinerary(file))
    assert [note.subject.id for note in found.notes] == ["ada_arden", "three_capitals"]
    assert (found.first, found.last, found.notes[1].place) == (
        date(2023, 10, 2),
        date(2023, 10, 3),
        "Midtown",
    )
    file.write_text("date,with\n2023-10-02,Nobody Atall\n2023-10-03,Ada Ardin\n")
    with pytest.raises(InputError, match=r"2 problems\n.*'Nobody Atall'.*\n.*'Ada Ardin'"):
        office(tmp_path).tour("Autumn", itinerary(file))


def test_an_itinerary_is_refused_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "visit.csv"
    file.write_text("date,with\nsoon,XAA\n2023-10-03,\n")
    with pytest.raises(InputError, match=r"visit.csv:2 date='soon' is no day.*\n.*visit.csv:3 with is empty"):
        itinerary(file)
    file.write_text("date,with\n")
    with pytest.raises(InputError, match="holds no meeting"):
        itinerary(file)
    with pytest.raises(InputError, match="cannot be read"):
        itinerary(tmp_path / "none.csv")


def test_a_note_is_said_whole_in_each_language_but_for_what_people_and_packs_wrote(tmp_path: Path) -> None:
    mine = office(tmp_path, issue=briefing(date(2023, 9, 1)))
    note = mine.note(Meeting("Ben Boric", ON))
    for language in ("kk", "ru"):
        said = Tongue.of(language, mine.names_in(language)).said(note)
        lines = [line.text for one in said.blocks for line in one.lines]
        assert lines
        assert said.notices != note.notices
        assert not [text for text in lines if re.search(r"last verified|Ask where|of members|since ", text)]
