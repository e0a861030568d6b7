"""A scenario beside the outlook, for the terminal: what changes, in amounts with their perimeter (§13)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mirab.brief.figures import Figures
from mirab.brief.words import Words, load
from mirab.core.plain import to_dict
from mirab.resolve.scenarios import Comparison, Effect, Interval, Scenario

if TYPE_CHECKING:
    from rich.console import Console

QUANTITIES = (
    *("delivered_volume", "volume", "inflow", "energy", "winter_energy"),
    *("travel_time", "route_share", "waiting_time"),
)
LEAST = {"km3": 0.005, "GWh": 0.5, "day": 0.05, "fraction": 0.0005, "h": 0.5}
DECIMALS = {"km3": 2, "GWh": 0, "day": 1, "fraction": 4, "h": 0}
HEADS = ("item", "asked", "base", "with", "difference")


@dataclass(frozen=True)
class Sheet:
    """One quantity of a comparison in words: heads and rows of cells, notes under them."""

    title: str
    unit: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def show(comparison: Comparison, console: Console | None = None) -> None:
    """Print what a scenario changes; items that change by less than LEAST of their unit are only counted."""
    from rich.console import Console
    from rich.text import Text

    console = console or Console()
    words, scenario = load(), comparison.scenario
    say = Figures(words, {})
    until = say.day(comparison.end - timedelta(days=1))
    frame = {"on": say.day(comparison.on), "until": until, "members": str(comparison.members)}
    console.print(Text(scenario.title, style="bold"))
    console.print(words("comparison.frame", **frame, seed=str(comparison.seed)), highlight=False)
    console.print(
        words("comparison.basis", confidence=_basis(scenario)),
        highlight=False,
    )
    for sheet in tables(comparison, words):
        _table(sheet, console)
    for line in (*scenario.notes, *comparison.assumptions):
        console.print(f"- {line}", markup=False, highlight=False)


def show_list(scenarios: Sequence[Scenario], console: Console | None = None) -> None:
    """Print the scenarios of a pack: id, title and confidence."""
    from rich.console import Console
    from rich.table import Table

    words = load()
    table = Table(*(words(f"comparison.{name}") for name in ("scenario", "title", "confidence")), box=None)
    for scenario in scenarios:
        table.add_row(scenario.id, scenario.title, _basis(scenario))
    (console or Console()).print(table)


def _basis(scenario: Scenario) -> str:
    return ", ".join(map(Figures(load(), {}).confidence, scenario.confidence))


def print_json(found: Comparison | Sequence[Scenario]) -> None:
    """Print a comparison or a list of scenarios as JSON."""
    plain: Any = to_dict(found if isinstance(found, Comparison) else tuple(found))
    print(json.dumps(plain, indent=1, ensure_ascii=False))


def tables(comparison: Comparison, words: Words) -> tuple[Sheet, ...]:
    """What changes, quantity by quantity: rows of cells, what they are a part of, and how many do not."""
    found = []
    for quantity in QUANTITIES:
        if effects := [effect for effect in comparison.effects if effect.quantity == quantity]:
            found.append(_sheet(quantity, effects, words))
    return tuple(found)


def _sheet(quantity: str, effects: Sequence[Effect], words: Words) -> Sheet:
    least = LEAST[effects[0].unit]
    shown = [effect for effect in effects if max(map(abs, effect.difference)) >= least]
    rows = [_cells(effect) for effect in shown]
    used = [i for i in range(len(HEADS)) if any(row[i] for row in rows)]
    notes = _perimeters(shown, words)
    if left := len(effects) - len(shown):
        notes.insert(0, words("comparison.unchanged", count=left, least=f"{least:g} {effects[0].unit}"))
    return Sheet(
        words(f"comparison.{quantity}"),
        effects[0].unit,
        tuple(words(f"comparison.{HEADS[i]}") for i in used),
        tuple(tuple(row[i] for i in used) for row in rows),
        tuple(notes),
    )


def _table(sheet: Sheet, console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    console.print()
    console.print(Text(f"{sheet.title}, {sheet.unit}", style="bold"))
    if sheet.rows:
        table = Table(*sheet.heads, box=None)
        for row in sheet.rows:
            table.add_row(*map(Text, row))
        console.print(table)
    for line in sheet.notes:
        console.print(Text(line, style="dim"))


def _perimeters(effects: Sequence[Effect], words: Words) -> list[str]:
    """What the amounts are a part of: one line for all, or one for each account (§13)."""
    whole = dict.fromkeys(effect.perimeter for effect in effects)
    if len(whole) == 1:
        return [words("comparison.perimeter", what=text) for text in whole]
    accounts = dict.fromkeys((effect.title.rpartition(", ")[0], effect.perimeter) for effect in effects)
    return [
        words("comparison.perimeter", what=f"{title}: {text}" if title else text) for title, text in accounts
    ]


def _cells(effect: Effect) -> tuple[str, ...]:
    places = DECIMALS[effect.unit]
    asked = "" if effect.demand is None else _number(effect.demand[1], places)
    base, other = (_number(interval[1], places) for interval in (effect.base, effect.scenario))
    return effect.title, asked, base, other, _signed(effect.difference, places)


def _signed(interval: Interval, places: int) -> str:
    low, middle, high = (f"{_whole(value, places):+.{places}f}" for value in interval)
    return f"{middle} ({low} to {high})"


def _number(value: float, places: int) -> str:
    return f"{_whole(value, places):.{places}f}"


def _whole(value: float, places: int) -> float:
    """The value rounded, without a minus sign before a zero."""
    return round(value, places) + 0.0
