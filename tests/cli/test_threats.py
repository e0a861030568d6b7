"""`mirab threat`: one command to enter, assess or close; the list says how the closed ones came out."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from mirab.cli import app
from mirab.core.errors import InputError, MirabError

NEW = [
    *("--title", "Ferry stopped", "--states", "xaa", "--level", "watch", "--probability", "10-30%"),
    *("--window", "2998-12-01/2998-12-31", "--reason", "ice", "--source", "harbour office"),
    *("--review", "2998-12-01", "--author", "A. Analyst"),
]


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIRAB_HOME", str(tmp_path / "home"))


def run(*arguments: str) -> str:
    shown = CliRunner().invoke(app, ["threat", *arguments, "--region", "toy"])
    if isinstance(shown.exception, MirabError):
        raise shown.exception
    assert shown.exit_code == 0, shown.output
    return shown.output


def test_a_threat_is_entered_assessed_listed_and_closed() -> None:
    assert run("add", "ferry", *NEW) == "entered analyst:ferry, seen by: internal\n"
    moved = ["--level", "potential", "--reason", "colder", "--review", "2998-12-05", "--author", "B"]
    assert run("assess", "analyst:ferry", *moved) == "assessed analyst:ferry: potential, seen by: internal\n"
    assert "analyst:ferry (potential, XAA, to 2998-12-31): Ferry stopped\n" in run("list")
    assert "no track record" in run("list")
    assert run("close", "analyst:ferry", "--came", "yes", "--source", "seen") == "closed analyst:ferry: yes\n"
    told = run("list", "--by-author")
    assert "Ferry stopped" not in told
    assert "A. Analyst: closed threats: 1, Brier 0.640" in told
    assert "A. Analyst" not in run("list")


def test_a_threat_without_what_it_needs_is_refused_and_not_kept() -> None:
    with pytest.raises(InputError, match="reason is empty"):
        run("add", "ferry", *(part if part != "ice" else "" for part in NEW))
    assert "ferry" not in run("list")
