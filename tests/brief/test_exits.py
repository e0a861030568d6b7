from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from mirab import inquiry, joint
from mirab.brief import cartography, exits, relief
from mirab.brief.basemap import Basemap
from mirab.centre import Wish
from mirab.core.records import Marking
from mirab.observe.region import load


@pytest.fixture(scope="module")
def wish(tmp_path_factory: pytest.TempPathFactory) -> Wish:
    folder = tmp_path_factory.mktemp("exits")
    on, today = date(2023, 10, 1), date(2026, 11, 22)
    return Wish("toy", on, today, folder, folder / "own.sqlite", members=30, audience=Marking.INTERNAL)


def printed(width: int = 160) -> Console:
    return Console(file=StringIO(), width=width)


def text(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_a_row_a_state_and_what_it_rests_on_are_printed(wish: Wish) -> None:
    console = printed()
    exits.show(inquiry.without("fibre", [], [], wish), console)
    told = text(console)
    assert "Boria" in told
    assert "Boria backbone (Boria city to South of Boria)" in told
    assert "6 of 6 links that carry traffic and 6 of their lengths are estimated." in told


def test_what_is_left_is_printed_beside_what_there_is(wish: Wish) -> None:
    console = printed()
    exits.show(inquiry.without("fibre", ["XCC"], [], wish), console)
    boria = next(line for line in text(console).splitlines() if line.startswith("Boria"))
    assert "1 of 2" in boria
    assert "5\u00a0% at once, 100\u00a0% once traffic is moved" in boria


def test_json_holds_the_same_as_numbers(wish: Wish, capsys: pytest.CaptureFixture[str]) -> None:
    exits.print_json(inquiry.without("fibre", ["XCC"], [], wish))
    found = json.loads(capsys.readouterr().out)
    assert found["gone"] == ["XCC"]
    assert found["left"]["XBB"]["ways"] == 1
    assert "are estimated" in found["rests_on"][0]


def test_groups_are_printed_with_the_steps_that_they_take(
    wish: Wish, capsys: pytest.CaptureFixture[str]
) -> None:
    found = joint.resolved("fibre:together", wish)
    assert isinstance(found, relief.Saved)
    console = printed()
    relief.show(found, console)
    assert "Boria: " in text(console)
    assert "by: The southern cable carries traffic" in text(console)
    relief.print_json(found)
    told = json.loads(capsys.readouterr().out)
    alone = next(one for one in told["coalitions"] if one["states"] == ["XBB"])
    assert alone["steps"] == ["fibre:southern_cable"]
    assert sum(told["shares"]["shapley"][state][1] for state in told["states"]) == pytest.approx(
        next(one["saved"][1] for one in told["coalitions"] if len(one["states"]) == 3)
    )


def test_the_map_tells_links_that_work_from_planned_ones() -> None:
    toy = load("toy")
    names = {row["state"]: row["name"] for row in toy.states}
    folder = Path(toy.path) / "map"
    basemap = Basemap(folder / "states.geojson", disclaimer="invented", year="2026")
    links = exits._cables("fibre", toy)
    layers = cartography.cables(basemap, links, names, width=600)
    lines = {
        name: layers[name][0]["geometry"]["coordinates"] for name in ("operating", "crossings", "planned")
    }
    assert {name: len(found) for name, found in lines.items()} == {
        "operating": 2,
        "crossings": 4,
        "planned": 1,
    }
    assert lines["planned"][0] == ((69.9, 40.2), (64.0, 40.0))
