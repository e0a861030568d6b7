"""The diary: acts are added up, nothing is lost, and what is wrong is told all together."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.errors import InputError, UnknownNameError
from mirab.core.records import Marking
from mirab.follow.diary import Act, Deed, Diary, Kind, entries, events, overdue, standing

MEETING = {"text": "They asked for the data.", "about": "XBB", "on": "2023-09-20"}


def diary(tmp_path: Path) -> Diary:
    return Diary(tmp_path / "diary.sqlite", "toy")


def test_an_entry_is_internal_unless_marked_otherwise_and_a_follow_up_is_about_whom_its_meeting_was(
    tmp_path: Path,
) -> None:
    mine = diary(tmp_path)
    met = mine.add(Kind.MEETING, MEETING, person="Aigul")
    cells = {"text": "Send it", "meeting": met, "owner": "water officer", "due": "2023-09-30"}
    mine.add(Kind.FOLLOW_UP, {**cells, "marking": "partners"}, person="Aigul")
    first, second = mine.entries()
    assert (first.marking, first.about) == (Marking.INTERNAL, ("XBB",))
    assert (second.about, second.owner, second.done) == (("XBB",), "water officer", False)
    assert overdue(second, date(2023, 10, 1))
    assert not overdue(second, date(2023, 9, 30))
    assert standing(mine.entries(), Marking.PARTNERS) == ()  # its meeting is internal


def test_a_correction_counts_and_what_stood_before_stays_in_the_history(tmp_path: Path) -> None:
    mine = diary(tmp_path)
    id = mine.add(Kind.MEETING, MEETING, person="Aigul")
    mine.correct(id, {"text": "They asked for the data of August."}, person="Bakyt")
    (one,) = mine.entries()
    assert (one.text, one.on) == ("They asked for the data of August.", "2023-09-20")
    assert [(act.what, act.person) for act in one.history] == [(Deed.ADD, "Aigul"), (Deed.CORRECT, "Bakyt")]
    assert one.history[0].cells["text"] == MEETING["text"]


def test_what_is_withdrawn_is_told_no_more_but_stays_with_its_reason(tmp_path: Path) -> None:
    mine = diary(tmp_path)
    id = mine.add(Kind.OBJECTIVE, {"text": "Agree a date", "about": "XBB"}, person="Aigul")
    mine.withdraw(id, "agreed", person="Bakyt")
    assert standing(mine.entries(), Marking.INTERNAL) == ()
    assert mine.chosen(id)[0].withdrawn == "agreed"
    with pytest.raises(InputError, match="withdrawn without a reason"):
        mine.withdraw(id, " ", person="Bakyt")


def test_an_open_follow_up_is_an_event_of_its_due_day_with_its_own_marking(tmp_path: Path) -> None:
    mine = diary(tmp_path)
    met = mine.add(Kind.MEETING, {**MEETING, "about": "XBB|ben_boric", "marking": "public"}, person="Aigul")
    cells = {"text": "Send it", "meeting": met, "owner": "clerk", "due": "2023-10-12"}
    open_one = mine.add(Kind.FOLLOW_UP, {**cells, "marking": "partners"}, person="Aigul")
    done = mine.add(Kind.FOLLOW_UP, cells, person="Aigul")
    mine.correct(done, {"done": "yes"}, person="Aigul")
    (event,) = events(mine.entries(), ["XAA", "XBB"])
    assert (event.id, event.title, event.start) == (f"diary:{open_one}", "Send it (clerk)", "2023-10-12")
    assert (event.states, event.marking) == (("XBB",), Marking.PARTNERS)
    assert events(standing(mine.entries(), Marking.PUBLIC), ["XBB"]) == ()


def test_all_that_is_wrong_is_told_together_and_nothing_is_written(tmp_path: Path) -> None:
    mine = diary(tmp_path)
    with pytest.raises(InputError, match="--text is empty") as told:
        mine.add(Kind.POINT, {"stance": "rise", "marking": "secret"}, person="Aigul")
    assert [problem.where for problem in told.value.problems] == [
        "--text",
        "--about",
        "--stance",
        "--marking",
    ]
    with pytest.raises(InputError, match="--on '2023-13' is not a date"):
        mine.add(Kind.MEETING, {**MEETING, "on": "2023-13"}, person="Aigul")
    with pytest.raises(InputError, match="--meeting 'meeting_9' is none"):
        mine.add(
            Kind.FOLLOW_UP, {"text": "a", "meeting": "meeting_9", "owner": "b", "due": "2024"}, person="c"
        )
    with pytest.raises(UnknownNameError, match="entry of the diary 'meeting_1' is not known"):
        mine.correct("meeting_1", {"text": "a"}, person="b")
    assert mine.entries() == ()


def test_a_correction_must_leave_an_entry_that_can_stand(tmp_path: Path) -> None:
    mine = diary(tmp_path)
    id = mine.add(Kind.MEETING, MEETING, person="Aigul")
    with pytest.raises(InputError, match="is not changed"):
        mine.correct(id, {}, person="Aigul")
    with pytest.raises(InputError, match="'soon' is not a date"):
        mine.correct(id, {"on": "soon"}, person="Aigul")


def test_a_diary_keeps_regions_apart_and_only_adds_lines(tmp_path: Path) -> None:
    mine = diary(tmp_path)
    mine.add(Kind.MEETING, MEETING, person="Aigul")
    other = Diary(mine.path, "elsewhere")
    assert other.entries() == ()
    other.add(Kind.MEETING, MEETING, person="Bakyt")
    assert len(mine.entries()) == 1
    with sqlite3.connect(mine.path) as file:
        assert file.execute("SELECT count(*) FROM acts").fetchone() == (2,)


@settings(derandomize=True, max_examples=50, deadline=None)
@given(
    st.lists(st.fixed_dictionaries({"text": st.text(max_size=9), "place": st.text(max_size=9)}), max_size=6)
)
def test_the_last_word_on_each_field_counts_whatever_was_corrected(changes: list[dict[str, str]]) -> None:
    first = Act("meeting_1", Deed.ADD, {"kind": "meeting", **MEETING, "place": "here"}, "a", "2023")
    acts = [first, *(Act("meeting_1", Deed.CORRECT, cells, "b", "2023") for cells in changes)]
    (one,) = entries(acts)
    last = changes[-1] if changes else {"text": MEETING["text"], "place": "here"}
    assert (one.text, one.place, len(one.history)) == (last["text"], last["place"], 1 + len(changes))
