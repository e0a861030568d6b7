"""A canal that takes nothing loses nothing; one that takes more loses more to those below."""

import numpy as np
import pytest

from mirab.core.records import Change
from mirab.validation.joint import diversion
from mirab.validation.joint.published import Published


@pytest.mark.slow
def test_losses_grow_with_the_canal_and_never_beyond_what_it_takes() -> None:
    lost = []
    for scenario, km3 in (("qosh_tepa_full", 4.25), ("qosh_tepa_10km3", 10.0)):
        for base, with_it in diversion._pairs(scenario):
            assert np.all(with_it.kerki < base.kerki)
            assert np.all(base.kerki - with_it.kerki <= km3 + 0.05)
            assert np.all(with_it.served() <= base.served() + 1e-6)
            lost.append(float((base.kerki - with_it.kerki).mean()))
    assert lost[2] > 2.0 * lost[0]
    assert lost[3] > 2.0 * lost[1]


@pytest.mark.slow
def test_the_present_intake_is_the_norm_year_of_the_pack() -> None:
    present = diversion._norm((Change("demand_factor", "qosh_tepa", 1.0, "1"),))
    assert present.kerki[0] == pytest.approx(diversion.pack().arriving(diversion.KERKI))


def test_a_figure_that_is_far_from_the_published_one_misses() -> None:
    published = Published(-15.0, -15.0, "points", "press", "")
    ours = [np.array([value]) for value in (-12.0, -11.0, -19.0)]
    verdicts = [diversion._told("served", published, (one, one), "", "").verdict for one in ours]
    assert [str(verdict) for verdict in verdicts] == ["holds", "misses", "misses"]
