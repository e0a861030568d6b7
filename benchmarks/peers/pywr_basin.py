"""The benchmark basin in pywr 1.31: runs in pywr's own environment, reads and writes one .npz file.

python pywr_basin.py INPUT.npz OUTPUT.npz
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np


def build(given: Any) -> tuple[Any, list[Any]]:
    """The model with monthly steps, and one recorder per demand."""
    from pywr.core import Link, Model, Output, Scenario, Storage
    from pywr.nodes import Catchment, PiecewiseLink
    from pywr.parameters import ArrayIndexedParameter, ArrayIndexedScenarioParameter
    from pywr.recorders import NumpyArrayNodeRecorder

    model = Model(solver="glpk-edge", start=str(given["start"]), end=str(given["end"]), timestep="M")
    members = Scenario(model, "members", size=given["inflow"].shape[1])
    nodes: dict[str, Any] = {"sea": Output(model, "sea")}
    for i, name in enumerate(given["sources"]):
        flow = ArrayIndexedScenarioParameter(model, members, np.ascontiguousarray(given["inflow"][:, :, i]))
        nodes[name] = Catchment(model, name, flow=flow)
    for name, full, start, weight in zip(
        *(given[k] for k in ("stores", "full", "volume", "keep")), strict=True
    ):
        nodes[name] = Storage(model, name, max_volume=full, initial_volume=start, cost=-weight)
    for name, flow, weight in zip(*(given[k] for k in ("gauges", "kept", "wish")), strict=True):
        nodes[name] = PiecewiseLink(model, name=name, nsteps=2, max_flows=[flow, None], costs=[-weight, 0.0])
    for tail, head in given["reaches"]:
        for name in (tail, head):
            if name not in nodes:
                nodes[name] = Link(model, name)
        nodes[tail].connect(nodes[head])
    recorders = []
    for k, (at, weight) in enumerate(zip(given["at"], given["weight"], strict=True)):
        wanted = ArrayIndexedParameter(model, given["demand"][:, k].copy())
        demand = Output(model, f"D{k + 1}", max_flow=wanted, cost=-weight)
        nodes[at].connect(demand)
        recorders.append(NumpyArrayNodeRecorder(model, demand))
    return model, recorders


def main() -> None:
    """Build, run once, and write CPU seconds of the run, deliveries (time, member, demand) and version."""
    from importlib.metadata import version

    given = np.load(sys.argv[1], allow_pickle=False)
    model, recorders = build(given)
    model.setup()
    begun = time.process_time()
    model.run()
    seconds = time.process_time() - begun
    delivered = np.stack([np.asarray(recorder.data) for recorder in recorders], axis=-1)
    np.savez(sys.argv[2], seconds=seconds, delivered=delivered, version=version("pywr"))


if __name__ == "__main__":
    main()
