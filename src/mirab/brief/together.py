"""Coalitions for the terminal and as JSON: what groups of states reach, foreseen and operated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mirab.brief.figures import Figures
from mirab.brief.words import load
from mirab.core.calendar import in_words
from mirab.resolve.coalition import Coalitions
from mirab.resolve.deal import Deal
from mirab.resolve.game import Game

if TYPE_CHECKING:
    from rich.console import Console

Floats = NDArray[np.float64]
MOST = 6
LEVELS = (0.1, 0.9)
MILLION = 1e6
NOISE = 1e-7
COLUMNS = ("state", "reference", "alone", "foreseen", "operated")


@dataclass(frozen=True)
class Together:
    """What groups of states reach on the outlook of a date, and the deals of all of them in both ways.

    `assumptions` are sentences that stand under the figures; `over_values` are the least and the most that
    all gain with foresight at the ends of the ranges of values, in USD.
    """

    title: str
    found: Coalitions
    deals: Mapping[str, Deal]
    on: date
    end: date
    members: int
    seed: int
    state_names: dict[str, str]
    assumptions: tuple[str, ...]
    over_values: tuple[float, float]


def show(seen: Together, console: Console | None = None) -> None:
    """Print what each state has in both ways, the coalitions that gain most, the deals and what to know."""
    from rich.console import Console
    from rich.table import Table

    out, say = console or Console(), Figures(load(), seen.state_names)
    out.print(say.words("together.title", title=seen.title), style="bold")
    head = say.words("together.head", members=seen.members, seed=seen.seed, on=in_words(seen.on))
    out.print(f"{head}\n", style="bold")
    table = Table(*(say.words(f"together.column.{name}") for name in COLUMNS), box=None, pad_edge=False)
    for row in _rows(seen.found, say):
        table.add_row(*row)
    out.print(table)
    for way, game in _games(seen.found).items():
        out.print(f"\n{say.words(f'together.{way}')}", style="bold")
        for line in (*_gains(game, say), *_told(seen.deals[way])):
            out.print(line)
    out.print(f"\n{say.words('together.know')}", style="bold")
    low, high = (say.signed(value / MILLION) for value in seen.over_values)
    out.print(say.words("together.over_values", low=low, high=high))
    for line in (*_checks(seen.found, say), *seen.assumptions):
        out.print(line)


def print_json(seen: Together) -> None:
    """Print the coalitions as JSON: USD, 10 % point, mean and 90 % point over members."""
    found = seen.found
    content = {
        "on": seen.on.isoformat(),
        "end": seen.end.isoformat(),
        "members": seen.members,
        "seed": seen.seed,
        "system": seen.title,
        "over_values": list(seen.over_values),
        "unit": "USD",
        "states": list(found.states),
        "components": [list(own) for own in found.components],
        "reference": _by_state(found, found.reference),
        "together": {
            "foresight": _by_state(found, found.foreseen),
            "operation": _by_state(found, found.operated),
        },
        "coalitions": [_coalition(found, mask) for mask in range(1, 1 << len(found.states))],
        "unkept": [vars(one) for one in found.unkept],
        "violations": {
            way: [vars(one) for one in game.violations(NOISE)] for way, game in _games(found).items()
        },
        "deals": {way: list(_told(one)) for way, one in seen.deals.items()},
        "assumptions": list(seen.assumptions),
    }
    print(json.dumps(content, indent=1, ensure_ascii=False))


def _games(found: Coalitions) -> dict[str, Game]:
    return {"foresight": found.foresight, "operation": found.myopic}


def _rows(found: Coalitions, say: Figures) -> list[tuple[str, ...]]:
    """A row for each state, then the sum; million USD, mean over members."""
    columns = (found.reference, found.foresight.alone, found.foreseen, found.operated)
    means = np.array([column.mean(axis=0) / MILLION for column in columns])
    rows = [
        (say.names([state]), *(say.number(float(value)) for value in means[:, i]))
        for i, state in enumerate(found.states)
    ]
    total = (say.number(float(value)) for value in means.sum(axis=1))
    return [*rows, (say.words("together.sum"), *total)]


def _gains(game: Game, say: Figures) -> list[str]:
    """Coalitions that gain most beyond what their states reach one by one, without idle companions."""
    surplus = _surplus(game)
    found: list[str] = []
    for mask in np.argsort(-surplus.mean(axis=0), kind="stable"):
        mean = float(surplus[:, mask].mean())
        if mean <= NOISE * abs(float(game.total.mean())) or len(found) == MOST:
            break
        if _idle(surplus.mean(axis=0), int(mask)):
            continue
        low, high = (say.signed(float(v) / MILLION) for v in np.quantile(surplus[:, mask], LEVELS))
        words = {"states": say.names(game.coalition(int(mask))), "low": low, "high": high}
        found.append(say.words("together.gain", mean=say.signed(mean / MILLION), **words))
    return found or [say.words("together.no_gain")]


def _surplus(game: Game) -> Floats:
    """Value of each coalition less what its states reach alone, (member, coalition)."""
    masks = np.arange(game.values.shape[1])
    inside = (masks[:, None] >> np.arange(len(game.states)) & 1).astype(float)
    return np.asarray(game.values - game.alone @ inside.T)


def _idle(mean: Floats, mask: int) -> bool:
    """Whether a coalition gains no more than it does without one of its states."""
    parts = [mask & ~(1 << i) for i in range(mask.bit_length()) if mask >> i & 1]
    return any(mean[mask] <= mean[part] + 1e-3 * abs(mean[mask]) for part in parts)


def _told(deal: Deal) -> tuple[str, ...]:
    return (*deal.sentences, *([deal.beside] if deal.beside else []))


def _checks(found: Coalitions, say: Figures) -> list[str]:
    lines = [say.words("together.plan", plan=found.plans[found.states])]
    for way, game in _games(found).items():
        broken = game.violations(NOISE)
        if broken:
            worst = say.number(max(one.worst for one in broken) / MILLION)
            lines.append(say.words(f"together.apart_{way}", count=len(broken), worst=worst))
    if found.unkept:
        worst = say.number(found.unkept[0].worst_mcm)
        lines.append(say.words("together.unkept", count=len(found.unkept), worst=worst))
    return lines


def _spread(values: Floats) -> list[float]:
    low, high = (float(value) for value in np.quantile(values, LEVELS))
    return [low, float(values.mean()), high]


def _by_state(found: Coalitions, values: Floats) -> dict[str, list[float]]:
    return {state: _spread(values[:, i]) for i, state in enumerate(found.states)}


def _coalition(found: Coalitions, mask: int) -> dict[str, Any]:
    states = found.foresight.coalition(mask)
    return {
        "states": list(states),
        "foresight": _spread(found.foresight.values[:, mask]),
        "operation": _spread(found.myopic.values[:, mask]),
        "plan": str(found.plans[states]),
    }
