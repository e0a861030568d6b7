"""Packed: sizes by step, who counts on whose return, and where results go."""

from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import months
from mirab.core.flow import arrays
from mirab.core.flow.kernels.lanes import Packed
from mirab.core.flow.packed import packed_of
from mirab.core.flow.packing import Packing
from mirab.core.network import Network


def packed(network: Network, steps: int = 2) -> tuple[Packing, Packed]:
    model = network.compile()
    (packing,) = model.packings
    assert isinstance(packing, Packing)
    problem = arrays.problem_of(model.layouts[0], months(date(2023, 4, 1), steps), model.items)
    return packing, packed_of(packing, problem)


def brook() -> Network:
    """The return of `upper` reaches a brook that its water did not come from."""
    network = Network("brook", states=("AAA",))
    network.boundary("sea")
    for node in ("head", "brook"):
        network.node(node)
        network.source(f"s_{node}", into=node)
        network.reach(node, "sea")
    demand = tuple(float(m) for m in range(1, 13))
    network.claim("upper", at="head", demand=demand, priority=2, returns=("brook", 0.5))
    network.claim("lower", at="brook", demand=6.0, priority=1)
    return network


def test_a_return_is_counted_on_in_full_until_its_claim_is_settled() -> None:
    packing, found = packed(brook())
    row = int(np.flatnonzero((packing.rows.y < 0).any(axis=1))[0])
    assert found.water.base[:, row] == pytest.approx([0.5 * 4.0, 0.5 * 5.0])
    assert found.asks.settles.tolist() == [False, True]
    assert not found.is_exact


def test_a_cap_is_room_of_its_row_and_a_quota_comes_with_the_state() -> None:
    network = brook()
    network.cap("canal", claims=["lower"], flow=3.5)
    network.quota("season", claims=["lower"], volume_mcm=20.0, season="growing")
    packing, found = packed(network)
    assert [3.5, 3.5] in found.water.base.T.tolist()
    (row,) = found.carry.quota_row
    assert packing.rows.y[row].tolist().count(0.0) == len(packing.variables) - 1
    assert found.carry.quota_open.all()


def test_each_reach_has_its_place_in_the_results() -> None:
    _, found = packed(brook())
    assert sorted(found.places.flow_item.tolist()) == [1, 3]
    assert found.places.side_item.size == 0
