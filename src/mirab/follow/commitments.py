"""Commitments: what was promised, when it is due, and where it stands on a day.

The words of the status are those of milestones in the Open Contracting standard (scheduled, met, partially
met, not met); *overdue* is never written down, it follows from the date. A promise without a due date is
due on the last day of its period or, lacking one, a year after its adoption; that rule is ours, and said
wherever it is used. A part of a promise has a status of its own and never changes that of the whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from mirab.core.calendar import day_range
from mirab.core.declared import codes
from mirab.core.domain import Row, Tables
from mirab.core.phrase import say
from mirab.core.records import (
    Commitment,
    Confidence,
    Evidence,
    Marking,
    Sense,
    Source,
    Status,
    StatusChange,
)
from mirab.follow.calendar import titled

GROUP = "diplomacy"
OWN = Source("own_commitments", "Commitments that a user recorded", "the user", licence="of the user")
COLUMNS = (
    *("commitment_id", "what", "by", "to", "owner", "parent", "agreement_id", "adopted", "due"),
    *("status", "status_on", "source", "quantity", "item", "amount", "unit", "sense"),
    *("period_start", "period_end", "themes", "marking", "note"),
)
WRITTEN = (Status.SCHEDULED, Status.MET, Status.PARTIALLY_MET, Status.NOT_MET)
OPEN = (Status.SCHEDULED, Status.PARTIALLY_MET, Status.OVERDUE)
RULE_DAYS = 365
BY_PERIOD = say("the last day of its period")
BY_ADOPTION = say("no date was given: {days} days after adoption (a rule of ours)", days=RULE_DAYS)

Cells = Mapping[str, str]


@dataclass(frozen=True)
class Entry:
    """What was written down of one commitment at one time: cells by column, by whom, with what source.

    `recorded` is UTC to the second, empty in a pack. Later entries add to earlier ones, none replaces one.
    """

    id: str
    cells: Cells
    evidence: Evidence
    person: str = ""
    recorded: str = ""


@dataclass(frozen=True)
class Known:
    """What a commitment may name: states, agreements, sources, places, and other commitments."""

    states: Collection[str] = ()
    agreements: Collection[str] = ()
    sources: Collection[str] = ()
    items: Collection[str] = ()
    commitments: Mapping[str, Cells] = field(default_factory=dict)

    @classmethod
    def of(cls, tables: Tables, *, items: Collection[str] = (), group: str = GROUP) -> Known:
        """What the tables of a pack know; `items` are the places of its networks."""
        return cls(
            {row["state"] for row in (*tables.rows("states"), *tables.rows("other_states"))},
            {row["agreement_id"] for row in tables.rows(f"{group}/agreements")},
            {row["source_id"] for row in tables.rows("sources")},
            items,
            {entry.id: entry.cells for entry in entries(tables, group=group)},
        )

    def evidence(self, source: str, note: str = "") -> Evidence:
        """What a user's entry rests on: the first of sources of the pack by their ids, else the words."""
        first = source.partition("|")[0]
        if first in self.sources:
            return Evidence(first, Confidence.SECONDARY, note)
        return Evidence(OWN.id, Confidence.SECONDARY, "; ".join(part for part in (source, note) if part))


def names(tables: Tables, *, group: str = GROUP) -> dict[str, str]:
    """Names of states, and of bodies with their acronym, by code and id."""
    states = (*tables.rows("other_states"), *tables.rows("states"))
    bodies = {row["org_id"]: titled(row) for row in tables.rows(f"{group}/organisations")}
    return {**bodies, **{row["state"]: row["name"] for row in states}}


def entries(tables: Tables, *, group: str = GROUP) -> tuple[Entry, ...]:
    """The commitments of a pack, one entry each."""
    return tuple(_entry(row) for row in tables.rows(f"{group}/commitments"))


def commitments(found: Iterable[Entry], on: date) -> tuple[Commitment, ...]:
    """Commitments as they stood on a day, by id; what was adopted, or changed, later is left out.

    Entries of one commitment are added up in the order given; of two changes of the status on one day the
    later entry counts.
    """
    by_id: dict[str, list[Entry]] = {}
    for entry in found:
        by_id.setdefault(entry.id, []).append(entry)
    made = (_commitment(group, on) for group in by_id.values() if _adopted(group, on))
    return tuple(sorted(made, key=lambda one: one.id))


def visible(found: Sequence[Commitment], audience: Marking) -> tuple[Commitment, ...]:
    """Commitments that an audience may see, without the ids of wholes that it may not.

    Who wrote a change down, and when, stays with the users of the store: it is for internal readers only.
    """
    shown = {one.id for one in found if one.marking.rank <= audience.rank}
    return tuple(_for(one, shown, audience) for one in found if one.id in shown)


def _for(one: Commitment, shown: Collection[str], audience: Marking) -> Commitment:
    steps = one.history
    if audience is not Marking.INTERNAL:
        steps = tuple(replace(step, person="", recorded="") for step in steps)
    return replace(one, history=steps, parent=one.parent if one.parent in shown else "")


def falling_due(found: Iterable[Commitment], on: date, *, days: int) -> tuple[Commitment, ...]:
    """Open promises that fall due from `on` to `days` days later, and those overdue, the earliest first."""
    until = on + timedelta(days=days)
    near = (one for one in found if one.status in OPEN and one.due is not None and one.due <= until)
    return tuple(sorted(near, key=lambda one: (one.due or date.max, one.id)))


def to_report(found: Sequence[Commitment], on: date, *, days: int = RULE_DAYS) -> tuple[Commitment, ...]:
    """Open promises of which nothing was heard for `days` days, since adoption at the earliest.

    The longest silence stands first; one of which neither a status nor an adoption is known is silent.
    """
    last = {one.id: _heard(one) for one in found}
    silent = (one for one in found if one.status in OPEN and (on - last[one.id]).days > days)
    return tuple(sorted(silent, key=lambda one: (last[one.id], one.id)))


def _heard(one: Commitment) -> date:
    adopted = day_range(one.adopted)
    return max((step.on for step in one.history), default=adopted[1] if adopted else date.min)


def parts(found: Sequence[Commitment], parent: str) -> tuple[Commitment, ...]:
    """The promises that are parts of another one, in the order given."""
    return tuple(one for one in found if one.parent == parent)


def due(adopted: str, due_known: str, period: tuple[date, date] | None) -> tuple[date | None, str]:
    """The last day on which a promise may still be kept in time, and the rule where no date was given.

    >>> due("2025-11", "2027", None)
    (datetime.date(2027, 12, 31), '')
    >>> due("2025-11-22", "", None)[0]
    datetime.date(2026, 11, 22)
    """
    if days := day_range(due_known):
        return days[1], ""
    if period:
        return period[1] - timedelta(days=1), BY_PERIOD
    if days := day_range(adopted):
        return days[1] + timedelta(days=RULE_DAYS), BY_ADOPTION
    return None, ""


def _entry(row: Row) -> Entry:
    cells = {name: _text(row.get(name)) for name in COLUMNS if row.get(name) is not None}
    cells["source"] = row["source_id"]
    evidence = Evidence(codes(row["source_id"])[0], Confidence(row["confidence"]), row["note"] or "")
    return Entry(row["commitment_id"], cells, evidence)


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _adopted(group: Sequence[Entry], on: date) -> bool:
    """Whether a commitment was there on a day; one of unknown adoption was."""
    adopted = next((entry.cells["adopted"] for entry in reversed(group) if entry.cells.get("adopted")), "")
    days = day_range(adopted)
    return days is None or days[0] <= on


def _commitment(group: Sequence[Entry], on: date) -> Commitment:
    cells: dict[str, str] = {}
    for entry in group:
        cells |= entry.cells
    history = tuple(change for change in _history(group) if change.on <= on)
    status = history[-1].status if history else Status.SCHEDULED
    period = period_of(cells)
    last, rule = due(cells.get("adopted", ""), cells.get("due", ""), period)
    late = status in OPEN and last is not None and last < on
    return Commitment(
        id=group[0].id,
        by=tuple(sorted(codes(cells.get("by")))),
        to=tuple(sorted(codes(cells.get("to")))),
        what=cells.get("what", ""),
        quantity=cells.get("quantity", ""),
        amount=float(cells["amount"]) if cells.get("amount") else None,
        unit=cells.get("unit", ""),
        due=last,
        status=Status.OVERDUE if late else status,
        history=history,
        evidence=tuple(dict.fromkeys(entry.evidence for entry in group)),
        marking=Marking(cells.get("marking") or Marking.PUBLIC),
        owner=cells.get("owner", ""),
        parent=cells.get("parent", ""),
        agreement=cells.get("agreement_id", ""),
        adopted=cells.get("adopted", ""),
        due_known=cells.get("due", ""),
        due_rule=rule,
        themes=codes(cells.get("themes")),
        item=cells.get("item", ""),
        sense=Sense(cells.get("sense") or Sense.AT_LEAST),
        period=period,
    )


def _history(group: Sequence[Entry]) -> list[StatusChange]:
    """Changes of the status in order of their days; one that is known to a month or year, at its end."""
    found = []
    for entry in group:
        days = day_range(entry.cells.get("status_on") or entry.recorded[:10])
        if entry.cells.get("status") and days:
            status = Status(entry.cells["status"])
            found.append(StatusChange(days[1], status, entry.evidence, entry.person, entry.recorded))
    return sorted(found, key=lambda change: change.on)


def period_of(cells: Cells) -> tuple[date, date] | None:
    """First day of the period of an amount, and the day after its last; None where the cells name none."""
    first, last = (day_range(cells.get(name, "")) for name in ("period_start", "period_end"))
    return (first[0], last[1] + timedelta(days=1)) if first and last else None
