from datetime import date, timedelta

import pytest

from mirab.core.presence import Presence
from mirab.warn import observed

from .made import ON, observation, rule


def run(*values: float, author: str = "service", until: date = ON) -> list:
    first = until - timedelta(days=10 * len(values))
    return [
        observation(value, first + timedelta(days=10 * i), days=10, author=author)
        for i, value in enumerate(values)
    ]


def breaches(seen: list, **more: object) -> tuple:
    return observed.breaches(rule(**more), seen, lambda day: 100.0, on=ON, kind="dekad")


def test_a_breach_is_the_latest_run_and_names_its_author() -> None:
    (found,) = breaches(run(200, 90, 80), steps_in_a_row=2)
    assert (found.authors, found.value, found.gap) == (("service",), 80, 20)
    assert (found.start, found.end) == (date(2023, 9, 11), ON)


def test_a_breach_that_has_ended_is_none() -> None:
    assert breaches(run(90, 80, 200)) == ()


def test_each_author_is_judged_alone() -> None:
    (found,) = breaches([*run(90), *run(130, author="other")])
    assert found.authors == ("service",)


def test_a_hole_in_the_figures_breaks_a_run() -> None:
    seen = [*run(90, until=date(2023, 9, 11)), *run(90)]
    assert breaches(seen, steps_in_a_row=2) == ()


def test_a_figure_for_a_month_counts_as_three_dekads() -> None:
    seen = [observation(90.0, date(2023, 9, 1), days=30)]
    assert len(breaches(seen, steps_in_a_row=3)) == 1
    assert breaches(seen, steps_in_a_row=4) == ()


def test_the_mean_of_a_year_does_not_say_what_its_dekads_were() -> None:
    seen = [observation(90.0, date(2022, 10, 1), days=365)]
    assert breaches(seen, steps_in_a_row=2) == ()
    assert len(breaches(seen, steps_in_a_row=36, measure="mean")) == 1


def test_an_absent_figure_is_not_zero() -> None:
    assert breaches([observation(None, date(2023, 9, 1), presence=Presence.ABSENT)]) == ()


def test_what_ends_after_the_date_is_not_known_yet() -> None:
    assert breaches([observation(90.0, ON, days=10)]) == ()


def test_a_mean_may_hold_a_figure_on_the_right_side() -> None:
    (found,) = breaches(run(70, 110), steps_in_a_row=2, measure="mean")
    assert found.value == pytest.approx(90)


APART = {"relative_to": "other author", "comparison": "above", "threshold": 0.25, "unit": "fraction"}


def test_authors_apart_are_shown_with_range_over_mean_and_no_verdict() -> None:
    seen = [*run(300, 300, 300), *run(480, 480, 480, author="other")]
    found = observed.disagreement(rule(**APART, steps_in_a_row=3, measure="mean"), seen, on=ON)
    assert found.value == pytest.approx(180 / 390)
    assert found.gap == pytest.approx(180)
    assert found.authors == ("other", "service")


def test_the_last_disagreement_is_found_though_they_agree_now() -> None:
    seen = [*run(300, 300, 300), *run(480, 480, 301, author="other")]
    found = observed.disagreement(rule(**APART), seen, on=ON)
    assert found.end == date(2023, 9, 21)


def test_one_author_cannot_disagree() -> None:
    assert observed.disagreement(rule(**APART), run(300, 900), on=ON) is None


def test_age_counts_from_the_last_day_of_the_last_figure() -> None:
    old = rule(relative_to="age", comparison="above", threshold=60, unit="day")
    seen = [observation(1.0, ON - timedelta(days=100))]
    assert observed.age(old, seen, on=ON).value == 99
    assert observed.age(old, [], on=ON) is None
    assert observed.age(old, [*seen, observation(1.0, ON - timedelta(days=60))], on=ON) is None
