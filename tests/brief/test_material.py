"""Material: the charts of a domain and the sentences of the situation, from what the stages found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from mirab.brief import material
from mirab.brief.figures import Figures
from mirab.brief.material import Material
from mirab.brief.specimen import specimen
from mirab.brief.words import load
from mirab.core.calendar import TimeAxis, dekads, next_start
from mirab.core.ensemble import Ensemble
from mirab.core.records import Confidence, Evidence, Observation, Threat

ON = date(2023, 10, 1)
AXIS = dekads(ON, 36)
TABLES = {
    "field/charts": [
        {"chart_id": "lake", "node_id": "lake", "quantity": "volume", "title": "The Lake", "source_id": "d"},
        {"chart_id": "moon", "node_id": "moon", "quantity": "volume", "title": "The Moon", "source_id": "d"},
    ],
    "field/accounts": [{"account_id": "east", "title": "East", "perimeter": "all canals"}],
    "field/limits": [{"source_id": "a|b"}, {"source_id": "b"}],
    "field/nodes": [{"node_id": "lake", "name": "The Lake"}],
}
SAY = Figures(load(), {"XAA": "Ardia"})


@dataclass
class Tables:
    """Tables of a pack, made in a test."""

    given: Mapping[str, Sequence[Mapping[str, Any]]]

    def rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        return self.given.get(table, ())


def seen(start: date, value: float | None, author: str = "one", quantity: str = "volume") -> Observation:
    end = next_start(start, "dekad")
    return Observation(
        "lake", quantity, start, end, value, "mcm", author, Evidence("c", Confidence.PUBLISHED)
    )


def flat(quantity: str, item: str, level: float, axis: TimeAxis = AXIS) -> Ensemble:
    values = np.array([1.0, 2.0, 3.0])[:, None, None] * np.full((3, len(axis), 1), level)
    return Ensemble.of(quantity, "million m3", (item,), axis, values)


def made(axis: TimeAxis = AXIS, tables: Mapping[str, Any] = TABLES, **more: Any) -> Material:
    ahead = {
        "demand_volume": flat("demand_volume", "east:XAA", 100.0, axis),
        "delivered_volume": flat("delivered_volume", "east:XAA", 40.0, axis),
    }
    whole = {"volume": flat("volume", "lake", 500.0, axis)}
    norms = {"volume": {"lake": list(range(36))}}
    return Material(**{
        "domain": "field", "tables": Tables(tables), "whole": whole, "ahead": ahead, "norms": norms,
        "observations": (), **more,
    })  # fmt: skip


def chart(found: Material, kind: str) -> Any:
    return next(one for one in material.charts(found) if one.id.startswith(kind))


def test_a_chart_is_made_where_its_place_is_simulated() -> None:
    assert [one.id for one in material.charts(made())] == ["fan:lake", "served:growing_2024"]


def test_a_chart_that_nothing_answers_is_said() -> None:
    assert material.undrawn(made()) == ("The Moon: no volume is simulated there.",)


def test_the_norm_is_laid_on_the_steps_by_dekad_of_the_year() -> None:
    assert chart(made(), "fan").columns["norm"][:10] == (27, 28, 29, 30, 31, 32, 33, 34, 35, 0)


def test_what_was_observed_stands_on_its_step_and_the_last_years_behind_it() -> None:
    days = [date(2020, 10, 1), date(2021, 10, 1), date(2022, 10, 11), ON]
    found = chart(made(observations=[seen(day, float(day.year)) for day in days]), "fan")
    assert found.columns["observed"][:2] == (2023.0, None)
    assert "2020-21" not in found.columns
    assert found.columns["2021-22"][:2] == (2021.0, None)
    assert found.columns["2022-23"][:2] == (None, 2022.0)


def test_a_chart_cites_its_row_and_its_observations_and_says_what_lies_upstream() -> None:
    found = chart(made(observations=[seen(ON, 1.0)], shares=lambda item: {"estimated": 0.25}), "fan")
    assert found.source_ids == ("d", "c")
    assert found.note.endswith("Input rows upstream: 25\u00a0% estimated.")


def test_a_place_with_several_authors_has_no_silent_choice_among_them() -> None:
    both = [seen(day, 1.0, author) for day in (date(2022, 10, 1), ON) for author in ("one", "two")]
    columns = chart(made(observations=both), "fan").columns
    assert "observed" not in columns
    assert "2022-23" not in columns


def test_served_stands_beside_demand_and_perimeter_in_km3() -> None:
    found = chart(made(), "served")
    assert found.title == "April to September 2024"
    assert found.columns["perimeter"] == ("East: all canals",)
    assert found.columns["limit_km3"] == (1.8,)
    assert found.columns["served_km3"] == (1.44,)
    assert (found.columns["low_km3"], found.columns["high_km3"]) == ((0.864,), (2.016,))
    assert found.source_ids == ("a", "b")


def test_a_part_of_a_season_is_not_called_the_season() -> None:
    titles = [one.title for one in material.charts(made(dekads(date(2023, 7, 11), 36))) if "served" in one.id]
    assert titles == ["1 April to 10 July 2024"]
    even = [one.title for one in material.charts(made(dekads(date(2023, 7, 1), 36))) if "served" in one.id]
    assert even == ["1 July to 30 September 2023", "1 April to 30 June 2024"]


def test_contested_figures_keep_every_author_and_the_balance_beside_them() -> None:
    both = [seen(ON, value, who, "inflow") for value, who in ((10.0, "one"), (14.0, "two"))]
    terms = [("inflow", 10.0), ("release", 7.0), ("storage_change", 5.0)]
    rows = [
        {"node_id": "lake", "month": ON, "term": term, "value": value, "author": "one"}
        for term, value in terms
    ]
    found = chart(made(tables={**TABLES, "field/balances": rows}, observations=both), "contested")
    assert (found.columns["one"], found.columns["two"]) == ((10.0,), (14.0,))
    assert found.columns["implied"] == (12.0,)
    assert "storage change: one" in found.note
    rows[1]["value"] = None
    found = chart(made(tables={**TABLES, "field/balances": rows}, observations=both), "contested")
    assert "implied" not in found.columns


def test_a_balance_of_inflow_says_nothing_on_volumes() -> None:
    both = [seen(ON, 10.0, who) for who in ("one", "two")]
    row = {"node_id": "lake", "month": ON, "term": "release", "value": 7.0, "author": "one"}
    found = chart(made(tables={**TABLES, "field/balances": [row]}, observations=both), "contested")
    assert "implied" not in found.columns


@pytest.fixture
def threat() -> Threat:
    return replace(specimen().threats[0], probability=0.7, addressee="the basin office")


def test_three_sentences_count_lead_and_ask(threat: Threat) -> None:
    first, lead, act = material.situation([threat], SAY, scenario=False)
    assert "1 existing" in first or "1 potential" in first or "1 to watch" in first
    assert threat.title in lead
    assert "the basin office" in act


def test_an_old_observation_makes_it_a_scenario_with_threats_and_without(threat: Threat) -> None:
    words = "this is a scenario from climatology, not a current outlook"
    assert words in material.situation([threat], SAY, scenario=True)[0]
    assert words in material.situation([], SAY, scenario=True)[1]
    assert material.situation([], SAY, scenario=False) == (load()("situation.quiet"),)


def test_a_threat_with_an_owner_and_a_probability_leads(threat: Threat) -> None:
    data = replace(threat, title="Old data", probability=None)
    assert threat.title in material.situation([data, threat], SAY, scenario=False)[1]


def test_every_source_of_joined_ids_is_cited() -> None:
    evidence = [Evidence("a|b", Confidence.PUBLISHED), Evidence("b", Confidence.RECALLED)]
    assert material.cited(evidence) == {"a", "b"}
