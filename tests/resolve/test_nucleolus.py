"""The nucleolus keeps what defines it, on games drawn at random, with ties, and worked by others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.resolve.nucleolus import membership, nucleoli

from . import games

KINDS = st.sampled_from(["convex", "whole", "any"])
SEEDS = st.integers(0, 9_999)


@given(SEEDS, st.integers(1, 5), KINDS)
@settings(derandomize=True, max_examples=40, deadline=None)
def test_no_way_of_giving_eases_the_angriest_and_burdens_none_as_angry(
    seed: int, states: int, kind: str
) -> None:
    values = games.drawn(seed, states, kind).values
    alone = values[:, [1 << i for i in range(states)]]
    least = alone - np.maximum(0.0, alone.sum(axis=1) - values[:, -1])[:, None] / states
    for value, low, share in zip(values, least, nucleoli(values, least), strict=True):
        assert games.settles(value, share, low)
        assert share.sum() == pytest.approx(value[-1])
        assert (share >= low - 1e-9).all()


def test_the_criterion_of_the_test_refuses_another_share() -> None:
    value = games.claims_on(200.0, [100.0, 200.0, 300.0]).values[0]
    assert games.settles(value, np.array([50.0, 75.0, 75.0]), np.zeros(3))
    assert not games.settles(value, np.array([40.0, 80.0, 80.0]), np.zeros(3))


def test_least_shares_that_bind_are_kept() -> None:
    value = np.array([[0.0, 0.0, 0.0, 10.0, 0.0, 0.0, 0.0, 2.0]])
    assert nucleoli(value, np.zeros((1, 3)))[0] == pytest.approx([1.0, 1.0, 0.0])


def test_members_do_not_touch_each_other() -> None:
    values = games.drawn(11, 5, "any", count=40).values
    least = np.full((40, 5), -100.0)
    together = nucleoli(values, least)
    assert together == pytest.approx(np.vstack([nucleoli(v[None, :], least[:1]) for v in values]), abs=1e-12)


@given(SEEDS)
@settings(derandomize=True, max_examples=20, deadline=None)
def test_eight_states_with_many_ties_come_to_an_end(seed: int) -> None:
    value = np.random.default_rng(seed).integers(0, 2, (5, 256)).astype(float)
    value[:, 0] = 0.0
    value[:, -1] = 8.0
    least = value[:, [1 << i for i in range(8)]]
    share = nucleoli(value, least)
    assert share.sum(axis=1) == pytest.approx(value[:, -1])
    assert (share >= least - 1e-9).all()


def test_membership_counts_each_state_in_half_of_the_coalitions() -> None:
    assert membership(5).sum(axis=0).tolist() == [16.0] * 5
    assert membership(3)[6].tolist() == [0.0, 1.0, 1.0]
