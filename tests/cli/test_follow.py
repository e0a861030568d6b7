"""Promises from the command line: written down, changed with a source, listed, handed on and read again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mirab.cli import app
from mirab.core.errors import CommitmentError, MirabError, UnknownNameError

TOY = ["--region", "toy"]
NEW = [
    *("--id", "new_one", "--what", "Open the gate", "--owner", "gate office", "--adopted", "2023-08"),
    *("--due", "2023-12-01", "--source", "Minutes 4", "--person", "Aigul"),
]


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIRAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")


def run(*arguments: str) -> str:
    return told("commit", *arguments)


def told(*arguments: str) -> str:
    shown = CliRunner().invoke(app, [*arguments, *TOY])
    if isinstance(shown.exception, MirabError):
        raise shown.exception
    assert shown.exit_code == 0, shown.output
    return shown.output


def listed(*arguments: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run("list", *arguments, "--json", "--on", "2099-01-01"))
    return found


def test_a_promise_is_written_down_changed_and_shown_with_its_history() -> None:
    assert run("add", *NEW) == "wrote down new_one\n"
    change = ["--status", "partially met", "--status-on", "2023-11", "--source", "Visit", "--person", "Bakyt"]
    assert run("update", "new_one", *change) == "changed new_one\n"
    told = run("list", "new_one", "--on", "2099-01-01")
    assert "due 1\u00a0December 2023" in told
    assert "status: overdue" in told.lower()
    assert "2023-11-30 partially met: Visit, written by Bakyt at " in told


def test_a_change_without_a_source_and_an_unknown_id_are_refused() -> None:
    with pytest.raises(CommitmentError, match="the change of the status has no source"):
        run("update", "lake_2024", "--status", "met")
    with pytest.raises(UnknownNameError, match="commitment 'lake_2042' is not known; nearest is 'lake_2024'"):
        run("list", "lake_2042")


def test_a_promise_of_the_pack_can_be_assigned_to_a_body_without_an_account() -> None:
    run("update", "bridge_study", "--owner", "Road office", "--source", "Letter 9")
    (one,) = listed("--owner", "road office")
    assert one["id"] == "bridge_study"


def test_what_is_due_is_listed_with_what_is_overdue() -> None:
    found = json.loads(run("list", "--due", "60", "--json", "--on", "2023-10-01"))
    assert [(one["id"], one["status"]) for one in found] == [
        ("bridge_study", "overdue"),
        ("gauge_exchange", "partially met"),
    ]


def test_what_is_exported_can_be_read_again_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("add", *NEW)
    out = tmp_path / "all.csv"
    run("export", str(out), "--on", "2099-01-01")
    before = {str(one["id"]): one for one in listed()}
    lines = out.read_text(encoding="utf-8").splitlines()
    mine = [lines[0], *(line for line in lines if line.startswith("new_one"))]
    out.write_text("\n".join(mine) + "\n", encoding="utf-8")
    monkeypatch.setenv("MIRAB_HOME", str(tmp_path / "other"))
    assert run("add", str(out)) == "1 taken, 0 refused\n"
    (after,) = listed("new_one")
    assert {**after, "history": []} == {**before["new_one"], "history": []}


def test_a_cell_that_would_start_a_formula_is_quoted_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(
        "add",
        *NEW[:2],
        "--what",
        "=HYPERLINK(1)",
        "--owner",
        "office",
        "--source",
        "toy_invented",
        "--note",
        "-",
    )
    out = tmp_path / "all.csv"
    run("export", str(out), "--on", "2099-01-01")
    lines = out.read_text(encoding="utf-8").splitlines()
    mine = [lines[0], *(line for line in lines if line.startswith("new_one"))]
    assert "'=HYPERLINK(1)" in mine[1]
    assert "toy_invented" in mine[1]
    out.write_text("\n".join(mine) + "\n", encoding="utf-8")
    monkeypatch.setenv("MIRAB_HOME", str(tmp_path / "other"))
    run("add", str(out))
    (after,) = listed("new_one")
    assert after["what"] == "=HYPERLINK(1)"


@pytest.mark.parametrize(("ending", "begin"), [("ics", "BEGIN:VCALENDAR"), ("xml", "<?xml"), ("json", "[")])
def test_an_export_is_chosen_by_the_ending(ending: str, begin: str, tmp_path: Path) -> None:
    out = tmp_path / f"all.{ending}"
    run("export", str(out), "--on", "2023-10-01")
    assert out.read_text(encoding="utf-8").startswith(begin)


def test_what_is_not_public_is_left_out_of_the_file_that_is_made_to_be_published(tmp_path: Path) -> None:
    run("add", *NEW, "--marking", "partners")
    for ending, is_told in (("csv", True), ("xml", False)):
        out = tmp_path / f"all.{ending}"
        run("export", str(out), "--on", "2023-10-01")
        assert ("new_one" in out.read_text(encoding="utf-8")) == is_told


def test_another_ending_and_a_place_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    with pytest.raises(CommitmentError, match=r"has the ending '.doc'; name it commitments.csv, or .json"):
        run("export", str(tmp_path / "all.doc"))
    with pytest.raises(CommitmentError, match="cannot be written"):
        run("export", str(tmp_path / "none" / "all.csv"))


def test_what_comes_next_is_told_with_when_it_was_verified_and_as_an_icalendar_file(tmp_path: Path) -> None:
    shown = " ".join(told("calendar", "--on", "2023-10-01", "--days", "100").split())
    assert "30 November 2023" not in shown
    assert "November 2023 Due: Exchange of readings at the Fork every ten days" in shown
    assert "Chair of Mira River Commission (MRC): Ardia to Boria" in shown
    assert "Agreement on the Waters of the Mira ends" in shown
    out = tmp_path / "next.ics"
    told("calendar", "--on", "2023-10-01", "--days", "100", "--ics", str(out))
    assert out.read_text(encoding="utf-8").count("BEGIN:VEVENT") == 3


def test_follow_tells_what_is_due_by_whom_and_what_is_overdue() -> None:
    shown = told("follow", "--on", "2023-10-01", "--days", "60")
    assert "One promise falls due up to 30\u00a0November 2023" in shown
    assert "XBB, XCC, gauge office of the commission" in shown
    assert "One promise is overdue" in shown
    found = json.loads(told("follow", "--on", "2023-10-01", "--days", "60", "--json"))
    assert [one["id"] for one in found] == ["bridge_study", "gauge_exchange"]
