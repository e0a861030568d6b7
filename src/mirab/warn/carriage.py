"""Carriage ahead: cargo of each member chooses its way, waits in queues, and tells how long it took.

Member m of a seed is the same world in every run, so that two runs differ by what was changed alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis, days
from mirab.core.carriage import Carriage, Market, Stage, Three, Way, stream, years_since
from mirab.core.choice import Choice, Side, concentration, dependence, equilibrium
from mirab.core.ensemble import Ensemble, to_lanes
from mirab.core.errors import SolutionError
from mirab.core.queues import engine
from mirab.core.queues.run import QueueRun
from mirab.warn.drivers import normals

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]
DRIVER, AHEAD_DAYS, ROUNDS, GAP, TOLD_GAP = "carriage", 365, 16, 0.002, 0.02
KEPT = ("queue", "served", "waiting", "utilisation", "journey")
HOURS = 24.0


@dataclass(frozen=True)
class Draws:
    """What is uncertain, by member: all arrays have shape (member,), `level` (step, member).

    `volume` is t a day by market; `time` USD per t and day by commodity; `freight` where each member lies
    between the low and the high freight, and `dwell` in the law of the hours of a station; `level` in m.
    `service` is the share of the capacity that nodes have by day, None where nothing is known of it.
    """

    axis: TimeAxis
    seed: int
    volume: Mapping[str, Floats]
    theta: Floats
    reliability: Floats
    time: Mapping[str, Floats]
    freight: Floats
    dwell: Mapping[str, Floats]
    level: Floats | None
    service: Ensemble | None = None

    @property
    def members(self) -> int:
        """How many members there are."""
        return self.theta.size

    def of_members(self, members: Numbers) -> Draws:
        """What is uncertain in these members only."""
        return replace(
            self,
            volume={id: values[members] for id, values in self.volume.items()},
            theta=self.theta[members],
            reliability=self.reliability[members],
            time={id: values[members] for id, values in self.time.items()},
            freight=self.freight[members],
            dwell={id: values[members] for id, values in self.dwell.items()},
            level=None if self.level is None else self.level[:, members],
            service=None if self.service is None else self.service.of_members(members),
        )


@dataclass(frozen=True)
class Carried:
    """One run: `shares` and `cost` (USD/t) by way, shape (member, way); `journey` in hours, by way.

    `reference` are the costs of the year of the observed shares, `volumes` t a day of the market of each way,
    of like shape. `gaps`, shape (member,), is how far shares and costs are from answering to each other,
    after `rounds`. `run` holds the results named in `KEPT`.
    """

    plan: Carriage
    draws: Draws
    ways: tuple[Way, ...]
    choice: Side
    volumes: Floats
    shares: Floats
    cost: Floats
    reference: Floats
    journey: Ensemble
    run: QueueRun
    gaps: Floats
    rounds: int

    @property
    def gap(self) -> float:
        """The mean gap over members."""
        return float(self.gaps.mean())

    @property
    def level(self) -> Floats | None:
        """The level by step and member, in m; None where there is none."""
        return None if self.draws.level is None else self.draws.level + self.plan.level_shift

    @cached_property
    def mean_hours(self) -> Floats:
        """Mean hours of the journey, shape (member, way)."""
        return np.asarray(self.journey.values().mean(axis=1))

    @cached_property
    def room(self) -> dict[str, Floats]:
        """T a day that each station with a capacity could have served of what it serves, by member."""
        busy, served = self.run.utilisation, self.run.served
        rooms = {}
        for station in (id for id in busy.items if id in self.plan.stations):
            use, done = busy[station].mean(axis=0), served[station].mean(axis=0)
            if (use > 0).all():
                rooms[station] = done / use
        return rooms

    def volume(self, market: str) -> Floats:
        """T a day of a market, shape (member,)."""
        return self.draws.volume[market] * self.plan.demand.get(market, 1.0)

    @cached_property
    def waits(self) -> dict[str, Floats]:
        """Mean hours that cargo waits at each station where something is modelled, shape (member,)."""
        found = {}
        for station in self.run.waiting.items:
            hours = np.minimum(self.run.waiting[station], HOURS * len(self.draws.axis))
            came = np.isfinite(hours)
            found[station] = np.where(came, hours, 0.0).sum(axis=0) / np.maximum(came.sum(axis=0), 1)
        return found

    def wait_h(self, station: str) -> Floats:
        """Mean hours that cargo waits at a station, shape (member,); none where nothing is modelled."""
        return self.waits.get(station, np.zeros(self.draws.members))

    def dwell_h(self, station: str) -> Floats:
        """Mean hours from arrival to departure at a station, with the queue, shape (member,)."""
        return dwell(self.plan, self.draws, station) + self.wait_h(station)

    def stage_h(self, stage: Stage) -> Floats:
        """Mean hours of one piece of a way with what it waits for, shape (member,)."""
        if stage.kind == "dwell":
            return self.dwell_h(stage.station)
        return stage.hours + (
            self.wait_h(stage.station) if stage.kind == "fleet" else np.zeros(self.draws.members)
        )

    def of_market(self, market: str) -> list[int]:
        """Places of the ways of a market."""
        return [i for i, way in enumerate(self.ways) if way.market == market]

    def concentration(self, market: str) -> Floats:
        """How concentrated the ways of a market are, 0 to 1, shape (member,)."""
        return concentration(self.shares[:, self.of_market(market)])

    def through(self, market: str) -> dict[str, Floats]:
        """Share of a market that passes each state, by member; nothing for a market with one way."""
        place = self.of_market(market)
        passes, ends = [self.ways[i].states for i in place], self.plan.markets[market].ends
        return dependence(self.shares[:, place], passes, ends) if len(place) > 1 else {}

    @cached_property
    def worth_of_time(self) -> Floats:
        """USD per t and day, shape (member, way)."""
        cargo = [self.plan.markets[way.market].commodity for way in self.ways]
        return np.stack([self.draws.time[one] for one in cargo], axis=1)


def drawn(plan: Carriage, on: date, members: int, seed: int, *, ahead: int = AHEAD_DAYS) -> Draws:
    """What is uncertain of a plan from a day on, each from a triangular law of its low, mode and high.

    Volumes are lognormal around their mean, which grows from the year in which it was counted.
    """
    draw = _Draw(seed, members)
    axis = days(on, ahead)
    markets = plan.markets.values()
    ahead_of = {
        one.id: draw.lognormal(f"volume {one.id}", one.spread) * _grown(one, on, draw) for one in markets
    }
    return Draws(
        axis,
        seed,
        {one.id: one.per_day * ahead_of[one.id] for one in markets},
        draw.triangular("theta", plan.taste.theta),
        draw.triangular("reliability", plan.taste.reliability),
        {id: draw.triangular(f"time {id}", worth) for id, worth in plan.taste.time.items()},
        draw.uniform("freight"),
        {id: draw.uniform(f"dwell {id}") for id in plan.stations},
        _levels(plan, axis, draw),
    )


@dataclass(frozen=True)
class _Draw:
    seed: int
    members: int

    def normal(self, name: str) -> Floats:
        """Standard normal draws of a name, shape (member,)."""
        return normals(self.seed, DRIVER, name, 1, self.members)[0, :, 0]

    def uniform(self, name: str) -> Floats:
        """Uniform draws of a name in [0, 1]."""
        return np.array([0.5 * (1.0 + math.erf(z / math.sqrt(2.0))) for z in self.normal(name)])

    def triangular(self, name: str, three: Three) -> Floats:
        """Draws from the triangular law of low, mode and high."""
        return quantile(self.uniform(name), three)

    def lognormal(self, name: str, spread: float) -> Floats:
        """Lognormal factors of mean 1 with this coefficient of variation."""
        sigma = math.sqrt(math.log1p(spread**2))
        return np.asarray(np.exp(sigma * self.normal(name) - sigma**2 / 2.0))


def _grown(market: Market, on: date, draw: _Draw) -> Floats:
    low, high = market.growth
    rate = low + draw.uniform(f"growth {market.id}") * (high - low)
    return np.asarray((1.0 + rate) ** (years_since(market.year, on) + 0.5))


def _levels(plan: Carriage, axis: TimeAxis, draw: _Draw) -> Floats | None:
    if plan.level is None:
        return None
    rate = draw.triangular(f"rate of {plan.level.id}", plan.level.rate)
    since = np.array([years_since(plan.level.since, day) for day in axis.starts])
    return np.asarray(plan.level.start + since[:, None] * rate[None, :])


def quantile(u: Floats, three: Three) -> Floats:
    """Quantiles of the triangular law of low, mode and high at `u` in [0, 1]; the mode without a width."""
    low, mode, high = three
    if high <= low:
        return np.full(u.shape, mode)
    rising = low + np.sqrt(u * (high - low) * (mode - low))
    falling = high - np.sqrt((1.0 - u) * (high - low) * (high - mode))
    return np.where(u < (mode - low) / (high - low), rising, falling)


def dwell(plan: Carriage, draws: Draws, station: str) -> Floats:
    """Mean hours at a station without a queue, shape (member,), where each member lies in their law."""
    return quantile(draws.dwell[station], plan.stations[station].hours)


@dataclass(frozen=True)
class _Trip:
    """A plan with its draws: what is asked of the queues, and what their times cost."""

    plan: Carriage
    draws: Draws

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        """Loaded ways, market by market."""
        return tuple(way for market in self.plan.markets for way in self.plan.loaded(market))

    @cached_property
    def choice(self) -> Side:
        """The choices of all markets side by side."""
        return Side(
            tuple(self._choice(self.plan.loaded(id)) for id in self.plan.markets if self.plan.loaded(id))
        )

    def _choice(self, ways: Sequence[Way]) -> Choice:
        nests = tuple(way.nest for way in ways)
        return Choice(nests, self.draws.theta, self.plan.taste.likeness).at([way.share for way in ways])

    def freight(self) -> Floats:
        """USD per t by member and way."""
        low, high = (
            np.array([sum(stage.usd_per_t[i] for stage in way.stages) for way in self.ways]) for i in (0, 1)
        )
        factor = np.array([self.plan.freight.get(way.id, 1.0) for way in self.ways])
        return np.asarray((low + self.draws.freight[:, None] * (high - low)) * factor)

    def cost(self, mean_h: Floats, spread_h: Floats) -> Floats:
        """Generalised cost in USD per t from mean and standard deviation of the hours, by member and way."""
        cargo = [self.plan.markets[way.market].commodity for way in self.ways]
        worth = np.stack([self.draws.time[one] for one in cargo], axis=1)
        lost = mean_h + self.draws.reliability[:, None] * spread_h
        barred = np.array([way.nest in self.plan.barred for way in self.ways])
        return np.where(barred, np.inf, self.freight() + worth * lost / HOURS)

    def volumes(self) -> Floats:
        """T a day of the market of each way, by member."""
        volume, factor = self.draws.volume, self.plan.demand
        return np.stack([volume[way.market] * factor.get(way.market, 1.0) for way in self.ways], axis=1)

    def reference(self) -> Floats:
        """Costs at the shares, volumes and level that were observed, alike in all members."""
        tonnes = np.array([way.share * self.plan.markets[way.market].per_day for way in self.ways])
        level = self.draws.level
        if level is not None and self.plan.level is not None:
            level = np.full_like(level, self.plan.level.start)
        every = replace(self, draws=replace(self.draws, service=None))
        return every.costs(np.tile(tonnes, (self.draws.members, 1)), level, np.arange(self.draws.members))

    def costs(self, tonnes: Floats, level: Floats | None, members: Numbers) -> Floats:
        """Costs of some members under t a day by member and way, at a level by step and member."""
        few = replace(self, draws=self.draws.of_members(members))
        at = None if level is None else level[:, members]
        run = few.run(tonnes, at, numbers=members, keep=("journey",))
        return few.cost(*few.moments(run))

    def level(self) -> Floats | None:
        """The level drawn, with the shift of the plan, by step and member."""
        drawn = self.draws.level
        return None if drawn is None else drawn + self.plan.level_shift

    def run(
        self,
        tonnes: Floats,
        level: Floats | None,
        *,
        numbers: Numbers | None = None,
        keep: Sequence[str] = KEPT,
    ) -> QueueRun:
        """The queues under t a day by member and way, at a level by step and member.

        `numbers` are those of the members in the seed, as they come where it is None.
        """
        items = tuple(stream(way, self.plan.markets[way.market]) for way in self.ways)
        how = f"drawn from the markets of the pack, seed {self.draws.seed}"
        demand = _steady(tonnes, items, self.draws.axis, how)
        return engine.run(
            self.plan.network,
            demand,
            seed=self.draws.seed,
            step_h=None,
            levels=self._levels(level),
            factors=self.draws.service,
            numbers=None if numbers is None else numbers.tolist(),
            keep=keep,
        )

    def _levels(self, level: Floats | None) -> Ensemble | None:
        if level is None or self.plan.level is None:
            return None
        values = level.T[:, :, None]
        return Ensemble.of("level", "m", (self.plan.level.id,), self.draws.axis, np.ascontiguousarray(values))

    def journey(self, run: QueueRun) -> Ensemble:
        """Hours by way: those of the queues, with the dwell of each member in place of the mean one."""
        lanes = _told(run) + to_lanes(self._beyond()[:, None, :]).astype(np.float32)
        items = tuple(way.id for way in self.ways)
        states = tuple(way.states for way in self.ways)
        how = f"queues of {run.network.name}, seed {self.draws.seed}"
        members = self.draws.members
        return Ensemble("travel_time", "h", items, run.axis, members, lanes, states=states, how=how)

    def moments(self, run: QueueRun) -> tuple[Floats, Floats]:
        """Mean and standard deviation of the hours over the days of setting out, shape (member, way)."""
        lanes = _told(run)
        mean, spread = lanes.mean(axis=1, dtype=np.float64), lanes.std(axis=1, dtype=np.float64)
        shape = (-1, len(self.ways))
        mean, spread = (one.transpose(0, 2, 1).reshape(shape) for one in (mean, spread))
        return mean[: self.draws.members] + self._beyond(), spread[: self.draws.members]

    def _beyond(self) -> Floats:
        return np.stack([self._dwell_beyond(way) for way in self.ways], axis=1)

    def _dwell_beyond(self, way: Way) -> Floats:
        found = np.zeros(self.draws.members)
        for station in way.stations:
            found += dwell(self.plan, self.draws, station) - self.plan.stations[station].hours[1]
        return found


def carried(
    plan: Carriage,
    draws: Draws,
    *,
    base: Carried | None = None,
    shares: Floats | None = None,
    rounds: int = ROUNDS,
    gap: float = GAP,
) -> Carried:
    """Cargo on its ways ahead: shares and queues that answer to each other.

    The constants of the ways are those that give the observed shares at the costs of the year in which they
    were counted; `base` is an earlier run with the same draws, whose costs of that year are taken. With
    `shares` given, shape (member, way), nobody chooses anew; else each member goes on until its gap is at
    most `gap`, or for so many `rounds`. Raises SolutionError with the cut where every way of a market is
    barred.
    """
    trip = _Trip(plan, draws)
    _check_open(trip)
    reference = trip.reference() if base is None else base.reference
    volumes = trip.volumes()

    def cost(chosen: Floats, members: Numbers) -> Floats:
        return trip.costs(chosen * volumes[members], trip.level(), members) - reference[members]

    gaps, count = np.zeros(draws.members), 0
    if shares is None:
        barred = np.array([way.nest in plan.barred for way in trip.ways])
        first = np.where(barred, np.inf, np.zeros_like(reference))
        found = equilibrium(trip.choice, cost, first, rounds=rounds, gap=gap)
        shares, gaps, count = found.shares, found.gaps, found.rounds
    run = trip.run(shares * volumes, trip.level())
    journey, costs = trip.journey(run), trip.cost(*trip.moments(run))
    return Carried(
        plan, draws, trip.ways, trip.choice, volumes, shares, costs, reference, journey, run, gaps, count
    )


def _steady(tonnes: Floats, items: tuple[str, ...], axis: TimeAxis, how: str) -> Ensemble:
    """A demand that is the same in each step, from t a day by member and stream."""
    one = Ensemble.of("demand", "t/day", items, days(axis.starts[0], 1), tonnes[:, None, :], how=how)
    blocks, _, streams, lanes = one.lanes.shape
    return replace(one, axis=axis, lanes=np.broadcast_to(one.lanes, (blocks, len(axis), streams, lanes)))


def _told(run: QueueRun) -> NDArray[np.float32]:
    """Lanes of the hours of the journey; what is never served within the run takes at least its length."""
    lanes = np.asarray(run.journey.lanes, dtype=np.float32)
    return np.where(np.isfinite(lanes), lanes, np.float32(HOURS * len(run.axis)))


def _check_open(trip: _Trip) -> None:
    for id in trip.plan.markets:
        ways = trip.plan.loaded(id)
        if ways and all(way.nest in trip.plan.barred for way in ways):
            cut = ", ".join(sorted(trip.plan.barred & {way.nest for way in ways}))
            raise SolutionError(
                f"{trip.plan.markets[id].title}: no path; the cut is {cut}; leave one of its ways open"
            )
