import numpy as np
import pytest

from mirab.core.calendar import dekads, months
from mirab.core.errors import InputError
from mirab.warn import traces

from .made import ON, SNOW


def test_fewer_than_ten_years_are_too_few() -> None:
    assert not traces.enough([[1.0] * 36] * 9)
    assert traces.enough([[1.0] * 36] * 10)


def test_past_years_follow_each_other_as_they_did() -> None:
    years = [[1.0 + i] * 12 for i in range(10)]
    ratio = traces.ratios(years, SNOW, 0.3, months(ON, 15), np.array([-9.0]))
    steps = ratio[:, 0]
    assert steps[2] < steps[3]
    assert np.ptp(steps[:3]) == pytest.approx(0)
    assert np.ptp(steps[3:]) == pytest.approx(0)


def test_the_mean_over_the_past_years_is_the_norm() -> None:
    years = np.random.default_rng(0).uniform(50, 150, (10, 36)).tolist()
    place = np.linspace(-2, 2, 4001)
    ratio = traces.ratios(years, SNOW, 0.1, dekads(ON, 36), place)
    assert np.unique(ratio.round(9), axis=1).mean(axis=1) == pytest.approx(np.ones(36))


def test_wrong_years_are_listed_together() -> None:
    message = r"year 1 has 3 values(.|\n)*year 2 has a value that is not positive"
    with pytest.raises(InputError, match=message):
        traces.ratios([[1.0] * 3, [0.0] * 36], SNOW, 0.2, dekads(ON, 36), np.zeros(2))
