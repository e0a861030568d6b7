"""A panel keeps what is absent apart from zero, and what is wrong out."""

from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import months, next_start, years
from mirab.core.errors import InputError
from mirab.core.panel import Panel
from mirab.core.presence import Presence
from mirab.core.records import Confidence, Evidence, Observation

SEEN = Evidence("made", Confidence.PUBLISHED)


def figure(item: str, month: int, value: float | None, **more: object) -> Observation:
    start = date(2023, month, 1)
    return Observation(
        item, "deaths", start, next_start(start, "month"), value, "deaths", "made", SEEN, **more
    )


def test_values_stand_at_their_item_and_month_and_the_rest_is_nan() -> None:
    panel = Panel.of("deaths", [figure("B", 3, 7.0), figure("A", 1, 0.0, vintage="v2")], "month")
    assert panel.items == ("A", "B")
    assert panel.axis.starts == (date(2023, 1, 1), date(2023, 2, 1), date(2023, 3, 1))
    assert np.array_equal(panel.values, [[0, np.nan, np.nan], [np.nan, np.nan, 7]], equal_nan=True)
    assert panel.vintages[0, 0] == "v2"
    assert panel.evidence == (SEEN,)


def test_present_absent_and_not_modelled_stay_apart() -> None:
    outside = figure("A", 1, None, presence=Presence.NOT_MODELLED)
    panel = Panel.of("deaths", [outside, figure("A", 3, 0.0)], "month")
    found = [panel.presence("A", step) for step in range(3)]
    assert found == [Presence.NOT_MODELLED, Presence.ABSENT, Presence.PRESENT]


def test_all_problems_are_told_together() -> None:
    whole = Observation("A", "deaths", date(2023, 1, 1), date(2024, 1, 1), 3.0, "deaths", "made", SEEN)
    seen = [figure("A", 1, 2.0), figure("A", 1, 5.0), figure("A", 2, -3.0), whole]
    with pytest.raises(InputError, match="4 problems") as told:
        Panel.of("deaths", seen, "month")
    for words in ("two figures, 2.0", "is -3, below 0", "is not one month: 2023-01-01 to 2024-01-01"):
        assert words in str(told.value)


def test_a_panel_without_a_figure_is_refused() -> None:
    with pytest.raises(InputError, match="deaths has no figure"):
        Panel.of("deaths", [], "month")


def test_the_part_until_a_day_holds_whole_steps_only_and_shares_no_memory() -> None:
    panel = Panel("deaths", "deaths", ("A",), months(date(2023, 1, 1), 6), np.arange(6.0)[None])
    part = panel.until(date(2023, 3, 31))
    assert part.values.tolist() == [[0.0, 1.0]]
    assert part.values.base is None
    assert panel.until(date(2023, 4, 1)).values.tolist() == [[0.0, 1.0, 2.0]]
    assert panel.since(date(2023, 5, 7)).values.tolist() == [[4.0, 5.0]]


def test_a_day_before_the_first_step_is_over_is_refused() -> None:
    panel = Panel("deaths", "deaths", ("A",), years(date(2020, 1, 1), 2), np.zeros((1, 2)))
    with pytest.raises(InputError, match="2020-12-31 is too early; its first step ends on 2021-01-01"):
        panel.until(date(2020, 12, 31))


def test_values_of_another_shape_are_refused() -> None:
    with pytest.raises(InputError, match=r"values has shape \(2, 1\); expected \(1, 2\)"):
        Panel("deaths", "deaths", ("A",), years(date(2020, 1, 1), 2), np.zeros((2, 1)))


def test_an_item_that_is_not_there_is_refused() -> None:
    panel = Panel("deaths", "deaths", ("A",), years(date(2020, 1, 1), 2), np.zeros((1, 2)))
    with pytest.raises(InputError, match="'B' is not there"):
        panel.position("B")
