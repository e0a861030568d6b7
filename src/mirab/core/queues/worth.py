"""Worth: what one more unit of a capacity would bring, by running it again with the same members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from mirab.core.errors import InputError, Problem, UnknownNameError
from mirab.core.network import Profile
from mirab.core.queues.engine import run
from mirab.core.queues.network import Node, QueueNetwork, stations_of
from mirab.core.queues.run import QueueRun

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Worth:
    """What `units` more at a fleet or station bring over a run, by member.

    `waiting` is the waiting that they save, unit-days over all stations; `delivered` what arrives more by the
    end of the run; `journey_h` hours that the mean journey of what entered gets shorter.
    """

    target: str
    units: float
    waiting: Floats
    delivered: Floats
    journey_h: Floats


def one_more(network: QueueNetwork, target: str, units: float = 1.0) -> QueueNetwork:
    """The network with `units` more vessels of a fleet, or more units of service a day at a station.

    Raises UnknownNameError for a name that is neither, InputError where the capacity is not modelled.
    """
    if any(fleet.id == target for fleet in network.fleets):
        fleets = tuple(
            replace(fleet, vessels=fleet.vessels + units) if fleet.id == target else fleet
            for fleet in network.fleets
        )
        return replace(network, fleets=fleets)
    if not any(target in stations_of(node) for node in network.nodes):
        known = [*(fleet.id for fleet in network.fleets), *network.stations]
        raise UnknownNameError("fleet or station", target, known)
    return replace(network, nodes=tuple(_with_more(node, target, units) for node in network.nodes))


def worth(base: QueueRun, targets: Sequence[str], *, units: float = 1.0) -> tuple[Worth, ...]:
    """What each target would bring, that which saves most waiting first.

    `base` is run again once for each target, with its own demand, seed, levels and factors. Raises
    NotKeptError where `base` does not hold its queues, what entered, what was delivered, and the journeys.
    """
    before = _totals(base)
    found = []
    for target in targets:
        after = _totals(_again(base, one_more(base.network, target, units)))
        saved = (before[0] - after[0], after[1] - before[1], before[2] - after[2])
        found.append(Worth(target, units, *saved))
    return tuple(sorted(found, key=lambda one: -float(one.waiting.mean())))


def bottlenecks(base: QueueRun, *, above: float = 0.9) -> tuple[str, ...]:
    """Stations and fleets with a known capacity that are used for more than a share of the time, most first.

    The share is the mean of the utilisation over steps and members; a fleet counts by its busier way. What is
    not modelled is no bottleneck.
    """
    used: dict[str, float] = {}
    fleets = {
        f"{link.tail}/{fleet.id}": fleet.id
        for fleet in base.network.fleets
        for link in base.network.links
        if link.id in (fleet.out, fleet.back)
    }
    for id in base.utilisation.items:
        target = fleets.get(id, id)
        used[target] = max(used.get(target, 0.0), float(base.utilisation[id].mean()))
    return tuple(sorted((id for id, share in used.items() if share > above), key=lambda id: -used[id]))


def _again(base: QueueRun, network: QueueNetwork) -> QueueRun:
    more = partial(run, network, base.demand, seed=base.seed, step_h=base.step_h, numbers=base.numbers)
    return more(levels=base.levels, factors=base.factors)


def _totals(found: QueueRun) -> tuple[Floats, Floats, Floats]:
    """Unit-days of waiting, what was delivered, and the mean journey of what entered, by member."""
    days = found.axis.days[:, None]
    queue, out, came, times = found.kept("queue", "delivered", "entered", "journey")
    waiting = np.sum([queue[id] * days for id in queue.items], axis=(0, 1))
    delivered = np.sum([out[id] * days for id in out.items], axis=(0, 1))
    entered = np.array([came[id] * days for id in came.items])
    hours = np.array([times[id] for id in times.items])
    known = np.where(np.isfinite(hours), entered, 0.0)
    total = known.sum(axis=(0, 1))
    journey = (known * np.nan_to_num(hours)).sum(axis=(0, 1))
    return waiting, delivered, np.divide(journey, total, out=np.zeros_like(total), where=total > 0)


def _with_more(node: Node, target: str, units: float) -> Node:
    if target not in stations_of(node):
        return node
    if not node.services:
        raise _not_modelled(target)
    services = list(node.services)
    number = stations_of(node).index(target)
    per_day = services[number].per_day
    if per_day is None:
        raise _not_modelled(target)
    services[number] = replace(services[number], per_day=_plus(per_day, units))
    return replace(node, services=tuple(services))


def _plus(per_day: Profile, units: float) -> Profile:
    return tuple(one + units for one in per_day) if isinstance(per_day, tuple) else per_day + units


def _not_modelled(target: str) -> InputError:
    problem = Problem(f"station {target}", "has a capacity that is not modelled", "give its per_day")
    return InputError("worth of one more unit", [problem])
