"""The harness: four verdicts, a must that misses fails, a new file is a new area."""

import json
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from rich.console import Console

from mirab.core.errors import InputError, UnknownNameError
from mirab.validation import harness
from mirab.validation.harness import Finding, Kind, Report, Verdict

HOLDS = Finding("norm at the gauge", 365.0, 365.0, Verdict.HOLDS, Kind.MUST, "m3/s", "a yearbook")
MISSES = replace(HOLDS, what="volume", ours=300.0, verdict=Verdict.MISSES)
FITTED = replace(HOLDS, what="rule", verdict=Verdict.FITTED, remark="the rule was fitted on it")
UNKNOWN = replace(HOLDS, what="intake", ours=None, verdict=Verdict.CANNOT_BE_CHECKED, remark="no gauge")


def report(*findings: Finding) -> Report:
    return Report("toy", "A toy", findings, 0.5, date(2026, 1, 2), "mirab 0")


@cache
def result(area: str) -> Report:
    return harness.run(area)


@pytest.mark.parametrize("area", harness.areas())
def test_no_must_of_an_area_misses(area: str) -> None:
    assert not result(area).missed, result(area).summary


@pytest.mark.parametrize("area", harness.areas())
def test_an_area_takes_at_most_60_seconds(area: str) -> None:
    assert result(area).seconds <= 60


@pytest.mark.parametrize("area", harness.areas())
def test_the_committed_table_of_an_area_has_all_its_findings(area: str) -> None:
    path = harness.checkout() / "docs" / "validation" / f"{area}.md"
    rows = {line.split(" | ")[0].removeprefix("| ") for line in path.read_text().splitlines()}
    missing = {finding.what for finding in result(area).findings} - rows
    assert not missing, f"./mirab validate {area} --write"


def test_the_area_of_joint_steps_says_of_each_study_what_can_be_said() -> None:
    found = result("resolve")
    rivers = [one for one in found.findings if one.kind is Kind.AIM]
    assert all(one.source and one.remark for one in rivers)
    assert {"AFG", "TJK", "UZB"} <= {word for one in rivers for word in one.what.split()}
    unread = [one for one in rivers if one.ours is None]
    assert all(one.verdict is Verdict.CANNOT_BE_CHECKED for one in unread)
    assert {"Jalilov", "Bekchanov", "Teasley"} <= {one.source.split()[0].rstrip(",") for one in rivers}
    assert "0 must missed" in harness.as_markdown(found)


def test_the_folder_is_walked() -> None:
    assert "calendar" in harness.areas()
    assert not harness.NOT_AREAS & set(harness.areas())


def test_an_unknown_area_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="nearest is 'calendar'"):
        harness.run("calender")


def test_a_missed_must_fails_and_a_missed_aim_does_not() -> None:
    assert report(HOLDS, MISSES).missed == (MISSES,)
    assert not report(HOLDS, replace(MISSES, kind=Kind.AIM)).missed


def test_a_fitted_number_is_never_counted_as_holding() -> None:
    assert report(HOLDS, FITTED).summary == "1 holds, 0 misses, 0 cannot be checked, 1 fitted; 0 must missed"


@pytest.mark.parametrize("verdict", [Verdict.FITTED, Verdict.CANNOT_BE_CHECKED])
def test_what_is_not_compared_says_why(verdict: Verdict) -> None:
    with pytest.raises(InputError, match="say why"):
        replace(HOLDS, verdict=verdict)


@pytest.mark.parametrize("width", [40, 72, 200])
def test_a_terminal_of_any_width_shows_all_verdicts(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    harness.show(report(HOLDS, MISSES, FITTED, UNKNOWN))
    flat = "".join(capsys.readouterr().out.split())
    assert all(word in flat for word in ("1holds", "1misses", "1cannotbechecked", "1fitted"))


def test_brackets_in_a_text_are_shown_as_they_stand() -> None:
    console = Console(width=120)
    with console.capture() as captured:
        console.print(harness.table(report(replace(HOLDS, what="intake [red]"))))
    assert "intake [red]" in captured.get()


def test_the_json_holds_every_finding_with_its_verdict_in_words() -> None:
    told = json.loads(harness.as_json(report(HOLDS, UNKNOWN)))
    assert [finding["verdict"] for finding in told["findings"]] == ["holds", "cannot be checked"]
    assert (told["on"], told["findings"][1]["ours"]) == ("2026-01-02", None)


def test_the_committed_table_has_a_row_for_each_finding_with_date_and_versions() -> None:
    text = harness.as_markdown(report(HOLDS, replace(MISSES, what="a | b")))
    assert "2026-01-02" in text
    assert "mirab 0" in text
    assert r"| a \| b | 365 | 300 | m3/s | misses | must | a yearbook |" in text


@pytest.mark.parametrize(
    ("value", "text"), [(None, "none"), (31.536, "31.54"), (12345.6, "12346"), (7, "7"), ("April", "April")]
)
def test_values_are_shown_with_four_figures(value: harness.Value, text: str) -> None:
    assert harness.as_text(value) == text


def test_an_area_with_data_gets_its_folder_and_another_gets_none(tmp_path: Path) -> None:
    found = harness.run("security", tmp_path)
    assert {one.verdict for one in found.findings} == {Verdict.CANNOT_BE_CHECKED}
    assert harness.run("calendar", tmp_path).findings == harness.run("calendar").findings
