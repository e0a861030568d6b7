"""Which observations of a source can be used: known quantities in our units, of days that have come."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from mirab.core.domain import Tables
from mirab.core.errors import Problem, suggest
from mirab.core.fields import Field, convert, convertible, fields
from mirab.core.marking import Marking
from mirab.core.presence import Presence
from mirab.core.records import Observation
from mirab.observe.connector import Terms

INDICATORS = "development/indicators"
Key = tuple[str, str, str, str, str]
"""Item, quantity, first day, day after the last, author: two rows with one key tell of one thing."""


def admitted(
    terms: Terms, observations: Iterable[Observation], tables: Tables, today: date
) -> tuple[dict[Key, Observation], tuple[Problem, ...]]:
    """Observations by key in the units of their quantities, and what is refused; of one key the first counts.

    A quantity is one of the fields, or an indicator of the region in the words of its own unit. Refused are
    unknown quantities and units, values that are no number or below their least, periods that are none, and
    those that begin after `today`. The marking is at least that to which the terms show figures.
    """
    known = _known(tables)
    found: dict[Key, Observation] = {}
    refused = []
    for one in observations:
        problem = _problem(one, known, today)
        if problem is None:
            found.setdefault(key(one), _ours(terms, one, known[one.quantity]))
        else:
            refused.append(problem)
    return found, tuple(refused)


def key(one: Observation) -> Key:
    """What an observation tells of, and whose it is."""
    return one.item, one.quantity, one.start.isoformat(), one.end.isoformat(), one.author


def _known(tables: Tables) -> dict[str, Field]:
    """Quantities by name: the fields, and the indicators of a region."""
    own = (
        Field(row["indicator_id"], row["measured_in"], "number", "intensive", None, row["name"])
        for row in tables.rows(INDICATORS)
    )
    return {**{one.name: one for one in own}, **fields()}


def _problem(one: Observation, known: Mapping[str, Field], today: date) -> Problem | None:
    where = f"{one.item} {one.quantity} {one.start}"
    if one.quantity not in known:
        return Problem(where, f"quantity={one.quantity!r} is not known", suggest(one.quantity, list(known)))
    field = known[one.quantity]
    if one.unit != field.unit and not convertible(one.unit, field.unit):
        return Problem(
            where, f"unit={one.unit!r} does not measure {one.quantity}", f"give it in {field.unit}"
        )
    if one.end <= one.start:
        return Problem(where, f"ends on {one.end}, before it begins")
    if one.start > today:
        return Problem(where, f"lies in the future of {today}", "a forecast is no observation")
    return _value_problem(one, where, field.minimum)


def _value_problem(one: Observation, where: str, least: float | None) -> Problem | None:
    if (one.presence is Presence.PRESENT) != (one.value is not None):
        return Problem(where, f"is {one.presence.value} with value={one.value}")
    if one.value is None:
        return None
    if not math.isfinite(one.value) or (least is not None and one.value < least):
        return Problem(where, f"value={one.value} is no amount of {one.quantity}")
    return None


def _ours(terms: Terms, one: Observation, field: Field) -> Observation:
    """An observation in the unit of its quantity, marked no wider than its source."""
    wide = _RANKS[one.marking] < _RANKS[terms.shown_to]
    marking = terms.shown_to if wide else one.marking
    if one.unit == field.unit:
        return replace(one, marking=marking) if wide else one
    value = None if one.value is None else convert(one.value, one.unit, field.unit)
    return replace(one, value=value, unit=field.unit, marking=marking)


_RANKS = {one: one.rank for one in Marking}
