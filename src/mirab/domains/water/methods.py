"""Accounts of a run without a loop over time: served fractions, weighted sums over items, months."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis
from mirab.core.ensemble import Ensemble

Weights = Mapping[str, Mapping[str, float]]
Floats = NDArray[np.float64]


def served_fraction(delivered: Floats, demand: Floats) -> Floats:
    """Delivery over demand, 1 where nothing is asked for; any shape, both in one unit."""
    wanted = np.broadcast_to(demand, delivered.shape)
    return np.divide(delivered, wanted, out=np.ones_like(delivered), where=wanted > 0)


def weighted(
    ensemble: Ensemble, weights: Weights, *, quantity: str, unit: str, scale: Floats | float = 1.0
) -> Ensemble:
    """Weighted sums: `weights[new item][item]`; each step times `scale` (number or shape (time,)).

    A new item that ends in `:STATE` belongs to that state, another to the states of its first item.
    """
    matrix = np.zeros((len(weights), len(ensemble.items)))
    for i, parts in enumerate(weights.values()):
        for item, weight in parts.items():
            matrix[i, ensemble.position(item)] += weight
    lanes = np.einsum("btil,oi->btol", ensemble.lanes, matrix)
    lanes *= np.reshape(scale, (1, -1, 1, 1))
    states = tuple(_owners(ensemble, item, parts) for item, parts in weights.items())
    return replace(
        ensemble,
        quantity=quantity,
        unit=unit,
        items=tuple(weights),
        states=states,
        lanes=np.ascontiguousarray(lanes),
    )


def constant(like: Ensemble, values: Floats) -> Ensemble:
    """An ensemble with the items of `like` whose members are all alike: values of shape (time, item)."""
    return replace(like, lanes=np.broadcast_to(values[None, :, :, None], like.lanes.shape))


def less(first: Ensemble, second: Ensemble, *, quantity: str) -> Ensemble:
    """First minus second, item by item and at least 0, in their unit: a shortage."""
    return replace(first, quantity=quantity, lanes=np.maximum(first.lanes - second.lanes, 0.0))


def served(delivered: Ensemble, demand: Ensemble) -> Ensemble:
    """Served fraction of each item, 1 where nothing is asked for."""
    lanes = served_fraction(delivered.lanes, demand.lanes)
    return replace(delivered, quantity="served_fraction", unit="fraction", lanes=lanes)


def in_months(axis: TimeAxis, months: Collection[int]) -> Floats:
    """1 in the steps that start in one of the months, else 0, shape (time,)."""
    return np.array([float(day.month in months) for day in axis.starts])


def _owners(ensemble: Ensemble, item: str, parts: Mapping[str, float]) -> tuple[str, ...]:
    _, colon, state = item.rpartition(":")
    return (state,) if colon or not parts else ensemble.states[ensemble.position(next(iter(parts)))]
