"""The rules keep the axioms that name them, and say where they have no answer."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.errors import InputError
from mirab.resolve import sharing
from mirab.resolve.game import Game
from mirab.resolve.sharing import RULES, Rule, Shares

from . import games

SEEDS = st.integers(0, 9_999)
SIZES = st.integers(1, 5)
KINDS = st.sampled_from(["convex", "whole", "any"])
EACH = pytest.mark.parametrize("name", RULES)
# Shares that move and stretch with the values: all but those which look at amounts instead of gains.
COVARIANT = pytest.mark.parametrize("name", ["shapley", "nucleolus", "nash", "tau", "gately"])


def property_test(**drawn: st.SearchStrategy[object]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def made(test: Callable[..., None]) -> Callable[..., None]:
        return settings(derandomize=True, max_examples=25, deadline=None)(given(**drawn)(test))

    return made


def changed(game: Game, change: Callable[[np.ndarray], np.ndarray]) -> Game:
    return Game(game.states, change(game.values))


@EACH
@property_test(seed=SEEDS, states=SIZES, kind=KINDS)
def test_a_rule_gives_out_what_all_reach_together(name: str, seed: int, states: int, kind: str) -> None:
    game = games.drawn(seed, states, kind)
    found = RULES[name](game)
    assert found.amounts[found.answered].sum(axis=1) == pytest.approx(game.total[found.answered])
    assert bool(found.remark) or found.answered.all()


@EACH
@property_test(seed=SEEDS)
def test_states_that_add_the_same_get_the_same(name: str, seed: int) -> None:
    game = games.drawn(seed)
    swapped = [mask & 12 | (mask & 1) << 1 | (mask & 2) >> 1 for mask in range(16)]
    found = RULES[name](changed(game, lambda values: (values + values[:, swapped]) / 2.0)).amounts
    assert found[:, 0] == pytest.approx(found[:, 1], nan_ok=True)


@pytest.mark.parametrize("name", ["shapley", "nucleolus", "tau", "gately"])
@property_test(seed=SEEDS)
def test_a_state_that_adds_only_its_own_gets_its_own(name: str, seed: int) -> None:
    inner = games.drawn(seed, 3).values
    game = Game(games.NAMES[:4], np.hstack([inner, inner + 2.5]))
    found = RULES[name](game)
    assert found.amounts[found.answered, 3] == pytest.approx(2.5)


@property_test(seed=SEEDS, kind=KINDS)
def test_shapley_values_add_up_over_games(seed: int, kind: str) -> None:
    one, other = games.drawn(seed, 5, kind), games.drawn(seed + 1, 5, "any")
    both = sharing.shapley(Game(one.states, one.values + other.values))
    assert both.amounts == pytest.approx(sharing.shapley(one).amounts + sharing.shapley(other).amounts)


@property_test(seed=SEEDS, states=SIZES)
def test_shapley_is_the_mean_over_all_orders(seed: int, states: int) -> None:
    game = games.drawn(seed, states, "any", count=1)
    by_order = games.joining_in_every_order(game.values[0], states)
    assert sharing.shapley(game).amounts[0] == pytest.approx(by_order)


@COVARIANT
@property_test(seed=SEEDS, kind=KINDS, factor=st.floats(0.1, 1e6))
def test_own_gains_and_another_currency_change_shares_as_they_change_values(
    name: str, seed: int, kind: str, factor: float
) -> None:
    game = games.drawn(seed, 4, kind)
    own = np.array([3.0, -1.0, 0.5, 2.0])
    rule = RULES[name]
    moved = rule(changed(game, lambda values: factor * (values + games.members(4) @ own))).amounts
    assert moved / factor == pytest.approx(rule(game).amounts + own, abs=1e-7, nan_ok=True)


@EACH
@property_test(seed=SEEDS, kind=KINDS, order=st.permutations(range(4)))
def test_shares_do_not_depend_on_the_order_of_states(
    name: str, seed: int, kind: str, order: list[int]
) -> None:
    game, rule = games.drawn(seed, 4, kind), RULES[name]
    columns = [sum(1 << order[k] for k in range(4) if mask >> k & 1) for mask in range(16)]
    turned = rule(changed(game, lambda values: values[:, columns])).amounts
    assert turned == pytest.approx(rule(game).amounts[:, order], abs=1e-9, nan_ok=True)


@property_test(seed=SEEDS, kind=KINDS)
def test_the_nucleolus_gives_nobody_less_than_it_reaches_alone(seed: int, kind: str) -> None:
    game = games.drawn(seed, 4, kind)
    possible = game.alone.sum(axis=1) <= game.total
    found = sharing.nucleolus(game)
    assert (found.amounts >= game.alone - 1e-9)[possible].all()
    assert ("pre-nucleolus" in found.remark) == bool((~possible).any())


@property_test(seed=SEEDS, kind=st.sampled_from(["convex", "whole"]))
def test_the_nucleolus_lies_in_the_core_where_there_is_one(seed: int, kind: str) -> None:
    game = games.drawn(seed, 5, kind)
    excess = (game.values - sharing.nucleolus(game).amounts @ games.members(5).T)[:, 1:-1].max(axis=1)
    least = sharing.least_core(game)
    assert excess[least <= 0.0] == pytest.approx(least[least <= 0.0], abs=1e-9)


def test_the_least_core_of_three_equal_rivals_is_worked_by_hand() -> None:
    """Any two reach 1, as do all: at a third each, a pair is short of a third."""
    majority = Game(games.NAMES[:3], (games.members(3).sum(axis=1) >= 2).astype(float)[None, :])
    assert sharing.least_core(majority) == pytest.approx([1 / 3])


@property_test(seed=SEEDS, kind=KINDS)
def test_tau_lies_between_claims_and_hopes(seed: int, kind: str) -> None:
    game = games.drawn(seed, 4, kind)
    found = sharing.tau(game)
    for value, share in zip(game.values[found.answered], found.amounts[found.answered], strict=True):
        hope = np.array([value[15] - value[15 ^ 1 << i] for i in range(4)])
        claim = [
            max(
                value[mask] - sum(hope[j] for j in range(4) if mask >> j & 1 and j != i)
                for mask in range(16)
                if mask >> i & 1
            )
            for i in range(4)
        ]
        assert (share <= hope + 1e-9).all()
        assert (share >= np.array(claim) - 1e-9).all()


@property_test(seed=SEEDS)
def test_at_the_gately_point_all_are_equally_prone_to_disrupt(seed: int) -> None:
    game = games.drawn(seed, 5)
    share = sharing.gately(game).amounts
    others = game.values[:, [31 ^ 1 << i for i in range(5)]]
    propensity = (game.total[:, None] - share - others) / (share - game.alone)
    assert propensity == pytest.approx(np.repeat(propensity[:, :1], 5, axis=1))


@property_test(seed=SEEDS)
def test_the_bargain_makes_the_weighted_product_largest(seed: int) -> None:
    game = games.drawn(seed, 3)
    weights = {"AFG": 1.0, "KAZ": 2.0, "KGZ": 3.0}
    gain = sharing.nash(game, weights).amounts - game.alone
    power = np.array(list(weights.values()))
    for shift in np.random.default_rng(seed).normal(size=(20, 3)):
        other = gain + 0.2 * gain.min() * (shift - shift.mean()) / np.abs(shift - shift.mean()).max()
        assert ((other**power).prod(axis=1) <= (gain**power).prod(axis=1) + 1e-12).all()


def test_the_bargain_starts_from_the_disagreement_that_is_given() -> None:
    game = games.claims_on(200.0, [100.0, 200.0, 300.0])
    found = sharing.nash(game, disagreement=np.array([20.0, 0.0, 30.0]))
    assert found.amounts[0] == pytest.approx([70.0, 50.0, 80.0])


def test_weights_that_do_not_fit_are_told_at_once() -> None:
    with pytest.raises(InputError, match=r"(?s)3 problems.*KAZ is missing.*KAZZ .*'KAZ'.*AFG is -1"):
        sharing.nash(games.drawn(0, 2), {"AFG": -1.0, "KAZZ": 1.0})


def test_proportional_shares_follow_what_each_reaches_alone() -> None:
    game = Game(("KAZ", "UZB"), np.array([[0.0, 10.0, 30.0, 60.0]]))
    assert sharing.proportional(game).amounts[0] == pytest.approx([15.0, 45.0])


@EACH
def test_one_state_has_all(name: str) -> None:
    assert RULES[name](Game(("UZB",), np.array([[1.0, 8.0], [0.0, 3.0]]))).amounts[:, 0].tolist() == [
        7.0,
        3.0,
    ]


@pytest.mark.parametrize("name", ["shapley", "nucleolus", "nash", "tau", "gately", "proportional"])
def test_where_nothing_is_won_together_each_keeps_its_own(name: str) -> None:
    own = np.array([1.0, 2.0, 4.0])
    game = Game(games.NAMES[:3], (games.members(3) @ own)[None, :])
    assert RULES[name](game).amounts[0] == pytest.approx(own)
    assert not RULES[name](game).remark


@EACH
def test_a_game_of_nothing_gives_nothing(name: str) -> None:
    found = RULES[name](Game(games.NAMES[:3], np.zeros((1, 8))))
    assert np.nan_to_num(found.amounts[0]).tolist() == [0.0, 0.0, 0.0]


def no_answer(rule: Rule, values: list[float]) -> Shares:
    states = games.NAMES[: len(values).bit_length() - 1]
    return rule(Game(states, np.array([values, np.arange(len(values))])))


@pytest.mark.parametrize(
    ("name", "values", "why"),
    [
        ("nash", [0.0, 4.0, 4.0, 6.0], "no deal leaves a surplus"),
        ("tau", [0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0], "no room for a compromise"),
        ("gately", [0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0], "or none adds"),
        ("gately", [0.0, 4.0, 4.0, 6.0], "adds less than it reaches alone"),
        ("proportional", [0.0, -1.0, 4.0, 6.0], "less than nothing alone"),
    ],
)
def test_a_rule_without_an_answer_says_in_how_many_members_and_why(
    name: str, values: list[float], why: str
) -> None:
    found = no_answer(RULES[name], values)
    assert found.answered.tolist() == [False, True]
    assert found.remark.startswith("in 1 of 2 members no answer: ")
    assert why in found.remark
    assert len(found.of("AFG")) == 1


@property_test(seed=SEEDS)
def test_what_belongs_to_nobody_is_shared_by_no_rule(seed: int) -> None:
    game = games.drawn(seed)
    for rule in RULES.values():
        higher = rule(changed(game, lambda values: values + 7.0)).amounts
        assert higher == pytest.approx(rule(game).amounts, nan_ok=True)
