"""Effects: what an option does to threats, and to each state in water, electricity and money.

All differences are of each member with itself, so the ensemble's spread does not hide them. Money comes
from ranges of values; a gain is a straight line in the value of water and in that of power, so that its
sign over the whole range is that at the ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mirab.core.flow.run import Run
from mirab.core.flow.worth import MILLION, Worth, worth
from mirab.core.network import Network
from mirab.core.records import StateEffect, ThreatEffect
from mirab.core.values import Range

Floats = NDArray[np.float64]
LEVELS = (0.1, 0.5, 0.9)
NINETY = 1.645
UNSEEN = 2.3
WINTER = (10, 11, 12, 1, 2, 3)


@dataclass(frozen=True)
class Account:
    """What a run gives a state, by member: km3 delivered and left in stores, GWh, and USD at both ends.

    `water_usd` is what is delivered and what is left, `power_usd` the electricity.
    """

    water_km3: Floats
    energy_gwh: Floats
    winter_energy_gwh: Floats
    stored_km3: Floats
    water_usd: tuple[Floats, Floats]
    power_usd: tuple[Floats, Floats]

    @cached_property
    def usd(self) -> Floats:
        """USD by member in the middle of both ranges."""
        return np.asarray(sum((*self.water_usd, *self.power_usd)) / 2.0)


def threat(name: str, before: NDArray[np.bool_], after: NDArray[np.bool_]) -> ThreatEffect:
    """How the probability of a threat changes, from the members in which it comes true in the two runs.

    The interval is that of a mean of paired differences (normal), widened by what members that were not drawn
    could have done: 2.3 / n, the 90 % bound of a share that n members never showed (ours to join both).

    >>> threat("t", np.array([True, True, False, False]), np.array([True, False, False, False])).after
    0.25
    """
    change = after.astype(float) - before.astype(float)
    drawn = NINETY * float(change.std()) / np.sqrt(change.size)
    mean, spread = float(change.mean()), float(np.hypot(drawn, UNSEEN / change.size))
    return ThreatEffect(name, float(before.mean()), float(after.mean()), mean - spread, mean + spread)


def accounts(run: Run, needs: Network, values: Range) -> Mapping[str, Account]:
    """What a run gives each state of its network, states A to Z; closing losses count for nobody.

    Water is valued against the demands of `needs`, the network without a change (`worth`).
    """
    ends = [worth(run, one, needs=needs) for one in (values.low, values.high)]
    states = run.model.network.states
    found = {state: _account(run, state, ends, place) for place, state in enumerate(states)}
    return dict(sorted(found.items()))


def _account(run: Run, state: str, ends: Sequence[Worth], place: int) -> Account:
    network, axis = run.model.network, run.axis
    claims = [claim for claim in network.claims.values() if claim.kind != "loss"]
    shares = {claim.id: dict(claim.shares).get(state, 0.0) for claim in claims}
    owners = zip(run.energy.items, run.energy.states, strict=True)
    plants = [run.energy[id] for id, own in owners if own[:1] == (state,)]
    kept = [run.volume[id][-1] for id in network.stores if network.nodes[id].states[:1] == (state,)]
    water = [share * (axis.mcm_per_m3s @ run.delivered[id]) for id, share in shares.items() if share]
    winter = np.array([float(day.month in WINTER) for day in axis.starts])
    nothing = np.zeros(run.inflow.members)
    return Account(
        sum(water, nothing) / 1e3,
        sum((energy.sum(axis=0) for energy in plants), nothing),
        sum((winter @ energy for energy in plants), nothing),
        sum(kept, nothing) / 1e3,
        _usd(ends, place, lambda one: one.water + one.storage),
        _usd(ends, place, lambda one: one.power),
    )


def _usd(ends: Sequence[Worth], state: int, part: Callable[[Worth], Floats]) -> tuple[Floats, Floats]:
    low, high = (part(one)[:, state] * MILLION for one in ends)
    return low, high


def states(base: Mapping[str, Account], other: Mapping[str, Account]) -> tuple[StateEffect, ...]:
    """What the second run gives each state more than the first."""
    return tuple(_state(state, _less(other[state], base[state])) for state in base)


def _less(one: Account, other: Account) -> Account:
    """What the first account has more than the second."""
    return Account(
        one.water_km3 - other.water_km3,
        one.energy_gwh - other.energy_gwh,
        one.winter_energy_gwh - other.winter_energy_gwh,
        one.stored_km3 - other.stored_km3,
        _between(one.water_usd, other.water_usd),
        _between(one.power_usd, other.power_usd),
    )


def _between(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    return one[0] - other[0], one[1] - other[1]


def _state(name: str, more: Account) -> StateEffect:
    corners = [float((water + power).mean()) for water in more.water_usd for power in more.power_usd]
    return StateEffect(
        name,
        _points(more.water_km3),
        _points(more.energy_gwh),
        _points(more.winter_energy_gwh),
        _points(more.stored_km3),
        _points(more.usd),
        min(corners),
        max(corners),
    )


def _points(values: Floats) -> tuple[float, float, float]:
    low, middle, high = (float(value) for value in np.quantile(values, LEVELS))
    return low, middle, high
