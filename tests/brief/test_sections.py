"""Sections: walked from their folder, page one first and in its own order; what each picks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mirab.brief.sections import PAGE_ONE, section, sections
from mirab.brief.specimen import blank, specimen
from mirab.core.records import Standing, Status

EIGHT = ["masthead", "summary", "changes", "top_threats", "small_map", "steps", "ahead", "unknowns"]


def test_page_one_is_the_eight_blocks_whatever_a_profile_asks_for() -> None:
    assert [one.name for one in sections(["method", "unknowns"]) if one.on_page_one] == EIGHT


def test_no_two_sections_claim_one_place() -> None:
    orders = [one.order for one in sections()]
    assert len(orders) == len(set(orders))
    assert max(one.order for one in sections() if one.on_page_one) < PAGE_ONE


@pytest.mark.parametrize(("days", "scenario"), [(60, False), (61, True)])
def test_sixty_days_divide_an_outlook_from_a_scenario(days: int, scenario: bool) -> None:
    old = replace(blank(), last_observation=blank().as_of - timedelta(days=days))
    assert section("masthead").view(old)["scenario"] is scenario


def test_what_goes_beyond_page_one_is_counted() -> None:
    full = specimen()
    many = replace(full, threats=full.threats * 3, changes=full.changes * 4)
    assert section("top_threats").view(many)["more"] == 4
    assert section("changes").view(many)["more"] == 3


def test_steps_that_have_come_furthest_stand_first() -> None:
    options = tuple(replace(specimen().options[0], id=one, standing=one) for one in reversed(Standing))
    shown = section("steps").view(replace(blank(), options=options))["options"]
    assert [one.standing for one in shown] == list(Standing)


def test_the_next_days_hold_meetings_due_promises_and_overdue_ones() -> None:
    view = section("ahead").view(specimen())
    assert [event.id for event in view["events"]] == ["handover", "meeting"]
    assert [promise.status for promise in view["promises"]] == [Status.SCHEDULED, Status.OVERDUE]


def test_an_event_without_a_date_is_not_ahead() -> None:
    undated = replace(specimen().events[0], start="", end="")
    assert section("ahead").view(replace(blank(), events=(undated,)))["events"] == []


def test_security_shows_chances_with_past_scores_the_states_of_the_region_first() -> None:
    view = section("security").view(specimen())
    assert [row["place"] for row in view["chances"]] == ["Upland", "Lowland"]
    assert [one.id for one in view["fans"]] == ["forecast:security_deaths_XAA"]
    assert section("security").view(blank()) == {
        "fans": [],
        "reliability": [],
        "consistency": [],
        "chances": [],
        "tables": [],
        "events": [],
        "rivals": [],
        "beside": [],
        "aside": [],
    }


def test_shared_goals_stand_before_others_that_a_step_touches() -> None:
    view = section("goals").view(specimen())
    told = [(one["goal"], one["states"], [step.id for step in one["steps"]]) for one in view["priorities"]]
    assert told == [(6, ["XAA", "XCC"], ["release"]), (7, [], ["release"])]


def test_goals_name_the_reversals_of_the_register_and_no_other_threat() -> None:
    full = specimen()
    reversal = replace(full.threats[1], id="aims:goal_reverses:water:XAA", rule="goal_reverses")
    view = section("goals").view(replace(full, threats=(full.threats[0], reversal)))
    assert view["reversals"] == [reversal]
    assert section("goals").view(full)["reversals"] == []
