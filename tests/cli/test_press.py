"""read, search and review from the command line."""

import json
from pathlib import Path

import command_line
import pytest

from mirab.core.marking import Marking
from mirab.observe.press.store import PressStore

TEXT = "ASTANA, 21 February 2024 – Foreign Minister Murat Nurtleu met with Kaha Imnadze on 20 February."


def run(folder: Path, *arguments: str, given: str = "") -> command_line.Told:
    return command_line.run(*arguments, "--store", str(folder / "press.sqlite"), given=given)


def test_a_text_is_read_found_and_reviewed(tmp_path: Path) -> None:
    told = json.loads(run(tmp_path, "read", "-", "--json", given=TEXT).stdout)
    (meeting,) = told["meetings"]
    assert [party["id"] for party in meeting["parties"]] == ["murat_nurtleu", "kaha_imnadze"]
    assert meeting["evidence"][0]["quote"] == "met with"
    assert "met with Kaha Imnadze" in run(tmp_path, "search", "Imnadze").stdout
    record = f"meeting_{told['id'][:10]}_1"
    assert record in run(tmp_path, "review").stdout
    assert run(tmp_path, "review", record, "accept", "--by", "A. Reader").stdout == f"{record}: accept\n"
    assert "rule meet_en_met_with: 1 of 1 accepted" in run(tmp_path, "review").stdout


def test_events_are_exported_with_the_names_of_plover(tmp_path: Path) -> None:
    run(tmp_path, "read", "-", given=TEXT)
    (event,) = json.loads(run(tmp_path, "events", "--format", "json").stdout)
    assert (event["event"], sorted(event["actor"])) == (["CONSULT"], ["KAZ", "unrcca"])
    assert run(tmp_path, "events", "--since", "2025-01-01").stdout.count("\n") == 1
    bad = run(tmp_path, "events", "--since", "soon")
    assert (bad.returncode, "--since 'soon' is not a date" in bad.stderr) == (2, True)


def test_a_value_is_put_right_and_both_are_shown(tmp_path: Path) -> None:
    told = json.loads(run(tmp_path, "read", "-", "--json", given=TEXT).stdout)
    record = f"meeting_{told['id'][:10]}_1"
    run(tmp_path, "review", record, "correct", "--field", "day", "--value", "2024-02-19", "--by", "A. Reader")
    shown = run(tmp_path, "review", record).stdout
    assert "day: 2024-02-19" in shown
    assert "corrected day: 2024-02-20 -> 2024-02-19, A. Reader" in shown
    bad = run(tmp_path, "review", record, "correct", "--field", "day", "--value", "soon")
    assert (bad.returncode, "is not a date" in bad.stderr) == (2, True)


def test_a_bad_file_in_a_folder_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_bytes(b"PK\x03\x04")
    (tmp_path / "in" / "b.txt").write_text(TEXT, encoding="utf-8")
    done = run(tmp_path, "read", str(tmp_path / "in"))
    assert done.returncode == 1
    assert "refused: a.txt is a ZIP archive" in done.stderr
    assert "Kaha Imnadze" in done.stdout


def test_an_unknown_verdict_is_a_mistake_with_the_choices(tmp_path: Path) -> None:
    done = run(tmp_path, "review", "meeting_x_1", "maybe")
    assert (done.returncode, done.stdout) == (2, "")
    assert "give one of accept, correct, reject" in done.stderr


def test_the_licence_and_the_marking_of_a_text_are_kept_with_it(tmp_path: Path) -> None:
    run(tmp_path, "read", "-", "--licence", "CC BY 4.0", "--marking", "internal", given=TEXT)
    (document,) = {one["document"] for one in json.loads(run(tmp_path, "review", "--json").stdout)["waiting"]}
    path = tmp_path / "press.sqlite"
    assert PressStore(path).texts([document])[document] == (TEXT, "CC BY 4.0")
    assert PressStore(path, Marking.PARTNERS).texts([document]) == {}


@pytest.mark.slow
def test_an_accepted_promise_is_written_down_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIRAB_HOME", str(tmp_path))
    text = "BISHKEK, 5 May 2025 – Kyrgyzstan will supply 300 million kWh to Kazakhstan by 2026."
    told = json.loads(run(tmp_path, "read", "-", "--json", given=text).stdout)
    record = f"commitment_{told['id'][:10]}_1"
    assert f"wrote down {record}" in run(tmp_path, "review", record, "accept", "--by", "A. Reader").stdout
    assert "wrote down" not in run(tmp_path, "review", record, "accept", "--by", "A. Reader").stdout
