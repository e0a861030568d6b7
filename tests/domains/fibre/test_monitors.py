"""What monitors saw of late: days in a row are one event, and only what is low, long and recent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from mirab.core.records import Confidence, Evidence, Observation
from mirab.domains.fibre.monitors import noticed
from mirab.observe.region import load

ON = date(2023, 10, 1)
TOY = load("toy")


def seen(day: date, value: float, **more: Any) -> Observation:
    told: dict[str, Any] = {"item": "XBB", "quantity": "connectivity_share", "unit": "fraction"}
    told |= {"author": "Monitor", "evidence": Evidence("ioda", Confidence.COMPUTED)}
    return Observation(start=day, end=day + timedelta(days=1), value=value, **{**told, **more})


def test_days_in_a_row_are_one_event_told_by_the_lowest() -> None:
    days = [seen(date(2023, 9, day), value) for day, value in ((4, 0.65), (5, 0.2), (6, 0.5), (9, 0.6))]
    first, second = noticed(TOY, days, ON)
    assert (first.start, first.end, first.states) == ("2023-09-04", "2023-09-06", ("XBB",))
    assert first.title == "Monitor: down to 20 % of the usual, days in a row: 3"
    assert (second.start, second.end) == ("2023-09-09", "2023-09-09")


def test_monitors_and_states_are_kept_apart() -> None:
    days = [seen(ON - timedelta(days=3), 0.5), seen(ON - timedelta(days=2), 0.5, author="Other")]
    days.append(seen(ON - timedelta(days=2), 0.5, item="XCC"))
    assert len(noticed(TOY, days, ON)) == 3


def test_what_is_usual_old_of_another_state_or_still_to_come_is_no_event() -> None:
    days = [
        seen(date(2023, 9, 4), 0.7),
        seen(date(2023, 6, 1), 0.1),
        seen(date(2023, 9, 4), 0.1, item="RUS"),
        seen(ON, 0.1),
    ]
    assert noticed(TOY, days, ON) == ()


def test_long_outages_are_told_by_their_hours_and_short_ones_are_not() -> None:
    more = {"quantity": "outage_hours", "unit": "h"}
    found = noticed(TOY, [seen(date(2023, 9, 4), 7.6, **more), seen(date(2023, 9, 5), 2.0, **more)], ON)
    assert [(one.start, one.title) for one in found] == [("2023-09-04", "Monitor: outages of 8 h")]
