"""Incidents that a user writes down: refused with every reason, kept through a kill, counted once."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.errors import InputError, UnknownNameError
from mirab.core.incidents import Incident
from mirab.core.records import Confidence, Evidence, Marking
from mirab.observe.incidents import IncidentStore, Known, sorted_out
from mirab.observe.region import load

ON = date(2026, 11, 1)
TODAY = datetime.now(UTC).date()
CELLS = {
    "kind": "border_incident",
    "states": "XAA|XBB",
    "date": "2023-09-20",
    "place": "Ford",
    "title": "Crossing closed",
    "source": "Radio, 21 September 2023",
    "author": "A. Reader",
    "vintage": "weekly 38",
    "told": "2023-09-24",
}


@pytest.fixture(scope="module")
def known() -> Known:
    return Known.of(load("toy"), ["security"])


@pytest.fixture
def store(tmp_path: Path) -> IncidentStore:
    return IncidentStore(tmp_path / "home" / "events.sqlite", "toy")


def incident(id: str = "a", **more: object) -> Incident:
    seen = Evidence("radio", Confidence.SECONDARY)
    made = Incident(
        id, "f:border", "Border", ON, ("XAA", "XBB"), "Ford", "Closed", "weekly 1", ON + timedelta(5), seen
    )
    return replace(made, **more)


def test_an_event_is_kept_with_its_edition_source_author_and_marking(
    store: IncidentStore, known: Known
) -> None:
    store.add("ford", CELLS, known)
    (found,) = store.incidents(known)
    assert (found.id, found.kind, found.day) == ("own:ford", "security:border_incident", date(2023, 9, 20))
    assert (found.vintage, found.told) == ("weekly 38", date(2023, 9, 24))
    assert found.evidence.note == CELLS["source"]
    assert (found.author, found.marking) == ("A. Reader", Marking.INTERNAL)
    assert found.event.title == "Border incident: Ford: Crossing closed"


def test_what_was_told_later_was_not_known_on_the_date(store: IncidentStore, known: Known) -> None:
    store.add("ford", CELLS, known)
    assert sorted_out(store.incidents(known), date(2023, 9, 23)).standing == ()
    assert len(sorted_out(store.incidents(known), date(2023, 9, 24)).standing) == 1


def test_an_edition_that_nobody_names_is_that_of_the_day_of_writing(
    store: IncidentStore, known: Known
) -> None:
    line = store.add("ford", {k: v for k, v in CELLS.items() if k not in ("vintage", "told")}, known)
    assert line.cells["told"] == TODAY.isoformat()
    assert line.cells["vintage"].startswith("as told on")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"kind": "riot"}, "kind 'riot' is not known; nearest is 'protest'"),
        ({"kind": "border_incidents"}, "nearest is 'border_incident'"),
        ({"states": "XAA|XZZ"}, "states 'XZZ' is not known"),
        ({"date": "20.9.2023"}, "date '20.9.2023' is not a day; write it like 2026-11-03"),
        ({"date": "2999-01-01"}, "date 2999-01-01 lies in the future"),
        ({"date": "1999-12-31", "told": "2000-01-02"}, "date 1999-12-31 lies before XAA"),
        ({"told": "2023-09-01"}, "told 2023-09-01 lies before the event of 2023-09-20"),
        ({"marking": "secret"}, "marking 'secret' is not a choice"),
        ({"title": ""}, "title is empty; every event needs it"),
    ],
)
def test_a_bad_event_is_refused_and_nothing_is_written(
    store: IncidentStore, known: Known, cells: dict[str, str], words: str
) -> None:
    with pytest.raises(InputError, match="event ford") as caught:
        store.add("ford", {**CELLS, **cells}, known)
    assert words in str(caught.value)
    assert store.lines() == ()


def test_all_that_is_wrong_is_told_at_once(store: IncidentStore, known: Known) -> None:
    with pytest.raises(InputError, match="7 problems"):
        store.add("Ford!", {"kind": "riot"}, known)


def test_a_later_edition_stands_and_the_earlier_one_is_shown_aside(
    store: IncidentStore, known: Known
) -> None:
    store.add("ford", CELLS, known)
    later = {**CELLS, "title": "Crossing closed for a week", "vintage": "weekly 40", "told": "2023-10-08"}
    store.add("ford", later, known)
    found = sorted_out(store.incidents(known), ON)
    assert [one.vintage for one in found.standing] == ["weekly 40"]
    assert [one.reason for one in found.aside] == ["an earlier edition of the same event; weekly 40 is later"]
    then = sorted_out(store.incidents(known), date(2023, 10, 1))
    assert [one.vintage for one in then.standing] == ["weekly 38"]


def test_an_edition_older_than_the_one_that_is_known_is_refused(store: IncidentStore, known: Known) -> None:
    store.add("ford", CELLS, known)
    words = "told 2023-09-22 is not later than the edition that is known, weekly 38 of 2023-09-24"
    with pytest.raises(InputError, match=words):
        store.add("ford", {**CELLS, "told": "2023-09-22", "vintage": "daily"}, known)


def test_a_withdrawn_event_is_gone_and_its_lines_stay(store: IncidentStore, known: Known) -> None:
    store.add("ford", CELLS, known)
    with pytest.raises(InputError, match="reason is empty; say why"):
        store.withdraw("ford", "", "A. Reader")
    store.withdraw("ford", "the radio withdrew it", "A. Reader")
    assert store.incidents(known) == ()
    assert [line.withdrawn for line in store.lines()] == ["", "the radio withdrew it"]
    with pytest.raises(UnknownNameError, match="event 'ford' is not known"):
        store.withdraw("ford", "again", "A. Reader")


def test_one_event_in_two_editions_is_counted_once_and_the_later_telling_stands() -> None:
    two = incident("b", day=ON + timedelta(3), place="at the ford", vintage="monthly", told=ON + timedelta(9))
    found = sorted_out([incident(), two], ON + timedelta(30))
    assert [one.id for one in found.standing] == ["b"]
    (aside,) = found.aside
    assert (aside.incident.id, aside.other.id) == ("a", "b")
    assert aside.reason == (
        "looks like b of 4 November 2026 in another edition (monthly), which was told later"
    )


@pytest.mark.parametrize(
    "more",
    [
        {"vintage": "weekly 1"},
        {"day": ON + timedelta(4)},
        {"kind": "f:protest"},
        {"place": "Weir"},
        {"states": ("XCC",)},
        {"apart": frozenset(["a"])},
    ],
)
def test_what_differs_in_edition_day_kind_place_or_state_or_is_known_apart_is_two(
    more: dict[str, object],
) -> None:
    two = incident("b", **({"vintage": "monthly", "told": ON + timedelta(9)} | more))
    assert len(sorted_out([incident(), two], ON + timedelta(30)).standing) == 2


vintages = st.sampled_from(["weekly", "monthly", "yearly"])
incidents = st.builds(
    lambda id, days, told, vintage, place: incident(
        id, day=ON + timedelta(days), told=ON + timedelta(told), vintage=vintage, place=place
    ),
    st.sampled_from("abcdef"),
    st.integers(0, 9),
    st.integers(0, 30),
    vintages,
    st.sampled_from(["", "Ford", "Weir"]),
)


@settings(derandomize=True, deadline=None)
@given(st.lists(incidents, max_size=9), st.integers(0, 40))
def test_every_row_stands_or_is_aside_and_no_two_that_stand_are_alike(
    rows: list[Incident], days: int
) -> None:
    on = ON + timedelta(days)
    found = sorted_out(rows, on)
    there = [one for one in rows if one.day <= on and one.told <= on]
    assert len(found.standing) + len(found.aside) == len(there)
    assert not sorted_out(found.standing, on).aside
    assert all(aside.other in found.standing for aside in found.aside)
    assert all(aside.incident.told <= aside.other.told for aside in found.aside)


def test_an_event_that_was_confirmed_survives_a_killed_program(store: IncidentStore, known: Known) -> None:
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from mirab.observe.incidents import IncidentStore, Known\n"
        "from mirab.observe.region import load\n"
        f"store = IncidentStore(Path({str(store.path)!r}), 'toy')\n"
        f"store.add('ford', {CELLS!r}, Known.of(load('toy'), ['security']))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=False)
    assert [one.id for one in store.incidents(known)] == ["own:ford"]
