"""Forecasts as guides: a known world, a model wrong by a factor, forecasts with and without signal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from mirab.core.calendar import TimeAxis, dekads, next_start
from mirab.core.domain import DriverPlan, DriverRequest
from mirab.core.ensemble import READ, Ensemble
from mirab.core.errors import UnknownNameError
from mirab.core.records import Observation
from mirab.warn import drivers, guidance
from mirab.warn.guidance import Guiding

from .made import observation, plan, request

ON = date(2023, 10, 1)
BIAS = 2.5
WORLD = dekads(date(2005, 1, 1), 36 * 19)
TRUTH = drivers.draw(plan(2, correlation=0.0), replace(request(members=1, axis=WORLD, seed=99)))
PAST = WORLD.index(date(2023, 9, 21)) + 1


def modelled(items: Sequence[str] = ("s0", "s1"), last: int = PAST, first: int = 0) -> Ensemble:
    """The model knows what was, times a factor."""
    axis = TimeAxis("dekad", WORLD.starts[first:last])
    values = np.stack([BIAS * TRUTH[item][first:last, 0] for item in items], axis=1)[None]
    return Ensemble.of("inflow_modelled", "m3/s", items, axis, values, issued=ON)


def forecast(issued: date, noise: float, seed: int = 0, members: int = 21) -> Ensemble:
    """Members around what will be, times the factor; `noise` in the logarithm."""
    first = WORLD.index(issued)
    axis = TimeAxis("dekad", WORLD.starts[first : first + 9])
    rng = np.random.default_rng([seed, first])
    truth = np.stack([TRUTH[item][first : first + 9, 0] for item in ("s0", "s1")], axis=1)
    spread = np.exp(noise * rng.standard_normal((members, len(axis), 2)))
    off = np.exp(noise * rng.standard_normal((1, len(axis), 2)))
    return Ensemble.of("inflow", "m3/s", ("s0", "s1"), axis, BIAS * truth * spread * off, issued=issued)


def gauge(first: date, last: date) -> list[Observation]:
    """What the gauge of s0 reported."""
    starts = [start for start in WORLD.starts if first <= start < last]
    return [
        observation(
            float(TRUTH["s0"][WORLD.index(start), 0]),
            start,
            (next_start(start, "dekad") - start).days,
            item="s0",
            quantity="inflow",
            unit="m3/s",
        )
        for start in starts
    ]


def asked(*forecasts: Ensemble, on: date = ON, members: int = 400) -> DriverRequest:
    return DriverRequest(dekads(on, 12), members, 7, on, (), forecasts)


def anchored(**more: object) -> DriverPlan:
    return plan(2, anchors={"s0": gauge(date(2021, 1, 1), ON)}, **more)


SHARP = forecast(ON, 0.02)


def test_the_factor_of_the_model_is_taken_out_of_the_guide() -> None:
    guides = guidance.guides_of(anchored(), dekads(ON, 12), SHARP, modelled(), ON)
    truth = TRUTH["s0"][WORLD.index(ON) : WORLD.index(ON) + 9, 0]
    ratio = guides["s0"].values[:9].mean(axis=1) / truth
    assert np.abs(np.log(ratio)).max() < 0.35 < np.log(BIAS)
    assert np.isnan(guides["s0"].values[9:]).all()


def test_a_chosen_forecast_draws_the_members_towards_itself_and_is_forgotten() -> None:
    asking = asked(SHARP, modelled())
    given = guidance.guided(anchored(), asking, Guiding.ON)
    free, bound = (drivers.draw(one, asking) for one in (anchored(), given))
    spread = bound["s1"].std(axis=1) / free["s1"].std(axis=1)
    assert spread[0] < 0.9
    assert spread[8] > spread[0]
    assert np.array_equal(bound["s1"][9:], free["s1"][9:])


def test_full_weight_puts_the_forecast_in_place_of_the_draw() -> None:
    one = plan(1)
    told = drivers.draw(plan(1), request(members=5, steps=12, seed=1))["s0"]
    guide = drivers.Guide(told, np.ones(12))
    drawn = drivers.draw(replace(one, guides={"s0": guide}), request(members=64, steps=12))["s0"]
    nearest = np.abs(drawn[:, :, None] - told[:, None, :]).min(axis=2)
    assert nearest.max() < 1e-6 * told.max()
    assert len({tuple(column) for column in np.round(drawn.T, 6)}) == 5


def test_a_member_follows_the_same_member_of_the_forecast_at_all_sources() -> None:
    levels = np.linspace(0.5, 1.5, 11)
    guides = {item: drivers.Guide(np.outer(np.full(12, 200.0), levels), np.ones(12)) for item in ("s0", "s1")}
    drawn = drivers.draw(replace(plan(2), guides=guides), request(members=50, steps=12))
    assert np.allclose(drawn["s0"], drawn["s1"])


def test_more_members_or_a_range_of_them_leave_a_guided_member_unchanged() -> None:
    given = guidance.guided(anchored(), asked(SHARP, modelled()), Guiding.ON)
    asking = asked(SHARP, modelled(), members=READ + 9)
    whole, source = drivers.draw(given, asking), drivers.drawn(given, asking)
    assert np.array_equal(source.part(READ, READ + 9).values(), whole.values()[READ:])
    few = drivers.draw(given, asked(members=5))
    assert np.array_equal(few["s0"], whole["s0"][:, :5])


def archive(noise: float, count: int = 24) -> list[Ensemble]:
    starts = [start for start in WORLD.starts if date(2022, 6, 1) <= start < ON][:count]
    return [forecast(start + timedelta(days=2), noise) for start in starts]


def test_a_forecast_with_signal_beats_climatology_and_persistence_and_is_used() -> None:
    ahead = [SHARP, *archive(0.1)]
    given = guidance.guided(anchored(), asked(*ahead, modelled()), Guiding.IF_BETTER)
    skill = guidance.hindcast(anchored(), asked(), ahead, modelled())
    assert skill.guided < 0.8 * min(skill.climatology, skill.persistence)
    assert (skill.editions, skill.wins) == (24, True)
    assert set(given.guides) == {"s0", "s1"}
    assert any("follow a forecast" in line for line in given.assumptions)


def test_a_forecast_of_noise_does_not_win_and_stays_out() -> None:
    ahead = [SHARP, *archive(3.0)]
    given = guidance.guided(anchored(), asked(*ahead, modelled()), Guiding.IF_BETTER)
    assert not given.guides
    assert any("not shown to be better" in line for line in given.assumptions)
    assert any("Hindcast of 24 past editions" in line for line in given.assumptions)


def test_few_editions_prove_nothing_however_good() -> None:
    ahead = [SHARP, *archive(0.02, count=guidance.FEWEST_EDITIONS - 1)]
    assert not guidance.hindcast(anchored(), asked(), ahead, modelled()).wins
    assert not guidance.guided(anchored(), asked(*ahead, modelled()), Guiding.IF_BETTER).guides


def test_without_past_editions_it_is_said_that_no_skill_can_be_shown() -> None:
    for how, used in ((Guiding.IF_BETTER, False), (Guiding.ON, True)):
        given = guidance.guided(anchored(), asked(SHARP, modelled()), how)
        assert bool(given.guides) is used
        assert any("No skill of the forecast can be shown" in line for line in given.assumptions)


def test_what_is_switched_off_is_named_and_changes_nothing() -> None:
    given = guidance.guided(anchored(), asked(SHARP, modelled()), Guiding.OFF)
    assert not given.guides
    assert any("not used, as was chosen" in line for line in given.assumptions)


def test_too_few_years_of_the_model_give_no_guide_and_are_named() -> None:
    first = WORLD.index(date(2015, 1, 1))
    given = guidance.guided(anchored(), asked(SHARP, modelled(first=first)), Guiding.ON)
    assert not given.guides
    assert any("fewer than 10 years" in line for line in given.assumptions)


def test_a_forecast_of_the_future_of_the_date_or_long_past_is_not_known() -> None:
    later, old = forecast(date(2023, 11, 1), 0.1), forecast(date(2023, 1, 1), 0.1)
    for one in (later, old):
        assert guidance.guided(anchored(), asked(one, modelled()), Guiding.ON) == anchored()
    assert guidance.guided(anchored(), asked(SHARP), Guiding.ON) == anchored()


def test_trust_is_the_correlation_of_model_and_gauge_where_both_are_known() -> None:
    perfect, past = anchored(), modelled()
    noise = np.exp(np.random.default_rng(5).standard_normal((1, len(past.axis), 2)))
    poor = replace(past, lanes=Ensemble.of("x", "m3/s", past.items, past.axis, noise).lanes)
    assert guidance.trust(perfect, 0, past, ON) > 0.99
    assert guidance.trust(perfect, 0, poor, ON) < 0.3
    assert guidance.trust(perfect, 1, past, ON) == guidance.ASSUMED


def test_an_unknown_use_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="nearest is 'if-better'"):
        Guiding.of("if_better")
