"""A game holds what every coalition reaches; what is wrong with it is said at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.errors import InputError, UnknownNameError
from mirab.resolve.game import Game

STATES = ("KAZ", "KGZ", "TJK", "UZB")


def drawn(seed: int, states: tuple[str, ...] = STATES, members: int = 3) -> Game:
    return Game(states, np.random.default_rng(seed).normal(size=(members, 1 << len(states))))


def convex(seed: int) -> Game:
    """Value is the square of the weight of the coalition: monotone and superadditive."""
    weight = np.random.default_rng(seed).uniform(0.1, 1.0, 4)
    sums = np.array([sum(weight[i] for i in range(4) if mask >> i & 1) for mask in range(16)])
    return Game(STATES, np.stack([sums**2, sums]))


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InputError, match=r"(?s)3 problems.*'UZB' 2 times.*sort them.*shape \(4,\)"):
        Game(("UZB", "UZB", "KAZ"), np.zeros(4))


def test_a_value_that_is_no_number_is_named_with_its_place() -> None:
    with pytest.raises(InputError, match=r"1 entries that are no finite number, the first at \[1, 2\]"):
        Game(("KAZ", "UZB"), np.array([[0.0, 1.0, 2.0, 3.0], [0.0, 1.0, np.nan, 3.0]]))


def test_a_game_of_nobody_is_refused() -> None:
    with pytest.raises(InputError, match="name at least one"):
        Game((), np.zeros((1, 1)))


def test_values_do_not_follow_the_array_that_they_came_from() -> None:
    table = np.zeros((1, 4))
    game = Game(("KAZ", "UZB"), table)
    table[0, 3] = 7.0
    assert game.total.tolist() == [0.0]
    assert not game.values.flags.writeable


@given(st.integers(0, 15))
@settings(derandomize=True)
def test_a_mask_names_its_coalition_and_back(mask: int) -> None:
    assert drawn(0).mask(drawn(0).coalition(mask)) == mask


def test_a_state_outside_the_game_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="'KGA' is not known; nearest is"):
        drawn(0).mask(["KGA"])


def test_a_mask_outside_the_game_is_refused() -> None:
    with pytest.raises(InputError, match="is 16; allowed is 0 to 15"):
        drawn(0).coalition(16)


@given(st.integers(0, 999), st.sets(st.sampled_from(STATES), max_size=3))
@settings(derandomize=True, max_examples=50)
def test_a_game_without_states_keeps_the_values_of_the_others(seed: int, absent: set[str]) -> None:
    game = drawn(seed)
    rest = game.without(absent)
    assert rest.states == tuple(state for state in STATES if state not in absent)
    for mask in range(1 << len(rest.states)):
        assert np.array_equal(rest.values[:, mask], game.values[:, game.mask(rest.coalition(mask))])


def test_normalised_takes_the_value_of_nobody_from_all() -> None:
    game = drawn(5)
    assert not game.normalised().values[:, 0].any()
    assert game.normalised().total == pytest.approx(game.total - game.values[:, 0])


def test_alone_is_what_each_state_reaches_by_itself() -> None:
    game = drawn(5)
    assert np.array_equal(game.alone, game.values[:, [1, 2, 4, 8]])


def test_a_convex_game_breaks_no_law() -> None:
    assert not convex(3).violations()


def test_a_break_is_told_with_pair_members_and_amount() -> None:
    values = np.array([[0.0, 2.0, 3.0, 5.0], [0.0, 2.0, 3.0, 4.5], [0.0, 2.0, 3.0, 2.5]])
    found = {(one.law, one.pair): one for one in Game(("KAZ", "UZB"), values).violations()}
    apart = found["superadditivity", (("KAZ",), ("UZB",))]
    less = found["monotonicity", (("UZB",), ("KAZ", "UZB"))]
    assert (apart.members, apart.worst) == (2, 2.5)
    assert (less.members, less.worst) == (1, 0.5)
    assert len(found) == 2


@given(st.integers(0, 999))
@settings(derandomize=True, max_examples=50)
def test_each_law_is_found_broken_if_any_pair_breaks_it(seed: int) -> None:
    game = drawn(seed, members=1)
    value = game.normalised().values[0]
    masks = range(16)
    less = any(value[one] > value[other] + 1e-6 for one in masks for other in masks if one & other == one)
    apart = any(
        value[one] + value[other] > value[one | other] + 1e-6
        for one in masks
        for other in masks
        if not one & other and one and other
    )
    laws = {one.law for one in game.violations()}
    assert laws == {law for law, broken in (("monotonicity", less), ("superadditivity", apart)) if broken}


def test_a_difference_within_noise_breaks_nothing() -> None:
    values = np.array([[0.0, 1.0, 1.0, 2.0 - 1e-10]])
    assert not Game(("KAZ", "UZB"), values).violations()
    assert Game(("KAZ", "UZB"), values, noise=0.0).violations()
    assert Game(("KAZ", "UZB"), values).violations(noise=0.0)


def test_noise_goes_with_the_game_and_is_measured_by_its_largest_value() -> None:
    game = Game(STATES, drawn(1).values * 100.0, noise=1e-3)
    assert game.without(["KAZ"]).noise == game.normalised().noise == 1e-3
    assert game.slack == pytest.approx(1e-3 * np.abs(game.normalised().values).max(axis=1))


def test_noise_that_is_no_fraction_is_refused() -> None:
    with pytest.raises(InputError, match="noise is 2.0; give a small fraction"):
        Game(STATES, drawn(1).values, noise=2.0)
