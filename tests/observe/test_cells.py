"""A cell is taken as it is written, or refused."""

from __future__ import annotations

from datetime import date

import pytest

from mirab.observe.cells import day, number


@pytest.mark.parametrize(
    ("cell", "value"), [("12", 12.0), ("-0.5", -0.5), ("1e6", 1e6), (".5", 0.5), ("3.", 3.0)]
)
def test_decimal_numbers_are_read(cell: str, value: float) -> None:
    assert number(cell) == value


@pytest.mark.parametrize("cell", ["nan", "inf", "1_000", "1,5", " 1", "1 000", "0x10", "1e999", "", "٣"])
def test_what_is_no_plain_number_is_refused(cell: str) -> None:
    assert number(cell) is None


def test_a_day_is_read() -> None:
    assert day("2023-04-01") == date(2023, 4, 1)


@pytest.mark.parametrize("cell", ["20230401", "2023-W13-6", "2023-02-30", "1.4.2023", "2023-04"])
def test_what_is_no_day_is_refused(cell: str) -> None:
    assert day(cell) is None
