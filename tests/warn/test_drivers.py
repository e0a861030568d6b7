from datetime import date
from typing import Any

import numpy as np
import pytest

from mirab.core.calendar import dekads
from mirab.core.ensemble import READ, Ensemble
from mirab.core.errors import InputError
from mirab.core.presence import Presence
from mirab.warn import drivers

from .made import ON, SNOW, observation, plan, request

LONG = request(members=4000, steps=72)


@pytest.fixture(scope="module")
def drawn() -> Ensemble:
    return drivers.draw(plan(cv_annual=(0.2, 0.45), lag1_annual=(0.2, 0.05)), LONG)


def annual(ensemble: Ensemble, item: str) -> list[np.ndarray]:
    days = ensemble.axis.days[:36, None]
    values = ensemble[item]
    return [(values[at : at + 36] * days).sum(axis=0) / days.sum() for at in (0, 36)]


def sampling_error(values: np.ndarray) -> float:
    return values.std() / np.sqrt(values.size)


@pytest.mark.parametrize("item", ["s0", "s1"])
def test_every_month_keeps_its_norm_within_sampling_error(drawn: Ensemble, item: str) -> None:
    norm = LONG.axis.spread(SNOW)
    error = drawn[item].std(axis=1) / np.sqrt(drawn.members)
    assert np.all(np.abs(drawn.mean(item) - norm) < 4.5 * error)


@pytest.mark.parametrize(("item", "cv"), [("s0", 0.2), ("s1", 0.45)])
def test_the_annual_mean_keeps_its_published_variation(drawn: Ensemble, item: str, cv: float) -> None:
    for year in annual(drawn, item):
        excess = (year / year.mean() - 1) ** 2
        assert abs(year.std() / year.mean() - cv) < 4.5 * sampling_error(excess) / (2 * cv) + 0.002


def test_successive_years_keep_their_published_correlation(drawn: Ensemble) -> None:
    first, second = annual(drawn, "s0")
    assert np.corrcoef(np.log(first), np.log(second))[0, 1] == pytest.approx(0.2, abs=0.06)


def test_steps_and_sources_correlate_as_the_plan_assumes(drawn: Ensemble) -> None:
    z = np.log(drawn["s0"])
    assert np.corrcoef(z[10], z[11])[0, 1] == pytest.approx(0.7, abs=0.05)
    assert np.corrcoef(z[10], np.log(drawn["s1"])[10])[0, 1] == pytest.approx(0.5, abs=0.06)


def test_flows_are_always_positive(drawn: Ensemble) -> None:
    assert drawn.lanes.min() > 0


def test_more_members_more_steps_or_another_source_leave_a_member_unchanged() -> None:
    few = drivers.draw(plan(2), request(members=5, steps=36))
    many = drivers.draw(plan(3), request(members=21, steps=40))
    assert np.array_equal(few["s1"], many["s1"][:36, :5])


@pytest.mark.parametrize("past_years", [False, True])
def test_a_range_of_members_is_drawn_as_in_the_whole(past_years: bool) -> None:
    traces = {"s1": [[value * (1 + k / 20) for value in np.repeat(SNOW, 3)] for k in range(12)]}
    given = plan(2, traces=traces if past_years else {})
    asked = request(members=2 * READ + 9, steps=5)
    whole, source = drivers.draw(given, asked), drivers.drawn(given, asked)
    for first, last in ((0, 40), (READ, 2 * READ), (2 * READ, 2 * READ + 9)):
        assert np.array_equal(source.part(first, last).values(), whole.values()[first:last])
    assert (source.how, source.seed, source.states) == (whole.how, whole.seed, whole.states)


def test_blocks_of_members_are_worlds_of_their_own() -> None:
    shocks = drivers.normals(1, "inflow", "item a", 3, 3 * READ)
    blocks = shocks.reshape(3, 3, READ, 2).reshape(9, -1)
    assert np.abs(np.corrcoef(blocks) - np.eye(9)).max() < 0.1
    assert np.unique(shocks).size == shocks.size


def test_the_shocks_of_a_seed_stay_what_they_were() -> None:
    """Issued briefings name their seed: the same seed must draw the same members in later versions."""
    shocks = drivers.normals(7, "inflow", "item a", 2, READ + 1)
    told = [1.1486936373906227, -1.000393730877846]
    assert shocks[1, [READ - 1, READ], 0] == pytest.approx(told, abs=1e-12)


def test_another_seed_is_another_world() -> None:
    assert not np.array_equal(
        drivers.draw(plan(1), request(seed=1))["s0"], drivers.draw(plan(1), request(seed=2))["s0"]
    )


def test_an_observed_step_carries_its_value_and_the_anomaly_is_forgotten_as_stated() -> None:
    seen = observation(2 * SNOW[9], date(2023, 10, 1), days=10, item="s0", quantity="inflow")
    axis = dekads(date(2023, 10, 1), 36)
    asked = drivers.DriverRequest(axis, 2000, 7, date(2023, 10, 11), ())
    drawn = drivers.draw(plan(1, anchors={"s0": [seen]}), asked)
    assert np.all(drawn["s0"][0] == 2 * SNOW[9])
    law = drivers.law(plan(1), 0, "dekad")
    z = (np.log(drawn["s0"] / axis.spread(SNOW)[:, None]) + law.sigma**2 / 2) / law.sigma
    start = (np.log(2) + law.sigma**2 / 2) / law.sigma
    assert z.mean(axis=1)[1:4] == pytest.approx(start * np.exp(-np.arange(1, 4) / 6.0), abs=0.08)
    assert drawn.mean("s0")[-1] == pytest.approx(SNOW[8], rel=0.05)


@pytest.mark.parametrize("bad", [{"days": 11}, {"presence": Presence.ABSENT, "value": None}])
def test_what_was_not_known_on_the_date_does_not_condition(bad: dict[str, Any]) -> None:
    named = {"value": 900.0, **bad}
    seen = observation(start=date(2023, 9, 21), item="s0", quantity="inflow", **{"days": 10, **named})
    plain = drivers.draw(plan(1), request())
    assert np.array_equal(drivers.draw(plan(1, anchors={"s0": [seen]}), request())["s0"], plain["s0"])


def test_a_source_with_enough_past_years_is_resampled_to_norm_and_variation() -> None:
    rng = np.random.default_rng(1)
    years = np.exp(0.4 * rng.standard_normal((12, 1)) + 0.1 * rng.standard_normal((12, 36))) * 300
    calendar_year = request(members=4000, axis=dekads(date(2024, 1, 1), 36))
    drawn = drivers.draw(plan(1, traces={"s0": years.tolist()}), calendar_year)
    assert drawn.mean("s0") == pytest.approx(drawn.axis.spread(SNOW), rel=0.04)
    values = drawn["s0"].mean(axis=0)
    assert values.std() / values.mean() == pytest.approx(0.2, rel=0.06)


def test_the_assumptions_say_what_could_not_be_kept() -> None:
    said = drivers.assumptions(plan(1, lag1_annual=(0.9,), assumptions=("From the pack.",)), "dekad")
    assert said[0] == "From the pack."
    assert any("exp(-k/6) after k dekads" in line for line in said)
    assert "s0: published 0.90, drawn 0.4" in said[-1]


def test_all_wrong_figures_of_a_plan_are_listed_together() -> None:
    wrong = plan(2, norm=(SNOW, (1.0, 2.0)), cv_annual=(0.2, -1.0), persistence=1.0, decay_steps=0, states=())
    with pytest.raises(InputError, match=r"drivers of inflow: 5 problems\n  states has 0 entries") as caught:
        drivers.draw(wrong, request())
    assert {problem.where for problem in caught.value.problems} == {
        "states",
        "norm of s1",
        "cv_annual of s1",
        "persistence",
        "decay_steps",
    }


def test_drivers_are_dated_by_the_request() -> None:
    assert drivers.draw(plan(1), request()).axis.starts[0] == ON
