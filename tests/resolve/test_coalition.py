"""Coalitions: exact by component, the same however the work is shared, and no poorer for one state more."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace

import numpy as np
import pytest
from random_networks import random_case
from two_valleys import two_valleys

from mirab.core.errors import InputError, SolutionError
from mirab.core.values import Piece, Values
from mirab.resolve.coalition import Coalitions, coalitions
from mirab.resolve.myopic import Plan


@pytest.fixture(scope="module")
def found() -> Coalitions:
    """The coalitions of two valleys, in this process."""
    return coalitions(*two_valleys(), processes=1)


def test_every_coalition_is_worth_what_its_joint_optimum_brings(found: Coalitions) -> None:
    model, inflow, values = two_valleys()
    run = model.simulate(inflow, threads=1)
    for mask in range(1, 8):
        states = found.foresight.coalition(mask)
        alone = model.optimise(inflow, values, states=states, reference=run, heads=False)
        assert found.foresight.values[:, mask] / 1e6 == pytest.approx(alone.value, rel=1e-6)


def test_values_add_up_over_rivers_that_do_not_meet(found: Coalitions) -> None:
    value = found.foresight.values
    both, upper = (found.foresight.mask(states) for states in (("AAA", "CCC"), ("AAA",)))
    assert value[:, both] == pytest.approx(value[:, upper] + value[:, found.foresight.mask(["CCC"])])
    assert found.components == (("AAA", "BBB"), ("BBB", "CCC"))
    assert found.programmes == 4 * (3 + 3)


def test_cooperation_gains_and_foresight_promises_more_than_operation(found: Coalitions) -> None:
    foreseen, operated, before = found.foresight.total, found.myopic.total, found.reference.sum(axis=1)
    assert (foreseen > 1.05 * before).all()
    assert operated.mean() > before.mean()
    assert (foreseen > operated).all()


def test_what_each_state_has_adds_up_to_the_total(found: Coalitions) -> None:
    assert found.foreseen.sum(axis=1) == pytest.approx(found.foresight.total)
    assert found.operated.sum(axis=1) == pytest.approx(found.myopic.total)


def test_a_larger_coalition_is_worth_no_less_and_guarantees_are_kept(found: Coalitions) -> None:
    broken = [one for one in found.foresight.violations(1e-7) if one.law == "monotonicity"]
    assert not broken
    assert not found.unkept


def test_nobody_alone_has_less_than_in_the_reference(found: Coalitions) -> None:
    assert (found.foresight.alone >= found.reference * (1 - 1e-7)).all()


def test_the_upper_state_moves_its_releases_only_together_with_the_lower_one(found: Coalitions) -> None:
    assert found.plans["AAA",] == Plan()
    joint = found.plans["AAA", "BBB"]
    assert joint.stores == ("north_lake",)
    assert str(joint) == f"{joint.moved:.0%} of the releases of north_lake follow joint needs"


def test_hard_guarantees_that_the_reference_cannot_keep_are_refused() -> None:
    model, inflow, values = two_valleys()
    run = model.simulate(inflow, threads=1)
    more = replace(run, volume=replace(run.volume, lanes=run.volume.lanes + 300.0))
    with pytest.raises(SolutionError, match="BBB cannot keep what the others had: .* million m3 are missing"):
        coalitions(model, inflow, values, reference=more, guarantee="hard", processes=1)
    soft = coalitions(model, inflow, values, reference=more, processes=1)
    assert soft.unkept[0].worst_mcm > 100


@pytest.mark.slow
def test_an_interrupt_ends_the_processes() -> None:
    def stop(done: int, whole: int) -> None:
        raise KeyboardInterrupt("enough")

    with pytest.raises(KeyboardInterrupt, match="enough"):
        coalitions(*two_valleys(), processes=2, progress=stop)
    assert not multiprocessing.active_children()


@pytest.mark.slow
def test_two_processes_find_the_same_to_the_last_bit(found: Coalitions) -> None:
    shared = coalitions(*two_valleys(), processes=2)
    assert np.array_equal(shared.foresight.values, found.foresight.values)
    assert np.array_equal(shared.myopic.values, found.myopic.values)


@pytest.mark.parametrize("seed", range(6))
def test_on_random_networks_no_state_makes_a_coalition_poorer(seed: int) -> None:
    model, inflow = random_case(seed, members=3, steps=5)
    claims = model.network.claims
    values = Values({claim: (Piece(0.5, 0.08), Piece(1.0, 0.01 * k)) for k, claim in enumerate(claims)})
    game = coalitions(model, inflow, values, processes=1).foresight
    assert not [one for one in game.violations(1e-6) if one.law == "monotonicity"]


def test_progress_counts_each_coalition_of_each_component_once() -> None:
    told: list[tuple[int, int]] = []
    coalitions(*two_valleys(), processes=1, progress=lambda done, whole: told.append((done, whole)))
    assert told == [(done, 6) for done in range(1, 7)]


def test_without_a_price_there_is_no_game() -> None:
    model, inflow, _ = two_valleys()
    with pytest.raises(InputError, match="give no state a benefit; price claims or power"):
        coalitions(model, inflow, Values())
