"""Rogun is added as the facts say; an operation gives more to those who have priority."""

import numpy as np
import pytest

from mirab.validation.harness import Verdict
from mirab.validation.joint import rogun


@pytest.mark.parametrize(
    ("theirs", "ours", "verdict"),
    [
        (40.0, (41.0, 45.0, 31.0), Verdict.HOLDS),
        (40.0, (41.0, 10.0, 90.0), Verdict.CANNOT_BE_CHECKED),
        (40.0, (20.0, 29.0, 10.0), Verdict.MISSES),
        (-5.0, (20.0, 29.0, 10.0), Verdict.MISSES),
    ],
)
def test_a_change_misses_only_beyond_all_that_our_values_allow(
    theirs: float, ours: tuple[float, ...], verdict: Verdict
) -> None:
    assert rogun.judged(theirs, ours) is verdict


@pytest.mark.parametrize(
    ("state", "operation", "percent"),
    [
        ("TJK", "upstream energy", 160),
        ("TJK", "downstream", 112),
        ("AFG", "no priority", 140),
        ("UZB", "Turkmenistan", -66),
    ],
)
def test_printed_changes_are_those_of_the_paper(state: str, operation: str, percent: int) -> None:
    assert rogun.printed(state, operation) == pytest.approx(percent, abs=1.0)


@pytest.mark.slow
def test_the_full_reservoir_leaves_the_division_of_the_rivers_as_it_was() -> None:
    without, with_it = (rogun.divided(built=built) for built in (False, True))
    assert np.allclose(with_it.volume["rogun"], 13300.0)
    for claim in without.model.network.claims:
        assert np.allclose(without.delivered[claim], with_it.delivered[claim], atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("operation", rogun.OPERATIONS)
def test_no_store_is_drawn_down_over_the_year(operation: str) -> None:
    run, before = rogun.best(operation), rogun.divided(built=True)
    for store in run.model.network.stores:
        assert run.volume[store][-1, 0] >= before.volume[store][-1, 0] - 1.0, store
    assert np.abs(run.balance()).max() < 1e-3


@pytest.mark.slow
def test_priority_never_gives_less_than_none() -> None:
    for operation, state in (("Uzbekistan", "UZB"), ("Turkmenistan", "TKM")):
        usd = {one: rogun.benefits(rogun.best(one), rogun.MIDDLE)[state] for one in rogun.OPERATIONS}
        assert usd[operation] == pytest.approx(max(usd.values()))
        assert usd[operation] > usd["no priority"]
