"""A scenario in the terminal: amounts beside perimeters, quiet items counted, JSON with everything."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date

import pytest
from rich.console import Console

from mirab.brief.comparison import print_json, show, show_list
from mirab.core.records import Change
from mirab.resolve.scenarios import Comparison, Effect, Scenario

DRY = Scenario(
    "dry",
    "Inflow is 20 % lower",
    (Change("inflow_factor", "all", 0.8, "1"),),
    ("a",),
    ("estimated",),
    ("ours",),
)
FED = Effect(
    quantity="delivered_volume",
    item="east:XBB",
    title="East, Boria",
    states=("XBB",),
    unit="km3",
    perimeter="canals of the east",
    base=(1.0, 1.1, 1.2),
    scenario=(0.8, 0.9, 1.0),
    difference=(-0.3, -0.2, -0.001),
    demand=(1.3, 1.4),
)
STILL = replace(FED, item="west:XBB", title="West, Boria", difference=(0.0, 0.0, 0.0), perimeter="the west")
WATT = replace(
    FED, quantity="energy", item="XAA", title="Ardia", unit="GWh", perimeter="all plants", demand=None
)
FOUND = Comparison(
    DRY, date(2023, 10, 1), date(2024, 10, 1), 40, 1, (FED, STILL, WATT), ("An assumption [§8].",)
)


def printed(found: Comparison, width: int = 100) -> str:
    out = io.StringIO()
    show(found, Console(file=out, width=width))
    return out.getvalue()


def test_a_change_stands_beside_its_amounts_and_perimeter() -> None:
    text = [" ".join(line.split()) for line in printed(FOUND).splitlines()]
    assert "East, Boria 1.40 1.10 0.90 -0.20 (-0.30 to +0.00)" in text
    assert "Perimeter: canals of the east." in text
    assert "Perimeter: all plants." not in text  # nothing of it is listed


def test_each_account_has_its_own_perimeter() -> None:
    south = replace(FED, item="south:XAA", title="South, Ardia", perimeter="canals of the south")
    text = printed(replace(FOUND, effects=(FED, south)))
    assert "Perimeter: East: canals of the east." in text
    assert "Perimeter: South: canals of the south." in text


def test_items_that_hardly_change_are_counted_not_listed() -> None:
    text = printed(FOUND)
    assert "West, Boria" not in text
    assert "1 more item changes by less than 0.005 km3." in text
    assert "1 more item changes by less than 0.5 GWh." in text


def test_the_frame_the_basis_and_every_assumption_are_said() -> None:
    text = " ".join(printed(FOUND).split())
    assert "From 1 October 2023 to 30 September 2024, 40 members, seed 1" in text
    assert (
        "Basis of the change: estimated. It shows what the model does with it, it is not a forecast" in text
    )
    assert "- ours" in text
    assert "- An assumption [§8]." in text


def test_json_holds_the_quiet_items_too(capsys: pytest.CaptureFixture[str]) -> None:
    print_json(FOUND)
    told = json.loads(capsys.readouterr().out)
    assert [effect["title"] for effect in told["effects"]] == ["East, Boria", "West, Boria", "Ardia"]
    assert (told["on"], told["scenario"]["changes"][0]["value"]) == ("2023-10-01", 0.8)


def test_a_list_names_each_scenario_with_what_it_rests_on() -> None:
    out = io.StringIO()
    show_list([DRY], Console(file=out, width=80))
    assert out.getvalue().splitlines()[1].split() == ["dry", *DRY.title.split(), "estimated"]
