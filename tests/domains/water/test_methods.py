"""Water mathematics: worked numbers and shapes."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.domains.water import methods

AXIS = dekads(date(2023, 10, 1), 3)


def ensemble(*columns: float) -> Ensemble:
    values = np.tile(np.array(columns), (2, len(AXIS), 1))
    items = [f"i{k}" for k in range(len(columns))]
    return Ensemble.of("delivered", "m3/s", items, AXIS, values, states=(("AAA",),) * len(columns))


def test_nothing_asked_for_is_fully_served() -> None:
    assert methods.served_fraction(np.array([0.0, 40.0]), np.array([0.0, 50.0])).tolist() == [1.0, 0.8]


def test_weighted_sums_scale_each_step_and_take_the_state_from_the_item() -> None:
    weights = {"river:BBB": {"i0": 0.5, "i1": 1.0}, "gauge": {"i1": 2.0}}
    volume = methods.weighted(
        ensemble(10.0, 20.0), weights, quantity="v", unit="million m3", scale=AXIS.mcm_per_m3s
    )
    assert volume["river:BBB"][:, 0].tolist() == pytest.approx([25 * m for m in AXIS.mcm_per_m3s])
    assert volume.states == (("BBB",), ("AAA",))
    assert volume.unit == "million m3"


def test_a_shortage_is_never_negative() -> None:
    short = methods.less(ensemble(10.0, 20.0), ensemble(15.0, 5.0), quantity="shortage")
    assert short["i0"].max() == 0
    assert short["i1"].min() == 15


def test_months_mark_the_steps_that_start_in_them() -> None:
    axis = dekads(date(2023, 9, 21), 3)
    assert methods.in_months(axis, (10, 11)).tolist() == [0.0, 1.0, 1.0]
