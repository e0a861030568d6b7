"""Targets: what is left to them, by direction, and when they count as met."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.targets import Direction, Indicator, Target

numbers = st.floats(-1e6, 1e6, allow_nan=False)


def indicator(direction: Direction, tolerance: float = 0.0) -> Indicator:
    return Indicator("a", "A", 1, "%", "share", direction, 0.0, 100.0, tolerance)


@given(numbers, numbers)
@settings(derandomize=True)
def test_more_is_better_for_one_direction_where_less_is_for_the_other(value: float, target: float) -> None:
    assert indicator("up").shortfall(value, target) == -indicator("down").shortfall(value, target)


def test_parity_is_missed_on_either_side() -> None:
    assert indicator("parity").shortfall(95.0, 100.0) == indicator("parity").shortfall(105.0, 100.0) == 5.0


def test_within_the_tolerance_a_target_counts_as_met() -> None:
    assert indicator("up", tolerance=1.0).met(99.3, 100.0)
    assert not indicator("up", tolerance=0.5).met(99.3, 100.0)


def test_a_relative_target_needs_the_value_of_its_base_year() -> None:
    relative = Target("t", "p", "", "", "a", "multiply", 0.5, 2015, 2030, "")
    assert relative.level(31.0) == 15.5
    assert relative.level(None) is None
