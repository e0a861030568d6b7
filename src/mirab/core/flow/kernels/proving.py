"""Flows that prove an allocation by claims: what passes every node, side links routed, all within bounds.

The rows of K1 may leave out constraints: capacities, and help by returns that did not come. An allocation
that is best for fewer constraints and keeps them all is best for all; so a lane is served when flows exist
within their bounds, and else the member-step is served again by K2.
"""

from __future__ import annotations

from mirab.core.flow.kernels.claims import LANES, Claims, Work
from mirab.core.flow.kernels.filling import TOLERANCE, compiled
from mirab.core.flow.kernels.routing import Routing, route


@compiled
def find_flows(claims: Claims, work: Work) -> None:
    """Flow down the main way of each node when side links carry no more than what is asked of them."""
    flow, level = work.flow, work.level
    flow[:, :] = work.local
    for k in range(claims.draw_node.size):
        node = claims.draw_node[k]
        if node >= 0:
            for w in range(LANES):
                flow[node, w] -= level[k, w]
            if claims.return_node[k] >= 0:
                for w in range(LANES):
                    flow[claims.return_node[k], w] += claims.return_part[k] * level[k, w]
    for v in range(claims.parent.size):
        head, part = claims.parent[v], claims.gain[v]
        if head >= 0:
            for w in range(LANES):
                flow[head, w] += part * flow[v, w]
    for s in range(claims.side_cost.size):
        k = claims.side_variable[s]
        for w in range(LANES):
            work.side[s, w] = level[k, w] if k >= 0 else 0.0
        if k >= 0:
            for i in range(claims.touched.size):
                for w in range(LANES):
                    flow[claims.touched[i], w] += claims.effect[i, s] * level[k, w]


@compiled
def prove(claims: Claims, work: Work, t: int) -> bool:
    """Mark the lanes whose flows all lie within their bounds; whether that is all of them."""
    lowest, flow = work.lowest, work.flow
    lowest[:] = 0.0
    for v in range(claims.parent.size):
        for w in range(LANES):
            lowest[w] = min(lowest[w], flow[v, w])
    for k in range(claims.held_node.size):
        node = claims.held_node[k]
        if node >= 0:
            for w in range(LANES):
                lowest[w] = min(lowest[w], flow[node, w] - work.level[k, w])
    for i in range(claims.ceiling_node.size):
        for w in range(LANES):
            lowest[w] = min(lowest[w], claims.ceiling[t, i] - flow[claims.ceiling_node[i], w])
    proved = True
    for w in range(LANES):
        work.served[w] = lowest[w] >= -2.0 * TOLERANCE
        proved = proved and work.served[w]
    return proved


@compiled
def set_bounds(claims: Claims, work: Work, routing: Routing, t: int, w: int) -> None:
    """Flows and bounds of one lane for the routing of its side links."""
    for i in range(claims.touched.size):
        routing.flow[i] = work.flow[claims.touched[i], w]
        routing.floor[i] = 0.0
        k, c = claims.touched_held[i], claims.touched_ceiling[i]
        if k >= 0:
            routing.floor[i] = work.level[k, w]
        if c >= 0:
            routing.ceiling[i] = claims.ceiling[t, c]
    for s in range(claims.side_cost.size):
        held = work.side[s, w]
        if claims.side_store[s] >= 0:
            held = work.level[claims.carry_variable[claims.side_store[s]], w]
        routing.limit[s] = max(claims.side_limit[t, s] - held, 0.0)


@compiled
def find_sides(claims: Claims, work: Work, routing: Routing, t: int) -> None:
    """Route the side links in the lanes that are not proved yet."""
    for w in range(LANES):
        if work.served[w]:
            continue
        set_bounds(claims, work, routing, t, w)
        if route(claims.effect, claims.side_cost, routing):
            for s in range(claims.side_cost.size):
                work.side[s, w] += routing.side[s]
                for i in range(claims.touched.size):
                    work.flow[claims.touched[i], w] += claims.effect[i, s] * routing.side[s]
    prove(claims, work, t)


@compiled
def balance_flows(claims: Claims, work: Work, routing: Routing, t: int) -> None:
    """Flows of the step, and the lanes for which they prove the allocation."""
    find_flows(claims, work)
    if not prove(claims, work, t) and claims.side_cost.size > 0:
        find_sides(claims, work, routing, t)


@compiled
def set_carried(claims: Claims, work: Work) -> None:
    """What each store keeps, in m3/s: what its zones got, and what no capacity let out."""
    for s in range(claims.carry_variable.size):
        for w in range(LANES):
            work.carried[s, w] = work.level[claims.carry_variable[s], w]
    for i in range(claims.side_store.size):
        if claims.side_store[i] >= 0:
            for w in range(LANES):
                work.carried[claims.side_store[i], w] += work.side[i, w]

