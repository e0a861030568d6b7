"""Balance of a run, node by node, computed from the declared network and the results only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mirab.core.flow.layout import all_reaches

if TYPE_CHECKING:
    from mirab.core.flow.run import Run

Floats = NDArray[np.float64]


def residuals(run: Run) -> Floats:
    """What comes in minus what goes out or stays, million m3, shape (node, time, member)."""
    network = run.model.network
    nodes = [node.id for node in network.nodes.values() if node.kind != "boundary"]
    at = {node: i for i, node in enumerate(nodes)}
    length = run.axis.mcm_per_m3s[:, None]
    total = np.zeros((len(nodes), len(run.axis), run.inflow.members))
    inflow = run.inflow.part(0, run.inflow.members)
    for source in run.model.items.sources:
        total[at[source]] += inflow[source] * length
    for reach in all_reaches(network).values():
        total[at[reach.tail]] -= run.flow[reach.id] * length
        if reach.head in at:
            total[at[reach.head]] += arrivals(run, reach.id)
    for claim in network.claims.values():
        taken = run.delivered[claim.id] * length
        total[at[claim.node]] -= taken
        if claim.return_node in at:
            total[at[str(claim.return_node)]] += claim.return_fraction * taken
    for i, store in enumerate(network.stores):
        after = run.volume[store]
        before = np.concatenate([run.start.volume_mcm[:, i][None], after[:-1]])
        total[at[store]] += before - after - run.evaporated[store] * length
    return total


def arrivals(run: Run, reach_id: str) -> Floats:
    """Water that a reach delivers at its lower end, million m3 a step, shape (time, member)."""
    reach = all_reaches(run.model.network)[reach_id]
    sent = run.flow[reach_id] * run.axis.mcm_per_m3s[:, None] * (1.0 - reach.loss)
    if reach.lag == 0:
        return sent
    earlier = run.start.under_way_mcm[:, run.model.items.lagged[reach_id], : reach.lag].T
    return np.concatenate([earlier, sent])[: len(run.axis)]


def scale(run: Run) -> float:
    """Largest volume that any node holds or passes in a step, million m3: the yardstick of a residual."""
    length = run.axis.mcm_per_m3s.max()
    inflow = run.inflow.part(0, run.inflow.members)
    parts = [inflow.lanes.max(initial=0.0) * length, run.flow.lanes.max(initial=0.0) * length]
    return float(max([*parts, run.volume.lanes.max(initial=0.0), 1e-12]))
