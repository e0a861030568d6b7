"""Texts that a poll brings reach the press store of the user, and no text twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from replaying import Reply, replaying
from replied import of, replies

from mirab.observe.polling import Plan, poll
from mirab.observe.press.polled import Taken
from mirab.observe.press.store import PressStore
from mirab.observe.region import load
from mirab.stages.hearing import taken_in
from mirab.stages.observing import live_store, press_file

DAY, TOY = date(2026, 11, 1), load("toy")
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_a_feed_that_was_polled_is_read_into_the_press_once(tmp_path: Path) -> None:
    own, body = tmp_path / "own.sqlite", replies("timesca")["feed"].data
    plan = Plan(live_store(own, TOY), TOY, now=lambda: NOON, back_off_s=0.01, again=True)
    with replaying(lambda request: Reply(body)) as server:
        terms = replace(of("timesca"), address=server.address, per_minute=6000.0)
        chosen = (terms, of("unhcr"))
        for taken in (Taken(1, 0), Taken(0, 1)):
            (outcome,) = poll((terms,), plan)
            assert (outcome.absent, outcome.asked) == ("", 1)
            assert taken_in(own, TOY, chosen, DAY) == {"timesca": taken}
    assert len(PressStore(press_file(own)).search("made-up agreement")) == 1


def test_a_source_that_was_never_polled_brings_no_text(tmp_path: Path) -> None:
    assert taken_in(tmp_path / "own.sqlite", TOY, (of("kazinform"),), DAY) == {"kazinform": Taken()}
    assert not press_file(tmp_path / "own.sqlite").exists()
