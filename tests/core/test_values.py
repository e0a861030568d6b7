"""Values: concave, checked against a network, and worth what their pieces say."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import dekads
from mirab.core.errors import InputError
from mirab.core.network import Network, Zone
from mirab.core.values import Piece, Range, Values

FALLING = (Piece(0.5, 0.06), Piece(1.0, 0.02))


def river() -> Network:
    net = Network("made", states=("XAA",))
    net.source("hills", into="lake")
    net.store("lake", full_mcm=100, start_mcm=50, zones=[Zone(100, 2)])
    net.boundary("sea")
    net.reach("lake", "sea")
    net.claim("fields", at="lake", demand=10.0, priority=3, shares={"XAA": 1.0})
    net.turbine("plant", reach="lake__sea", max_flow_m3s=5, installed_mw=2, head_m=20)
    return net


def test_the_first_half_of_a_demand_is_worth_more_than_the_second_and_a_surplus_nothing() -> None:
    values = Values(water={"fields": FALLING})
    given = np.array([0.0, 5.0, 10.0, 12.0])
    usd = values.water_usd("fields", given, np.array(10.0), np.array(0.864))
    assert usd == pytest.approx(np.array([0.0, 0.3, 0.4, 0.4]) * 0.864e6)


def test_what_has_no_value_is_worth_nothing() -> None:
    assert Values().water_usd("fields", np.array([3.0]), np.array(10.0), np.array(1.0)) == pytest.approx(0.0)


def test_electricity_is_worth_its_price_of_the_month() -> None:
    axis = dekads(date(2023, 3, 21), 2)
    values = Values(power={"plant": (0.08,) * 3 + (0.02,) * 9})
    energy = np.array([[1.0, 2.0], [1.0, 0.0]])
    assert values.power_usd("plant", energy, axis) == pytest.approx([100_000.0, 160_000.0])


def test_what_a_store_holds_at_the_end_has_pieces_too() -> None:
    usd = Values(stored={"lake": FALLING}).stored_usd("lake", np.array([25.0, 75.0]), 100.0)
    assert usd == pytest.approx([1_500_000.0, 3_500_000.0])


def test_all_that_does_not_fit_is_named_together() -> None:
    wrong = Values(
        water={"field": FALLING, "fields": (Piece(0.5, 0.02), Piece(1.0, 0.06))},
        power={"plant": -0.1},
        stored={"lake": (Piece(0.4, 0.01),)},
    )
    with pytest.raises(InputError, match="4 problems") as told:
        wrong.check(river())
    assert "claim field is not in the network; nearest is 'fields'" in str(told.value)
    assert "fields has values 0.02, 0.06; let them fall" in str(told.value)
    assert "turbine plant has a price below 0" in str(told.value)
    assert "lake has pieces up to 0.4; give shares that rise to 1" in str(told.value)


def test_values_that_fit_pass() -> None:
    Values(water={"fields": FALLING}, power={"plant": 0.04}, stored={"lake": FALLING}).check(river())


def test_values_between_the_ends_of_a_range_go_straight_from_one_to_the_other() -> None:
    low = Values(water={"fields": FALLING}, power={"plant": 0.02}, stored={"lake": FALLING})
    high = Values(
        water={"fields": (Piece(0.5, 0.10), Piece(1.0, 0.06))},
        power={"plant": (0.06,) * 12},
        stored={"lake": FALLING},
    )
    found = Range(low, high).at(water=0.25, power=1.0)
    assert found.water["fields"] == (Piece(0.5, pytest.approx(0.07)), Piece(1.0, pytest.approx(0.03)))
    assert found.power["plant"] == pytest.approx((0.06,) * 12)
    assert found.stored["lake"] == FALLING
