"""Cooperation: systems by the names of their rivers, and both deals of one, told with their range."""

from __future__ import annotations

import pytest

from mirab.core.errors import UnknownNameError
from mirab.resolve.cooperation import chosen, cooperation, systems

from .made import inflow, river, worth


def test_a_system_is_asked_for_by_a_river_of_it() -> None:
    rivers = {"hills": "Upper Mira", "lake": "Mira", "town": "Mira", "sea": ""}
    known = systems(river(), rivers)
    assert set(known) == {"upper-mira", "mira"}
    assert known["mira"] == known["upper-mira"]
    assert {"hills", "lake", "town", "sea"} <= known["mira"]


def test_an_unknown_system_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="nearest is 'mira'"):
        chosen({"mira": frozenset()}, "mirra")


def test_the_deals_of_a_system_add_up_and_are_told_over_the_range_of_values() -> None:
    drivers, model = inflow(), river().compile()
    parts = model, drivers, model.start_state(drivers.axis, drivers.members)
    found = cooperation("water:mira", "Mira", parts, worth(), {"XAA": "Upland"})
    assert found.members == 4
    assert found.over_values[0] <= found.over_values[1]
    deal = found.foresight
    assert sum(part.before[1] for part in deal.parts if part.before) == pytest.approx(deal.total[1], rel=1e-6)
    assert "Upland" in deal.sentences[0]
    assert sum(found.gains.values()) >= -1.0  # knowing the inflow is never worse than not knowing it
    assert found.assumptions
