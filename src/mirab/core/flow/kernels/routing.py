"""Side flows at least cost: a bounded dual simplex on a handful of side links, in condensed form.

After the claims are served, the flow of each node is known but for the side links. They start at their lower
bounds, where the objective is best (a side link costs more than the main way); nodes whose flow is too small
or too large then drive side flows in, one pivot for each side link that is used. The tableau has one row for
each node that a side link touches and one column for each side link (Lemke's dual method with bounds).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mirab.core.flow.kernels.simplex import SMALLEST_PIVOT, TOLERANCE, allocating, compiled

MOST_PIVOTS = 500


class Routing(NamedTuple):
    """Working arrays: given `flow`, `floor`, `ceiling` by node and `limit` by side link, finds `side`.

    Variables are numbered side links first, then the flows of nodes.
    """

    flow: Any
    floor: Any
    ceiling: Any
    limit: Any
    side: Any
    table: Any
    value: Any
    basic: Any
    outer: Any
    price: Any
    high: Any


@allocating
def new_routing(nodes: int, sides: int) -> Routing:
    """Working arrays for one thread."""
    return Routing(
        np.zeros(nodes),
        np.zeros(nodes),
        np.full(nodes, np.inf),
        np.zeros(sides),
        np.zeros(sides),
        np.zeros((nodes, sides)),
        np.zeros(nodes),
        np.zeros(nodes, dtype=np.int64),
        np.zeros(sides, dtype=np.int64),
        np.zeros(sides),
        np.zeros(sides, dtype=np.bool_),
    )


@compiled
def bound(routing: Routing, variable: int, upper: bool) -> float:
    """Upper or lower bound of a variable."""
    sides = routing.side.size
    if variable < sides:
        return float(routing.limit[variable]) if upper else 0.0
    return float(routing.ceiling[variable - sides] if upper else routing.floor[variable - sides])


@compiled
def leaving(routing: Routing) -> tuple[int, bool]:
    """Row that is furthest outside its bounds, and whether it is too large; row -1 if none is."""
    found, worst, over = -1, TOLERANCE, False
    for i in range(routing.value.size):
        low = bound(routing, routing.basic[i], False) - routing.value[i]
        high = routing.value[i] - bound(routing, routing.basic[i], True)
        if low > worst:
            found, worst, over = i, low, False
        if high > worst:
            found, worst, over = i, high, True
    return found, over


@compiled
def entering(routing: Routing, i: int, over: bool) -> int:
    """Column that brings row i back at least cost, or -1 if none can."""
    best, best_ratio, best_size = -1, np.inf, 0.0
    for q in range(routing.side.size):
        slope = -routing.table[i, q] if over else routing.table[i, q]
        slope = -slope if routing.high[q] else slope
        fixed = bound(routing, routing.outer[q], True) <= bound(routing, routing.outer[q], False)
        if slope <= SMALLEST_PIVOT or fixed:
            continue
        ratio = abs(routing.price[q]) / slope
        if ratio < best_ratio - 1e-13 or (ratio <= best_ratio + 1e-13 and slope > best_size):
            best, best_ratio, best_size = q, ratio, slope
    return best


@compiled
def exchange(routing: Routing, i: int, q: int, over: bool) -> None:
    """Row i leaves at its bound, column q enters."""
    table, gone = routing.table, routing.basic[i]
    pivot = table[i, q]
    start = bound(routing, routing.outer[q], routing.high[q])
    move = (bound(routing, gone, over) - routing.value[i]) / pivot
    for r in range(routing.value.size):
        if r != i and table[r, q] != 0.0:
            factor = table[r, q] / pivot
            routing.value[r] += move * table[r, q]
            for p in range(routing.side.size):
                table[r, p] -= factor * table[i, p]
            table[r, q] = factor
    cost = routing.price[q] / pivot
    for p in range(routing.side.size):
        routing.price[p] -= cost * table[i, p]
        table[i, p] /= -pivot
    routing.price[q] = cost
    table[i, q] = 1.0 / pivot
    routing.value[i] = start + move
    routing.basic[i], routing.outer[q], routing.high[q] = routing.outer[q], gone, over


@compiled
def route(effect: Any, cost: Any, routing: Routing) -> bool:
    """Find the cheapest side flows that bring all flows within their bounds; False where there are none."""
    nodes, sides = effect.shape
    for v in range(nodes):
        routing.basic[v], routing.value[v] = sides + v, routing.flow[v]
        for s in range(sides):
            routing.table[v, s] = effect[v, s]
    for s in range(sides):
        routing.outer[s], routing.price[s], routing.high[s] = s, cost[s], False
    for _ in range(MOST_PIVOTS):
        i, over = leaving(routing)
        if i < 0:
            return read(routing)
        q = entering(routing, i, over)
        if q < 0:
            return False
        exchange(routing, i, q, over)
    return False


@compiled
def read(routing: Routing) -> bool:
    """Copy the side flows out of the tableau, clipped to their bounds."""
    for q in range(routing.side.size):
        if routing.outer[q] < routing.side.size:
            s = routing.outer[q]
            routing.side[s] = bound(routing, s, routing.high[q])
    for i in range(routing.value.size):
        if routing.basic[i] < routing.side.size:
            s = routing.basic[i]
            routing.side[s] = min(max(routing.value[i], 0.0), routing.limit[s])
    return True
