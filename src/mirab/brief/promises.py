"""Promises on the terminal: a list, one with its history, and the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from rich.console import Console
from rich.table import Table

from mirab.brief.figures import Figures
from mirab.brief.words import load
from mirab.core.plain import to_dict
from mirab.core.records import Commitment, Event, Status
from mirab.follow import amounts, bodies


def print_json(found: Sequence[Commitment | Event]) -> None:
    """Print commitments or events as a JSON list."""
    print(json.dumps(to_dict(list(found)), ensure_ascii=False, indent=1))


def show(found: Sequence[Commitment]) -> None:
    """Print commitments as a table, in the order given."""
    say = Figures(load(), {})
    table = Table("id", "promise", "by", "due", "status", "amount", box=None)
    table.columns[0].no_wrap = True
    for one in found:
        kept = amounts.verdict(one.findings)
        status = say.words(f"status.{one.status.name.lower()}") + (f", {kept.value}" if kept else "")
        table.add_row(one.id, one.what, _who(one), _due(one, say), status, _amount(one, say))
    Console().print(table if found else say.words("commitment.none"))


def show_one(one: Commitment, parts: Sequence[Commitment]) -> None:
    """Print one commitment with every step of its history, what speaks for its amount, and its parts."""
    say = Figures(load(), {})
    print(f"{one.id}: {one.what}")
    print(f"by {_who(one)}; due {_due(one, say)}{f' ({one.due_rule})' if one.due_rule else ''}")
    print(f"status: {say.words(f'status.{one.status.name.lower()}')}")
    for step in one.history:
        who = f", written by {step.person} at {step.recorded}" if step.person else ""
        source = step.evidence.note or step.evidence.source_id
        print(f"  {step.on.isoformat()} {step.status.value}: {source}{who}")
    for found in one.findings:
        chance = "" if found.probability is None else f", {say.likelihood(found.probability)}"
        print(f"  {found.kept.value}{chance}: {found.basis}")
    for part in parts:
        print(f"  part {part.id}: {part.what} ({part.status.value})")


def show_due(found: Sequence[Commitment], silent: Sequence[Commitment], until: date) -> None:
    """Print what is due until a day and by whom, what is overdue, and of what nothing was heard."""
    say = Figures(load(), {})
    late = [one for one in found if one.status is Status.OVERDUE]
    for key, rows in (("due", [one for one in found if one not in late]), ("overdue", late)):
        print(say.words(f"follow.{key}", count=len(rows), until=say.day(until)))
        for one in rows:
            print(f"  {_due(one, say)}: {one.what} [{one.id}], {_who(one)}{_kept(one)}")
    print(say.words("follow.silent", count=len(silent)))
    for one in silent:
        print(f"  {one.what} [{one.id}], {_who(one)}")


def show_calendar(events: Sequence[Event], promises: Sequence[Commitment], on: date) -> None:
    """Print what comes next in order of date, each with when it was last verified."""
    say = Figures(load(), {})
    table = Table("date", "what", "last verified", box=None)
    rows = [(event.start, _when(event, say), event.title, _seen(event, say, on)) for event in events]
    rows += [(str(one.due), _due(one, say), f"Due: {one.what} ({_who(one)})", "") for one in promises]
    for _, when, what, seen in sorted(rows):
        table.add_row(when, what, seen)
    Console().print(table if rows else say.words("calendar.none"))


def _when(event: Event, say: Figures) -> str:
    return say.iso(event.start) + (f" to {say.iso(event.end)}" if event.end not in ("", event.start) else "")


def _seen(event: Event, say: Figures, on: date) -> str:
    old = bodies.to_verify(event.last_verified, on)
    return say.iso(event.last_verified) + (f" ({say.words('calendar.verify')})" if old else "")


def _kept(one: Commitment) -> str:
    kept = amounts.verdict(one.findings)
    return f" ({kept.value})" if kept else ""


def _who(one: Commitment) -> str:
    return ", ".join((*one.by, *([one.owner] if one.owner else ()))) or "not known"


def _amount(one: Commitment, say: Figures) -> str:
    return "" if one.amount is None else f"{one.sense.value} {one.amount:g} {say.unit(one.unit)}"


def _due(one: Commitment, say: Figures) -> str:
    return say.iso(one.due_known or (one.due.isoformat() if one.due else ""))
