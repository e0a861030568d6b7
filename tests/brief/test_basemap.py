"""The base map: never without its disclaimer, and a file that cannot be read is named."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest

from mirab.brief.basemap import LAYERS, Basemap
from mirab.brief.specimen import ground
from mirab.core.errors import InputError


def test_a_map_without_disclaimer_and_year_is_refused() -> None:
    with pytest.raises(InputError, match="2 problems\n  disclaimer is empty"):
        Basemap(states=None)


def test_the_window_holds_all_nodes() -> None:
    west, south, east, north = ground().bounds()
    assert west < 61.0 < 68.0 < east
    assert south < 41.0 < north


def test_a_map_without_nodes_asks_for_its_window() -> None:
    with pytest.raises(InputError, match="window is not given and no node has a position"):
        Basemap(states=None, disclaimer="d", year="2020").bounds()


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_a_file_that_is_no_geojson_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "states.geojson"
    path.write_text(text)
    with pytest.raises(InputError, match=r"states.geojson.*give a GeoJSON file"):
        Basemap(states=path, disclaimer="d", year="2020").features("states")


def test_unsettled_lines_are_dotted_without_being_asked_for() -> None:
    assert [row["states"] for row in Basemap(states=None, disclaimer="d", year="2020").dotted] == [
        ["CHN", "IND", "PAK"]
    ]


def test_a_base_map_of_plain_values_is_the_same_map() -> None:
    assert ground().plain().keys() == {one.name for one in fields(Basemap)}
    again = Basemap(**json.loads(json.dumps(ground().plain())))
    assert again.bounds() == ground().bounds()
    assert again.points() == ground().points()
    assert all(again.features(name) == ground().features(name) for name in LAYERS)
