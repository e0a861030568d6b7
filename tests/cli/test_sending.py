"""Sending from the command line: letters are written, a too low marking is refused, nothing goes unasked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mirab.cli import app
from mirab.core.errors import InputError, MirabError


@pytest.fixture(autouse=True)
def _note(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    told = {"subject": {"title": "Ada"}, "on": "2030-04-01", "audience": "partners"}
    Path("note.json").write_text(json.dumps(told), encoding="utf-8")
    Path("note.docx").write_bytes(b"x")
    people = "name,email,marking\nAigul,aigul@example.org,internal\nBakyt,bakyt@example.org,public\n"
    Path("people.csv").write_text(people, encoding="utf-8")


def run(*arguments: str) -> str:
    base = ["send", "note.json", "--recipients", "people.csv", "--from", "office@example.org"]
    shown = CliRunner().invoke(app, [*base, *arguments])
    if isinstance(shown.exception, MirabError):
        raise shown.exception
    assert shown.exit_code == 0, shown.output
    return shown.output


def test_a_person_of_too_low_a_marking_stops_the_letters_before_one_is_written() -> None:
    with pytest.raises(
        InputError, match="Bakyt <bakyt@example.org> may see public, the document is partners"
    ):
        run()
    assert not Path("outbox").exists()


def test_letters_are_written_and_nothing_is_sent_unless_really_asked_for() -> None:
    told = run("--partial")
    assert "left out, of too low a marking: Bakyt" in told
    assert told.endswith("nothing was sent\n")
    assert [path.name for path in Path("outbox").iterdir()] == ["001-aigul-example-org.eml"]
    dry = run("--partial", "--smtp", "localhost:9")
    assert "would be sent over localhost:9 to Aigul <aigul@example.org>: Ada, 1 April 2030 (partners)" in dry
    assert "nothing was sent; --really sends it" in dry


def test_sending_needs_a_server_and_a_sender() -> None:
    with pytest.raises(InputError, match="--really has no mail server"):
        run("--partial", "--really")
    with pytest.raises(InputError, match="--from 'office' is no address"):
        run("--from", "office")
