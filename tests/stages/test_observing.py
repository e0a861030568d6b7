"""What live sources told reaches the briefing from the day on which it was known, for whom may see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from mirab import centre
from mirab.brief import compose
from mirab.core.records import Marking, Observation
from mirab.observe import sources
from mirab.observe.observed import Observed, Poll
from mirab.observe.region import load
from mirab.stages.following import follow
from mirab.stages.observing import ages

ON = date(2026, 11, 5)
TERMS = sources.terms()["unhcr"]


def wish(home: Path, on: date = ON) -> centre.Wish:
    return centre.Wish("toy", on, on, home / "out", home / "observations.sqlite", members=8)


def told(home: Path, marking: Marking = Marking.PUBLIC) -> None:
    """20 people of 2025, told on 1 November 2026."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    span = date(2025, 1, 1), date(2026, 1, 1)
    value = Observation("XAA", "refugees_from", *span, 20.0, "persons", "UNHCR", TERMS.evidence())
    store = Observed(home / "observed.sqlite", "toy")
    store.take(replace(TERMS, marking=marking), [value], load("toy"), at)
    store.note(Poll("unhcr", True, "", "", "mark", 1, 0, at))


def test_a_value_is_seen_from_the_day_on_which_it_was_known(tmp_path: Path) -> None:
    told(tmp_path)
    assert [one.value for one in centre.observe(wish(tmp_path)).polled] == [20.0]
    assert centre.observe(wish(tmp_path, date(2026, 10, 31))).polled == ()


def test_a_value_of_a_source_with_a_marking_is_kept_from_a_wider_audience(tmp_path: Path) -> None:
    told(tmp_path, Marking.INTERNAL)
    seen = centre.observe(wish(tmp_path))
    assert (seen.polled, [o for o in seen.observations if o.quantity == "refugees_from"]) == ((), [])
    inside = replace(wish(tmp_path), audience=Marking.INTERNAL)
    assert len(centre.observe(inside).polled) == 1


def test_a_fresh_value_of_a_live_source_makes_no_old_outlook_young(tmp_path: Path) -> None:
    told(tmp_path)
    asked = wish(tmp_path)
    seen = centre.observe(asked)
    found = follow(asked, seen, [], [])
    assert [one.quantity for one in found.live] == ["refugees_from"]
    assert not [one for one in found.observations if one.quantity == "refugees_from"]
    briefing = compose.briefing(centre._head(asked, seen, []), found)
    assert briefing.last_observation == date(2023, 10, 31)
    assert "refugees_from" in {one.quantity for one in briefing.observations}
    assert "unhcr" in {one.id for one in briefing.sources}


def test_each_source_has_one_line_in_the_ledger(tmp_path: Path) -> None:
    told(tmp_path)
    asked = wish(tmp_path)
    lines = follow(asked, centre.observe(asked), [], []).ledger
    (line,) = (one for one in lines if one.part.startswith("Refugee Data Finder"))
    assert line.rows == 1
    assert "Its limit is 730 days." in line.remark
    assert not [one for one in lines if one.part == "XAA, UNHCR"]
    assert ages(asked, load("toy"))[0].last == date(2025, 12, 31)
