"""A flood forecast on the whole path: from kept pages to drivers, sentences, ledger and digest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mirab import centre
from mirab.core.errors import UnknownNameError
from mirab.observe import ledger
from mirab.observe.connector import Page
from mirab.observe.observed import Edition
from mirab.stages.observing import Seen, Wish, live_store, observe

ON = date(2023, 10, 5)
CELLS = {"mira_upper": (41.575, 71.225), "side_upper": (41.475, 69.425)}


def answer(days: Sequence[date], june: float, members: int = 0) -> bytes:
    """What the model says at the cells of both headwaters, as the API tells it."""
    told = []
    for (lat, lon), scale in zip(CELLS.values(), (330.0, 45.0), strict=True):
        flow = [round(scale * june * (1 + 0.05 * (day.year % 7)), 1) for day in days]
        daily: dict[str, object] = {"time": [str(day) for day in days], "river_discharge": flow}
        for number in range(1, members + 1):
            daily[f"river_discharge_member{number:02d}"] = [one * (0.8 + 0.1 * number) for one in flow]
        told.append({"latitude": lat, "longitude": lon, "daily": daily})
    return json.dumps(told).encode()


def span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.fixture
def wish(tmp_path: Path) -> Wish:
    """A user who has asked for twelve years of the model and one forecast on 3 October 2023."""
    asked = Wish("toy", ON, ON, tmp_path / "out", tmp_path / "own.sqlite", members=40)
    store = live_store(asked.own, observe(asked).region)
    at = datetime(2023, 10, 3, 12, tzinfo=UTC)
    pages = {"cells": answer(span(date(2021, 6, 1), date(2021, 6, 30)), 1.0)}
    pages |= {
        f"history_{year}_x": answer(span(date(year, 1, 1), date(year, 12, 31)), 0.5)
        for year in range(2011, 2023)
    }
    pages["forecast_2023_10_01"] = answer(span(date(2023, 9, 21), date(2023, 12, 31)), 0.5, members=3)
    for name, data in pages.items():
        store.keep("openmeteo", Page(name, data, at, "json"), name, Edition(), date(2011, 1, 1))
    return asked


def project(asked: Wish) -> tuple[Seen, centre.Projection]:
    seen = observe(asked)
    water = next(domain for domain in seen.domains if domain.name == "water")
    return seen, centre.project(water, seen, asked)


def test_a_forecast_that_is_at_hand_stays_out_by_default_and_is_named(wish: Wish) -> None:
    seen, found = project(wish)
    assert [(one.quantity, one.members) for one in seen.forecasts] == [("inflow_modelled", 1), ("inflow", 4)]
    assert not found.plan.guides
    assert any("not shown to be better" in line for line in found.plan.assumptions)


def test_one_that_is_chosen_guides_the_drivers_and_is_told_apart(wish: Wish) -> None:
    (usual, free), (chosen, bound) = project(wish), project(replace(wish, guiding="on"))
    assert set(bound.plan.guides) == set(CELLS)
    assert centre.digest(usual) != centre.digest(chosen)
    assert any("2 of 2 sources of inflow follow a forecast" in line for line in bound.plan.assumptions)
    assert bound.outlook.run.volume["highdam"].tolist() != free.outlook.run.volume["highdam"].tolist()


def test_what_came_after_the_date_is_not_known(wish: Wish) -> None:
    before = observe(replace(wish, on=date(2023, 10, 2)))
    assert before.forecasts == ()
    assert centre.digest(before) == centre.digest(observe(replace(wish, on=ON, own=Path("none.sqlite"))))


def test_the_ledger_says_which_model_of_which_day(wish: Wish) -> None:
    seen = observe(wish)
    lines = ledger.ledger(seen.region, seen.observations, ON, forecasts=seen.forecasts)
    told = [line for line in lines if line.part.startswith("Model of others")]
    assert [line.rows for line in told] == [2, 2]
    assert "had on 3 October 2023, 2 days before 5 October 2023" in told[0].remark


def test_a_damaged_page_leaves_the_source_out(wish: Wish) -> None:
    files = sorted(path for path in wish.own.parent.rglob("*") if path.is_file() and path.suffix != ".sqlite")
    for path in files:
        path.write_bytes(b"no page")
    assert observe(wish).forecasts == ()


def test_an_unknown_use_is_refused_before_anything_runs(wish: Wish) -> None:
    with pytest.raises(UnknownNameError, match="nearest is 'if-better'"):
        centre.brief(replace(wish, guiding="better"))
