"""Changes of carriage: each does what it says to the plan, and what cannot be is named with the way out."""

from __future__ import annotations

from datetime import date

import pytest

from mirab.core.carriage import Carriage
from mirab.core.declared_carriage import carriage
from mirab.core.errors import InputError
from mirab.core.records import Change
from mirab.observe.region import load
from mirab.resolve.carriage import KINDS, apply, problems, separate

ON = date(2026, 11, 22)


@pytest.fixture(scope="module")
def plan() -> Carriage:
    return carriage(load("toy"), "corridor")


def changed(plan: Carriage, what: str, item: str, value: float) -> Carriage:
    return apply(plan, [Change(what, item, value, KINDS[what])], ON)


def test_vessels_come_on_top_and_a_load_without_drafts_is_a_share_of_the_full_one(plan: Carriage) -> None:
    assert changed(plan, "vessels", "boats", 1.0).network.fleets[0].vessels == 3.0
    (boats,) = changed(plan, "draft_share", "boats", 0.9).network.fleets
    assert (boats.load, boats.drafts) == (54.0, ())


def test_a_place_is_closed_from_the_first_day_for_so_many_days(plan: Carriage) -> None:
    (closure,) = changed(plan, "closed_days", "east_quay", 10.0).network.closures
    assert (closure.nodes, closure.windows) == (("east_quay",), ((ON, date(2026, 12, 1)),))


def test_capacity_and_dwell_are_multiplied(plan: Carriage) -> None:
    more = changed(plan, "per_day_factor", "midtown_gauge", 1.5)
    assert next(n for n in more.network.nodes if n.id == "midtown_yard").services[0].per_day == 6.0
    less = changed(plan, "hours_factor", "midtown_gauge", 0.5)
    assert next(n for n in less.network.nodes if n.id == "midtown_yard").services[0].hours == 10.0
    assert less.stations["midtown_yard/midtown_gauge"].hours == (5.0, 10.0, 20.0)


def test_ways_levels_markets_and_freight_change_in_the_plan(plan: Carriage) -> None:
    assert changed(plan, "unavailable", "rail", 1.0).barred == {"rail"}
    assert changed(plan, "level_m", "level", -1.0).level_shift == -1.0
    assert changed(plan, "demand_factor", "ardia_calda", 2.0).demand == {"ardia_calda": 2.0}
    assert changed(plan, "freight_factor", "by_lake", 0.8).freight == {"by_lake": 0.8}
    assert plan.barred == frozenset()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (Change("vessel", "boats", 1.0, "1"), "is no change of carriage; nearest is .vessels."),
        (Change("vessels", "boat", 1.0, "1"), "nearest is 'boats'"),
        (Change("vessels", "boats", 1.0, "m"), "has unit 'm'; write '1'"),
        (Change("closed_days", "east_quay", 0.0, "day"), "out of bounds"),
        (Change("per_day_factor", "east_quay_port", 2.0, "1"), "is not in the plan"),
        (Change("vessels", "boats", 1.0, "1", (1,)), "names months"),
    ],
)
def test_a_change_that_cannot_be_is_named(plan: Carriage, change: Change, message: str) -> None:
    with pytest.raises(InputError, match=message):
        apply(plan, [change], ON)


@pytest.mark.parametrize("region", ["toy", "central_asia"])
def test_the_changes_of_the_packs_fit_their_plans(region: str) -> None:
    pack = load(region)
    whole = carriage(pack, "corridor")
    rows = (*pack.rows("corridor/scenarios"), *pack.rows("corridor/option_changes"))
    made = [Change(row["what"], row["item"], row["value"], row["unit"]) for row in rows]
    assert made
    assert not [problem for change in made for problem in problems(whole, change)]


def test_changes_of_cargo_that_never_meets_are_run_apart() -> None:
    asia = carriage(load("central_asia"), "corridor")
    north, rest, hub = (
        Change("hours_factor", service, 0.5, "1")
        for service in ("dostyk_gauge", "hairatan_border", "aktau_port")
    )
    assert separate(asia, [north, rest, hub]) == [(north, hub), (rest,)]
    assert separate(asia, []) == []


def test_a_change_of_all_cargo_keeps_them_together(plan: Carriage) -> None:
    level = Change("level_m", "level", -1.0, "m")
    boats = Change("vessels", "boats", 1.0, "1")
    assert separate(plan, [boats, level]) == [(boats, level)]
