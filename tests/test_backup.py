"""A backup holds the whole data folder and comes back whole, or not at all."""

from __future__ import annotations

import sqlite3
import threading
import zipfile
from pathlib import Path

import pytest
from issues_of import issue, threat

from mirab import backup
from mirab.core.errors import InputError, StoredFileError
from mirab.follow.issue_store import IssueStore, Made


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    store = IssueStore(home / "issues.sqlite")
    for name in ("dam", "weir"):
        store.keep(issue(threat(name)), Made({}, {"a": b"pack"}))
    (home / "texts").mkdir()
    (home / "texts" / "one.txt").write_text("read", "utf-8")
    (home / "issues.sqlite-journal.txt").write_text("mine", "utf-8")
    return home


@pytest.fixture
def saved(home: Path, tmp_path: Path) -> Path:
    backup.save(home, tmp_path / "out" / "backup.zip")
    return tmp_path / "out" / "backup.zip"


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_what_is_restored_is_what_was_saved(home: Path, saved: Path, tmp_path: Path) -> None:
    copied, old = backup.restore(saved, tmp_path / "again")
    assert old is None
    assert set(copied.files) == {"issues.sqlite", "texts/one.txt", "issues.sqlite-journal.txt"}
    before, after = (IssueStore(folder / "issues.sqlite") for folder in (home, tmp_path / "again"))
    assert after.listed() == before.listed()
    assert [after.briefing(one) for one in after.listed()] == [before.briefing(o) for o in before.listed()]
    assert (tmp_path / "again" / "texts" / "one.txt").read_text("utf-8") == "read"


def test_a_folder_in_use_is_set_aside_and_only_when_asked(home: Path, saved: Path) -> None:
    IssueStore(home / "issues.sqlite").keep(issue(threat("gate")), Made())
    before = contents(home)
    with pytest.raises(InputError, match="holds data already; give --replace"):
        backup.restore(saved, home)
    assert contents(home) == before
    _, old = backup.restore(saved, home, replacing=True)
    assert old is not None
    assert contents(old) == before
    assert len(IssueStore(home / "issues.sqlite").listed()) == 2


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_backup_that_is_cut_short_is_refused_and_nothing_is_half_restored(
    home: Path, saved: Path, share: float
) -> None:
    whole, before = saved.read_bytes(), contents(home.parent / "home")
    saved.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(StoredFileError, match="is no backup of mirab, or cut short or damaged.*take another"):
        backup.restore(saved, home, replacing=True)
    assert contents(home) == before
    assert sorted(path.name for path in home.parent.iterdir()) == ["home", "out"]


def test_a_backup_in_which_something_was_changed_is_refused(home: Path, saved: Path) -> None:
    with zipfile.ZipFile(saved) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(saved, "w") as new:
        for name, body in entries.items():
            new.writestr(name, body if name != "texts/one.txt" else b"other")
    with pytest.raises(StoredFileError, match="is damaged at texts/one.txt"):
        backup.restore(saved, home, replacing=True)
    backup.KIND.write(saved, {"../outside": b"x"})
    with pytest.raises(StoredFileError, match="'../outside', which lies outside"):
        backup.restore(saved, home.parent / "again")
    assert not (home.parent / "again").exists()


def test_a_damaged_file_is_not_restored(home: Path, saved: Path) -> None:
    body = bytearray((home / "issues.sqlite").read_bytes())
    body[4096:8192] = b"\xff" * 4096
    backup.KIND.write(saved, {"issues.sqlite": bytes(body)})
    with pytest.raises(StoredFileError, match="issues.sqlite"):
        backup.restore(saved, home.parent / "again")
    assert not (home.parent / "again").exists()


def test_an_audit_that_does_not_fit_is_told_and_the_data_come_back(home: Path, tmp_path: Path) -> None:
    with sqlite3.connect(home / "issues.sqlite") as connection:
        connection.execute("UPDATE audit SET person = 'nobody' WHERE number = 1")
    backup.save(home, tmp_path / "backup.zip")
    copied, _ = backup.restore(tmp_path / "backup.zip", tmp_path / "again")
    verdict = copied.files["issues.sqlite"]
    assert verdict is not None
    assert "entry 1 of the audit does not follow" in verdict.faults[0]


def test_a_backup_taken_while_another_writes_is_one_moment_of_it(home: Path, tmp_path: Path) -> None:
    store, stop = IssueStore(home / "issues.sqlite"), threading.Event()

    def write() -> None:
        for number in range(200):
            if stop.is_set():
                return
            store.keep(issue(threat(f"gate{number}")), Made())

    writer = threading.Thread(target=write)
    writer.start()
    copied = backup.save(home, tmp_path / "backup.zip")
    stop.set()
    writer.join()
    verdict = copied.files["issues.sqlite"]
    assert verdict is not None
    assert (verdict.faults, verdict.damage) == ((), "")


def test_there_must_be_something_to_copy_and_room_outside(home: Path, tmp_path: Path) -> None:
    with pytest.raises(StoredFileError, match="holds nothing to copy"):
        backup.save(tmp_path / "none", tmp_path / "backup.zip")
    with pytest.raises(InputError, match="lies in the data folder itself"):
        backup.save(home, home / "backup.zip")
