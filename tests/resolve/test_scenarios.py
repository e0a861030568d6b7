"""Scenarios: what a row changes, that nothing else changes, and that members are compared with themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble, Ranged
from mirab.core.errors import InputError, UnknownNameError
from mirab.core.network import Network, Zone
from mirab.core.records import Change
from mirab.domains.water.domain import network as declared_network
from mirab.observe.region import Region, load
from mirab.resolve import scenarios

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


def change(*changes: Change) -> tuple[Network, Ensemble]:
    return scenarios.apply(river(), flow(), changes)


@dataclass
class Tables:
    """Tables of a pack, made in a test."""

    given: Mapping[str, Sequence[Mapping[str, Any]]]

    def rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        return self.given.get(table, ())


def row(**more: Any) -> dict[str, Any]:
    common = {"scenario_id": "dry", "title": "Less inflow", "what": "inflow_factor", "item": "all"}
    rest = {"months": None, "value": 0.5, "unit": "1", "source_id": "a|b", "confidence": "estimated"}
    return {**common, **rest, "note": None, **more}


def test_nothing_given_is_changed_by_a_scenario() -> None:
    net, inflow = river(), flow()
    before = inflow.lanes.copy()
    scenarios.apply(net, inflow, [FLAT, Change("demand_m3s", "fields", 9.0, "m3/s")])
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
    _, changed = scenarios.apply(river(), source, [FLAT])
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
        scenarios.apply(net, flow(), [Change("demand_km3", "mill", 1.0, "km3")])


def test_a_scenario_is_loaded_with_its_sources_and_an_account_is_each_of_its_claims() -> None:
    claims = [{"claim_id": "fields", "account": "east"}, {"claim_id": "mill", "account": None}]
    own = [row(), row(what="demand_factor", item="east", months="4|5", note="ours")]
    loaded = scenarios.load(Tables({"water/scenarios": own, "water/claims": claims}), "water", "dry")
    assert loaded.changes == (FLAT, Change("demand_factor", "fields", 0.5, "1", (4, 5)))
    assert (loaded.source_ids, loaded.confidence, loaded.notes) == (("a", "b"), ("estimated",), ("ours",))


def test_an_unknown_scenario_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="scenario 'dri' is not known; nearest is 'dry'"):
        scenarios.load(Tables({"water/scenarios": [row()]}), "water", "dri")


def test_everything_wrong_with_a_scenario_is_shown_together() -> None:
    own = [row(unit="km3"), row(months="4|13"), row(what="release_share", item="a", unit="fraction", value=2)]
    own.append(row(what="priority", item="mill", months="4"))
    with pytest.raises(InputError, match="scenario dry: 5 problems") as told:
        scenarios.load(Tables({"water/scenarios": [*own]}), "water", "dry")
    assert "has the unit 'km3'; give it in 1" in str(told.value)
    assert "holds in the months (4, 13)" in str(told.value)
    assert "has the value 2; allowed is 0 to 1" in str(told.value)
    assert "names no part of the year" in str(told.value)
    assert "priority mill holds all year; leave its months empty" in str(told.value)


def test_members_are_compared_with_themselves() -> None:
    values = np.array([10.0, 20.0, 90.0])[:, None, None] * np.ones((3, 36, 1))
    base = Ensemble.of("volume", "million m3", ("lake",), AXIS, values, states=(("XAA",),))
    other = replace(base, lanes=base.lanes - 1.0)
    (effect,) = scenarios.compare({"volume": base}, {"volume": other}, Tables({}), "water")
    assert effect.base == pytest.approx((0.012, 0.020, 0.076))
    assert effect.difference == pytest.approx((-0.001, -0.001, -0.001))


def test_energy_is_summed_by_the_first_owner_of_each_plant() -> None:
    plants = Ensemble.of(
        "energy",
        "GWh",
        ("one", "two", "three"),
        AXIS,
        np.ones((2, 36, 3)),
        states=(("XBB", "XAA"), ("XAA",), ("XBB",)),
    )
    effects = scenarios.compare({"energy": plants}, {"energy": plants}, Tables({}), "water")
    assert [(e.item, e.unit, e.base[1]) for e in effects] == [("XAA", "GWh", 36.0), ("XBB", "GWh", 72.0)]


@pytest.fixture(scope="module", params=["toy", "central_asia"])
def pack(request: pytest.FixtureRequest) -> Region:
    return load(request.param)


def test_every_scenario_of_a_bundled_pack_can_be_made(pack: Region) -> None:
    net = declared_network(pack, date(2023, 10, 1))
    inflows = tuple(row["node_id"] for row in pack.rows("water/inflows"))
    inflow = Ensemble.of("inflow", "m3/s", inflows, AXIS, np.ones((1, 36, len(inflows))))
    for known in scenarios.listed(pack, "water"):
        chosen = scenarios.load(pack, "water", known.id)
        changed, driven = scenarios.apply(net, inflow, chosen.changes)
        changed.compile()
        assert changed != net or not np.array_equal(driven.lanes, inflow.lanes)
