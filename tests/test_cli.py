"""The command line: quick to start, and a user's mistake is a message, not a traceback."""

import json
import resource
import subprocess
import sys

import command_line
import pytest

import mirab
from mirab import cli


def start(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "mirab", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def spent() -> float:
    """Seconds of the processor that programs started here have taken."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_the_version_is_the_packages() -> None:
    assert start("--version").stdout == f"mirab {mirab.__version__}\n"


def test_help_takes_under_600_milliseconds() -> None:
    # The time of the processor, best of five: the machine may be busy, the program may not be slow.
    for _ in range(5):
        begun = spent()
        assert "validate" in start("--help").stdout
        if spent() - begun < 0.6:
            return
    pytest.fail("five starts took more than 0.6 s each")


def test_a_mistake_is_a_message_with_the_way_out_and_exit_code_2() -> None:
    told = start("validate", "calender")
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr == "area 'calender' is not known; nearest is 'calendar'\n"


@pytest.mark.parametrize("end", [KeyboardInterrupt(), SystemExit(130), RuntimeError("Query interrupted")])
def test_an_interrupt_ends_with_130_and_no_traceback(
    end: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(**_: object) -> None:
        raise end

    monkeypatch.setattr(cli, "app", interrupted)
    with pytest.raises(SystemExit, match="130"):
        cli.main()
    assert capsys.readouterr().err == "interrupted\n"


def test_validation_prints_nothing_but_json_when_asked() -> None:
    told = command_line.run("validate", "calendar", "--json")
    assert told.returncode == 0
    assert json.loads(told.stdout)["area"] == "calendar"


def test_a_missed_must_exits_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    from mirab.validation import harness
    from mirab.validation.harness import Finding, Kind, Verdict

    missed = Finding("toy", 1, 2, Verdict.MISSES, Kind.MUST)
    monkeypatch.setattr("mirab.validation.calendar.findings", lambda: [missed])
    monkeypatch.setattr(sys, "argv", ["mirab", "validate", "calendar"])
    assert harness.run("calendar").missed == (missed,)
    with pytest.raises(SystemExit, match="1"):
        cli.main()


def test_the_tests_are_run_by_the_script() -> None:
    told = start("test")
    assert told.returncode == 2
    assert "./mirab test" in told.stderr


def test_the_scenarios_of_a_pack_are_listed_and_a_wrong_one_names_the_nearest() -> None:
    assert "dry_year" in command_line.run("simulate", "water", "--region", "toy", "--list").stdout
    told = command_line.run("simulate", "water", "--region", "toy", "--scenario", "dry_yeer")
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr == "scenario 'dry_yeer' is not known; nearest is 'dry_year'\n"


def test_a_date_that_is_none_is_one_message() -> None:
    told = command_line.run("brief", "--region", "toy", "--on", "2023-13-01")
    assert (told.returncode, told.stdout) == (2, "")
    assert "--on '2023-13-01' is not a date; give it as 2023-10-01" in told.stderr


def test_targets_of_a_state_are_json_with_a_chance_each_and_a_wrong_state_names_the_nearest() -> None:
    found = json.loads(command_line.run("targets", "--state", "kgz", "--members", "50", "--json").stdout)
    assert {course["state"] for course in found["courses"]} == {"KGZ"}
    assert any(course["probability"] is not None for course in found["courses"])
    assert "nearest is 'KGZ'" in command_line.run("targets", "--state", "KGX").stderr


def test_a_pack_without_targets_says_where_they_stand() -> None:
    assert "development/targets.csv holds them" in command_line.run("targets", "--region", "toy").stderr
