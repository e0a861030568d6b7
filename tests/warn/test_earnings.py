"""What a run of carriage brings states: by hand on the toy, and what must hold whatever the costs are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.carriage import Carriage
from mirab.core.declared_carriage import carriage
from mirab.core.queues.network import Node
from mirab.core.records import Change
from mirab.observe.region import load
from mirab.resolve import carriage as changes
from mirab.warn.carriage import Carried, carried, drawn, dwell
from mirab.warn.earnings import Gains, gains, kept, owners, told, touched

ON = date(2024, 6, 1)
MEMBERS = 6
RAIL, LAKE = 0, 1
DAYS_A_YEAR = 365.0


@pytest.fixture(scope="module")
def plan() -> Carriage:
    return carriage(load("toy"), "corridor")


@pytest.fixture(scope="module")
def base(plan: Carriage) -> Carried:
    """A run whose shares are those that its costs ask for."""
    found = carried(plan, drawn(plan, ON, MEMBERS, 1, ahead=60))
    return replace(found, shares=found.choice.shares(found.cost - found.reference))


def cheaper(base: Carried, rail: float, lake: float) -> Carried:
    """The run with ways that cost so many USD a t less, and cargo that turns to them."""
    cost = base.cost - np.array([rail, lake])
    return replace(base, cost=cost, shares=base.choice.shares(cost - base.reference))


def of(found: Gains, state: str) -> int:
    return found.states.index(state)


def test_what_cargo_gains_is_the_log_sum_of_its_logit(base: Carried) -> None:
    found = gains(base, cheaper(base, 3.0, 0.0))
    old = base.choice.shares(base.cost - base.reference)
    theta, volume = base.draws.theta, base.volumes[:, RAIL]
    # At a likeness of 1 the worth changes by ln(sum of old shares x exp(theta x saved)) / theta.
    worth = np.log(old[:, RAIL] * np.exp(theta * 3.0) + old[:, LAKE]) / theta
    both = found.time + found.turning
    assert both[:, of(found, "XAA")] == pytest.approx(DAYS_A_YEAR * volume * worth / 2)
    assert both[:, of(found, "XCC")] == pytest.approx(DAYS_A_YEAR * volume * worth / 2)
    assert found.time[:, of(found, "XAA")] == pytest.approx(DAYS_A_YEAR * volume * old[:, RAIL] * 3.0 / 2)


def test_transit_income_goes_to_the_state_on_whose_link_it_is_earned(base: Carried) -> None:
    other = cheaper(base, 3.0, 0.0)
    found = gains(base, other)
    more = (other.shares - base.shares)[:, RAIL] * base.volumes[:, RAIL]
    # Of the rail only the 210 km from Midtown on are Boria's; its tariff lies between 0.03 and 0.08 USD/tkm.
    tariff = 210.0 * (0.03 + base.draws.freight * (0.08 - 0.03))
    left = kept((0.2, 0.3, 0.4), base.draws.seed, MEMBERS)
    assert found.transit[:, of(found, "XBB")] == pytest.approx(DAYS_A_YEAR * more * tariff * left)
    assert not found.transit[:, [of(found, "XAA"), of(found, "XCC")]].any()


def test_what_carrying_leaves_lies_in_its_range() -> None:
    drawn_parts = kept((0.1, 0.3, 0.46), 1, 500)
    assert drawn_parts.min() > 0.1
    assert drawn_parts.max() < 0.46
    assert drawn_parts.mean() == pytest.approx((0.1 + 0.3 + 0.46) / 3, abs=0.01)


def test_without_a_part_that_is_left_there_is_no_transit_income(base: Carried, plan: Carriage) -> None:
    silent = replace(base, plan=replace(plan, kept=None))
    found = gains(silent, replace(cheaper(base, 3.0, 0.0), plan=silent.plan))
    assert not found.transit.any()


def test_a_vessel_earns_for_its_owners_in_their_shares(base: Carried, plan: Carriage) -> None:
    """Were the cargo that of others, Calda would earn on its road and have a quarter of the boats."""
    market = replace(plan.markets["ardia_calda"], ends=("XBB",))
    theirs = replace(plan, markets={"ardia_calda": market}, owners={"boats": {"XAA": 0.75, "XCC": 0.25}})
    one, other = replace(base, plan=theirs), replace(cheaper(base, 0.0, 3.0), plan=theirs)
    found = gains(one, other)
    more = (other.shares - one.shares)[:, LAKE] * one.volumes[:, LAKE]
    place, left = base.draws.freight, kept((0.2, 0.3, 0.4), 1, MEMBERS)
    road = 110.0 * (0.03 + place * (0.08 - 0.03))
    sailing = 10.0 * 20.0 * (0.003 + place * (0.01 - 0.003))
    earned = DAYS_A_YEAR * more * left * (road + 0.25 * sailing)
    assert found.transit[:, of(found, "XCC")] == pytest.approx(earned)


def test_owners_of_a_gain_add_to_one_and_are_the_ends_of_the_market(plan: Carriage) -> None:
    assert owners(plan, plan.loaded("ardia_calda")) == pytest.approx({"XAA": 0.5, "XCC": 0.5})
    only = replace(plan, markets={"ardia_calda": replace(plan.markets["ardia_calda"], ends=("XCC",))})
    assert owners(only, only.loaded("ardia_calda")) == pytest.approx({"XCC": 1.0})
    none = replace(plan, markets={"ardia_calda": replace(plan.markets["ardia_calda"], ends=("XBB", "XDD"))})
    assert owners(none, none.loaded("ardia_calda")) == pytest.approx({"XBB": 0.5, "XDD": 0.5})


def test_days_are_those_of_cargo_that_touches_a_state(base: Carried) -> None:
    other = replace(base)
    other.__dict__["mean_hours"] = base.mean_hours - np.array([12.0, 0.0])
    found = gains(base, other)
    assert found.days[:, of(found, "XBB")] == pytest.approx(np.full(MEMBERS, 0.5))
    assert found.days[:, of(found, "XAA")] == pytest.approx(0.5 * base.shares[:, RAIL])


def test_the_same_run_brings_nothing_and_nobody_is_told(base: Carried, plan: Carriage) -> None:
    found = gains(base, base)
    assert found.states == touched(plan, base.ways) == ("XAA", "XBB", "XCC")
    assert not found.usd.any()
    assert told(found) == ()


@settings(max_examples=30, deadline=None, derandomize=True)
@given(rail=st.floats(-8.0, 8.0), lake=st.floats(-8.0, 8.0))
def test_turning_never_costs_cargo_anything(base: Carried, rail: float, lake: float) -> None:
    found = gains(base, cheaper(base, rail, lake))
    assert found.turning.min() >= -1e-6 * np.abs(found.time).max() - 1e-6


def test_a_shorter_dwell_brings_its_hours_at_the_value_of_time(plan: Carriage) -> None:
    """By hand: nothing waits at Midtown and no dwell varies, so each t by rail saves half of its dwell."""
    calm = replace(plan, network=replace(plan.network, nodes=tuple(map(without_spread, plan.network.nodes))))
    now = carried(calm, drawn(calm, ON, MEMBERS, 1, ahead=30))
    now = replace(now, shares=now.choice.shares(now.cost - now.reference))
    half = changes.apply(calm, [Change("hours_factor", "midtown_gauge", 0.5, "1")], ON)
    found = gains(now, carried(half, now.draws, base=now, shares=now.shares))
    days = dwell(plan, now.draws, "midtown_yard/midtown_gauge") / 2.0 / 24.0
    tonnes = now.shares[:, RAIL] * now.volumes[:, RAIL]
    expected = DAYS_A_YEAR * now.draws.time["boxes"] * days * tonnes / 2.0
    assert found.time[:, of(found, "XAA")] == pytest.approx(expected, rel=0.02)
    assert found.days[:, of(found, "XBB")] == pytest.approx(days, rel=0.02)


def without_spread(node: Node) -> Node:
    return replace(node, services=tuple(replace(one, spread=0.0) for one in node.services))
