"""The mathematics of the field: doubles of one event, usual amounts, quiet states, neighbours."""

from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import months
from mirab.core.ensemble import Ensemble
from mirab.core.panel import Panel
from mirab.domains.security import methods

AXIS = months(date(2010, 1, 1), 36)


def quiet_but(*figures: float) -> np.ndarray:
    row = np.zeros((1, 36))
    row[0, 15 : 15 + len(figures)] = figures
    return row


@pytest.mark.parametrize(
    ("figures", "found"),
    [
        ((18, 21), ((0, 15),)),
        ((18, 18), ((0, 15),)),
        ((18, 40), ()),
        ((8, 8), ()),
        ((18, 21, 15), ()),
        ((18, 21, 0, 0, 5), ()),
        ((18, 0, 21), ()),
        ((18, np.nan), ()),
    ],
)
def test_two_like_figures_alone_in_two_years_are_a_double(figures: tuple, found: tuple) -> None:
    values = quiet_but(*figures)
    assert methods.doubles(values, np.ones(values.shape, dtype=bool)) == found


def test_figures_of_a_final_edition_are_no_double() -> None:
    values = quiet_but(18, 21)
    assert methods.doubles(values, np.zeros(values.shape, dtype=bool)) == ()


def panel(*rows: list[float]) -> Panel:
    return Panel("deaths", "deaths", tuple("ABC"[: len(rows)]), AXIS, np.array(rows, dtype=float))


def test_the_norm_is_the_mean_of_the_year_and_of_the_neighbours_together_unless_it_is_small() -> None:
    made = panel([12.0] * 36, [0.0] * 35 + [12.0], [1.0] * 24 + [6.0] * 12)
    found = methods.norms(made, {"A": ("B", "C"), "B": ("C",)}, 12, 2.0)
    assert found["deaths"] == {"A": 12.0}
    assert found["deaths_nearby"] == {"around:A": 7.0, "around:B": 6.0}


def test_drivers_say_what_was_seen_and_when_last() -> None:
    made = panel([0.0] * 30 + [40.0] + [0.0] * 5, [0.0] * 36)
    assert methods.drivers(made, "A", 12, 60, 25.0) == (
        "40 in the last 12 months, last in 2012-07; 1 of 60 months at 25 or more"
    )
    assert "none in the whole record" in methods.drivers(made, "B", 12, 60, 25.0)


def ahead(values: np.ndarray) -> Ensemble:
    items = tuple("ABCD"[: values.shape[2]])
    owners = tuple((item,) for item in items)
    return Ensemble.of("deaths", "deaths", items, months(date(2013, 1, 1), 2), values, states=owners)


def test_only_the_likeliest_quiet_states_are_named() -> None:
    values = np.zeros((4, 2, 4))
    values[:1, 0, 0] = values[:3, 1, 1] = values[:2, 0, 2] = values[:, 0, 3] = 30
    new, around = methods.derived(
        ahead(values), quiet=("A", "B", "C"), near={"A": ("B", "D")}, alerts=2, event=25.0
    )
    assert new.items == ("B", "C")
    assert new.quantity == "new_deaths"
    assert np.array_equal(new["B"], ahead(values)["B"])
    assert around.items == ("around:A",)
    assert around.states == (("A",),)
    assert np.array_equal(around["around:A"], values[:, :, [1, 3]].sum(axis=2).T)


def test_a_neighbour_without_a_forecast_is_left_out_and_one_without_any_neighbour_too() -> None:
    values = np.ones((4, 2, 2))
    found = methods.derived(
        ahead(values), quiet=(), near={"A": ("B", "Z"), "B": ("Z",)}, alerts=3, event=25.0
    )
    assert [one.items for one in found] == [("around:A",)]
    assert found[0]["around:A"].tolist() == [[1.0] * 4] * 2
