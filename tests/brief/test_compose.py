"""Compose: sources that are cited, the latest observations, what is not known, how old the data are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from mirab.brief.compose import Findings, Head, basemap, briefing
from mirab.brief.sections.masthead import STALE_DAYS
from mirab.brief.specimen import specimen
from mirab.core.errors import InputError, UnknownNameError
from mirab.core.presence import Presence
from mirab.core.records import Confidence, Evidence, LedgerLine, Marking, Observation, Source
from mirab.observe.region import load
from mirab.observe.store import OWN

ON = date(2023, 10, 1)
SOURCES = {id: Source(id, id.title()) for id in ("atlas", "bulletin", "gauge")}
HEAD = Head(
    profile="prevention",
    region="toy",
    region_title="Toy",
    as_of=ON,
    written_on=ON,
    audience=Marking.PUBLIC,
    seed=1,
    members=10,
    steps=36,
    state_names={"XAA": "Ardia"},
    other_names={},
    sources={**SOURCES, OWN.id: OWN},
    focus="",
    version="0",
    rules="",
    data="",
)
NOTHING = Findings((), (), (), (), (), (), (), ())


def seen(start: date, value: float | None = 1.0, source: str = "gauge", **more: Any) -> Observation:
    presence = Presence.ABSENT if value is None else Presence.PRESENT
    named = {"item": "lake", "quantity": "volume", "unit": "million m3", "author": "service", **more}
    evidence = Evidence(source, Confidence.PUBLISHED)
    return Observation(
        start=start, end=start + timedelta(days=1), value=value, evidence=evidence, presence=presence, **named
    )


def of(*observations: Observation, **more: Any) -> Findings:
    return replace(NOTHING, observations=observations, **more)


def test_only_what_is_cited_is_a_source_and_each_once() -> None:
    threat = replace(specimen().threats[0], evidence=(Evidence("bulletin|gauge", Confidence.SECONDARY),))
    made = briefing(HEAD, of(seen(ON), threats=(threat,)))
    assert [source.id for source in made.sources] == ["bulletin", "gauge"]


def test_a_users_own_observation_cites_its_source() -> None:
    assert briefing(HEAD, of(seen(ON, source=OWN.id))).sources == (OWN,)


def test_the_latest_observation_of_each_author_is_shown() -> None:
    older, newer = seen(date(2023, 8, 1), 1.0), seen(date(2023, 9, 1), 2.0)
    other = seen(date(2023, 7, 1), 3.0, author="gazette")
    assert briefing(HEAD, of(newer, other, older)).observations == (other, newer)


def test_three_unknowns_are_told_the_ledger_before_the_rules() -> None:
    ledger = (
        LedgerLine("Snow", Presence.NOT_MODELLED, 0, {}, "no table"),
        LedgerLine("Rivers", Presence.PRESENT, 9, {"published": 9}, "whole"),
    )
    made = briefing(HEAD, of(ledger=ledger, gaps=("first", "second", "third")))
    assert made.unknowns == ("Snow: no table", "first", "second")
    assert made.method[:3] == ("first", "second", "third")


def test_the_last_observation_is_the_last_that_has_a_value() -> None:
    made = briefing(HEAD, of(seen(date(2023, 9, 1)), seen(date(2023, 9, 21), None)))
    assert made.last_observation == date(2023, 9, 1)
    assert briefing(HEAD, NOTHING).last_observation is None


@pytest.mark.parametrize(("age", "lines"), [(STALE_DAYS, 1), (STALE_DAYS + 1, 2)])
def test_old_observations_make_the_outlook_a_scenario(age: int, lines: int) -> None:
    last = seen(ON - timedelta(days=age))
    assert len(briefing(HEAD, of(last)).situation) == lines


def test_a_profile_that_does_not_exist_names_those_that_do() -> None:
    with pytest.raises(UnknownNameError, match="profile 'peace' is not known"):
        briefing(replace(HEAD, profile="peace"), NOTHING)


def test_the_map_of_a_pack_has_its_disclaimer_and_only_places_with_a_position() -> None:
    pack = load("toy")
    ground = basemap(pack, ["water"])
    assert ground.disclaimer == pack.settings["disclaimer"]
    assert all(node["lat"] is not None for node in ground.nodes)
    assert ground.states == pack.path / "map" / "states.geojson"


def test_a_pack_that_does_not_say_the_year_of_its_map_is_asked_for_it() -> None:
    pack = load("toy")
    settings = {name: value for name, value in pack.settings.items() if name != "map_year"}
    with pytest.raises(InputError, match="year is empty; every map shows it"):
        basemap(replace(pack, settings=settings), ["water"])
