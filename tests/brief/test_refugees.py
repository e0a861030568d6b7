"""Refugees by state: the last figure of each side, with its age, and nothing where nothing is known."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from mirab.brief import refugees
from mirab.brief.page import Page
from mirab.brief.sections import section
from mirab.brief.specimen import ground, specimen
from mirab.brief.words import load
from mirab.core.records import Briefing, Confidence, Evidence, Observation


def told(state: str, quantity: str, year: int, people: float | None) -> Observation:
    period, evidence = (date(year, 1, 1), date(year + 1, 1, 1)), Evidence("unhcr", Confidence.PUBLISHED)
    return Observation(state, quantity, *period, people, "persons", "UNHCR", evidence)


def issue(*observations: Observation, focus: str = "") -> Briefing:
    whole = specimen()
    return replace(
        whole, observations=(*whole.observations, *observations), focus=focus, as_of=date(2026, 11, 22)
    )


def page(name: str, briefing: Briefing) -> str:
    text = str(Page(briefing, ground(), load()).section(section(name)))
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def test_the_last_figure_of_each_side_counts_with_the_days_since_the_year_ended() -> None:
    known = told("XAA", "refugees_from", 2025, 120), told("XAA", "refugees_from", 2024, 90)
    (row,) = refugees.rows(issue(*known, told("XZZ", "refugees_in", 2025, 7)))
    assert (row["state"], row["refugees_from"], row["refugees_in"]) == ("XAA", 120, None)
    assert row["day"] == date(2025, 12, 31)
    assert row["day"] + timedelta(days=row["age"]) == date(2026, 11, 22)
    assert row["sources"] == ("unhcr",)


def test_the_sections_show_them_and_say_what_is_not_counted() -> None:
    known = told("XAA", "refugees_from", 2025, 120), told("XBB", "refugees_in", 2025, 45)
    shown = page("security", issue(*known))
    assert "31 December 2025 (326 days old)" in shown
    assert "asylum seekers" in shown
    focused = page("focus", issue(*known, focus="XBB"))
    assert "in the state from others 45." in focused
    assert "120" not in focused.partition("Refugees as of")[2][:150]


def test_without_a_figure_nothing_is_said_of_refugees() -> None:
    assert refugees.rows(issue(told("XAA", "refugees_in", 2025, None))) == []
    assert "Refugees" not in page("security", issue())
