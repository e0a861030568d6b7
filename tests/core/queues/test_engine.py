"""Cargo is conserved, waits follow the cumulative curves, and no member depends on another."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from queue_cases import START, chain, constant, demand, ferry, networks

from mirab.core.calendar import days, months
from mirab.core.ensemble import Ensemble
from mirab.core.errors import NotKeptError, UnknownNameError
from mirab.core.queues.engine import run
from mirab.core.queues.network import (
    Availability,
    Closure,
    Commodity,
    Draft,
    Node,
    QueueNetwork,
    Service,
    Stream,
)

many = settings(derandomize=True, deadline=None, max_examples=25)
amounts = st.lists(st.floats(0.0, 300.0), min_size=12, max_size=12)


@many
@given(networks(), amounts, st.sampled_from([6.0, 24.0, None]))
def test_cargo_is_conserved(network: QueueNetwork, amount: list[float], step_h: float | None) -> None:
    values = np.array(amount)[None, :, None] * np.ones((3, 12, 4))
    found = run(network, demand(network, values), seed=3, step_h=step_h)
    assert np.abs(found.balance()).max() <= 1e-5 * max(values.sum(), 1.0)
    assert found.waits.lanes.min() >= 0
    assert found.under_way.lanes.min() >= -1e-3


@many
@given(networks(), amounts)
def test_what_is_under_way_arrives_when_nothing_more_enters(
    network: QueueNetwork, amount: list[float]
) -> None:
    open_nodes = tuple(replace(node, services=()) for node in network.nodes)
    free = replace(network, nodes=open_nodes, availabilities=(), closures=())
    values = np.zeros((1, 400, 4))
    values[:, :12] = np.array(amount)[None, :, None]
    found = run(free, demand(free, values), seed=1)
    assert found.delivered.values().sum(axis=1) == pytest.approx(values.sum(axis=1), rel=1e-4, abs=1e-3)


@many
@given(
    st.lists(st.floats(20.0, 200.0), min_size=3, max_size=3),
    st.lists(st.floats(0.0, 50.0), min_size=2, max_size=2),
    amounts,
    st.integers(0, 2),
    st.floats(1.0, 3.0),
)
def test_more_capacity_never_lengthens_the_total_delay_of_a_chain(
    capacities: list[float], lags: list[float], amount: list[float], where: int, factor: float
) -> None:
    more = [c * factor if i == where else c for i, c in enumerate(capacities)]
    values = np.zeros((1, 200, 1))
    values[0, :12, 0] = amount
    delays = []
    for each in (capacities, more):
        network = chain(each, lags)
        found = run(network, demand(network, values), seed=1)
        inside = np.cumsum(found.entered["r/a"] - found.delivered["r/a"], axis=0)
        delays.append(float(inside.sum()))
    assert delays[1] <= delays[0] * (1 + 1e-5) + 1e-2


@many
@given(st.floats(20.0, 200.0), amounts, st.sampled_from([6.0, 24.0]))
def test_the_mean_queue_is_what_comes_a_day_times_its_wait(
    capacity: float, amount: list[float], step_h: float
) -> None:
    """Little's law, over a time that begins and ends with an empty queue."""
    network = chain([capacity, None], [10.0])
    values = np.zeros((1, 200, 1))
    values[0, :12, 0] = amount
    found = run(network, demand(network, values), seed=1, step_h=step_h)
    queue = straight_queue(values[0, :, 0], capacity)
    assert found.queue["n0"][:, 0] == pytest.approx(queue[FINE - 1 :: FINE], abs=1e-2)
    waited = float((found.entered["r/a"] * found.waiting["n0"]).sum()) / 24.0
    assert waited == pytest.approx(queue.mean() * 200, rel=0.02, abs=0.5 * capacity * step_h / 24)


FINE = 480


def straight_queue(per_day: np.ndarray, capacity: float) -> np.ndarray:
    """A queue with even arrivals over each day, on a fine grid: cumulative arrivals less departures."""
    come = np.cumsum(np.repeat(per_day, FINE) / FINE)
    behind = come - capacity / FINE * np.arange(1, come.size + 1)
    return behind - np.minimum(np.minimum.accumulate(behind), 0.0)


@many
@given(networks(), st.integers(1, 19))
def test_a_member_is_the_same_whatever_is_run_with_it(network: QueueNetwork, members: int) -> None:
    values = np.random.default_rng(5).uniform(0, 150, (20, 12, 4))
    whole = run(network, demand(network, values), seed=7, threads=2)
    some = run(network, demand(network, values[:members]), seed=7, threads=1)
    for name in ("queue", "served", "waiting", "journey", "delivered", "trips", "standing", "utilisation"):
        expected = getattr(whole, name).values()[:members]
        assert np.array_equal(getattr(some, name).values(), expected, equal_nan=True), name


@many
@given(networks(), st.lists(st.integers(0, 20), min_size=1, max_size=11))
def test_some_members_by_number_are_those_of_the_whole_run(network: QueueNetwork, numbers: list[int]) -> None:
    values = np.random.default_rng(8).uniform(0.0, 200.0, (21, 12, 4))
    whole = run(network, demand(network, values), seed=5)
    some = run(network, demand(network, values[numbers]), seed=5, numbers=numbers)
    for name in ("journey", "queue", "served"):
        own, of_all = getattr(some, name).values(), getattr(whole, name).values()[numbers]
        assert np.array_equal(own, of_all, equal_nan=True)


def test_only_the_results_asked_for_are_held() -> None:
    network = chain([100.0, None], [10.0])
    asked = demand(network, np.full((9, 12, 1), 150.0))
    whole = run(network, asked, seed=5)
    few = run(network, asked, seed=5, keep=("queue", "journey"))
    assert np.array_equal(few.queue.lanes, whole.queue.lanes)
    assert np.array_equal(few.journey.lanes, whole.journey.lanes)
    assert few.served.lanes.size == few.standing.lanes.size == 0
    with pytest.raises(NotKeptError, match="entered of 'r/a' were not kept"):
        few.balance()
    with pytest.raises(UnknownNameError, match="result of queues 'journeys' is not known; nearest.*journey"):
        run(network, asked, seed=5, keep=("journeys",))


def test_threads_leave_no_trace_in_the_results() -> None:
    network = chain([60.0, 50.0, None], [5.0, 30.0])
    values = np.random.default_rng(5).uniform(0, 100, (150, 20, 1))
    one, two = (run(network, demand(network, values), seed=7, threads=n) for n in (1, 2))
    assert np.array_equal(one.queue.lanes, two.queue.lanes)
    assert np.array_equal(one.journey.lanes, two.journey.lanes)


def test_below_capacity_nothing_waits() -> None:
    """D/D/1 with a service time shorter than the time between arrivals."""
    network = chain([100.0, 100.0], [30.0])
    found = run(network, constant(network, 80.0, 20), seed=1)
    assert found.queue.lanes.max() == 0
    assert np.allclose(found.journey["r/a"], 30.0)
    assert np.allclose(found.utilisation["n0"], 0.8)


def test_above_capacity_a_queue_grows_by_the_difference_and_a_wait_by_its_ratio() -> None:
    """D/D/1, saturated: the queue is (arrivals - capacity) t, the wait (arrivals / capacity - 1) t."""
    network = chain([100.0, None], [12.0])
    found = run(network, constant(network, 150.0, 30), seed=1)
    day = np.arange(1, 31)
    assert found.queue["n0"][:, 0] == pytest.approx(50.0 * day)
    assert found.served["n0"][:, 0] == pytest.approx(100.0)
    assert found.waiting["n0"][:, 0] == pytest.approx(24.0 * 0.5 * (day - 0.5), rel=1e-5)
    assert found.journey["r/a"][:, 0] == pytest.approx(12.0 + 12.0 * (day - 0.5), rel=1e-5)


@pytest.mark.parametrize("step_h", [6.0, 24.0])
def test_a_fleet_carries_its_load_once_a_round(step_h: float) -> None:
    network = ferry(vessels=3.0)
    found = run(network, constant(network, 500.0, 60), seed=1, step_h=step_h)
    assert found.delivered["r/a"][10:, 0].mean() == pytest.approx(150.0, rel=0.01)
    assert found.trips["ferry"][10:, 0].mean() == pytest.approx(1.5, rel=0.01)
    assert found.utilisation["here/ferry"][10:, 0] == pytest.approx(1.0)


def test_steps_longer_than_a_passage_carry_as_much() -> None:
    network, axis = ferry(vessels=3.0), months(START, 12)
    values = np.full((1, 12, 1), 500.0)
    found = run(network, demand(network, values, axis), seed=1, step_h=None)
    assert found.served["here/ferry"][:, 0] == pytest.approx(150.0)


def test_vessels_wait_for_cargo_only_as_long_as_they_may() -> None:
    trips = {}
    for wait_h in (0.0, 24.0, 96.0):
        network = ferry(vessels=2.0, wait_h=wait_h)
        found = run(network, constant(network, 10.0, 120), seed=1)
        assert found.delivered["r/a"][60:, 0].mean() == pytest.approx(10.0, rel=0.01)
        trips[wait_h] = found.trips["ferry"][60:, 0].mean()
    assert trips[0.0] == pytest.approx(1.0, rel=0.01)
    assert trips[0.0] > trips[24.0] > trips[96.0] >= 0.1


def test_a_lower_sea_takes_load_off_each_vessel() -> None:
    network = ferry(vessels=2.0)
    draft = Draft("sea", (-29.0, -28.0), (0.5, 1.0))
    network = replace(network, fleets=(replace(network.fleets[0], drafts=(draft,)),))
    given = constant(network, 500.0, 40, members=2)
    values = np.stack([np.full((40, 1), -28.0), np.full((40, 1), -28.5)])
    levels = Ensemble.of("level", "m", ["sea"], given.axis, values)
    served = run(network, given, seed=1, levels=levels).served["here/ferry"][10:]
    assert served.mean(axis=0) == pytest.approx([100.0, 75.0], rel=0.01)


def test_factors_take_off_stations_nodes_and_fleets() -> None:
    given = constant(chain([100.0, None], [1.0]), 500.0, 10)
    factor = Ensemble.of("factor", "1", ["n0"], given.axis, np.full((1, 10, 1), 0.4))
    found = run(chain([100.0, None], [1.0]), given, seed=1, factors=factor)
    assert found.served["n0"][:, 0] == pytest.approx(40.0)


def test_the_senior_commodity_is_served_first() -> None:
    network = chain([100.0, None], [1.0])
    services = (Service(("a", "b"), 100.0),)
    network = replace(
        network,
        commodities=(Commodity("a"), Commodity("b", priority=2)),
        nodes=(Node("n0", services), Node("n1")),
        streams=(Stream("r", "a"), Stream("r", "b")),
    )
    found = run(network, constant(network, 80.0, 10), seed=1)
    assert found.delivered["r/a"][1:, 0] == pytest.approx(80.0)
    assert found.delivered["r/b"][1:, 0] == pytest.approx(20.0)


def test_a_closed_node_holds_back_even_where_its_capacity_is_not_modelled() -> None:
    network = chain([None, None], [1.0])
    shut = Closure("works", ("n0",), ((date(2024, 1, 3), date(2024, 1, 6)),))
    found = run(replace(network, closures=(shut,)), constant(network, 10.0, 10), seed=1)
    assert found.queue["n0"][:, 0] == pytest.approx([0, 0, 10, 20, 30, 40, 0, 0, 0, 0])
    assert found.journey["r/a"][2, 0] == pytest.approx(1.0 + 3.5 * 24, abs=1e-4)
    assert "n0" not in found.utilisation.items


def test_a_capacity_that_is_shut_counts_as_used_up_while_cargo_waits_for_it() -> None:
    network = chain([100.0, None], [1.0])
    shut = Closure("works", ("n0",), ((date(2024, 1, 3), date(2024, 1, 6)),))
    network = replace(network, closures=(shut,))
    used = [run(network, constant(network, amount, 10), seed=1).utilisation["n0"] for amount in (50.0, 0.0)]
    assert used[0][:2, 0].tolist() == [0.5, 0.5]
    assert used[0][2:6, 0].tolist() == [1, 1, 1, 1]
    assert used[1].max() == 0


def test_a_full_yard_sends_its_excess_to_the_declared_place() -> None:
    network = chain([None, 50.0, None], [1.0, 1.0])
    nodes = (network.nodes[0], replace(network.nodes[1], yard=100.0, excess_to="n0"), network.nodes[2])
    network = replace(network, nodes=nodes)
    found = run(network, constant(network, 100.0, 10), seed=1)
    assert found.standing["n1"].max() == pytest.approx(100.0)
    assert found.standing["n0"][-1, 0] == pytest.approx(found.queue["n1"][-1, 0] - 100.0, rel=1e-5)
    assert found.standing.lanes.sum() == pytest.approx(found.queue.lanes.sum(), rel=1e-5)


def test_spells_make_a_wait_though_the_mean_capacity_is_ample() -> None:
    network = chain([300.0, None], [1.0])
    wind = Availability("wind", ("n0",), closed_share=0.3, closed_h=54.0)
    given = constant(network, 100.0, 200, members=40)
    found = run(replace(network, availabilities=(wind,)), given, seed=2)
    waits = found.waiting["n0"].ravel()
    assert 10 < waits.mean() < 60
    assert np.quantile(waits, 0.95) > 60


def test_service_times_spread_the_journeys_around_their_mean() -> None:
    network = chain([None, None], [10.0])
    services = (Service(("a",), None, hours=30.0, spread=0.8),)
    network = replace(network, nodes=(Node("n0", services), Node("n1")))
    found = run(network, constant(network, 10.0, 60, members=60), seed=4)
    drawn = found.journey["r/a"] - 10.0
    assert drawn.mean() == pytest.approx(30.0, rel=0.05)
    assert drawn.std() == pytest.approx(24.0, rel=0.15)


def test_a_consignment_in_the_queue_at_the_end_is_taken_on_at_the_last_rate() -> None:
    network = chain([100.0, None], [12.0])
    short, long = (run(network, constant(network, 150.0, n), seed=1) for n in (30, 60))
    assert short.journey["r/a"][:, 0] == pytest.approx(long.journey["r/a"][:30, 0], rel=1e-4)


def test_members_are_the_same_on_a_longer_axis() -> None:
    network = replace(chain([50.0, None], [12.0]), availabilities=(Availability("wind", ("n0",), 0.2, 30.0),))
    short, long = (run(network, constant(network, 40.0, n, 3), seed=1) for n in (20, 40))
    assert np.array_equal(short.queue.lanes, long.queue.lanes[:, :20])
    assert len(days(START, 20)) == len(short.axis)


def test_a_surge_on_the_fleet_of_the_year_before_makes_long_journeys_by_its_queue_alone() -> None:
    """What enters grows to two and a half times within days; no link and no ship gets slower."""
    network = ferry(vessels=2.0)
    values = np.full((1, 120, 1), 80.0)
    values[0, 30:, 0] = 200.0
    found = run(network, demand(network, values), seed=1)
    days_taken = found.journey["r/a"][:, 0] / 24
    assert days_taken[:25].max() < 2.0
    assert days_taken[70] == pytest.approx(0.75 + 40.5, rel=0.1)
    assert found.waiting["here/ferry"][70, 0] / 24 == pytest.approx(40.5, rel=0.1)


def test_a_journey_is_read_on_steps_of_unequal_length_too() -> None:
    network, axis = chain([100.0, None], [30.0]), months(START, 6)
    values = np.full((1, 6, 1), 110.0)
    found = run(network, demand(network, values, axis), seed=1, step_h=None)
    middle = np.cumsum(axis.days) - axis.days / 2
    assert found.journey["r/a"][:, 0] == pytest.approx(30.0 + 24.0 * 0.1 * middle, rel=1e-4)
