"""A run's accounts: shortage, shares of states, energy."""

from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.core.flow.run import Run
from mirab.core.network import Curve, Network, Zone


def dam(**plant: object) -> Network:
    network = Network("dam", states=("AAA", "BBB"))
    network.boundary("sea")
    curve = Curve((0.0, 1_000.0), (0.0, 0.0), (60.0, 100.0))
    network.store("lake", full_mcm=1_000.0, start_mcm=1_000.0, zones=[Zone(1_000.0, 5)], curve=curve)
    network.reach("lake", "sea")
    network.source("spring", into="lake")
    network.turbine("plant", reach="lake__sea", **{"max_flow_m3s": 300.0, "installed_mw": 500.0, **plant})
    return network


def simulated(network: Network, flow: float, steps: int = 1) -> Run:
    axis = dekads(date(2023, 4, 1), steps)
    inflow = Ensemble.of("inflow", "m3/s", ("spring",), axis, np.full((1, steps, 1), flow))
    return network.compile().simulate(inflow)


def test_100_m3s_at_100_m_and_90_percent_give_21_point_2_gwh_in_ten_days() -> None:
    """9.81 x 0.9 x 100 x 100 / 1000 = 88.29 MW; times 240 h = 21.19 GWh."""
    run = simulated(dam(head_m=100.0, efficiency=0.9), 100.0)
    assert run.energy["plant"][0, 0] == pytest.approx(21.1896)
    assert run.energy.unit == "GWh"


def test_toktogul_at_full_output_makes_the_reported_energy_of_a_day() -> None:
    """27.528 GWh were reported for 12 December 2024; 880 m3/s at 148 m and 0.9 come within 1 percent."""
    plant = dam(head_m=148.0, efficiency=0.9, max_flow_m3s=960.0, installed_mw=1_260.0)
    assert simulated(plant, 880.0).energy["plant"][0, 0] / 10.0 == pytest.approx(27.528, rel=0.01)


def test_energy_uses_the_head_at_the_mean_volume_of_the_step() -> None:
    """A full lake is drawn down by a release: the head lies half way between before and after."""
    network = dam(store="lake", efficiency=1.0)
    network.instream("release", reach="lake__sea", flow=200.0, priority=1)
    run = simulated(network, 0.0)
    after = 1_000.0 - 200.0 * 0.864
    assert run.volume["lake"][0, 0] == pytest.approx(after)
    head = 60.0 + 40.0 * (1_000.0 + after) / 2_000.0
    assert run.energy["plant"][0, 0] == pytest.approx(9.81 * 200.0 * head / 1e3 * 240.0 / 1e3)


@pytest.mark.parametrize(
    ("limit", "power_mw"), [({"max_flow_m3s": 40.0}, 39.24), ({"installed_mw": 50.0}, 50.0)]
)
def test_energy_is_bounded_by_the_turbines_flow_and_by_what_is_installed(
    limit: dict[str, float], power_mw: float
) -> None:
    run = simulated(dam(head_m=100.0, efficiency=1.0, **limit), 100.0)
    assert run.energy["plant"][0, 0] == pytest.approx(power_mw * 240.0 / 1e3)


def test_shortage_is_the_missing_volume_and_states_have_it_by_their_shares() -> None:
    network = Network("river", states=("AAA", "BBB"))
    network.boundary("sea")
    network.node("head")
    network.source("spring", into="head")
    network.reach("head", "sea")
    network.claim("shared", at="head", demand=50.0, priority=1, shares={"AAA": 0.25, "BBB": 0.75})
    network.claim("own", at="head", demand=10.0, priority=2, shares={"AAA": 1.0})
    run = simulated(network, 30.0, steps=3)
    missing = 20.0 * run.axis.mcm_per_m3s
    assert run.shortage()["shared"][:, 0] == pytest.approx(missing)
    by_state = run.by_state(run.shortage())
    own = 10.0 * run.axis.mcm_per_m3s
    assert by_state["AAA"][:, 0] == pytest.approx(0.25 * missing + own)
    assert by_state["BBB"][:, 0] == pytest.approx(0.75 * missing)
    assert by_state.states == (("AAA",), ("BBB",))


def test_a_network_without_claims_has_no_demand_and_no_shortage() -> None:
    run = simulated(dam(head_m=1.0), 1.0)
    assert run.demand().shape == (1, 0)
    assert run.shortage().items == ()
