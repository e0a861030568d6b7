import numpy as np

from mirab.warn.case import build
from mirab.warn.situation import Situation

from .made import ON, ensemble, rule

SEEN = Situation("water", ON, ensembles={"volume": ensemble(np.full((2, 4, 1), 90.0))})


def test_a_case_finds_the_ensemble_the_crossing_and_the_owners() -> None:
    case = build(rule(), "lake", SEEN)
    assert case.crossing is not None
    assert case.crossing.probability == 1.0
    assert case.owners == ("XAA",)


def test_an_item_that_is_not_simulated_has_no_crossing() -> None:
    case = build(rule(), "sea", SEEN)
    assert case.ensemble is None
    assert case.crossing is None


def test_a_rule_on_observations_alone_does_not_look_at_the_simulation() -> None:
    assert build(rule(relative_to="age", comparison="above"), "lake", SEEN).ensemble is None
