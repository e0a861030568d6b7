"""States as players of steps: who plays, what must hold whatever steps bring, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.errors import InputError
from mirab.core.records import Change, Option, Standing
from mirab.resolve.players import MOST, Played, play, seated
from mirab.resolve.steps import able, by_steps

STATES = ("XAA", "XBB", "XCC")
NAMES = {"XAA": "Ardia", "XBB": "Boria", "XCC": "Calda", "XDD": "Doria"}
ACTORS = {"rails": ("XBB",), "boats": ("XAA", "XCC"), "posts": ("XAA", "XBB")}
Brought = dict[str, dict[str, list[float]]]


def step(id: str, actors: Sequence[str], standing: Standing = Standing.AGREED) -> Option:
    return Option(id, id, "step", standing, "", tuple(actors), (Change("opened", id, 1.0),))


def adding(brought: Brought) -> Callable[[Sequence[Change], Sequence[str]], np.ndarray]:
    """Steps that do not touch each other: what they bring adds up."""

    def brings(changes: Sequence[Change], states: Sequence[str]) -> np.ndarray:
        size = len(next(iter(next(iter(brought.values())).values())))
        none = [0.0] * size
        rows = [np.array([brought[one.item].get(state, none) for state in states]) for one in changes]
        return np.sum(rows, axis=0).T if rows else np.zeros((size, len(states)))

    return brings


amounts = st.lists(st.floats(-9e6, 9e6), min_size=3, max_size=3)
brings_of_steps = st.fixed_dictionaries(
    {id: st.fixed_dictionaries(dict.fromkeys(STATES, amounts)) for id in ACTORS}
)


def played(brought: Brought, actors: dict[str, tuple[str, ...]] = ACTORS) -> Played:
    return play([step(id, own) for id, own in actors.items()], adding(brought), NAMES)


def test_a_group_takes_a_step_only_with_all_who_must_act() -> None:
    groups = able(STATES, [step(id, own) for id, own in ACTORS.items()])
    assert groups["XAA", "XCC"] == ("boats",)
    assert groups["XAA", "XBB"] == ("rails", "posts")
    assert groups["XBB", "XCC"] == ("rails",)
    assert groups[()] == groups["XAA",] == ()


def test_each_set_of_steps_is_run_once() -> None:
    seen: list[tuple[str, ...]] = []

    def brings(changes: Sequence[Change]) -> np.ndarray:
        seen.append(tuple(change.item for change in changes))
        return np.zeros((1, 3))

    by_steps(STATES, [step(id, own) for id, own in ACTORS.items()], brings)
    assert sorted(seen) == [(), ("boats",), ("rails",), ("rails", "boats", "posts"), ("rails", "posts")]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(brought=brings_of_steps)
def test_all_together_have_the_sum_of_steps_that_do_not_touch_each_other(brought: Brought) -> None:
    found = played(brought)
    whole = sum(np.array(values) for own in brought.values() for values in own.values())
    assert found.game.total == pytest.approx(whole, abs=1e-3)
    boats = np.array([brought["boats"]["XAA"], brought["boats"]["XCC"]]).sum(axis=0)
    assert found.game.values[:, found.game.mask(["XAA", "XCC"])] == pytest.approx(boats, abs=1e-3)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(brought=brings_of_steps)
def test_shares_add_to_the_total_and_compensation_to_nought(brought: Brought) -> None:
    deal = played(brought).deal
    for rule in ("shapley", "nucleolus"):
        assert sum(part.shares[rule][1] for part in deal.parts) == pytest.approx(deal.total[1], abs=1.0)
        assert sum(part.compensation[rule][1] for part in deal.parts) == pytest.approx(0.0, abs=1.0)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(brought=brings_of_steps, order=st.sampled_from([*permutations(STATES)]))
def test_shares_follow_the_states_however_they_are_named(brought: Brought, order: tuple[str, ...]) -> None:
    other = dict(zip(STATES, order, strict=True))
    renamed = {id: {other[state]: own for state, own in states.items()} for id, states in brought.items()}
    actors = {id: tuple(sorted(other[state] for state in own)) for id, own in ACTORS.items()}
    before, after = (
        {part.state: part.shares for part in one.deal.parts}
        for one in (played(brought), played(renamed, actors))
    )
    for state, name in other.items():
        for rule in ("shapley", "nucleolus"):
            assert after[name][rule] == pytest.approx(before[state][rule], rel=1e-6, abs=2.0)


def test_a_state_that_acts_in_no_step_is_no_player_and_changes_nobodys_share() -> None:
    brought = {id: {state: [1e6, 2e6] for state in STATES} for id in ACTORS}
    with_more = {id: own | {"XDD": [5e6, 7e6]} for id, own in brought.items()}
    one, other = played(brought), played(with_more)
    assert other.game.states == STATES
    assert np.array_equal(one.game.values, other.game.values)


def test_a_player_whose_step_brings_nothing_to_anybody_adds_nothing() -> None:
    brought = {
        "rails": {state: [0.0, 0.0] for state in STATES},
        "boats": {"XAA": [3e6, 1e6], "XCC": [1e6, 1e6]},
    }
    found = played(brought, {"rails": ("XBB",), "boats": ("XAA", "XCC")})
    game = found.game
    for mask in range(8):
        assert game.values[:, mask | 2] == pytest.approx(game.values[:, mask & ~2])
    boria = next(part for part in found.deal.parts if part.state == "XBB")
    assert boria.shares["shapley"] == pytest.approx((0.0, 0.0, 0.0), abs=1e-6)


def test_a_deal_is_told_with_and_without_states_that_are_looked_at_on_their_own() -> None:
    brought = {id: {state: [1e6, 2e6] for state in STATES} for id in ACTORS}
    options = [step(id, own) for id, own in ACTORS.items()]
    deal = play(options, adding(brought), NAMES, apart=["XCC"]).deal
    assert deal.without is not None
    assert deal.without.states == ("XAA", "XBB")
    assert deal.beside.startswith("With Calda taking part the states gain")


def test_members_that_do_not_count_are_in_neither_game_nor_deal() -> None:
    brought = {id: {state: [1e6, 2e6, 4e6] for state in STATES} for id in ACTORS}
    options = [step(id, own) for id, own in ACTORS.items()]
    ran: list[int] = []

    def met(sets: Sequence[Sequence[Change]]) -> np.ndarray:
        ran.append(len(sets))
        return np.array([True, False, True])

    found = play(options, adding(brought), NAMES, met=met)
    assert found.game.total == pytest.approx([9e6, 36e6])
    assert (found.deal.members, ran) == (2, [5])


def test_steps_beyond_so_many_players_are_left_out_and_named() -> None:
    few = [step("far", ["XDD"], Standing.ANALYTICAL), step("near", ["XAA", "XBB"])]
    kept, left_out = seated(few, most=2)
    assert [one.id for one in kept] == ["near"]
    assert left_out == ("far",)
    assert len(seated(few, most=MOST)[0]) == 2


def test_a_step_that_nobody_must_act_for_is_refused() -> None:
    with pytest.raises(InputError, match="lonely names nobody who must act; give its actors"):
        seated([step("lonely", [])])


def test_steps_without_any_change_are_refused() -> None:
    silent = Option("idea", "idea", "step", Standing.AGREED, "", ("XAA",), (), not_valued="no tariff")
    with pytest.raises(InputError, match="steps have no change that can be run"):
        seated([silent])
