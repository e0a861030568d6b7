"""A table as a grid: pasted in the usual ways, or from a workbook."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from mirab.core.errors import ReadingsError
from mirab.observe import grids

ROWS = [(1, ("a", "1")), (3, ("b", "2,5"))]


@pytest.mark.parametrize(
    "text", ["a\t1\n\nb\t2,5\n", "a;1\n\nb;2,5", "a    1\n\nb   2,5", "| a | 1 |\n\n| b | 2,5 |"]
)
def test_a_pasted_table_is_one_whatever_stands_between_its_cells(text: str) -> None:
    assert grids.of_text(text) == ROWS


def test_the_rule_under_the_head_of_a_table_is_no_row() -> None:
    assert grids.of_text("| a | b |\n|---|:-:|\n| 1 | 2 |") == [(1, ("a", "b")), (3, ("1", "2"))]


def test_a_workbook_gives_whole_numbers_without_a_point_and_days_as_days(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["a\n b", 7100.0, 2.5, None])
    book.save(tmp_path / "table.xlsx")
    assert grids.of_file(tmp_path / "table.xlsx") == [(1, ("a b", "7100", "2.5", ""))]


def test_columns_are_named_as_a_spreadsheet_names_them() -> None:
    assert [grids.column(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingsError, match="is not a file"):
        grids.of_file(tmp_path / "none.xlsx")
    (tmp_path / "no.xlsx").write_text("no")
    with pytest.raises(ReadingsError, match="is not an XLSX file"):
        grids.of_file(tmp_path / "no.xlsx")
    (tmp_path / "no.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ReadingsError, match="is not UTF-8 text"):
        grids.of_file(tmp_path / "no.txt")
    with pytest.raises(ReadingsError, match="more than 5000 rows"):
        grids.of_text("a;b\n" * 5001)
