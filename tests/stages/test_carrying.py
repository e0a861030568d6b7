"""Carrying: what a threat of the corridors rests on."""

from __future__ import annotations

import pytest

from mirab.core.carriage import Plan
from mirab.core.records import Confidence
from mirab.domains.corridor.domain import DOMAIN
from mirab.observe.region import load
from mirab.stages.carrying import rests_on


def test_an_item_rests_on_the_rows_of_its_station_its_fleet_or_its_market() -> None:
    assert DOMAIN.carriage
    plan = DOMAIN.carriage(load("toy"))
    market = next(iter(plan.markets))
    ways = [way for way in plan.ways.values() if way.market == market]
    found = rests_on(plan, f"{market}:XBB")
    assert sum(found.values()) == pytest.approx(1.0)
    assert set(found) <= {one.value for one in Confidence}
    assert min(found.values()) >= 1 / (1 + len(ways)) - 1e-9
    for fleet in plan.network.fleets:
        assert rests_on(plan, fleet.id)
    for id, station in plan.stations.items():
        assert rests_on(plan, id) == {station.evidence.confidence.value: 1.0}
    for items in (plan.closures, plan.plans):
        assert items
        for id, row in items.items():
            confidence = row.evidence.confidence if isinstance(row, Plan) else row.confidence
            assert rests_on(plan, id) == {confidence.value: 1.0}
    assert rests_on(plan, "nowhere") == {}
