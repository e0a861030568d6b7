"""Yards: where cargo stands that waits for a node whose yard is full."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mirab.core.queues.layout import upstream_first
from mirab.core.queues.network import QueueNetwork


def standing(network: QueueNetwork, waiting: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """What stands at each node, from what waits for each node, both by id and of one shape.

    A yard holds what waits for its own node and what it took from others; what does not fit goes on to the
    place of its excess. Nothing vanishes: what stands at all nodes is what waits for all of them.
    """
    numbers = {node.id: i for i, node in enumerate(network.nodes)}
    onward: dict[int, list[int]] = {i: [] for i in numbers.values()}
    for node in network.nodes:
        if node.yard is not None and node.excess_to is not None:
            onward[numbers[node.id]].append(numbers[node.excess_to])
    found = dict(waiting)
    for node in (network.nodes[i] for i in upstream_first(onward)):
        if node.yard is not None and node.excess_to is not None:
            fits = np.minimum(found[node.id], node.yard)
            found[node.excess_to] = found[node.excess_to] + (found[node.id] - fits)
            found[node.id] = fits
    return found
