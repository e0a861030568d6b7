"""What the comparison of the shared rivers says of itself."""

from __future__ import annotations

import pytest

from mirab.validation.harness import Kind, Verdict
from mirab.validation.water import _close


@pytest.mark.parametrize(
    ("expected", "set_with", "verdict"),
    [
        (10.0, "", Verdict.HOLDS),
        (10.0, "the gauge", Verdict.FITTED),
        (20.0, "the gauge", Verdict.MISSES),
        (None, "the gauge", Verdict.CANNOT_BE_CHECKED),
    ],
)
def test_a_number_that_set_a_parameter_never_holds_and_may_still_miss(
    expected: float | None, set_with: str, verdict: Verdict
) -> None:
    found = _close("flow", expected, 11.0, within=0.25, kind=Kind.AIM, set_with=set_with)
    assert found.verdict is verdict
    assert found.remark
