"""Trial: options run beside the outlook, from one state on the date and with the same members."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from mirab.core.ensemble import Ensemble, Members
from mirab.core.flow.run import Run, State
from mirab.core.network import Network
from mirab.core.records import Evidence, Option, StateEffect
from mirab.core.values import Range
from mirab.resolve import changes, effects, options
from mirab.resolve.deal import deal, enabled
from mirab.resolve.sentences import in_kind

Floats = NDArray[np.float64]
Judge = Callable[[Run], Mapping[str, NDArray[np.bool_]]]
Simulate = Callable[[Network, Members, State], Run]
LEAST_USD = 1000.0
"""Below this a mean gain is rounding."""
BEST = 3
"""So many options of a threat are also tried in pairs."""


@dataclass(frozen=True)
class Trial:
    """What options are tried on: the run without any, and how another run is made and judged.

    `judge` gives for each threat the members in which it comes true. `names` of states by code; `apart` are
    states that a deal is also looked at without; `rests_on` is what the values of `worth` rest on.
    """

    base: Run
    worth: Range
    judge: Judge
    simulate: Simulate
    names: Mapping[str, str] = field(default_factory=dict)
    apart: tuple[str, ...] = ()
    rests_on: tuple[Evidence, ...] = ()

    @cached_property
    def _inflow(self) -> Ensemble:
        """The members of the inflow, drawn once for all options."""
        return self.base.inflow.part(0, self.base.inflow.members)

    @cached_property
    def _true(self) -> Mapping[str, NDArray[np.bool_]]:
        return self.judge(self.base)

    @cached_property
    def _accounts(self) -> Mapping[str, effects.Account]:
        return effects.accounts(self.base, self.base.model.network, self.worth)

    def of(self, option: Option) -> Option:
        """The option with what it does to each threat and each state; as it is where it has no changes.

        `coalition` are the states that act and those that lose by it on average in the middle of the values.
        """
        if not option.changes:
            return option
        network, inflow = changes.apply(self.base.model.network, self._inflow, option.changes)
        other = self.simulate(network, inflow, changes.begin(self.base.start, network, option.changes))
        true = self.judge(other)
        given = effects.accounts(other, self.base.model.network, self.worth)
        done = effects.states(self._accounts, given)
        losers = {one.state for one in done if one.least_usd + one.most_usd < -LEAST_USD}
        found = replace(
            option,
            threats=tuple(effects.threat(name, self._true[name], true[name]) for name in self._true),
            states=tuple(one for one in done if _moves(one)),
            coalition=tuple(sorted({*option.actors, *losers})),
            evidence=tuple(dict.fromkeys((*option.evidence, *self.rests_on))),
        )
        return self._agreed(found, given) if found.states else found

    def _agreed(self, option: Option, given: Mapping[str, effects.Account]) -> Option:
        """The option with the deal between those who must agree and those who gain."""
        players = sorted({*option.coalition, *(one.state for one in option.states)} & set(given))
        gains = np.stack([given[state].usd - self._accounts[state].usd for state in players], axis=1)
        needed = [state for state in option.coalition if state in given]
        found = deal(enabled(players, gains, needed), self.names, before=gains, apart=self.apart)
        gained = found.surplus[1] > 0.0
        shared = found.parts if gained else ()
        said = (*found.sentences, found.beside, in_kind(option.states, self.names))
        return replace(
            option,
            shares={part.state: part.shares["shapley"][1] for part in shared},
            compensation={part.state: part.compensation["shapley"][1] for part in shared},
            rules=found.rules if gained else (),
            deal=tuple(sentence for sentence in said if sentence),
        )

    def all(self, known: Iterable[Option]) -> tuple[Option, ...]:
        """Every option tried, then pairs of the best of each threat; one without a figure stays as it is."""
        tried = [self.of(option) for option in known]
        pairs = {(one.id, other.id): options.pair(one, other) for one, other in _promising(tried)}
        return (*tried, *(self.of(both) for both in pairs.values() if both))


def _moves(effect: StateEffect) -> bool:
    """Whether anything changes for a state that is more than rounding."""
    return any(abs(value) > least for values, least in _least(effect) for value in values)


def _least(effect: StateEffect) -> tuple[tuple[tuple[float, ...], float], ...]:
    water, energy = (effect.water_km3, effect.stored_km3), (effect.energy_gwh, effect.winter_energy_gwh)
    usd = (effect.least_usd, effect.most_usd)
    return (sum(water, ()), 0.0005), (sum(energy, ()), 0.05), (usd, LEAST_USD)


def best(tried: Sequence[Option], threat: str) -> list[Option]:
    """The options that help against a threat, the most first."""
    found = [
        (effect.after - effect.before, one.id, one)
        for one in tried
        for effect in one.threats
        if effect.threat == threat and effect.helps
    ]
    return [one for _, _, one in sorted(found, key=lambda line: line[:2])]


def _promising(tried: Sequence[Option]) -> list[tuple[Option, Option]]:
    """Pairs among the best of each threat, each pair once."""
    names = dict.fromkeys(effect.threat for one in tried for effect in one.threats)
    found = {
        (one.id, other.id): (one, other)
        for name in names
        for one, other in combinations(sorted(best(tried, name)[:BEST], key=lambda one: one.id), 2)
    }
    return list(found.values())
