"""The ledger says what is missing before it says what is there, and ages what was observed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from mirab.core import declared
from mirab.core.presence import Presence
from mirab.core.records import Confidence, Evidence, LedgerLine, Marking, Observation
from mirab.observe.ledger import ledger
from mirab.observe.region import load

ON = date(2026, 11, 21)
SEEN = Observation(
    "highdam",
    "volume",
    date(2026, 11, 1),
    date(2026, 11, 11),
    1750.0,
    "million m3",
    "Midtown Gazette",
    Evidence("toy_invented", Confidence.SECONDARY),
)
Edit = Callable[[str, str, str], None]
ABSENT = {"value": None, "presence": Presence.ABSENT}


def line(part: str, lines: tuple[LedgerLine, ...]) -> LedgerLine:
    (found,) = (one for one in lines if one.part == part)
    return found


def test_gaps_come_first_in_the_order_of_the_pack() -> None:
    region = load("central_asia")
    lines = ledger(region, (), ON)
    gaps = region.rows("gaps")
    assert [one.part for one in lines[: len(gaps)]] == [row["part"] for row in gaps]
    assert {one.presence for one in lines[: len(gaps)]} == {Presence.ABSENT, Presence.NOT_MODELLED}
    assert all(one.remark.endswith(".") for one in lines[: len(gaps)])


def test_every_row_of_a_table_is_counted_once_by_its_confidence() -> None:
    region = load("central_asia")
    for one in ledger(region, (), ON):
        if one.part in region.tables:
            assert sum(one.by_confidence.values()) == one.rows == len(region.rows(one.part))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "10 November 2026, 11 days before 21 November 2026"),
        (10, "20 November 2026, 1 day before"),
        (11, "21 November 2026, up to date"),
    ],
)
def test_an_observation_has_the_age_of_its_last_day(days: int, words: str) -> None:
    seen = replace(SEEN, end=SEEN.end + timedelta(days=days))
    found = line("High Dam reservoir, Midtown Gazette", ledger(load("toy"), (seen,), ON))
    assert words in found.remark
    assert found.by_confidence == {"secondary": 1}


def test_a_value_that_is_absent_is_counted_as_absent_and_not_as_a_row() -> None:
    lines = ledger(load("toy"), (SEEN, replace(SEEN, **ABSENT)), ON)
    found = line("High Dam reservoir, Midtown Gazette", lines)
    assert found.rows == 1
    assert found.remark.endswith("1 value is absent.")


def test_a_station_without_any_value_is_absent() -> None:
    found = line("High Dam reservoir, Midtown Gazette", ledger(load("toy"), (replace(SEEN, **ABSENT),), ON))
    assert found.presence is Presence.ABSENT
    assert "No value is known." in found.remark


def test_two_authors_at_one_station_are_two_lines() -> None:
    lines = ledger(load("toy"), (SEEN, replace(SEEN, author="Lake Service")), ON)
    assert len([one for one in lines if one.part.startswith("High Dam reservoir")]) == 2


@pytest.mark.parametrize("hidden", [{"start": date(2026, 12, 1)}, {"marking": Marking.INTERNAL}])
def test_what_lies_ahead_or_is_not_for_this_audience_leaves_no_line(hidden: dict[str, object]) -> None:
    lines = ledger(load("toy"), (replace(SEEN, **hidden),), ON)
    assert not [one for one in lines if "Midtown Gazette" in one.part]


def test_an_audience_within_sees_its_own_observations() -> None:
    lines = ledger(load("toy"), (replace(SEEN, marking=Marking.INTERNAL),), ON, audience=Marking.INTERNAL)
    assert line("High Dam reservoir, Midtown Gazette", lines).rows == 1


def test_rows_of_unsettled_licences_are_counted_while_they_are_kept() -> None:
    region = load("central_asia")
    found = line("Rows whose licence is not settled", ledger(region, (), ON))
    whole, settled = (
        sum(len(table.rows) for table in one.tables.values()) for one in (region, region.without_unsettled())
    )
    assert found.rows == whole - settled > 0
    assert f"{found.rows:,} rows kept" in found.remark


def test_rows_of_unsettled_licences_are_told_of_when_they_dropped(pack: Path, edit: Edit) -> None:
    edit("region.toml", "drop_unsettled_licences = false", "drop_unsettled_licences = true")
    found = line("Rows whose licence is not settled", ledger(load(pack), (), ON))
    assert found.presence is Presence.ABSENT
    assert (found.rows, found.by_confidence) == (0, {})
    assert found.remark.startswith("72 rows dropped")


def test_observations_of_a_pack_make_one_line_for_each_station_and_author() -> None:
    region = load("central_asia")
    seen = declared.observations(region, "water")
    parts = [one.part for one in ledger(region, seen, ON) if "Last value" in one.remark]
    assert len(parts) == len({(one.item, one.author) for one in seen}) == len(set(parts))
