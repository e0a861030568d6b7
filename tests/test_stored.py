"""A file of a user is made once, taken whole or not at all, and never a stranger's."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from mirab.core.errors import StoredFileError
from mirab.stored import StoredFile

SCHEMA = """
CREATE TABLE line (text TEXT);
CREATE VIEW said AS
SELECT text FROM line;
"""
WRITER = """
import sys
from pathlib import Path
from mirab.stored import StoredFile
file = StoredFile(Path(sys.argv[1]), 77, 1, sys.argv[2])
sys.stdin.readline()
for number in range(20):
    with file.opened(writing=True) as connection:
        (count,) = connection.execute("SELECT count(*) FROM line").fetchone()
        connection.execute("INSERT INTO line VALUES (?)", [f"{count}"])
"""


def stored(path: Path, version: int = 1) -> StoredFile:
    return StoredFile(path / "a" / "file.sqlite", 77, version, SCHEMA)


def lines(file: StoredFile) -> list[str]:
    with file.opened() as connection:
        return [row["text"] for row in connection.execute("SELECT text FROM said")]


def test_it_is_made_when_something_is_first_written(tmp_path: Path) -> None:
    file = stored(tmp_path)
    with file.opened(writing=True) as connection:
        connection.execute("INSERT INTO line VALUES ('one')")
    assert lines(file) == ["one"]


def give_up(file: StoredFile) -> None:
    with file.opened(writing=True) as connection:
        connection.execute("INSERT INTO line VALUES ('one')")
        raise ValueError("stop")


def test_what_raises_in_the_middle_leaves_a_file_that_can_be_read_and_nothing_in_it(tmp_path: Path) -> None:
    file = stored(tmp_path)
    with pytest.raises(ValueError, match="stop"):
        give_up(file)
    assert lines(file) == []


def test_two_that_make_it_at_once_both_write_and_see_each_other(tmp_path: Path) -> None:
    file = stored(tmp_path)
    command = [sys.executable, "-c", WRITER, str(file.path), SCHEMA]
    both = [subprocess.Popen(command, stdin=subprocess.PIPE, text=True) for _ in range(2)]
    for one in both:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    assert [one.wait(timeout=60) for one in both] == [0, 0]
    assert sorted(map(int, lines(file))) == list(range(40))


def test_a_file_of_somebody_else_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    file = stored(tmp_path)
    file.path.parent.mkdir()
    with sqlite3.connect(file.path) as stranger:
        stranger.execute("CREATE TABLE theirs (x)")
    before = file.path.read_bytes()
    with pytest.raises(StoredFileError, match="was not written by mirab"), file.opened(writing=True):
        pass
    assert file.path.read_bytes() == before


def test_a_later_version_is_refused(tmp_path: Path) -> None:
    with stored(tmp_path, version=2).opened(writing=True):
        pass
    told = "has version 2, this mirab reads up to 1"
    with pytest.raises(StoredFileError, match=told), stored(tmp_path).opened():
        pass
