"""Compound threats: both in the members of one run, else a product that says so; few, one state and time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.records import Marking, Threat
from mirab.warn.compound import LEAST_PROBABILITY, MOST, compounds

from .test_register import threat

YEAR = (date(2024, 1, 1), date(2024, 12, 31))


def likely(item: str, probability: float | None = 0.5, domain: str = "water", **more: Any) -> Threat:
    made = threat(item, probability=probability, domain=domain, window=YEAR)
    return replace(made, **{"id": f"{domain}:low:{item}", "rule": f"rule_{item}", **more})


DRY, CLOSED = likely("a"), likely("b", domain="corridor")


def members(*true: int, size: int = 10) -> Any:
    return np.isin(np.arange(size), true)


def test_threats_of_one_run_share_its_members() -> None:
    runs = [{"water:low:a": members(0, 1, 2, 3, 4), "water:low:b": members(0, 1, 2, 3, 9)}]
    (found,) = compounds([DRY, likely("b")], runs)
    assert (found.probability, found.product, found.common) == (0.4, 0.25, True)
    assert found.threats == ("water:low:a", "water:low:b")


def test_threats_of_different_runs_are_taken_as_independent_and_say_so() -> None:
    runs = [{"water:low:a": members(0, 1)}, {"corridor:low:b": members(0, 1)}]
    (found,) = compounds([DRY, CLOSED], runs)
    assert (found.probability, found.common) == (0.25, False)


@settings(derandomize=True, max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_a_joint_probability_lies_between_the_bounds_of_frechet(rows: list[tuple[bool, bool]]) -> None:
    one, other = np.array(rows).T
    a, b = float(one.mean()), float(other.mean())
    runs = [{"water:low:a": one, "water:low:b": other}]
    for found in compounds([likely("a", a), likely("b", b)], runs):
        assert max(0.0, a + b - 1.0) - 1e-12 <= found.probability <= min(a, b) + 1e-12
        assert found.probability == pytest.approx(sum(x and y for x, y in rows) / len(rows))


@pytest.mark.parametrize(
    "other",
    [
        replace(CLOSED, states=("XBB",)),
        replace(CLOSED, window=(date(2025, 1, 1), date(2025, 2, 1))),
        replace(CLOSED, window=None),
        replace(CLOSED, probability=None),
        replace(CLOSED, probability=0.39),
        replace(likely("b"), items=("a",)),
        likely("b", rule="rule_a"),
    ],
    ids=[
        "no state",
        "no day",
        "no window",
        "no probability",
        "below the bound",
        "one place, one domain",
        "one rule",
    ],
)
def test_what_does_not_come_together_is_no_compound(other: Threat) -> None:
    assert compounds([DRY, other], []) == ()


def test_the_states_and_days_are_those_of_both() -> None:
    other = replace(CLOSED, states=("XAA", "XBB"), window=(date(2024, 12, 1), date(2025, 3, 1)))
    (found,) = compounds([replace(DRY, states=("XAA", "XCC")), other], [])
    assert found.states == ("XAA",)
    assert found.window == (date(2024, 12, 1), date(2024, 12, 31))


def test_few_are_shown_the_most_likely_first_and_only_those_of_the_state_in_focus() -> None:
    rows = [likely(name, 0.5 + i / 20) for i, name in enumerate("abcd")]
    found = compounds([*rows, likely("e", 0.9, states=("XBB",)), likely("f", 0.9, states=("XBB",))], [])
    assert len(found) == MOST
    chances = [one.probability for one in found]
    assert chances == sorted(chances, reverse=True)
    assert min(chances) >= LEAST_PROBABILITY
    assert [one.states for one in compounds([*rows, likely("e", 0.9, states=("XBB",))], [], "XBB")] == []


def test_the_narrower_marking_holds_for_both() -> None:
    (found,) = compounds([DRY, replace(CLOSED, marking=Marking.INTERNAL)], [])
    assert found.marking is Marking.INTERNAL
