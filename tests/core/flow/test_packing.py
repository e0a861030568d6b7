"""Packing: its rows say exactly which claims can be served together, and name what they fold and prove."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_networks import random_network

from mirab.core.errors import SolutionError
from mirab.core.flow import reference
from mirab.core.flow.packing import Packing, Unsuited, main_ways, pack
from mirab.core.network import Network

few = settings(derandomize=True, deadline=None, max_examples=80)


def tree() -> Network:
    network = Network("tree", states=("AAA",))
    network.boundary("sea")
    for node in ("upper", "gauge", "lower"):
        network.node(node)
    network.source("spring", into="upper")
    network.reach("upper", "gauge", loss=0.1)
    network.reach("gauge", "lower", loss=0.2)
    network.reach("lower", "sea")
    network.claim("a", at="upper", demand=5.0, priority=1)
    network.claim("b", at="lower", demand=5.0, priority=2)
    return network


def only(network: Network) -> Packing:
    (packing,) = network.compile().packings
    assert isinstance(packing, Packing)
    return packing


def test_a_tree_has_a_row_for_each_place_that_something_is_taken_from() -> None:
    packing = only(tree())
    assert packing.rows.y.tolist() == [[1.0, 0.0], [pytest.approx(0.72), 1.0]]
    assert packing.is_exact
    assert packing.told() == "water has one main way from every node"


def test_the_main_way_is_the_cheapest_and_loses_what_its_reaches_lose() -> None:
    network = tree()
    network.diversion("upper", "sea", capacity_m3s=3.0)
    layout = network.compile().layouts[0]
    ways = main_ways(layout)
    assert [layout.columns[j].part for j in ways.way] == ["upper__gauge", "gauge__lower", "lower__sea"]
    assert ways.reached[2] == pytest.approx([0.72, 0.8, 1.0])


def canal(network: Network) -> Network:
    """A canal tree: two fields behind a head of 4 m3/s that loses a tenth."""
    network.node("field")
    network.node("far")
    network.diversion("upper", "field", capacity_m3s=4.0, loss=0.1)
    network.reach("field", "far")
    network.reach("far", "lower")
    network.claim("near_field", at="field", demand=5.0, priority=3)
    network.claim("far_field", at="far", demand=5.0, priority=4)
    return network


def test_a_canal_tree_is_folded_into_a_capped_group_of_claims() -> None:
    """The canal's capacity bounds its two fields together, at what they lose on the way."""
    packing = only(canal(tree()))
    assert [packing.layout.columns[j].part for j in packing.sides] == ["upper__field"]
    parts = [packing.layout.columns[j].part for j in packing.variables]
    both = np.isin(parts, ["near_field", "far_field"])
    ours = (packing.rows.y[:, both] > 0).all(axis=1) & (packing.rows.caps[:, 0] > 0)
    heads = packing.rows.y[ours][:, both] / packing.rows.caps[ours][:, :1]
    assert heads.min(axis=0) == pytest.approx([1 / 0.9, 1 / 0.9])
    assert packing.told().endswith("side links folded at upper")
    assert not packing.is_exact


@few
@given(st.integers(0, 10_000))
def test_rows_hold_exactly_where_flows_exist(seed: int) -> None:
    """Fourier and Motzkin's elimination leaves out nothing and adds nothing: amounts are drawn at random."""
    rng = np.random.default_rng(seed)
    for packing in random_network(rng).compile().packings:
        assert isinstance(packing, Packing)
        for _ in range(4):
            natural = packing.tree.reached @ rng.exponential(20.0, len(packing.layout.rows))
            amounts = rng.exponential(6.0, len(packing.variables)) * (
                rng.random(len(packing.variables)) < 0.6
            )
            bounds = bounds_of(packing, rng)
            room = packing.rows.natural @ natural + packing.rows.caps @ bounds - packing.rows.y @ amounts
            slack = room.min(initial=np.inf)
            if abs(slack) > 1e-5:
                assert (slack > 0) == flows_exist(packing, natural, amounts, bounds)


def bounds_of(packing: Packing, rng: np.random.Generator) -> np.ndarray:
    """A size for each capacity and cap; dead ends have none, links without a capacity carry anything."""
    dead = [kind == "main" and packing.tree.way[n] < 0 for kind, n in packing.limits]
    return np.where(dead, 0.0, rng.uniform(2.0, 40.0, len(packing.limits)))


def flows_exist(packing: Packing, natural: np.ndarray, amounts: np.ndarray, bounds: np.ndarray) -> bool:
    """The same question to a programme over side flows, with nothing eliminated."""
    layout, tree = packing.layout, packing.tree
    size = dict(zip(packing.limits, bounds, strict=True))
    main = {int(j): v for v, j in enumerate(tree.way)}
    held = np.array([j in main for j in packing.variables], dtype=bool)
    flow = natural - packing.taken @ np.where(held, 0.0, amounts)
    floor = np.zeros(len(natural))
    for j, amount in zip(packing.variables, amounts, strict=True):
        if j in main:
            floor[main[j]] = amount
    ceiling = np.full(len(natural), np.inf)
    ceiling[list(packing.capped)] = [size["main", v] for v in packing.capped]
    asked = dict(zip(packing.variables, amounts, strict=True))
    capped = [layout.columns[j].capped for j in packing.sides]
    most = [size["side", j] if c else np.inf for j, c in zip(packing.sides, capped, strict=True)]
    most = [m - asked.get(j, 0.0) for j, m in zip(packing.sides, most, strict=True)]
    for i in range(len(layout.groups)):
        part = [dict(layout.columns[j].entries).get(len(layout.rows) + i, 0.0) for j in packing.variables]
        if np.dot(part, amounts) > size["group", i]:
            return False
    if min(most, default=0.0) < 0:
        return False
    sides = len(packing.sides)
    if sides == 0:
        return bool((flow >= floor).all() and (flow <= ceiling).all())
    try:
        reference.solve(
            np.zeros(sides), packing.gained, (floor - flow, ceiling - flow), (np.zeros(sides), np.array(most))
        )
    except SolutionError:
        return False
    return True


def test_a_component_that_would_need_too_many_rows_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mirab.core.flow.packing.MOST_ROWS", 0)
    network = canal(tree())
    for i in range(3):
        network.claim(f"more{i}", at="upper", demand=1.0, priority=5)
        network.cap(f"cap{i}", claims=[f"more{i}"], flow=1.0)
    for i in range(12):
        network.cap(f"again{i}", claims=["a"], flow=1.0 + i)
    found = pack(network.compile().layouts[0])
    assert isinstance(found, Unsuited)
    assert found.why == "its 1 side links would make more than 15 rows of claims"
