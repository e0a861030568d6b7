"""Worth adds up what each state has: by shares, by the owner of a place, at the heads that are asked for."""

from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.core.flow.run import Run
from mirab.core.flow.worth import worth
from mirab.core.network import Curve, Network, Zone
from mirab.core.values import Piece, Values


def made() -> Run:
    net = Network("made", states=("AAA", "BBB"))
    net.source("river", into="lake")
    curve = Curve((0.0, 100.0), (0.0, 0.0), (10.0, 110.0))
    net.store(
        "lake",
        state=("AAA", "BBB"),
        full_mcm=100,
        start_mcm=50,
        zones=[Zone(50, 1), Zone(100, 9)],
        curve=curve,
    )
    net.node("town", state="BBB")
    net.reach("lake", "town")
    net.boundary("sea")
    net.reach("town", "sea")
    net.turbine("plant", reach="lake__town", max_flow_m3s=5, installed_mw=100, efficiency=0.9, store="lake")
    net.claim("canal", at="town", demand=10.0, priority=2, shares={"AAA": 0.25, "BBB": 0.75})
    axis = dekads(date(2023, 5, 1), 2)
    inflow = Ensemble.of("inflow", "m3/s", ("river",), axis, np.full((1, 2, 1), 8.0))
    return net.compile().simulate(inflow, threads=1)


VALUES = Values(
    {"canal": (Piece(0.5, 0.1), Piece(1.0, 0.02))}, {"plant": 0.05}, {"lake": (Piece(1.0, 0.01),)}
)


def test_worked_numbers_of_a_river_with_a_plant_and_a_shared_canal() -> None:
    found = worth(made(), VALUES)
    water = 2 * 0.864 * (5 * 0.1 + 3 * 0.02)
    assert found.water == pytest.approx(np.array([[0.25 * water, 0.75 * water]]))
    assert found.storage == pytest.approx(np.array([[50 * 0.01, 0.0]]))
    energy = 2 * 9.81 * 0.9 * 5 * 60 / 1000 * 240 / 1000
    assert found.power == pytest.approx(np.array([[0.05 * energy, 0.0]]))
    assert found.of(("AAA", "BBB")) == pytest.approx(found.total.sum(axis=1))


def test_energy_is_counted_again_at_other_heads() -> None:
    run = made()
    own, twice = worth(run, VALUES, np.full((2, 1), 60.0)), worth(run, VALUES, np.full((2, 1), 120.0))
    assert own.power == pytest.approx(worth(run, VALUES).power)
    assert twice.power == pytest.approx(2 * own.power)
