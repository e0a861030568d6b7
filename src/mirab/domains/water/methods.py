"""Water mathematics without a loop over time: curves of stores, energy of falling water, sums over items."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis
from mirab.core.ensemble import Ensemble

Weights = Mapping[str, Mapping[str, float]]
Floats = NDArray[np.float64]
GRAVITY = 9.81


def area_km2(volume_mcm: Floats, *, full_mcm: float, full_km2: float, exponent: float) -> Floats:
    """Water surface in km2 at a volume, from the point when full.

    Depth grows with V^(1/n), hence area, the derivative of volume by depth, with V^(1 - 1/n), where n is
    `exponent` (source: the usual power law of reservoir morphometry). Shardara: n = 2.61, 783 km2 at 5,400
    million m3; 511 km2 at half of it.
    """
    return full_km2 * np.power(volume_mcm / full_mcm, 1.0 - 1.0 / exponent)


def head_m(volume_mcm: Floats, *, full_mcm: float, full_m: float, exponent: float) -> Floats:
    """Head in m at a volume: full head x (V / full)^(1/n), as in `area_km2`.

    Nurek: n = 2.47, 265 m when full (recalled); 211 m at the dead volume of 6,000 million m3, 54 m lower.
    """
    return full_m * np.power(volume_mcm / full_mcm, 1.0 / exponent)


def exponent(*, full_mcm: float, full_km2: float, full_m: float) -> float:
    """Exponent n of volume = c x depth^n through the full point: n = area x depth / volume.

    Nurek: 98 km2 x 265 m / 10,500 million m3 = 2.47 (ours: it follows from the derivative at the full point).
    """
    return full_km2 * full_m / full_mcm


def energy_gwh(flow_m3s: Floats, head_m: Floats, *, efficiency: float, hours: Floats) -> Floats:
    """Energy in GWh of a flow that falls through a head: 9.81 x efficiency x flow x head / 10^6 x hours.

    Source: the hydropower equation of any textbook. 880 m3/s at 148 m and 0.9 give 1,150 MW, so 27.6 GWh
    a day; Toktogul reported 27.5 GWh on 12 December 2024.
    """
    return GRAVITY * efficiency * flow_m3s * head_m * hours / 1e6


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
    lanes = np.ascontiguousarray(np.broadcast_to(values[None, :, :, None], like.lanes.shape))
    return replace(like, lanes=lanes)


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
