"""Changes: each does what it says to a copy, and what does not fit is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble, Ranged
from mirab.core.errors import InputError
from mirab.core.network import Network, Zone
from mirab.core.records import Change
from mirab.resolve import changes

AXIS = dekads(date(2023, 1, 1), 36)
FLAT = replace(Change("inflow_factor", "all", 0.5, "1"))


def river() -> Network:
    """A lake with a release rule, and three claims below it."""
    net = Network("made", states=("XAA", "XBB"))
    net.source("hills", into="lake", state="XAA")
    net.store("lake", state="XAA", full_mcm=900, start_mcm=500, zones=[Zone(900, 4)])
    net.node("town", state="XBB")
    net.boundary("sea")
    net.reach("lake", "town")
    net.reach("town", "sea")
    net.instream("release_lake__town", reach="lake__town", flow=[10.0] * 18 + [30.0] * 18, priority=3)
    net.claim("fields", at="town", demand=[float(m) for m in range(12)], priority=6, shares={"XBB": 1.0})
    net.claim("mill", at="town", demand=4.0, priority=7, shares={"XBB": 1.0})
    net.claim("seepage", at="town", demand=1.0, priority=2, kind="loss")
    return net


def flow() -> Ensemble:
    values = np.linspace(10, 40, 3 * 36).reshape(3, 36, 1)
    return Ensemble.of("inflow", "m3/s", ("hills",), AXIS, values)


def change(*wanted: Change) -> tuple[Network, Ensemble]:
    return changes.apply(river(), flow(), wanted)


def test_nothing_given_is_changed_by_a_scenario() -> None:
    net, inflow = river(), flow()
    before = inflow.lanes.copy()
    changes.apply(net, inflow, [FLAT, Change("demand_m3s", "fields", 9.0, "m3/s")])
    assert net == river()
    assert np.array_equal(inflow.lanes, before)


def test_an_inflow_factor_holds_in_its_months_only() -> None:
    _, changed = change(replace(FLAT, months=(4, 5)))
    ratio = changed["hills"] / flow()["hills"]
    spring = [day.month in (4, 5) for day in AXIS.starts]
    assert ratio[spring] == pytest.approx(0.5)
    assert ratio[np.invert(spring)] == pytest.approx(1.0)


def test_inflow_that_is_made_by_range_is_changed_as_it_is_made() -> None:
    source = Ranged("inflow", "m3/s", ("hills",), AXIS, 3, flow().part)
    _, changed = changes.apply(river(), source, [FLAT])
    assert np.array_equal(changed.part(0, 3).values(), change(FLAT)[1].values())


def test_a_demand_is_scaled_set_or_given_as_a_volume_of_the_year() -> None:
    net, _ = change(Change("demand_factor", "fields", 2.0, "1"))
    assert net.claims["fields"].demand_m3s == tuple(2.0 * month for month in range(12))
    net, _ = change(Change("demand_m3s", "mill", 7.0, "m3/s", (6, 7)))
    assert net.claims["mill"].demand_m3s == (4.0,) * 5 + (7.0,) * 2 + (4.0,) * 5
    net, _ = change(Change("demand_km3", "fields", 1.0, "km3"))
    year = dekads(date(2023, 1, 1), 36)
    volume = (year.spread(net.claims["fields"].demand_m3s) * year.mcm_per_m3s).sum() / 1e3
    assert volume == pytest.approx(1.0, rel=1e-3)


def test_all_demands_leave_out_closing_losses() -> None:
    net, _ = change(Change("demand_factor", "all", 0.5, "1"))
    assert net.claims["mill"].demand_m3s == 2.0
    assert net.claims["seepage"].demand_m3s == 1.0


def test_a_release_share_moves_water_between_the_seasons_and_keeps_the_year() -> None:
    summer = (4, 5, 6, 7, 8, 9)
    net, _ = change(Change("release_share", "lake__town", 0.75, "fraction", summer))
    before, after = (AXIS.spread(n.instreams["release_lake__town"].flow_m3s) for n in (river(), net))
    inside = np.array([day.month in summer for day in AXIS.starts])
    assert (after * AXIS.days)[inside].sum() / (after * AXIS.days).sum() == pytest.approx(0.75, abs=1e-3)
    assert (after * AXIS.days).sum() == pytest.approx((before * AXIS.days).sum(), rel=1e-3)
    assert after[9] / after[18] == pytest.approx(before[9] / before[18])


def test_a_release_rule_is_scaled_or_replaced() -> None:
    net, _ = change(Change("release_factor", "lake__town", 0.5, "1"))
    assert net.instreams["release_lake__town"].flow_m3s == (5.0,) * 18 + (15.0,) * 18
    net, _ = change(Change("instream_m3s", "release_lake__town", 3.0, "m3/s", (1,)))
    assert net.instreams["release_lake__town"].flow_m3s == (3.0,) * 3 + (10.0,) * 15 + (30.0,) * 18


def test_capacity_and_priority_are_set() -> None:
    net, _ = change(Change("capacity_m3s", "lake__town", 20.0, "m3/s"), Change("priority", "mill", 1.0, "1"))
    assert net.reaches["lake__town"].capacity_m3s == 20.0
    assert net.claims["mill"].priority == 1


def test_all_items_that_are_not_there_are_named_together() -> None:
    with pytest.raises(InputError, match=r"3 problems") as told:
        change(
            Change("inflow_factor", "hill", 0.5, "1"),
            Change("demand_m3s", "field", 0.5, "m3/s"),
            Change("release_factor", "town__sea", 0.5, "1"),
        )
    assert "inflow_factor hill is not in the network; nearest is 'hills'" in str(told.value)
    assert "demand_m3s field is not in the network; nearest is 'fields'" in str(told.value)
    assert "release_factor town__sea is not in the network; choose from 'lake__town'" in str(told.value)


def test_a_volume_for_a_claim_that_asks_for_nothing_is_refused() -> None:
    net = river()
    net.claims["mill"] = replace(net.claims["mill"], demand_m3s=0.0)
    with pytest.raises(InputError, match="mill has no water in these months to scale"):
        changes.apply(net, flow(), [Change("demand_km3", "mill", 1.0, "km3")])


def test_a_loss_is_scaled_and_cannot_pass_all_that_enters() -> None:
    net = river()
    net.reaches["town__sea"] = replace(net.reaches["town__sea"], loss=0.4)
    less, _ = changes.apply(net, flow(), [Change("loss_factor", "town__sea", 0.5, "1")])
    assert less.reaches["town__sea"].loss == pytest.approx(0.2)
    with pytest.raises(InputError, match=r"town__sea has the value 3; the most that it can be is 2.5"):
        changes.apply(net, flow(), [Change("loss_factor", "town__sea", 3.0, "1")])


def test_a_start_volume_is_that_of_all_members_and_the_given_state_stays() -> None:
    low = [Change("start_mcm", "lake", 120.0, "million m3")]
    net, inflow = change(*low)
    state = river().compile().start_state(inflow.axis, inflow.members)
    begun = changes.begin(state, net, low)
    assert net.stores["lake"].start_mcm == 120.0
    assert begun.volume_mcm.tolist() == [[120.0]] * 3
    assert state.volume_mcm.tolist() == [[500.0]] * 3


def test_what_a_store_keeps_is_the_top_of_its_highest_zone_in_those_months() -> None:
    net, _ = change(Change("keep_mcm", "lake", 300.0, "million m3", (4, 5)))
    assert net.stores["lake"].zones[-1].top_mcm == (900.0,) * 3 + (300.0,) * 2 + (900.0,) * 7


def test_a_store_cannot_start_above_full() -> None:
    with pytest.raises(InputError, match=r"start_mcm lake has the value 950; the most that it can be is 900"):
        change(Change("start_mcm", "lake", 950.0, "million m3"))
