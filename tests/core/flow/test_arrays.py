"""What the kernels read: targets, bounds and calendars of a component."""

from datetime import date

import numpy as np
import pytest
from random_networks import random_case

from mirab.core.calendar import TimeAxis, dekads, months
from mirab.core.flow import arrays
from mirab.core.flow.layout import Need
from mirab.core.network import Network, Zone


def lake() -> Network:
    network = Network("lake", states=("AAA",))
    network.boundary("sea")
    zones = [Zone(40.0, 1), Zone(100.0, 5)]
    network.store("lake", full_mcm=100.0, start_mcm=50.0, zones=zones)
    network.source("spring", into="lake")
    network.reach("lake", "sea")
    network.claim("canal", at="lake", demand=tuple(float(month) for month in range(1, 13)), priority=3)
    return network


def problem(network: Network, axis: TimeAxis) -> arrays.Problem:
    model = network.compile()
    return arrays.problem_of(model.layouts[0], axis, model.items)


def test_zones_ask_for_their_top_in_m3s_of_the_true_length() -> None:
    axis = dekads(date(2023, 2, 1), 3)
    found = problem(lake(), axis)
    low, canal, full = found.steps.target.T
    assert low * axis.mcm_per_m3s == pytest.approx(40.0)
    assert full * axis.mcm_per_m3s == pytest.approx(100.0)
    assert canal == pytest.approx(2.0)


def test_each_priority_is_a_class_and_one_priority_is_one_class() -> None:
    network = lake()
    network.claim("other", at="lake", demand=5.0, priority=3)
    assert list(problem(network, dekads(date(2023, 2, 1), 1)).requests.class_start) == [0, 1, 3, 4]


def test_one_month_ahead_is_the_next_months_demand_over_the_end_of_the_year() -> None:
    need = Need(tuple(float(month) for month in range(1, 13)), ahead=1, scale=2.0)
    assert arrays.ahead(months(date(2023, 11, 1), 3), need) == pytest.approx([24.0, 2.0, 4.0])


def test_a_profile_by_step_repeats_its_last_value_beyond_the_end() -> None:
    need = Need((1.0, 2.0, 3.0, 4.0), ahead=2)
    assert arrays.ahead(dekads(date(2023, 4, 1), 4), need) == pytest.approx([3.0, 4.0, 4.0, 4.0])


def test_evaporation_of_a_month_is_spread_over_its_days() -> None:
    model, _ = next(
        case
        for case in map(random_case, range(50))
        if any(s.evaporation_mm for s in case[0].network.stores.values())
    )
    for layout in model.layouts:
        axis = dekads(date(2024, 2, 1), 3)
        depth = arrays.problem_of(layout, axis, model.items).steps.evaporation_mm
        assert set(np.round(depth.sum(axis=0), 9)) <= {0.0, 150.0}


def test_the_first_basis_is_inverted_and_priced() -> None:
    for layout in random_case(8)[0].layouts:
        program = arrays.program_of(layout)
        assert program.inverse @ layout.matrix()[:, program.basis] == pytest.approx(np.eye(layout.size))
        assert program.dual == pytest.approx(program.cost[program.basis] @ program.inverse)


@pytest.mark.parametrize(
    ("season", "end", "over"),
    [("growing", 18, True), ("growing", 17, False), ("water_year", 18, True), ("water_year", 19, False)],
)
def test_a_quotas_season_is_over_when_the_next_step_is_in_another(season: str, end: int, over: bool) -> None:
    network = lake()
    network.quota("limit", claims=["canal"], volume_mcm=5.0, season=season)
    assert arrays.seasons_over(network, dekads(date(2023, 4, 1), end)) == [over]
