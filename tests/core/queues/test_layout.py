"""Streams become chains of cells at stations, which serve upstream first as far as routes agree."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from queue_cases import START, chain, ferry, networks

from mirab.core.calendar import days
from mirab.core.queues.layout import Layout, upstream_first
from mirab.core.queues.network import QueueNetwork, Stream

many = settings(derandomize=True, deadline=None, max_examples=40)


def test_a_stream_waits_at_each_node_and_for_each_ship() -> None:
    layout = Layout(ferry(), days(START, 3), 6.0)
    (cells,) = layout.chains
    assert [layout.stations[cell.station].id for cell in cells] == ["here", "here/ferry", "there"]
    assert [cell.lag_h for cell in cells] == [0.0, 18.0, 0.0]


@many
@given(networks())
def test_the_cells_of_a_stream_follow_its_route_to_its_delivery(network: QueueNetwork) -> None:
    layout = Layout(network, days(START, 3), 6.0)
    net = layout.net(())
    for stream, first in enumerate(net.entry):
        passed, c = [], int(first)
        while c < net.cells.use.size:
            passed.append(layout.stations[layout.cells[c].station].id)
            c = int(net.cells.after[c])
        assert c == net.cells.use.size + stream
        assert passed == [layout.stations[cell.station].id for cell in layout.chains[stream]]


@many
@given(networks())
def test_the_cells_of_a_station_lie_together_senior_first(network: QueueNetwork) -> None:
    net = Layout(network, days(START, 3), 6.0).net(())
    assert sorted(net.stations.order.tolist()) == list(range(net.stations.first.size))
    for first, last in zip(net.stations.first, net.stations.last, strict=True):
        assert np.all(np.diff(net.cells.rank[first:last]) >= 0)


@many
@given(networks())
def test_vessels_begin_spread_over_their_round(network: QueueNetwork) -> None:
    net = Layout(network, days(START, 60), 6.0).net(())
    assert net.ways.begin.sum() == pytest.approx(network.fleets[0].vessels)


@given(st.permutations(range(6)))
@settings(derandomize=True, deadline=None)
def test_what_leads_to_another_comes_before_it(order: list[int]) -> None:
    onward = {place: order[i + 1 : i + 3] for i, place in enumerate(order)}
    assert upstream_first({place: onward[place] for place in range(6)}) == tuple(order)


def test_a_circle_still_has_an_order() -> None:
    assert sorted(upstream_first({0: [1], 1: [2], 2: [0]})) == [0, 1, 2]


def test_ways_in_both_directions_share_a_station() -> None:
    there, back = chain([100.0, 100.0], [5.0]), chain([100.0, 100.0], [5.0])
    link = replace(back.links[0], id="back", tail="n1", head="n0")
    route = replace(back.routes[0], id="home", links=("back",))
    network = replace(
        there,
        links=(*there.links, link),
        routes=(*there.routes, route),
        streams=(*there.streams, Stream("home", "a")),
    )
    net = Layout(network, days(START, 3), 6.0).net(())
    assert (net.stations.last - net.stations.first).tolist() == [2, 2]
