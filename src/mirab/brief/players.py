"""What states reach together by steps on corridors, for the terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mirab.brief.figures import Figures
from mirab.brief.relief import leading
from mirab.brief.words import load
from mirab.core.calendar import in_words
from mirab.core.carriage_gain import CarriageGain
from mirab.resolve.players import Played
from mirab.resolve.relief import spread

if TYPE_CHECKING:
    from rich.console import Console

    from mirab.resolve.deal import Deal

Triple = tuple[float, float, float]
MILLION = 1e6
COLUMNS = ("state", "gain", "time", "turning", "transit", "days")


@dataclass(frozen=True)
class Joined:
    """The game of the steps of a domain on a date: what all of them bring each state, and what it rests on.

    `gap` is how far shares of ways and queues are from answering to each other, `notes` are what else must be
    known.
    """

    found: Played
    gains: tuple[CarriageGain, ...]
    titles: Mapping[str, str]
    state_names: Mapping[str, str]
    on: date
    members: int
    seed: int
    gap: float
    notes: tuple[str, ...]


def show(seen: Joined, console: Console | None = None) -> None:
    """Print what all steps bring each state, the groups that reach most, the deal and what is not counted."""
    from rich.console import Console
    from rich.table import Table

    out, say = console or Console(), Figures(load(), seen.state_names)
    head = say.words("players.head", on=in_words(seen.on), members=seen.members, seed=seen.seed)
    out.print(head, style="bold", highlight=False)
    table = Table(*(say.words(f"players.{name}") for name in COLUMNS), box=None, pad_edge=False)
    for one in seen.gains:
        table.add_row(*_row(one, say))
    out.print(table)
    for line in (*_groups(seen, say), *_deals(seen.found.deal), *_checks(seen, say)):
        out.print(line, highlight=False, markup=False)
    for line in known(seen, say):
        out.print(f"- {line}", highlight=False, markup=False)


def print_json(seen: Joined) -> None:
    """Print the game as JSON: USD a year."""
    game, deal = seen.found.game, seen.found.deal
    content = {
        "on": seen.on.isoformat(),
        "members": seen.members,
        "seed": seen.seed,
        "unit": "USD a year",
        "gains": [asdict(one) | {"acts": one.state in game.states} for one in seen.gains],
        "players": list(game.states),
        "coalitions": [_coalition(seen.found, mask) for mask in range(1, game.everybody + 1)],
        "parts": [asdict(part) for part in deal.parts],
        "rules": [asdict(rule) for rule in deal.rules],
        "stability": [asdict(one) for one in deal.stability],
        "violations": [asdict(one) for one in deal.violations],
        "deal": list(_deals(deal)),
        "left_out": list(seen.found.left_out),
        "gap": seen.gap,
        "rests_on": known(seen, Figures(load(), seen.state_names)),
    }
    print(json.dumps(content, indent=1, ensure_ascii=False))


def known(seen: Joined, say: Figures) -> list[str]:
    """How the figures are made, what they do not count, and what else must be known."""
    return [say.words("players.how"), say.words("players.not_counted"), *seen.notes]


def _coalition(found: Played, mask: int) -> dict[str, Any]:
    group = found.game.coalition(mask)
    return {
        "states": list(group),
        "steps": list(found.steps.get(group, ())),
        "value": list(spread(found.game.values[:, mask])),
    }


def _row(one: CarriageGain, say: Figures) -> list[str]:
    parts = (one.time_usd, one.turning_usd, one.transit_usd)
    cells = [_spread(one.gain_usd, say), *(say.signed(part[1] / MILLION) for part in parts)]
    return [say.names([one.state]), *cells, say.signed(one.days[1])]


def _spread(usd: Triple, say: Figures) -> str:
    low, middle, high = (say.signed(value / MILLION) for value in usd)
    return say.words("joint.spread", low=low, middle=middle, high=high)


def _groups(seen: Joined, say: Figures) -> list[str]:
    game = seen.found.game
    shown = []
    for mask in leading(game):
        group = game.coalition(mask)
        low, mean, high = (say.signed(value / MILLION) for value in spread(game.values[:, mask]))
        steps = "; ".join(seen.titles[id] for id in seen.found.steps[group])
        told = say.words("joint.spread", low=low, middle=mean, high=high)
        shown.append(say.words("players.group", states=say.names(group), value=told, steps=steps))
    return shown


def _deals(deal: Deal) -> tuple[str, ...]:
    rest = deal.without.sentences if deal.without else ()
    return tuple(line for line in (*deal.sentences, deal.beside, *rest) if line)


def _checks(seen: Joined, say: Figures) -> list[str]:
    broken, lines = seen.found.deal.violations, []
    if broken:
        worst = say.number(broken[0].worst / MILLION)
        lines.append(say.words("players.apart", count=len(broken), members=broken[0].members, worst=worst))
    if seen.found.left_out:
        steps = "; ".join(seen.titles[id] for id in seen.found.left_out)
        lines.append(say.words("players.left_out", most=len(seen.found.game.states), steps=steps))
    return lines
