"""What all states of the Syr Darya reach together is told at the middle and the ends of the values."""

import pytest

from mirab.resolve.sharing import RULES, equal
from mirab.validation.harness import Verdict
from mirab.validation.joint import accord


@pytest.mark.slow
def test_a_rule_that_takes_from_a_state_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accord, "RULES", {**RULES, "shapley": equal})
    found = {one.what: one.verdict for one in accord.findings()}
    (shared,) = (verdict for what, verdict in found.items() if what.endswith("sharing, shapley"))
    assert shared is Verdict.MISSES
    assert found["all states of the Syr Darya together: gain after sharing, nucleolus"] is Verdict.HOLDS
    (stable,) = (verdict for what, verdict in found.items() if "least prone" in what)
    assert stable is Verdict.MISSES


@pytest.mark.slow
def test_what_all_have_before_sharing_adds_up_to_the_value_of_all() -> None:
    both = accord.found(accord.MIDDLE)
    assert both.foreseen.sum(axis=1) == pytest.approx(both.foresight.total)
    assert both.states == ("KAZ", "KGZ", "TJK", "UZB")
