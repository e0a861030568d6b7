"""What states still reach when parts of the network between them fail: the compiled loops of `exits`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from mirab.core.compiling import in_turn

if TYPE_CHECKING:
    from mirab.core.exits import Element, Exits

Ints = NDArray[np.int64]
F = TypeVar("F", bound=Callable[..., Any])
MS_PER_KM = 9.79e-3
"""Round trip in fibre: light at 1.468 times less than its speed in vacuum, there and back."""
AWAY = 1e6
"""Milliseconds that stand for an exchange point from which the destination is not reached."""
AT_ONCE, RESTORED, LATENCY = 0, 1, 2
"""Rows of an outcome: share reached before and after traffic is moved, and its round trip in ms."""


def compiled(function: F) -> F:
    """The function compiled by numba without the interpreter lock, cached on disk."""
    njit: Any = numba.njit
    made = njit(nogil=True, cache=True, error_model="numpy")(function)
    return in_turn(cast(F, made), Path(made.stats.cache_path))


class Kills(NamedTuple):
    """Places, links and home states that each failure takes: starts of its part, then the parts."""

    first_node: Any
    node: Any
    first_link: Any
    link: Any
    first_state: Any
    state: Any


class Arrays(NamedTuple):
    """A graph for the compiled loops: the ways of place i are `first[i]` to `first[i + 1]`.

    `gate` is the gateway of a place abroad (-1: none), `start` its cost if it is an exchange point.
    `place`, `owner` and `weight` are those of each demanding place; `state` numbers the state of each place.
    """

    first: Any
    other: Any
    link: Any
    ms: Any
    cost: Any
    closed: Any
    home: Any
    gate: Any
    start: Any
    state: Any
    place: Any
    owner: Any
    weight: Any
    local: Any
    backup: Any
    gateways: int
    theta: float


def arrays(exits: Exits) -> Arrays:
    """The graph of exits, and its demand, as arrays."""
    graph, where = exits.graph, {node: i for i, node in enumerate(exits.graph.nodes)}
    number = {link.id: i for i, link in enumerate(graph.links)}
    ways = [graph.ways[node] for node in graph.nodes]
    first, other = _flat([[where[node] for node, _ in own] for own in ways])
    _, link = _flat([[number[one.id] for _, one in own] for own in ways])
    states = [exits.states[node] for node in graph.nodes]
    gates = [exits.gateways.index(s) if s in exits.gateways else -1 for s in states]
    start = np.full(len(states), np.inf)
    for node in exits.exchanges:
        start[where[node]] = 0.0 if node == exits.destination else AWAY
    asking = [node for node in exits.demand if exits.demand[node] > 0.0]
    owner = np.array([exits.home.index(exits.states[node]) for node in asking], dtype=np.int64)
    weight = np.array([exits.demand[node] for node in asking])
    whole = np.bincount(owner, weight, len(exits.home))
    ms = np.array([one.length_km * MS_PER_KM for one in graph.links])
    crosses = np.array([exits.states[one.tail] != exits.states[one.head] for one in graph.links])
    return Arrays(
        first,
        other,
        link,
        ms,
        ms + exits.border_ms * crosses,
        np.array([s in exits.closed for s in states], dtype=np.bool_),
        np.array([s in exits.home for s in states], dtype=np.bool_),
        np.array(gates, dtype=np.int64),
        start,
        np.array([exits.everywhere.index(s) for s in states], dtype=np.int64),
        np.array([where[node] for node in asking], dtype=np.int64),
        owner,
        weight / whole[owner],
        np.array([exits.local.get(state, 0.0) for state in exits.home]),
        np.array([exits.backup.get(state, 0.0) for state in exits.home]),
        len(exits.gateways),
        exits.theta,
    )


def kills(exits: Exits, failures: Sequence[Element]) -> Kills:
    """What failures take with them, as arrays; their names are those of the exits."""
    known = (
        ("nodes", {node: i for i, node in enumerate(exits.graph.nodes)}),
        ("links", {link.id: i for i, link in enumerate(exits.graph.links)}),
        ("states", {state: i for i, state in enumerate(exits.home)}),
    )
    flat = [_flat([[where[n] for n in getattr(one, part)] for one in failures]) for part, where in known]
    return Kills(*(array for pair in flat for array in pair))


def _flat(parts: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    first = np.cumsum([0, *(len(part) for part in parts)]).astype(np.int64)
    return first, np.array([one for part in parts for one in part], dtype=np.int64)


class Ways(NamedTuple):
    """Of each place the cost and ms of its way, the states that it passes as bits, and whether it is done."""

    cost: Any
    ms: Any
    passed: Any
    done: Any


@compiled
def _new_ways(size: int) -> Ways:
    return Ways(
        np.empty(size), np.zeros(size), np.zeros(size, dtype=np.int64), np.empty(size, dtype=np.bool_)
    )


@compiled
def _settle(net: Arrays, inside: Any, lost: Any, cut: Any, ways: Ways) -> None:
    """Cheapest ways over places `inside` from those that have a cost (Dijkstra 1959)."""
    ways.done[:] = False
    while True:
        best, low = -1, np.inf
        for i in range(ways.cost.size):
            if not ways.done[i] and ways.cost[i] < low:
                best, low = i, ways.cost[i]
        if best < 0:
            return
        ways.done[best] = True
        for k in range(net.first[best], net.first[best + 1]):
            to, link = net.other[k], net.link[k]
            barred = net.closed[best] and net.state[to] != net.state[best]
            if inside[to] and not (lost[to] or cut[link] or barred) and low + net.cost[link] < ways.cost[to]:
                ways.cost[to] = low + net.cost[link]
                ways.ms[to] = ways.ms[best] + net.ms[link]
                ways.passed[to] = ways.passed[best] | (1 << net.state[to])


@compiled
def _abroad(net: Arrays, lost: Any, cut: Any, ways: Ways) -> None:
    """Ways to the destination over places abroad, at AWAY more where only other exchanges are reached."""
    for i in range(ways.cost.size):
        ways.cost[i] = np.inf if lost[i] or net.home[i] else net.start[i]
        ways.ms[i] = 0.0
        ways.passed[i] = 1 << net.state[i]
    _settle(net, ~net.home, lost, cut, ways)


@compiled
def _by_gateway(net: Arrays, gate: int, beyond: Ways, lost: Any, cut: Any, ways: Ways) -> None:
    """Ways of places at home when only one gateway may be entered."""
    for i in range(ways.cost.size):
        ways.cost[i] = beyond.cost[i] if net.gate[i] == gate else np.inf
        ways.ms[i] = beyond.ms[i]
        ways.passed[i] = beyond.passed[i]
    _settle(net, net.home, lost, cut, ways)


@compiled
def _logit(cost: Any, theta: float, share: Any) -> bool:
    """Shares of gateways by cost; those that lead to the destination first. False where none is left."""
    least = cost.min()
    share[:] = 0.0
    if least == np.inf:
        return False
    for g in range(cost.size):
        if cost[g] < np.inf and (cost[g] < AWAY or least >= AWAY):
            share[g] = np.exp(-theta * (cost[g] - least))
    share /= share.sum()
    return True


@compiled
def _distances(net: Arrays, lost: Any, cut: Any, cost: Any, ms: Any, passed: Any) -> None:
    """Cost, ms and states passed of each demanding place by each gateway, (place, gateway)."""
    beyond, ways = _new_ways(net.home.size), _new_ways(net.home.size)
    _abroad(net, lost, cut, beyond)
    for gate in range(net.gateways):
        _by_gateway(net, gate, beyond, lost, cut, ways)
        for d in range(net.place.size):
            place = net.place[d]
            cost[d, gate] = np.inf if lost[place] else ways.cost[place]
            ms[d, gate] = ways.ms[place]
            passed[d, gate] = ways.passed[place]


@compiled
def _whole(net: Arrays, cost: Any, ms: Any, passed: Any) -> None:
    """The same when nothing has failed."""
    lost = np.zeros(net.home.size, dtype=np.bool_)
    cut = np.zeros(net.ms.size, dtype=np.bool_)
    _distances(net, lost, cut, cost, ms, passed)


@compiled
def contracted(net: Arrays, shares: Any) -> None:
    """Shares of gateways by demanding place when nothing has failed."""
    cost, ms, passed = np.empty(shares.shape), np.empty(shares.shape), np.empty(shares.shape, dtype=np.int64)
    _whole(net, cost, ms, passed)
    for d in range(net.place.size):
        _logit(cost[d], net.theta, shares[d])


@compiled
def usual(net: Arrays, theta: float, through: Any, trip: Any) -> None:
    """Shares through each state, and round trips, when nothing has failed."""
    shape = (net.place.size, net.gateways)
    cost, ms, passed = np.empty(shape), np.empty(shape), np.empty(shape, dtype=np.int64)
    share = np.empty(net.gateways)
    _whole(net, cost, ms, passed)
    for d in range(net.place.size):
        _logit(cost[d], theta, share)
        for g in range(net.gateways):
            if share[g] > 0.0:
                part = share[g] * net.weight[d]
                trip[net.owner[d]] += part * ms[d, g]
                for s in range(through.shape[1]):
                    through[net.owner[d], s] += part * (passed[d, g] >> s & 1)


@compiled
def outcome(net: Arrays, lost: Any, cut: Any, shut: Any, normal: Any, out: Any) -> None:
    """Outcome of one state of the graph, shape (3, home)."""
    cost, ms, passed = np.empty(normal.shape), np.empty(normal.shape), np.empty(normal.shape, dtype=np.int64)
    share = np.empty(net.gateways)
    routed = np.zeros(out.shape[1])
    _distances(net, lost, cut, cost, ms, passed)
    out[:] = 0.0
    for d in range(net.place.size):
        state, weight = net.owner[d], net.weight[d]
        if _logit(cost[d], net.theta, share):
            out[RESTORED, state] += weight
        for g in range(net.gateways):
            out[AT_ONCE, state] += weight * normal[d, g] * (cost[d, g] < np.inf)
            if share[g] > 0.0 and cost[d, g] < AWAY:
                out[LATENCY, state] += weight * share[g] * ms[d, g]
                routed[state] += weight * share[g]
    _finish(net, shut, routed, out)


@compiled
def _finish(net: Arrays, shut: Any, routed: Any, out: Any) -> None:
    """Mean round trips, what is answered at home or by a back-up, and nothing where a state is shut off."""
    for state in range(out.shape[1]):
        out[LATENCY, state] = out[LATENCY, state] / routed[state] if routed[state] > 0.0 else np.nan
        for row in (AT_ONCE, RESTORED):
            own = net.local[state] + (1.0 - net.local[state]) * out[row, state]
            out[row, state] = 0.0 if shut[state] else max(own, net.backup[state])


@compiled
def strike(taken: Kills, one: int, lost: Any, cut: Any, shut: Any) -> None:
    """Mark what a failure takes."""
    for k in range(taken.first_node[one], taken.first_node[one + 1]):
        lost[taken.node[k]] = True
    for k in range(taken.first_link[one], taken.first_link[one + 1]):
        cut[taken.link[k]] = True
    for k in range(taken.first_state[one], taken.first_state[one + 1]):
        shut[taken.state[k]] = True


@compiled
def outcomes(net: Arrays, taken: Kills, normal: Any, sets: Any, out: Any) -> None:
    """Outcome of each set of failures, (set, 3, home); a failure of -1 is none."""
    lost = np.empty(net.home.size, dtype=np.bool_)
    cut = np.empty(net.ms.size, dtype=np.bool_)
    shut = np.empty(out.shape[2], dtype=np.bool_)
    for i in range(len(sets)):
        lost[:], cut[:], shut[:] = False, False, False
        for one in sets[i]:
            if one >= 0:
                strike(taken, one, lost, cut, shut)
        outcome(net, lost, cut, shut, normal, out[i])


class Changes(NamedTuple):
    """Failures that begin (+1) and end (-1) at hours, those of member m from `first[m]` to `first[m + 1]`."""

    first: Any
    hour: Any
    what: Any
    step: Any


class Known(NamedTuple):
    """Outcomes worked out before: of nothing (3, home), of one failure, and of pairs `i < j`."""

    none: Any
    one: Any
    two: Any


@compiled
def replay(
    net: Arrays,
    taken: Kills,
    normal: Any,
    known: Known,
    restoration_h: Any,
    changes: Changes,
    lost: Any,
    added: Any,
) -> None:
    """Hours of lost connection and ms-hours beyond the usual, (member, day, home), from changes in time."""
    for member in range(len(lost)):
        _live(net, taken, normal, known, restoration_h, changes, member, lost[member], added[member])


@compiled
def _live(
    net: Arrays,
    taken: Kills,
    normal: Any,
    known: Known,
    restoration_h: Any,
    changes: Changes,
    member: int,
    lost: Any,
    added: Any,
) -> None:
    """One member; the clock of restoration starts anew when what a state reaches at once falls."""
    count = np.zeros(len(known.one), dtype=np.int64)
    now = known.none.copy()
    since = np.full(lost.shape[1], -np.inf)
    for k in range(changes.first[member], changes.first[member + 1]):
        count[changes.what[k]] += changes.step[k]
        before = now[AT_ONCE].copy()
        _look_up(net, taken, normal, known, count, now)
        for state in range(since.size):
            if now[AT_ONCE, state] < before[state] - 1e-12:
                since[state] = changes.hour[k]
        last = k + 1 == changes.first[member + 1]
        until = 24.0 * len(lost) if last else changes.hour[k + 1]
        if until > 0.0:
            _count(known.none, now, since + restoration_h, max(0.0, changes.hour[k]), until, lost, added)


@compiled
def _look_up(net: Arrays, taken: Kills, normal: Any, known: Known, count: Any, now: Any) -> None:
    """Outcome of the failures that last: as known for none, one and two, else worked out."""
    first, second, more = -1, -1, 0
    for i in range(count.size):
        if count[i] > 0:
            first, second, more = (i, second, 1) if more == 0 else (first, i, more + 1)
    if more == 0:
        now[:] = known.none
    elif more == 1:
        now[:] = known.one[first]
    elif more == 2:
        now[:] = known.two[first, second]
    else:
        gone = np.zeros(net.home.size, dtype=np.bool_)
        cut = np.zeros(net.ms.size, dtype=np.bool_)
        shut = np.zeros(now.shape[1], dtype=np.bool_)
        for i in range(count.size):
            if count[i] > 0:
                strike(taken, i, gone, cut, shut)
        outcome(net, gone, cut, shut, normal, now)


@compiled
def _count(usual: Any, now: Any, restored: Any, begin: float, end: float, lost: Any, added: Any) -> None:
    """Add what is lost from one hour to another, before and after traffic is moved."""
    for state in range(lost.shape[1]):
        moved = min(max(restored[state], begin), end)
        _add(lost, state, begin, moved, 1.0 - now[AT_ONCE, state])
        _add(lost, state, moved, end, 1.0 - now[RESTORED, state])
        more = now[LATENCY, state] - usual[LATENCY, state]
        if more > 0.0 or more < 0.0:
            _add(added, state, begin, end, more)


@compiled
def _add(rows: Any, state: int, begin: float, end: float, amount: float) -> None:
    """Add an amount an hour to the days from one hour to another."""
    day = int(begin // 24.0)
    while amount != 0.0 and day < len(rows) and 24.0 * day < end:
        rows[day, state] += amount * max(0.0, min(end, 24.0 * (day + 1)) - max(begin, 24.0 * day))
        day += 1
