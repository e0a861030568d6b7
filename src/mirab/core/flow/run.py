"""Run: what a simulation gives, its accounts by state, its balance, and the way into an explanation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis
from mirab.core.ensemble import Ensemble, Members
from mirab.core.errors import NotKeptError
from mirab.core.flow.layout import all_reaches
from mirab.core.flow.summary import Summary
from mirab.core.network import Network, Turbine

if TYPE_CHECKING:
    from mirab.core.flow.explain import Explanation
    from mirab.core.flow.model import Model

Floats = NDArray[np.float64]
GRAVITY = 9.81


@dataclass(frozen=True)
class State:
    """All that one step hands to the next, in million m3, members first.

    `volume_mcm` (member, store); `under_way_mcm` (member, lagged reach, step of arrival), after losses;
    `quota_used_mcm` (member, quota) in the season that is open.
    """

    volume_mcm: Floats
    under_way_mcm: Floats
    quota_used_mcm: Floats

    def copy(self) -> State:
        """An independent copy."""
        return State(self.volume_mcm.copy(), self.under_way_mcm.copy(), self.quota_used_mcm.copy())


@dataclass(frozen=True)
class Run:
    """Results of a simulation as Ensembles.

    `flow` at the upper end of reaches, `volume` of stores at the end of each step, `delivered` to claims,
    `evaporated` from stores, `energy` of turbines in GWh a step: the items that the simulation was to keep.
    `summary` has the reductions over members of all items, by the same names. `pivots` counts those of the
    simplex, `repaired` the member-steps that it served after the claims kernel.
    """

    model: Model
    inflow: Members
    start: State
    end: State
    flow: Ensemble
    volume: Ensemble
    delivered: Ensemble
    evaporated: Ensemble
    energy: Ensemble
    pivots: int = 0
    repaired: int = 0
    summary: Mapping[str, Summary] = field(default_factory=dict, repr=False)

    @property
    def axis(self) -> TimeAxis:
        """The steps of the run."""
        return self.inflow.axis

    def steps(self, first: int, last: int) -> Run:
        """The results of steps first to last - 1; the states at start and end stay those of the whole run."""
        return replace(
            self,
            inflow=self.inflow.steps(first, last),
            flow=self.flow.steps(first, last),
            volume=self.volume.steps(first, last),
            delivered=self.delivered.steps(first, last),
            evaporated=self.evaporated.steps(first, last),
            energy=self.energy.steps(first, last),
            summary={name: summary.steps(first, last) for name, summary in self.summary.items()},
        )

    def demand(self) -> Floats:
        """Demand of each claim that was kept, m3/s, shape (time, claim)."""
        return demand_of(self.model.network, self.delivered.items, self.axis)

    def shortage(self) -> Ensemble:
        """Demand minus delivery of each claim that was kept, in million m3 a step."""
        missing = self.demand()[None, :, :, None] - self.delivered.lanes
        lanes = missing * self.axis.mcm_per_m3s[None, :, None, None]
        return replace(self.delivered, quantity="shortage", unit="million m3", lanes=lanes)

    def by_state(self, ensemble: Ensemble) -> Ensemble:
        """A claim's ensemble (extensive) summed over claims for each state, by the states' shares.

        Raises NotKeptError where a claim was not kept.
        """
        _need_all(ensemble)
        weights = state_weights(self.model.network)
        states = tuple(self.model.network.states)
        lanes = np.einsum("btil,si->btsl", ensemble.lanes, weights)
        owners = tuple((state,) for state in states)
        return replace(ensemble, items=states, states=owners, lanes=np.ascontiguousarray(lanes))

    def balance(self) -> Floats:
        """Residual of the water balance of each conserving node, million m3, shape (node, time, member).

        Raises NotKeptError where a flow, volume, delivery or evaporation was not kept.
        """
        from mirab.core.flow.balance import residuals

        for ensemble in (self.flow, self.volume, self.delivered, self.evaporated):
            _need_all(ensemble)
        return residuals(self)

    def explain(self, item: str, time: int, member: int) -> Explanation:
        """Why a claim or in-stream flow got what it got in one step: see `mirab.core.flow.explain`."""
        from mirab.core.flow.explain import explain

        return explain(self, item, time, member)


def demand_of(network: Network, claims: Sequence[str], axis: TimeAxis) -> Floats:
    """Demand of some claims on the steps of an axis, m3/s, shape (time, claim)."""
    wanted = [axis.spread(network.claims[claim].demand_m3s) for claim in claims]
    return np.array(wanted).reshape(len(claims), len(axis)).T


def _need_all(ensemble: Ensemble) -> None:
    if ensemble.reduced:
        raise NotKeptError(ensemble.quantity, ensemble.reduced[0])


def state_weights(network: Network) -> Floats:
    """Share of each state in each claim, shape (state, claim)."""
    shares: list[Mapping[str, float]] = [dict(claim.shares) for claim in network.claims.values()]
    return np.array([[share.get(state, 0.0) for share in shares] for state in network.states]).reshape(
        len(network.states), len(shares)
    )


def energy_of(
    network: Network, flow: Ensemble, volume: Ensemble, begin: State, plants: Sequence[Turbine]
) -> Ensemble:
    """Energy of some turbines in GWh a step: 9.81 x efficiency x min(flow, limit) x head, at most installed.

    The head comes from the store's curve at the mean volume of the step. Worked number: 100 m3/s at 100 m
    and 0.9 give 88.3 MW, 21.2 GWh in ten days (source: the hydropower equation of any textbook).
    """
    hours = flow.axis.seconds[None, :, None] / 3600.0
    found = []
    for plant in plants:
        through = np.minimum(flow.lanes[:, :, flow.position(plant.reach)], plant.max_flow_m3s)
        power = GRAVITY * plant.efficiency * through * _head(network, plant, volume, begin) / 1000.0
        found.append(np.minimum(power, plant.installed_mw) * hours / 1000.0)
    blocks, steps, _, lanes = flow.lanes.shape
    values = np.stack(found, axis=2) if found else np.zeros((blocks, steps, 0, lanes))
    reaches = all_reaches(network)
    owners = tuple(network.nodes[reaches[plant.reach].tail].states for plant in plants)
    return replace(
        flow, quantity="energy", unit="GWh", items=tuple(plant.id for plant in plants), states=owners,
        lanes=np.ascontiguousarray(values),
    )  # fmt: skip


def _head(network: Network, plant: Turbine, volume: Ensemble, begin: State) -> Floats:
    """Head in m, shape (block, time, lane) or broadcastable to it."""
    curve = network.stores[plant.store].curve if plant.store else None
    if plant.head_m is not None or plant.store is None or curve is None:
        return np.full((1, 1, 1), plant.head_m or 0.0)
    after = volume.lanes[:, :, volume.position(plant.store)]
    first = begin.volume_mcm[:, list(network.stores).index(plant.store)]
    padded = first[np.minimum(np.arange(after.shape[0] * after.shape[2]), first.size - 1)]
    before = np.concatenate([padded.reshape(after.shape[0], 1, after.shape[2]), after[:, :-1]], axis=1)
    return np.asarray(np.interp(0.5 * (before + after), curve.volume_mcm, curve.head_m))
