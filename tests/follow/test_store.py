"""The store only grows, takes all of a file or what is good of it, and survives a kill and two writers."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from mirab.core.errors import CommitmentError, StoredFileError
from mirab.core.records import Status
from mirab.follow import store as stores
from mirab.follow.commitments import Known, commitments
from mirab.follow.store import Store

ON = date(2100, 1, 1)
KNOWN = Known(states={"XAA"}, commitments={"packed": {"what": "of the pack"}})
GOOD = {"commitment_id": "one", "what": "Deliver", "by": "XAA", "source": "Protocol 5"}
HEAD = "commitment_id,what,by,source,due,adopted\n"
WRITER = """
import sys
from pathlib import Path
from mirab.follow.commitments import Known
from mirab.follow.store import Store

name, kind, count = sys.argv[2:]
store, known = Store(Path(sys.argv[1]), "toy"), Known(commitments={"shared": {"what": "x"}})
for n in range(int(count)):
    if kind == "forms":
        form = Path(sys.argv[1]).with_name(f"{name}_{n}.csv")
        lines = [f"{name}_{n}_{i},Deliver,office,letter" for i in range(500)]
        form.write_text("\\n".join(["commitment_id,what,owner,source", *lines, ""]), encoding="utf-8")
        store.add(form, known, person=name)
    else:
        cells = {"commitment_id": f"{name}_{n}", "what": "Deliver", "owner": "office", "source": "letter"}
        store.create(cells, known, person=name)
        store.change("shared", {"note": f"{name} {n}", "source": "letter"}, known, person=name)
    print(n, flush=True)
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home" / "commitments.sqlite", "toy")


@pytest.fixture
def writers() -> Iterator[list[subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for one in started:
        one.kill()
        one.communicate()


def start(store: Store, name: str, kind: str, count: int) -> subprocess.Popen[str]:
    store.path.parent.mkdir(exist_ok=True)
    command = [sys.executable, "-c", WRITER, str(store.path), name, kind, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def lines(store: Store) -> list[tuple[object, ...]]:
    with sqlite3.connect(store.path) as connection:
        return connection.execute("SELECT * FROM commitment_changes ORDER BY number").fetchall()


def form(folder: Path, rows: list[str]) -> Path:
    path = folder / "form.csv"
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_nothing_is_there_before_something_is_written(store: Store) -> None:
    assert store.entries(KNOWN) == ()
    assert not store.path.exists()


def test_a_change_adds_a_line_and_leaves_all_others_with_source_person_and_time(store: Store) -> None:
    store.create(GOOD, KNOWN, person="Aigul")
    before = lines(store)
    change = {"status": "met", "status_on": "2026-06-01", "source": "Report 7"}
    store.change("one", change, KNOWN, person="Bakyt")
    assert lines(store)[: len(before)] == before
    (one,) = commitments(store.entries(KNOWN), ON)
    (step,) = one.history
    assert (step.status, step.person, step.evidence.note) == (Status.MET, "Bakyt", "Report 7")
    assert step.recorded.endswith("+00:00")


def test_a_commitment_of_the_pack_takes_changes_too(store: Store) -> None:
    store.change("packed", {"owner": "Water office", "source": "letter"}, KNOWN, person="Aigul")
    (entry,) = store.entries(KNOWN)
    assert (entry.id, entry.cells["owner"]) == ("packed", "Water office")


def test_a_change_without_source_an_unknown_and_a_second_of_one_name_leave_the_file_as_it_was(
    store: Store,
) -> None:
    store.create(GOOD, KNOWN, person="Aigul")
    before = lines(store)
    with pytest.raises(CommitmentError, match="the change of the status has no source"):
        store.change("one", {"status": "met"}, KNOWN, person="Aigul")
    with pytest.raises(CommitmentError, match="'on' is not known; nearest is 'one'"):
        store.change("on", {"status": "met", "source": "letter"}, KNOWN, person="Aigul")
    with pytest.raises(CommitmentError, match="is there already"):
        store.create(GOOD, KNOWN, person="Aigul")
    assert lines(store) == before


def test_one_region_does_not_see_the_commitments_of_another(store: Store) -> None:
    store.create(GOOD, KNOWN, person="Aigul")
    other = Store(store.path, "other")
    other.create(GOOD, KNOWN, person="Aigul")
    assert len(store.entries(KNOWN)) == len(other.entries(KNOWN)) == 1


def test_of_ten_thousand_lines_the_good_are_taken_and_each_bad_one_is_told(
    store: Store, tmp_path: Path
) -> None:
    bad = set(range(17, 10_000, 33)[:300])
    rows = [f"c{n},Deliver,{'XXX' if n in bad else 'XAA'},letter,2027,2026" for n in range(10_000)]
    path = form(tmp_path, rows)
    with pytest.raises(CommitmentError, match="301 problems") as refusal:
        store.add(path, KNOWN, person="Aigul")
    assert "nothing was taken" in str(refusal.value)
    assert store.entries(KNOWN) == ()
    added = store.add(path, KNOWN, person="Aigul", partial=True)
    assert (added.taken, len(added.refused)) == (9_700, 300)
    assert [one.where for one in added.refused] == [f"form.csv:{n + 2}" for n in sorted(bad)]
    assert all("by='XXX' is not a state" in one.what for one in added.refused)
    assert {entry.id for entry in store.entries(KNOWN)} == {f"c{n}" for n in range(10_000) if n not in bad}


@pytest.mark.slow
def test_two_writers_lose_nothing(store: Store, writers: list[subprocess.Popen[str]]) -> None:
    writers += [start(store, name, "acts", 40) for name in ("left", "right")]
    assert [one.communicate()[1] for one in writers] == ["", ""]
    found = store.entries(Known())
    assert sorted(entry.id for entry in found if entry.id != "shared") == sorted(
        f"{name}_{n}" for name in ("left", "right") for n in range(40)
    )
    notes = [entry.cells["note"] for entry in found if entry.id == "shared"]
    assert sorted(notes) == sorted(f"{name} {n}" for name in ("left", "right") for n in range(40))


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_whole_files_only(
    store: Store, writers: list[subprocess.Popen[str]]
) -> None:
    for n, wait in enumerate((0.0, 0.013, 0.031)):
        writer = start(store, f"writer{n}", "forms", 1000)
        writers.append(writer)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(wait)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        told = 1 + len(writer.stdout.readlines())
        by_form: dict[str, int] = {}
        for entry in store.entries(Known()):
            if entry.person == f"writer{n}":
                key = entry.id.rpartition("_")[0]
                by_form[key] = by_form.get(key, 0) + 1
        assert set(by_form.values()) == {500}
        assert len(by_form) in (told, told + 1)
    store.create({**GOOD, "by": "", "owner": "office"}, Known(), person="Aigul")
    with sqlite3.connect(store.path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_an_older_file_is_brought_to_the_version_of_this_mirab(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.create(GOOD, KNOWN, person="Aigul")

    def second(connection: sqlalchemy.Connection) -> None:
        connection.execute(sqlalchemy.text("ALTER TABLE commitments ADD COLUMN extra INTEGER DEFAULT 7"))

    monkeypatch.setattr(stores, "STEPS", [*stores.STEPS, second])
    assert [entry.id for entry in store.entries(KNOWN)] == ["one"]
    with sqlite3.connect(store.path) as connection:
        assert connection.execute("SELECT version FROM commitment_schema").fetchall() == [(2,)]
        assert connection.execute("SELECT extra FROM commitments").fetchall() == [(7,)]


def test_an_upgrade_that_fails_leaves_the_older_file(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.create(GOOD, KNOWN, person="Aigul")

    def broken(connection: sqlalchemy.Connection) -> None:
        connection.execute(sqlalchemy.text("ALTER TABLE commitments ADD COLUMN extra INTEGER"))
        connection.execute(sqlalchemy.text("ALTER TABLE nothing ADD COLUMN extra INTEGER"))

    with monkeypatch.context() as patch:
        patch.setattr(stores, "STEPS", [*stores.STEPS, broken])
        with pytest.raises(StoredFileError, match="cannot be used"):
            store.entries(KNOWN)
    assert [entry.id for entry in store.entries(KNOWN)] == ["one"]
    with sqlite3.connect(store.path) as connection:
        assert "extra" not in [row[1] for row in connection.execute("PRAGMA table_info(commitments)")]


def test_a_newer_file_and_one_of_something_else_are_refused(store: Store, tmp_path: Path) -> None:
    store.create(GOOD, KNOWN, person="Aigul")
    with sqlite3.connect(store.path) as connection:
        connection.execute("UPDATE commitment_schema SET version = 99")
    with pytest.raises(StoredFileError, match="has version 99, this mirab reads up to 1; update mirab"):
        store.entries(KNOWN)
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(StoredFileError, match="was not written by mirab"):
        Store(other, "toy").create(GOOD, KNOWN, person="Aigul")
    (tmp_path / "text.sqlite").write_text("no database at all, but long enough to be read as one" * 99)
    with pytest.raises(StoredFileError, match="cannot be used"):
        Store(tmp_path / "text.sqlite", "toy").entries(KNOWN)


def test_the_tables_can_be_made_in_postgresql() -> None:
    made = [str(CreateTable(table).compile(dialect=postgresql.dialect())) for table in stores.TABLES]
    assert len(made) == 3
    assert "SERIAL" in "".join(made)
