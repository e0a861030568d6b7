from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from mirab.core.records import Change, Option, Standing
from mirab.resolve import relief

STATES = ("XAA", "XBB", "XCC")
NAMES = {"XAA": "Ardia", "XBB": "Boria", "XCC": "Calda"}


def step(id: str, actors: Sequence[str]) -> Option:
    return Option(id, id, "cable", Standing.AGREED, "", tuple(actors), (Change("opened", id, 1.0),))


def days(changes: Sequence[Change]) -> np.ndarray:
    """Each of two members loses 10 days in each state; `one` saves Ardia 2, `pair` saves everybody 3."""
    lost = np.full((2, 3), 10.0)
    opened = {change.item for change in changes}
    lost[:, 0] -= 2.0 * ("one" in opened)
    return lost - 3.0 * ("pair" in opened)


def tried(true: bool, lost: float, trip: float) -> relief.Tried:
    return relief.Tried({"t": np.full(4, true)}, np.full((4, 1), lost), np.array([trip]))


def test_a_group_takes_the_steps_of_which_it_holds_all_actors() -> None:
    found = relief.together(STATES, [step("one", ["XAA"]), step("pair", ["XBB", "XCC"])], days)
    value = {found.game.coalition(mask): float(found.game.values[0, mask]) for mask in range(8)}
    assert value == {
        (): 0.0,
        ("XAA",): 2.0,
        ("XBB",): 0.0,
        ("XCC",): 0.0,
        ("XAA", "XBB"): 2.0,
        ("XAA", "XCC"): 2.0,
        ("XBB", "XCC"): 6.0,
        ("XAA", "XBB", "XCC"): 11.0,
    }
    assert found.steps["XBB", "XCC"] == ("pair",)


def test_the_shares_add_up_to_what_all_save() -> None:
    found = relief.together(STATES, [step("one", ["XAA"]), step("pair", ["XBB", "XCC"])], days)
    for one in found.shares.values():
        assert one.amounts.sum(axis=1) == pytest.approx([11.0, 11.0])
    # Ardia brings its 2 days, and the 3 that the pair saves it: by Shapley it keeps the 2 and a third of 3.
    assert found.shares["shapley"].of("XAA") == pytest.approx([3.0, 3.0])


def test_states_apart_are_told_with_and_without() -> None:
    options = [step("one", ["XAA"]), step("pair", ["XBB", "XCC"])]
    found = relief.together(STATES, options, days, apart=["XAA"])
    assert found.without is not None
    assert found.without.game.states == ("XBB", "XCC")
    assert found.without.game.total.tolist() == [6.0, 6.0]


def test_a_step_tells_what_it_saves_and_does_to_threats() -> None:
    found = relief.tried(
        step("one", ["XAA"]), ("XAA",), NAMES, tried(True, 4.0, 60.0), tried(False, 1.5, 52.0)
    )
    assert found.deal == (
        "Days of lost connection saved to the horizon, mean and 10 to 90 % of members: "
        "Ardia 2.50 (2.50 to 2.50).",
        "Mean round trip in ms: Ardia 60 to 52.",
    )
    assert (found.threats[0].before, found.threats[0].after) == (1.0, 0.0)
    assert found.coalition == ("XAA",)


def test_a_step_that_saves_nothing_says_so() -> None:
    same = tried(True, 4.0, 60.0)
    found = relief.tried(step("one", ["XAA"]), ("XAA",), NAMES, same, same)
    assert found.deal == ("It saves no state days of lost connection in these members.",)


def test_a_threat_that_is_not_there_any_more_has_gone() -> None:
    gone = relief.Tried({}, np.full((4, 1), 4.0), np.array([60.0]))
    found = relief.tried(step("one", ["XAA"]), ("XAA",), NAMES, tried(True, 4.0, 60.0), gone)
    assert found.threats[0].after == 0.0
