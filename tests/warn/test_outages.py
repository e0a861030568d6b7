from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from queue_cases import chain, demand

from mirab.core.exits import RESTORED, Connections, Element, Exits, Hazard
from mirab.core.graph import Graph, Link
from mirab.core.queues.engine import run
from mirab.warn import outages

ON = date(2026, 1, 1)


def linked(hazards: tuple[Hazard, ...], restoration: float = 0.0, **more: Mapping[str, float]) -> Connections:
    """One home place with two ways to the world: 1,000 km to x1, and 3,000 km to x1 by x2."""
    links = (Link("near", "a", "x1", 1000.0), Link("far", "a", "x2", 2000.0), Link("sea", "x2", "x1", 1000.0))
    exits = Exits(
        Graph(("a", "x1", "x2"), links),
        {"a": "XA", "x1": "X1", "x2": "X2"},
        ("XA",),
        ("x1", "x2"),
        "x1",
        {"a": 1.0},
        0.1,
        **more,
    )
    known = {link.id: "estimated" for link in links}
    more_known = (known, known, 0.2, (0.05, 0.15), ("a",), 0.2, {})
    return Connections(exits, hazards, {"XA": restoration}, {"XA": "a"}, (), {}, {}, {}, *more_known)


def cut(link: str, rate: float, hours: float = 24.0, spread: float = 2.0) -> Hazard:
    return Hazard(Element(link, links=(link,)), "cut", rate, hours, hours * spread)


BOTH = (cut("near", 20.0), cut("far", 15.0, 48.0))


def test_singles_and_doubles_bound_what_sampled_moments_lose() -> None:
    found = linked(BOTH)
    low, high = outages.enumerated(found).lost()
    sets = outages.sampled(found, 200_000, seed=3)
    lost = 1.0 - found.exits.outcomes([one.failure for one in BOTH], sets)[:, RESTORED, 0]
    error = 4 * lost.std() / np.sqrt(lost.size)
    assert lost.any()
    assert low[0] - error <= lost.mean() <= high[0] + error


def test_doubles_are_exact_where_there_are_only_two_hazards() -> None:
    found = outages.enumerated(linked(BOTH))
    low, high = found.lost()
    assert low == pytest.approx(high, abs=1e-12)
    assert low[0] == pytest.approx(found.lasting[0] * found.lasting[1])


def test_the_days_ahead_lose_on_average_what_the_enumeration_says() -> None:
    found = linked(BOTH)
    exact = outages.enumerated(found).lost()[0][0]
    lost = outages.ahead(found, ON, 200, 2000, seed=5).lost["XA"].mean(axis=0)
    assert abs(lost.mean() - exact) <= 4 * lost.std() / np.sqrt(lost.size)


def test_a_single_cut_costs_the_share_of_its_way_until_traffic_is_moved() -> None:
    sudden = cut("near", 3.0, hours=1000.0, spread=1.0001)
    fast, slow = (
        outages.ahead(linked((sudden,), hours), ON, 100, 300, seed=1).lost["XA"].sum(axis=0)
        for hours in (0, 12)
    )
    share = linked(()).exits.normal[0, 0]
    begun = slow > 1e-9
    assert not fast.any()
    assert begun.any()
    events = slow[begun] / (
        share * 0.5
    )  # half a day each; one that began before the first day counts in part
    assert np.isclose(events, events.round()).mean() > 0.9
    assert events.min() > 0.0


def test_a_failure_of_a_member_stays_when_a_hazard_is_added_or_members_are() -> None:
    one, two = linked(BOTH[:1]), linked(BOTH)
    few, many = (outages.ahead(two, ON, 30, count, seed=2) for count in (5, 9))
    assert np.array_equal(few.lost["XA"], many.lost["XA"][:, :5])
    alone = outages.ahead(replace(one, restoration_h={"XA": 24.0}), ON, 30, 50, seed=2).lost["XA"]
    more = outages.ahead(replace(two, restoration_h={"XA": 24.0}), ON, 30, 50, seed=2).lost["XA"]
    assert (more >= alone - 1e-9).all()
    assert more.sum() > alone.sum()


def test_a_state_shut_off_loses_all_of_its_days() -> None:
    off = Hazard(Element("off", states=("XA",)), "shut_off", 2.0, 100.0, 100.01)
    found = outages.ahead(linked((off,), backup={"XA": 0.5}), ON, 300, 400, seed=4)
    assert found.reachable["XA"].min() == pytest.approx(0.0, abs=1e-9)
    days = found.lost["XA"].sum(axis=0).mean()
    assert days == pytest.approx(300 * 2.0 * 100.0 / 8766.0, rel=0.15)


def test_a_dearer_supplier_takes_a_part_of_its_own_traffic_only() -> None:
    dear = Hazard(Element("price:X2"), "price", 4.0, 4000.0, 4001.0, "X2", 0.2)
    found = outages.ahead(linked((dear,)), ON, 50, 200, seed=1)
    passing = linked(()).exits.normal[0, 1]
    least = float(found.reachable["XA"].min())
    assert least < 1.0
    whole = [(1.0 - 0.2 * passing) ** count for count in range(1, 12)]
    assert any(least == pytest.approx(one, abs=1e-9) for one in whole)


def test_added_latency_is_that_of_the_longer_way() -> None:
    lasting = cut("near", 40.0, hours=5000.0, spread=1.0001)
    found = outages.ahead(linked((lasting,)), ON, 20, 50, seed=1).added["XA"]
    usual = linked(()).exits.usual()[1][0]
    assert found.max() == pytest.approx(3000 * 9.79e-3 - usual)


def test_a_border_post_works_as_far_as_its_state_is_connected_and_it_has_power() -> None:
    off = Hazard(Element("off", states=("XA",)), "shut_off", 3.0, 100.0, 100.01)
    dark = Hazard(Element("dark", nodes=("a",)), "power", 3.0, 48.0, 48.01)
    found = linked((off,))
    ahead = outages.ahead(found, ON, 200, 50, seed=4)
    served = outages.service(found, ahead, ["a"], seed=4)
    assert served["a"] == pytest.approx(0.2 + 0.8 * ahead.reachable["XA"])
    unlit = linked((dark,))
    served = outages.service(unlit, outages.ahead(unlit, ON, 200, 50, seed=4), ["a"], seed=4)
    assert served["a"].min() == pytest.approx(0.0, abs=1e-9)


def test_a_shut_off_of_a_state_shows_up_as_a_queue_at_its_border() -> None:
    off = Hazard(Element("off", states=("XA",)), "shut_off", 3.0, 100.0, 100.01)
    found = linked((off,))
    ahead = outages.ahead(found, ON, 120, 16, seed=4)
    network = chain([100.0, None], [6.0])
    post = replace(outages.service(found, ahead, ["a"], seed=4), items=("n0",))
    cargo = demand(network, np.full((16, 120, 1), 80.0), post.axis)
    free, held = (run(network, cargo, seed=1, factors=factors) for factors in (None, post))
    queue, lost = held.queue["n0"], ahead.lost["XA"]
    assert free.queue["n0"].max() == pytest.approx(0.0, abs=1e-9)
    assert lost.max() > 0.9
    hit = lost.max(axis=0) > 0.5
    assert (queue.max(axis=0)[hit] > 50.0).all()
    assert queue.max(axis=0)[lost.max(axis=0) == 0.0] == pytest.approx(0.0, abs=1e-9)
