"""The descriptor says what lies in the pack, and a new pack is valid from the first minute."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mirab.core.errors import RegionError
from mirab.observe.check import check
from mirab.observe.describe import describe, new, summary
from mirab.observe.region import BUNDLED, DESCRIPTOR, SETTINGS, load

PACKS = sorted(folder.name for folder in BUNDLED.iterdir() if (folder / SETTINGS).is_file())


def resource(folder: Path, name: str) -> dict[str, object]:
    listed = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))["resources"]
    return next(entry for entry in listed if entry["name"] == name)


@pytest.mark.parametrize("name", PACKS)
def test_the_descriptor_of_a_bundled_pack_is_up_to_date(name: str, tmp_path: Path) -> None:
    import shutil

    copy = Path(shutil.copytree(BUNDLED / name, tmp_path / name))
    describe(copy)
    assert (copy / DESCRIPTOR).read_bytes() == (BUNDLED / name / DESCRIPTOR).read_bytes()


def test_a_descriptor_is_written_where_there_is_none(pack: Path) -> None:
    (pack / DESCRIPTOR).unlink()
    describe(pack)
    schema = resource(pack, "water/links")["schema"]
    assert isinstance(schema, dict)
    assert {"name": "length_km", "type": "number"}.items() <= schema["fields"][6].items()
    assert schema["fields"][6]["unit"] == "km"
    assert schema["primaryKey"] == ["link_id"]
    assert {"fields": ["to_node"], "reference": {"resource": "water/nodes", "fields": ["node_id"]}} in schema[
        "foreignKeys"
    ]


def test_describing_twice_changes_nothing(pack: Path) -> None:
    describe(pack)
    first = (pack / DESCRIPTOR).read_bytes()
    describe(pack)
    assert (pack / DESCRIPTOR).read_bytes() == first


def test_what_the_descriptor_says_of_own_tables_is_kept(pack: Path) -> None:
    before = resource(pack, "fibre/links")
    describe(pack)
    assert resource(pack, "fibre/links") == before


def test_a_pack_that_cannot_be_read_is_not_described(pack: Path) -> None:
    (pack / "states.csv").write_bytes(b"state,n\xffme\n")
    with pytest.raises(RegionError, match=r"states.csv:1 is not UTF-8 text"):
        describe(pack)


def test_a_summary_counts_rows_by_confidence_and_licence() -> None:
    series = next(line for line in summary(load("toy")) if line.table == "water/series")
    assert (series.rows, series.by_confidence, series.unsettled) == (288, {"estimated": 288}, 72)


def test_a_new_pack_is_valid_and_bears_its_name(tmp_path: Path) -> None:
    folder = new(tmp_path / "my_region")
    assert check(folder).name == "my_region"
    assert json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))["name"] == "my_region"


def test_a_new_pack_never_overwrites(tmp_path: Path) -> None:
    with pytest.raises(RegionError, match=r"is already there; name a folder that does not exist yet"):
        new(tmp_path)


def test_a_new_pack_under_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(
        RegionError, match=r"cannot be written: Not a directory; choose a folder where you may"
    ):
        new(tmp_path / "file" / "pack")
