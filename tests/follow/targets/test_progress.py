"""Status and score of the UN Statistics Division: worked cases and the edges of the bands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.follow.targets.progress import Status, assess, base


def test_child_mortality_in_afghanistan_is_the_worked_case() -> None:
    """UN values of October 2020: 70.4 in 2015 and 60.3 in 2019 against 25."""
    found = assess((2015, 70.4), (2019, 60.3), rising=False, target=25.0)
    assert found.status is Status.MODERATE
    assert found.projected == pytest.approx(60.3 * (60.3 / 70.4) ** (11 / 4))
    assert found.score == pytest.approx(3 + (found.ratio or 0) / 0.45 - 0.5 / 0.45)


def test_an_upward_share_can_be_projected_past_its_bound() -> None:
    found = assess((2015, 71.5), (2017, 97.7), rising=True, target=100.0)
    assert found.projected is not None
    assert found.projected > 700


@pytest.mark.parametrize(
    ("yearly", "status"),
    [
        (0.02, Status.ON_TRACK),
        (0.0125, Status.MODERATE),
        (0.005, Status.MARGINAL),
        (0.0, Status.STAGNATION),
        (-0.001, Status.REGRESSION),
    ],
)
def test_without_a_target_growth_is_read_on_bands(yearly: float, status: Status) -> None:
    last = 10.0 * (1 + yearly + 1e-12) ** 4
    assert assess((2015, 10.0), (2019, last), rising=True, target=None).status is status
    falling = 10.0 * (1 - yearly - 1e-12) ** 4
    assert assess((2015, 10.0), (2019, falling), rising=False, target=None).status is status


def test_a_target_met_at_the_base_is_on_track_while_it_is_met() -> None:
    assert assess((2015, 12.0), (2017, 10.0), rising=False, target=70.0).score == 5.0
    assert assess((2015, 69.0), (2017, 71.0), rising=False, target=70.0).status is Status.REGRESSION


def test_less_than_two_years_or_a_value_below_zero_is_insufficient() -> None:
    assert assess((2015, 1.0), (2016, 2.0), rising=True, target=None).status is Status.INSUFFICIENT
    assert assess((2015, -3.4), (2019, -0.4), rising=True, target=None).status is Status.INSUFFICIENT


def test_the_base_is_never_before_2015() -> None:
    assert base((2000, 2015, 2016)) == 2015
    assert base((2000, 2014)) is None


@given(st.floats(1, 99), st.floats(1, 99), st.floats(1, 99))
@settings(derandomize=True)
def test_a_better_last_value_never_scores_worse(first: float, a: float, b: float) -> None:
    low, high = sorted((a, b))
    ends = [assess((2015, first), (2019, value), rising=True, target=100.0).score for value in (low, high)]
    assert ends[0] is not None
    assert ends[1] is not None
    assert ends[0] <= ends[1] + 1e-9
