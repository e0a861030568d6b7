import numpy as np
import pytest

from mirab.warn.situation import NO_SKILL, Situation, bounds, gaps, items

from .made import ON, ensemble, observation, rule

LAKES = ensemble(np.full((2, 6, 2), 90.0), items=("pond", "lake"))


def test_a_rule_for_all_looks_at_every_item_that_has_a_bound() -> None:
    limits = {("limit", "volume"): {"pond": [100.0] * 6}}
    seen = Situation("water", ON, ensembles={"volume": LAKES}, references=limits)
    assert items(rule(where=(), relative_to="limit"), seen) == ("pond",)
    assert items(rule(where=()), seen) == ("lake", "pond")


def test_a_reference_by_step_comes_before_the_norm_of_the_year() -> None:
    seen = Situation(
        "water",
        ON,
        ensembles={"volume": LAKES},
        references={("norm", "volume"): {"lake": [1.0, 2, 3, 4, 5, 6]}},
        norms={("norm", "volume"): {"lake": 7.0, "pond": tuple(range(12))}},
    )
    relative = rule(relative_to="norm", threshold=0.5)
    assert bounds(relative, seen, "lake", LAKES.axis) == pytest.approx(np.arange(1, 7) / 2)
    assert bounds(relative, seen, "pond", LAKES.axis) == pytest.approx([4.5] * 3 + [5] * 3)
    assert bounds(relative, seen, "sea", LAKES.axis) is None


def test_what_cannot_be_judged_is_said() -> None:
    seen = Situation("water", ON, ensembles={"volume": LAKES}, titles={"sea": "the Sea"})
    said = gaps(
        [
            rule(where=("lake", "sea")),
            rule(relative_to="norm"),
            rule(where=(), relative_to="limit"),
            rule(season_from=(5, 1), season_to=(6, 30)),
        ],
        seen,
    )
    assert said == (
        "Low store: no volume for the Sea.",
        "Low store: no norm to compare with for lake.",
        "Low store: no item has both volume and what it is compared with.",
        "Low store: its season does not lie whole within the steps simulated.",
    )


def test_a_rule_with_all_that_it_needs_leaves_no_gap() -> None:
    seen = Situation("water", ON, ensembles={"volume": LAKES})
    assert gaps([rule()], seen) == ()


def test_a_track_record_is_shown_by_rule_or_quantity_else_there_is_none() -> None:
    assert Situation("water", ON).track_record(rule()) == NO_SKILL
    assert Situation("water", ON, track_records={"volume": "error 6 %"}).track_record(rule()) == "error 6 %"


def test_an_observed_item_counts_for_a_rule_for_all() -> None:
    seen = Situation("water", ON, observations=[observation(90.0, ON)])
    assert items(rule(where=()), seen) == ("lake",)
