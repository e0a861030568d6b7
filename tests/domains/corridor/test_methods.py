"""Measures of corridors against numbers computed by hand, and rows that are set aside."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from scipy.stats import t as student_t

from mirab.core.declared_carriage import carriage
from mirab.domains.corridor import methods
from mirab.observe.region import load
from mirab.warn.carriage import carried, drawn

SOURCE = {"source_id": "s", "confidence": "published"}
HOURS = dict.fromkeys(("border_h", "border_out_h", "border_in_h"))


def speed(
    state: str, year: int, slow: float | None, fast: float | None, cost: float = 0.08
) -> dict[str, Any]:
    row = {"state": state, "mode": "rail", "year": year, "with_delay_kmh": slow, "without_delay_kmh": fast}
    return {**row, "usd_per_tkm": cost, "section_usd": cost * 1e4, "scope": "state", **HOURS, **SOURCE}


def volume(year: int, value: float, perimeter: str = "one") -> dict[str, Any]:
    row = {"series_id": "a", "title": "A", "perimeter": perimeter, "measured_in": "kt", "kind": "actual"}
    return {**row, "year": year, "value": value, "first": None, "part_of": None, **SOURCE}


def test_indicators_are_those_of_carec() -> None:
    found = methods.indicators(np.array([10.0, 20.0, 30.0]), 400.0, 10.0, np.array([30.0]), 0.08)
    assert found.border_h[1] == 20.0
    assert found.with_delay[1] == pytest.approx(400 / 40)
    assert found.without_delay == 40.0
    assert found.section_usd == pytest.approx(0.08 * 500 * 20)


def test_a_draft_lies_on_the_line_between_two_points_and_flat_beyond() -> None:
    found = methods.draft_share(np.array([-3.0, -0.5, 1.0]), (0.0, -1.0), (1.0, 0.6))
    assert found == pytest.approx([0.6, 0.8, 1.0])


def test_plans_are_held_against_what_came_with_their_number() -> None:
    rows = [{"actual": 1.0, "plan": 2.0, "counted": True}, {"actual": 3.0, "plan": 4.0, "counted": True}]
    assert methods.plan_ratio([*rows, {"actual": 1.0, "plan": 9.0, "counted": False}]) == (0.625, 2)
    assert methods.plan_ratio([]) == (None, 0)


def test_the_ratio_of_the_pack_is_that_of_its_three_plans_of_one_year() -> None:
    ratio, count = methods.plan_ratio(load("central_asia").rows("corridor/plans"))
    assert count == 3
    assert ratio == pytest.approx((1485 / 3200 + 33600 / 50000 + 77000 / 96000) / 3)


def test_the_next_plan_is_drawn_from_the_predictive_law_of_those_that_came_due() -> None:
    ratios = (0.464, 0.672, 0.802)
    law = methods.plan_law(ratios)
    assert law is not None
    logs = np.log(ratios)
    below = student_t(2).cdf((np.log(0.8) - logs.mean()) / (logs.std(ddof=1) * np.sqrt(4 / 3)))
    assert (law.drawn(20_000, [1, 0]) < 0.8).mean() == pytest.approx(below, abs=0.015)
    assert np.array_equal(law.drawn(5, [1, 0]), law.drawn(9, [1, 0])[:5])
    assert methods.plan_law(ratios[:1]) is None


def test_a_speed_with_delay_above_that_without_is_set_aside() -> None:
    (odd,) = methods.set_aside([speed("XAA", 2020, 50.0, 40.0), speed("XAA", 2021, 30.0, 40.0)], ())
    assert odd.why == "speed with delay above speed without"
    assert odd.row["year"] == 2020


def test_a_speed_far_above_the_years_beside_it_is_set_aside() -> None:
    rows = [speed("XAA", 2020, 16.0, 42.0), speed("XAA", 2021, 38.0, 42.0), speed("XAA", 2022, 12.0, 54.0)]
    assert [odd.row["year"] for odd in methods.set_aside(rows, ())] == [2021]


def test_a_cost_under_a_fifth_of_the_others_is_set_aside() -> None:
    rows = [speed(state, 2020, 10.0, 40.0, cost) for state, cost in (("A", 0.08), ("B", 0.09), ("C", 0.005))]
    assert [odd.row["state"] for odd in methods.set_aside(rows, ())] == ["C"]


def test_a_figure_beyond_five_times_both_neighbours_is_set_aside_and_a_rise_is_not() -> None:
    printed = [volume(2020, 22.0), volume(2021, 229.0), volume(2022, 23.0)]
    assert [odd.row["year"] for odd in methods.set_aside((), printed)] == [2021]
    assert not methods.set_aside((), [volume(2020, 10.0), volume(2021, 100.0)])


def part(of: str, value: float, **more: Any) -> dict[str, Any]:
    return {
        **volume(2020, value),
        "series_id": f"{of} {value}",
        "part_of": of,
        "title": f"B{value:g}",
        **more,
    }


def test_a_whole_that_its_parts_do_not_make_is_set_aside_and_one_within_rounding_is_not() -> None:
    (odd,) = methods.set_aside((), [volume(2020, 100.0), part("a", 60.0), part("a", 43.0)])
    assert odd.row["value"] == 100.0
    assert odd.why == "its parts do not add up to it"
    assert odd.says == "100 kt; B60 60, B43 43: 103"
    assert not methods.set_aside((), [volume(2020, 100.0), part("a", 60.0), part("a", 41.5)])
    assert not methods.set_aside((), [volume(2020, 100.0), part("a", 60.0, perimeter="other")])


def test_hours_at_borders_outside_those_of_both_directions_are_set_aside() -> None:
    good = speed("XAA", 2020, 10.0, 40.0) | {"border_h": 8.6, "border_out_h": 8.0, "border_in_h": 8.9}
    (odd,) = methods.set_aside([good, good | {"year": 2022, "border_h": 9.5}], ())
    assert (odd.row["year"], odd.why) == (2022, "the whole lies outside its two directions")


def test_figures_of_two_perimeters_are_never_neighbours() -> None:
    rows = [volume(2020, 22.0), volume(2021, 229.0, "other"), volume(2022, 23.0)]
    assert not methods.set_aside((), rows)
    assert [row["value"] for row in methods.spliced(rows, "a", "one")] == [22.0, 23.0]


def test_the_pack_sets_aside_what_its_sources_print_wrong() -> None:
    pack = load("central_asia")
    odd = methods.set_aside(pack.rows("corridor/performance"), pack.rows("corridor/volumes"))
    performance = [one.row for one in odd if one.table == "performance"]
    assert [(row["state"], row["mode"], row["year"]) for row in performance] == [
        (None, "rail", 2021),
        *(("AZE", "road", year) for year in (2021, 2022, 2023)),
    ]
    assert [one.row["series_id"] for one in odd if one.table == "volumes"] == ["baku_port_wagons"]


def test_hours_at_the_border_of_a_state_are_those_of_the_ways_that_come_in() -> None:
    plan = carriage(load("toy"), "corridor")
    found = carried(plan, drawn(plan, date(2024, 6, 1), 8, 1, ahead=60), rounds=1)
    entered = methods.entering_h(found, "XBB", methods.RAILS)
    assert entered == pytest.approx(found.dwell_h("midtown_yard/midtown_gauge"))
    assert methods.entering_h(found, "XAA", methods.RAILS) is None
