"""What the comparison of progress methods says with its data, and without them."""

from pathlib import Path

import pytest

from mirab.validation import harness, targets
from mirab.validation.harness import Verdict


def test_without_the_data_nothing_is_said_to_hold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(harness.DATA, str(tmp_path))
    found = targets.published()
    assert {finding.verdict for finding in found} == {Verdict.CANNOT_BE_CHECKED}
    assert all(harness.DATA in finding.remark for finding in found)


@pytest.mark.skipif(harness.data("development") is None, reason=targets.ABSENT)
def test_every_published_value_is_met_and_a_changed_one_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {finding.verdict for finding in targets.published()} == {Verdict.HOLDS}
    monkeypatch.setattr(targets.scores, "LEAST_COVERED", 0.0)
    assert any(finding.missed for finding in targets.published())


def test_a_value_counts_as_met_within_its_tolerance_only() -> None:
    met = targets.Met.of([((1.0, "a"), (1.0 + 1e-12, "a")), ((1.0, "a"), (1.0, "b")), (1.0, 1.1)])
    assert (met.met, met.all) == (1, 3)
