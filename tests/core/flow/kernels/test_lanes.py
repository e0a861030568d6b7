"""Members side by side: each rests on its own inputs only, whatever stands beside it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_networks import random_case

from mirab.core.ensemble import Ensemble

RESULTS = ("flow", "volume", "delivered", "evaporated")
few = settings(derandomize=True, deadline=None, max_examples=25)


def some(inflow: Ensemble, members: int) -> Ensemble:
    return Ensemble.of("inflow", "m3/s", inflow.items, inflow.axis, inflow.values()[:members])


@few
@given(st.integers(0, 10_000), st.sampled_from([1, 3, 8, 13]))
def test_a_member_is_the_same_bit_by_bit_alone_and_among_others(seed: int, members: int) -> None:
    model, inflow = random_case(seed, members=20, steps=4)
    whole = model.simulate(inflow, kernel="claims", threads=2)
    part = model.simulate(some(inflow, members), kernel="claims", threads=1)
    for name in RESULTS:
        assert np.array_equal(getattr(part, name).values(), getattr(whole, name).values()[:members])
    assert np.array_equal(part.end.volume_mcm, whole.end.volume_mcm[:members])


@pytest.mark.parametrize("members", [127, 128, 129, 260])
def test_members_need_not_fill_the_lanes_or_chunks(members: int) -> None:
    model, inflow = random_case(4, members=members, steps=2)
    run, same = model.simulate(inflow, threads=2), model.simulate(inflow, kernel="simplex", threads=2)
    assert run.delivered.values() == pytest.approx(same.delivered.values(), abs=1e-6)
    assert run.end.volume_mcm == pytest.approx(same.end.volume_mcm, abs=1e-6)
