"""Reductions over members are those of numpy over the members that there are, without the repeated lanes."""

import numpy as np
import pytest

from mirab.core.ensemble import to_lanes
from mirab.core.flow.kernels.reducing import count_below, reduce_members


@pytest.mark.parametrize("members", [1, 7, 8, 9, 128])
def test_sum_and_extremes_are_those_of_the_members(members: int) -> None:
    values = np.random.default_rng(members).normal(size=(members, 3, 4))
    total, least, most = (np.empty((3, 4)) for _ in range(3))
    reduce_members(to_lanes(values), members, total, least, most)
    assert total == pytest.approx(values.sum(axis=0))
    assert np.array_equal(least, values.min(axis=0))
    assert np.array_equal(most, values.max(axis=0))


@pytest.mark.parametrize("members", [1, 9])
def test_members_below_a_bound_are_counted_by_step_and_item(members: int) -> None:
    values = np.random.default_rng(members).normal(size=(members, 3, 4))
    bound, count = np.linspace(-1, 1, 12).reshape(3, 4), np.full((3, 4), 99)
    count_below(to_lanes(values), members, bound, count)
    assert np.array_equal(count, (values < bound).sum(axis=0))
