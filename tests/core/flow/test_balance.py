"""The balance is computed from declaration and results alone, and sees an error in either."""

from dataclasses import replace

import numpy as np
import pytest
from random_networks import random_case

from mirab.core.flow.balance import arrivals, residuals, scale


def test_a_balance_has_a_row_for_every_node_that_conserves() -> None:
    model, inflow = random_case(4, members=3, steps=5)
    run = model.simulate(inflow)
    conserving = [node for node in model.network.nodes.values() if node.kind != "boundary"]
    assert residuals(run).shape == (len(conserving), 5, 3)


@pytest.mark.parametrize("part", ["flow", "volume", "delivered"])
def test_a_changed_result_opens_the_balance(part: str) -> None:
    model, inflow = next(case for case in map(random_case, range(50)) if case[0].network.stores)
    run = model.simulate(inflow)
    ensemble = getattr(run, part)
    wrong = replace(run, **{part: replace(ensemble, lanes=ensemble.lanes + 1.0)})
    assert np.abs(residuals(wrong)).max() > 0.1


def test_what_a_lagged_reach_delivers_is_what_entered_earlier_less_the_loss() -> None:
    model, inflow = next(case for case in map(random_case, range(50)) if case[0].items.lagged)
    run = model.simulate(inflow)
    name = next(iter(model.items.lagged))
    reach = model.network.reaches[name]
    sent = run.flow[name] * run.axis.mcm_per_m3s[:, None] * (1 - reach.loss)
    assert np.array_equal(arrivals(run, name)[reach.lag :], sent[: len(run.axis) - reach.lag])


def test_the_yardstick_is_the_largest_volume_that_a_node_holds_or_passes() -> None:
    model, inflow = random_case(6, members=1, steps=3)
    run = model.simulate(inflow)
    assert scale(run) >= max(
        run.volume.lanes.max(initial=0.0), inflow.lanes.max() * run.axis.mcm_per_m3s.min()
    )
