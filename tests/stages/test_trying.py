"""Scenarios and options of carriage: the same members with and without, and what cannot be run is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mirab import inquiry
from mirab.centre import Wish, observe
from mirab.core.errors import InputError, RegionError, UnknownNameError
from mirab.core.records import Marking
from mirab.domains.corridor.domain import DOMAIN
from mirab.stages import trying
from mirab.stages.carrying import carry
from mirab.stages.observing import Seen

ON = date(2024, 6, 1)


@pytest.fixture(scope="module")
def wish(tmp_path_factory: pytest.TempPathFactory) -> Wish:
    folder = tmp_path_factory.mktemp("toy")
    return Wish("toy", ON, ON, folder / "out", folder / "own.sqlite", members=10)


@pytest.fixture(scope="module")
def seen(wish: Wish) -> Seen:
    return observe(wish)


def difference(wish: Wish, scenario: str, quantity: str, item: str) -> tuple[float, float, float]:
    effects = inquiry.simulate("corridor", scenario, wish).effects
    return next(one.difference for one in effects if (one.quantity, one.item) == (quantity, item))


def test_a_storm_lengthens_the_wait_for_the_boats(wish: Wish) -> None:
    assert difference(wish, "storm", "waiting_time", "east_quay/east_quay_port")[1] > 0.0


def test_one_more_boat_shortens_it(wish: Wish) -> None:
    assert difference(wish, "one-more-boat", "waiting_time", "east_quay/boats")[1] < 0.0


def test_an_unavailable_way_loses_all_its_cargo_to_the_other(wish: Wish) -> None:
    low, _, high = difference(wish, "rail-unavailable", "route_share", "by_rail")
    assert low <= high < -0.5
    assert difference(wish, "rail-unavailable", "travel_time", "by_lake")[1] > 1.0


def test_an_unknown_scenario_is_named_with_the_nearest(wish: Wish) -> None:
    with pytest.raises(UnknownNameError, match="scenario 'strom' is not known; nearest is 'storm'"):
        inquiry.simulate("corridor", "strom", wish)


def test_scenarios_are_listed_like_those_of_any_domain(wish: Wish) -> None:
    known = inquiry.scenarios_of("corridor", wish)
    assert [one.id for one in known] == ["storm", "rail-unavailable", "one-more-boat"]


def test_options_are_judged_on_the_threats_of_the_same_members(wish: Wish, seen: Seen) -> None:
    part = carry(DOMAIN, seen, wish)
    assert part.threats
    options = {one.id: one for one in trying.tried(part, seen, replace(wish, audience=Marking.INTERNAL))}
    boats = {effect.threat: effect for effect in options["corridor:more_boats"].threats}
    waits = boats["corridor:long_wait:east_quay/boats"]
    assert waits.after <= waits.before
    assert options["corridor:more_boats"].coalition == ("XAA", "XCC")


def test_a_scenario_that_the_pack_cannot_make_is_told_with_its_line(tmp_path: Path) -> None:
    from mirab.observe import describe

    folder = describe.new(tmp_path / "pack")
    path = folder / "corridor" / "scenarios.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",boats,", ",boat,"), encoding="utf-8")
    with pytest.raises(RegionError, match="corridor/scenarios.csv:4 vessels of 'boat'") as refused:
        inquiry.check_region(str(folder))
    assert "nearest is 'boats'" in str(refused.value)


def test_a_way_with_a_missing_link_is_refused(tmp_path: Path) -> None:
    from mirab.observe import describe

    folder = describe.new(tmp_path / "pack")
    path = folder / "corridor" / "routes.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("> west_quay__calda_gate", "> west_quay__calda"),
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="by_lake has the missing link 'west_quay__calda'"):
        inquiry.check_region(str(folder))
