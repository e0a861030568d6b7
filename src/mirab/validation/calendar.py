"""The calendar against the definitions that gauges and basin organisations publish in (§2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from mirab.core.calendar import TimeAxis, dekads, months, season, water_year
from mirab.validation.harness import Finding, Kind, Value, Verdict

TITLE = "Calendar: steps, seasons and water years"
GREGORIAN = "Gregorian calendar"
OPENEO = "openEO processes, aggregate_temporal_period: dekad"
SHEET = "Syr Darya dispatch sheet, 1 April 2022 to 30 September 2023"
ICWC = "ICWC, seasonal limits: growing season April to September"
ICWC_YEAR = "ICWC, 91st session: limits for October 2025 to September 2026"
USGS = "USGS water year, named by the calendar year in which it ends"


def findings() -> Sequence[Finding]:
    """Lengths of years, months and dekads in days, volumes in million m3, season and water-year dates."""
    return [*_years(), *_dekads(), *_volumes(), *_seasons(), *_water_years()]


def _must(what: str, expected: Value, ours: Value, unit: str, source: str) -> Finding:
    return Finding(what, expected, ours, Verdict.of(ours == expected), Kind.MUST, unit, source)


def _days(axis: TimeAxis) -> int:
    return int(axis.days.sum())


def _years() -> list[Finding]:
    spans = {
        "36 dekads of the common year 2023": (365, dekads(date(2023, 1, 1), 36)),
        "36 dekads of the leap year 2024": (366, dekads(date(2024, 1, 1), 36)),
        "12 months of 1900, which is no leap year": (365, months(date(1900, 1, 1), 12)),
        "3,600 dekads of 1901 to 2000": (36525, dekads(date(1901, 1, 1), 3600)),
    }
    return [_must(what, days, _days(axis), "days", GREGORIAN) for what, (days, axis) in spans.items()]


def _dekads() -> list[Finding]:
    common, leap = dekads(date(2023, 1, 1), 36), dekads(date(2024, 1, 1), 36)
    return [
        _must("third dekad of February 2023", 8, int(common.days[5]), "days", OPENEO),
        _must("third dekad of February 2024", 9, int(leap.days[5]), "days", OPENEO),
        _must("longest dekad of a year", 11, int(common.days.max()), "days", OPENEO),
        _must("fourth dekad of the year starts", "2023-02-01", str(common.starts[3]), "", OPENEO),
        _must("54 dekads from 1 April 2022", 548, _days(dekads(date(2022, 4, 1), 54)), "days", SHEET),
    ]


def _volumes() -> list[Finding]:
    year = float(dekads(date(2022, 10, 1), 36).mcm_per_m3s.sum())
    what = "volume of 1 m3/s through water year 2023, dekad by dekad"
    verdict, remark = Verdict.of(abs(year - 31.536) < 1e-9), "365 x 86,400 s, to 1e-9"
    return [Finding(what, 31.536, year, verdict, Kind.MUST, "million m3", GREGORIAN, remark)]


def _seasons() -> list[Finding]:
    days = [date(2023, 1, 1) + timedelta(days=i) for i in range(365)]
    growing = [day for day in days if season(day) == "growing"]
    return [
        _must("first day of the growing season", "2023-04-01", str(growing[0]), "", ICWC),
        _must("last day of the growing season", "2023-09-30", str(growing[-1]), "", ICWC),
        _must("length of the growing season", 183, len(growing), "days", ICWC),
    ]


def _water_years() -> list[Finding]:
    days = [date(2025, 1, 1) + timedelta(days=i) for i in range(1000)]
    year = [day for day in days if water_year(day) == 2026]
    return [
        _must("first day of water year 2026", "2025-10-01", str(year[0]), "", ICWC_YEAR),
        _must("last day of water year 2026", "2026-09-30", str(year[-1]), "", ICWC_YEAR),
        _must("water year of 1 October 2022", 2023, water_year(date(2022, 10, 1)), "", USGS),
    ]
