"""Run: what a simulation of a network of queues gives."""

from __future__ import annotations

from dataclasses import dataclass

from mirab.core.calendar import TimeAxis
from mirab.core.ensemble import Ensemble
from mirab.core.queues.network import QueueNetwork


@dataclass(frozen=True)
class QueueRun:
    """Results of a simulation as Ensembles on the axis of the demand; amounts in the unit of the network.

    By station: `queue`, what waits at the end of a step; `served`, what it served, a day; `waiting`, hours
    that what came in the step waits, on the mean, without the service itself; `utilisation`, the share of the
    capacity that was there (open, and in service) and was used: only stations with a capacity have it.

    By node: `held`, what stands there at the end of a step and waits for another node whose yard is full.

    By stream: `entered` and `delivered`, a day; `under_way`, what is on links or in service at the end of a
    step; `journey`, hours from the first node until it has left the last for what enters in the middle of a
    step. One consignment in each step of each member, with its own draw of service times; what is still
    under way at the end of the run is taken on at the mean rate of the last four weeks.

    By fleet: `trips`, vessels that leave the tail of its link, a day.
    """

    network: QueueNetwork
    demand: Ensemble
    seed: int
    step_h: float | None
    queue: Ensemble
    served: Ensemble
    waiting: Ensemble
    utilisation: Ensemble
    held: Ensemble
    entered: Ensemble
    delivered: Ensemble
    under_way: Ensemble
    journey: Ensemble
    trips: Ensemble

    @property
    def axis(self) -> TimeAxis:
        """The steps of the run."""
        return self.demand.axis
