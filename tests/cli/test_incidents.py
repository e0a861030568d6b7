"""`mirab incident`: one command writes an event down, says what is not counted, and lists."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from mirab.cli import app
from mirab.core.errors import InputError, MirabError

FORD = [
    *("--kind", "border_incident", "--states", "xaa|xbb", "--date", "2023-09-20", "--place", "Ford"),
    *("--title", "Crossing closed", "--source", "Radio", "--told", "2023-09-24", "--vintage", "weekly 38"),
]


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIRAB_HOME", str(tmp_path / "home"))


def run(*arguments: str) -> str:
    shown = CliRunner().invoke(app, ["incident", *arguments, "--region", "toy"])
    if isinstance(shown.exception, MirabError):
        raise shown.exception
    assert shown.exit_code == 0, shown.output
    return shown.output


def test_an_event_is_entered_listed_and_withdrawn() -> None:
    assert run("add", "ford", *FORD) == "entered own:ford (weekly 38), seen by: internal\n"
    line = "2023-09-20 own:ford (XAA, XBB): Border incident: Ford: Crossing closed [weekly 38]\n"
    assert line in run("list")
    assert line not in run("list", "--on", "2023-09-23")
    assert run("withdraw", "ford", "--reason", "radio withdrew it") == "withdrawn own:ford\n"
    assert line not in run("list")


def test_what_looks_like_an_event_that_is_known_is_told_at_once() -> None:
    run("add", "ford", *FORD)
    again = [{"weekly 38": "monthly", "2023-09-24": "2023-10-02"}.get(word, word) for word in FORD]
    told = (
        "not counted: own:ford (weekly 38): looks like own:crossing of 20 September 2023 in another edition"
    )
    assert told in run("add", "crossing", *again)
    weekly = [{"monthly": "yearly", "2023-10-02": "2023-10-09"}.get(word, word) for word in again]
    run("add", "other", *weekly, "--apart", "own:ford|own:crossing")
    listed = run("list")
    assert told in listed
    assert "2023-09-20 own:crossing " in listed
    assert "2023-09-20 own:other " in listed


def test_kinds_are_listed_with_what_counts_and_whether_they_are_mapped() -> None:
    line = "border_incident: Use of force, closure or detention at a border between states"
    assert f"{line} (catalogue: not mapped)\n" in run("kinds")


def test_a_wrong_kind_is_a_message() -> None:
    with pytest.raises(InputError, match="kind 'border' is not known; nearest is 'border_incident'"):
        run("add", "ford", *FORD, "--kind", "border")
