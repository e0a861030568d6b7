"""Tables: every row says unit, source and confidence; no file is written twice; no cell starts a formula."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from mirab.brief.specimen import blank, ground, specimen
from mirab.brief.tables import files, path
from mirab.core.errors import InputError


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_row_of_every_table_says_unit_source_and_confidence() -> None:
    for name, text in files(specimen(), ground()).items():
        for row in read(text):
            assert row["unit"], name
            assert row["source_id"], name
            assert row["confidence"], name


def test_an_absent_figure_is_an_empty_cell() -> None:
    rows = read(files(specimen(), ground())["data/served-season.csv"])
    assert [row["limit_km3"] for row in rows] == ["4.2", "9.6", ""]


def test_an_empty_briefing_has_a_map_table_with_heads_only() -> None:
    assert files(blank(), ground())["data/map.csv"].startswith("place,longitude,latitude,threat_id")


def test_two_series_never_share_a_file() -> None:
    one = specimen().series[0]
    with pytest.raises(InputError, match=r"data/fan-upper.csv would hold more than one series"):
        files(replace(blank(), series=(one, replace(one, id="fan/upper"))), ground())


def test_an_id_cannot_leave_the_folder() -> None:
    assert path(replace(specimen().series[0], id="../../etc/passwd")) == "data/etc-passwd.csv"


def test_a_cell_cannot_start_a_formula() -> None:
    threat = replace(specimen().threats[0], title="=HYPERLINK(1)")
    rows = read(files(replace(blank(), threats=(threat,)), ground())["data/map.csv"])
    assert rows[0]["title"] == "'=HYPERLINK(1)"
