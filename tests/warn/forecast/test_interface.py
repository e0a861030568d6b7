"""Whatever the method: it sees nothing after the date, and a member stays what it was."""

from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import months, steps
from mirab.core.errors import InputError, UnknownNameError
from mirab.core.panel import Panel
from mirab.warn.forecast.interface import Forecaster
from mirab.warn.forecast.table import FORECASTERS, forecaster

UNTIL = date(2023, 11, 1)
every = pytest.mark.parametrize("name", sorted(FORECASTERS))


def panel(length: int = 180) -> Panel:
    """Two states at war and one at peace, months from 2010 to 2024."""
    rng = np.random.default_rng(4)
    values = np.stack([rng.poisson(40, length), rng.poisson(3, length), np.zeros(length)]).astype(float)
    return Panel("deaths", "deaths", ("A", "B", "C"), months(date(2010, 1, 1), length), values)


@every
def test_a_figure_after_the_date_does_not_move_the_forecast(name: str) -> None:
    honest, planted = panel(), panel()
    planted.values[:, planted.axis.index(UNTIL) :] = 1e6
    one, other = (forecaster(name).fit(each, UNTIL).sample(14, 50, 1) for each in (honest, planted))
    assert np.array_equal(one.lanes, other.lanes)
    known = panel()
    known.values[:, : known.axis.index(UNTIL)] += 5
    moved = forecaster(name).fit(known, UNTIL).sample(14, 50, 1)
    assert np.array_equal(one.lanes, moved.lanes) == (name == "zero")


@every
def test_a_member_stays_what_it_was_beside_more_members_and_other_items(name: str) -> None:
    few = forecaster(name).fit(panel(), UNTIL).sample(6, 20, 1)
    many = forecaster(name).fit(panel(), UNTIL).sample(6, 90, 1)
    assert np.array_equal(few.values(), many.values()[:20])
    if name not in ("bootstrap_240", "recency_boosted"):  # these learn from all items together
        alone = panel()
        alone = Panel("deaths", "deaths", ("B",), alone.axis, alone.values[1:2])
        assert np.array_equal(forecaster(name).fit(alone, UNTIL).sample(6, 20, 1)["B"], few["B"])


@every
def test_another_seed_gives_other_members_of_the_same_law(name: str) -> None:
    fitted = forecaster(name).fit(panel(), UNTIL)
    one, other = (fitted.sample(3, 4000, seed)["A"] for seed in (1, 2))
    assert np.array_equal(one, other) == (name == "zero")
    assert one.mean() == pytest.approx(other.mean(), abs=1.5)


@every
def test_an_item_without_a_figure_has_no_forecast_but_never_a_made_up_one(name: str) -> None:
    empty = panel()
    empty.values[2] = np.nan
    found = forecaster(name).fit(empty, UNTIL).sample(3, 10, 1)["C"]
    assert (found == 0).all() if name == "zero" else name == "bootstrap_240" or np.isnan(found).all()


@every
def test_the_ensemble_begins_where_the_past_ends_and_says_how_it_was_made(name: str) -> None:
    found = forecaster(name).fit(panel(), UNTIL).sample(14, 10, 7)
    assert found.axis.starts[0] == date(2023, 11, 1)
    assert len(found.axis) == 14
    assert "up to 1 November 2023, seed 7" in found.how


@pytest.mark.parametrize("kind", ["dekad", "month", "year"])
def test_dekads_months_and_years_are_taken(kind: str) -> None:
    axis = steps(date(1980, 1, 1), 40, kind)
    values = np.arange(40.0)[None]
    found = (
        forecaster("persistence").fit(Panel("cost", "USD", ("A",), axis, values), axis.end).sample(3, 9, 1)
    )
    assert found.axis.kind == kind
    assert found["A"].tolist() == [[40.0] * 9, [41.0] * 9, [42.0] * 9]


def test_a_method_for_months_refuses_years() -> None:
    only = Forecaster("monthly", "months only", FORECASTERS["zero"].learn, kinds=("month",))
    axis = steps(date(1980, 1, 1), 4, "year")
    with pytest.raises(
        InputError, match="monthly does not take a series by year; it takes a series by month"
    ):
        only.fit(Panel("cost", "USD", ("A",), axis, np.zeros((1, 4))), axis.end)


def test_a_horizon_of_no_step_is_refused() -> None:
    with pytest.raises(InputError, match="horizon is 0; give one step or more"):
        forecaster("zero").fit(panel(), UNTIL).sample(0, 10, 1)


def test_an_unknown_forecaster_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="'recenzy' is not known; nearest is 'recency'"):
        forecaster("recenzy")


@every
@pytest.mark.parametrize("length", [1, 2, 11, 13, 61, 73])
def test_a_short_history_is_no_mistake(name: str, length: int) -> None:
    short = panel(length)
    found = forecaster(name).fit(short, short.axis.end).sample(14, 8, 1)
    assert (found.values()[~np.isnan(found.values())] >= 0).all()
    if name != "season":
        assert not np.isnan(found.values()).any()
