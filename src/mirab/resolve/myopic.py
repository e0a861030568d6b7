"""Myopic operation of a coalition: what it can change without knowing the inflow to come.

The network runs step by step, as in the outlook. A coalition may change three things, all declared before the
first step: the order of its own claims among themselves (by what their water is worth; the priorities that
they hold stay theirs), and the release rules of its own stores, which it may move by half or wholly from
what they are to the months in which its own claims below need water, the volume of the year unchanged.
It adopts the plan, its own or that of a part of it, that brings its states most on average over members; what
others then lose or gain is theirs. This definition is ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from mirab.core.flow.layout import all_reaches
from mirab.core.flow.run import Run
from mirab.core.flow.worth import MILLION, worth
from mirab.core.network import Claim, Instream, Network, Profile
from mirab.core.values import Values

Floats = NDArray[np.float64]
MOVED = (0.0, 0.5, 1.0)
DAYS = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@dataclass(frozen=True)
class Plan:
    """What a coalition changes: whose plan it is, whether its claims stand by worth, its releases moved.

    `moved` is the part of the releases of `stores` that follows its own needs.
    """

    states: tuple[str, ...] = ()
    by_worth: bool = False
    moved: float = 0.0
    stores: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = ["claims stand by what water is worth"] if self.by_worth else []
        if self.moved:
            told.append(f"{self.moved:.0%} of the releases of {', '.join(self.stores)} follow joint needs")
        return "; ".join(told) or "nothing changes"


@dataclass(frozen=True)
class Operation:
    """What coalitions reach step by step, in USD: `values` (member, bitmask), and the plan that each adopts.

    `together` and `reference` (member, state) are what each state has when all act together, and when nobody
    does.
    """

    values: Floats
    plans: dict[tuple[str, ...], Plan]
    together: Floats
    reference: Floats


def adopted(reference: Run, values: Values, head_m: Floats, states: tuple[str, ...]) -> Operation:
    """What every coalition of `states` reaches with the plan that it adopts.

    Energy is counted at `head_m` (time, turbine), as under foresight, so that the two can be compared.
    """
    network = reference.model.network
    place = [network.states.index(state) for state in states]
    brings: dict[Plan, Floats] = {}
    for plan in (Plan(), *(plan for group in _groups(states) for plan in plans(network, values, group))):
        run = reference
        if plan.states:
            model = change(network, values, plan).compile()
            run = model.simulate(reference.inflow, start=reference.start)
        brings[plan] = worth(run, values, head_m).total[:, place] * MILLION
    table, chosen = np.zeros((reference.inflow.members, 1 << len(states))), {}
    for group in _groups(states):
        own = [states.index(state) for state in group]
        open_to = [plan for plan in brings if set(plan.states) <= set(group)]
        best = max(open_to, key=lambda plan: float(brings[plan][:, own].sum(axis=1).mean()))
        table[:, sum(1 << i for i in own)] = brings[best][:, own].sum(axis=1)
        chosen[group] = best
    return Operation(table, chosen, brings[chosen[states]], brings[Plan()])


def plans(network: Network, values: Values, states: tuple[str, ...]) -> Iterator[Plan]:
    """The plans that change something, without the empty one."""
    ranked = _ranked(network, values, states)
    by_worth = any(network.claims[id].priority != priority for id, priority in ranked.items())
    stores = tuple(store for store in network.stores if _needs(network, store, states) is not None)
    for rank in (False, True)[: 1 + by_worth]:
        for moved in MOVED[: len(MOVED) if stores else 1]:
            if rank or moved:
                yield Plan(states, rank, moved, stores if moved else ())


def change(network: Network, values: Values, plan: Plan) -> Network:
    """The network under a plan; the one given stays as it is."""
    claims, instreams = dict(network.claims), dict(network.instreams)
    if plan.by_worth:
        for id, priority in _ranked(network, values, plan.states).items():
            claims[id] = replace(claims[id], priority=priority)
    for store in plan.stores:
        needs = _needs(network, store, plan.states)
        for rule in _rules(network, store):
            if needs is not None:
                instreams[rule.id] = replace(rule, flow_m3s=_moved(rule.flow_m3s, needs, plan.moved))
    return replace(network, claims=claims, instreams=instreams)


def _groups(states: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    return (group for size in range(1, len(states) + 1) for group in combinations(states, size))


def _own(claim: Claim, states: tuple[str, ...]) -> bool:
    """Whether a claim belongs to these states alone."""
    return bool(claim.shares) and all(state in states for state, share in claim.shares if share > 0)


def _ranked(network: Network, values: Values, states: tuple[str, ...]) -> dict[str, int]:
    """Priorities of the coalition's priced claims, dealt out again by what a m3 is worth on average.

    Claims of equal worth keep their order; those that shared a priority too share one, the most junior of
    those that fall to them.
    """
    price = {
        id: round(float(values.water_usd(id, np.ones(1), np.ones(1), np.ones(1))[0]), 9)
        for id, claim in network.claims.items()
        if id in values.water and _own(claim, states)
    }
    rank = {id: (-usd, network.claims[id].priority) for id, usd in price.items()}
    order = sorted(rank, key=lambda id: rank[id])
    held = sorted(network.claims[id].priority for id in order)
    junior = {rank[id]: held[i] for i, id in enumerate(order)}
    return {id: junior[rank[id]] for id in order}


def _rules(network: Network, store: str) -> list[Instream]:
    """Release rules of a store."""
    reaches = network.reaches
    rules = (flow for flow in network.instreams.values() if flow.id == f"release_{flow.reach}")
    return [rule for rule in rules if reaches[rule.reach].tail == store]


def _needs(network: Network, store: str, states: tuple[str, ...]) -> Floats | None:
    """Demand of the coalition's claims below one of its stores, 36 dekads of m3/s; None without any."""
    owner = network.nodes[store].states[:1]
    if not owner or owner[0] not in states or not _rules(network, store):
        return None
    below = _below(network, store)
    claims = [c for c in network.claims.values() if c.node in below and _own(c, states)]
    total = np.asarray(sum((_dekads(claim.demand_m3s) for claim in claims), start=np.zeros(36)))
    return total if total.any() else None


def _below(network: Network, store: str) -> set[str]:
    """All nodes that water from a store can reach."""
    found, open_nodes = {store}, [store]
    while open_nodes:
        here = open_nodes.pop()
        heads = {reach.head for reach in all_reaches(network).values() if reach.tail == here} - found
        found |= heads
        open_nodes += heads
    return found


def _moved(rule: Profile, needs: Floats, part: float) -> Profile:
    """A rule of which a part follows the needs; the year carries the same volume."""
    flow, days = _dekads(rule), _dekad_days()
    joint = needs * (flow @ days) / (needs @ days)
    return tuple(((1.0 - part) * flow + part * joint).tolist())


def _dekads(profile: Profile) -> Floats:
    values = np.atleast_1d(np.asarray(profile, dtype=float))
    return np.repeat(values, 36 // values.size)


def _dekad_days() -> Floats:
    return np.stack([np.full(12, 10.0), np.full(12, 10.0), DAYS - 20.0], axis=1).ravel()
