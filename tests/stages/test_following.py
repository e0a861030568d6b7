"""What an issue shows of live sources: figures of known quantities, and no indicator of a goal twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from mirab.core.records import Confidence, Evidence, Observation
from mirab.observe import sources
from mirab.stages.following import follow
from mirab.stages.observing import Wish, live_store, observe

ON = date(2026, 11, 22)


def told(source: str, state: str, quantity: str, unit: str) -> Observation:
    period, evidence = (date(2025, 1, 1), date(2026, 1, 1)), Evidence(source, Confidence.PUBLISHED)
    return Observation(state, quantity, *period, 12.0, unit, source, evidence)


def test_indicators_of_goals_are_no_observations_of_the_issue_and_live_figures_are_apart(
    tmp_path: Path,
) -> None:
    wish = Wish("central_asia", ON, ON, tmp_path, tmp_path / "own.sqlite", members=10)
    bare = observe(wish)
    store, at = live_store(wish.own, bare.region), datetime(2026, 11, 1, tzinfo=UTC)
    people = told("unhcr", "TJK", "refugees_in", "persons")
    share = told("worldbank", "TJK", "basic_water_share", "% of population")
    for one in (people, share):
        store.take(sources.terms()[one.author], [one], bare.region, at)
    seen = observe(wish)
    assert {one.quantity for one in seen.polled} == {people.quantity, share.quantity}
    found = follow(wish, seen, [], [])
    assert [one.quantity for one in found.live] == [people.quantity]
    assert set(found.observations) == set(bare.observations)
    assert follow(replace(wish, on=date(2025, 6, 1)), seen, [], []).live == ()
