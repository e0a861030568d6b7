"""A form is read line by line, and every wrong cell is named."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path

import pytest

from mirab.core.errors import ReadingsError
from mirab.core.records import Marking
from mirab.observe.forms import COLUMNS, Reading, read_form, template
from mirab.observe.region import Region, load

TODAY = date(2024, 1, 1)


@cache
def toy() -> Region:
    return load("toy")


HEAD = "station,quantity,date,value,author,unit,note,marking\n"


def read(tmp_path: Path, text: str, *, encoding: str = "utf-8") -> tuple[list[Reading], list[str]]:
    file = tmp_path / "form.csv"
    file.write_text(text, encoding=encoding, newline="")
    readings, problems = read_form(file, toy(), today=TODAY)
    return readings, [str(problem) for problem in problems]


def test_a_line_becomes_a_reading(tmp_path: Path) -> None:
    readings, _ = read(tmp_path, HEAD + "High Dam reservoir,volume,2023-10-01,1.9,me,km3,by eye,internal\n")
    assert readings == [
        Reading("highdam", "volume", date(2023, 10, 1), "day", 1.9, "km3", "me", "by eye", Marking.INTERNAL)
    ]


@pytest.mark.parametrize("station", ["highdam", "HIGHDAM", "High Dam reservoir", "high dam RESERVOIR"])
def test_a_station_is_known_by_id_and_by_name(tmp_path: Path, station: str) -> None:
    readings, _ = read(tmp_path, HEAD + f"{station},volume,2023-10-01,1900,me,,,\n")
    assert readings[0].item == "highdam"


def test_a_date_may_be_a_month(tmp_path: Path) -> None:
    readings, _ = read(tmp_path, HEAD + "highdam,volume,2023-09,1900,me,,,\n")
    assert (readings[0].start, readings[0].precision) == (date(2023, 9, 1), "month")


def test_lines_of_the_form_that_were_left_empty_are_passed_over(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD + "highdam,volume,,,,million m3,,\n") == ([], [])


def test_semicolons_with_decimal_commas_and_bom_are_read(tmp_path: Path) -> None:
    text = HEAD.replace(",", ";") + "highdam;volume;2023-10-01;1900,5;me;;;\r\n"
    readings, _ = read(tmp_path, text, encoding="utf-8-sig")
    assert readings[0].value == 1900.5


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("highdum,volume,2023-10-01,1,me", "station='highdum' is not in the region; nearest is 'highdam'"),
        ("highdam,volum,2023-10-01,1,me", "quantity='volum' is not known; nearest is 'volume'"),
        (
            "highdam,volume,2023-13-01,1,me",
            "date='2023-13-01' is not a date; write it like 2023-04-01, 2023-04 for a month",
        ),
        ("highdam,volume,2024-02-01,1,me", "date='2024-02-01' lies in the future; today is 2024-01-01"),
        ("highdam,volume,2023-10-01,full,me", "value='full' is not a number; write it like 1234.5"),
        ("highdam,volume,2023-10-01,-1,me", "value=-1 is out of bounds for volume; allowed is 0 or more"),
        (
            "highdam,volume,2023-10-01,1,me,m3/s",
            "unit='m3/s' does not measure volume; give it in km3, mcm, million m3",
        ),
        ("highdam,volume,2023-10-01,1,", "author is empty; fill it in"),
        ("highdam,volume,2023-10-01,,me", "value is empty; fill it in"),
        ("highdam,volume,2023-10-01,1,me,,,secret", "marking='secret' is not known; choose from 'public'"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path: Path, line: str, message: str) -> None:
    readings, problems = read(tmp_path, HEAD + line + "\n")
    assert not readings
    assert any(problem.startswith(f"form.csv:2 {message}") for problem in problems), problems


def test_two_values_of_one_author_for_one_day_are_refused(tmp_path: Path) -> None:
    lines = "highdam,volume,2023-10-01,1900,me,,,\nhighdam,volume,2023-10-01,1800,me,,,\n"
    _, problems = read(tmp_path, HEAD + lines)
    assert problems == [
        "form.csv:3 gives 1800 where form.csv:2 gives 1900; keep one of them, or name different authors"
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "form.csv:1 has no column 'station'; the first line names the columns station, "),
        (b"station,quantity,date,value\n", "form.csv:1 has no column 'author'"),
        (
            HEAD.encode() + "highdam,volume,2023-10-01,1,Служба".encode("cp1251"),
            "form.csv:2 is not UTF-8 text",
        ),
    ],
)
def test_a_file_that_is_no_form_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "form.csv"
    file.write_bytes(content)
    with pytest.raises(ReadingsError, match=message):
        read_form(file, toy(), today=TODAY)


def test_a_missing_form_is_told_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(ReadingsError, match=r"is not a file; `mirab observe template` writes a form"):
        read_form(tmp_path / "none.csv", toy(), today=TODAY)


def test_a_file_that_only_bears_the_name_of_xlsx_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "form.xlsx"
    file.write_bytes(b"not a workbook")
    with pytest.raises(ReadingsError, match=r"form.xlsx is not an XLSX file; save it again"):
        read_form(file, toy(), today=TODAY)


def test_the_csv_form_names_what_the_pack_follows(tmp_path: Path) -> None:
    lines = template(toy(), tmp_path / "form.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == ",".join(COLUMNS)
    assert "High Dam reservoir,volume,,,million m3,,," in lines
    assert read_form(tmp_path / "form.csv", toy(), today=TODAY) == ([], [])


def test_a_filled_xlsx_form_comes_back(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.load_workbook(template(toy(), tmp_path / "form.xlsx"))
    sheet = book["observations"]
    sheet["C2"], sheet["D2"], sheet["F2"] = datetime(2023, 9, 1), 12.5, "me"
    book.save(tmp_path / "filled.xlsx")
    readings, problems = read_form(tmp_path / "filled.xlsx", toy(), today=TODAY)
    assert not problems
    assert readings == [Reading("highdam", "inflow", date(2023, 9, 1), "day", 12.5, "m3/s", "me")]


def test_a_form_in_a_place_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ReadingsError, match=r"cannot be written: No such file or directory; choose another place"
    ):
        template(toy(), tmp_path / "nowhere" / "form.csv")


@pytest.mark.parametrize("value", ["1.9", "19000"])
def test_a_volume_that_does_not_fit_its_store_is_asked_back(tmp_path: Path, value: str) -> None:
    _, problems = read(tmp_path, HEAD + f"highdam,volume,2023-10-01,{value},me,,,\n")
    assert problems[0].startswith(f"form.csv:2 value={value} million m3 does not fit a store of")


def test_a_form_never_writes_over_a_file_and_is_csv_or_xlsx(tmp_path: Path) -> None:
    template(toy(), tmp_path / "form.csv")
    with pytest.raises(ReadingsError, match=r"form\.csv is already there and may hold readings"):
        template(toy(), tmp_path / "form.csv")
    with pytest.raises(ReadingsError, match=r"form\.pdf would be no \.csv or \.xlsx file"):
        template(toy(), tmp_path / "form.pdf")


@pytest.mark.parametrize("station", ["xbb", "XBB"])
def test_a_state_is_a_station_for_what_is_counted_by_state(tmp_path: Path, station: str) -> None:
    readings, problems = read(tmp_path, HEAD + f"{station},deaths,2023-09,3,me,,,\n")
    assert not problems
    assert (readings[0].item, readings[0].quantity, readings[0].unit) == ("XBB", "deaths", "deaths")
