"""Carriage ahead: members are worlds of their own, shares answer to queues, and nothing goes nowhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from mirab.core.carriage import Carriage
from mirab.core.declared_carriage import carriage
from mirab.core.errors import SolutionError
from mirab.observe.region import load
from mirab.warn.carriage import TOLD_GAP, Carried, carried, drawn, dwell, quantile
from mirab.warn.cuts import busiest, cut, more, one_more

ON = date(2024, 6, 1)
MEMBERS = 12


@pytest.fixture(scope="module")
def plan() -> Carriage:
    return carriage(load("toy"), "corridor")


@pytest.fixture(scope="module")
def found(plan: Carriage) -> Carried:
    return carried(plan, drawn(plan, ON, MEMBERS, 1, ahead=90))


def test_a_member_is_the_same_world_however_many_are_drawn(plan: Carriage) -> None:
    few, many = (drawn(plan, ON, members, 1, ahead=5) for members in (4, 20))
    assert np.array_equal(few.theta, many.theta[:4])
    assert np.array_equal(few.volume["ardia_calda"], many.volume["ardia_calda"][:4])
    other = drawn(plan, ON, 4, 2, ahead=5)
    assert not np.array_equal(few.theta, other.theta)


def test_a_triangular_law_has_its_ends_and_its_mode() -> None:
    u = np.array([0.0, 0.25, 1.0])
    assert quantile(u, (0.0, 1.0, 4.0)) == pytest.approx([0.0, 1.0, 4.0])
    assert quantile(u, (2.0, 2.0, 2.0)) == pytest.approx([2.0] * 3)


def test_dwell_lies_in_the_range_of_its_station(plan: Carriage) -> None:
    hours = dwell(plan, drawn(plan, ON, 200, 1, ahead=5), "midtown_yard/midtown_gauge")
    assert hours.min() >= 10.0
    assert hours.max() <= 40.0


def test_shares_of_a_market_add_to_one_and_its_cost_is_finite(found: Carried) -> None:
    assert found.shares.sum(axis=1) == pytest.approx(np.ones(MEMBERS))
    assert np.isfinite(found.cost).all()


def test_at_the_conditions_of_their_year_shares_are_those_observed(plan: Carriage) -> None:
    market = replace(plan.markets["ardia_calda"], spread=0.0, growth=(0.0, 0.0))
    level = replace(plan.level, rate=(0.0, 0.0, 0.0)) if plan.level else None
    still = replace(plan, markets={"ardia_calda": market}, level=level)
    same = carried(still, drawn(still, ON, MEMBERS, 1, ahead=90))
    assert same.shares == pytest.approx(np.tile([0.8, 0.2], (MEMBERS, 1)), abs=1e-6)
    assert same.gap < 1e-6


def test_shares_and_queues_answer_to_each_other_within_the_stated_gap(found: Carried) -> None:
    again = carried(found.plan, found.draws, base=found, shares=found.shares)
    asked = found.choice.shares(again.cost - found.reference)
    assert np.abs(asked - found.shares).max(axis=1) == pytest.approx(found.gaps, abs=1e-5)
    assert found.gap <= TOLD_GAP


def test_no_journey_is_shorter_than_the_way_without_a_queue(found: Carried) -> None:
    moving = [sum(s.hours for s in way.stages if s.kind != "dwell") for way in found.ways]
    assert (found.mean_hours >= np.array(moving)).all()


def test_a_barred_nest_carries_nothing_and_the_rest_all(plan: Carriage, found: Carried) -> None:
    other = carried(replace(plan, barred=frozenset({"rail"})), found.draws, base=found)
    assert other.shares == pytest.approx(np.tile([0.0, 1.0], (MEMBERS, 1)))
    assert (other.mean_hours[:, 1] > found.mean_hours[:, 1]).all()


def test_where_every_way_is_barred_the_answer_is_no_path_with_the_cut(plan: Carriage, found: Carried) -> None:
    with pytest.raises(SolutionError, match="Ardia to Calda, containers: no path; the cut is lake, rail"):
        carried(replace(plan, barred=frozenset({"rail", "lake"})), found.draws)


def test_a_lower_level_makes_the_boats_carry_less(plan: Carriage, found: Carried) -> None:
    low = carried(replace(plan, level_shift=-1.0), found.draws, base=found, shares=found.shares)
    assert (low.wait_h("east_quay/boats") >= found.wait_h("east_quay/boats") - 1e-3).all()
    assert low.room["east_quay/boats"].mean() < found.room["east_quay/boats"].mean()


def test_one_more_boat_never_lengthens_the_mean_journey(found: Carried) -> None:
    unit = one_more(found, "east_quay/boats")
    assert unit.hours >= -1e-6
    assert unit.usd[0] >= -1e-6
    fleets = more(found.plan, found.plan.stations["east_quay/boats"], 1.0).network.fleets
    assert fleets[0].vessels == 3.0


def test_a_closed_place_turns_cargo_to_the_other_way_at_a_cost(found: Carried) -> None:
    closed = cut(found, "midtown_yard/midtown_gauge", 30)
    assert closed.lost_kt == (0.0, 0.0, 0.0)
    assert closed.cost_usd[0] > 0.0
    tonnes = np.quantile(found.shares[:, 0] * found.volumes[:, 0], 0.5)
    assert closed.moved_kt[1] == pytest.approx(30 * tonnes / 1000.0)
    assert closed.next == "east_quay/boats"
    assert closed.next_use is not None
    assert closed.next_use > 1.0


def test_a_place_without_another_way_loses_its_cargo(plan: Carriage, found: Carried) -> None:
    alone = replace(plan, ways={id: way for id, way in plan.ways.items() if id == "by_lake"})
    network = replace(
        plan.network,
        routes=tuple(route for route in plan.network.routes if route.id == "by_lake"),
        streams=tuple(one for one in plan.network.streams if one.route == "by_lake"),
    )
    run = carried(replace(alone, network=network), found.draws)
    closed = cut(run, "east_quay/east_quay_port", 10)
    assert closed.lost_kt[1] > 0.0
    assert closed.cost_usd == (0.0, 0.0, 0.0)
    assert (closed.next, closed.next_use) == ("east_quay/boats", 0.0)


def test_only_stations_with_a_capacity_are_ranked(found: Carried) -> None:
    assert set(busiest(found, 9)) == {"midtown_yard/midtown_gauge", "east_quay/boats"}


def test_dependence_leaves_out_the_states_where_all_begins_or_ends(found: Carried) -> None:
    assert set(found.through("ardia_calda")) == {"XBB"}
    assert found.through("ardia_calda")["XBB"] == pytest.approx(found.shares[:, 0])
    assert found.concentration("ardia_calda") == pytest.approx((found.shares**2).sum(axis=1))
