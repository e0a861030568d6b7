"""Every quantity and unit is defined once."""

from __future__ import annotations

import pytest

from mirab.core.errors import InputError, UnknownNameError
from mirab.core.fields import convert, convertible, field, fields, units


def test_every_quantity_has_a_known_unit_and_a_meaning() -> None:
    for known in fields().values():
        assert known.unit in units(), known
        assert known.meaning
        assert known.kind in ("extensive", "intensive", "static")


def test_a_unit_is_known_by_its_name_and_by_its_suffix() -> None:
    assert units()["mcm"] is units()["million m3"]


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        (18.4, "km3", "million m3", 18_400.0),
        (5.0, "percent", "fraction", 0.05),
        (2.0, "days", "h", 48.0),
        (1.5, "m3s", "m3/s", 1.5),
    ],
)
def test_units_convert_within_what_they_measure(value: float, unit: str, to: str, expected: float) -> None:
    assert convert(value, unit, to) == pytest.approx(expected)


def test_units_of_different_things_do_not_convert() -> None:
    assert not convertible("m3/s", "million m3")
    with pytest.raises(
        InputError, match=r"'m3/s' does not measure the same as 'million m3'; give it in km3 or million m3"
    ):
        convert(1.0, "m3/s", "million m3")


def test_an_unknown_quantity_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"quantity 'volme' is not known; nearest is 'volume'"):
        field("volme")
