"""Notes and the diary from the command line: write down, prepare, correct, withdraw."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mirab.cli import app
from mirab.core.errors import InputError, MirabError

TOY = ["--region", "toy"]


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIRAB_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> str:
    shown = CliRunner().invoke(app, [*arguments, *TOY])
    if isinstance(shown.exception, MirabError):
        raise shown.exception
    assert shown.exit_code == 0, shown.output
    return shown.output


def test_what_an_office_writes_down_is_in_the_note_and_gone_when_withdrawn() -> None:
    assert run("diary", "objective", "Agree a date.", "--with", "Boria") == "wrote down objective_1\n"
    shown = run("note", "--with", "Ben Boric", "--on", "2023-10-01")
    assert "Agree a date. [objective_1]" in shown
    assert "note-ben_boric-2023-10-01.html" in shown
    kept = json.loads(Path("note/note-ben_boric-2023-10-01.json").read_text(encoding="utf-8"))
    assert kept["subject"]["id"] == "ben_boric"
    assert run("diary", "withdraw", "objective_1", "--reason", "agreed") == "withdrew objective_1\n"
    assert "Agree a date." not in run("note", "--with", "Ben Boric", "--on", "2023-10-01")
    assert "withdrawn: agreed" in run("diary", "list", "objective_1")


def test_a_meeting_has_a_follow_up_that_can_be_corrected_to_done() -> None:
    run("diary", "meeting", "They agreed.", "--with", "TCM", "--on", "2023-09-20", "--person", "Aigul")
    follow = ["--meeting", "meeting_1", "--owner", "clerk", "--due", "2023-09-30"]
    assert run("diary", "follow-up", "Send it", *follow) == "wrote down follow_up_1\n"
    assert "Send it; clerk, by 30 September 2023: overdue" in run(
        "note", "--with", "TCM", "--on", "2023-10-01"
    )
    run("diary", "correct", "follow_up_1", "--done", "yes", "--person", "Bakyt")
    assert "Send it" not in run("note", "--with", "TCM", "--on", "2023-10-01")
    told = run("diary", "list", "follow_up_1")
    assert "Bakyt, correct: done: yes" in told
    assert "2023-09-30; three_capitals; Send it; clerk; done" in told


def test_the_diary_of_an_office_without_entries_says_so_and_lists_as_json() -> None:
    assert run("diary", "list") == "the diary holds nothing yet\n"
    run("diary", "point", "Not the bridge.", "--with", "XAA", "--stance", "avoid")
    assert json.loads(run("diary", "list", "--json"))[0]["stance"] == "avoid"


def test_a_visit_is_written_with_its_calendar(tmp_path: Path) -> None:
    visit = tmp_path / "autumn.csv"
    visit.write_text("date,with\n2023-10-02,Ada Arden\n2023-10-03,TCM\n", encoding="utf-8")
    told = run("tour", str(visit))
    assert "tour-autumn-2023-10-02.ics" in told
    assert told.count("Points to raise") == 2


def test_an_unknown_person_is_refused() -> None:
    with pytest.raises(InputError, match="'Ada Ardin' is nobody"):
        run("note", "--with", "Ada Ardin")
