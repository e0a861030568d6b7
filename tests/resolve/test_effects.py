"""Effects: differences of each member with itself, in water, electricity and money that add up."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from mirab.core.flow.run import Run
from mirab.resolve import changes, effects

from .made import TURN, inflow, river, worth


@cache
def base() -> Run:
    return river().compile().simulate(inflow())


@cache
def other() -> Run:
    changed, _ = changes.apply(river(), inflow(), [TURN])
    return changed.compile().simulate(inflow())


def test_a_probability_moves_by_the_mean_difference_of_members_with_themselves() -> None:
    before = np.array([True] * 40 + [False] * 60)
    after = np.array([True] * 10 + [False] * 90)
    found = effects.threat("t", before, after)
    assert (found.before, found.after) == (0.4, 0.1)
    change = after.astype(float) - before
    half = np.hypot(1.645 * change.std() / 10, 2.3 / 100)
    assert (found.low, found.high) == pytest.approx((-0.3 - half, -0.3 + half))


def test_members_that_all_stay_leave_the_doubt_of_their_number() -> None:
    few, many = (effects.threat("t", np.ones(n, dtype=bool), np.ones(n, dtype=bool)) for n in (3, 1000))
    assert many.low == -many.high == -0.0023
    assert few.high > 0.5


def test_one_member_proves_nothing() -> None:
    found = effects.threat("t", np.array([True]), np.array([False]))
    assert found.low < 0.0 < found.high


def test_the_water_of_the_states_adds_up_to_what_claims_got_without_losses() -> None:
    given = effects.accounts(base(), river(), worth())
    fields = base().axis.mcm_per_m3s @ base().delivered["fields"] / 1e3
    assert sum(one.water_km3 for one in given.values()) == pytest.approx(fields)
    assert given["XBB"].water_km3 == pytest.approx(0.75 * fields)


def test_the_owner_of_a_plant_earns_its_electricity_by_the_month() -> None:
    own = effects.accounts(base(), river(), worth())["XAA"]
    energy = base().energy["plant"]
    winter = np.array([day.month in (10, 11, 12, 1, 2, 3) for day in base().axis.starts])
    assert own.energy_gwh == pytest.approx(energy.sum(axis=0))
    assert own.winter_energy_gwh == pytest.approx(energy[winter].sum(axis=0))
    low = 0.05e6 * (energy[winter].sum(axis=0) + energy[~winter].sum(axis=0) / 3)
    assert own.power_usd[0] == pytest.approx(low)


def test_what_a_store_holds_at_the_end_counts_for_its_owner() -> None:
    own = effects.accounts(base(), river(), worth())["XAA"]
    assert own.stored_km3 == pytest.approx(base().volume["lake"][-1] / 1e3)
    assert own.water_usd[1] == pytest.approx(base().volume["lake"][-1] * 1e6 * 0.06 / 4)


def test_the_ends_of_the_ranges_bound_every_gain_between_them() -> None:
    before, after = (effects.accounts(run, river(), worth()) for run in (base(), other()))
    for one in effects.states(before, after):
        more = after[one.state].usd.mean() - before[one.state].usd.mean()
        assert one.least_usd <= more <= one.most_usd
        assert one.least_usd <= one.most_usd


def test_a_run_against_itself_changes_nothing() -> None:
    given = effects.accounts(base(), river(), worth())
    for one in effects.states(given, given):
        assert {*one.water_km3, *one.energy_gwh, *one.gain_usd, one.least_usd, one.most_usd} == {0.0}


def test_water_is_valued_against_the_need_without_the_change() -> None:
    """Who asks for less gets all of it, and loses by it all the same."""
    less, _ = changes.apply(river(), inflow(), [changes.Change("demand_factor", "fields", 0.5, "1")])
    before, after = (
        effects.accounts(run, river(), worth()) for run in (base(), less.compile().simulate(inflow()))
    )
    effect = {one.state: one for one in effects.states(before, after)}["XBB"]
    assert effect.water_km3[1] < 0.0
    assert effect.gain_usd[1] < 0.0
