"""A pack is loaded typed and whole, or not at all with every reason."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from mirab.core.errors import RegionError
from mirab.observe.reading import LIMIT_MB
from mirab.observe.region import BUNDLED, find, load

Edit = Callable[[str, str, str], None]


def test_a_bare_name_finds_the_bundled_pack() -> None:
    assert load("toy").path == BUNDLED / "toy"


def test_a_pack_is_read_again_once_a_file_of_it_is_another(tmp_path: Path) -> None:
    pack = tmp_path / "valleys"
    shutil.copytree(BUNDLED / "toy", pack)
    first = load(pack)
    assert load(pack) is first
    settings = pack / "region.toml"
    settings.write_text(settings.read_text().replace(first.title, "Three valleys"))
    assert (load(pack).title, first.title) == ("Three valleys", load("toy").title)


def test_cells_come_typed_and_an_empty_cell_is_none() -> None:
    toy = load("toy")
    link = next(row for row in toy.rows("water/links") if row["link_id"] == "midtown__fork")
    assert (link["capacity_m3s"], link["lag_steps"], link["state"]) == (900.0, 1, None)
    assert toy.rows("water/series")[0]["date"] == date(2021, 10, 1)
    assert toy.rows("sources")[1]["licence_settled"] is False


def test_an_optional_table_that_the_pack_lacks_has_no_rows() -> None:
    assert load("toy").rows("water/balances") == ()


def test_sources_carry_whether_their_licence_is_settled() -> None:
    sources = load("toy").sources
    assert sources["toy_invented"].licence_settled
    assert not sources["toy_unsettled"].licence_settled


def test_files_of_shapes_are_found_by_name() -> None:
    assert load("toy").file("map/states.geojson").is_file()


def test_a_missing_file_of_shapes_names_the_nearest() -> None:
    with pytest.raises(RegionError, match=r"map/state.geojson is missing; nearest is 'map/states.geojson'"):
        load("toy").file("map/state.geojson")


def test_rows_of_unsettled_licence_go_with_one_setting(pack: Path, edit: Edit) -> None:
    edit("region.toml", "drop_unsettled_licences = false", "drop_unsettled_licences = true")
    authors = {row["author"] for row in load(pack).rows("water/series")}
    assert authors == {"Ardia Hydrological Service", "High Dam operator"}


def test_a_row_that_also_rests_on_a_settled_source_stays(pack: Path, edit: Edit) -> None:
    edit("water/caps.csv", "toy_invented", "toy_unsettled|toy_invented")
    assert load(pack).without_unsettled().rows("water/caps")


@pytest.mark.parametrize(
    ("prefix", "ending"), [("\ufeff", "\n"), ("", "\r\n"), ("\ufeff", "\r\n")], ids=["bom", "crlf", "both"]
)
def test_files_from_spreadsheets_read_the_same(pack: Path, prefix: str, ending: str) -> None:
    before = load(pack).rows("water/nodes")
    file = pack / "water/nodes.csv"
    text = prefix + file.read_text(encoding="utf-8").replace("\n", ending)
    file.write_text(text, encoding="utf-8", newline="")
    assert load(pack).rows("water/nodes") == before


def test_nothing_is_guessed_from_how_a_text_looks(pack: Path, edit: Edit) -> None:
    edit("states.csv", "XAA,Ardia", "XAA,NO")
    edit("water/assumptions.csv", "invented,Every figure", "012,Every figure")
    region = load(pack)
    assert region.states[0]["name"] == "NO"
    assert region.rows("water/assumptions")[0]["assumption_id"] == "012"


def test_a_table_in_parquet_reads_like_one_in_csv(pack: Path) -> None:
    import duckdb

    before = load(pack).rows("water/series")
    csv, parquet = pack / "water/series.csv", pack / "water/series.parquet"
    duckdb.read_csv(str(csv)).write_parquet(str(parquet))
    csv.unlink()
    assert load(pack).rows("water/series") == before


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("nowhere", "nowhere is not there; give a folder, or a bundled pack: choose from "),
        ("tpy", "tpy is not there; give a folder, or a bundled pack: nearest is 'toy'"),
        ("file.csv", "file.csv is a file, not a folder; give a folder, or a bundled pack"),
        ("empty", "is no region pack: it has no region.toml; a pack is a folder with region.toml, "),
    ],
)
def test_what_is_no_pack_is_told_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file.csv").touch()
    Path("empty").mkdir()
    with pytest.raises(RegionError, match=re.escape(message)):
        find(where)


def test_a_table_over_the_limit_is_refused_before_it_is_read(pack: Path) -> None:
    with (pack / "water/series.csv").open("r+b") as file:
        file.truncate(1_000_000_000)  # a sparse file: it takes no room and would take minutes to read
    with pytest.raises(
        RegionError, match=rf"water/series.csv has 1000 MB, the limit of a table is {LIMIT_MB} MB; .*Parquet"
    ):
        load(pack)


def test_a_parquet_with_too_many_rows_is_refused_before_it_is_read(pack: Path) -> None:
    import duckdb

    (pack / "water/series.csv").unlink()
    file = pack / "water/series.parquet"
    duckdb.sql("SELECT 1 AS value FROM range(1000001)").write_parquet(str(file))
    with pytest.raises(
        RegionError, match=r"water/series.parquet has 1000001 rows, the limit of a table is 1000000"
    ):
        load(pack)


@pytest.mark.slow
def test_a_big_table_under_the_limit_loads(pack: Path) -> None:
    file = pack / "water/series.csv"
    head = file.read_text(encoding="utf-8").partition("\n")[0]
    line = "highdam,inflow,2001-01-01,1.5,observer {},toy_invented,estimated,\n"
    file.write_text(head + "\n" + "".join(line.format(i) for i in range(600_000)), encoding="utf-8")
    assert len(load(pack).rows("water/series")) == 600_000
