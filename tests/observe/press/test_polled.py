"""Texts of live sources: each is read once, with the licence of its source, and kept in the press store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from replied import of, parsed, replies

from mirab.core.marking import Marking
from mirab.observe.connector import Page
from mirab.observe.press.polled import Taken, take_in
from mirab.observe.press.store import PressStore
from mirab.observe.region import load

REGION = load("toy")
FEED = of("timesca")


def texts() -> tuple[Page, ...]:
    return parsed("timesca", *replies("timesca").values()).texts


def test_a_text_is_read_once_however_often_its_feed_carries_it(tmp_path: Path) -> None:
    store = PressStore(tmp_path / "press.sqlite")
    assert take_in([(FEED, texts())], REGION, store) == {"timesca": Taken(1, 0)}
    assert take_in([(FEED, texts()), (of("kazinform"), texts())], REGION, store) == {
        "timesca": Taken(0, 1),
        "kazinform": Taken(0, 1),
    }
    (found,) = store.search("made-up agreement water")
    assert (found.publisher, found.published) == ("The Times of Central Asia", "2026-10-29")


def test_a_text_carries_the_licence_and_the_marking_of_its_source(tmp_path: Path) -> None:
    store = PressStore(tmp_path / "press.sqlite")
    take_in([(replace(FEED, marking=Marking.PARTNERS), texts())], REGION, store)
    assert PressStore(store.path, Marking.PUBLIC).search("made-up agreement water") == ()
    (found,) = PressStore(store.path, Marking.PARTNERS).search("made-up agreement water")
    assert store.texts([found.id])[found.id][1] == FEED.licence


def test_what_is_no_text_is_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    broken = replace(texts()[0], data=b'{"title": "no text"}\n' + texts()[0].data)
    taken = take_in([(FEED, [broken])], REGION, PressStore(tmp_path / "press.sqlite"))["timesca"]
    assert (taken.read, len(taken.refused)) == (1, 1)
    assert "has no text" in str(taken.refused[0])
