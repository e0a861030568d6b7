"""The area of flood forecasts: what must hold holds, and what is lacking is said."""

from __future__ import annotations

import pytest

from mirab.validation import floods
from mirab.validation.harness import Finding, Verdict


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    return list(floods.findings())


def test_no_must_is_missed(findings: list[Finding]) -> None:
    assert not [one.what for one in findings if one.missed]


def test_the_distortion_is_there_before_it_is_taken_out(findings: list[Finding]) -> None:
    off = {one.what: one.ours for one in findings if one.what.startswith("distance")}
    before, law, record = off.values()
    assert isinstance(before, float)
    assert before > 1.0
    assert all(isinstance(one, float) and one < before / 10 for one in (law, record))


def test_skill_at_the_gauges_of_the_region_is_not_claimed(findings: list[Finding]) -> None:
    lacking = [one for one in findings if one.verdict is Verdict.CANNOT_BE_CHECKED]
    assert [one.ours for one in lacking] == [None, None]
    assert all("GloFAS" in one.what for one in lacking)
