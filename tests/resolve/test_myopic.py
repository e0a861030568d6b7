"""What a coalition may change without foresight: its own claims and stores, and nothing of the others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from two_valleys import two_valleys

from mirab.core.network import Network
from mirab.core.values import Piece, Values
from mirab.resolve.myopic import Plan, change, plans

DAYS = np.tile([10.0, 10.0, 10.0], 12)
DAYS[2::3] = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) - 20


@given(st.sampled_from([0.25, 0.5, 1.0]))
def test_a_moved_release_carries_the_same_water_in_a_year(part: float) -> None:
    model, _, values = two_valleys()
    moved = change(model.network, values, Plan(("AAA", "BBB"), moved=part, stores=("north_lake",)))
    before, after = (
        np.array(net.instreams["release_north_river"].flow_m3s) for net in (model.network, moved)
    )
    assert after @ DAYS == pytest.approx(np.repeat(before, 3) @ DAYS)
    summer = slice(9, 27)
    assert after[summer].sum() > np.repeat(before, 3)[summer].sum()
    assert moved.instreams["release_south_river"] == model.network.instreams["release_south_river"]


def test_who_has_no_claim_below_its_store_has_no_plan() -> None:
    model, _, values = two_valleys()
    assert not list(plans(model.network, values, ("AAA",)))
    assert not list(plans(model.network, values, ("AAA", "CCC")))
    assert [plan.moved for plan in plans(model.network, values, ("AAA", "BBB"))] == [0.5, 1.0]


def ladder() -> Network:
    net = Network("ladder", states=("AAA", "BBB"))
    net.source("river", into="weir")
    net.node("weir")
    net.boundary("sea")
    net.reach("weir", "sea")
    for name, state, priority in (("a", "AAA", 2), ("b", "BBB", 3), ("c", "AAA", 4), ("d", "AAA", 4)):
        net.claim(name, at="weir", demand=5.0, priority=priority, shares={state: 1.0})
    return net


def test_a_coalition_deals_out_its_own_priorities_by_worth() -> None:
    worth = {"a": 0.01, "b": 0.09, "c": 0.05, "d": 0.02}
    values = Values({claim: (Piece(1.0, usd),) for claim, usd in worth.items()})
    (plan,) = plans(ladder(), values, ("AAA",))
    changed = change(ladder(), values, plan)
    assert {id: claim.priority for id, claim in changed.claims.items()} == {"a": 4, "b": 3, "c": 2, "d": 4}
    assert str(plan) == "claims stand by what water is worth"


def test_equal_worth_changes_no_order() -> None:
    values = Values({claim: (Piece(1.0, 0.04),) for claim in "abcd"})
    assert not list(plans(ladder(), values, ("AAA", "BBB")))
    assert str(Plan()) == "nothing changes"
