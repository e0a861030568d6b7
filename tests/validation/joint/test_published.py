"""Published figures are found by what they say, one row at a time."""

import pytest

from mirab.core.errors import InputError
from mirab.validation.joint.published import Published, figure


def test_a_figure_carries_its_unit_source_and_confidence() -> None:
    found = figure("bekchanov", "between")
    assert (found.words, found.unit) == ("373 to 476", "million USD a year")
    assert found.source.endswith("(published)")


def test_a_figure_that_is_not_the_only_one_or_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="jalilov_2015 energy.*fits 5 rows"):
        figure("jalilov_2015", "energy")
    with pytest.raises(InputError, match="fits 0 rows"):
        figure("teasley", "value of a coalition")


@pytest.mark.parametrize(
    ("ours", "near"), [(9.0, True), (8.9, False), (12.0, True), (22.0, True), (22.1, False), (-10.0, False)]
)
def test_near_is_measured_from_the_nearest_end(ours: float, near: bool) -> None:
    assert Published(10.0, 20.0, "km3", "", "").near(ours, 0.1) is near
