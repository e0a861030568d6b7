"""A step without an allocation is told with the requirement that cannot hold and the least that frees it."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.core.errors import SolutionError
from mirab.core.flow.arrays import Items
from mirab.core.flow.layout import components, lay_out
from mirab.core.flow.model import Model
from mirab.core.flow.packing import pack
from mirab.core.network import Network, Reach, Zone


def unchecked(network: Network) -> Model:
    """A model of a network that the check refuses, for the capacities leave no way out."""
    layouts = tuple(lay_out(network, nodes) for nodes in components(network))
    return Model(network, layouts, tuple(map(pack, layouts)), Items.of(network))


def river(*capacities: float | None, full: float = 0.0) -> Network:
    """Reaches in a row to the sea, from a store that holds `full` million m3 (or a node)."""
    network = Network("river", states=("AAA",))
    network.boundary("sea")
    if full:
        network.store("n0", full_mcm=full, start_mcm=0.0, zones=[Zone(full, 5)])
    else:
        network.node("n0")
    for i in range(1, len(capacities)):
        network.node(f"n{i}")
    network.source("spring", into="n0")
    heads = [*(f"n{i}" for i in range(1, len(capacities))), "sea"]
    for i, (head, capacity) in enumerate(zip(heads, capacities, strict=True)):
        network.reaches[f"n{i}__{head}"] = Reach(f"n{i}__{head}", f"n{i}", head, capacity_m3s=capacity)
    return network


def inflow_of(values: list[float]) -> Ensemble:
    axis = dekads(date(2023, 4, 1), len(values))
    return Ensemble.of("inflow", "m3/s", ("spring",), axis, np.array(values).reshape(1, -1, 1))


def test_the_capacity_is_named_with_what_it_would_have_to_be() -> None:
    with pytest.raises(
        SolutionError,
        match=r"no allocation for member 0 in the step from 2023-04-01: capacity of reach n0__sea "
        r"would have to be 9 instead of 1 m3/s \(no smaller change helps\), or give it excess_to",
    ):
        unchecked(river(1.0)).simulate(inflow_of([9.0]))


def test_every_capacity_on_the_only_way_out_is_named_and_no_other() -> None:
    with pytest.raises(
        SolutionError, match=r"n0__n1 .* be 9 instead of 4 .*; .*n2__sea .* 9 instead of 1 "
    ) as e:
        unchecked(river(4.0, 20.0, 1.0)).simulate(inflow_of([9.0]))
    assert "n1__n2" not in str(e.value)


def test_the_cheapest_of_two_ways_out_is_widened() -> None:
    network = river(2.0, 2.0)
    network.reaches["past"] = Reach("past", "n0", "sea", capacity_m3s=3.0)
    with pytest.raises(SolutionError, match=r"reach past would have to be 7 instead of 3 m3/s") as e:
        unchecked(network).simulate(inflow_of([9.0]))
    assert "n1__sea" not in str(e.value)


def test_what_a_store_still_holds_back_is_taken_off_and_the_step_is_that_of_the_overflow() -> None:
    # The store holds 8.64 million m3, which is 10 m3/s over one dekad; it is full in the second step.
    with pytest.raises(
        SolutionError, match=r"step from 2023-04-11: .* n0__sea would have to be 11 instead of 2"
    ):
        unchecked(river(2.0, full=8.64)).simulate(inflow_of([12.0, 11.0]), threads=1)


def test_water_at_a_node_without_any_reach_has_no_way_out() -> None:
    network = Network("pit", states=("AAA",))
    network.node("pit")
    network.source("spring", into="pit")
    with pytest.raises(SolutionError, match=r"9 m3/s at pit have no way out; give it a reach"):
        unchecked(network).simulate(inflow_of([9.0]))


@settings(max_examples=20, derandomize=True, deadline=None)
@given(st.integers(0, 10_000))
def test_with_the_named_capacities_the_step_has_an_allocation_and_with_less_it_has_none(seed: int) -> None:
    rng = np.random.default_rng(seed)
    capacities = [float(value) for value in rng.uniform(1, 12, 3)]
    water = inflow_of([float(rng.uniform(5, 12))])
    flow = float(water.values()[0, 0, 0])
    for part in (1.0, 0.99):
        wide = [max(capacity, part * flow) for capacity in capacities]
        model = unchecked(river(*wide))
        if part == 1.0 or min(wide) >= flow:
            assert model.simulate(water).flow["n2__sea"][0, 0] == pytest.approx(flow)
        else:
            with pytest.raises(SolutionError, match=rf"would have to be {flow:.6g} instead of"):
                model.simulate(water)
