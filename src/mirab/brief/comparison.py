"""A scenario beside the outlook, for the terminal: what changes, in amounts with their perimeter (§13)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mirab.brief.words import load
from mirab.core.records import to_dict
from mirab.resolve.scenarios import Comparison, Effect, Interval, Scenario

if TYPE_CHECKING:
    from rich.console import Console

QUANTITIES = ("delivered_volume", "volume", "inflow", "energy", "winter_energy")
LEAST = {"km3": 0.005, "GWh": 0.5}
DECIMALS = {"km3": 2, "GWh": 0}


def show(comparison: Comparison, console: Console | None = None) -> None:
    """Print what a scenario changes; items that change by less than LEAST of their unit are only counted."""
    from rich.console import Console
    from rich.text import Text

    console = console or Console()
    words, scenario = load(), comparison.scenario
    until = (comparison.end - timedelta(days=1)).isoformat()
    frame = {"on": comparison.on.isoformat(), "until": until, "members": str(comparison.members)}
    console.print(Text(scenario.title, style="bold"))
    console.print(words("comparison.frame", **frame, seed=str(comparison.seed)), highlight=False)
    console.print(words("comparison.basis", confidence=", ".join(scenario.confidence)), highlight=False)
    for quantity in QUANTITIES:
        effects = [effect for effect in comparison.effects if effect.quantity == quantity]
        if effects:
            _table(quantity, effects, console)
    for line in (*scenario.notes, *comparison.assumptions):
        console.print(f"- {line}", markup=False, highlight=False)


def show_list(scenarios: Sequence[Scenario], console: Console | None = None) -> None:
    """Print the scenarios of a pack: id, title and confidence."""
    from rich.console import Console
    from rich.table import Table

    words = load()
    table = Table(*(words(f"comparison.{name}") for name in ("scenario", "title", "confidence")), box=None)
    for scenario in scenarios:
        table.add_row(scenario.id, scenario.title, ", ".join(scenario.confidence))
    (console or Console()).print(table)


def print_json(found: Comparison | Sequence[Scenario]) -> None:
    """Print a comparison or a list of scenarios as JSON."""
    plain: Any = to_dict(found if isinstance(found, Comparison) else tuple(found))
    print(json.dumps(plain, indent=1, ensure_ascii=False))


def _table(quantity: str, effects: Sequence[Effect], console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    words = load()
    shown = [effect for effect in effects if max(map(abs, effect.difference)) >= LEAST[effect.unit]]
    whole = {effect.perimeter for effect in effects}
    where = f": {whole.pop()}" if len(whole) == 1 else ""
    console.print()
    console.print(Text.assemble((f"{words(f'comparison.{quantity}')}, {effects[0].unit}", "bold"), where))
    if shown:
        heads = ("item", "asked", "base", "with", "difference", "perimeter")
        columns = [words(f"comparison.{name}") for name in heads]
        rows = [_cells(effect, alone=not where) for effect in shown]
        used = [i for i in range(len(columns)) if any(row[i] for row in rows)]
        table = Table(*(columns[i] for i in used), box=None)
        for row in rows:
            table.add_row(*(Text(row[i]) for i in used))
        console.print(table)
    if len(shown) < len(effects):
        least = f"{LEAST[effects[0].unit]:g} {effects[0].unit}"
        rest = words("comparison.unchanged", count=len(effects) - len(shown), least=least)
        console.print(rest, highlight=False)


def _cells(effect: Effect, *, alone: bool) -> tuple[str, ...]:
    """Cells of a row; the perimeter is among them where the rows do not share one."""
    places = DECIMALS[effect.unit]
    asked = "" if effect.demand is None else _number(effect.demand[1], places)
    base, other = (_number(interval[1], places) for interval in (effect.base, effect.scenario))
    change = _signed(effect.difference, places)
    return effect.title, asked, base, other, change, effect.perimeter if alone else ""


def _signed(interval: Interval, places: int) -> str:
    low, middle, high = (f"{_whole(value, places):+.{places}f}" for value in interval)
    return f"{middle} ({low} to {high})"


def _number(value: float, places: int) -> str:
    return f"{_whole(value, places):.{places}f}"


def _whole(value: float, places: int) -> float:
    """The value rounded, without a minus sign before a zero."""
    return round(value, places) + 0.0
