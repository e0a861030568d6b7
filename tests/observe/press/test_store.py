"""What was read stays, once, whatever happens."""

import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from mirab.core.errors import StoredFileError, UnknownNameError
from mirab.observe.press.document import Document
from mirab.observe.press.reader import Reader
from mirab.observe.press.records import Person
from mirab.observe.press.store import PressStore
from mirab.observe.region import load

ENGLISH = (
    "ASTANA, 21 February 2024 – Foreign Minister Murat Nurtleu met with Kaha Imnadze on 20 February. They "
    "discussed transboundary water resources. The World Bank will allocate $50 million to Kazakhstan by 2030."
)
RUSSIAN = (
    "АСТАНА, 20 февраля 2024 года – Министр иностранных дел Мурат Нуртлеу встретился с Каха Имнадзе. "
    "Обсуждены водные ресурсы Центральной Азии."
)


@pytest.fixture
def store(tmp_path: Path, reader: Reader) -> PressStore:
    kept = PressStore(tmp_path / "press.sqlite")
    for text in (ENGLISH, RUSSIAN):
        assert kept.keep(reader.read(Document(text)))
    return kept


def test_reading_a_text_twice_changes_nothing(store: PressStore, reader: Reader) -> None:
    before = store.counts()
    assert not store.keep(reader.read(Document(ENGLISH)))
    assert store.counts() == before
    assert store.has(Document(ENGLISH).id)


def test_one_meeting_told_in_two_languages_is_one_story(store: PressStore) -> None:
    english, russian = store.records(kind="meeting")
    assert english.document != russian.document
    assert english.story == russian.story != ""


def test_a_near_copy_is_known_as_one(store: PressStore, reader: Reader) -> None:
    store.keep(reader.read(Document(ENGLISH + " It was a Tuesday.")))
    assert store.counts()["copies"] == 1


def test_another_text_is_no_copy(store: PressStore) -> None:
    assert store.counts()["copies"] == 0


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Imnadze", 1),
        ("transboundary water", 1),
        ("Имнадзе", 1),
        ("водные", 1),
        ("сурс", 1),
        ("nothing here", 0),
    ],
)
def test_a_search_finds_words_and_parts_of_words(store: PressStore, query: str, found: int) -> None:
    assert len(store.search(query)) == found


def test_a_search_takes_any_signs(store: PressStore) -> None:
    assert store.search("\"'; DROP TABLE document; -- *") == ()
    assert len(store.search('"Imnadze" (*')) == 1


def test_a_rejected_record_is_left_out_and_lowers_the_precision_of_its_rule(store: PressStore) -> None:
    one, other = store.records(kind="meeting")
    store.review(one.id, "accept", who="A. Reader")
    store.review(other.id, "reject", who="A. Reader")
    assert [left.id for left in store.records(kind="meeting")] == [one.id]
    assert sorted(store.precision().values()) == [(1, 0), (1, 1)]


def test_the_last_review_of_a_record_counts(store: PressStore) -> None:
    one, _ = store.records(kind="meeting")
    store.review(one.id, "reject")
    store.review(one.id, "accept")
    assert one.id in {left.id for left in store.records(kind="meeting")}


def test_a_review_of_an_unknown_record_is_refused(store: PressStore) -> None:
    with pytest.raises(UnknownNameError, match="record 'meeting_x_1' is not known"):
        store.review("meeting_x_1", "accept")


def test_records_of_a_period_are_those_that_fall_into_it(store: PressStore) -> None:
    assert len(store.records(since=date(2024, 2, 20), to=date(2024, 2, 20), kind="meeting")) == 2
    assert store.records(since=date(2025, 1, 1), kind="meeting") == ()


def test_people_whom_the_registry_lacks_are_listed(store: PressStore, reader: Reader) -> None:
    store.keep(reader.read(Document("President Tokayev received the Ambassador of France Pierre Martin.")))
    assert store.strangers() == (("Pierre Martin", 1),)


def test_a_person_who_was_added_is_linked_in_later_texts(store: PressStore) -> None:
    store.add_person(Person("pierre_martin", "Pierre Martin", "Пьер Мартен", "Ambassador", "FRA", "2024"))
    reader = Reader(load("central_asia"), store.precision(), store.people())
    for text in ("President Tokayev received Pierre Martin.", "Президент Токаев принял Пьера Мартена."):
        (one,) = reader.read(Document(text)).meetings
        assert {party.id: party.place for party in one.parties}["pierre_martin"] == "FRA"


def test_a_file_of_something_else_is_refused(tmp_path: Path, reader: Reader) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (x)")
    with pytest.raises(StoredFileError, match="was not written by mirab"):
        PressStore(path).keep(reader.read(Document(ENGLISH)))


def test_a_stop_in_the_middle_loses_no_finished_document(tmp_path: Path) -> None:
    script = """
import os, sys
from pathlib import Path
from mirab.observe.press import store
from mirab.observe.press.document import Document
from mirab.observe.press.reader import Reader
from mirab.observe.region import load
reader, kept = Reader(load("toy")), store.PressStore(Path(sys.argv[1]))
kept.keep(reader.read(Document("The first text.")))
store._put_mentions = lambda *_: os._exit(9)
kept.keep(reader.read(Document("The second text.")))
"""
    path = tmp_path / "press.sqlite"
    ended = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    kept = PressStore(path)
    assert ended.returncode == 9
    assert kept.counts()["documents"] == 1
    assert kept.search("first")
    assert not kept.search("second")
