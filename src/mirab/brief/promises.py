"""Promises on the terminal: a list, one with its history, and the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from mirab.brief.figures import Figures
from mirab.brief.words import load
from mirab.core.records import Commitment, to_dict
from mirab.follow import amounts


def print_json(found: Sequence[Commitment]) -> None:
    """Print commitments as a JSON list."""
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


def _who(one: Commitment) -> str:
    return ", ".join((*one.by, *([one.owner] if one.owner else ()))) or "not known"


def _amount(one: Commitment, say: Figures) -> str:
    return "" if one.amount is None else f"{one.sense.value} {one.amount:g} {say.unit(one.unit)}"


def _due(one: Commitment, say: Figures) -> str:
    return say.iso(one.due_known or (one.due.isoformat() if one.due else ""))
