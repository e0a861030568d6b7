"""The tables of development: what the bundled pack carries, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest

from mirab.core.errors import InputError
from mirab.core.targets import Measured
from mirab.domains.development.domain import DOMAIN, measured
from mirab.observe.region import load
from mirab.observe.tables import schemas

NAMED = {"source_id": "a", "confidence": "published", "note": ""}
INDICATOR = NAMED | {"indicator_id": "water", "name": "Safe water", "goal": 6, "measured_in": "%"}
INDICATOR |= {"kind": "share", "direction": "up", "lower": 0.0, "upper": 100.0, "tolerance": 1.0}
PROGRAMME = NAMED | {"programme_id": "plan", "title": "Plan", "begins": 2024, "ends": 2034}
TARGET = NAMED | {"target_id": "t1", "programme_id": "plan", "priority": "p1", "text": "Twice the water"}
TARGET |= {"indicator_id": "water", "rule": "multiply", "value": 2.0, "base_year": 2024, "deadline": 2034}
VALUE = NAMED | {"indicator_id": "water", "state": "XAA", "year": 2020, "value": 40.0}


class Pack:
    """Tables of one row each, as a pack gives them."""

    def __init__(self, **tables: Mapping[str, Any]) -> None:
        rows = {"indicators": INDICATOR, "programmes": PROGRAMME, "targets": TARGET, "values": VALUE} | tables
        self.tables = {f"development/{name}": [row] for name, row in rows.items()}
        self.tables["states"] = [{"state": "XAA"}]

    def rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        return self.tables.get(table, [])


@cache
def central_asia() -> Measured:
    return measured(load("central_asia"))


def test_its_tables_are_those_of_the_format() -> None:
    assert set(DOMAIN.tables) == {name for name in schemas() if name.startswith(f"{DOMAIN.name}/")}


def test_the_bundled_pack_covers_every_goal_and_15_states() -> None:
    found = central_asia()
    assert {one.goal for one in found.indicators.values()} == set(range(1, 18))
    assert {state for panel in found.panels.values() for state in panel.items} >= {"AFG", "KAZ", "MNG", "TUR"}
    assert set(found.programmes["awaza_2034"].states) == {"AFG", "KAZ", "KGZ", "TJK", "TKM", "UZB"}


def test_an_unknown_target_stays_a_target() -> None:
    unknown = [one for one in central_asia().targets if one.rule == "unknown"]
    assert len(unknown) >= 14
    assert all(one.level(10.0) is None for one in unknown)


def test_a_panel_holds_the_figures_of_its_rows() -> None:
    panel = central_asia().panels["internet_users_share"]
    rows = [
        row
        for row in load("central_asia").rows("development/values")
        if row["indicator_id"] == panel.quantity
    ]
    assert np.isfinite(panel.values).sum() == len(rows)
    one = rows[17]
    step = one["year"] - panel.axis.starts[0].year
    assert panel.values[panel.position(one["state"]), step] == one["value"]


def test_a_relative_target_without_any_base_year_is_refused() -> None:
    with pytest.raises(
        InputError, match=r"target t1 multiplies without a base year; give base_year in its row"
    ):
        measured(Pack(targets=TARGET | {"base_year": None}))


def test_the_base_year_of_the_programme_serves_where_the_target_has_none() -> None:
    found = measured(Pack(targets=TARGET | {"base_year": None}, programmes=PROGRAMME | {"base_year": 2025}))
    assert found.targets[0].base_year == 2025


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        (
            {"values": VALUE | {"value": 101.0}},
            r"water of XAA, 2020 is 101, out of bounds; allowed is 0 to 100",
        ),
        ({"values": VALUE | {"state": "XAB"}}, r"state='XAB' is not known; nearest is 'XAA'"),
        ({"targets": TARGET | {"value": None}}, r"has no value; give it, or rule=unknown"),
        ({"targets": TARGET | {"base_year": 2034}}, r"has base_year=2034; give a year before its deadline"),
        ({"indicators": INDICATOR | {"worst": 0, "red": 60, "green": 50, "best": 100}}, r"out of order"),
        ({"indicators": INDICATOR | {"lower": 100.0, "upper": 0.0}}, r"has the bounds 100 to 0"),
    ],
)
def test_what_contradicts_itself_is_refused(tables: Mapping[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        measured(Pack(**tables))


def test_all_problems_are_shown_together() -> None:
    with pytest.raises(InputError, match="2 problems"):
        measured(Pack(values=VALUE | {"value": -1.0}, targets=TARGET | {"value": None}))
