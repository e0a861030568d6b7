"""What a run means for the rules: closures as the engine draws them, plans by the plans that came due."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from mirab.core.carriage import Carriage
from mirab.core.declared_carriage import carriage
from mirab.core.domain import DriverRequest
from mirab.core.ensemble import Ensemble
from mirab.core.records import Level
from mirab.domains.corridor.domain import DOMAIN, derive
from mirab.observe.region import load
from mirab.stages.observing import rules_of
from mirab.warn import threats
from mirab.warn.carriage import carried, drawn
from mirab.warn.situation import Situation

ON, MEMBERS = date(2024, 6, 1), 16
RULES = {rule.rule_id: rule for rule in rules_of(DOMAIN, load("toy"))}


@pytest.fixture(scope="module")
def plan() -> Carriage:
    return carriage(load("toy"), "corridor")


@pytest.fixture(scope="module")
def derived(plan: Carriage) -> dict[str, Ensemble]:
    run = carried(plan, drawn(plan, ON, MEMBERS, 1, ahead=400))
    request = DriverRequest(run.draws.axis, MEMBERS, 1, ON, ())
    return {one.quantity: one for one in derive(load("toy"), run, request)}


def test_a_place_is_closed_for_the_share_of_the_time_that_the_pack_declares(
    derived: dict[str, Ensemble],
) -> None:
    shut = derived["closed_share"]
    assert (shut.items, shut.states) == (("east_quay",), (("XAA",),))
    values, month = shut["east_quay"], np.array([day.month for day in shut.axis.starts])
    assert values.min() >= 0.0
    assert values.max() <= 1.0
    winter = values[np.isin(month, (10, 11, 12, 1, 2, 3))].mean()
    summer = values[np.isin(month, (4, 5, 6, 7, 8, 9))].mean()
    assert winter == pytest.approx(0.25, abs=0.06)
    assert summer == pytest.approx(0.10, abs=0.04)


def test_a_plan_ahead_is_judged_in_its_own_year_alone(derived: dict[str, Ensemble], plan: Carriage) -> None:
    ahead = derived["plan_share"]
    assert ahead.items == tuple(plan.plans) == ("lake_boxes:2030",)
    values, years = ahead["lake_boxes:2030"], [day.year for day in ahead.axis.starts]
    assert years == list(range(2024, 2031))
    assert np.isinf(values[:-1]).all()
    assert 0.3 < np.median(values[-1]) < 1.0


def situation(quantity: str, values: np.ndarray, like: Ensemble) -> Situation:
    made = Ensemble.of(quantity, "fraction", like.items, like.axis, values, states=like.states)
    return Situation(domain="corridor", on=ON, ensembles={quantity: made})


@pytest.mark.parametrize(("days", "level"), [(16, Level.POTENTIAL), (15, None)])
def test_a_place_that_is_closed_on_more_than_half_of_thirty_days_is_a_cluster(
    derived: dict[str, Ensemble], days: int, level: Level | None
) -> None:
    like, values = derived["closed_share"], np.zeros((MEMBERS, 400, 1))
    values[: MEMBERS // 2, 100 : 100 + days] = 1.0
    found = threats.evaluate([RULES["closure_cluster"]], situation("closed_share", values, like))
    assert [threat.level for threat in found] == ([level] if level else [])


@pytest.mark.parametrize(("share", "level"), [(0.79, Level.POTENTIAL), (0.81, None)])
def test_a_volume_under_four_fifths_of_its_plan_is_found_in_the_year_of_the_plan(
    derived: dict[str, Ensemble], share: float, level: Level | None
) -> None:
    like, values = derived["plan_share"], np.full((MEMBERS, 7, 1), np.inf)
    values[:, -1] = share
    found = threats.evaluate([RULES["plan_missed"]], situation("plan_share", values, like))
    assert [threat.level for threat in found] == ([level] if level else [])
    assert [threat.window for threat in found] == ([(date(2030, 1, 1), date(2030, 12, 31))] if level else [])
