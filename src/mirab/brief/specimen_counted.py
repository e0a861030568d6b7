"""Part of the specimen: forecasts of what is counted, and dated events. Invented, as all of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mirab.core.records import Series


def counted() -> tuple[Series, ...]:
    """A fan, what earlier issues said of one step, chances, their reliability, events, and what is beside."""
    said = replace(_forecast(), id="consistency:security_deaths_XAA")
    return (_forecast(), said, _odds(), _reliability(), _incidents(), _rivals(), _beside())


def _forecast() -> Series:
    columns: dict[str, tuple[Any, ...]] = {"date": tuple(f"2030-{month:02d}-01" for month in range(1, 7))}
    levels = {"p05": 0.0, "p25": 1.0, "p50": 3.0, "p75": 9.0, "p95": 30.0}
    columns |= {name: (None, None, None, value, value, value) for name, value in levels.items()}
    columns["observed"] = (4.0, None, 2.0, None, None, None)
    note = "Counted: deaths of the invented kind."
    return Series(
        "forecast:security_deaths_XAA", "Upland: deaths", "deaths", columns, ("invented",), "estimated", note
    )


def _odds() -> Series:
    columns: dict[str, tuple[Any, ...]] = {
        "state": ("XAA", "XCC"),
        "place": ("Upland", "Lowland"),
        "judged": (True, False),
        "chance": (0.3, 0.0),
        "low": (0.0, 0.0),
        "middle": (24.0, 0.0),
        "high": (90.0, 0.0),
        "score": (0.12, None),
        "baseline_score": (0.15, None),
        "crps": (3.1, None),
        "baseline_crps": (3.4, None),
        "covered": (0.95, None),
        "events": (4, None),
        "windows": (15, None),
        "skill": (True, False),
        "record": ("Brier 0.120 against 0.150 of its baseline", "base rate, no forecast skill"),
        "drivers": ("6 in the last 12 months", "none in the whole record"),
        "counts": ("", "deaths of the invented kind"),
        "ends": ("2030-03-31",) * 2,
        "lead_from": (1, 1),
        "lead_to": (12, 12),
    }
    note = "deaths of the invented kind"
    return Series("odds:security_deaths", "Chances", "deaths", columns, ("invented",), "estimated", note)


def _reliability() -> Series:
    columns = {"forecast": (0.1, 0.9), "came": (0.2, 0.8), "count": (30, 12)}
    return Series("reliability:security_deaths", "Came", "fraction", columns, ("invented",), "estimated")


def _incidents() -> Series:
    names = ("date", "kind", "place", "title", "states", "vintage", "told", "catalogue", "counted", "remark")
    seen = ("2030-03-02", "Protest", "Ford", "March", "XAA", "weekly 9", "2030-03-05", "", True, "")
    aside = (*seen[:5], "monthly 3", "2030-03-03", "", False, "looks like another")
    columns = dict(zip(names, zip(seen, aside, strict=True), strict=True))
    columns |= {"source": ("Radio", ""), "rests_on": ("invented (estimated)",) * 2}
    return Series("incidents:security", "Dated events", "1", columns, ("invented",), "estimated")


def _rivals() -> Series:
    columns: dict[str, tuple[Any, ...]] = {
        "state": ("XAA", "XCC"),
        "place": ("Upland", "Lowland"),
        "source": ("invented",) * 2,
        "run": ("run of March",) * 2,
        "came": ("2030-03-20",) * 2,
        "first": ("2030-04-01",) * 2,
        "last": ("2030-09-30",) * 2,
        "theirs": (31.5, 0.2),
        "mean": (24.8, None),
        "low": (2.0, None),
        "middle": (19.0, None),
        "high": (88.0, None),
    }
    id, title = "rivals:security_deaths_forecast", "Forecasts of others beside ours: deaths"
    return Series(id, title, "deaths", columns, ("invented",), "published")


def _beside() -> Series:
    columns: dict[str, tuple[Any, ...]] = {
        "state": ("XAA", "XAA"),
        "place": ("Upland", "Upland"),
        "what": ("food price change", "displaced"),
        "quantity": ("food_price_change", "displaced"),
        "value": (0.31, 1200.0),
        "unit": ("fraction", "persons"),
        "first": ("2030-02-01", "2029-07-01"),
        "last": ("2030-02-28", "2029-12-31"),
        "age": (32, 91),
        "usual": (0.04, None),
        "author": ("Market watch", "Census"),
        "vintage": ("", "round 3"),
        "rests_on": ("invented (computed)", "invented (estimated)"),
    }
    return Series("beside:security", "Observed beside deaths", "1", columns, ("invented",), "estimated")
