"""Effects: what an option does to threats, and to each state in water, electricity and money.

All differences are of each member with itself, so the ensemble's spread does not hide them. Money comes
from ranges of values; a gain is a straight line in the value of water and in that of power, so that its
sign over the whole range is that at the ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis
from mirab.core.flow.run import Run
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


def accounts(run: Run, asked: Floats, worth: Range) -> Mapping[str, Account]:
    """What a run gives each state that has a claim or a plant, states A to Z.

    `asked` (time, claim) is the demand in m3/s against which water is valued: that of the run without a
    change, because what a field needs does not fall with what is asked for. Closing losses count for nobody.
    """
    network = run.model.network
    shares = {id: dict(claim.shares) for id, claim in network.claims.items() if claim.kind != "loss"}
    owners = {id: states[0] for id, states in zip(run.energy.items, run.energy.states, strict=True) if states}
    keepers = {id: network.nodes[id].states[0] for id in network.stores if network.nodes[id].states}
    users = {state for parts in shares.values() for state in parts}
    states = sorted(users | {*owners.values(), *keepers.values()})
    nothing = np.zeros(run.inflow.members)
    found = dict.fromkeys(states, _account(nothing))
    positions = {id: i for i, id in enumerate(network.claims)}
    for id, parts in shares.items():
        given = _claim(run, id, asked[:, positions[id]], worth)
        for state, share in parts.items():
            found[state] = _sum(found[state], given, share)
    for id, state in owners.items():
        found[state] = _sum(found[state], _plant(run, id, worth), 1.0)
    for id, state in keepers.items():
        found[state] = _sum(found[state], _store(run, id, worth), 1.0)
    return found


def _account(nothing: Floats) -> Account:
    return Account(nothing, nothing, nothing, nothing, (nothing, nothing), (nothing, nothing))


def states(base: Mapping[str, Account], other: Mapping[str, Account]) -> tuple[StateEffect, ...]:
    """What the second run gives each state more than the first."""
    return tuple(_state(state, _sum(other[state], base[state], -1.0)) for state in base)


def _claim(run: Run, id: str, asked: Floats, worth: Range) -> Account:
    delivered = run.delivered[id]
    volume = run.axis.mcm_per_m3s
    low, high = (
        values.water_usd(id, delivered, asked[:, None], volume[:, None]).sum(axis=0)
        for values in (worth.low, worth.high)
    )
    empty = _account(np.zeros(delivered.shape[1]))
    return replace(empty, water_km3=volume @ delivered / 1e3, water_usd=(low, high))


def _plant(run: Run, id: str, worth: Range) -> Account:
    energy = run.energy[id]
    low, high = (values.power_usd(id, energy, run.axis) for values in (worth.low, worth.high))
    empty, winter = _account(np.zeros(energy.shape[1])), _winter(run.axis) @ energy
    return replace(empty, energy_gwh=energy.sum(axis=0), winter_energy_gwh=winter, power_usd=(low, high))


def _store(run: Run, id: str, worth: Range) -> Account:
    held, full = run.volume[id][-1], run.model.network.stores[id].full_mcm
    low, high = (values.stored_usd(id, held, full) for values in (worth.low, worth.high))
    return replace(_account(np.zeros(held.size)), stored_km3=held / 1e3, water_usd=(low, high))


def _winter(axis: TimeAxis) -> Floats:
    return np.array([float(day.month in WINTER) for day in axis.starts])


def _sum(one: Account, other: Account, factor: float) -> Account:
    """One account plus a factor times another."""
    return Account(
        one.water_km3 + factor * other.water_km3,
        one.energy_gwh + factor * other.energy_gwh,
        one.winter_energy_gwh + factor * other.winter_energy_gwh,
        one.stored_km3 + factor * other.stored_km3,
        _ends(one.water_usd, other.water_usd, factor),
        _ends(one.power_usd, other.power_usd, factor),
    )


def _ends(one: tuple[Floats, Floats], other: tuple[Floats, Floats], factor: float) -> tuple[Floats, Floats]:
    return one[0] + factor * other[0], one[1] + factor * other[1]


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
