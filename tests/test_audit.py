"""The audit of a user's file tells who wrote what, and notices every row that was changed behind its back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mirab import audit
from mirab.core.errors import StoredFileError
from mirab.stored import StoredFile

SCHEMA = """
CREATE TABLE line (number INTEGER PRIMARY KEY, text TEXT);
CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT, photo BLOB);
CREATE VIRTUAL TABLE words USING fts5 (text);
"""


@pytest.fixture
def file(tmp_path: Path) -> StoredFile:
    found = StoredFile(tmp_path / "file.sqlite", 77, 1, SCHEMA)
    for number in range(3):
        with found.opened(writing=True) as connection:
            connection.execute("INSERT INTO line (text) VALUES (?)", [f"line {number}"])
            connection.execute("INSERT INTO words VALUES ('searched')")
    return found


def forged(file: StoredFile, *statements: str) -> tuple[str, ...]:
    """What a check finds after statements that went around the program."""
    with sqlite3.connect(file.path) as connection:
        for statement in statements:
            connection.execute(statement)
    return audit.verify(file.path).faults


def test_each_writing_is_one_entry_with_account_time_and_rows(file: StoredFile) -> None:
    entries = audit.entries(file.path)
    assert [entry.number for entry in entries] == [1, 2, 3]
    assert {entry.person for entry in entries} == {audit.account()}
    assert [(one.table, one.first, one.rows) for entry in entries for one in entry.changes] == [
        ("line", 1, 1),
        ("line", 2, 1),
        ("line", 3, 1),
    ]
    verdict = audit.verify(file.path)
    assert (verdict.entries, verdict.faults, verdict.head) == (3, (), entries[-1].hash)


def give_up(file: StoredFile) -> None:
    with file.opened(writing=True) as connection:
        connection.execute("INSERT INTO line (text) VALUES ('lost')")
        raise ValueError("stop")


def test_what_is_read_or_given_up_leaves_no_entry(file: StoredFile) -> None:
    with file.opened() as connection:
        connection.execute("SELECT * FROM line")
    with pytest.raises(ValueError, match="stop"):
        give_up(file)
    assert len(audit.entries(file.path)) == 3


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "UPDATE line SET text = 'other' WHERE number = 2",
            "rows 2 to 2 of table line are not those of entry 2",
        ),
        ("DELETE FROM line WHERE number = 1", "rows 1 to 1 of table line are not those of entry 1"),
        ("INSERT INTO line (text) VALUES ('slipped in')", "table line has 4 rows, its entries tell of 3"),
        ("UPDATE audit SET person = 'nobody' WHERE number = 2", "entry 2 of the audit does not follow"),
        ("DELETE FROM audit WHERE number = 2", "entry 3 of the audit does not follow"),
        ("DROP TABLE line", "table line is gone"),
    ],
)
def test_what_went_around_the_program_is_noticed(file: StoredFile, statement: str, fault: str) -> None:
    assert any(fault in one for one in forged(file, statement))


def test_a_row_that_the_program_replaces_is_audited_as_a_change_of_the_whole_table(file: StoredFile) -> None:
    for name in ("Aigul", "Aigul B."):
        with file.opened(writing=True) as connection:
            connection.execute("INSERT OR REPLACE INTO person VALUES ('a', ?, x'00ff')", [name])
    last = audit.entries(file.path)[-1]
    assert [(one.table, one.rows, one.whole) for one in last.changes] == [("person", 1, True)]
    assert audit.verify(file.path).faults == ()


def test_a_file_of_an_older_program_is_taken_over_whole(tmp_path: Path) -> None:
    file = StoredFile(tmp_path / "old.sqlite", 77, 1, SCHEMA)
    with sqlite3.connect(file.path) as connection:
        connection.executescript(SCHEMA)
        connection.execute("INSERT INTO line (text) VALUES ('old')")
        connection.execute("PRAGMA application_id = 77")
        connection.execute("PRAGMA user_version = 1")
    assert audit.entries(file.path) == ()
    with file.opened(writing=True) as connection:
        connection.execute("INSERT INTO line (text) VALUES ('new')")
    (entry,) = audit.entries(file.path)
    assert [(one.first, one.last, one.rows) for one in entry.changes] == [(1, 2, 2)]
    assert audit.verify(file.path).faults == ()


def test_what_is_no_database_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "file.sqlite"
    path.write_bytes(b"no database" * 100)
    with pytest.raises(StoredFileError, match="cannot be read: .*restore a backup"):
        audit.verify(path)


DEEDS: dict[str, Callable[[sqlite3.Connection, str], object]] = {
    "add": lambda c, text: c.execute("INSERT INTO line (text) VALUES (?)", [text]),
    "replace": lambda c, text: c.execute("INSERT OR REPLACE INTO person VALUES ('a', ?, NULL)", [text]),
    "update": lambda c, text: c.execute("UPDATE line SET text = ? WHERE number = 1", [text]),
    "delete": lambda c, text: c.execute("DELETE FROM person"),
}


@settings(
    derandomize=True,
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.sampled_from(sorted(DEEDS)), st.text(max_size=5)), min_size=1, max_size=8))
def test_whatever_the_program_does_the_audit_fits(file: StoredFile, deeds: list[tuple[str, str]]) -> None:
    for deed, text in deeds:
        with file.opened(writing=True) as connection:
            DEEDS[deed](connection, text)
    assert audit.verify(file.path).faults == ()
    faults = forged(file, "UPDATE line SET text = text || 'x' WHERE number = 1")
    assert faults
    forged(file, "UPDATE line SET text = substr(text, 1, length(text) - 1) WHERE number = 1")
