"""System: a connected part by itself runs as it does within the whole."""

from __future__ import annotations

from datetime import date

import numpy as np

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.core.flow import system
from mirab.core.network import Network, Zone

AXIS = dekads(date(2023, 1, 1), 12)


def two_rivers() -> Network:
    """Two rivers that share nothing but the sea; the second has a slow reach and a cap of its own."""
    net = Network("two", states=("XAA", "XBB", "XCC"))
    net.boundary("sea", state="XCC")
    for name, state in (("west", "XAA"), ("east", "XBB")):
        net.source(f"{name}_hills", into=f"{name}_lake", state=state)
        net.store(f"{name}_lake", state=state, full_mcm=300, start_mcm=100, zones=[Zone(300, 5)])
        net.node(f"{name}_town", state=state)
        net.reach(f"{name}_lake", f"{name}_town", lag=2 * (name == "east"), under_way_m3s=7.0)
        net.reach(f"{name}_town", "sea")
        net.claim(f"{name}_fields", at=f"{name}_town", demand=12.0, priority=4, shares={state: 1.0})
        net.turbine(
            f"{name}_plant", reach=f"{name}_lake__{name}_town", max_flow_m3s=9, installed_mw=5, head_m=20
        )
    net.cap("east_canal", claims=["east_fields"], flow=8.0)
    return net


def inflow() -> Ensemble:
    values = np.random.default_rng(3).uniform(2, 20, (5, len(AXIS), 2))
    return Ensemble.of("inflow", "m3/s", ("west_hills", "east_hills"), AXIS, values)


def test_rivers_that_share_the_sea_only_are_two_systems() -> None:
    west, east = system.parts(two_rivers())
    assert west & east == {"sea"}
    assert "east_lake" in east
    assert "east_lake" not in west


def test_a_system_has_the_parts_and_the_states_that_belong_to_it() -> None:
    net = two_rivers()
    own = system.alone(net, system.parts(net)[1])
    assert own.states == ("XBB", "XCC")
    assert set(own.stores) == {"east_lake"}
    assert (set(own.claims), set(own.caps)) == ({"east_fields"}, {"east_canal"})
    assert set(own.turbines) == {"east_plant"}


def test_a_system_by_itself_runs_as_within_the_whole_from_any_state() -> None:
    model = two_rivers().compile()
    first = model.simulate(inflow().steps(0, 6))
    rest = inflow().steps(6, 12)
    whole = model.simulate(rest, start=first.end)
    for nodes in system.parts(model.network):
        own, drivers, start = system.separated(model, rest, first.end, nodes)
        alone = own.simulate(drivers, start=start)
        for quantity in ("flow", "volume", "delivered", "energy"):
            found, expected = getattr(alone, quantity), getattr(whole, quantity)
            for item in found.items:
                assert np.allclose(found[item], expected[item], atol=1e-9), (quantity, item)
