"""Carriage as the tables of a pack declare it: ways join, and problems come together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from mirab.core.carriage import Carriage
from mirab.core.declared_carriage import carriage
from mirab.core.errors import InputError
from mirab.observe.region import load


class Changed:
    """The tables of the toy with some rows changed: by table and id, columns with their new values."""

    def __init__(self, changes: Mapping[tuple[str, str], Mapping[str, Any]]) -> None:
        self.toy, self.changes = load("toy"), changes

    def rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        rows = self.toy.rows(table)
        keys = [(table, str(next(iter(row.values())))) for row in rows]
        return [{**row, **self.changes.get(key, {})} for key, row in zip(keys, rows, strict=True)]


@pytest.fixture(scope="module")
def plan() -> Carriage:
    return carriage(load("toy"), "corridor")


def test_a_way_has_its_legs_its_dwell_and_its_crossing_in_order(plan: Carriage) -> None:
    lake = plan.ways["by_lake"]
    assert [stage.kind for stage in lake.stages] == ["leg", "dwell", "fleet", "leg"]
    assert lake.stations == ("east_quay/east_quay_port", "east_quay/boats")
    assert lake.hours == 2 + 6 + 10 + 3
    assert lake.states == ("XAA", "XCC")
    rail = plan.ways["by_rail"]
    assert (rail.km, rail.hours) == (350, 4 + 20 + 6)


def test_stations_of_the_plan_are_stations_of_the_network(plan: Carriage) -> None:
    used = {station for way in plan.ways.values() for station in way.stations}
    assert used <= set(plan.network.stations)


def test_freight_lies_between_the_tariff_and_the_section_cost(plan: Carriage) -> None:
    low, high = (sum(stage.usd_per_t[i] for stage in plan.ways["by_rail"].stages) for i in (0, 1))
    assert low == pytest.approx(350 * 0.03)
    assert high == pytest.approx(140 * 0.06 + 210 * 0.08)


def test_a_capacity_that_is_not_known_is_not_modelled(plan: Carriage) -> None:
    nodes = {node.id: node for node in plan.network.nodes}
    assert nodes["east_quay"].services[0].per_day is None
    assert plan.stations["east_quay/east_quay_port"].units is None
    gauge = nodes["midtown_yard"].services[0]
    assert (gauge.per_day, gauge.use) == (4.0, (1 / 500,))


def test_a_way_that_is_not_loaded_is_drawn_and_not_run() -> None:
    found = carriage(Changed({("corridor/routes", "by_lake"): {"loaded": False}}), "corridor")
    assert [route.id for route in found.network.routes] == ["by_rail"]
    assert "by_lake" in found.ways


def test_all_problems_of_a_declaration_are_told_together() -> None:
    wrong = {
        ("corridor/nodes", "dry_port"): {"state": "XAD"},
        ("corridor/services", "midtown_gauge"): {"tonnes_each": None},
        ("corridor/routes", "by_rail"): {"way": "dry_port > dry_port__midtown_yrd"},
        ("corridor/routes", "by_lake"): {"way": "dry_port > fleet:boats > west_quay__calda_gate"},
    }
    with pytest.raises(InputError, match="corridor: 4 problems") as refused:
        carriage(Changed(wrong), "corridor")
    told = str(refused.value)
    assert "state='XAD' is in neither states nor other_states; nearest is 'X" in told
    assert "midtown_gauge has per_day=4 and no tonnes_each" in told
    assert "missing link 'dry_port__midtown_yrd'; nearest is 'dry_port__midtown_yard'" in told
    assert "'fleet:boats' does not begin at 'dry_port'; it joins east_quay and west_quay" in told


@pytest.mark.parametrize(
    ("key", "row", "message"),
    [
        (("corridor/links", "dry_port__east_quay"), {"status": "planned"}, "is planned; say loaded=no"),
        (("corridor/routes", "by_rail"), {"observed_share": None}, "is loaded and has no observed_share"),
        (("corridor/routes", "by_rail"), {"way": "dry_prt > x"}, "begins at 'dry_prt', which is no place"),
        (("corridor/fleets", "boats"), {"tonnes_each": None}, "boats takes boxes and has no load for it"),
        (("corridor/fleets", "boats"), {"commodities": ""}, "boats does not take boxes"),
    ],
)
def test_a_bad_row_is_named_with_the_way_out(
    key: tuple[str, str], row: Mapping[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        carriage(Changed({key: row}), "corridor")


def test_a_fleet_belongs_to_its_states_in_the_shares_of_the_table_else_alike(plan: Carriage) -> None:
    assert plan.owners == {"boats": {"XAA": 0.5, "XCC": 0.5}}
    assert plan.kept == (0.2, 0.3, 0.4)
    asia = carriage(load("central_asia"), "corridor")
    assert asia.owners["feeders"] == pytest.approx({"AZE": 2 / 6, "KAZ": 4 / 6}, abs=1e-6)
    assert asia.owners["turkmenbashi_ferries"] == {"AZE": 0.5, "TKM": 0.5}


def test_a_step_by_a_state_that_the_pack_does_not_know_is_refused() -> None:
    changed = Changed({("corridor/options", "gauge_paths"): {"actors": "XBC"}})
    with pytest.raises(InputError, match="actors='XBC' is in neither states nor other_states"):
        carriage(changed, "corridor")


def test_owners_that_do_not_add_to_one_or_are_no_states_of_the_fleet_are_refused() -> None:
    changed = Changed({("corridor/owners", "boats"): {"state": "XBB", "share": 0.7}})
    with pytest.raises(InputError, match="boats is owned by 'XBB', which is not among its states") as refused:
        carriage(changed, "corridor")
    assert "shares of boats add up to 0.7; give shares that add up to 1" in str(refused.value)
