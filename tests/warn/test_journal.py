"""The journal keeps what was confirmed, whole, whatever happens to the program."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from mirab.core.errors import InputError, StoredFileError
from mirab.warn.journal import Journal

from .test_judgements import CELLS, STATES

FUTURE = {**CELLS, "review": "2999-01-01"}
WRITER = """
import sys
from pathlib import Path
from mirab.warn.journal import Journal
journal, cells = Journal(Path(sys.argv[1]), "toy"), eval(sys.argv[2])
for number in range(10_000):
    journal.write("add", f"analyst:n{number}", cells, {"XAA", "XBB"})
    print(number, flush=True)
"""


def test_what_is_written_is_read_again_by_its_region_only(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "made" / "threats.sqlite", "toy")
    assert journal.acts() == ()
    written = journal.write("add", "analyst:border", FUTURE, STATES)
    assert journal.acts() == (written,)
    assert Journal(journal.path, "other").acts() == ()


def test_a_refused_act_leaves_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "threats.sqlite", "toy")
    journal.write("add", "analyst:border", FUTURE, STATES)
    with pytest.raises(InputError, match="is taken"):
        journal.write("add", "analyst:border", FUTURE, STATES)
    assert len(journal.acts()) == 1


def test_a_killed_writer_loses_nothing_that_it_confirmed(tmp_path: Path) -> None:
    path = tmp_path / "threats.sqlite"
    command = [sys.executable, "-c", WRITER, str(path), repr(FUTURE)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as writer:
        confirmed = [int(writer.stdout.readline()) for _ in range(20)]
        writer.send_signal(signal.SIGKILL)
        confirmed += [int(line) for line in writer.stdout.read().split()]
    kept = [act.id for act in Journal(path, "toy").acts()]
    assert kept[: len(confirmed)] == [f"analyst:n{number}" for number in confirmed]
    assert len(kept) <= len(confirmed) + 1
    Journal(path, "toy").write("add", "analyst:after", FUTURE, STATES)


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "threats.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE mine (x)")
    with pytest.raises(StoredFileError, match="was not written by mirab"):
        Journal(path, "toy").acts()


def test_a_file_of_a_later_version_asks_for_an_update(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "threats.sqlite", "toy")
    journal.write("add", "analyst:border", FUTURE, STATES)
    with sqlite3.connect(journal.path) as file:
        file.execute("PRAGMA user_version = 9")
    with pytest.raises(StoredFileError, match="has version 9, this mirab reads up to 1"):
        journal.acts()
