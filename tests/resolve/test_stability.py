"""What is told of shares follows from the values of the coalitions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.resolve import sharing, stability
from mirab.resolve.game import Game
from mirab.resolve.sharing import Shares

from . import games

SEEDS = st.integers(0, 9_999)
# Any two of three reach 1, as do all: whatever is given, some pair does better. No shares are stable.
RIVALS = Game(games.NAMES[:3], (games.members(3).sum(axis=1) >= 2).astype(float)[None, :])
CLAIMS = games.claims_on(200.0, [100.0, 200.0, 300.0])


def given_out(game: Game, *rows: list[float]) -> Shares:
    return Shares("by hand", game.states, np.array(rows))


def test_the_angriest_coalition_is_told_with_what_it_is_short_of() -> None:
    masks, excess = stability.angriest(CLAIMS, sharing.shapley(CLAIMS))
    assert masks.tolist() == [1]
    assert excess == pytest.approx([-100 / 3])


@given(SEEDS, st.integers(2, 5))
@settings(derandomize=True, max_examples=30, deadline=None)
def test_no_coalition_is_angrier_than_the_angriest(seed: int, states: int) -> None:
    game = games.drawn(seed, states, "any")
    shares = sharing.shapley(game)
    masks, excess = stability.angriest(game, shares)
    for value, share, mask, most in zip(game.values, shares.amounts, masks, excess, strict=True):
        short = [value[s] - sum(share[i] for i in range(states) if s >> i & 1) for s in range(1 << states)]
        assert max(short[1:-1]) == pytest.approx(most)
        assert short[mask] == pytest.approx(most)


@given(SEEDS)
@settings(derandomize=True, max_examples=20, deadline=None)
def test_where_the_total_grows_with_who_joins_the_shapley_value_is_in_the_core(seed: int) -> None:
    """Shapley 1971: so it is in every convex game."""
    game = games.drawn(seed, 5, "convex")
    found = stability.stability(game, sharing.shapley(game))
    assert found is not None
    assert (found.in_core, found.core, found.objections) == (1.0, 1.0, ())
    assert set(found.may_leave.values()) == {0.0}


def test_without_a_core_it_is_said_who_objects_and_who_may_leave() -> None:
    found = stability.stability(RIVALS, given_out(RIVALS, [0.5, 0.5, 0.0]))
    assert found is not None
    assert (found.in_core, found.core) == (0.0, 0.0)
    pairs = [(one.coalition, one.share, one.mean, one.worst) for one in found.objections]
    assert pairs == [(("AFG", "KGZ"), 1.0, 0.5, 0.5), (("KAZ", "KGZ"), 1.0, 0.5, 0.5)]
    assert found.may_leave == {"AFG": 1.0, "KAZ": 1.0, "KGZ": 1.0}


def test_objections_are_counted_by_member_and_the_most_frequent_comes_first() -> None:
    values = np.array([[0.0, 2.0, 2.0, 10.0], [0.0, 2.0, 6.0, 10.0], [0.0, 4.0, 6.0, 10.0]])
    game = Game(("KAZ", "UZB"), values)
    found = stability.objections(game, given_out(game, [9.0, 1.0], [5.0, 5.0], [3.0, 7.0]))
    assert [(one.coalition, one.mean) for one in found] == [(("UZB",), 1.0), (("KAZ",), 1.0)]
    assert [one.share for one in found] == pytest.approx([2 / 3, 1 / 3])


def test_a_share_at_the_edge_of_the_core_is_in_it() -> None:
    game = Game(("KAZ", "UZB"), np.array([[0.0, 0.1, 0.2, 0.1 + 0.2]]))
    assert stability.in_core(game, given_out(game, [0.1, 0.2])).all()


def test_a_deal_made_ahead_is_judged_at_mean_values() -> None:
    """In one member KAZ does better alone by 2, in the other worse by 4: on average it stays."""
    game = Game(("KAZ", "UZB"), np.array([[0.0, 6.0, 0.0, 8.0], [0.0, 0.0, 0.0, 8.0]]))
    found = stability.stability(game, given_out(game, [4.0, 4.0], [4.0, 4.0]))
    assert found is not None
    assert (found.in_core, found.ahead) == (0.5, True)
    worse = stability.stability(game, given_out(game, [2.0, 6.0], [2.0, 6.0]))
    assert worse is not None
    assert (worse.in_core, worse.ahead) == (0.5, False)


@given(SEEDS)
@settings(derandomize=True, max_examples=20, deadline=None)
def test_what_holds_in_every_member_holds_ahead(seed: int) -> None:
    game = games.drawn(seed, 4)
    found = stability.stability(game, sharing.nucleolus(game))
    assert found is not None
    assert found.in_core == 1.0
    assert found.ahead


def test_what_an_optimiser_leaves_open_is_no_objection() -> None:
    values = np.array([[0.0, 1.0, 2.0, 3.0 - 1e-7]])
    shares = given_out(Game(("KAZ", "UZB"), values), [1.0, 2.0 - 1e-7])
    assert stability.objections(Game(("KAZ", "UZB"), values), shares)
    assert not stability.objections(Game(("KAZ", "UZB"), values, noise=1e-6), shares)


def test_the_propensity_to_disrupt_is_what_others_lose_over_what_the_state_loses() -> None:
    """Of the coalitions 12, 13, 23 and all: 4, 0, 3 and 6, worked by hand for 2, 3, 1."""
    game = Game(games.NAMES[:3], np.array([[0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 3.0, 6.0]]))
    assert stability.propensity(game, given_out(game, [2.0, 3.0, 1.0]))[0] == pytest.approx([0.5, 1.0, 1.0])


def test_a_state_that_loses_nothing_by_leaving_is_unboundedly_prone_to() -> None:
    found = stability.propensity(CLAIMS, given_out(CLAIMS, [0.0, 100.0, 100.0]))[0]
    assert found.tolist() == [np.inf, 1.0, 1.0]
    assert stability.propensity(CLAIMS, given_out(CLAIMS, [-1.0, 100.0, 101.0]))[0, 0] == np.inf


def test_where_nothing_hangs_on_a_state_it_is_not_prone_to_disrupt() -> None:
    game = Game(("KAZ", "UZB"), np.array([[0.0, 1.0, 2.0, 3.0]]))
    assert stability.propensity(game, sharing.shapley(game)).tolist() == [[0.0, 0.0]]


def test_members_without_an_answer_are_left_out_of_all_counts() -> None:
    game = Game(("KAZ", "UZB"), np.array([[0.0, 4.0, 4.0, 6.0], [0.0, 1.0, 1.0, 6.0]]))
    found = stability.stability(game, sharing.nash(game))
    assert found is not None
    assert (found.members, found.in_core, found.core) == (1, 1.0, 1.0)


def test_of_a_rule_without_any_answer_nothing_is_told() -> None:
    game = Game(("KAZ", "UZB"), np.array([[0.0, 4.0, 4.0, 6.0]]))
    assert stability.stability(game, sharing.nash(game)) is None


def test_one_state_alone_leaves_nobody() -> None:
    game = Game(("UZB",), np.array([[0.0, 3.0]]))
    found = stability.stability(game, sharing.shapley(game))
    assert found is not None
    assert (found.in_core, found.core, found.objections) == (1.0, 1.0, ())


def test_what_nobody_owns_does_not_make_a_coalition_angry() -> None:
    higher = Game(CLAIMS.states, CLAIMS.values + 50.0)
    one = stability.excesses(higher, sharing.shapley(higher))
    assert one == pytest.approx(stability.excesses(CLAIMS, sharing.shapley(CLAIMS)))
