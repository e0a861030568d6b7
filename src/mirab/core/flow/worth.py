"""Worth: what a run brings each state, in million USD, from deliveries, power and the water that is left."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mirab.core.flow.expansion import GWH_PER_MCM_M, flow_limit
from mirab.core.flow.layout import all_reaches
from mirab.core.flow.run import Run
from mirab.core.network import Network
from mirab.core.values import Values

Floats = NDArray[np.float64]
MILLION = 1e6


@dataclass(frozen=True)
class Worth:
    """Million USD by member and state, in the order of `states`; each array has shape (member, state).

    A claim that several states share counts by their shares; a plant and the water left in a store belong
    to the owner state of their place (§4).
    """

    states: tuple[str, ...]
    water: Floats
    power: Floats
    storage: Floats

    @property
    def total(self) -> Floats:
        """Water, power and storage together."""
        return np.asarray(self.water + self.power + self.storage)

    def of(self, states: Collection[str]) -> Floats:
        """Total of some states together, by member."""
        chosen = [i for i, state in enumerate(self.states) if state in states]
        return np.asarray(self.total[:, chosen].sum(axis=1))


def worth(run: Run, values: Values, head_m: Floats | None = None, needs: Network | None = None) -> Worth:
    """What a run is worth to each state of its network.

    Energy is that of the run; where `head_m` (time, turbine) is given, it is counted again at these heads,
    so that runs with other volumes are compared at the same price of water. Water is valued against the
    demands of `needs` where it is given: who asks for less in a changed network does not need less.
    """
    network = run.model.network
    zero = np.zeros((run.inflow.members, len(network.states)))
    water, power, storage = zero.copy(), zero.copy(), zero.copy()
    length = run.axis.mcm_per_m3s[:, None]
    for id, claim in network.claims.items():
        asked = run.axis.spread((needs or network).claims[id].demand_m3s)[:, None]
        usd = values.water_usd(id, run.delivered[id], asked, length).sum(axis=0) / MILLION
        _credit(water, network.states, dict(claim.shares), usd)
    for id, energy in _energy(run, head_m).items():
        tail = all_reaches(network)[network.turbines[id].reach].tail
        owner = dict.fromkeys(network.nodes[tail].states[:1], 1.0)
        _credit(power, network.states, owner, values.power_usd(id, energy, run.axis) / MILLION)
    for id, store in network.stores.items():
        usd = values.stored_usd(id, run.volume[id][-1], store.full_mcm) / MILLION
        _credit(storage, network.states, dict.fromkeys(network.nodes[id].states[:1], 1.0), usd)
    return Worth(tuple(network.states), water, power, storage)


def _energy(run: Run, head_m: Floats | None) -> Mapping[str, Floats]:
    """GWh of each plant by (time, member)."""
    plants = run.model.network.turbines
    if head_m is None:
        return {id: run.energy[id] for id in plants}
    length, found = run.axis.mcm_per_m3s, {}
    for k, plant in enumerate(plants.values()):
        head = head_m[:, k]
        through = np.minimum(run.flow[plant.reach], flow_limit(plant, head)[:, None])
        found[plant.id] = through * (GWH_PER_MCM_M * plant.efficiency * head * length)[:, None]
    return found


def _credit(account: Floats, states: tuple[str, ...], shares: Mapping[str, float], usd: Floats) -> None:
    for state, share in shares.items():
        account[:, states.index(state)] += share * usd
