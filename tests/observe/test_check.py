"""Every wrong input is named with file, line, value and the way out, all at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mirab.core.errors import RegionError
from mirab.core.fields import units
from mirab.observe.check import check
from mirab.observe.describe import describe
from mirab.observe.region import BUNDLED, SETTINGS, load
from mirab.observe.tables import schemas

Edit = Callable[[str, str, str], None]
PACKS = sorted(folder.name for folder in BUNDLED.iterdir() if (folder / SETTINGS).is_file())

# file, old text, new text, the one message
CASES = [
    (
        "water/links.csv",
        "fork__salt_lake,fork,salt_lake",
        "fork__salt_lake,fork,salt_lke",
        "water/links.csv:6 to_node='salt_lke' is not in water/nodes.node_id; nearest is 'salt_lake'",
    ),
    (
        "water/links.csv",
        ",600,,170,",
        ",600,,,",
        "water/links.csv:5 lag_steps=1 of 'midtown__fork' without the flow under way at the start; "
        "write it in initial_m3s, 0 for a dry bed",
    ),
    (
        "water/links.csv",
        "900,flood_plain",
        "900,",
        "water/links.csv:5 capacity_m3s=900 of 'midtown__fork' names no place for the excess (§5); "
        "write the node where it goes in excess_to",
    ),
    (
        "water/links.csv",
        "900,flood_plain",
        "9OO,flood_plain",
        "water/links.csv:5 capacity_m3s='9OO' is not a number; write it like 1234.5, or leave the cell empty",
    ),
    (
        "water/links.csv",
        "900,flood_plain",
        "nan,flood_plain",
        "water/links.csv:5 capacity_m3s='nan' is not a number; write it like 1234.5, or leave the cell empty",
    ),
    (
        "water/links.csv",
        "flood_plain,0.03,1,",
        "flood_plain,0.03,1.5,",
        "water/links.csv:5 lag_steps='1.5' is not a whole number; write it like 12, or leave the cell empty",
    ),
    (
        "water/links.csv",
        "flood_plain,0.03,1,",
        "flood_plain,1.03,1,",
        "water/links.csv:5 loss_fraction=1.03 is out of bounds; allowed is 0 to 0.999",
    ),
    (
        "water/series.csv",
        "2021-10-01",
        "01.10.2021",
        "water/series.csv:2 date='01.10.2021' is not a date; write it like 2023-04-01",
    ),
    (
        "sources.csv",
        ",yes,",
        ",perhaps,",
        "sources.csv:2 licence_settled='perhaps' is not yes or no; write yes or no",
    ),
    (
        "water/nodes.csv",
        "midtown,node,",
        "midtown,lake,",
        "water/nodes.csv:4 kind='lake' is not a choice; choose from 'source', 'node', 'store', 'boundary'",
    ),
    (
        "water/nodes.csv",
        "midtown,node,Midtown",
        "midtown,node,",
        "water/nodes.csv:4 name is empty; Name",
    ),
    (
        "water/caps.csv",
        "toy_invented",
        "toy_invented|toy_invent",
        "water/caps.csv:2 source_id='toy_invent' is not in sources.source_id; nearest is 'toy_invented'",
    ),
    (
        "water/claim_shares.csv",
        "right_bank,XCC,0.8",
        "right_bank,XCC,0.7",
        "water/claim_shares.csv:4 shares of claim 'right_bank' sum to 0.9; they must sum to 1",
    ),
    (
        "water/claim_shares.csv",
        "left_bank,XBB,1,toy_invented,estimated,invented\n",
        "",
        "water/claims.csv:3 claim 'left_bank' belongs to no state; say in water/claim_shares.csv whose it is",
    ),
    (
        "water/claims.csv",
        "0.15,salt_lake",
        "0.15,",
        "water/claims.csv:3 return_fraction=0.15 of 'left_bank' names no place of return; "
        "write the node where it comes back in return_node",
    ),
    (
        "water/curves.csv",
        "highdam,1200,45",
        "highdam,390,45",
        "water/curves.csv:4 volume_mcm=390 does not rise above 400 of the point below; "
        "order the points from the bottom up",
    ),
    (
        "water/curves.csv",
        "highdam,1200,45",
        "highdam,1200,12",
        "water/curves.csv:4 area_km2=12 falls below 22 while the volume rises; correct the point",
    ),
    (
        "water/curves.csv",
        "highdam,3200,84",
        "highdam,3000,84",
        "water/curves.csv:6 curve of 'highdam' ends at 3000, below full_mcm=3200; "
        "carry it up to the full volume",
    ),
    (
        "water/zones.csv",
        "3000,toy",
        "300,toy",
        "water/zones.csv:3 top_mcm=300 of 'working' lies below 400 of 'dead' in dekad 1; "
        "order the zones from the bottom up",
    ),
    (
        "water/zones.csv",
        "flood,9,,3200",
        "flood,9,,3300",
        "water/zones.csv:4 top_mcm=3300 is above full_mcm=3200; lower it",
    ),
    (
        "water/zones.csv",
        "working,6,,",
        "working,6,4,",
        "water/zones.csv:3 zone 'working' has 1 tops; give one without dekad, or one for each of 36",
    ),
    (
        "water/links.csv",
        "river,Side River,,90,,,0,0",
        "river,Side River,,90,,,0.1,0",
        "water/links.csv:4 loss_fraction=0.1 stands on the link out of the source 'side_upper'; "
        "an inflow arrives whole and at once: put it on the next link",
    ),
    (
        "water/series.csv",
        "2021-10-01",
        "2021-10-02",
        "water/series.csv:2 date=2021-10-02 starts no dekad; dekads start on days 1, 11 and 21 (§2)",
    ),
    (
        "water/stores.csv",
        "3200,400,2000",
        "3200,400,5000",
        "water/stores.csv:2 start_mcm=5000 of 'highdam' is more than full_mcm=3200; lower it",
    ),
    (
        "water/releases.csv",
        "highdam__midtown,7,",
        "highdam__midtown,6,",
        "water/releases.csv:8 link_id=highdam__midtown, dekad=6 is already in line 7; "
        "remove one, or rename it",
    ),
    (
        "water/inflows.csv",
        ",side_upper,plain",
        ",side_upper|mira_upper,plain",
        "water/inflows.csv:3 inflow of 'side_upper' contains 'mira_upper', "
        "which 'mira_upper' counts already; "
        "carry the residual only, and take it out of contains",
    ),
    (
        "water/inflows.csv",
        "mira_upper,150.2",
        "mira_upper,15.2",
        "water/inflows.csv:2 annual_m3s=15.2 is not the mean of the months, 150.7; "
        "correct one of them; months count by their days",
    ),
    (
        "water/nodes.csv",
        "side_upper,source",
        "side_upper,node",
        "water/nodes.csv:5 'side_upper' has an inflow but is a node, not a source; "
        "add a source above it that carries the inflow",
    ),
    (
        "water/readings.csv",
        ",mcm,",
        ",barrels,",
        "water/readings.csv:2 unit='barrels' is not known; ",
    ),
    (
        "water/readings.csv",
        ",mcm,",
        ",m3/s,",
        "water/readings.csv:2 unit='m3/s' does not measure volume; give the value in million m3",
    ),
    (
        "water/readings.csv",
        "highdam,volume",
        "highdam,volum",
        "water/readings.csv:2 quantity='volum' is not in core/fields.csv; nearest is 'volume'",
    ),
    (
        "water/readings.csv",
        ",1750,",
        ",-1750,",
        "water/readings.csv:2 value=-1750 is out of bounds for volume; allowed is 0 or more",
    ),
    (
        "fibre/links.csv",
        "ardia_city__boria_city,ardia_city",
        "ardia_city__boria_city,ardia_town",
        "fibre/links.csv:2 from_node='ardia_town' is not in fibre/nodes.node_id; nearest is 'ardia_city'",
    ),
    (
        "water/turbines.csv",
        "highdam,240",
        ",240",
        "water/turbines.csv:2 turbine 'highdam_plant' has no head; ",
    ),
    ("region.toml", "title =", "tittle =", 'region.toml has no title; add title = "..."'),
    ("region.toml", 'title = "Toy', "title = Toy", "region.toml is not TOML in UTF-8: "),
    ("datapackage.json", '"resources"', '"resorces"', "datapackage.json is not a Data Package descriptor: "),
    (
        "datapackage.json",
        '"reference":',
        '"referense":',
        "datapackage.json is not a Data Package descriptor: ",
    ),
    (
        "datapackage.json",
        '"minimum": ',
        '"minimum": "x", "m": ',
        "datapackage.json is not a Data Package descriptor: ",
    ),
    ("map/states.geojson", '"features":', '"feature":', "map/states.geojson is no FeatureCollection; "),
    ("map/states.geojson", "{", "[", "map/states.geojson is not JSON in UTF-8: "),
    (
        "datapackage.json",
        '"unit": "Gbit/s"',
        '"unit": "bananas"',
        "datapackage.json fibre/links: column 'capacity_gbit_s' has the unknown unit 'bananas'; ",
    ),
]


def problems(path: Path | str) -> list[str]:
    try:
        check(path)
    except RegionError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize("name", PACKS)
def test_every_bundled_pack_passes(name: str) -> None:
    assert problems(name) == []


@pytest.mark.parametrize(("file", "old", "new", "message"), CASES)
def test_a_wrong_cell_is_named(pack: Path, edit: Edit, file: str, old: str, new: str, message: str) -> None:
    edit(file, old, new)
    assert any(found.startswith(message) for found in problems(pack))


def test_one_wrong_cell_makes_one_problem(pack: Path, edit: Edit) -> None:
    edit("water/links.csv", "fork__salt_lake,fork,salt_lake", "fork__salt_lake,fork,n999")
    assert len(problems(pack)) == 1


def test_all_problems_come_at_once(pack: Path, edit: Edit) -> None:
    edit("water/links.csv", "900,flood_plain", "900,")
    edit("water/claim_shares.csv", "right_bank,XCC,0.8", "right_bank,XCC,0.7")
    edit("states.csv", "XAA,Ardia", "XAA,")
    assert len(problems(pack)) == 3


def test_a_file_that_is_wrong_throughout_does_not_flood_the_screen(pack: Path) -> None:
    text = (pack / "water/series.csv").read_text(encoding="utf-8")
    (pack / "water/series.csv").write_text(text.replace("highdam,", "lowdam,"), encoding="utf-8")
    found = problems(pack)
    assert len(found) == 101
    assert found[-1] == "water/series.csv has 188 more problems; mend these first"


def test_a_cycle_without_lag_is_drawn(pack: Path, edit: Edit) -> None:
    row = "fork__midtown,fork,midtown,canal,,,,,,0,0,,,,,,toy_invented,estimated,\n"
    edit("water/links.csv", "fork__salt_lake,", row + "fork__salt_lake,")
    assert problems(pack) == []
    edit("water/links.csv", "flood_plain,0.03,1,", "flood_plain,0.03,0,")
    assert problems(pack) == [
        "water/links.csv:5 closes a cycle without lag: fork -> midtown -> fork; "
        "give one of its links lag_steps of 1 or more, or turn one round"
    ]


def test_a_node_that_leads_nowhere_is_named(pack: Path, edit: Edit) -> None:
    edit("water/nodes.csv", "salt_lake,boundary", "salt_lake,node")
    assert (
        "water/nodes.csv:8 node_id='salt_lake' reaches no boundary; "
        "link it onward, or make its terminal lake or sea a boundary (§5)"
    ) in problems(pack)


def test_a_schedule_with_gaps_is_named(pack: Path, edit: Edit) -> None:
    lines = (pack / "water/releases.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (pack / "water/releases.csv").write_text("".join(lines[:-2]), encoding="utf-8")
    assert problems(pack) == [
        "water/releases.csv:2 releases of 'highdam__midtown' lack the dekads 35, 36; give all 36"
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("water/caps.csv", b"", "water/caps.csv is empty; write at least the line of column names"),
        ("water/caps.csv", b"\r\n", "water/caps.csv is empty; "),
        (
            "water/caps.csv",
            b"cap_id,capacity_m3s,source_id,confidence,note\n",
            "water/caps.csv has no rows; add one, or remove the file",
        ),
        (
            "water/caps.csv",
            b"cap_id,capacity,source_id,confidence,note\nfork_headworks,300,toy_invented,estimated,\n",
            "water/caps.csv has no column 'capacity_m3s'; is it 'capacity'?",
        ),
        (
            "water/caps.csv",
            b"cap_id,cap_id,capacity_m3s\na,b,1\n",
            "water/caps.csv:1 column 'cap_id' is there twice; remove one",
        ),
        (
            "water/caps.csv",
            b"cap_id,,capacity_m3s\na,b,1\n",
            "water/caps.csv:1 column 2 has no name; name it",
        ),
        (
            "states.csv",
            b"state,name,source_id,confidence\nXAA,Ardia,toy_invented,estimated\nXBB,Bor\xff,toy_invented,estimated\n",
            "states.csv:3 is not UTF-8 text; save the file as CSV in UTF-8",
        ),
        (
            "states.csv",
            b"state,State,name\nA,B,C\n",
            "states.csv:1 column 'State' is there twice; remove one",
        ),
        ("states.csv", b"state,name\rA,B\r", "states.csv ends its lines with a carriage return alone; save"),
        ("states.csv", b"state,n\xffme\n", "states.csv:1 is not UTF-8 text; save the file as CSV in UTF-8"),
        (
            "states.csv",
            b"state,name,source_id,confidence\nXAA,Ardia, or so,toy_invented,estimated\n",
            "states.csv:2 does not parse (4 columns expected, found 5); quote cells that hold a comma",
        ),
        (
            "states.csv",
            b'state,name,source_id,confidence\nXAA,"Ardia,toy_invented,estimated\nXBB,Boria,toy_invented,estimated\n',
            "states.csv:2 does not parse ",
        ),
        (
            "extra.csv",
            b"a,source_id,confidence\n1,toy_invented,estimated\n",
            "datapackage.json does not list extra.csv; ",
        ),
        ("water/series.parquet", b"PAR0", "water/series.parquet is not a Parquet file: "),
    ],
)
def test_a_spoilt_file_is_named(pack: Path, name: str, content: bytes, message: str) -> None:
    (pack / name).write_bytes(content)
    found = problems(pack)
    assert any(problem.startswith(message) for problem in found), found


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("states.csv", "states.csv is missing; restore it, or take it out of datapackage.json"),
        ("water/curves.csv", "water/curves.csv is missing; restore it, or take it out of datapackage.json"),
        ("map/lakes.geojson", "map/lakes.geojson is missing; restore it, or take it out of datapackage.json"),
        ("datapackage.json", "datapackage.json is missing; `mirab region describe "),
    ],
)
def test_a_missing_file_is_named(pack: Path, name: str, message: str) -> None:
    (pack / name).unlink()
    assert any(problem.startswith(message) for problem in problems(pack))


def test_a_pack_that_needs_rows_of_unsettled_licence_does_not_pass(pack: Path, edit: Edit) -> None:
    edit("water/evaporation.csv", "toy_invented", "toy_unsettled")
    assert problems(pack) == [
        "water/stores.csv:2 evaporation_id='dry_plain' is not in water/evaporation.evaporation_id "
        "once rows of unsettled licence are dropped; there is none to choose from"
    ]


def test_loading_refuses_what_no_table_may_hold(pack: Path, edit: Edit) -> None:
    edit("water/nodes.csv", "midtown,node,", "midtown,lake,")
    edit("water/links.csv", "900,flood_plain", "9OO,flood_plain")
    with pytest.raises(
        RegionError, match=r"region pack: 2 problems\n  water/links.csv:5 .*\n  water/nodes.csv:4 "
    ):
        load(pack)


def test_columns_end_in_a_known_unit() -> None:
    for table, schema in schemas().items():
        for column in schema.values():
            assert not column.unit or column.unit in units(), (table, column)


def test_every_reference_of_the_known_tables_exists() -> None:
    for schema in schemas().values():
        for column in schema.values():
            table, _, name = column.references.rpartition(".")
            assert not table or name in schemas()[table], column


def test_a_described_pack_of_own_tables_passes(pack: Path) -> None:
    (pack / "extra.csv").write_text(
        "a,b,source_id,confidence\n1,x,toy_invented,estimated\n", encoding="utf-8"
    )
    describe(pack)
    assert problems(pack) == []
    assert load(pack).rows("extra")[0]["a"] == 1.0
