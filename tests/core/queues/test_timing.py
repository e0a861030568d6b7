"""What leaves evenly over a step arrives evenly, one delay later."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from queue_cases import START

from mirab.core.calendar import days, months
from mirab.core.queues.timing import clock_of, delay_rows

many = settings(derandomize=True, deadline=None, max_examples=60)


@many
@given(st.floats(0.0, 900.0), st.sampled_from([6.0, 24.0, None]), st.booleans())
def test_all_that_leaves_arrives_after_its_delay_in_the_mean(
    delay_h: float, step_h: float | None, monthly: bool
) -> None:
    clock = clock_of(months(START, 12) if monthly else days(START, 40), step_h)
    offset, share = delay_rows(clock, [(delay_h, True)])
    assert share.sum(axis=2) == pytest.approx(1.0)
    last = clock.hours.size - int(offset.max()) - 3
    middle = clock.edge[:-1] + clock.hours / 2
    for s in range(max(last, 0)):
        arrives = share[0, s] @ middle[s + offset[0, s] + np.arange(3)]
        assert arrives - middle[s] == pytest.approx(delay_h, abs=0.1 * clock.hours[s])


def test_what_is_not_seen_in_the_same_step_comes_in_the_next() -> None:
    offset, share = delay_rows(clock_of(days(START, 5), 6.0), [(2.0, True), (2.0, False)])
    assert offset[:, 0].tolist() == [0, 1]
    assert share[0, 0].tolist() == pytest.approx([2 / 3, 1 / 3, 0])
    assert share[1, 0].tolist() == pytest.approx([1, 0, 0])


def test_steps_of_the_axis_hold_whole_steps_of_the_engine() -> None:
    clock = clock_of(months(START, 2), 6.0)
    assert np.bincount(clock.axis).tolist() == [31 * 4, 29 * 4]
    assert clock.edge[-1] == 60 * 24
