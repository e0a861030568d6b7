"""Flows are the proof: where they leave their bounds, the member-step is served again and comes out right."""

from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.core.flow.run import Run
from mirab.core.network import Network, Zone


def canal(*, capacity_m3s: float) -> Network:
    """A river with a canal to two fields behind each other, and a town below its head."""
    network = Network("canal", states=("AAA",))
    network.boundary("sea")
    for node in ("head", "town", "field", "tail"):
        network.node(node)
    network.source("spring", into="head")
    network.reach("head", "town")
    network.reach("town", "sea")
    network.diversion("head", "field", capacity_m3s=capacity_m3s, loss=0.2)
    network.reach("field", "tail", loss=0.1)
    network.reach("tail", "sea")
    network.claim("near", at="field", demand=16.0, priority=2)
    network.claim("far", at="tail", demand=9.0, priority=1)
    network.claim("drink", at="town", demand=10.0, priority=1)
    return network


def run_of(network: Network, *springs: float) -> Run:
    values = np.array(springs).reshape(len(springs), 1, 1)
    inflow = Ensemble.of("inflow", "m3/s", ("spring",), dekads(date(2023, 4, 1), 1), values)
    return network.compile().simulate(inflow, kernel="claims")


def test_a_canal_carries_what_its_fields_get_and_what_is_lost_on_the_way() -> None:
    run = run_of(canal(capacity_m3s=100.0), 100.0)
    assert run.repaired == 0
    assert run.flow["head__field"][0, 0] == pytest.approx((16.0 + 9.0 / 0.9) / 0.8)
    assert run.flow["field__tail"][0, 0] == pytest.approx(10.0)
    assert run.flow["tail__sea"][0, 0] == pytest.approx(0.0)


def test_a_canal_that_is_full_holds_its_fields_to_it_by_priority() -> None:
    run = run_of(canal(capacity_m3s=20.0), 100.0)
    assert (run.delivered["far"][0, 0], run.delivered["near"][0, 0]) == pytest.approx((9.0, 6.0))
    assert run.flow["head__town"][0, 0] == pytest.approx(80.0)


def test_in_a_drought_canal_and_town_of_one_priority_share_alike() -> None:
    """9 m3/s at the tail cost 12.5 at the head: 10 + 12.5 of demand on 9 m3/s of water."""
    run = run_of(canal(capacity_m3s=20.0), 9.0)
    fraction = 9.0 / 22.5
    assert run.delivered["drink"][0, 0] == pytest.approx(10.0 * fraction)
    assert run.delivered["far"][0, 0] == pytest.approx(9.0 * fraction)


def test_members_that_are_not_proved_are_served_again_alone() -> None:
    """The return of the upper claim reaches a brook: counted on in full, it lacks in the dry member."""
    network = Network("brook", states=("AAA",))
    network.boundary("sea")
    for node in ("head", "brook"):
        network.node(node)
        network.source(f"s_{node}", into=node)
        network.reach(node, "sea")
    network.claim("junior", at="head", demand=10.0, priority=2, returns=("brook", 0.5))
    network.claim("senior", at="brook", demand=6.0, priority=1)
    values = np.array([[[30.0, 2.0]], [[4.0, 2.0]], [[30.0, 9.0]]])
    axis = dekads(date(2023, 4, 1), 1)
    model = network.compile()
    inflow = Ensemble.of("inflow", "m3/s", ("s_head", "s_brook"), axis, values)
    run, exact = model.simulate(inflow), model.simulate(inflow, kernel="reference")
    assert run.repaired == 1
    assert run.delivered["senior"][0] == pytest.approx([6.0, 4.0, 6.0])
    assert run.delivered.lanes == pytest.approx(exact.delivered.lanes, abs=1e-7)


def test_what_a_capacity_does_not_pass_stays_in_the_store_above_its_zones() -> None:
    """The cheapest way for water that no zone asks for, short of the bank, is to stay (a side flow, too)."""
    network = Network("full", states=("AAA",))
    network.boundary("sea")
    network.store("lake", full_mcm=500.0, start_mcm=100.0, zones=[Zone(50.0, 1)])
    network.source("spring", into="lake")
    network.reach("lake", "sea", capacity_m3s=5.0, excess_to="sea")
    run = run_of(network, 20.0)
    expected = 100.0 + (20.0 - 5.0) * 0.864
    assert run.volume["lake"][0, 0] == pytest.approx(expected)
    assert run.repaired == 0
