"""Any regular series is forecast from its past years; what is too short or too old is told, not made up."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import months, next_start, steps
from mirab.core.errors import InputError, UnknownNameError
from mirab.core.records import Confidence, Evidence, Observation
from mirab.warn.forecast import outlook
from mirab.warn.forecast.seasonal import plan

ON = date(2024, 1, 1)
SEEN = Evidence("own", Confidence.SECONDARY)


def figures(item: str, years: int, author: str = "desk", scale: float = 1.0) -> list[Observation]:
    """Months to the end of 2023: 10 in winter, 100 in summer, a little more each year."""
    first = date(ON.year - years, 1, 1)
    return [
        Observation(
            item,
            "press_events",
            day,
            next_start(day, "month"),
            scale * ((100.0 if 4 <= day.month <= 9 else 10.0) + day.year - 2000),
            "events",
            author,
            SEEN,
        )
        for day in months(first, 12 * years).starts
    ]


def test_the_members_follow_past_years_from_the_same_part_of_the_year() -> None:
    made = outlook.project(plan("press_events", figures("XAA", 12), {"XAA": "Ardia"}), ON, 200, 1)
    middle = np.median(made.judged["XAA"], axis=1)
    assert len(middle) == 12
    assert (middle[3:9] > 100).all()
    assert (np.delete(middle, range(3, 9)) < 40).all()
    past = {10.0 + year - 2000 for year in range(2012, 2024)}
    assert set(made.judged["XAA"][0].tolist()) <= past
    assert len(set(made.judged["XAA"][0].tolist())) > 5


def test_the_season_is_scored_against_the_last_figure_and_beats_it_where_there_is_one() -> None:
    made = outlook.project(plan("press_events", figures("XAA", 12), {}), ON, 100, 1)
    record = made.records["XAA"]
    assert record.crps < record.baseline_crps


def test_an_item_with_few_years_is_left_out_and_told() -> None:
    found = plan("press_events", [*figures("XAA", 6), *figures("XBB", 4)], {"XBB": "Boria"})
    assert found.focus == ("XAA",)
    assert found.gaps == ("Boria: figures of 4.0 years are too few for a forecast.",)


def test_the_author_with_most_figures_is_taken_and_the_other_is_told() -> None:
    found = plan("press_events", [*figures("XAA", 6), *figures("XAA", 5, "press", 3.0)], {})
    assert found.panel.values.max() < 130
    assert found.gaps == ("XAA: the figures of press are not used; desk has more.",)


def test_without_enough_figures_of_one_step_nothing_is_forecast() -> None:
    with pytest.raises(InputError, match=r"press_events has figures of 2\.0 years at most; a spread needs 5"):
        plan("press_events", figures("XAA", 2), {})
    with pytest.raises(InputError, match="cost has no figure of one whole step"):
        plan("cost", figures("XAA", 6), {})
    with pytest.raises(UnknownNameError, match="quantity 'prize' is not known"):
        plan("prize", figures("XAA", 6), {})


@pytest.mark.parametrize(("kind", "count", "method"), [("dekad", 36, "season"), ("year", 1, "persistence")])
def test_dekads_and_years_are_taken_as_well(kind: str, count: int, method: str) -> None:
    axis = steps(date(2014, 1, 1), 10 * {"dekad": 36, "year": 1}[kind], kind)
    ends = (*axis.starts[1:], axis.end)
    seen = [
        Observation("dam", "inflow", day, end, 5.0, "m3/s", "desk", SEEN)
        for day, end in zip(axis.starts, ends, strict=True)
    ]
    found = plan("inflow", seen, {})
    assert (found.forecaster, found.horizon, found.panel.axis.kind) == (method, count, kind)
