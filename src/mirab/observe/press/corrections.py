"""Values of a record that a person has put right: what was read stays, what was put right is shown.

A correction is a patch of the record's body, made once from the words of the user and checked against the
registry; it is laid over what was read whenever the record is shown, counted or handed on.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from mirab.core.calendar import day_range
from mirab.core.errors import InputError, Problem
from mirab.observe.press.deeds import quads
from mirab.observe.press.meetings import ORDER
from mirab.observe.press.promises import STRENGTH
from mirab.observe.press.records import Known, Mode
from mirab.observe.press.registry import Entity, Registry

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Choices:
    """What a value may name: people, organisations and places of a registry, with their posts on a day."""

    registry: Registry
    on: date | None

    def entity(self, value: str) -> Entity:
        """An entity by its id or its title; raises InputError with the nearest name."""
        known = self.registry.entities
        titles = {one.title: one for one in known.values()}
        if value in known or value in titles:
            return known.get(value) or titles[value]
        near = difflib.get_close_matches(value, [*known, *titles], 1)
        fix = f"did you mean {near[0]!r}?" if near else "give ids or names of the registry, joined by |"
        raise _refused(value, "is not in the registry", fix)

    def place(self, one: Entity) -> str:
        """The state or organisation that somebody stands for."""
        if one.kind in ("state", "organisation"):
            return one.id
        posts = self.registry.held(one.id, self.on)
        return (posts[0].state or posts[0].org) if posts else one.state


Change = Callable[[str, Choices], dict[str, Any]]


@dataclass(frozen=True)
class Correction:
    """One value as it was read and as a person put it right, who did so and when."""

    field: str
    read: str
    corrected: str
    who: str
    when: str


def patch(kind: str, field: str, value: str, choices: Choices) -> dict[str, Any]:
    """What a corrected value changes in the body of a record of a kind.

    Raises InputError for a field that the kind does not have, and for a value that the field cannot take,
    with the nearest one that it can.
    """
    fields = FIELDS[kind]
    if field not in fields:
        fix = f"give --field as one of {', '.join(fields)}"
        raise InputError("review", [Problem("--field", f"{field!r} is no value of a {kind}", fix)])
    return fields[field](value.strip(), choices)


def shown(body: Body, field: str) -> str:
    """A value of a record in words, as it stands in its body."""
    if field in ("day", "due"):
        when = body["when" if field == "day" else "due"]
        return str((when["start"] if field == "day" else when["end"]) or "")
    if field == "place":
        return str(body["where"]["name"])
    found = body[field]
    if field == "parties":
        return "; ".join(party["name"] for party in found)
    return "|".join(found) if isinstance(found, list) else "" if found is None else str(found)


def laid_over(
    body: dict[str, Any], reviews: Sequence[tuple[str, dict[str, Any], str, str]]
) -> tuple[dict[str, Any], tuple[Correction, ...]]:
    """A body with its corrections, each a field, a patch, who and when, in the order in which they came."""
    found = []
    for field, change, who, when in reviews:
        after = body | change
        found.append(Correction(field, shown(body, field), shown(after, field), who, when))
        body = after
    return body, tuple(found)


def _refused(value: str, what: str, fix: str) -> InputError:
    return InputError("review", [Problem("--value", f"{value!r} {what}", fix)])


def _one_of(column: str, allowed: Sequence[str]) -> Change:
    def change(value: str, choices: Choices) -> dict[str, Any]:
        if value not in allowed:
            raise _refused(value, f"is no {column}", f"give one of {', '.join(allowed)}")
        return {column: value}

    return change


def _type(value: str, choices: Choices) -> dict[str, Any]:
    return _one_of("type", tuple(quads()))(value.upper(), choices) | {"quad": quads()[value.upper()]}


def _period(column: str) -> Change:
    def change(value: str, choices: Choices) -> dict[str, Any]:
        days = day_range(value)
        if days is None:
            raise _refused(value, "is not a date", "write it as 2025, 2025-04 or 2025-04-01")
        precision = ("day", "month", "year")[2 - value.count("-")]
        first, last = (one.isoformat() for one in days)
        when = {"start": first, "end": last, "precision": precision, "known": Known.CORRECTED, "span": None}
        return {column: when}

    return change


def _place(value: str, choices: Choices) -> dict[str, Any]:
    one = choices.entity(value)
    where = {"id": one.id, "name": one.title, "state": one.state, "known": Known.CORRECTED, "span": None}
    return {"where": where}


def _parties(value: str, choices: Choices) -> dict[str, Any]:
    found = [choices.entity(name.strip()) for name in value.split("|")]
    bare = {"role": "", "role_known": Known.MISSING, "known": Known.CORRECTED, "span": None}
    return {
        "parties": [
            {"id": one.id, "name": one.title, "kind": one.kind, "place": choices.place(one), **bare}
            for one in found
        ]
    }


def _codes(column: str) -> Change:
    def change(value: str, choices: Choices) -> dict[str, Any]:
        return {column: [choices.entity(name.strip()).id for name in value.split("|") if name.strip()]}

    return change


def _amount(value: str, choices: Choices) -> dict[str, Any]:
    try:
        return {"amount": float(value) if value else None}
    except ValueError:
        raise _refused(value, "is not a number", "write it as 5000000 or 2.5") from None


def _unit(value: str, choices: Choices) -> dict[str, Any]:
    return {"unit": value}


FIELDS: Mapping[str, Mapping[str, Change]] = {
    "meeting": {
        "day": _period("when"),
        "place": _place,
        "kind": _one_of("kind", ORDER),
        "mode": _one_of("mode", tuple(Mode)),
        "parties": _parties,
    },
    "event": {
        "day": _period("when"),
        "type": _type,
        "mode": _one_of("mode", tuple(Mode)),
        "actors": _codes("actors"),
        "recipients": _codes("recipients"),
    },
    "announcement": {"kind": _one_of("kind", ("initiative", "priority")), "by": _codes("by")},
    "commitment": {
        "kind": _one_of("kind", STRENGTH),
        "by": _codes("by"),
        "to": _codes("to"),
        "amount": _amount,
        "unit": _unit,
        "due": _period("due"),
    },
}
