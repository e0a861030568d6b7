"""./mirab: what it does before any Python of ours runs, tried with a fake Python that installs nothing."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import exists

from mirab.observe.region import load

ROOT = Path(__file__).parents[2]
LOCK = """# CPython: 3.11 3.13

alpha==1 --hash=sha256:00
# ---- test part ----
beta==2 --hash=sha256:11
"""
# Plays python3.13, `-m venv` and the Python inside .venv; every call of it is written to $CALLS.
FAKE = """#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
"- "*) cat >/dev/null; [ -z "${NO_PYTHON-}" ] && echo "$0" ;;
-V) echo Python 3.13.0 ;;
"-c import venv, ensurepip") [ -z "${NO_VENV-}" ] ;;
"-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
"-m pip install "*) [ -z "${NO_NETWORK-}" ] && sleep "${SLOW-0}" ;;
"-c import sysconfig"*) dirname "$0" ;;
"-m mirab "*) echo "ran $*" ;;
esac
"""
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "a folder" / "mirab"
    root.mkdir(parents=True)
    shutil.copy(ROOT / "mirab", root / "mirab")
    (root / "requirements.lock").write_text(LOCK)
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in [
        "sh",
        "sed",
        "cat",
        "cksum",
        "ln",
        "rm",
        "mkdir",
        "cp",
        "dirname",
        "readlink",
        "date",
        "grep",
        "sleep",
    ]:
        found = shutil.which(tool)
        assert found
        (tools / tool).symlink_to(found)
    (tools / "python3.13").write_text(FAKE)
    (tools / "python3.13").chmod(0o755)
    return root


def environment(root: Path, **more: str) -> dict[str, str]:
    tools = root.parents[1] / "bin"
    return {"PATH": str(tools), "CALLS": str(root.parents[1] / "calls"), **more}


@pytest.fixture
def run(checkout: Path) -> Run:
    def start(*arguments: str, cwd: Path = checkout, **more: str) -> "subprocess.CompletedProcess[str]":
        command = [checkout / "mirab", *arguments]
        return subprocess.run(
            command, cwd=cwd, env=environment(checkout, **more), capture_output=True, text=True, check=False
        )

    return start


def calls(checkout: Path, start: str) -> int:
    path = checkout.parents[1] / "calls"
    told = path.read_text().splitlines() if path.is_file() else []
    return sum(line.startswith(start) for line in told)


def installs(checkout: Path) -> int:
    return calls(checkout, "-m pip install")


@pytest.mark.parametrize("shell", ["dash", "sh", "bash"])
def test_the_script_is_posix(shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not on this machine")
    subprocess.run([shell, "-n", str(ROOT / "mirab")], check=True)


def test_the_first_start_installs_and_the_second_does_not(checkout: Path, run: Run) -> None:
    first, second = run("brief", "--on", "2023-10-01"), run("brief")
    assert (first.stdout, second.stdout) == ("ran -m mirab brief --on 2023-10-01\n", "ran -m mirab brief\n")
    assert installs(checkout) == 1


def test_after_an_installation_the_queues_are_compiled_beside_the_first_command(
    checkout: Path, run: Run
) -> None:
    beside = "-m mirab simulate corridor --region toy --scenario storm"
    assert exists(f"mirab {beside.removeprefix('-m mirab ')}")
    assert "storm" in {row["scenario_id"] for row in load("toy").rows("corridor/scenarios")}
    run("brief")
    run("brief")
    until = time.monotonic() + 30
    while not calls(checkout, beside) and time.monotonic() < until:
        time.sleep(0.02)
    assert calls(checkout, beside) == 1


def test_a_command_installs_the_run_part_only(checkout: Path, run: Run) -> None:
    run("brief")
    taken = (checkout / ".venv" / "run.txt").read_text()
    assert "alpha==1" in taken
    assert "beta==2" not in taken


def test_uv_installs_where_it_is_present(checkout: Path, run: Run) -> None:
    python = checkout.parents[1] / "bin" / "python3.13"
    uv = python.with_name("uv")
    uv.write_text(f'#!/bin/sh\n[ "$1" = pip ] || {{ mkdir -p "$5/bin"; cp "{python}" "$5/bin/python"; }}\n')
    uv.chmod(0o755)
    assert run("brief").stdout == "ran -m mirab brief\n"
    assert installs(checkout) == 0


def test_a_changed_lock_is_installed_again(checkout: Path, run: Run) -> None:
    run("brief")
    (checkout / "requirements.lock").write_text(LOCK.replace("alpha==1", "alpha==2"))
    assert run("brief").returncode == 0
    assert installs(checkout) == 2


def test_a_change_of_the_test_part_leaves_commands_alone(checkout: Path, run: Run) -> None:
    run("brief")
    (checkout / "requirements.lock").write_text(LOCK.replace("beta==2", "beta==3"))
    run("brief")
    assert installs(checkout) == 1


def test_an_installation_that_failed_is_repeated(checkout: Path, run: Run) -> None:
    failed = run("brief", NO_NETWORK="1")
    assert failed.returncode == 1
    assert "run the same command again" in failed.stderr
    assert run("brief").stdout == "ran -m mirab brief\n"
    assert not (checkout / ".venv.lock").is_symlink()


def test_the_script_runs_from_another_folder(tmp_path: Path, run: Run) -> None:
    assert run("brief", cwd=tmp_path).stdout == "ran -m mirab brief\n"


@pytest.mark.parametrize("linked", [".", "mirab"])
def test_the_script_runs_through_a_link(tmp_path: Path, checkout: Path, linked: str) -> None:
    link = tmp_path / "linked"
    link.symlink_to((checkout / linked).relative_to(tmp_path))
    started = subprocess.run(
        [link / "mirab" if linked == "." else link, "brief"],
        env=environment(checkout),
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.stdout == "ran -m mirab brief\n"


def test_arguments_keep_their_spaces(run: Run) -> None:
    assert run("brief", "--out", "two  words").stdout == "ran -m mirab brief --out two  words\n"


def test_two_starts_at_once_install_once(checkout: Path) -> None:
    settings = environment(checkout, SLOW="1")
    both = [
        subprocess.Popen([checkout / "mirab", "brief"], env=settings, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [process.communicate()[0] for process in both] == ["ran -m mirab brief\n"] * 2
    assert installs(checkout) == 1


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_what_a_stopped_installation_left_is_made_anew(
    checkout: Path, run: Run, stop: signal.Signals
) -> None:
    settings = environment(checkout, SLOW="60")
    # A test that runs in the background has interrupts ignored, and a shell cannot trap what is ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    started = subprocess.Popen([checkout / "mirab", "brief"], env=settings, start_new_session=True)
    signal.signal(signal.SIGINT, before)
    while not calls(checkout, "-m pip install"):
        time.sleep(0.02)
    os.killpg(started.pid, stop)
    assert started.wait(timeout=30) != 0
    assert run("brief").stdout == "ran -m mirab brief\n"
    assert calls(checkout, "-m venv") == 2
    assert not list(checkout.glob(".venv.*"))


def test_a_guard_whose_owner_is_gone_is_taken_away(checkout: Path, run: Run) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    (checkout / ".venv.lock").symlink_to(str(gone.pid))
    assert run("brief").stdout == "ran -m mirab brief\n"


def test_a_machine_without_python_is_told_what_to_install(run: Run) -> None:
    told = run("brief", NO_PYTHON="1")
    assert told.returncode == 1
    assert "needs Python 3.11, 3.13 (64-bit)" in told.stderr
    assert "apt install python3 python3-venv" in told.stderr


def test_a_python_without_venv_is_told_what_to_install(run: Run) -> None:
    told = run("brief", NO_VENV="1")
    assert told.returncode == 1
    assert "apt install python3-venv" in told.stderr


def test_a_broken_environment_is_made_again(checkout: Path, run: Run) -> None:
    run("brief")
    (checkout / ".venv" / "bin" / "python").unlink()
    assert run("brief").stdout == "ran -m mirab brief\n"
    assert installs(checkout) == 2
