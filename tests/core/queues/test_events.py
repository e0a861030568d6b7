"""Events reach the closed forms of single queues, and carry as much as the fluid under load."""

from dataclasses import replace

import numpy as np
import pytest
from queue_cases import chain, constant, demand, ferry

from mirab.core.errors import InputError
from mirab.core.queues.engine import run
from mirab.core.queues.events import Curve, run_events
from mirab.core.queues.network import Availability, Closure, Commodity, Node, Service, Stream

PER_DAY, DAYS = 240.0, 150


def mean_wait_h(rows: np.ndarray, batches: int = 20) -> tuple[float, float]:
    """Mean wait after a tenth of the consignments, and half its 99.9 % interval (batch means)."""
    waits = rows[len(rows) // 10 :, 1]
    means = np.array([part.mean() for part in np.array_split(waits, batches)])
    return float(means.mean()), float(3.883 * means.std(ddof=1) / np.sqrt(batches))


@pytest.mark.parametrize("load", [0.5, 0.7])
def test_random_arrivals_and_even_services_wait_as_in_m_d_1(load: float) -> None:
    """Pollaczek-Khinchine: Wq = load / (2 (1 - load)) service times."""
    network = chain([PER_DAY, None], [0.0])
    found = run_events(network, constant(network, load * PER_DAY, DAYS), seed=11, lot=1.0)
    mean, half = mean_wait_h(found.waits["n0"])
    assert abs(mean - load / (2 * (1 - load)) * 24 / PER_DAY) <= half
    assert half < 0.2 * mean


@pytest.mark.parametrize("load", [0.5, 0.7])
def test_random_arrivals_and_services_wait_as_in_m_m_1(load: float) -> None:
    """Wq = load / (1 - load) service times."""
    network = chain([PER_DAY, None], [0.0])
    given = constant(network, load * PER_DAY, DAYS)
    found = run_events(network, given, seed=12, lot=1.0, services="random")
    mean, half = mean_wait_h(found.waits["n0"])
    assert abs(mean - load / (1 - load) * 24 / PER_DAY) <= half
    assert half < 0.25 * mean


def test_even_arrivals_below_capacity_wait_for_nothing() -> None:
    network = chain([100.0, None], [30.0])
    found = run_events(network, constant(network, 80.0, 30), seed=1, lot=2.0, arrivals="even")
    assert found.waits["n0"][:, 1].max() < 1e-6
    assert found.journeys["r/a"][:, 1] == pytest.approx(30.0 + 2.0 / 100.0 * 24)


def test_both_modes_carry_as_much_through_a_loaded_chain_with_storms() -> None:
    network = chain([100.0, 90.0, 95.0], [20.0, 30.0])
    wind = Availability("wind", ("n1",), 0.2, 40.0)
    network = replace(network, availabilities=(wind,))
    given = constant(network, 85.0, 120, members=4)
    fluid, events = run(network, given, seed=3), run_events(network, given, seed=3, lot=3.0)
    for m in range(4):
        both = [one.delivered["r/a"][20:, m].sum() for one in (fluid, events)]
        assert both[1] == pytest.approx(both[0], rel=0.05)
    waits = [np.nanmean(one.waiting["n1"][:60]) for one in (fluid, events)]
    assert waits[1] == pytest.approx(waits[0], rel=0.15)


@pytest.mark.parametrize("wait_h", [0.0, 20.0])
def test_both_modes_carry_as_much_by_a_loaded_fleet(wait_h: float) -> None:
    network = ferry(vessels=3.0, wait_h=wait_h)
    network = replace(
        network, availabilities=(Availability("wind", ("here", "there"), 0.15, 30.0, 1.0, 0.8),)
    )
    given = constant(network, 200.0, 150, members=5)
    fluid, events = run(network, given, seed=5), run_events(network, given, seed=5, lot=5.0)
    for name in ("delivered", "trips"):
        both = [getattr(one, name).values()[:, 20:].mean() for one in (fluid, events)]
        assert both[1] == pytest.approx(both[0], rel=0.05), name


def test_a_ship_of_a_loaded_fleet_makes_a_journey_longer_by_its_queue_in_both_modes() -> None:
    network = ferry(vessels=2.0)
    given = constant(network, 120.0, 60)
    fluid = run(network, given, seed=1).journey["r/a"][40, 0]
    events = run_events(network, given, seed=1, lot=2.0, arrivals="even").journey["r/a"][40, 0]
    assert events == pytest.approx(fluid, rel=0.1)


def test_the_senior_commodity_waits_less() -> None:
    network = chain([100.0, None], [1.0])
    network = replace(
        network,
        commodities=(Commodity("a"), Commodity("b", priority=2)),
        nodes=(Node("n0", (Service(("a", "b"), 100.0),)), Node("n1")),
        streams=(Stream("r", "a"), Stream("r", "b")),
    )
    found = run_events(network, constant(network, 47.0, 100), seed=2, lot=1.0)
    assert np.nanmean(found.journey["r/a"]) < 0.5 * np.nanmean(found.journey["r/b"])


def test_a_closed_node_holds_consignments_until_it_opens() -> None:
    network = chain([None, None], [1.0])
    start = constant(network, 10.0, 10)
    shut = Closure("works", ("n0",), ((start.axis.starts[2], start.axis.starts[5]),))
    found = run_events(replace(network, closures=(shut,)), start, seed=1, lot=1.0, arrivals="even")
    assert found.served["n0"][:, 0].tolist()[2:6] == [0, 0, 0, 0]
    assert found.waits["n0"][:, 1].max() == pytest.approx(96.0, abs=2.5)


def test_what_comes_in_lots_is_what_was_asked_for() -> None:
    network = chain([500.0, None], [1.0])
    values = np.random.default_rng(3).uniform(20.0, 200.0, (2, 60, 1))
    found = run_events(network, demand(network, values), seed=4, lot=1.0)
    assert found.entered.values().sum() == pytest.approx(values.sum(), rel=0.03)


def test_a_lot_has_a_size() -> None:
    network = chain([500.0, None], [1.0])
    with pytest.raises(InputError, match="lot is 0; give a number > 0"):
        run_events(network, constant(network, 1.0, 3), seed=4, lot=0.0)


def test_a_cumulative_curve_is_read_both_ways() -> None:
    curve = Curve.of(np.array([0.0, 6.0, 12.0, 18.0]), np.array([1.0, 0.0, 2.0]))
    assert [curve.at(t) for t in (3.0, 9.0, 15.0)] == [3.0, 6.0, 12.0]
    assert [curve.when(h) for h in (3.0, 6.0, 12.0, 19.0)] == [3.0, 6.0, 15.0, np.inf]
    assert [curve.opens(t) for t in (3.0, 6.0, 9.0, 18.0)] == [3.0, 12.0, 12.0, np.inf]
