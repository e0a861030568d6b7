"""Tables of saved pages: the largest one, merged cells as a workbook has them, whatever surrounds it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.errors import ReadingsError
from mirab.observe import dekads, grids, page_tables
from mirab.observe.dekads import Asked
from mirab.observe.region import load

PAGE = """<!DOCTYPE html><html><head><title>BWO</title><meta charset="windows-1251">
<script>var t = "<table>";</script></head>
<body><table class="layout"><tr><td>Menu</td><td><h2>Режим работы водохранилищ, вегетация 2024 г.</h2>
<table border=1><thead><tr><th rowspan="2">Створ<th rowspan="2">Ед. изм.<th colspan="3">Апрель
<th colspan=3>Май
<tr><th>I<th>II<th>III<th>I<th>II<th>III</thead>
<tr><td colspan="8"><b>Токтогульское&nbsp;водохранилище</b></td></tr>
<tr><td>Приток</td><td>м3/с</td><td>210,5</td><td>260</td><td>301</td><td>390</td><td>455</td><td>520</td></tr>
<tr><td>Попуск - факт</td><td>м<sup>3</sup>/с</td><td>300</td><td>-</td><td>305</td>
<td>320</td><td>330</td><td>341</td></tr>
</table></td></tr></table></body></html>"""
TITLE = "Режим работы водохранилищ, вегетация 2024 г."


def saved(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_a_saved_page_tells_the_readings_that_its_table_shows(tmp_path: Path) -> None:
    grid = grids.of_file(saved(tmp_path / "table.html", PAGE.encode("cp1251")))
    found = dekads.read(grid, load("central_asia"), Asked("BWO"))
    told = {(one["quantity"], one["date"]): one["value"] for _, one in found.lines}
    assert found.problems == []
    assert told["inflow", "2024-04-D1"] == "210.5"
    assert told["inflow", "2024-05-D3"] == "520"
    assert told["release", "2024-04-D3"] == "305"
    assert ("release", "2024-04-D2") not in told


def test_a_table_inside_a_cell_is_a_table_of_its_own_with_the_words_before_it() -> None:
    rows = page_tables.largest(PAGE)
    assert TITLE in rows[0][0]
    assert rows[1] == ["Створ", "Ед. изм.", "Апрель", "", "", "Май", "", ""]
    assert rows[2] == ["", "", "I", "II", "III", "I", "II", "III"]
    assert rows[3][0] == "Токтогульское водохранилище"


@pytest.mark.parametrize("page", ["<p>No table here</p>", "", "<table></table>", "<table><tr><td> </table>"])
def test_a_page_without_a_table_is_refused_with_a_way_out(page: str, tmp_path: Path) -> None:
    with pytest.raises(ReadingsError, match="holds no table.*paste it into -"):
        grids.of_file(saved(tmp_path / "page.htm", page.encode()))


def test_letters_are_read_as_the_page_names_them_and_as_windows_1251_where_it_does_not() -> None:
    assert page_tables.decoded('<meta charset="koi8-r">приток'.encode("koi8-r")).endswith("приток")
    assert page_tables.decoded("приток".encode("cp1251")) == "приток"
    assert page_tables.decoded('<meta charset="none-such">приток'.encode("cp1251")).endswith("приток")


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.lists(st.lists(st.text("ab1 ", max_size=3), min_size=1, max_size=4), min_size=1, max_size=4))
def test_a_plain_table_comes_back_cell_by_cell(rows: list[list[str]]) -> None:
    html = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    assert page_tables.largest(f"<table>{html}</table>") == [
        [" ".join(c.split()) for c in row] for row in rows
    ]


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.text("<>/td trble=\"'2x&#;", max_size=60))
def test_no_page_however_broken_ends_in_an_error(text: str) -> None:
    rows = page_tables.largest("<table><tr><td rowspan=3 colspan=2>" + text)
    assert all(isinstance(cell, str) for row in rows for cell in row)
