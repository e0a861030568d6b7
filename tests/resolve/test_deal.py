"""A deal adds up: parts to the total, compensation to nought, with the states as they stand in the game."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.errors import InputError, UnknownNameError
from mirab.core.plain import from_dict, schema, to_dict
from mirab.resolve.deal import SHOWN, Deal, deal, enabled
from mirab.resolve.game import Game
from mirab.resolve.sharing import RULES

from . import games

SEEDS = st.integers(0, 9_999)
KINDS = st.sampled_from(["convex", "whole", "any"])


def by_itself(game: Game, seed: int) -> np.ndarray:
    """What acting together brings each state, drawn so that it adds up."""
    part = np.random.default_rng(seed).normal(size=game.alone.shape)
    return part + (game.total - part.sum(axis=1))[:, None] / len(game.states)


@given(SEEDS, st.integers(2, 5), KINDS)
@settings(derandomize=True, max_examples=30, deadline=None)
def test_parts_add_up_to_the_total_and_compensation_to_nought(seed: int, states: int, kind: str) -> None:
    game = games.drawn(seed, states, kind, count=20)
    found = deal(game, before=by_itself(game, seed))
    assert found.states == game.states == tuple(part.state for part in found.parts)
    for rule in SHOWN:
        assert sum(part.shares[rule][1] for part in found.parts) == pytest.approx(found.total[1])
        assert sum(part.gains[rule][1] for part in found.parts) == pytest.approx(found.surplus[1])
        assert sum(part.compensation[rule][1] for part in found.parts) == pytest.approx(0.0, abs=1e-9)
        for part in found.parts:
            assert part.before
            moved = part.before[1] + part.compensation[rule][1]
            assert moved == pytest.approx(part.shares[rule][1])
            assert part.alone[1] + part.gains[rule][1] == pytest.approx(part.shares[rule][1])
            assert part.lowest <= part.gains[rule][1] + 1e-9
            assert part.gains[rule][1] <= part.highest + 1e-9


@given(SEEDS)
@settings(derandomize=True, max_examples=20, deadline=None)
def test_the_range_holds_every_rule_that_leaves_nobody_worse_off(seed: int) -> None:
    game = games.drawn(seed, 4, "convex", count=1)
    found = deal(game)
    for rule in RULES.values():
        gain = rule(game).amounts[0] - game.alone[0]
        if gain.min() >= 0.0:
            assert all(
                p.lowest - 1e-9 <= g <= p.highest + 1e-9 for p, g in zip(found.parts, gain, strict=True)
            )


def test_a_rule_that_leaves_a_state_worse_off_does_not_widen_the_range() -> None:
    """Alone they reach 10 and 0, together 12: the same for each would take 4 from the first."""
    found = deal(Game(("KAZ", "UZB"), np.array([[0.0, 10.0, 0.0, 12.0]])))
    assert [(part.lowest, part.highest) for part in found.parts] == [(1.0, 2.0), (0.0, 1.0)]


def test_the_spread_is_over_members_with_their_mean_in_the_middle() -> None:
    values = np.zeros((11, 4))
    values[:, 3] = np.arange(11.0)
    assert deal(Game(("KAZ", "UZB"), values)).total == pytest.approx((1.0, 5.0, 9.0))


def test_worthwhile_counts_members_with_a_surplus() -> None:
    game = Game(("KAZ", "UZB"), np.array([[0.0, 1.0, 2.0, 4.0], [0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0, 2.0]]))
    assert deal(game).worthwhile == pytest.approx(1 / 3)


def test_states_apart_give_a_second_deal_of_the_others() -> None:
    game = games.drawn(4, 4, "convex", count=9)
    found = deal(game, apart=["AFG", "XXX"])
    assert found.apart == ("AFG",)
    assert found.without
    assert found.without.states == ("KAZ", "KGZ", "TJK")
    assert found.without.total == deal(game.without(["AFG"])).total
    assert found.beside.startswith("With AFG taking part the states gain USD")


def test_no_second_deal_where_fewer_than_two_would_be_left() -> None:
    assert deal(games.drawn(4, 2), apart=["AFG"]).without is None
    assert not deal(games.drawn(4, 3), apart=["UZB"]).beside


def test_what_is_told_of_rules_and_values_stands_in_the_deal() -> None:
    found = deal(games.drawn(1, 3, "any", count=30))
    assert found.violations
    assert any(remark.startswith("tau: in ") for remark in found.remarks)


def test_what_acting_together_brings_must_fit_and_add_up() -> None:
    game = Game(("KAZ", "UZB"), np.array([[0.0, 1.0, 2.0, 9.0]]))
    with pytest.raises(InputError, match=r"adds up to 8 in member 0, all reach 9"):
        deal(game, before=np.array([[4.0, 4.0]]))
    with pytest.raises(InputError, match=r"shape \(1, 3\); give 1 rows of 2 states"):
        deal(game, before=np.ones((1, 3)))


def test_every_rule_is_told_with_the_members_that_it_answers_for() -> None:
    values = np.array([[0.0, 4.0, 4.0, 6.0], [0.0, 1.0, 1.0, 6.0]])
    found = {one.rule: one for one in deal(Game(("KAZ", "UZB"), values)).rules}
    assert list(found) == list(RULES)
    assert (found["shapley"].answered, found["nash"].answered) == (1.0, 0.5)
    assert found["nash"].gains["KAZ"] == (2.0, 2.0, 2.0)
    assert found["shapley"].gains["KAZ"][1] == pytest.approx(0.5)
    assert (found["shapley"].in_core, found["nash"].in_core) == (0.5, 1.0)


def test_a_rule_that_never_answers_has_no_gains() -> None:
    found = {one.rule: one for one in deal(Game(("KAZ", "UZB"), np.array([[0.0, 0.0, 0.0, 6.0]]))).rules}
    assert (found["proportional"].answered, found["proportional"].gains) == (0.0, {})


def test_a_deal_goes_through_json_and_back() -> None:
    game = games.drawn(4, 4, "any", count=5)
    found = deal(game, before=by_itself(game, 1), apart=["AFG"])
    text = json.dumps(to_dict(found), allow_nan=False)
    assert from_dict(Deal, json.loads(text)) == found
    assert schema(Deal)


def test_a_step_is_worth_nothing_without_those_who_are_needed() -> None:
    """KAZ gains 9 if KGZ acts at a loss of 4; TJK gains 1: worked by hand."""
    game = enabled(("KAZ", "KGZ", "TJK"), np.array([[9.0, -4.0, 1.0]]), ["KGZ"])
    assert game.values[0].tolist() == [0, 0, 0, 5, 0, 0, 0, 6]
    found = deal(game, before=np.array([[9.0, -4.0, 1.0]]))
    assert [part.gains["shapley"][1] for part in found.parts] == pytest.approx([17 / 6, 17 / 6, 1 / 3])
    assert found.parts[1].compensation["shapley"][1] == pytest.approx(17 / 6 + 4)


def test_a_group_takes_a_step_if_it_gains_on_average_and_bears_the_members_in_which_it_loses() -> None:
    gains = np.array([[4.0, -1.0], [-2.0, -1.0]])
    game = enabled(("KAZ", "UZB"), gains, ["KAZ"])
    assert game.values.tolist() == [[0.0, 4.0, 0.0, 3.0], [0.0, -2.0, 0.0, -3.0]]


def test_a_needed_state_that_is_not_there_is_named() -> None:
    with pytest.raises(UnknownNameError, match="'KAX' is not known; nearest is 'KAZ'"):
        enabled(("KAZ", "UZB"), np.ones((1, 2)), ["KAX"])
