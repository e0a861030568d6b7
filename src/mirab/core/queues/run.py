"""Run: what a simulation of a network of queues gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis
from mirab.core.ensemble import Ensemble, Members
from mirab.core.errors import NotKeptError
from mirab.core.queues.network import QueueNetwork


@dataclass(frozen=True)
class QueueRun:
    """Results of a simulation as Ensembles on the axis of the demand; amounts in the unit of the network.

    By station: `queue`, what waits at the end of a step; `served`, what it served, a day; `waiting`, hours
    that what came in the step waits, on the mean, without the service itself; `utilisation`, the share of the
    capacity that was there (open, and in service) and was used: only stations with a capacity have it. Where
    none was there it is 1 if cargo waits, else 0.

    By node: `standing`, what stands there at the end of a step, for itself or for a node whose yard is full.

    By stream: `entered` and `delivered`, a day; `under_way`, what is on links or in service at the end of a
    step; `waits`, what waits at all stations then; `journey`, hours of what enters in the middle of a step
    until it has left the last node. That is one consignment in each step of each member, with its own draw
    of service times; what is not through by the end of the run is taken on at the mean rate of its last four
    weeks, and is missing (NaN) where nothing moved in them.

    By fleet: `trips`, vessels that leave the tail of its link, a day.

    A result that was not kept has no items. `numbers` says which members of the seed they are, the first ones
    where it is None.
    """

    network: QueueNetwork
    demand: Members
    seed: int
    step_h: float | None
    queue: Ensemble
    served: Ensemble
    waiting: Ensemble
    utilisation: Ensemble
    standing: Ensemble
    entered: Ensemble
    delivered: Ensemble
    under_way: Ensemble
    waits: Ensemble
    journey: Ensemble
    trips: Ensemble
    levels: Ensemble | None = None
    factors: Ensemble | None = None
    numbers: tuple[int, ...] | None = None

    @property
    def axis(self) -> TimeAxis:
        """The steps of the run."""
        return self.demand.axis

    def kept(self, *names: str) -> tuple[Ensemble, ...]:
        """Results by name; raises NotKeptError where one was not kept."""
        found: tuple[Ensemble, ...] = tuple(getattr(self, name) for name in names)
        for one in found:
            if one.reduced:
                raise NotKeptError(one.quantity, one.reduced[0])
        return found

    def balance(self) -> NDArray[np.float64]:
        """What entered until the end of each step less what was delivered, waits or is under way.

        Shape (time, member), over all streams, in the unit of the network: nought but for rounding. Raises
        NotKeptError where one of them was not kept.
        """
        days = self.axis.days[:, None]
        names = ("entered", "delivered", "waits", "under_way")
        total = {one.quantity: _all_items(one) for one in self.kept(*names)}
        through = np.cumsum((total["entered"] - total["delivered"]) * days, axis=0)
        return np.asarray(through - total["waits"] - total["under_way"])


def _all_items(ensemble: Ensemble) -> NDArray[np.float64]:
    """Sum over items, shape (time, member)."""
    summed = ensemble.lanes.sum(axis=2, dtype=np.float64).transpose(1, 0, 2)
    return np.asarray(summed.reshape(len(ensemble.axis), -1)[:, : ensemble.members])
