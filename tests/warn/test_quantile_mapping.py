"""Quantile mapping: known distortions go, what was not seen stays in order, too little is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.errors import InputError
from mirab.warn.quantile_mapping import enough, onto_law, onto_record

RNG = np.random.default_rng(3)
Z = RNG.standard_normal(120)
NORM, SIGMA = 250.0, 0.3
TRUE = NORM * np.exp(SIGMA * Z - SIGMA**2 / 2)


@pytest.mark.parametrize("factor", [0.2, 1.0, 3.0])
@pytest.mark.parametrize("nerve", [0.5, 2.0])
def test_a_model_wrong_by_a_known_factor_and_spread_comes_out_on_the_law(factor: float, nerve: float) -> None:
    model = factor * NORM * np.exp(nerve * SIGMA * Z)
    mapped = onto_law(model, model, NORM, SIGMA)
    logs = np.log(mapped)
    assert logs.mean() == pytest.approx(np.log(NORM) - SIGMA**2 / 2)
    assert logs.std(ddof=1) == pytest.approx(SIGMA)
    assert mapped.mean() == pytest.approx(NORM, rel=0.02)


def test_a_curved_distortion_is_undone_by_the_record() -> None:
    model = 5.0 + 0.01 * TRUE**1.7
    mapped = onto_record(model, model, TRUE)
    assert np.abs(mapped / TRUE - 1).max() < 0.01


@settings(derandomize=True, max_examples=40)
@given(st.floats(0.05, 20.0), st.integers(0, 1000))
def test_order_is_kept_and_a_flood_beyond_the_record_stays_beyond_it(factor: float, seed: int) -> None:
    model = factor * TRUE
    new = np.sort(np.random.default_rng(seed).uniform(0.0, 3.0, 9)) * model.max()
    for mapped in (onto_record(new, model, TRUE), onto_law(new, model, NORM, SIGMA)):
        assert (np.diff(mapped) >= -1e-9).all()
    assert onto_record(np.array([2 * model.max()]), model, TRUE)[0] > TRUE.max()


def test_a_shorter_record_maps_by_the_same_probabilities() -> None:
    mapped = onto_record(np.array([np.median(TRUE) * 3]), TRUE * 3, TRUE[:60])
    assert mapped[0] == pytest.approx(np.median(TRUE[:60]), rel=0.05)


def test_too_few_values_and_a_model_that_never_varies_are_refused() -> None:
    with pytest.raises(InputError, match="observed has 9 values; give 10 or more"):
        onto_record(TRUE, TRUE, TRUE[:9])
    with pytest.raises(InputError, match="modelled has 4 values"):
        onto_law(TRUE, np.append(TRUE[:4], [np.nan] * 20), NORM, SIGMA)
    with pytest.raises(InputError, match="never varies"):
        onto_law(TRUE, np.full(30, 7.0), NORM, SIGMA)


def test_three_dekads_of_one_year_are_one_year_and_years_must_differ() -> None:
    years = [year for year in range(2000, 2010) for _ in range(3)]
    assert enough(TRUE[:30], years)
    assert not enough(TRUE[:30], [min(year, 2008) for year in years])
    assert not enough(np.full(30, 7.0), years)
    assert not enough(np.where(np.array(years) == 2004, np.nan, TRUE[:30]), years)
