"""The onset model: quiet states get a chance that others' onsets taught, and stay quiet otherwise."""

from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import months
from mirab.core.panel import Panel
from mirab.warn.forecast import onset
from mirab.warn.forecast.table import forecaster

MONTHS = 240


def restless(seed: int = 2) -> Panel:
    """Ten states that flare up from low violence, ten that are never touched, all quiet in the last year."""
    rng = np.random.default_rng(seed)
    values = np.zeros((20, MONTHS))
    values[:10] = rng.poisson(1.5, (10, MONTHS))
    for item in range(10):
        for start in rng.choice(MONTHS - 40, 5, replace=False):
            values[item, start : start + 3] = 60
    values[:, -onset.YEAR :] = np.minimum(values[:, -onset.YEAR :], 5)
    items = tuple(f"S{i:02d}" for i in range(20))
    return Panel("deaths", "deaths", items, months(date(2000, 1, 1), MONTHS), values)


def test_a_state_with_low_violence_is_likelier_to_flare_up_than_an_untouched_one() -> None:
    found = onset.estimate(restless())
    assert found.onsets > 20
    assert found.chance[:10].min() > 5 * found.chance[10:].max()
    assert (found.chance > 0).all()


def test_the_share_of_members_with_an_onset_is_the_chance() -> None:
    panel = restless()
    chance = onset.estimate(panel).chance
    ahead = forecaster("recency_onset").fit(panel, panel.axis.end).sample(12, 20000, 1)
    for item in ("S00", "S15"):
        share = (ahead[item] >= onset.THRESHOLD).any(axis=0).mean()
        assert share == pytest.approx(chance[panel.position(item)], abs=0.01)


def test_a_state_in_war_is_drawn_from_its_own_past() -> None:
    panel = restless()
    panel.values[3, -5:] = 100
    assert np.isnan(onset.estimate(panel).chance[3])
    drawn = [
        forecaster(name).fit(panel, panel.axis.end).sample(3, 99, 1) for name in ("recency_onset", "recency")
    ]
    assert np.array_equal(drawn[0]["S03"], drawn[1]["S03"])


def test_with_too_few_onsets_the_chance_is_the_base_rate_of_all() -> None:
    panel = restless()
    panel.values[:] = 0
    found = onset.estimate(panel)
    assert found.onsets == 0
    assert np.unique(found.chance).size == 1
    assert found.chance[0] == pytest.approx(0.5 / (found.cases + 1))
    assert not forecaster("recency_onset").fit(panel, panel.axis.end).sample(3, 99, 1).values().any()


def test_a_state_without_a_figure_in_the_last_year_gets_no_chance() -> None:
    panel = restless()
    panel.values[0, -onset.YEAR :] = np.nan
    assert np.isnan(onset.estimate(panel).chance[0])
