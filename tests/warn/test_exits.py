from __future__ import annotations

import numpy as np
import pytest

from mirab.core.errors import UnknownNameError
from mirab.core.exits import Connections
from mirab.core.records import Change
from mirab.domains.fibre.domain import connections
from mirab.observe.region import load
from mirab.warn import exits
from mirab.warn.exits import StateExits


@pytest.fixture(scope="module")
def toy() -> Connections:
    found = connections(load("toy"))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def surveyed(toy: Connections) -> dict[str, StateExits]:
    return {one.state: one for one in exits.survey(toy, exits.drawn(toy, 40, seed=1))}


def test_each_state_is_told_how_many_ways_out_it_has(surveyed: dict[str, StateExits]) -> None:
    # Ardia leaves by the valley or over the mountains, Calda by the west or back through Boria.
    assert {state: (one.ways, one.apart, one.capital) for state, one in surveyed.items()} == {
        "XAA": (2, 2, 2),
        "XBB": (2, 2, 2),
        "XCC": (2, 2, 2),
    }


def test_the_worst_single_loss_is_the_one_that_leaves_least(
    toy: Connections, surveyed: dict[str, StateExits]
) -> None:
    boria = surveyed["XBB"].one
    assert boria.without == ("boria_city__boria_south",)
    assert boria.restored == pytest.approx(2 / 3)
    for name in (*(link.id for link in toy.exits.graph.links), "dorn", "estria"):
        assert exits.left(toy, [name])[1].restored >= boria.restored


def test_without_both_neighbours_nothing_is_left(toy: Connections) -> None:
    ardia = exits.left(toy, ["XBB", "XEE"])[0]
    assert (ardia.ways, ardia.at_once, ardia.restored, ardia.trip_ms) == (0, 0.0, 0.0, None)


def test_a_planned_cable_adds_a_way_out(toy: Connections) -> None:
    opened = connections(load("toy"), [Change("opened", link, 1.0) for link in toy.planned])
    assert opened is not None
    after = {one.state: one.ways for one in exits.survey(opened, exits.drawn(opened, 5, seed=1))}
    assert after == {"XAA": 2, "XBB": 3, "XCC": 2}


def test_shares_through_a_state_are_those_of_members(toy: Connections) -> None:
    through, trips = exits.drawn(toy, 200, seed=1)
    fixed, usual = toy.exits.usual()
    via = toy.exits.everywhere.index("XCC")
    assert np.quantile(through[:, 1, via], 0.01) < fixed[1, via] < np.quantile(through[:, 1, via], 0.99)
    assert trips.mean(axis=0) == pytest.approx(usual, rel=0.1)
    assert np.array_equal(exits.drawn(toy, 50, seed=1)[0], through[:50])


def test_a_name_is_a_state_a_system_or_its_start_a_link_or_a_place(toy: Connections) -> None:
    assert set(exits.resolved(toy, ["XBB"]).nodes) == {"boria_city", "boria_south"}
    for name in ("Valley line", "valley", "ardia_city__boria_city"):
        assert exits.resolved(toy, [name]).links == ("ardia_city__boria_city",)
    assert exits.resolved(toy, ["dorn"]).nodes == ("dorn",)


def test_an_unknown_name_is_refused_with_the_nearest(toy: Connections) -> None:
    with pytest.raises(UnknownNameError, match="'vally line' is not known; nearest is 'Valley line'"):
        exits.resolved(toy, ["vally line"])
