"""A user's own observations are kept whole, never twice, and never overwritten."""

from __future__ import annotations

import sqlite3
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from mirab.core.errors import ReadingsError, StoredFileError
from mirab.core.records import Confidence, Marking
from mirab.observe.region import Region, load
from mirab.observe.store import OWN, Added, Store

HEAD = "station,quantity,date,value,author,unit,note,marking\n"
GOOD = "highdam,volume,2023-10-01,1.9,me,km3,by eye,\n"
BAD = "highdum,volume,2023-10-01,1,me,,,\n"
TODAY = date(2024, 1, 1)


@cache
def toy() -> Region:
    return load("toy")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home" / "mirab.sqlite")


def add(store: Store, lines: str, *, partial: bool = False) -> Added:
    file = store.path.parent.parent / "form.csv"
    file.write_text(HEAD + lines, encoding="utf-8")
    return store.add(file, toy(), partial=partial, today=TODAY)


def test_an_added_reading_becomes_an_observation_in_the_unit_of_its_quantity(store: Store) -> None:
    add(store, GOOD)
    (found,) = store.observations(toy())
    assert (found.item, found.value, found.unit) == ("highdam", 1900.0, "million m3")
    assert (found.start, found.end, found.author) == (date(2023, 10, 1), date(2023, 10, 2), "me")
    assert (found.evidence.source_id, found.evidence.confidence) == (OWN.id, Confidence.SECONDARY)
    assert found.marking == Marking.PUBLIC


def test_a_reading_of_a_month_holds_for_the_month(store: Store) -> None:
    add(store, "highdam,volume,2023-09,1900,me,,,internal\n")
    (found,) = store.observations(toy())
    assert (found.start, found.end, found.marking) == (date(2023, 9, 1), date(2023, 10, 1), Marking.INTERNAL)


def test_nothing_of_a_bad_form_is_taken(store: Store) -> None:
    with pytest.raises(
        ReadingsError, match=r"(?s)form.csv:3 station='highdum'.*form.csv was refused; nothing was"
    ):
        add(store, GOOD + BAD)
    assert store.observations(toy()) == ()


def test_the_good_lines_of_a_bad_form_are_taken_when_asked(store: Store) -> None:
    added = add(store, GOOD + BAD, partial=True)
    assert (added.taken, len(added.refused)) == (1, 1)
    assert len(store.observations(toy())) == 1


def test_a_form_added_twice_counts_once(store: Store) -> None:
    add(store, GOOD)
    assert add(store, GOOD) == Added(taken=0, corrected=0, repeated=1, refused=())
    assert len(store.observations(toy())) == 1


def test_the_same_value_in_another_unit_is_the_same_reading(store: Store) -> None:
    add(store, GOOD)
    assert add(store, GOOD.replace("1.9,me,km3", "1900,me,mcm")).repeated == 1


def test_a_correction_counts_and_what_it_corrects_is_kept(store: Store) -> None:
    add(store, GOOD)
    assert add(store, GOOD.replace("1.9", "1.8")) == Added(taken=1, corrected=1, repeated=0, refused=())
    assert [found.value for found in store.observations(toy())] == [1800.0]
    with sqlite3.connect(store.path) as connection:
        assert connection.execute("SELECT count(*) FROM observations").fetchone() == (2,)


def test_two_authors_are_both_kept(store: Store) -> None:
    add(store, GOOD + GOOD.replace("1.9,me", "1.7,you"))
    assert {found.author for found in store.observations(toy())} == {"me", "you"}


def test_an_empty_form_is_refused(store: Store) -> None:
    with pytest.raises(ReadingsError, match=r"form.csv holds no reading; fill in date and value"):
        add(store, "highdam,volume,,,,,,\n")


def test_observations_of_another_region_stay_apart(store: Store, pack: Path) -> None:
    add(store, GOOD)
    assert store.observations(load(pack)) == ()


def test_a_store_that_is_not_there_holds_nothing(store: Store) -> None:
    assert store.observations(toy()) == ()
    assert not store.path.exists()


def test_a_strangers_database_is_refused(store: Store) -> None:
    store.path.parent.mkdir()
    with sqlite3.connect(store.path) as connection:
        connection.execute("CREATE TABLE other (x)")
    with pytest.raises(StoredFileError, match=r"was not written by mirab; name another store file"):
        add(store, GOOD)


def test_a_store_of_a_later_version_is_refused(store: Store) -> None:
    add(store, GOOD)
    with sqlite3.connect(store.path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoredFileError, match=r"has version 99, this mirab reads up to 2; update mirab"):
        store.observations(toy())


def test_a_file_that_is_no_database_is_refused(store: Store) -> None:
    store.path.parent.mkdir()
    store.path.write_text("not a database at all, but long enough to be read as one " * 20, encoding="utf-8")
    with pytest.raises(
        StoredFileError, match=r"cannot be used: file is not a database; name another store file"
    ):
        store.observations(toy())
