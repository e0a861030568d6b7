"""System: one connected part of a network by itself, with the inflow and the state that belong to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mirab.core.ensemble import Ensemble, Members
from mirab.core.flow.layout import components
from mirab.core.flow.model import Model
from mirab.core.flow.run import State
from mirab.core.network import Network, P

Rows = NDArray[np.float64]


def parts(network: Network) -> tuple[frozenset[str], ...]:
    """The nodes of each connected part with the boundaries it flows to, in the order of the components."""
    found = []
    for nodes in map(set, components(network)):
        ways = [reach for reach in network.reaches.values() if reach.tail in nodes]
        outside = {end for reach in ways for end in (reach.head, reach.excess_to) if end}
        found.append(frozenset(nodes | outside))
    return tuple(found)


def alone(network: Network, nodes: Collection[str]) -> Network:
    """The network of some nodes, which nothing links to any other; its states are those that own a part."""
    reaches = {id: one for id, one in network.reaches.items() if one.tail in nodes and one.head in nodes}
    claims = {id: one for id, one in network.claims.items() if one.node in nodes}
    kept = {id: one for id, one in network.nodes.items() if id in nodes}
    owners = {state for one in kept.values() for state in one.states}
    users = {state for one in claims.values() for state, _ in one.shares}
    return replace(
        network,
        states=tuple(state for state in network.states if state in owners | users),
        nodes=kept,
        stores=_of(network.stores, kept),
        reaches=reaches,
        claims=claims,
        instreams={id: one for id, one in network.instreams.items() if one.reach in reaches},
        caps={id: one for id, one in network.caps.items() if set(one.claims) & set(claims)},
        quotas={id: one for id, one in network.quotas.items() if set(one.claims) & set(claims)},
        turbines={id: one for id, one in network.turbines.items() if one.reach in reaches},
    )


def separated(
    model: Model, inflow: Members, start: State, nodes: Collection[str]
) -> tuple[Model, Ensemble, State]:
    """The model of some nodes by itself, with its inflow and the state that it starts from."""
    own = alone(model.network, nodes).compile()
    drivers = inflow.part(0, inflow.members).select(tuple(own.items.sources))
    volume = _columns(start.volume_mcm, model.network.stores, own.network.stores)
    longest = own.start_state(drivers.axis, 1).under_way_mcm.shape[2]
    under_way = _columns(start.under_way_mcm, model.items.lagged, own.items.lagged)[:, :, :longest]
    used = _columns(start.quota_used_mcm, model.network.quotas, own.network.quotas)
    return own, drivers, State(volume, np.ascontiguousarray(under_way), used)


def _of(items: Mapping[str, P], kept: Collection[str]) -> dict[str, P]:
    return {id: one for id, one in items.items() if id in kept}


def _columns(values: Rows, names: Iterable[str], wanted: Iterable[str]) -> Rows:
    order = list(names)
    return np.ascontiguousarray(values[:, [order.index(name) for name in wanted]])
