"""Draws: closed spells of nodes and times of service, for each block of members from the seed and its number.

A member is the same however many are drawn with it, and a longer run begins as a shorter one.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis
from mirab.core.ensemble import LANES, Ensemble
from mirab.core.errors import SolutionError
from mirab.core.queues.kernels.spells import Spells, close
from mirab.core.queues.layout import Layout
from mirab.core.queues.network import Availability, Closure, QueueNetwork

Floats = NDArray[np.float64]
LEAST_SHARE = 1e-6
DRAWS = 64
MOST_DRAWS = 1 << 20


class Draw(NamedTuple):
    """The draws of one process: of a node, or of what is common to all."""

    seed: int
    node: str
    block: int

    def generator(self, availability: Availability, what: str) -> np.random.Generator:
        """Generator of one kind of draws."""
        return generator(self.seed, f"{availability.id}|{self.node}|{what}", self.block)


def generator(seed: int, name: str, block: int) -> np.random.Generator:
    """Generator of one name and block of lanes: Philox, keyed by a digest of seed and name."""
    digest = hashlib.blake2b(f"{seed}|queues|{name}".encode(), digest_size=16).digest()
    key = int.from_bytes(digest, "little")
    return np.random.Generator(np.random.Philox(key=key, counter=block << 128))


def gates(layout: Layout, seed: int, block: int) -> Floats:
    """Open share of nodes in a block of members, shape (step, row of `layout.gates`, lane)."""
    network, clock = layout.network, layout.clock
    open_share = np.ones((clock.hours.size, len(layout.gates), LANES))
    for availability in network.availabilities:
        rows = [g for g, (id, _) in enumerate(layout.gates) if id == availability.id]
        for g, found in zip(rows, spells(layout, availability, seed, block), strict=True):
            open_share[:, g] = found
    for g, (id, node) in enumerate(layout.gates):
        if not id:
            for closure in network.closures:
                if node in closure.nodes:
                    open_share[:, g] *= windows(layout, closure)[:, None]
    return open_share


def closed(network: QueueNetwork, axis: TimeAxis, seed: int, members: int) -> Ensemble:
    """Share of each step in which a node is closed, for the nodes that spells or closures close.

    These are the closures of the first members of a seed in `mirab.core.queues.engine.run`.
    """
    layout = Layout(network, axis, None)
    states = {node.id: node.states for node in network.nodes}
    nodes = tuple(dict.fromkeys(node for _, node in layout.gates))
    blocks = [gates(layout, seed, block) for block in range(-(-members // LANES))]
    rows = [[g for g, (_, node) in enumerate(layout.gates) if node == one] for one in nodes]
    lanes = [np.stack([1.0 - block[:, own].prod(axis=1) for own in rows], axis=1) for block in blocks]
    owners, how = tuple(states[node] for node in nodes), f"closures of {network.name!r}"
    whole = np.stack(lanes) if nodes else np.zeros((len(blocks), len(axis), 0, LANES))
    return Ensemble("closed_share", "fraction", nodes, axis, members, whole, owners, how, seed)


def spells(layout: Layout, availability: Availability, seed: int, block: int) -> list[Floats]:
    """Open share by (step, lane) of each node of an availability in one block of members.

    A node is open where neither the common nor its own process is closed. Both are alternating renewal
    processes with exponential open spells and gamma closed ones. Their shares (s for the node, r the
    correlation of two nodes): common rs / (1 - (1 - r)s), own (1 - r)s, so that the node is closed for a
    share s and the states of two nodes correlate by r. Their mean length m' makes closed spells of the
    node last m in the mean (ours; rates of independent alternating processes: m' = m ((1 - s) / s)
    (sum of s_i / (1 - s_i))).
    """
    common, own, mean = laws(availability, layout.axis.spread(availability.closed_share))
    shared = np.ones((layout.clock.hours.size, LANES))
    if availability.correlation > 0:
        _fill(layout, availability, Draw(seed, "", block), (common, mean), shared)
    found = []
    for node in availability.nodes:
        found.append(shared.copy())
        if availability.correlation < 1:
            _fill(layout, availability, Draw(seed, node, block), (own, mean), found[-1])
    return found


def laws(availability: Availability, share: Floats) -> tuple[Floats, Floats, Floats]:
    """Closed shares of the common and of each own process, and their mean length (h), for closed shares."""
    rho, share = availability.correlation, np.where(share > LEAST_SHARE, share, 0.0)
    common, own = rho * share / (1.0 - (1.0 - rho) * share), (1.0 - rho) * share
    odds = common / (1.0 - common) + own / (1.0 - own)
    mean = np.where(share > 0, availability.closed_h, 0.0)
    some = share > 0
    mean[some] *= (1.0 - share[some]) / share[some] * odds[some]
    return common, own, mean


def _fill(
    layout: Layout, availability: Availability, draw: Draw, law: tuple[Floats, Floats], open_share: Floats
) -> None:
    """Multiply the open share by that of one process, which begins in its stationary state."""
    number, (share, mean) = layout.clock.axis, law
    rate = np.divide(share, (1.0 - share) * mean, out=np.zeros(len(share)), where=share > 0)
    shape, begin = availability.shape, draw.generator(availability, "begin")
    closed, part = begin.random((2, LANES))
    left = part * begin.standard_gamma(shape + 1.0, LANES) / shape * mean[0] * (closed < share[0])
    count = DRAWS
    while count < MOST_DRAWS:
        waits = draw.generator(availability, "open").standard_exponential((count, LANES))
        lengths = draw.generator(availability, "closed").standard_gamma(shape, (count, LANES)) / shape
        trial = open_share.copy()
        if close(Spells(layout.clock.hours, rate[number], mean[number], waits, lengths, left), trial):
            open_share[:] = trial
            return
        count *= 4
    raise SolutionError(f"availability {availability.id}: more than {MOST_DRAWS} closed spells in a run")


def windows(layout: Layout, closure: Closure) -> Floats:
    """Open share by step under the windows of one closure, shape (step,)."""
    clock, zero = layout.clock, layout.axis.starts[0]
    begin, end = clock.edge[:-1], clock.edge[1:]
    open_share = np.ones(clock.hours.size)
    for first, last in closure.windows:
        low, high = ((day - zero).days * 24.0 for day in (first, last + timedelta(days=1)))
        inside = np.clip(np.minimum(end, high) - np.maximum(begin, low), 0.0, None) / clock.hours
        open_share *= 1.0 - inside * (1.0 - closure.open_share)
    return open_share


def service_factors(layout: Layout, seed: int, block: int) -> Floats:
    """Factors of mean 1 on the hours of service, shape (axis step, station of `layout.spread`, lane).

    Lognormal with the coefficient of variation of each service; one draw for each step of the axis.
    """
    steps = len(layout.axis)
    found = np.ones((steps, len(layout.spread), LANES))
    for i, number in enumerate(layout.spread):
        station = layout.stations[number]
        sigma = np.sqrt(np.log1p(station.spread**2))
        drawn = generator(seed, f"{station.id}|service", block).standard_normal((steps, LANES))
        found[:, i] = np.exp(sigma * drawn - sigma**2 / 2.0)
    return found
