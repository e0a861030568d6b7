"""Cooperation: systems by the names of their rivers, and the gain of all over the range of values."""

from __future__ import annotations

import pytest

from mirab.resolve.coalition import coalitions
from mirab.resolve.cooperation import CORNERS, gain_over_values, systems

from .made import inflow, river, worth


def test_a_system_is_asked_for_by_a_river_of_it() -> None:
    rivers = {"hills": "Upper Mira", "lake": "Mira", "town": "Mira", "sea": ""}
    known = systems(river(), rivers)
    assert set(known) == {"upper-mira", "mira"}
    assert known["mira"] == known["upper-mira"]
    assert {"hills", "lake", "town", "sea"} <= known["mira"]


def test_the_gain_of_all_is_told_at_the_ends_of_the_values() -> None:
    drivers, model = inflow(), river().compile()
    start = model.start_state(drivers.axis, drivers.members)
    least, most = gain_over_values(model, drivers, start, worth())
    assert least <= most
    ends = [coalitions(model, drivers, worth().at(*corner), start=start).foresight for corner in CORNERS]
    gains = [float((game.total - game.alone.sum(axis=1)).mean()) for game in ends]
    assert (least, most) == pytest.approx((min(gains), max(gains)))
