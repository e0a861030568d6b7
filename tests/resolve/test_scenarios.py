"""Scenarios: what a row changes, that nothing else changes, and that members are compared with themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.core.errors import InputError, UnknownNameError
from mirab.core.records import Change
from mirab.domains.water.domain import network as declared_network
from mirab.observe.region import Region, load
from mirab.resolve import changes, scenarios

AXIS = dekads(date(2023, 1, 1), 36)
FLAT = replace(Change("inflow_factor", "all", 0.5, "1"))


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
        changed, driven = changes.apply(net, inflow, chosen.changes)
        changed.compile()
        assert changed != net or not np.array_equal(driven.lanes, inflow.lanes)
