"""The dictionary of quantities and units: each is defined once, with its unit and meaning (§1).

The tables `fields.csv` and `units.csv` beside this file are the data; nothing else is read.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, cast

from mirab.core.errors import InputError, Problem, UnknownNameError, suggest

Kind = Literal["extensive", "intensive", "static"]


@dataclass(frozen=True)
class Field:
    """A quantity. `extensive` values add over places or time, `intensive` ones do not, `static` ones stay.

    `minimum` is the least value that makes sense, None where there is none.
    """

    name: str
    unit: str
    type: str
    kind: Kind
    minimum: float | None
    meaning: str


@dataclass(frozen=True)
class Unit:
    """A unit: `suffix` ends the names of columns that hold it; one `name` is `factor` times `base`."""

    name: str
    suffix: str
    base: str
    factor: float


@cache
def fields() -> Mapping[str, Field]:
    """Every quantity by name, in the order of fields.csv."""
    return MappingProxyType({row["name"]: _field(row) for row in _table("fields.csv")})


@cache
def units() -> Mapping[str, Unit]:
    """Every unit by its name (`million m3`) and by its column suffix (`mcm`)."""
    known: dict[str, Unit] = {}
    for row in _table("units.csv"):
        unit = Unit(row["unit"], row["suffix"], row["base"], float(row["factor"]))
        known[unit.name] = known[unit.suffix] = unit
    return MappingProxyType(known)


def field(name: str) -> Field:
    """The quantity of this name; an unknown one raises UnknownNameError with the nearest."""
    if name not in fields():
        raise UnknownNameError("quantity", name, fields())
    return fields()[name]


def convert(value: float, unit: str, to: str) -> float:
    """`value` in `unit`, expressed in `to`; raises InputError where they do not measure the same.

    >>> convert(18.4, "km3", "million m3")
    18400.0
    """
    if not convertible(unit, to):
        problem = Problem(
            "unit", f"{unit!r} does not measure the same as {to!r}", suggest(unit, _same_base(to))
        )
        raise InputError("conversion", [problem])
    return value * units()[unit].factor / units()[to].factor


def convertible(unit: str, to: str) -> bool:
    """Whether both units are known and measure the same."""
    known = units()
    return unit in known and to in known and known[unit].base == known[to].base


def _field(row: Mapping[str, str]) -> Field:
    least = float(row["minimum"]) if row["minimum"] else None
    return Field(row["name"], row["unit"], row["type"], cast(Kind, row["kind"]), least, row["meaning"])


def _same_base(to: str) -> list[str]:
    known = units()
    return sorted({unit.name for unit in known.values() if to in known and unit.base == known[to].base})


def _table(name: str) -> list[dict[str, str]]:
    text = (files("mirab.core") / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
