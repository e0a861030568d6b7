"""Own readings from the command line: a table is shown, kept, corrected and withdrawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from mirab.cli import app
from mirab.core.errors import MirabError, ReadingsError

TABLE = "2023\n\tApril\t\t\n\tI\tII\tIII\nHigh Dam reservoir, inflow, m3/s\t{}\t150\t160\n"


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIRAB_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def run(*arguments: str, pasted: str = "") -> str:
    shown = CliRunner().invoke(app, ["observe", *arguments, "--region", "toy"], input=pasted)
    if isinstance(shown.exception, MirabError):
        raise shown.exception
    assert shown.exit_code == 0, shown.output
    return shown.output


def pasted(first: str, *arguments: str) -> str:
    return run("table", "-", "--author", "BWO", *arguments, pasted=TABLE.format(first))


def test_a_pasted_table_is_shown_first_and_then_kept_and_corrected() -> None:
    told = pasted("140", "--dry")
    assert "table:4B: highdam inflow 2023-04-D1 140 m3/s" in told
    assert "3 readings, 0 problems; nothing was kept" in told
    assert run("history") == ""
    assert pasted("140").startswith("3 taken, 0 of them corrections; 0 were known")
    assert pasted("145").startswith("1 taken, 1 of them corrections; 2 were known")


def test_a_withdrawn_reading_stays_in_the_history_with_its_reason() -> None:
    pasted("140")
    key = ["highdam", "inflow", "2023-04-D1", "--author", "BWO", "--reason"]
    assert run("withdraw", *key, "another gauge") == "withdrew highdam inflow 2023-04-D1 of BWO\n"
    lines = [line for line in run("history", "highdam").splitlines() if "2023-04-01" in line]
    assert "140 m3/s, table" in lines[0]
    assert "withdrawn, withdrawal" in lines[1]
    assert lines[1].endswith(": another gauge")
    with pytest.raises(ReadingsError, match="is no reading that stands"):
        run("withdraw", *key, "again")
    with pytest.raises(ReadingsError, match="has no reason"):
        run("withdraw", *key, " ")
    assert pasted("140").startswith("1 taken, 0 of them corrections; 2 were known")


def test_a_house_template_is_proved_or_told_what_it_lacks() -> None:
    assert "wrote house.docx" in CliRunner().invoke(app, ["template", "house.docx"]).output
    assert "has every style: Title" in CliRunner().invoke(app, ["check", "template", "house.docx"]).output
    refused = CliRunner().invoke(app, ["check", "template", "none.docx"]).exception
    assert isinstance(refused, MirabError)
    assert "is no Word document" in str(refused)


def test_a_table_with_a_bad_cell_is_kept_only_in_part_and_only_on_purpose() -> None:
    with pytest.raises(ReadingsError, match="table:4B 'many' is not a number"):
        pasted("many")
    assert run("history") == ""
    assert "2 taken" in pasted("many", "--partial")
