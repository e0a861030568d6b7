"""The engine area rests on a basin of the stated size, and each of its musts can miss."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import dekads
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


def test_a_rough_basin_has_more_ways_than_one_and_the_plain_one_does_not() -> None:
    plain, rough = (engine.basin(7, rough=rough).compile().describe() for rough in (False, True))
    assert ["convergent" in choice.why for choice in (*plain, *rough)] == [True, False]


def test_basin_and_inflow_are_drawn_again_by_their_seed() -> None:
    axis = dekads(date(2023, 4, 1), 4)
    assert engine.basin(3, rough=True) == engine.basin(3, rough=True)
    assert np.array_equal(engine.inflow(3, 2, axis).lanes, engine.inflow(3, 2, axis).lanes)
    assert not np.array_equal(engine.inflow(3, 2, axis).lanes, engine.inflow(4, 2, axis).lanes)


def test_every_finding_is_a_must_with_a_source() -> None:
    found = engine.findings()
    assert len(found) == 13
    assert all(finding.kind is Kind.MUST and finding.source and not finding.missed for finding in found)


def test_a_kernel_that_is_wrong_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    true = engine._served

    def wrong(*arguments: object, **named: object) -> object:
        run = true(*arguments, **named)
        return replace(run, delivered=replace(run.delivered, lanes=run.delivered.lanes * 1.01))

    monkeypatch.setattr(engine, "_served", wrong)
    assert all(finding.missed for finding in engine._shares())
