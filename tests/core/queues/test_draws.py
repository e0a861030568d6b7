"""Closed spells have the declared share, length and correlation, and stay the same for each member."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from queue_cases import START, chain

from mirab.core.calendar import days
from mirab.core.ensemble import LANES
from mirab.core.queues import draws
from mirab.core.queues.layout import Layout
from mirab.core.queues.network import Availability, Closure

BLOCKS, DAYS = 12, 700


def layout(availability: Availability, count: int = DAYS) -> Layout:
    network = replace(chain([None, None, None], [1.0, 1.0]), availabilities=(availability,))
    return Layout(network, days(START, count), 1.0)


def open_shares(availability: Availability) -> np.ndarray:
    """Shape (node, step, member)."""
    found = [draws.spells(layout(availability), availability, 3, block) for block in range(BLOCKS)]
    return np.concatenate([np.stack(one) for one in found], axis=2)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("shape", [1.0, 3.0])
def test_nodes_are_closed_as_often_as_long_and_as_jointly_as_declared(
    correlation: float, shape: float
) -> None:
    wind = Availability("wind", ("n0", "n1"), 0.2, 48.0, shape, correlation)
    found = open_shares(wind)
    assert 1.0 - found.mean() == pytest.approx(0.2, rel=0.03)
    one, two = found.reshape(2, -1)
    assert np.corrcoef(one, two)[0, 1] == pytest.approx(correlation, abs=0.03)
    assert spell_hours(found) == pytest.approx(48.0, rel=0.05)


def spell_hours(found: np.ndarray) -> float:
    """Mean length of closed spells, from closed hours and how often a step is closed after an open one."""
    shut = found < 1.0
    begins = (shut[:, 1:] & ~shut[:, :-1]).sum()
    return float((1.0 - found[:, 1:]).sum() / begins)


def test_the_closed_share_follows_the_months() -> None:
    wind = Availability("wind", ("n0",), (0.5, *(0.0,) * 5, 0.1, *(0.0,) * 5), 12.0)
    shares = 1.0 - open_shares(wind)[0]
    month = np.array([day.month for day in layout(wind).axis.starts])[layout(wind).clock.axis]
    assert shares[month == 1].mean() == pytest.approx(0.5, abs=0.03)
    assert shares[month == 7].mean() == pytest.approx(0.1, abs=0.02)
    assert shares[month == 4].mean() == pytest.approx(0.0, abs=0.001)


def test_a_longer_run_and_other_blocks_leave_the_draws_of_a_block_as_they_are() -> None:
    wind = Availability("wind", ("n0", "n1"), 0.3, 40.0, 2.0, 0.5)
    short, long = (draws.gates(layout(wind, count), 3, 1) for count in (50, 900))
    assert np.array_equal(short, long[: len(short)])
    assert not np.array_equal(short, draws.gates(layout(wind, 50), 3, 0))
    assert not np.array_equal(short, draws.gates(layout(wind, 50), 4, 1))


def test_a_window_closes_whole_days() -> None:
    shut = Closure("works", ("n0",), ((date(2024, 1, 3), date(2024, 1, 4)),), open_share=0.25)
    network = replace(chain([None, None], [1.0]), closures=(shut,))
    found = draws.windows(Layout(network, days(START, 6), 6.0), shut).reshape(6, 4)
    assert found.mean(axis=1).tolist() == [1.0, 1.0, 0.25, 0.25, 1.0, 1.0]


def test_service_factors_have_mean_one_and_the_declared_spread() -> None:
    network = chain([None, None], [1.0])
    service = replace(network.nodes[0].services[0], hours=10.0, spread=1.0)
    network = replace(network, nodes=(replace(network.nodes[0], services=(service,)), network.nodes[1]))
    found = draws.service_factors(Layout(network, days(START, 20_000), 24.0), 5, 0)
    assert found.shape == (20_000, 1, LANES)
    assert found.mean() == pytest.approx(1.0, rel=0.02)
    assert found.std() == pytest.approx(1.0, rel=0.05)
