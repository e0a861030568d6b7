"""The horizon is the optimum: equal to a programme written by another hand, and it keeps the balance."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linear_oracle import best
from numpy.typing import NDArray
from random_networks import SPRING, STATES, random_inflow, random_network

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.core.errors import InputError, SolutionError
from mirab.core.flow.balance import scale
from mirab.core.flow.horizon import Horizon
from mirab.core.flow.model import Model
from mirab.core.flow.programme import weight
from mirab.core.flow.run import Run
from mirab.core.flow.worth import worth
from mirab.core.network import Curve, Network, Zone
from mirab.core.values import Piece, Values

Floats = NDArray[np.float64]
STEPS = 6
LOOSE = 1e-4


def with_plants(network: Network, rng: np.random.Generator) -> Network:
    """A random network whose stores have plants, some two in a row on one reach."""
    for store in list(network.stores.values()):
        curve = replace(store.curve, head_m=(5.0, 30.0, 45.0)) if store.curve else None
        network.stores[store.id] = replace(store, curve=curve)
        reach = next(reach.id for reach in network.reaches.values() if reach.tail == store.id)
        for k in range(int(rng.integers(0, 3))):
            network.turbine(
                f"plant_{store.id}_{k}",
                reach=reach,
                max_flow_m3s=float(rng.uniform(5, 60)),
                installed_mw=float(rng.uniform(1, 15)),
                store=store.id if k == 0 else None,
                head_m=None if k == 0 else 20.0,
            )
    return network


def values_for(network: Network, rng: np.random.Generator) -> Values:
    """Falling worth of water; one claim in four and one store in four have none."""

    def falling(most: float) -> tuple[Piece, ...]:
        return Piece(0.5, float(rng.uniform(0.5, 1.0)) * most), Piece(1.0, float(rng.uniform(0, 0.5)) * most)

    return Values(
        {claim: falling(0.1) for claim in network.claims if rng.random() < 0.75},
        {plant: tuple(rng.uniform(0.01, 0.08, 12).tolist()) for plant in network.turbines},
        {store: falling(0.05) for store in network.stores if rng.random() < 0.75},
    )


def case(seed: int, members: int = 2) -> tuple[Model, Run, Values]:
    rng = np.random.default_rng(seed)
    network = with_plants(random_network(rng), rng)
    model = network.compile()
    inflow = random_inflow(model, rng, members, dekads(SPRING, STEPS))
    run = model.simulate(inflow, threads=1, kernel="simplex")
    return model, run, values_for(network, rng)


def weighted(found: Horizon, values: Values) -> Floats:
    """What the states have less the weighted shortfalls of the guarantees, by member."""
    network = found.run.model.network
    total = found.value.copy()
    for short in found.shortfalls:
        shares = (
            network.claims[short.item].shares if short.kind == "take" and short.item in values.water else ()
        )
        inside = sum(share for state, share in shares if state in found.states)
        total -= weight(network, values) * (1.0 - inside) * short.missing_mcm
    return total


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.sampled_from([STATES, ("AAA",), ("BBB", "CCC"), ()]))
def test_the_optimum_equals_a_programme_written_by_another_hand(seed: int, states: tuple[str, ...]) -> None:
    model, run, values = case(seed)
    found = model.optimise(run.inflow, values, states=states, reference=run, heads=False)
    ours, heavy = weighted(found, values), weight(model.network, values)
    theirs = [best(run, values, states, member, heavy) for member in range(run.inflow.members)]
    assert ours == pytest.approx(theirs, rel=1e-6, abs=1e-5)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.integers(0, 10_000))
def test_the_optimum_keeps_the_balance_and_beats_the_reference(seed: int) -> None:
    model, run, values = case(seed)
    found = model.optimise(run.inflow, values, reference=run)
    assert np.abs(found.run.balance()).max() <= 1e-9 * scale(run)
    assert (weighted(found, values) >= worth(run, values).of(STATES) - LOOSE * scale(run)).all()
    assert (found.head_gain >= 0).all()


def test_what_an_optimum_hands_on_is_a_state_to_start_from() -> None:
    model, run, values = next(c for c in map(case, range(99)) if c[0].items.lagged and c[0].network.quotas)
    half = replace(run, inflow=run.inflow.steps(0, 3))
    found = model.optimise(half.inflow, values, start=run.start)
    again = model.simulate(run.inflow.steps(3, STEPS), start=found.run.end, threads=1, kernel="simplex")
    assert np.array_equal(again.start.volume_mcm, found.run.volume.values()[:, -1])
    assert np.abs(again.balance()).max() <= 1e-9 * scale(run)


def lake() -> tuple[Model, Ensemble]:
    """A store with a plant, three dekads of 10, 10 and 11 days, the same inflow in each."""
    net = Network("lake", states=("AAA", "BBB"))
    net.source("river", into="lake")
    curve = Curve((0.0, 40.0, 100.0), (0.0, 2.0, 4.0), (5.0, 40.0, 60.0))
    net.store("lake", state="AAA", full_mcm=100, start_mcm=30, zones=[Zone(100, 2)], curve=curve)
    net.boundary("sea")
    net.reach("lake", "sea")
    net.turbine("plant", reach="lake__sea", max_flow_m3s=80, installed_mw=100, efficiency=0.9, store="lake")
    model = net.compile()
    axis = dekads(date(2023, 5, 1), 3)
    return model, Ensemble.of("inflow", "m3/s", ("river",), axis, np.full((1, 3, 1), 20.0))


def test_heads_that_follow_the_volumes_come_near_the_best_of_a_fine_grid() -> None:
    model, inflow = lake()
    prices = tuple(0.03 + 0.01 * (np.arange(36) % 3 == 2))  # the third dekad is dearer
    values = Values(power={"plant": prices}, stored={"lake": (Piece(0.5, 0.004), Piece(1.0, 0.001))})
    found = model.optimise(inflow, values)
    length, price = inflow.axis.mcm_per_m3s, np.array(inflow.axis.spread(prices))
    curve = model.network.stores["lake"].curve
    grid = np.linspace(0, 100, 161)
    held = [np.array(30.0), *np.meshgrid(grid, grid, grid, indexing="ij")]
    total = values.stored_usd("lake", held[3], 100.0) / 1e6
    for t in range(3):
        out = held[t] + 20.0 * length[t] - held[t + 1]
        head = np.interp(0.5 * (held[t] + held[t + 1]), curve.volume_mcm, curve.head_m)
        through = np.minimum(out, np.minimum(80.0, 1e5 / (9.81 * 0.9 * head)) * length[t])
        total += np.where(out >= 0, price[t] * 9.81 * 0.9 * head * through / 3600.0, -np.inf)
    assert 0.999 * total.max() <= found.value[0] <= 1.01 * total.max()
    still = model.optimise(inflow, values, heads=False)
    moving = worth(still.run, values).of(STATES)[0]
    assert found.head_gain[0] == pytest.approx(found.value[0] - moving)
    assert found.head_gain[0] > 0.002


def test_hard_guarantees_that_cannot_be_kept_are_refused_with_the_smallest_violation() -> None:
    model, inflow = lake()
    run = model.simulate(inflow, threads=1)
    more = replace(run, volume=replace(run.volume, lanes=run.volume.lanes + 7.0))
    words = r"(?s)cannot all be kept.*store lake ends with less water than in the reference: 7 million m3"
    with pytest.raises(SolutionError, match=words):
        model.optimise(inflow, Values(), states=("BBB",), reference=more, hard=True)
    soft = model.optimise(inflow, Values(), states=("BBB",), reference=more)
    assert soft.shortfalls[0].missing_mcm[0] == pytest.approx(7.0)


def test_hard_guarantees_that_can_be_kept_change_nothing() -> None:
    model, inflow = lake()
    values = Values(power={"plant": 0.05})
    hard, soft = (model.optimise(inflow, values, states=("BBB",), hard=way) for way in (True, False))
    assert np.array_equal(hard.run.flow.lanes, soft.run.flow.lanes)


def test_a_state_that_is_not_there_is_named_with_its_nearest() -> None:
    model, inflow = lake()
    with pytest.raises(InputError, match="AAB is no state of the network; nearest is 'AAA'"):
        model.optimise(inflow, Values(), states=("AAB",))


def test_values_that_do_not_fit_are_refused_before_anything_runs() -> None:
    model, inflow = lake()
    with pytest.raises(InputError, match="turbine plnt is not in the network"):
        model.optimise(inflow, Values(power={"plnt": 0.1}))


def test_the_order_of_the_sources_in_the_inflow_does_not_matter() -> None:
    model, run, values = next(found for found in map(case, range(99)) if len(found[0].items.sources) > 2)
    other = replace(run, inflow=run.inflow.select(run.inflow.items[::-1]))
    one, two = (model.optimise(each.inflow, values, reference=each) for each in (run, other))
    assert np.array_equal(one.value, two.value)
    assert np.array_equal(one.run.flow.lanes, two.run.flow.lanes)


def test_a_place_that_nothing_reaches_does_not_disturb() -> None:
    model, inflow = lake()
    values = Values(power={"plant": 0.05})
    before = model.optimise(inflow, values).value
    model.network.node("hill", state="BBB")
    after = model.network.compile().optimise(inflow, values)
    assert after.value == pytest.approx(before)
