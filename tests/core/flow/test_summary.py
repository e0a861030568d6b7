"""A summary is exact over all members, kept or not, and its sums do not depend on the parts they came in."""

from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.core.errors import UnknownNameError
from mirab.core.flow.summary import Summary

AXIS = dekads(date(2023, 4, 1), 3)


def drawn(members: int, seed: int = 0) -> Ensemble:
    values = np.random.default_rng(seed).uniform(0, 10, (members, 3, 2))
    return Ensemble.of("delivered", "m3/s", ["left", "right"], AXIS, values)


def test_mean_and_extremes_of_an_item_are_those_of_its_members() -> None:
    ensemble = drawn(21)
    found = Summary.of(ensemble)
    assert found.mean("right") == pytest.approx(ensemble["right"].mean(axis=1))
    assert np.array_equal(found.minimum("left"), ensemble["left"].min(axis=1))
    assert np.array_equal(found.maximum("left"), ensemble["left"].max(axis=1))


def test_a_member_is_short_by_more_than_a_millionth_of_its_demand() -> None:
    values = np.array([[9.0, 0.0], [10.0 - 2e-5, 0.0], [10.0 - 5e-6, 0.0], [10.0, -5e-7]])
    ensemble = Ensemble.of("delivered", "m3/s", ["left", "right"], dekads(AXIS.starts[0], 1), values[:, None])
    found = Summary.of(ensemble, np.array([[10.0, 0.0]]))
    assert (int(found.short_members("left")[0]), int(found.short_members("right")[0])) == (2, 0)


def test_two_parts_make_the_whole() -> None:
    first, second = drawn(16, 1), drawn(5, 2)
    both = np.concatenate([first.values(), second.values()])
    demand = np.full((3, 2), 6.0)
    found = Summary.of(first, demand).with_more(Summary.of(second, demand))
    assert found.count == 21
    assert found.total == pytest.approx(both.sum(axis=0))
    assert np.array_equal(found.least, both.min(axis=0))
    assert np.array_equal(found.short, (both < 6.0 * (1 - 1e-6)).sum(axis=0))


def test_steps_are_cut_as_those_of_an_ensemble() -> None:
    ensemble = drawn(9)
    cut = Summary.of(ensemble).steps(1, 3)
    assert np.array_equal(cut.mean("left"), Summary.of(ensemble.steps(1, 3)).mean("left"))


def test_an_unknown_item_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="item of delivered 'lift' is not known; nearest is 'left'"):
        Summary.of(drawn(1)).mean("lift")


def test_only_what_has_a_demand_can_be_short() -> None:
    with pytest.raises(UnknownNameError, match="quantity with a demand 'delivered' is not known"):
        Summary.of(drawn(1)).short_members("left")
