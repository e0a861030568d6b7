"""Outlook: it starts at the last observation, readings move their store, nothing after the date does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from mirab.core.calendar import TimeAxis, dekads, next_start
from mirab.core.domain import DriverPlan
from mirab.core.ensemble import Ensemble, Ranged
from mirab.core.errors import InputError
from mirab.core.flow.model import Model
from mirab.core.network import Network, Zone
from mirab.core.records import Observation
from mirab.warn.outlook import (
    HISTORY_STEPS,
    READING_ERROR,
    Outlook,
    Way,
    assumptions,
    axis_for,
    mean_year,
    project,
)

from .made import ON, SNOW, observation, plan

LAST = date(2023, 4, 1)
AXIS = dekads(LAST, 18 + 36)


def dekad(start: date, value: float | None = 700.0, **more: Any) -> Observation:
    """A figure of a regular series: it speaks for a dekad."""
    return observation(value, start, days=(next_start(start, "dekad") - start).days, **more)


@pytest.fixture(scope="module")
def model() -> Model:
    net = Network("made", states=("XAA",))
    net.source("s0", into="lake", state="XAA")
    net.store("lake", state="XAA", full_mcm=9_000, start_mcm=5_000, zones=[Zone(9_000, 4)])
    net.boundary("sea")
    net.reach("lake", "sea")
    net.instream("release_lake__sea", reach="lake__sea", flow=350.0, priority=3)
    return net.compile()


def drawn(axis: TimeAxis = AXIS, members: int = 200) -> Ensemble:
    norm = axis.spread(SNOW)[None, :, None] * np.linspace(0.8, 1.2, members)[:, None, None]
    return Ensemble.of("inflow", "m3/s", ("s0",), axis, norm, states=(("XAA",),))


def ahead(model: Model, *, on: date = ON, given: DriverPlan | None = None) -> Outlook:
    return project(model, drawn(), given or plan(1), on, seed=3)


def read(*readings: Observation, start: Sequence[Observation] = ()) -> DriverPlan:
    return plan(1, readings=readings, start={seen.item: seen for seen in start})


def test_the_axis_goes_from_the_end_of_the_last_series_to_the_horizon_after_the_date() -> None:
    axis = axis_for([dekad(date(2023, 3, 11)), dekad(date(2023, 3, 21))], ("lake",), ON, 36)
    assert (axis.starts[0], axis.index(ON), len(axis)) == (LAST, 18, 18 + 36)


def test_single_readings_other_places_and_gaps_do_not_move_the_start() -> None:
    series = dekad(date(2023, 3, 21))
    others = [
        observation(700.0, date(2023, 8, 1)),
        dekad(date(2023, 8, 1), item="elsewhere"),
        dekad(date(2023, 8, 1), quantity="inflow"),
        dekad(date(2023, 8, 1), None),
    ]
    assert axis_for([series, *others], ("lake",), ON, 36).starts[0] == LAST


def test_without_a_series_the_axis_starts_on_the_date() -> None:
    axis = axis_for([observation(700.0, date(2023, 8, 1))], ("lake",), date(2023, 10, 17), 36)
    assert (axis.starts[0], len(axis)) == (date(2023, 10, 11), 36)


def test_a_reading_moves_the_store_in_every_member_to_its_value_within_its_spread(model: Model) -> None:
    found = ahead(model, given=read(observation(3_000.0, date(2023, 8, 5))))
    volume = next(run for run in found.past if run.axis.starts[0] == date(2023, 8, 1)).start.volume_mcm[:, 0]
    assert volume.mean() == pytest.approx(3_000, rel=0.005)
    assert volume.std() / volume.mean() == pytest.approx(READING_ERROR["day"], rel=0.2)
    assert np.abs(volume / 3_000 - 1).max() < 5 * READING_ERROR["day"]


def test_a_reading_of_a_month_is_spread_wider_than_one_of_a_day(model: Model) -> None:
    found = ahead(model, given=read(observation(3_000.0, date(2023, 9, 1), days=30)))
    volume = found.past[-1].start.volume_mcm[:, 0]
    assert found.past[-1].axis.starts[0] == date(2023, 9, 11)
    assert volume.std() / volume.mean() == pytest.approx(READING_ERROR["longer"], rel=0.2)


def test_a_reading_above_the_full_store_fills_it(model: Model) -> None:
    found = ahead(model, given=read(observation(20_000.0, date(2023, 8, 5))))
    volume = next(run for run in found.past if run.axis.starts[0] == date(2023, 8, 1)).start.volume_mcm
    assert (volume == 9_000).all()


def test_a_reading_in_the_step_of_the_date_moves_where_the_outlook_starts(model: Model) -> None:
    found = ahead(model, on=date(2023, 10, 8), given=read(observation(3_000.0, date(2023, 10, 5))))
    assert found.run.start.volume_mcm.mean() == pytest.approx(3_000, rel=0.005)


def test_a_reading_after_the_date_moves_nothing(model: Model) -> None:
    calm, planted = ahead(model), ahead(model, given=read(observation(3_000.0, date(2023, 10, 15))))
    assert np.array_equal(calm.run.volume.lanes, planted.run.volume.lanes)
    assert len(calm.past) == len(planted.past)


def test_the_run_that_a_reading_ends_keeps_its_own_end(model: Model) -> None:
    found = ahead(model, given=read(observation(3_000.0, date(2023, 8, 5))))
    before = next(run for run in found.past if run.axis.end == date(2023, 8, 1))
    assert before.end.volume_mcm[:, 0] == pytest.approx(before.volume["lake"][-1])


def test_the_bands_are_wider_without_the_reading(model: Model) -> None:
    late = read(observation(5_000.0, date(2023, 9, 25)))
    wide, narrow = (ahead(model, given=given).run.volume["lake"][0].std() for given in (plan(1), late))
    assert narrow < wide / 5


def test_the_start_is_the_plans_reading_else_the_table(model: Model) -> None:
    seen = ahead(model, given=read(start=[dekad(date(2023, 3, 21), 4_000.0)]))
    assert seen.past[0].axis.starts[0] == LAST
    assert seen.past[0].start.volume_mcm.mean() == pytest.approx(4_000, rel=0.005)
    assert (ahead(model).past[0].start.volume_mcm == 5_000).all()


def test_at_most_the_last_steps_before_the_date_are_kept(model: Model) -> None:
    late = date(2024, 2, 1)
    readings = read(*(observation(5_000.0, date(2023, month, 5)) for month in (5, 9, 12)))
    found = project(model, drawn(), readings, late, seed=3)
    kept = [day for run in found.past for day in run.axis.starts]
    assert kept == list(dekads(date(2023, 8, 1), HISTORY_STEPS).starts)
    assert found.run.axis.starts[0] == late


def test_the_same_seed_gives_the_same_readings_and_another_gives_others(model: Model) -> None:
    given = read(observation(3_000.0, date(2023, 8, 5)))
    same, other = (project(model, drawn(), given, ON, seed=seed).run.volume.lanes for seed in (3, 4))
    assert np.array_equal(ahead(model, given=given).run.volume.lanes, same)
    assert not np.array_equal(same, other)


def test_the_mean_year_carries_the_norm_from_the_first_october(model: Model) -> None:
    axis = dekads(date(2024, 5, 1), 36)
    run = mean_year(model, plan(1), axis)
    whole = mean_year(model, plan(1), dekads(ON, 36))
    assert run.axis.starts == axis.starts
    assert run.inflow["s0"][:, 0] == pytest.approx(axis.spread(SNOW))
    assert run.volume["lake"][0, 0] == pytest.approx(whole.volume["lake"][21, 0])
    assert (whole.start.volume_mcm == 5_000).all()


def test_the_page_is_told_which_stores_are_observed() -> None:
    given = replace(read(observation(3_000.0, ON)), start={"lake": observation(1.0, ON)})
    told = assumptions(given)
    assert told[0].startswith("Start volumes are observed for lake;")
    assert "re-anchor their stores: 1" in told[1]
    assert "observed for no store" in assumptions(plan(1))[0]


def test_a_date_before_all_tables_is_refused() -> None:
    with pytest.raises(InputError, match=r"0001-01-01 is too early .*; choose a date from 1900 on"):
        axis_for((), (), date(1, 1, 1), 36)


def test_an_outlook_of_members_that_are_made_by_range_is_that_of_the_whole(model: Model) -> None:
    whole = drawn()
    source = Ranged("inflow", "m3/s", ("s0",), AXIS, whole.members, whole.part, whole.states)
    given = plan(1, readings=(observation(4_000.0, date(2023, 6, 3), days=1),))
    one, other = (project(model, members, given, ON, seed=3) for members in (whole, source))
    assert np.array_equal(one.run.volume.lanes, other.run.volume.lanes)
    assert not isinstance(other.run.inflow, Ensemble)


def test_an_outlook_keeps_what_it_is_told_to(model: Model) -> None:
    few = project(model, drawn(), plan(1), ON, seed=3, way=Way(keep={"volume": ["lake"]}))
    for run in (few.run, *few.past):
        assert (run.volume.items, run.flow.items) == (("lake",), ())
        assert run.summary["flow"].mean("lake__sea").shape == (len(run.axis),)
