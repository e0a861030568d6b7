"""Scores equal their definitions, and reward what is right."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mirab.warn import verify

many = settings(derandomize=True, deadline=None, max_examples=60)
figures = st.floats(0, 1e4)


@many
@given(arrays(float, (3, 7), elements=figures), arrays(float, 3, elements=figures))
def test_crps_is_the_mean_distance_less_half_of_that_between_members(
    samples: np.ndarray, outcomes: np.ndarray
) -> None:
    pairs = np.abs(samples[:, :, None] - samples[:, None, :]).mean(axis=(1, 2))
    expected = np.abs(samples - outcomes[:, None]).mean(axis=1) - pairs / 2
    assert verify.crps(samples, outcomes) == pytest.approx(expected, abs=1e-6)


@many
@given(arrays(float, 6, elements=st.integers(0, 4)), arrays(bool, 6))
def test_auc_is_the_share_of_pairs_in_the_right_order(score: np.ndarray, happened: np.ndarray) -> None:
    pairs = [(a > b) + (a == b) / 2 for a in score[happened] for b in score[~happened]]
    found = verify.auc(score, happened)
    assert np.isnan(found) if not pairs else found == pytest.approx(np.mean(pairs))


def test_the_log_score_counts_members_in_the_bin_of_the_outcome() -> None:
    samples = np.array([[0.0] * 500 + [1.0] * 300 + [2.0] * 200])
    found = verify.log_score(np.repeat(samples, 3, axis=0), np.array([0.0, 2.0, 3.0]))
    assert found == pytest.approx(-np.log2(np.array([501, 501, 1]) / 1011))


def test_a_bin_ends_with_its_number() -> None:
    samples = np.array([[25.0] * 10])
    assert verify.log_score(samples, np.array([11.0])) < 1 < verify.log_score(samples, np.array([26.0]))


def test_the_true_law_has_the_best_interval_score() -> None:
    rng = np.random.default_rng(1)
    outcomes = rng.normal(0, 1, 4000)
    scores = [
        verify.interval_score(np.tile(rng.normal(0, spread, 500), (4000, 1)), outcomes).mean()
        for spread in (0.5, 1.0, 2.0)
    ]
    assert scores[1] == min(scores)


def test_a_90_per_cent_interval_of_the_true_law_holds_90_per_cent() -> None:
    rng = np.random.default_rng(2)
    samples, outcomes = rng.normal(0, 1, (3000, 200)), rng.normal(0, 1, 3000)
    assert np.mean(verify.covered(samples, outcomes)) == pytest.approx(0.9, abs=0.02)


def test_the_pit_is_flat_for_counts_of_the_true_law_and_not_for_a_wrong_one() -> None:
    rng = np.random.default_rng(3)
    outcomes = rng.poisson(2, 4000).astype(float)
    flat = verify.pit(rng.poisson(2, (4000, 300)).astype(float), outcomes)
    assert flat == pytest.approx(np.full(10, 0.1), abs=0.015)
    assert verify.pit(rng.poisson(6, (4000, 300)).astype(float), outcomes)[0] > 0.3


def test_reliability_holds_every_forecast_once() -> None:
    rng = np.random.default_rng(4)
    probability = rng.random(500)
    bins = verify.reliability(probability, rng.random(500) < probability)
    assert sum(one.count for one in bins) == 500
    assert all(one.came == pytest.approx(one.forecast, abs=0.15) for one in bins)


def test_average_precision_of_ties_alone_is_the_share_of_events() -> None:
    assert verify.average_precision(np.ones(10), np.arange(10) < 3) == pytest.approx(0.3)


def test_scores_without_an_event_are_not_a_number() -> None:
    none = np.zeros(3, dtype=bool)
    assert np.isnan(verify.auc(np.ones(3), none))
    assert np.isnan(verify.average_precision(np.ones(3), none))


def test_a_budget_above_the_number_of_items_names_them_all() -> None:
    assert verify.caught(np.array([0.1, 0.2]), np.array([True, False]), 10) == (1.0, 2.0)


def test_what_is_not_known_has_no_score() -> None:
    samples, unknown = np.zeros((1, 5)), np.array([np.nan])
    for score in (verify.crps, verify.log_score, verify.interval_score, verify.covered):
        assert np.isnan(score(samples, unknown)).all()


def test_the_interval_of_a_ratio_is_that_of_groups_and_one_where_both_are_alike() -> None:
    rng = np.random.default_rng(5)
    theirs = rng.random((40, 12))
    assert verify.ratio_interval(theirs, theirs) == (1.0, 1.0)
    low, high = verify.ratio_interval(theirs * np.where(np.arange(40) % 2, 0.6, 1.2)[:, None], theirs)
    assert low < 0.9 < high
    assert high - low > 0.1
