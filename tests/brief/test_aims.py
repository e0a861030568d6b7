"""Targets as numbers behind sections, and on the terminal."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest
from rich.console import Console

from mirab.brief import aims, integration
from mirab.core.calendar import years
from mirab.core.ensemble import Ensemble
from mirab.core.panel import Panel
from mirab.core.records import Option, Standing
from mirab.core.targets import Fresh, Indicator, Measured, Programme, Target
from mirab.follow.targets.aims import Aims
from mirab.follow.targets.goals import Shared

WATER = Indicator("water", "Water", 6, "%", "share", "up", 0.0, 100.0, 1.0)
REACH = Target("t", "plan", "p", "All have water", "water", "reach", 80.0, 2015, 2030, "agreed text")
UNKNOWN = replace(REACH, id="u", text="Faster transit", indicator=None, rule="unknown", value=None)
PLAN = Programme("plan", "The plan", 2015, 2030, 2015, "stated", ("XAA", "XBB"))
NAMES = {"XAA": "Upland", "XBB": "Lowland"}


@cache
def found() -> Aims:
    axis = years(date(2015, 1, 1), 5)
    panel = Panel(
        "water", "%", ("XAA", "XBB"), axis, np.array([[60.0, 62, 64, 66, 68], [20.0, 21, 22, 23, 24]])
    )
    ahead = years(date(2020, 1, 1), 11)
    way = np.linspace(0, 1, 11)[None, :, None]
    ends = np.array([[76.0, 30.0], [78.0, 31.0], [82.0, 32.0], [85.0, 33.0]])[:, None, :]
    values = panel.values[:, -1] + way * (ends - panel.values[:, -1])
    members = {"water": Ensemble.of("water", "%", ("XAA", "XBB"), ahead, values)}
    measured = Measured({"water": WATER}, {"plan": PLAN}, (REACH, UNKNOWN), {"water": panel})
    return Aims.of(measured, {"water": panel}, members, ["XAA", "XBB"])


def printed(state: str) -> str:
    console = Console(width=200, record=True, file=io.StringIO())
    aims.show(found(), NAMES, state=state, console=console)
    return console.export_text()


def step(id: str, *goals: int) -> Option:
    return Option(id, f"Step {id}", "data", Standing.AGREED, "", ("XAA",), (), goals=goals)


def test_every_target_of_every_state_is_a_row() -> None:
    rows = {one.id: one for one in aims.series(found(), NAMES)}["targets:courses"].columns
    assert list(zip(rows["target"], rows["state"], rows["outcome"], strict=True)) == [
        ("t", "XAA", "open"),
        ("t", "XBB", "unlikely"),
        ("u", "XAA", "target not known"),
        ("u", "XBB", "target not known"),
    ]
    assert rows["probability"] == (0.5, 0.0, None, None)


def test_a_path_shows_figures_then_members_and_the_line_to_reach() -> None:
    (path,) = aims.paths(found(), NAMES)
    assert path.title == "Upland: All have water"
    assert path.columns["observed"][:6] == (60.0, 62.0, 64.0, 66.0, 68.0, None)
    assert path.columns["p50"][:5] == (None,) * 5
    assert path.columns["p50"][-1] == 80.0
    assert set(path.columns["target"]) == {80.0}


def test_the_terminal_shows_goals_of_all_states_and_targets_of_one() -> None:
    assert "0/1 ○ off course" in printed("").replace("  ", " ")
    one = printed("XAA")
    assert "68 (2019)" in one
    assert "number not found" in one


def test_a_shared_goal_names_the_steps_that_touch_it_and_no_others() -> None:
    shared = replace(found(), shared=(Shared(6, ("XBB",), 2), Shared(13, ("XBB",), 2)))
    console = Console(width=200, record=True, file=io.StringIO())
    aims.show(shared, NAMES, state="", steps=(step("a", 6, 7), step("b", 7)), console=console)
    told = console.export_text()
    assert "Joint steps that touch it, as we read them: Step a." in told
    assert "Step b" not in told


def test_json_holds_the_goals_of_each_step() -> None:
    steps = (step("a", 6, 7), step("b"))
    told = json.loads(aims.as_json(found(), state="", on=date(2026, 1, 1), members=4, seed=1, steps=steps))
    assert told["steps"] == [{"id": "a", "title": "Step a", "goals": [6, 7]}]


def test_json_of_a_state_holds_that_state_only() -> None:
    told = json.loads(aims.as_json(found(), state="XBB", on=date(2026, 1, 1), members=4, seed=1))
    assert {course["state"] for course in told["courses"]} == {"XBB"}
    assert told["targets"][1]["rule"] == "unknown"


class Pack:
    """A pack with one row of trade."""

    def rows(self, table: str) -> list[dict[str, object]]:
        row = {
            "measure": "trade",
            "amount": 4.0,
            "unit": "percent",
            "source_id": "a|b",
            "confidence": "secondary",
        }
        return [row] if table == "work/trade" else []


def test_a_stated_figure_keeps_its_own_unit_source_and_confidence() -> None:
    (one,) = integration.series(Pack(), "work")
    assert one.columns["row_unit"] == ("percent",)
    assert one.columns["row_sources"] == ("a|b",)
    assert one.source_ids == ("a", "b")
    assert "unit" not in one.columns


@pytest.mark.parametrize("state", ["", "XAA"])
def test_nothing_is_printed_twice(state: str) -> None:
    lines = [line for line in printed(state).splitlines() if line.strip()]
    assert len(lines) == len(set(lines))


def test_live_figures_are_counted_by_author_with_their_newest_edition() -> None:
    one = Fresh("water", "XAA", "Office", "office", "2026-07-01", 2024, 70.0, 2019, 0.5, differs=False)
    fresh = (
        one,
        replace(one, state="XBB", vintage="2026-10-01", last=2019),
        replace(one, author="Bureau", vintage=""),
    )
    console = Console(width=300, record=True, file=io.StringIO())
    shown = replace(found(), measured=replace(found().measured, fresh=fresh))
    aims.show(shown, NAMES, state="", console=console)
    told = console.export_text()
    assert "Live figures of Office, edition of 2026-10-01: 2 series" in told
    assert "1 of them reach further, the newest to 2024" in told
    assert "Live figures of Bureau: 1 series" in told
    rows = {table.id: table for table in aims.series(shown, NAMES)}["goals:fresh"].columns
    assert rows["state"] == ("XAA", "XBB", "XAA")
    asked = json.loads(aims.as_json(shown, state="XBB", on=date(2026, 1, 1), members=1, seed=1))
    assert [one["state"] for one in asked["fresh"]] == ["XBB"]
