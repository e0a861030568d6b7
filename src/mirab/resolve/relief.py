"""Steps against lost connections: what each saves to each state, and what groups of states save together.

The amounts are days of a state's whole connection that are not lost over the period, each member against
itself. A day counts alike in every state: that is a convention, not a price, and nothing is handed over. The
value of a group is what its states save by the steps that its states can take by themselves; so the sharing
rules and the facts on stability say whose taking part matters, and not who owes whom.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mirab.core.phrase import listed, say
from mirab.core.records import Change, Option
from mirab.resolve import effects
from mirab.resolve.game import Coalition, Game
from mirab.resolve.sharing import RULES, Shares
from mirab.resolve.stability import Stability, stability
from mirab.resolve.steps import by_steps

Floats = NDArray[np.float64]
Flags = Mapping[str, NDArray[np.bool_]]
LEAST_DAYS = 0.005
SHOWN = ("shapley", "nucleolus")
Spread = tuple[float, float, float]


@dataclass(frozen=True)
class Tried:
    """What one set of changes does.

    `true` are the members in which each threat comes true, `lost` days (member, state), `trips` (state,) mean
    round trips in ms.
    """

    true: Flags
    lost: Floats
    trips: Floats


@dataclass(frozen=True)
class Together:
    """What groups of states save: the game in days, its shares by the two rules, and whether they last.

    `steps` are by group the ids of the steps that it takes by itself; `without` is the same without the
    states `apart`, where any of them is in it.
    """

    game: Game
    shares: Mapping[str, Shares]
    lasting: Mapping[str, Stability | None]
    steps: Mapping[Coalition, tuple[str, ...]]
    apart: tuple[str, ...] = ()
    without: Together | None = None


def tried(
    option: Option, states: Sequence[str], names: Mapping[str, str], base: Tried, other: Tried
) -> Option:
    """The option with what it does to each threat, and in words what it saves to each state.

    Only those who act must agree: who loses by the ways that others choose is told, and has no veto.
    """
    nothing = np.zeros(len(base.lost), dtype=np.bool_)
    moved = tuple(
        effects.threat(name, flags, other.true.get(name, nothing)) for name, flags in base.true.items()
    )
    saved = base.lost - other.lost
    said = (_saved(saved, states, names), _trips(base.trips, other.trips, states, names))
    return replace(option, threats=moved, coalition=option.actors, deal=tuple(line for line in said if line))


def together(
    states: Sequence[str],
    options: Sequence[Option],
    lost: Callable[[Sequence[Change]], Floats],
    apart: Sequence[str] = (),
) -> Together:
    """The game of all groups of states, A to Z; `lost` gives days lost (member, state) under some changes.

    Options of which a group holds all actors are taken by it, together. Each set of options is run once.
    """
    base = lost([])
    game, taken = by_steps(states, options, lambda changes: base - (lost(changes) if changes else base))
    return _shared(game, taken, tuple(sorted(set(apart) & set(states))))


def _shared(game: Game, able: Mapping[Coalition, tuple[str, ...]], apart: tuple[str, ...]) -> Together:
    shares = {name: RULES[name](game) for name in SHOWN}
    lasting = {name: stability(game, one) for name, one in shares.items()}
    rest = None
    if apart and len(game.states) - len(apart) >= 2:
        rest = _shared(game.without(apart), {g: ids for g, ids in able.items() if not {*g} & {*apart}}, ())
    return Together(game, shares, lasting, able, apart, rest)


def spread(values: Floats) -> Spread:
    """The 10 % point, the mean and the 90 % point over members."""
    low, high = np.quantile(values, (0.1, 0.9))
    return float(low), float(values.mean()), float(high)


def _saved(saved: Floats, states: Sequence[str], names: Mapping[str, str]) -> str:
    parts = [
        say("{state} {mean:.2f} ({low:.2f} to {high:.2f})", state=names[state], low=low, mean=mean, high=high)
        for i, state in enumerate(states)
        for low, mean, high in [spread(saved[:, i])]
        if abs(mean) >= LEAST_DAYS
    ]
    if not parts:
        return say("It saves no state days of lost connection in these members.")
    return say(
        "Days of lost connection saved to the horizon, mean and 10 to 90 % of members: {parts}.",
        parts=listed(parts),
    )


def _trips(before: Floats, after: Floats, states: Sequence[str], names: Mapping[str, str]) -> str:
    parts = [
        say("{state} {before:.0f} to {after:.0f}", state=names[state], before=before[i], after=after[i])
        for i, state in enumerate(states)
        if abs(after[i] - before[i]) >= 0.5
    ]
    return say("Mean round trip in ms: {parts}.", parts=listed(parts)) if parts else ""
