"""Failures of a network between states drawn over time, and all single and double ones counted out.

Each hazard strikes at random hours (Poisson), for a lognormal time. What is left is worked out whenever
something breaks or is mended, and told by day. Beside it every one and every two failures are enumerated;
with the time that each lasts they bound what is lost on average. Rates are a pack's, the method is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from os import cpu_count
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis, steps
from mirab.core.ensemble import Ensemble
from mirab.core.exits import RESTORED, Connections, Exits, Hazard

if TYPE_CHECKING:
    from mirab.core.reachability import Changes, Known

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DAY_H, YEAR_H, NINETY = 24.0, 8766.0, 1.2815515655446004
MADE = "failures drawn at the rates of the pack"


@dataclass(frozen=True)
class Enumerated:
    """What single and double failures do: the outcomes, and how likely each lasts at a moment.

    `none` (3, home), `one` (failure, 3, home), `two` (failure, failure, 3, home) where the first is the
    lesser. `lasting` (failure,) is the chance that a failure lasts at a moment.
    """

    none: Floats
    one: Floats
    two: Floats
    lasting: Floats

    @cached_property
    def odds(self) -> tuple[float, Floats, Floats]:
        """Chances at a moment of nothing, of each one alone, and of each two alone."""
        nothing = float(np.prod(1.0 - self.lasting))
        ratio = self.lasting / (1.0 - self.lasting)
        return nothing, nothing * ratio, nothing * np.triu(np.outer(ratio, ratio), 1)

    @property
    def beyond(self) -> float:
        """Chance at a moment that three or more last."""
        nothing, one, two = self.odds
        return max(0.0, 1.0 - nothing - float(one.sum()) - float(two.sum()))

    def lost(self) -> tuple[Floats, Floats]:
        """Bounds of the mean share that is lost at a moment once traffic is moved, (home,) each."""
        _, one, two = self.odds
        least = one @ (1.0 - self.one[:, RESTORED]) + np.einsum(
            "ij,ijh->h", two, 1.0 - self.two[:, :, RESTORED]
        )
        return least, least + self.beyond


@dataclass(frozen=True)
class Outages:
    """Members of the days ahead: share reached, days lost and ms added, by state and day."""

    reachable: Ensemble
    lost: Ensemble
    added: Ensemble


def failing(connections: Connections) -> tuple[Hazard, ...]:
    """The hazards that take a part of the network with them."""
    return tuple(one for one in connections.hazards if not one.supplier)


def enumerated(connections: Connections) -> Enumerated:
    """Every single and every double failure of the hazards."""
    hazards = failing(connections)
    failures = [one.failure for one in hazards]
    count = len(failures)
    first, second = np.triu_indices(count, 1)
    sets = np.full((1 + count + first.size, 2), -1, dtype=np.int64)
    sets[1 : count + 1, 0] = np.arange(count)
    sets[count + 1 :, 0], sets[count + 1 :, 1] = first, second
    found = connections.exits.outcomes(failures, sets)
    two = np.zeros((count, count, *found.shape[1:]))
    two[first, second] = found[count + 1 :]
    return Enumerated(found[0], found[1 : count + 1], two, np.array([_lasting(one) for one in hazards]))


def sampled(connections: Connections, count: int, seed: int) -> Ints:
    """Sets of failures that last at `count` moments drawn by themselves, (count, most), -1 where fewer."""
    lasting = np.array([_lasting(one) for one in failing(connections)])
    on = np.random.default_rng(seed).random((count, lasting.size)) < lasting
    most = max(1, int(on.sum(axis=1).max()))
    order = np.argsort(~on, axis=1, kind="stable")[:, :most]
    return np.where(np.take_along_axis(on, order, axis=1), order, -1).astype(np.int64)


def ahead(connections: Connections, on: date, days: int, members: int, seed: int) -> Outages:
    """Members of the days from a date on; a failure of a member is the same whatever else changes."""
    exits, hours = connections.exits, DAY_H * days
    known = enumerated(connections)
    changes = _changes(failing(connections), hours, members, seed)
    lost, added = _replayed(connections, known, changes, members, days)
    share = (1.0 - lost / DAY_H) * _afforded(connections, hours, members, seed)
    axis = steps(on, days, "day")
    return Outages(
        _ensemble(exits, "reachable_share", "fraction", axis, share, seed),
        _ensemble(exits, "lost_days", "day", axis, 1.0 - share, seed),
        _ensemble(exits, "added_latency", "ms", axis, added / DAY_H, seed),
    )


def service(connections: Connections, found: Outages, posts: Sequence[str], seed: int) -> Ensemble:
    """Share of the service of border posts that is there, by post and day, from members of what fails.

    A post works as far as its state is connected, and on paper beyond that; without power it does not work.
    """
    share, days = found.reachable, len(found.reachable.axis)
    states = [connections.exits.states[post] for post in posts]
    offline = connections.offline
    values = [
        (offline + (1.0 - offline) * share[state]).T * _lit(connections, post, days, share.members, seed)
        for post, state in zip(posts, states, strict=True)
    ]
    owners = tuple((state,) for state in states)
    made = np.stack(values, axis=2)
    return Ensemble.of(
        "border_service", "fraction", posts, share.axis, made, states=owners, how=MADE, seed=seed
    )


def _lit(connections: Connections, post: str, days: int, members: int, seed: int) -> Floats:
    """Share of each day in which a place has power, (member, day)."""
    dark = np.zeros((members, days))
    own = [one for one in connections.hazards if one.kind == "power" and post in one.failure.nodes]
    for hazard in own:
        for member, begin, end in zip(*_drawn(hazard, DAY_H * days, members, seed), strict=True):
            dark[member] += np.diff(np.clip(np.arange(days + 1) * DAY_H, max(begin, 0.0), end)) / DAY_H
    return np.asarray(np.clip(1.0 - dark, 0.0, 1.0))


def _ensemble(exits: Exits, name: str, unit: str, axis: TimeAxis, values: Floats, seed: int) -> Ensemble:
    states = tuple((state,) for state in exits.home)
    return Ensemble.of(name, unit, exits.home, axis, values, states=states, how=MADE, seed=seed)


def _lasting(hazard: Hazard) -> float:
    """Chance that a failure lasts at a moment: that one began within its mean duration."""
    mean = hazard.median_h * np.exp(_sigma(hazard) ** 2 / 2.0)
    return float(-np.expm1(-hazard.rate * mean / YEAR_H))


def _sigma(hazard: Hazard) -> float:
    return float(np.log(hazard.p90_h / hazard.median_h) / NINETY)


def _drawn(hazard: Hazard, hours: float, members: int, seed: int) -> tuple[Ints, Floats, Floats]:
    """Member, first hour and last hour of each failure of a hazard that touches the hours from 0 on."""
    name = crc32(hazard.failure.id.encode())
    counts, begins, lasts = (np.random.default_rng([seed, name, part]) for part in range(3))
    lead = 3.0 * hazard.p90_h
    member = np.repeat(np.arange(members), counts.poisson(hazard.rate * (hours + lead) / YEAR_H, members))
    begin = begins.random(member.size) * (hours + lead) - lead
    end = begin + hazard.median_h * np.exp(_sigma(hazard) * lasts.standard_normal(member.size))
    touches = end > 0.0
    return member[touches], begin[touches], np.minimum(end, hours)[touches]


def _changes(hazards: Sequence[Hazard], hours: float, members: int, seed: int) -> Changes:
    """All that begins and ends, by member and hour."""
    from mirab.core.reachability import Changes

    nothing = (np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
    drawn = [nothing, *(_drawn(one, hours, members, seed) for one in hazards)]
    what = np.repeat(np.arange(len(drawn)) - 1, [len(one[0]) for one in drawn])
    member, begin, end = (np.concatenate(part) for part in zip(*drawn, strict=True))
    member, what = np.concatenate([member, member]), np.concatenate([what, what])
    hour, step = np.concatenate([begin, end]), np.repeat([1, -1], end.size)
    order = np.lexsort((hour, member))
    first = np.searchsorted(member[order], np.arange(members + 1))
    return Changes(first, hour[order], what[order], step[order])


def _replayed(
    connections: Connections, known: Enumerated, changes: Changes, members: int, days: int
) -> tuple[Floats, Floats]:
    """Hours lost and ms-hours added, (member, day, home), members in threads."""
    from mirab.core import reachability

    exits = connections.exits
    lost, added = (np.zeros((members, days, len(exits.home))) for _ in range(2))
    restoration = np.array([connections.restoration_h[state] for state in exits.home])
    taken = exits.kills([one.failure for one in failing(connections)])
    tables: Known = reachability.Known(known.none, known.one, known.two)
    edges = np.linspace(0, members, (cpu_count() or 1) + 1).astype(int)
    fixed = (exits.arrays, taken, exits.normal, tables, restoration)
    with ThreadPoolExecutor() as pool:
        parts = [
            pool.submit(
                reachability.replay,
                *fixed,
                changes._replace(first=changes.first[a : b + 1]),
                lost[a:b],
                added[a:b],
            )
            for a, b in zip(edges, edges[1:], strict=False)
        ]
    for part in parts:
        part.result()
    return lost, added


def _afforded(connections: Connections, hours: float, members: int, seed: int) -> Floats:
    """Share of the demand that is still paid for, (member, day, home)."""
    exits, days = connections.exits, round(hours / DAY_H)
    shares = np.ones((members, days, len(exits.home)))
    through, _ = exits.usual()
    for hazard in (one for one in connections.hazards if one.supplier in exits.everywhere):
        lost = hazard.lost * through[:, exits.everywhere.index(hazard.supplier)]
        lost = np.where(np.array(exits.home) == hazard.supplier, 0.0, lost)
        for member, begin, end in zip(*_drawn(hazard, hours, members, seed), strict=True):
            edges = np.clip(np.arange(days + 1) * DAY_H, max(begin, 0.0), end)
            shares[member] *= 1.0 - np.outer(np.diff(edges) / DAY_H, lost)
    return shares
