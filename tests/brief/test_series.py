"""Series: quantiles of an ensemble, all authors of a contested observation, limits by state."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from mirab.brief.series import chart_of, contested, fan, served
from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.core.errors import InputError
from mirab.core.presence import Presence
from mirab.core.records import Confidence, Evidence, Marking, Observation

AXIS = dekads(date(2030, 4, 1), 3)
SEEN = Evidence("gauge_book", Confidence.PUBLISHED)


def ensemble() -> Ensemble:
    values = np.arange(101.0)[:, None, None] * np.ones((101, 3, 1))
    return Ensemble.of("volume", "mcm", ["upper"], AXIS, values, how="drawn", evidence=(SEEN,))


def seen(author: str, value: float | None, start: date = date(2030, 1, 1), **more: object) -> Observation:
    presence = Presence.ABSENT if value is None else Presence.PRESENT
    return Observation("gauge", "flow", start, start, value, "m3/s", author, SEEN, presence, **more)  # type: ignore[arg-type]


def test_a_fan_holds_quantiles_norm_and_years_on_the_steps() -> None:
    made = fan(
        ensemble(), "upper", id="upper", title="Upper", norm=[60, 61, 62], past={"2028-29": [1, np.nan, 3]}
    )
    assert made.columns["date"] == ("2030-04-01", "2030-04-11", "2030-04-21")
    assert [made.columns[name][0] for name in ("p05", "p25", "p50", "p75", "p95")] == [5, 25, 50, 75, 95]
    assert made.columns["2028-29"] == (1.0, None, 3.0)
    assert (made.id, chart_of(made), made.unit, made.source_ids) == (
        "fan:upper",
        "fan",
        "mcm",
        ("gauge_book",),
    )


def test_a_fan_refuses_a_norm_of_another_length() -> None:
    with pytest.raises(InputError, match="column norm has 2 values; give one for each of the 3 rows"):
        fan(ensemble(), "upper", id="upper", title="Upper", norm=[1, 2])


def test_a_contested_series_keeps_every_author_and_every_gap() -> None:
    later = date(2030, 1, 11)
    rows = [seen("B", 4.0), seen("A", None), seen("A", 5.0, later)]
    made = contested(
        rows, id="gauge", title="Gauge", implied={"2030-01-01": 4.5}, note="Seepage is not measured."
    )
    assert made.columns == {
        "date": ("2030-01-01", "2030-01-11"),
        "A": (None, 5.0),
        "B": (4.0, None),
        "implied": (4.5, None),
    }


def test_a_contested_series_is_marked_as_its_narrowest_observation() -> None:
    made = contested([seen("A", 1.0), seen("B", 2.0, marking=Marking.PARTNERS)], id="g", title="G")
    assert made.marking is Marking.PARTNERS


def test_a_contested_series_refuses_observations_of_two_kinds() -> None:
    other = Observation("lake", "level", date(2030, 1, 1), date(2030, 1, 2), 1.0, "m", "A", SEEN)
    with pytest.raises(InputError, match="has 2 kinds of observation"):
        contested([seen("A", 1.0), other], id="g", title="G")


def test_limits_keep_what_is_not_known() -> None:
    rows = [
        {"state": "XBB", "perimeter": "river", "limit_km3": None, "served_km3": 2.0},
        {
            "state": "XAA",
            "perimeter": "river",
            "limit_km3": 4.0,
            "served_km3": 0.0,
            "low_km3": 0,
            "high_km3": 1,
        },
    ]
    made = served(rows, id="season", title="Season", source_ids=["book"])
    assert made.columns["state"] == ("XAA", "XBB")
    assert made.columns["limit_km3"] == (4.0, None)
    assert made.columns["served_km3"] == (0.0, 2.0)


def test_a_fan_refuses_more_past_years_than_can_be_told_apart() -> None:
    years = {str(year): [1.0, 2.0, 3.0] for year in range(2026, 2030)}
    with pytest.raises(InputError, match="past has 4 years; give the last 3"):
        fan(ensemble(), "upper", id="upper", title="Upper", past=years)
