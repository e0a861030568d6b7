"""Comparisons hold where they do for all values; stores are priced so that they end as in a run."""

import numpy as np
import pytest

from mirab.validation.harness import Verdict
from mirab.validation.joint import year


@pytest.mark.parametrize(
    ("holds", "verdict"),
    [
        ((True, True, True), Verdict.HOLDS),
        ((False, False, False), Verdict.MISSES),
        ((True, False, True), Verdict.CANNOT_BE_CHECKED),
        ((False, True, True), Verdict.CANNOT_BE_CHECKED),
    ],
)
def test_what_hangs_on_values_that_are_not_known_cannot_be_checked(
    holds: tuple[bool, ...], verdict: Verdict
) -> None:
    assert year.over_values(holds) is verdict


@pytest.mark.slow
def test_stored_water_is_dear_up_to_what_the_store_held_and_worth_nothing_above() -> None:
    run = year.pack().net.compile().simulate(year.norm())
    priced = year.kept(run)
    for id, store in run.model.network.stores.items():
        held = float(run.volume[id][-1, 0])
        dear = sum(piece.to for piece in priced[id] if piece.usd_per_m3 == year.DEAR_USD)
        assert dear * store.full_mcm == pytest.approx(held)
        assert priced[id][-1].to == 1.0
    assert np.isfinite(run.volume.lanes).all()
