"""Domains with targets on the bundled pack: what moves away from a target, and what that rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

from mirab.core.domain import Domain
from mirab.core.errors import UnknownNameError
from mirab.core.records import Confidence, Evidence, Level, Observation
from mirab.observe import sources
from mirab.stages.aiming import aimed, aims, strayed
from mirab.stages.observing import Seen, Wish, live_store, observe
from mirab.stages.warning import Warned

ON = date(2026, 11, 22)
MOST = 6


@cache
def seen() -> tuple[Wish, Seen, Domain]:
    wish = Wish("central_asia", ON, ON, Path("none"), Path("none") / "own.sqlite", members=200)
    found = observe(wish)
    return wish, found, next(one for one in found.domains if one.measured)


@cache
def found() -> Warned:
    wish, given, domain = seen()
    return strayed(domain, given, wish)


def test_the_register_is_not_flooded_by_goals() -> None:
    assert 1 <= len(found().threats) <= MOST
    assert len({threat.items[0].split(":")[0] for threat in found().threats}) == len(found().threats)


def test_figures_that_end_by_2020_give_a_watch_at_most() -> None:
    for threat in found().threats:
        assert threat.level is Level.WATCH
        assert "its last figure is of" in threat.basis


def test_a_reversal_cites_figures_and_target() -> None:
    sources = seen()[1].region.sources
    for threat in found().threats:
        cited = {line.source_id for line in threat.evidence}
        assert len(cited) >= 3
        assert cited <= set(sources)


def test_the_tables_of_the_page_come_from_the_same_aims() -> None:
    series = {one.id: one for one in aimed(found(), seen()[1])}
    assert "targets:courses" in series
    assert aimed(replace(found(), aims=None), seen()[1]) == ()


def test_a_domain_without_targets_is_refused_with_those_that_have_some() -> None:
    wish, given, domain = seen()
    water = next(one for one in given.domains if one.network)
    with pytest.raises(UnknownNameError, match=domain.name):
        strayed(water, given, wish)


def live(state: str, year: int, value: float) -> Observation:
    """A figure as the connector of the World Bank gives it: made up, of an indicator that has a target."""
    evidence, end = Evidence("worldbank", Confidence.PUBLISHED), date(year + 1, 1, 1)
    period, unit, author = (date(year, 1, 1), end), "% of population", "World Bank"
    return Observation(
        state, "basic_water_share", *period, value, unit, author, evidence, vintage="2026-10-01"
    )


def test_live_figures_reach_the_courses_the_tables_and_the_unknowns() -> None:
    wish, given, domain = seen()
    known = tuple(live("KGZ", year, 60.0 + year - 2005) for year in range(2005, 2026))
    fresh = strayed(domain, replace(given, observations=(*given.observations, *known)), wish)
    assert fresh.aims is not None
    before = aims(domain, given, wish)
    assert before is not None
    last = {one.state: one.last for one in fresh.aims.courses if one.target == "sdg-basic_water_share"}
    old = {one.state: one.last for one in before.courses if one.target == "sdg-basic_water_share"}
    assert last["KGZ"] == (2025, 80.0)
    assert {state: one for state, one in last.items() if state != "KGZ"} == {
        state: one for state, one in old.items() if state != "KGZ"
    }
    tables = {one.id: one for one in aimed(fresh, given)}
    assert tables["goals:fresh"].columns["author"] == ("World Bank",)
    assert "worldbank" in tables["targets:courses"].source_ids
    assert "World Bank" in fresh.gaps[0]
    assert "goals:fresh" not in {one.id for one in aimed(found(), given)}


def test_an_edition_that_comes_later_does_not_change_what_an_earlier_day_saw(tmp_path: Path) -> None:
    wish = replace(seen()[0], own=tmp_path / "own.sqlite")
    pack = seen()[1].region
    store, terms = live_store(wish.own, pack), sources.terms()["worldbank"]

    def last(on: date) -> tuple[int, float] | None:
        now = observe(replace(wish, on=on))
        found = aims(seen()[2], now, replace(wish, on=on))
        assert found is not None
        return next(one.last for one in found.courses if one.state == "KGZ" and "basic_water" in one.target)

    packed = last(ON)
    for day, value in ((datetime(2026, 3, 2, tzinfo=UTC), 80.0), (datetime(2026, 10, 2, tzinfo=UTC), 70.0)):
        told = [replace(live("KGZ", year, value), vintage=f"{day:%F}") for year in range(2005, 2026)]
        store.take(terms, told, pack, day)
    assert [last(date(2026, 3, 1)), last(date(2026, 9, 30)), last(ON)] == [packed, (2025, 80.0), (2025, 70.0)]
