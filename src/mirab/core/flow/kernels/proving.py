"""Flows that prove an allocation by claims: what passes every node, side links routed, all within bounds.

The rows of K1 may leave out constraints: capacities, and help by returns that did not come. An allocation
that is best for fewer constraints and keeps them all is best for all; so a lane is served when flows exist
within their bounds, and else the member-step is served again by K2.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mirab.core.flow.kernels.claims import add_rows, copy_rows, pass_on
from mirab.core.flow.kernels.routing import Routing, route
from mirab.core.flow.kernels.simplex import TOLERANCE, allocating, compiled


class Draws(NamedTuple):
    """The tree of nodes; where each variable takes water, holds it in passing, hands a part back, or -1."""

    parent: Any
    gain: Any
    draw_node: Any
    held_node: Any
    return_node: Any
    return_part: Any
    carry_variable: Any


class Sides(NamedTuple):
    """Ceilings of main ways, and side links: what is asked of them, their cost, and what they do to nodes."""

    ceiling_node: Any
    ceiling: Any
    variable: Any
    store: Any
    limit: Any
    cost: Any
    touched: Any
    touched_held: Any
    touched_ceiling: Any
    effect: Any


class Flows(NamedTuple):
    """Lane arrays of the flows down main ways (by node) and side links, and which lanes they prove."""

    flow: Any
    side: Any
    lowest: Any
    served: Any


@allocating
def new_flows(nodes: int, sides: int, width: int) -> Flows:
    """Working arrays for one thread."""
    return Flows(
        np.zeros((nodes, width)), np.zeros((sides, width)), np.zeros(width), np.ones(width, dtype=np.bool_)
    )


@compiled
def find_flows(draws: Draws, sides: Sides, local: Any, level: Any, flows: Flows) -> None:
    """Flow down the main way of each node when side links carry no more than what is asked of them."""
    width = level.shape[1]
    flow = flows.flow
    copy_rows(local, flow)
    add_rows(level, -1.0, draws.draw_node, flow)
    for k in range(draws.return_node.size):
        add_rows(level[k : k + 1], draws.return_part[k], draws.return_node[k : k + 1], flow)
    pass_on(draws.parent, draws.gain, flow)
    for s in range(sides.cost.size):
        k = sides.variable[s]
        for w in range(width):
            flows.side[s, w] = level[k, w] if k >= 0 else 0.0
        if k >= 0:
            for i in range(sides.touched.size):
                for w in range(width):
                    flow[sides.touched[i], w] += sides.effect[i, s] * level[k, w]


@compiled
def prove(draws: Draws, sides: Sides, level: Any, flows: Flows, t: int) -> bool:
    """Mark the lanes whose flows all lie within their bounds; whether that is all of them."""
    width = level.shape[1]
    lowest, flow = flows.lowest, flows.flow
    for w in range(width):
        lowest[w] = 0.0
    for v in range(flow.shape[0]):
        for w in range(width):
            lowest[w] = min(lowest[w], flow[v, w])
    for k in range(draws.held_node.size):
        node = draws.held_node[k]
        if node >= 0:
            for w in range(width):
                lowest[w] = min(lowest[w], flow[node, w] - level[k, w])
    for i in range(sides.ceiling_node.size):
        for w in range(width):
            lowest[w] = min(lowest[w], sides.ceiling[t, i] - flow[sides.ceiling_node[i], w])
    proved = True
    for w in range(width):
        flows.served[w] = lowest[w] >= -2.0 * TOLERANCE
        proved = proved and flows.served[w]
    return proved


@compiled
def set_bounds(
    draws: Draws, sides: Sides, level: Any, flows: Flows, routing: Routing, t: int, w: int
) -> None:
    """Flows and bounds of one lane for the routing of its side links."""
    for i in range(sides.touched.size):
        routing.flow[i] = flows.flow[sides.touched[i], w]
        k, c = sides.touched_held[i], sides.touched_ceiling[i]
        routing.floor[i] = level[k, w] if k >= 0 else 0.0
        if c >= 0:
            routing.ceiling[i] = sides.ceiling[t, c]
    for s in range(sides.cost.size):
        taken = flows.side[s, w]
        if sides.store[s] >= 0:
            taken = level[draws.carry_variable[sides.store[s]], w]
        routing.limit[s] = max(sides.limit[t, s] - taken, 0.0)


@compiled
def find_sides(draws: Draws, sides: Sides, level: Any, flows: Flows, routing: Routing, t: int) -> None:
    """Route the side links in the lanes that are not proved yet."""
    width = level.shape[1]
    for w in range(width):
        if flows.served[w]:
            continue
        set_bounds(draws, sides, level, flows, routing, t, w)
        if route(sides.effect, sides.cost, routing):
            for s in range(sides.cost.size):
                flows.side[s, w] += routing.side[s]
                for i in range(sides.touched.size):
                    flows.flow[sides.touched[i], w] += sides.effect[i, s] * routing.side[s]
    prove(draws, sides, level, flows, t)


@compiled
def set_carried(draws: Draws, sides: Sides, level: Any, flows: Flows, carried: Any) -> None:
    """What each store keeps, in m3/s: what its zones got, and what no capacity let out."""
    width = level.shape[1]
    for s in range(draws.carry_variable.size):
        for w in range(width):
            carried[s, w] = level[draws.carry_variable[s], w]
    for i in range(sides.store.size):
        if sides.store[i] >= 0:
            for w in range(width):
                carried[sides.store[i], w] += flows.side[i, w]
