from datetime import timedelta

import numpy as np
import pytest

from mirab.warn import sentences
from mirab.warn.case import build
from mirab.warn.situation import Situation

from .made import ON, ensemble, observation, rule


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.8, "fraction", "80\u00a0%"),
        (8500.4, "million m3", "8,500 million m³"),
        (29.96, "m3/s", "30.0 m³/s"),
        (0.25, "m3/s", "0.25 m³/s"),
    ],
)
def test_an_amount_carries_its_unit_and_the_digits_it_needs(value: float, unit: str, words: str) -> None:
    assert sentences.amount(value, unit) == words


def test_why_gives_the_median_the_bound_and_how_far_it_falls_short() -> None:
    seen = Situation(
        "water",
        ON,
        ensembles={"volume": ensemble(np.full((3, 4, 1), 90.0))},
        norms={("norm", "volume"): {"lake": 200.0}},
        titles={"lake": "the Lake"},
    )
    assert sentences.why(build(rule(relative_to="norm", threshold=0.5, unit="fraction"), "lake", seen)) == (
        "Median volume at the Lake, 1 to 10 October 2023: 90.0 million m³; "
        "the bound is 100 million m³ (50\u00a0% of the norm).",
        "Where it comes true, half of the members are 10.0 million m³ or more short of the bound.",
    )


def test_a_median_on_the_safe_side_is_not_told_as_if_it_crossed_the_bound() -> None:
    values = np.full((5, 4, 1), 150.0)
    values[:2, 1] = 40.0
    seen = Situation("water", ON, ensembles={"volume": ensemble(values)}, titles={"lake": "the Lake"})
    assert sentences.why(build(rule(), "lake", seen)) == (
        "Members cross the bound of 100 million m³ (volume at the Lake) at different times; "
        "half of those that do are 60.0 million m³ or more short of it.",
        "The median stays on the safe side: at its lowest, 1 to 10 October 2023, it is 150 million m³.",
    )


def test_authors_who_differ_are_named_without_a_verdict() -> None:
    seen = [observation(v, ON - timedelta(10), days=10, author=a) for v, a in ((300.0, "a"), (480.0, "b"))]
    apart = rule(relative_to="other author", comparison="above", threshold=0.25, unit="fraction")
    (line,) = sentences.why(build(apart, "lake", Situation("water", ON, observations=seen)))
    assert line == "A and b differ by 46\u00a0% over the volume at lake, 21 to 30 September 2023."


def test_events_are_counted_whole() -> None:
    assert sentences.amount(2.0, "events") == "2 events"
    assert sentences.amount(2.0, "deaths") == "2.0 deaths"
