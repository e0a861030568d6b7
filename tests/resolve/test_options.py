"""Options: rows of a pack as records; what contradicts, dangles or has no figure is refused with its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from mirab.core.records import Change, Standing
from mirab.observe.region import load
from mirab.resolve import options

from .made import inflow, river


@dataclass
class Tables:
    """Tables of a pack, made in a test."""

    given: Mapping[str, Sequence[Mapping[str, Any]]]

    def rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        return self.given.get(table, ())


def step(id: str, **more: Any) -> dict[str, Any]:
    text = {"title": id.title(), "kind": "releases", "standing": "agreed", "proposed_by": None}
    figures = {"cost_low_usd": 1e6, "cost_high_usd": 3e6, "lead_months": 6.0}
    rest = {"actors": "XBB|XAA", "not_valued": None, "agreement_id": "pact", "source_id": "a|b"}
    return {"option_id": id, **text, **figures, **rest, "confidence": "estimated", "note": None, **more}


def change(id: str, **more: Any) -> dict[str, Any]:
    common = {"option_id": id, "what": "demand_factor", "item": "fields", "months": "4|5"}
    rest = {"value": 0.9, "unit": "1", "source_id": "c", "confidence": "recalled", "note": "ours"}
    return {**common, **rest, **more}


def numbered(name: str, rows: Sequence[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    return [(f"{name}.csv:{line}", row) for line, row in enumerate(rows, start=2)]


def found(steps: Sequence[dict[str, Any]], changes: Sequence[dict[str, Any]]) -> list[str]:
    tables = Tables({"water/options": steps, "water/option_changes": changes})
    first, second = (numbered("options", steps), numbered("option_changes", changes))
    return [str(one) for one in options.problems("water", tables, first, second, river(), inflow().items)]


def test_an_option_carries_its_rows_sources_and_standing() -> None:
    steps = [step("late", standing="proposed"), step("first")]
    pact = {"agreement_id": "pact", "name": "Pact on the lake", "date": "2019", "status": "in force"}
    given = {"water/options": steps, "water/option_changes": [change("first")]}
    tables = Tables({**given, "diplomacy/agreements": [pact]})
    first, late = options.load(tables, "water")
    assert (first.id, first.standing, first.actors) == ("water:first", Standing.AGREED, ("XAA", "XBB"))
    assert first.changes == (Change("demand_factor", "fields", 0.9, "1", (4, 5)),)
    assert [line.source_id for line in first.evidence] == ["a", "c"]
    assert first.agreements == ("Pact on the lake (2019): in force",)
    assert late.standing is Standing.PROPOSED


def test_a_pair_adds_costs_takes_the_longer_lead_and_the_lesser_standing() -> None:
    late = step("two", standing="proposed", lead_months=24.0, cost_high_usd=None)
    tables = Tables({"water/options": [step("one"), late]})
    both = options.pair(*options.load(tables, "water"))
    assert both is not None
    assert (both.standing, both.lead_months) == (Standing.PROPOSED, 24.0)
    assert (both.cost_low_usd, both.cost_high_usd) == (2e6, None)


def test_options_that_set_one_thing_twice_are_no_pair() -> None:
    rows = [change("one", months=None), change("two", months="5|6")]
    tables = Tables({"water/options": [step("one"), step("two")], "water/option_changes": rows})
    assert options.pair(*options.load(tables, "water")) is None


def test_sound_rows_have_no_problem() -> None:
    assert found([step("one"), step("talk", not_valued="talks change no flow")], [change("one")]) == []


def test_a_change_that_dangles_is_named_with_its_line() -> None:
    (told,) = found([step("one")], [change("one", item="field")])
    assert told == "option_changes.csv:2 demand_factor field is not in the network; nearest is 'fields'"


def test_rows_that_contradict_are_named_with_the_second_line() -> None:
    (told,) = found([step("one")], [change("one"), change("one", months="5|6", value=0.8)])
    assert told.startswith("option_changes.csv:3 demand_factor fields contradicts another row of one")


def test_rows_of_other_months_do_not_contradict() -> None:
    assert found([step("one")], [change("one"), change("one", months="6", value=0.8)]) == []


def test_an_option_has_changes_or_says_why_it_has_none() -> None:
    bare, both = found([step("bare"), step("both", not_valued="no")], [change("both")])
    assert bare.startswith("options.csv:2 bare has no change; add its rows")
    assert both.startswith("options.csv:3 both has changes and a reason for having none")


def test_an_option_carries_the_goals_that_it_touches_and_a_pair_those_of_both() -> None:
    rows = [step("one", goals="7|13|2"), step("two", goals="6|7"), step("three")]
    one, three, two = options.load(Tables({"water/options": rows}), "water")
    assert (one.goals, two.goals, three.goals) == ((2, 7, 13), (6, 7), ())
    both = options.pair(one, two)
    assert both is not None
    assert both.goals == (2, 6, 7, 13)


def test_a_goal_that_there_is_not_is_named_with_its_line() -> None:
    (told,) = found([step("one", not_valued="no change", goals="6|18")], [])
    assert told.startswith(
        "options.csv:2 one touches the goal '18', which there is not; write numbers from 1 to 17"
    )


@pytest.mark.parametrize("region", ["toy", "central_asia"])
def test_every_step_of_the_bundled_packs_touches_a_goal(region: str) -> None:
    assert all(option.goals for option in options.load(load(region), "water"))


@pytest.mark.parametrize("region", ["toy", "central_asia"])
def test_the_options_of_the_bundled_packs_load(region: str) -> None:
    pack = load(region)
    assert len(options.load(pack, "water")) == len(pack.rows("water/options"))
