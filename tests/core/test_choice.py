"""Choice: the logit by hand, nests, and equilibria whose solution is known."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from mirab.core.choice import Choice, Side, equilibrium
from mirab.core.errors import InputError

COSTS = st.lists(st.floats(0.0, 50.0), min_size=3, max_size=3)


def plain(count: int, theta: float) -> Choice:
    return Choice(tuple(f"n{i}" for i in range(count)), np.array([theta]))


def test_an_uncongested_choice_is_the_logit_computed_by_hand() -> None:
    found = plain(3, 0.5).shares([[10.0, 12.0, 14.0]])[0]
    whole = 1 + math.exp(-1.0) + math.exp(-2.0)
    assert found == pytest.approx([1 / whole, math.exp(-1.0) / whole, math.exp(-2.0) / whole])


def test_two_ways_that_are_nearly_one_share_what_one_would_take() -> None:
    choice = Choice(("a", "b", "b"), np.array([1.0]), likeness=1e-3)
    assert choice.shares([[5.0, 5.0, 5.0]])[0] == pytest.approx([0.5, 0.25, 0.25], abs=1e-3)
    apart = Choice(("a", "b", "b"), np.array([1.0]))
    assert apart.shares([[5.0, 5.0, 5.0]])[0] == pytest.approx([1 / 3] * 3)


def test_a_nest_is_chosen_by_its_log_sum_and_a_way_within_it_by_its_cost() -> None:
    found = Choice(("a", "b", "b"), np.array([1.0]), likeness=0.5).shares([[1.0, 1.0, 2.0]])[0]
    inside = math.exp(-2.0) + math.exp(-4.0)
    outer = math.exp(0.5 * math.log(inside))
    a = math.exp(-1.0) / (math.exp(-1.0) + outer)
    assert found == pytest.approx([a, (1 - a) * math.exp(-2.0) / inside, (1 - a) * math.exp(-4.0) / inside])


def test_a_way_that_is_cut_has_no_share_and_no_way_at_all_leaves_none() -> None:
    found = Choice(("a", "b", "b"), np.array([1.0]), likeness=0.5).shares([[np.inf, 3.0, np.inf]])
    assert found[0] == pytest.approx([0.0, 1.0, 0.0])
    assert not plain(2, 1.0).shares([[np.inf, np.inf]]).any()


@settings(derandomize=True, max_examples=50)
@given(COSTS, st.floats(0.01, 5.0), st.floats(0.1, 1.0))
def test_shares_add_to_one_and_the_cheaper_of_a_nest_has_more(
    cost: list[float], theta: float, likeness: float
) -> None:
    found = Choice(("a", "b", "b"), np.array([theta]), likeness).shares([cost])[0]
    assert found.sum() == pytest.approx(1.0)
    assert (found[1] - found[2]) * (cost[1] - cost[2]) <= 1e-12


def braess(shares: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Six units from O to D over the classic network, with its link that makes all slower (Braess 1968)."""
    upper, lower, across = 6.0 * shares[:, 0], 6.0 * shares[:, 1], 6.0 * shares[:, 2]
    first, last = 10.0 * (upper + across), 10.0 * (lower + across)
    middle = 10.0 + across
    return np.stack([first + upper + 50.0, lower + 50.0 + last, first + middle + last], axis=1)


def test_the_network_of_braess_reaches_its_known_equilibrium_as_theta_grows() -> None:
    gaps = []
    for theta in (0.02, 0.2, 2.0):
        found = equilibrium(plain(3, theta), braess, np.zeros((1, 3)), rounds=4000, gap=1e-6)
        gaps.append(float(np.abs(found.cost - 92.0).max()))
    assert gaps == sorted(gaps, reverse=True)
    assert found.shares[0] == pytest.approx([1 / 3] * 3, abs=0.01)
    assert found.cost[0] == pytest.approx([92.0] * 3, abs=0.7)


def test_two_ways_with_a_known_user_equilibrium_reach_it_as_theta_grows() -> None:
    def cost(shares: np.ndarray, members: np.ndarray) -> np.ndarray:
        return np.stack([10.0 + 20.0 * shares[:, 0], 15.0 + 5.0 * shares[:, 1]], axis=1)

    found = equilibrium(plain(2, 40.0), cost, np.zeros((1, 2)), rounds=4000, gap=1e-5)
    # Equal cost: 10 + 20 x = 15 + 5 (1 - x), so x = 0.4.
    assert found.shares[0] == pytest.approx([0.4, 0.6], abs=0.005)


def test_the_stated_gap_is_that_of_the_answer() -> None:
    short = equilibrium(plain(3, 0.2), braess, [[0.0, 30.0, 10.0]], rounds=2, gap=0.0)
    long = equilibrium(plain(3, 0.2), braess, [[0.0, 30.0, 10.0]], rounds=300, gap=0.0)
    for found in (short, long):
        asked = plain(3, 0.2).shares(braess(found.shares, np.arange(1)))
        assert found.gap == pytest.approx(np.abs(asked - found.shares).max())
    assert long.gap < short.gap


STEEP, ROOM = np.array([0.0, 5.0, 60.0, 400.0]), 0.3


def queue(shares: np.ndarray, members: np.ndarray) -> np.ndarray:
    """A way that costs nothing up to its room, and then rises as a queue does; the other never costs."""
    over = np.maximum(shares[:, 0] - ROOM, 0.0)
    return np.stack([STEEP[members] * over, np.zeros(len(members))], axis=1)


def test_a_queue_that_rises_steeply_is_met_within_a_few_rounds() -> None:
    choice = Choice(("a", "b"), np.ones(4)).at((0.7, 0.3))
    found = equilibrium(choice, queue, np.zeros((4, 2)), rounds=25)
    assert found.gaps.max() <= 0.01

    def missed(share: float, steep: float) -> float:
        return share - 1.0 / (1.0 + math.exp(steep * max(share - ROOM, 0.0)) * 0.3 / 0.7)

    for steep, share in zip(STEEP, found.shares[:, 0], strict=True):
        assert share == pytest.approx(brentq(missed, 0.0, 1.0, args=(steep,)), abs=0.01)


def test_members_that_have_met_their_costs_are_not_asked_again() -> None:
    asked: list[list[int]] = []

    def noted(shares: np.ndarray, members: np.ndarray) -> np.ndarray:
        asked.append(members.tolist())
        return queue(shares, members)

    choice = Choice(("a", "b"), np.ones(4)).at((0.7, 0.3))
    found = equilibrium(choice, noted, np.zeros((4, 2)))
    assert asked[:2] == [[0, 1, 2, 3], [1, 2, 3]]
    assert found.rounds == len(asked)
    alone = equilibrium(choice.of_members(np.array([3])), lambda x, m: queue(x, m + 3), np.zeros((1, 2)))
    assert alone.shares[0].tolist() == found.shares[3].tolist()


def test_a_choice_without_an_alternative_keeps_none_beside_one_that_moves() -> None:
    def cost(shares: np.ndarray, members: np.ndarray) -> np.ndarray:
        return np.hstack([queue(shares[:, :2], members + 2), np.full((1, 2), np.inf)])

    both = Side((plain(2, 1.0), plain(2, 1.0)))
    found = equilibrium(both, cost, [[0.0, 0.0, np.inf, np.inf]])
    assert found.shares[0, :2].sum() == pytest.approx(1.0)
    assert not found.shares[0, 2:].any()


def test_bad_choices_are_named_together() -> None:
    with pytest.raises(InputError, match=r"theta is(.|\n)*likeness is 2(.|\n)*constant is"):
        Choice(("a", "b"), np.array([-1.0]), 2.0, (1.0,))


def test_a_pivoted_choice_gives_back_the_observed_shares_at_the_costs_of_their_time() -> None:
    observed = (0.5, 0.4, 0.1)
    choice = Choice(("a", "b", "b"), np.array([0.3, 3.0]), likeness=0.5).at(observed)
    assert choice.shares(np.zeros((2, 3))) == pytest.approx(np.array([observed, observed]))
    dearer = choice.shares([[0.0, 0.0, 1.0]] * 2)
    assert dearer[1, 2] < dearer[0, 2] < 0.1


def test_choices_side_by_side_do_not_see_each_other() -> None:
    one, two = plain(2, 1.0), plain(3, 0.2)
    both = Side((one, two)).shares([[1.0, 2.0, 3.0, 1.0, 1.0]])
    assert both == pytest.approx(np.hstack([one.shares([[1.0, 2.0]]), two.shares([[3.0, 1.0, 1.0]])]))
