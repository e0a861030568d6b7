"""The engine area rests on a basin of the stated size, and each of its musts can miss."""

from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import dekads
from mirab.core.network import Network
from mirab.validation import engine
from mirab.validation.harness import Kind


def test_the_basin_has_60_places_and_31_requests_with_a_priority_each() -> None:
    network = engine.basin(7)
    assert len(network.nodes) + len(network.claims) == 60
    kinds = [node.kind for node in network.nodes.values()]
    assert [kinds.count(kind) for kind in ("source", "store", "boundary")] == [12, 8, 1]
    claims, stores = network.claims.values(), network.stores.values()
    priorities = [part.priority for part in (*claims, *network.instreams.values())]
    priorities += [zone.priority for store in stores for zone in store.zones]
    assert sorted(priorities) == list(range(1, 32))


def outlets(network: Network) -> int:
    return max(Counter(reach.tail for reach in network.reaches.values()).values())


def test_a_rough_basin_has_more_ways_than_one_and_the_others_do_not() -> None:
    networks = [engine.basin(7, variant) for variant in ("plain", "full", "rough")]
    assert [outlets(network) for network in networks] == [1, 1, 2]
    assert all(len(network.compile().describe()) == 1 for network in networks)


def test_a_full_basin_loses_evaporates_delays_and_shares() -> None:
    network = engine.basin(7, "full")
    assert sum(reach.loss > 0 for reach in network.reaches.values()) == 27
    assert sum(reach.lag for reach in network.reaches.values()) == 2
    assert all(store.curve and store.evaporation_mm for store in network.stores.values())
    zones = [zone for store in network.stores.values() for zone in store.zones]
    requests = (*zones, *network.claims.values(), *network.instreams.values())
    assert sorted(Counter(request.priority for request in requests).values()) == [3, *[4] * 7]


def test_basin_and_inflow_are_drawn_again_by_their_seed() -> None:
    axis = dekads(date(2023, 4, 1), 4)
    assert engine.basin(3, "rough") == engine.basin(3, "rough")
    assert np.array_equal(engine.inflow(3, 2, axis).lanes, engine.inflow(3, 2, axis).lanes)
    assert not np.array_equal(engine.inflow(3, 2, axis).lanes, engine.inflow(4, 2, axis).lanes)


def test_every_finding_is_a_must_with_a_source() -> None:
    found = engine.findings()
    assert len(found) == 20
    assert all(finding.kind is Kind.MUST and finding.source and not finding.missed for finding in found)


def test_a_kernel_that_is_wrong_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    true = engine._served

    def wrong(*arguments: object, **named: object) -> object:
        run = true(*arguments, **named)
        return replace(run, delivered=replace(run.delivered, lanes=run.delivered.lanes * 1.01))

    monkeypatch.setattr(engine, "_served", wrong)
    assert all(finding.missed for finding in engine._shares())
