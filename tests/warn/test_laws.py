import numpy as np
import pytest

from mirab.warn import laws

from .made import SNOW


@pytest.mark.parametrize(("cv", "lag1"), [(0.19, 0.2), (0.57, 0.3), (0.236, 0.16), (0.15, 0.05)])
def test_a_law_keeps_persistence_and_annual_persistence(cv: float, lag1: float) -> None:
    law = laws.fit(SNOW, cv_annual=cv, lag1_annual=lag1, persistence=0.7, kind="dekad")
    assert law.correlation(np.array([0, 1])) == pytest.approx([1.0, 0.7])
    assert law.lag1_annual == pytest.approx(lag1, abs=1e-6)


def test_an_annual_persistence_out_of_reach_takes_the_nearest_and_says_which() -> None:
    law = laws.fit(SNOW, cv_annual=0.2, lag1_annual=0.9, persistence=0.7, kind="dekad")
    assert law.lag1_annual < 0.55
    assert law.correlation(np.array([1])) == pytest.approx([0.7])


def test_a_source_without_variation_has_no_spread() -> None:
    assert laws.fit(SNOW, cv_annual=0.0, lag1_annual=0.2, persistence=0.7, kind="dekad").sigma == 0


def test_months_and_dekads_give_a_monthly_source_the_same_annual_variation() -> None:
    month = laws.fit(SNOW, cv_annual=0.2, lag1_annual=0.2, persistence=0.5, kind="month")
    assert 0.2 < month.sigma < 0.6
