"""One more unit is worth something where cargo waits for it, and only there."""

from dataclasses import replace

import pytest
from queue_cases import chain, constant, ferry

from mirab.core.errors import InputError, UnknownNameError
from mirab.core.queues.engine import run
from mirab.core.queues.network import Node, Service
from mirab.core.queues.worth import bottlenecks, one_more, worth


def test_one_more_unit_counts_at_the_station_where_cargo_waits() -> None:
    network = chain([100.0, 200.0, None], [0.0, 0.0])
    base = run(network, constant(network, 150.0, 40), seed=1)
    first, second = worth(base, ["n1", "n0"])
    assert (first.target, second.target) == ("n0", "n1")
    assert first.delivered == pytest.approx([40.0], rel=1e-3)
    assert first.waiting == pytest.approx([sum(range(1, 41))], rel=1e-3)
    assert first.journey_h[0] > 0
    assert second.waiting == pytest.approx([0.0], abs=1e-2)


def test_one_more_vessel_carries_its_share() -> None:
    network = ferry(vessels=2.0)
    base = run(network, constant(network, 500.0, 60), seed=1)
    assert bottlenecks(base) == ("ferry",)
    (found,) = worth(base, ["ferry"])
    assert found.delivered == pytest.approx([50.0 * 58.5], rel=0.02)


def test_what_is_not_modelled_is_no_bottleneck_and_has_no_worth() -> None:
    network = chain([None, 100.0, None], [0.0, 0.0])
    base = run(network, constant(network, 99.0, 10), seed=1)
    assert bottlenecks(base) == ("n1",)
    with pytest.raises(InputError, match="station n0 has a capacity that is not modelled; give its per_day"):
        worth(base, ["n0"])
    with pytest.raises(InputError, match="station here has a capacity that is not modelled"):
        one_more(ferry(), "here")


def test_a_capacity_by_month_grows_in_each() -> None:
    network = chain([None, None], [0.0])
    months = tuple(float(10 + m) for m in range(12))
    network = replace(network, nodes=(Node("n0", (Service(("a",), months),)), network.nodes[1]))
    assert one_more(network, "n0", 2.0).nodes[0].services[0].per_day == tuple(m + 2 for m in months)


def test_a_wrong_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="fleet or station 'fery' is not known; nearest is 'ferry'"):
        one_more(ferry(), "fery")
