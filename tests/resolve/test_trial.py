"""Trial: options on the same members, judged alike; pairs of the best; who must agree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mirab.core.records import Change, Standing, ThreatEffect
from mirab.resolve import trial as trials
from mirab.resolve.sharing import RULES

from .made import SUMMER, TURN, option, river, trial

FULL = option("full", TURN)
LESS = option("less", Change("demand_factor", "fields", 0.6, "1"), standing=Standing.PROPOSED)
NONE = option("talks")


def test_an_option_is_judged_on_the_members_of_the_outlook() -> None:
    found = trial().of(FULL)
    dry = next(effect for effect in found.threats if effect.threat == "water:dry:fields")
    assert dry.before > dry.after
    assert dry.before == np.mean(trial()._true["water:dry:fields"])


def test_who_acts_and_who_loses_must_agree() -> None:
    found = trial().of(FULL)
    gains = {effect.state: effect for effect in found.states}
    assert gains["XAA"].winter_energy_gwh[1] < 0.0
    assert gains["XBB"].water_km3[1] > 0.0
    assert found.coalition == ("XAA",)
    assert trial().of(LESS).coalition == ("XAA", "XBB", "XCC")


def test_a_step_that_brings_more_than_it_costs_has_a_deal_that_adds_up() -> None:
    found = trial().of(FULL)
    brought = {effect.state: effect.gain_usd[1] for effect in found.states}
    assert set(found.shares) == set(brought) == {"XAA", "XBB", "XCC"}
    assert sum(found.compensation.values()) == pytest.approx(0.0, abs=1e-6)
    assert found.compensation["XAA"] > 0.0 > found.compensation["XBB"]
    assert [one.rule for one in found.rules] == list(RULES)
    assert len(found.deal) == 4
    assert found.deal[3].startswith("In kind, in the middle member: XAA makes")


def test_a_step_that_costs_more_than_it_brings_hands_nothing_over() -> None:
    found = trial().of(LESS)
    assert not found.shares
    assert not found.compensation
    assert not found.rules
    assert "from outside" in found.deal[1]


def test_a_deal_is_also_looked_at_without_the_states_apart() -> None:
    found = replace(trial(), names={"XAA": "Aland"}, apart=("XCC",)).of(FULL)
    assert "Aland, XBB and XCC" in found.deal[0]
    assert found.deal[3].startswith("With XCC taking part")


def test_an_option_without_changes_is_listed_as_it_is() -> None:
    assert trial().of(NONE) == NONE
    assert NONE in trial().all([NONE])


def test_a_change_that_does_nothing_moves_no_state_and_needs_nobody_else() -> None:
    idle = option("idle", Change("demand_factor", "fields", 1.0, "1"))
    found = trial().of(idle)
    assert found.states == ()
    assert found.coalition == ("XAA",)
    assert found.deal == ()
    assert all(effect.before == effect.after for effect in found.threats)


def test_the_best_of_a_threat_are_tried_in_pairs_with_the_lesser_standing() -> None:
    found = {one.id: one for one in trial().all([FULL, LESS, NONE])}
    both = found["water:full+water:less"]
    assert both.parts == ("water:full", "water:less")
    assert both.standing is Standing.PROPOSED
    assert both.changes == (*FULL.changes, *LESS.changes)
    assert both.states


def test_the_best_helps_most_and_chance_does_not_help() -> None:
    found = trial().all([FULL, LESS, NONE])
    ranked = trials.best(found, "water:dry:fields")
    effects = [next(e for e in one.threats if e.threat == "water:dry:fields") for one in ranked]
    assert effects
    assert [e.after for e in effects] == sorted(e.after for e in effects)
    assert not ThreatEffect("t", 0.5, 0.49, -0.03, 0.01).helps


def test_a_start_volume_of_an_option_is_where_its_run_starts() -> None:
    found = trial().of(option("fuller", Change("start_mcm", "lake", 900.0, "million m3")))
    low = next(effect for effect in found.threats if effect.threat == "water:low:lake")
    assert low.after <= low.before
    gain = next(effect for effect in found.states if effect.state == "XAA")
    assert gain.stored_km3[2] > 0.0 or gain.energy_gwh[2] > 0.0


@pytest.mark.parametrize("months", [(), SUMMER])
def test_no_run_leaves_the_outlook_changed(months: tuple[int, ...]) -> None:
    one = trial()
    before = one.base.start.volume_mcm.copy()
    low = Change("start_mcm", "lake", 100.0, "million m3")
    one.of(option("low", low, Change("demand_factor", "fields", 0.5, "1", months)))
    assert np.array_equal(one.base.start.volume_mcm, before)
    assert one.base.model.network == river()


def test_the_deal_is_between_those_who_must_agree_and_those_who_gain() -> None:
    found = trial().of(FULL)
    assert len(found.deal) >= 3
    if found.shares:
        assert sum(found.compensation.values()) == pytest.approx(0.0, abs=1.0)
        assert set(found.shares) >= {"XAA", "XBB", "XCC"}
    assert "XAA makes" in found.deal[-1]
    assert "less electricity from October to March" in found.deal[-1]


def test_a_step_that_costs_more_than_it_brings_has_nothing_to_share() -> None:
    found = trial().of(LESS)
    assert found.shares == {}
    assert any("nothing to share" in sentence for sentence in found.deal)
