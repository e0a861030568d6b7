"""The track record: what a forecast scored against its baselines on figures that it had not seen."""

from datetime import date

import numpy as np
import pytest

from mirab.core.calendar import years
from mirab.core.panel import Panel
from mirab.core.targets import Indicator, TrackRecord
from mirab.warn.forecast.record import track_record

SHARE = Indicator("share", "Share", 6, "%", "share", "up", 0.0, 100.0)


def panel(rows: np.ndarray) -> Panel:
    names = tuple(f"X{i:02d}" for i in range(len(rows)))
    return Panel("share", "%", names, years(date(2000, 1, 1), rows.shape[1]), rows)


def test_on_shares_that_level_off_the_bounded_trend_beats_both() -> None:
    steps = np.arange(24)[None, :] + np.arange(0, 12, 2)[:, None]
    found = track_record(SHARE, panel(100 / (1 + np.exp(4 - 0.4 * steps))), range(2015, 2023))
    assert found is not None
    assert found.skilful
    assert found.cases == 6 * sum(min(5, 2024 - year) for year in range(2015, 2023))


def test_on_a_walk_without_a_trend_the_last_figure_is_hard_to_beat() -> None:
    rng = np.random.default_rng(1)
    walks = 50 + np.cumsum(rng.normal(0, 1.0, (12, 24)), axis=1)
    found = track_record(SHARE, panel(walks), range(2012, 2023))
    assert found is not None
    assert found.score > 0.9 * found.last


def test_an_indicator_with_a_single_year_has_no_record() -> None:
    assert track_record(SHARE, panel(np.array([[4.0]])), range(2001, 2020)) is None


@pytest.mark.parametrize(
    ("last", "line", "skilful"), [(2.0, 2.0, True), (0.5, 2.0, False), (2.0, 0.5, False)]
)
def test_skill_is_to_beat_both(last: float, line: float, skilful: bool) -> None:
    assert TrackRecord(10, 1.0, last, line).skilful is skilful
