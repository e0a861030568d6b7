"""Days, dekads, months, years and seasons (§2): a step has a start and a true length."""

from __future__ import annotations

import calendar
from calendar import month_name
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mirab.core.errors import InputError, Problem

StepKind = Literal["day", "dekad", "month", "year"]
STEPS_PER_YEAR: dict[StepKind, int] = {"day": 365, "dekad": 36, "month": 12, "year": 1}
SECONDS_PER_DAY = 86_400.0
MONTHS_GROWING = (4, 5, 6, 7, 8, 9)


def dekad_start(day: date) -> date:
    """First day of the dekad that holds `day`; dekads start on days 1, 11 and 21.

    >>> dekad_start(date(2023, 2, 28))
    datetime.date(2023, 2, 21)
    """
    return day.replace(day=1 if day.day < 11 else 11 if day.day < 21 else 21)


def in_words(day: date) -> str:
    """A day as an English reader writes it.

    >>> in_words(date(2024, 2, 21))
    '21 February 2024'
    """
    return f"{day.day} {month_name[day.month]} {day.year}"


def dekad_of_year(day: date) -> int:
    """Number of the dekad in the calendar year, 1 to 36."""
    return 3 * (day.month - 1) + (day.day > 10) + (day.day > 20) + 1


def water_year(day: date) -> int:
    """Water year of a day, named by the calendar year in which it ends; it starts on 1 October."""
    return day.year + (day.month >= 10)


def season(day: date) -> Literal["growing", "non_growing"]:
    """Season of a day: `growing` is April to September."""
    return "growing" if day.month in MONTHS_GROWING else "non_growing"


def next_start(day: date, kind: StepKind) -> date:
    """Start of the step after the one that starts on `day`."""
    if kind == "day":
        return day + timedelta(days=1)
    if kind == "year":
        return date(day.year + 1, 1, 1)
    if kind == "dekad" and day.day < 21:
        return day + timedelta(days=10)
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def day_range(text: str) -> tuple[date, date] | None:
    """First and last day of an ISO date that may be a year or a month only; None where it is neither.

    >>> day_range("2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    """
    parts = text.split("-")
    if not all(part.isdigit() for part in parts) or not 1 <= len(parts) <= 3:
        return None
    year, month, day = (*map(int, parts), 0, 0)[:3]
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return first, first
    last_month = month or 12
    return first, date(year, last_month, calendar.monthrange(year, last_month)[1])


@dataclass(frozen=True)
class TimeAxis:
    """Consecutive steps: `starts[i]` is the first day of step i, `end` the day after the last step."""

    kind: StepKind
    starts: tuple[date, ...]

    @property
    def end(self) -> date:
        """The day after the last step."""
        return next_start(self.starts[-1], self.kind)

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def days(self) -> NDArray[np.float64]:
        """True length of each step in days, shape (time,): 8 to 11 for dekads."""
        edges = [*self.starts, self.end]
        return np.array([(b - a).days for a, b in zip(edges, edges[1:], strict=False)], dtype=float)

    @cached_property
    def seconds(self) -> NDArray[np.float64]:
        """True length of each step in seconds, shape (time,)."""
        return self.days * SECONDS_PER_DAY

    @cached_property
    def mcm_per_m3s(self) -> NDArray[np.float64]:
        """Million m3 that a flow of 1 m3/s brings in each step, shape (time,)."""
        return self.seconds / 1e6

    @cached_property
    def month_places(self) -> NDArray[np.int64]:
        """Month of each step, 0 to 11, shape (time,)."""
        return np.array([day.month - 1 for day in self.starts], dtype=np.int64)

    @cached_property
    def dekad_places(self) -> NDArray[np.int64]:
        """Dekad of the calendar year of each step, 0 to 35, shape (time,)."""
        return np.array([dekad_of_year(day) - 1 for day in self.starts], dtype=np.int64)

    def index(self, day: date) -> int:
        """Number of the step that holds `day`."""
        for i, start in enumerate(self.starts):
            if start <= day < next_start(start, self.kind):
                return i
        where = f"{self.starts[0]} to {self.end - timedelta(days=1)}"
        raise InputError("date", [Problem("date", f"{day} is outside {where}", "choose a date inside")])

    def spread(self, profile: float | Sequence[float]) -> NDArray[np.float64]:
        """A profile on these steps, shape (time,).

        A scalar holds always; 12 values are months, 36 are dekads of the calendar year (not where the steps
        are years); as many values as there are steps are taken as they stand.
        """
        values = np.atleast_1d(np.asarray(profile, dtype=float))
        if values.size == 1:
            return np.full(len(self), float(values[0]))
        if values.size == len(self) and (self.kind == "year" or values.size not in (12, 36)):
            return values
        if self.kind == "year":
            raise InputError(
                "time axis", [Problem("profile", f"has {values.size} values", f"give 1 or {len(self)}")]
            )
        if values.size == 12:
            return values[self.month_places]
        if values.size == 36:
            return values[self.dekad_places]
        problem = Problem(
            "profile", f"has {values.size} values", f"give 1, 12 (months), 36 (dekads) or {len(self)} (steps)"
        )
        raise InputError("time axis", [problem])


def steps(start: date, count: int, kind: StepKind) -> TimeAxis:
    """`count` days, dekads, months or calendar years from the one that holds `start`."""
    first = {
        "day": start,
        "dekad": dekad_start(start),
        "month": start.replace(day=1),
        "year": date(start.year, 1, 1),
    }[kind]
    starts = [first]
    while len(starts) < count:
        starts.append(next_start(starts[-1], kind))
    return TimeAxis(kind, tuple(starts))


def days(start: date, count: int) -> TimeAxis:
    """`count` days from `start` on."""
    return steps(start, count, "day")


def dekads(start: date, count: int) -> TimeAxis:
    """`count` dekads from the dekad that holds `start`."""
    return steps(start, count, "dekad")


def months(start: date, count: int) -> TimeAxis:
    """`count` months from the month that holds `start`."""
    return steps(start, count, "month")


def years(start: date, count: int) -> TimeAxis:
    """`count` calendar years from the one that holds `start`."""
    return steps(start, count, "year")
