"""What groups of states save together by steps on their connections, for the terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mirab.brief.figures import Figures
from mirab.brief.words import load
from mirab.core.calendar import in_words
from mirab.resolve.game import Game
from mirab.resolve.relief import Together, spread

if TYPE_CHECKING:
    from rich.console import Console

MOST = 6
COLUMNS = ("state", "alone", "shapley", "nucleolus")
LEAST = 1e-9


@dataclass(frozen=True)
class Saved:
    """The game of a domain's steps on a date, with the names that people read and what it rests on."""

    found: Together
    titles: Mapping[str, str]
    state_names: Mapping[str, str]
    on: date
    members: int
    seed: int
    notes: tuple[str, ...]


def show(saved: Saved, console: Console | None = None) -> None:
    """Print what each state saves alone and together, the groups that save most, and what it rests on."""
    from rich.console import Console
    from rich.table import Table

    out, say = console or Console(), Figures(load(), saved.state_names)
    head = say.words("relief.head", on=in_words(saved.on), members=saved.members, seed=saved.seed)
    out.print(head, style="bold", highlight=False)
    for found in filter(None, (saved.found, saved.found.without)):
        if found is not saved.found:
            out.print(say.words("relief.without", states=say.names(saved.found.apart)), style="bold")
        table = Table(*(say.words(f"relief.{name}") for name in COLUMNS), box=None)
        for row in _rows(found, say):
            table.add_row(*row)
        out.print(table)
        for line in (*_groups(found, saved, say), *_lasting(found, say)):
            out.print(line, highlight=False)
    for line in (say.words("relief.how"), *saved.notes):
        out.print(f"- {line}", markup=False, highlight=False)


def print_json(saved: Saved) -> None:
    """Print the game as JSON: days, 10 % point, mean and 90 % point over members."""
    content = {
        "on": saved.on.isoformat(),
        "members": saved.members,
        "seed": saved.seed,
        "unit": "days of the whole connection of a state",
        **_plain(saved.found),
        "without": _plain(saved.found.without) if saved.found.without else None,
        "rests_on": list(saved.notes),
    }
    print(json.dumps(content, indent=1, ensure_ascii=False))


def _plain(found: Together) -> dict[str, Any]:
    game = found.game
    return {
        "states": list(game.states),
        "coalitions": [
            {
                "states": list(game.coalition(mask)),
                "steps": list(found.steps.get(game.coalition(mask), ())),
                "saved": list(spread(game.values[:, mask])),
            }
            for mask in range(1, game.everybody + 1)
        ],
        "shares": {
            name: {state: list(spread(one.of(state))) for state in game.states}
            for name, one in found.shares.items()
        },
        "in_core": {name: one.in_core if one else None for name, one in found.lasting.items()},
    }


def _rows(found: Together, say: Figures) -> list[list[str]]:
    game = found.game
    return [
        [
            say.names([state]),
            _told(game.alone[:, i], say),
            *(_told(one.of(state), say) for one in found.shares.values()),
        ]
        for i, state in enumerate(game.states)
    ]


def _groups(found: Together, saved: Saved, say: Figures) -> list[str]:
    """Groups that save most on average, each with its steps."""
    shown: list[str] = []
    for mask in leading(found.game):
        group = found.game.coalition(mask)
        steps = "; ".join(saved.titles[id] for id in found.steps.get(group, ()))
        told = _told(found.game.values[:, mask], say)
        shown.append(say.words("relief.group", states=say.names(group), saved=told, steps=steps))
    return shown


def leading(game: Game) -> list[int]:
    """Bitmasks of the groups that reach most on average, without companions that add nothing."""
    means = game.values.mean(axis=0)
    found = []
    for mask in sorted(range(1, len(means)), key=lambda mask: -means[mask]):
        parts = [mask & ~(1 << i) for i in range(mask.bit_length()) if mask >> i & 1]
        if means[mask] > LEAST and not any(means[mask] <= 1.01 * means[part] for part in parts if part):
            found.append(mask)
    return found[:MOST]


def _lasting(found: Together, say: Figures) -> list[str]:
    return [
        say.words("relief.core", rule=say.words(f"rule.{name}"), share=say.percent(one.in_core))
        for name, one in found.lasting.items()
        if one is not None
    ]


def _told(values: Any, say: Figures) -> str:
    low, mean, high = (say.number(value) for value in spread(values))
    return say.words("exits.spread", low=low, middle=mean, high=high)
