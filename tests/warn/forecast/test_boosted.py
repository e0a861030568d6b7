"""The mix of recency and boosted quantiles: what it learns, what it draws, and what it does without."""

import sys
from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import months
from mirab.core.errors import SetupError
from mirab.core.panel import Panel
from mirab.warn.forecast import boosted
from mirab.warn.forecast.table import forecaster

UNTIL = date(2020, 1, 1)


def world(rate_of_new: float = 0.0, states: int = 24, length: int = 240) -> Panel:
    """Half of the states at war at levels of 4 to 400 a month, half at peace but for a month now and then."""
    rng = np.random.default_rng(5)
    levels = np.geomspace(4, 400, states // 2)[:, None] * rng.lognormal(0, 0.4, (states // 2, length))
    calm = rng.poisson(3, (states // 2, length)) * (rng.random((states // 2, length)) < rate_of_new)
    values = np.concatenate([rng.poisson(levels), calm]).astype(float)
    names = tuple(f"S{i:02d}" for i in range(states))
    return Panel("deaths", "deaths", names, months(date(2000, 1, 1), length), values)


def only(panel: Panel, members: int, steps: int = 3) -> np.ndarray:
    """Members (member, step, item) of the hurdle and the quantiles alone, drawn at even ranks."""
    trees = boosted.grown(panel.values)
    assert trees is not None
    hurdle = trees.ahead(panel.values, steps)
    rank = (np.arange(members) + 0.5) / members
    found = np.empty((members, steps, len(panel.items)))
    for item in range(len(panel.items)):
        for step in range(steps):
            found[:, step, item] = np.exp(boosted.between(hurdle.quantiles[item, step], rank))
    return found


def test_between_quantiles_the_law_is_even_and_beyond_them_exponential() -> None:
    quantiles = np.arange(len(boosted.LEVELS), dtype=float)
    assert boosted.between(quantiles, boosted.LEVELS) == pytest.approx(quantiles)
    ranks = np.linspace(1e-4, 1 - 1e-4, 5001)
    assert (np.diff(boosted.between(quantiles, ranks)) > 0).all()
    # One unit lies between the tail probabilities 0.05 and 0.02; the next has the same ratio beyond.
    beyond = 1 - 0.02 * (0.02 / 0.05)
    assert boosted.between(quantiles, np.array([beyond, 1 - beyond])) == pytest.approx([11.0, -1.0])


def test_a_war_ten_times_as_large_has_a_forecast_about_ten_times_as_large() -> None:
    middle = np.median(only(world(), 400)[:, 0], axis=0)[:12]
    levels = np.exp(boosted.reference(world().values))[:12]
    assert (np.diff(middle) > 0).sum() >= 10
    assert middle / levels == pytest.approx(np.ones(12), abs=0.35)


def test_nine_members_in_ten_hold_what_comes_about_as_often() -> None:
    whole = world(length=300)
    past = Panel(whole.quantity, whole.unit, whole.items, whole.axis, whole.values).until(UNTIL)
    low, high = np.quantile(only(past, 400), (0.05, 0.95), axis=0)
    came = whole.values[:, 240:243].T
    inside = ((low <= came) & (came <= high))[:, :12]
    assert 0.72 <= inside.mean() <= 1.0


def test_the_chance_of_any_count_follows_the_own_record() -> None:
    panel = world(0.05)
    trees = boosted.grown(panel.values)
    assert trees is not None
    chance = trees.ahead(panel.values, 1).chance[:, 0]
    assert chance[:12].min() > 0.8
    assert chance[12:].max() < 0.3
    came = (panel.values[12:] > 0).mean()
    assert chance[12:].mean() == pytest.approx(came, abs=0.03)


def test_the_same_panel_gives_the_same_members() -> None:
    one, other = (forecaster("recency_boosted").fit(world(), UNTIL).sample(3, 40, 1) for _ in range(2))
    assert np.array_equal(one.lanes, other.lanes)


def test_half_of_the_members_are_those_of_the_default() -> None:
    mixed, usual = (
        forecaster(name).fit(world(), UNTIL).sample(4, 2000, 1)
        for name in ("recency_boosted", "recency_onset")
    )
    same = (mixed["S11"] == usual["S11"]).all(axis=0)
    assert same.mean() == pytest.approx(0.5, abs=0.05)


def test_too_little_to_learn_from_leaves_the_default_alone() -> None:
    short = world(length=40)
    found = [
        forecaster(name).fit(short, UNTIL).sample(3, 30, 1).lanes
        for name in ("recency_boosted", "recency_onset")
    ]
    assert np.array_equal(*found)
    assert boosted.grown(np.zeros((5, 240))) is None


def test_without_the_extra_the_message_names_it_and_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(SetupError, match=r"pip install 'mirab\[boost\]', or take recency_onset"):
        forecaster("recency_boosted").fit(world(), UNTIL)
