"""The ways out of each state: how many, through whom, and what is left when a link, two, or a state is gone.

Counts are those of the graph as it is declared; shares of traffic and round trips are members, in which the
lengths that are estimated and the weight of a millisecond vary (ours).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import steps
from mirab.core.ensemble import Ensemble
from mirab.core.errors import UnknownNameError
from mirab.core.exits import AT_ONCE, LATENCY, RESTORED, Connections, Element

Floats = NDArray[np.float64]
LEAST_SHARE = 0.01
Spread = tuple[float, float, float]


@dataclass(frozen=True)
class Left:
    """What a state has left without something: ways out, shares reached before and after, round trip in ms.

    `ways` share no link; `trip_ms` is None where the destination is not reached.
    """

    without: tuple[str, ...]
    ways: int
    at_once: float
    restored: float
    trip_ms: float | None


@dataclass(frozen=True)
class StateExits:
    """The exits of one state.

    `ways` out share no link, `apart` no place either; `capital` are those of its capital that share no link,
    `bridges` the links whose loss alone parts it from all exchange points abroad. `through` are the shares of
    its traffic by state that it passes (10 % point, mean, 90 % point over members), the largest first,
    `trip_ms` its round trip likewise. `one` and `two` are the worst loss of one and of two links or places
    that ask for nothing themselves, `gone` what is left without each other state that matters to it.
    """

    state: str
    ways: int
    apart: int
    capital: int
    bridges: tuple[str, ...]
    through: Mapping[str, Spread]
    trip_ms: Spread
    one: Left
    two: Left
    gone: tuple[Left, ...]


def survey(connections: Connections, usual: tuple[Floats, Floats]) -> tuple[StateExits, ...]:
    """The exits of each home state, A to Z; `usual` are the members of `drawn`."""
    exits, (through, trips) = connections.exits, usual
    failures = _parts(connections)
    count = len(failures)
    first, second = np.triu_indices(count, 1)
    sets = np.full((count + first.size, 2), -1, dtype=np.int64)
    sets[:count, 0], sets[count:, 0], sets[count:, 1] = np.arange(count), first, second
    found = exits.outcomes(failures, sets)
    ids = [one.id for one in failures]
    return tuple(
        _surveyed(connections, state, through[:, i], trips[:, i], _worst(found[:, :, i], sets, ids, count))
        for i, state in enumerate(exits.home)
    )


def drawn(connections: Connections, members: int, seed: int) -> tuple[Floats, Floats]:
    """Shares of traffic through each state, (member, home, everywhere); round trips in ms, (member, home).

    Estimated lengths are lognormal about the given one, the weight of a millisecond triangular in its range;
    a link has the same length in a member whatever other links there are.
    """
    exits, (low, high) = connections.exits, connections.theta
    thetas = np.random.default_rng(seed).triangular(low, exits.theta, high, members)
    factors = np.stack([_factors(connections, link.id, members, seed) for link in exits.graph.links], axis=1)
    found = [exits.usual(factors[m], float(theta)) for m, theta in enumerate(thetas)]
    return np.array([share for share, _ in found]), np.array([trip for _, trip in found])


def _factors(connections: Connections, link: str, members: int, seed: int) -> Floats:
    if connections.lengths[link] != "estimated":
        return np.ones(members)
    rng = np.random.default_rng([seed, crc32(link.encode())])
    return np.asarray(np.exp(connections.spread * rng.standard_normal(members)))


def left(connections: Connections, names: Iterable[str]) -> tuple[Left, ...]:
    """What each home state has left without these states, systems, links and places, A to Z by state.

    Raises UnknownNameError for a name that is none of them.
    """
    exits, gone = connections.exits, resolved(connections, names)
    cut = exits.graph.without(gone.nodes, gone.links)
    found = exits.outcomes([gone], np.zeros((1, 1), dtype=np.int64))[0]
    return tuple(
        Left(
            (gone.id,),
            len(_cut(connections, cut.nodes, state, gone)),
            _share(found[AT_ONCE, i]),
            _share(found[RESTORED, i]),
            float(found[LATENCY, i]) if np.isfinite(found[LATENCY, i]) else None,
        )
        for i, state in enumerate(exits.home)
    )


def resolved(connections: Connections, names: Iterable[str]) -> Element:
    """What names stand for: a state (its code), a link or a place (its id), a system (its name or its start).

    `Trans-Caspian Fibre Optic` is also `trans-caspian`. Raises UnknownNameError with the nearest.
    """
    nodes: list[str] = []
    links: list[str] = []
    known, chosen = _names(connections), list(names)
    for name in chosen:
        key = _plain(name)
        found = known.get(key) or next(
            (one for full, one in known.items() if full.startswith(f"{key}-")), None
        )
        if found is None:
            ids = [one.id for one in known.values()]
            raise UnknownNameError("state, system, link or place", name, ids)
        nodes += found.nodes
        links += found.links
    return Element(", ".join(chosen), tuple(dict.fromkeys(nodes)), tuple(dict.fromkeys(links)))


def situation_ensembles(connections: Connections, through: Floats, on: date) -> tuple[Ensemble, ...]:
    """Quantities for the rules: shares through single states, ways out, bridges, days past a ready date."""
    exits, members = connections.exits, len(through)
    ends = exits.states[exits.destination]
    pairs = [
        (i, j)
        for i, state in enumerate(exits.home)
        for j, via in enumerate(exits.everywhere)
        if via not in (state, ends)
    ]
    told = [(i, j) for i, j in pairs if through[:, i, j].mean() >= LEAST_SHARE]
    shares = np.stack([through[:, i, j] for i, j in told], axis=1)[:, None, :]
    counts = np.ones((members, 1, len(exits.home)))
    graph, abroad = exits.graph, _abroad(connections)
    ways = [len(graph.cut(_places(connections, state), abroad)) for state in exits.home]
    held = [int(len(graph.cut([connections.capitals[state]], abroad)) == 1) for state in exits.home]
    late = {id: (on - day).days for id, day in connections.awaited.items()}
    owners = tuple((state,) for state in exits.home)
    year, day = steps(on, 1, "year"), steps(on, 1, "day")
    made = [
        Ensemble.of(
            "dependence_share",
            "fraction",
            [f"{exits.home[i]}:{exits.everywhere[j]}" for i, j in told],
            year,
            shares,
            states=tuple((exits.home[i],) for i, _ in told),
        ),
        Ensemble.of("exits", "1", exits.home, day, counts * ways, states=owners),
        Ensemble.of(
            "exit_bridges",
            "1",
            exits.home,
            day,
            counts * held,
            states=owners,
        ),
    ]
    if late:
        values = np.ones((members, 1, len(late))) * list(late.values())
        made.append(Ensemble.of("days_past_ready", "day", tuple(late), day, values))
    return tuple(made)


def _parts(connections: Connections) -> list[Element]:
    """Every link, and every place that asks for nothing, as something that can fail."""
    exits = connections.exits
    links = [Element(link.id, links=(link.id,)) for link in exits.graph.links]
    return links + [Element(node, nodes=(node,)) for node in exits.graph.nodes if not exits.demand.get(node)]


def _worst(
    found: Floats, sets: NDArray[np.int64], ids: Sequence[str], count: int
) -> tuple[tuple[tuple[str, ...], Floats], ...]:
    """The worst single and the worst double loss of a state: by what is left in the end, then at once."""
    late = np.nan_to_num(found[:, LATENCY])
    order = np.lexsort((-late, found[:, AT_ONCE].round(9), found[:, RESTORED].round(9)))
    single, double = next(i for i in order if i < count), next(i for i in order if i >= count)
    return tuple((tuple(ids[j] for j in sets[i] if j >= 0), found[i]) for i in (single, double))


def _surveyed(
    connections: Connections,
    state: str,
    through: Floats,
    trips: Floats,
    worst: tuple[tuple[tuple[str, ...], Floats], ...],
) -> StateExits:
    exits = connections.exits
    abroad, own = _abroad(connections), _places(connections, state)
    capital = [connections.capitals[state]]
    bridges = exits.graph.cut(capital, abroad)
    ends = {state, exits.states[exits.destination]}
    shares = {via: _spread(through[:, j]) for j, via in enumerate(exits.everywhere) if via not in ends}
    passed = sorted((via for via in shares if shares[via][1] >= LEAST_SHARE), key=lambda via: -shares[via][1])
    beside = {*passed, *_neighbours(connections, state)} - ends
    home = exits.home.index(state)
    one, two = (_left(connections, state, ids, found) for ids, found in worst)
    return StateExits(
        state,
        len(exits.graph.cut(own, abroad)),
        len(exits.graph.cut(own, abroad, "node")),
        len(bridges),
        bridges if len(bridges) == 1 else (),
        {via: shares[via] for via in passed},
        _spread(trips),
        one,
        two,
        tuple(left(connections, [via])[home] for via in sorted(beside)),
    )


def _left(connections: Connections, state: str, ids: tuple[str, ...], found: Floats) -> Left:
    exits = connections.exits
    gone = Element(
        "", tuple(i for i in ids if i in exits.states), tuple(i for i in ids if i not in exits.states)
    )
    ways = len(_cut(connections, exits.graph.nodes, state, gone))
    trip = float(found[LATENCY]) if np.isfinite(found[LATENCY]) else None
    return Left(ids, ways, _share(found[AT_ONCE]), _share(found[RESTORED]), trip)


def _cut(connections: Connections, nodes: Sequence[str], state: str, gone: Element) -> tuple[str, ...]:
    graph = connections.exits.graph.without(gone.nodes, gone.links)
    own = [node for node in _places(connections, state) if node in graph.ways]
    abroad = [node for node in _abroad(connections) if node in graph.ways]
    return graph.cut(own, abroad) if own and abroad else ()


def _places(connections: Connections, state: str) -> list[str]:
    exits = connections.exits
    return [node for node in exits.graph.nodes if exits.states[node] == state]


def _abroad(connections: Connections) -> list[str]:
    exits = connections.exits
    return [node for node in exits.exchanges if exits.states[node] not in exits.home]


def _neighbours(connections: Connections, state: str) -> set[str]:
    exits = connections.exits
    ends = [{exits.states[link.tail], exits.states[link.head]} for link in exits.graph.links]
    return {other for pair in ends if state in pair for other in pair - {state}}


def _names(connections: Connections) -> dict[str, Element]:
    """What a name may stand for; states first, since a shorter name is looked for last."""
    exits = connections.exits
    there = {link.id for link in exits.graph.links}
    found = {_plain(state): Element(state, tuple(_places(connections, state))) for state in exits.everywhere}
    found |= {
        _plain(name): Element(name, links=tuple(link for link in links if link in there))
        for name, links in connections.systems.items()
        if there.intersection(links)
    }
    found |= {_plain(link): Element(link, links=(link,)) for link in there}
    return found | {_plain(node): Element(node, (node,)) for node in exits.graph.nodes}


def _plain(name: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())


def _spread(values: Floats) -> Spread:
    low, high = np.quantile(values, (0.1, 0.9))
    return float(low), float(values.mean()), float(high)


def _share(value: float) -> float:
    """A sum of weights without what rounding leaves of it."""
    return round(float(value), 9)
