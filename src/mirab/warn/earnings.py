"""What a run of carriage brings to states beside another of the same members, in USD a year and in days.

A state gains by the time of cargo that begins or ends in it, by what that cargo gains in turning to other
ways, and by what carrying others' cargo over its links and with its vessels leaves to it. Who gains how much
of the cargo of a market is a convention (ours): half where it begins and half where it ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mirab.core.carriage import Carriage, Stage, Way
from mirab.core.carriage_gain import CarriageGain
from mirab.warn.carriage import DRIVER, Carried, quantile
from mirab.warn.drivers import normals

Floats = NDArray[np.float64]
YEAR_DAYS, HOURS = 365.0, 24.0
LEVELS, LEAST_USD = (0.1, 0.5, 0.9), 5000.0
UNOWNED = ("sea",)
"""Modes whose carriers are in no table: what they earn goes to no state."""


@dataclass(frozen=True)
class Gains:
    """What one run brings each state beside another, each of shape (member, state), states A to Z.

    USD a year: `time` is what hours saved on the ways that cargo took are worth, `turning` what it gains
    beyond that by turning to other ways, `transit` the change of what carrying leaves. `days` are those saved
    on the mean journey of the cargo that begins, ends or passes there, on the ways that it took.
    """

    states: tuple[str, ...]
    time: Floats
    turning: Floats
    transit: Floats
    days: Floats

    @property
    def usd(self) -> Floats:
        """USD a year, shape (member, state)."""
        return self.time + self.turning + self.transit

    def of(self, states: Iterable[str]) -> Floats:
        """USD a year of some states, shape (member, state); nothing for one that has no cargo here."""
        column = {state: self.usd[:, i] for i, state in enumerate(self.states)}
        return np.stack([column.get(state, np.zeros(len(self.usd))) for state in states], axis=1)

    def plus(self, other: Self) -> Gains:
        """Both together, of the same states and members."""
        return Gains(
            self.states,
            self.time + other.time,
            self.turning + other.turning,
            self.transit + other.transit,
            self.days + other.days,
        )

    def of_members(self, members: NDArray[np.bool_]) -> Gains:
        """The same in these members only."""
        rest = (self.time, self.turning, self.transit, self.days)
        return Gains(self.states, *(values[members] for values in rest))


def gains(base: Carried, other: Carried) -> Gains:
    """What `other` brings beside `base`, which has the same members and ways.

    What cargo gains is the difference of the worth of its choice (Small and Rosen 1981), of which the time is
    the part that it would have had without turning. Costs are those of the run, of a year that is like it.
    """
    states = touched(base.plan, base.ways)
    saved = _saved(base, other)
    stayed = base.choice.shares(base.cost - base.reference) * base.volumes * saved
    before, after = (one.choice.worths(one.cost - base.reference) for one in (base, other))
    gain, time = np.zeros((2, base.draws.members, len(base.choice.places)))
    for i, place in enumerate(base.choice.places):
        gain[:, i] = base.volumes[:, place].max(axis=1) * (after[i] - before[i])
        time[:, i] = stayed[:, place].sum(axis=1)
    owned = np.array([_owned(base, place, states) for place in base.choice.places])
    carried = _income(other, states) - _income(base, states)
    return Gains(
        states,
        YEAR_DAYS * time @ owned,
        YEAR_DAYS * (gain - time) @ owned,
        YEAR_DAYS * carried,
        _days(base, other, states),
    )


def told(found: Gains, always: Iterable[str] = ()) -> tuple[CarriageGain, ...]:
    """What is brought to each state in quantiles over members; others than `always` only above LEAST_USD."""
    parts = {
        "gain_usd": found.usd,
        "time_usd": found.time,
        "turning_usd": found.turning,
        "transit_usd": found.transit,
        "days": found.days,
    }
    means = found.usd.mean(axis=0)
    return tuple(
        CarriageGain(
            state=state, mean_usd=float(means[i]), **{name: _three(one[:, i]) for name, one in parts.items()}
        )
        for i, state in enumerate(found.states)
        if state in {*always} or np.abs(np.quantile(found.usd[:, i], LEVELS)).max() >= LEAST_USD
    )


def _three(values: Floats) -> tuple[float, float, float]:
    low, middle, high = (float(q) for q in np.quantile(values, LEVELS))
    return low, middle, high


def touched(plan: Carriage, ways: Sequence[Way]) -> tuple[str, ...]:
    """States that the cargo of some ways begins in, ends in or passes, A to Z."""
    ends = {state for way in ways for state in plan.markets[way.market].ends}
    return tuple(sorted(ends | {state for way in ways for state in way.states}))


def owners(plan: Carriage, ways: Sequence[Way]) -> dict[str, float]:
    """The part of each state in what the cargo of the ways of one market gains; they add up to 1.

    Each way by its observed share: half for the state where it begins and half for that where it ends, as far
    as the market names them as its ends; all for the one that it names, and alike for all where it is none.
    """
    whole = sum(way.share for way in ways)
    found: dict[str, float] = {}
    for way in ways:
        ends = plan.markets[way.market].ends
        named = [state for state in _ends(plan, way) if state in ends] or list(ends)
        for state in named:
            found[state] = found.get(state, 0.0) + way.share / whole / len(named)
    return found


def _ends(plan: Carriage, way: Way) -> tuple[str, str]:
    links = {link.id: link for link in plan.network.links}
    states = {node.id: node.states[0] for node in plan.network.nodes}
    own = next(route.links for route in plan.network.routes if route.id == way.id)
    return states[links[own[0]].tail], states[links[own[-1]].head]


def _owned(base: Carried, place: slice, states: Sequence[str]) -> Floats:
    parts = owners(base.plan, base.ways[place])
    return np.array([parts.get(state, 0.0) for state in states])


def _saved(base: Carried, other: Carried) -> Floats:
    """USD a t by member and way that `other` costs less; nothing on a way that either bars."""
    open_ = np.isfinite(base.cost) & np.isfinite(other.cost)
    return np.where(open_, np.where(open_, base.cost, 0.0) - np.where(open_, other.cost, 0.0), 0.0)


def _income(found: Carried, states: Sequence[str]) -> Floats:
    """USD a day that carriage leaves to each state for cargo that neither begins nor ends there."""
    plan, draws = found.plan, found.draws
    if plan.kept is None:
        return np.zeros((draws.members, len(states)))
    low, high = np.array([_rates(plan, way, states) for way in found.ways]).transpose(2, 0, 1)
    factor = np.array([plan.freight.get(way.id, 1.0) for way in found.ways])
    tonnes = found.shares * found.volumes * factor
    place = draws.freight[:, None]
    earned = (1.0 - place) * (tonnes @ low) + place * (tonnes @ high)
    return np.asarray(earned * kept(plan.kept, draws.seed, draws.members)[:, None])


def kept(three: tuple[float, float, float], seed: int, members: int) -> Floats:
    """The part of a freight that carrying leaves, by member, drawn from its triangular law."""
    drawn = normals(seed, DRIVER, "kept", 1, members)[0, :, 0]
    return quantile(np.array([NormalDist().cdf(z) for z in drawn]), three)


def _rates(plan: Carriage, way: Way, states: Sequence[str]) -> list[tuple[float, float]]:
    """USD per t, low and high, that each state earns on a way; nothing where the cargo is its own."""
    found = dict.fromkeys(states, (0.0, 0.0))
    for stage in way.stages:
        for state, part in _earning(plan, stage).items():
            if state in found and state not in plan.markets[way.market].ends:
                low, high = found[state]
                found[state] = low + part * stage.usd_per_t[0], high + part * stage.usd_per_t[1]
    return list(found.values())


def _earning(plan: Carriage, stage: Stage) -> dict[str, float]:
    if stage.kind == "fleet":
        return dict(plan.owners.get(stage.link, {}))
    return {} if stage.mode in UNOWNED else {stage.state: 1.0}


def _days(base: Carried, other: Carried, states: Sequence[str]) -> Floats:
    tonnes = base.shares * base.volumes
    saved = tonnes * (base.mean_hours - other.mean_hours) / HOURS
    ends = [{*way.states, *base.plan.markets[way.market].ends} for way in base.ways]
    passes = np.array([[state in own for state in states] for own in ends], dtype=float)
    whole = tonnes @ passes
    return np.asarray(np.divide(saved @ passes, whole, out=np.zeros_like(whole), where=whole > 0))
