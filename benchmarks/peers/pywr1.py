"""The benchmark basin in pywr 1.31: runs in pywr's own environment, reads and writes one .npz file.

python pywr1.py INPUT.npz OUTPUT.npz

pywr steps by ten days and dekads have 8 to 11: a flow of this model is what a step brings, spread over ten
days, so that both divide the same volumes.
"""

from __future__ import annotations

import sys
import time
from datetime import date, timedelta
from importlib.metadata import version
from typing import Any

import numpy as np

STEP_DAYS, MCM_PER_UNIT, ROUNDS = 10, 0.0864, 2
ONCE = {"set_fixed_flows_once": True, "set_fixed_costs_once": True, "set_fixed_factors_once": True}
TRIED: tuple[tuple[str, str, dict[str, bool]], ...] = (
    ("glpk", "glpk, fixed values set once", ONCE),
    ("glpk-edge", "glpk-edge", {}),
    ("glpk-edge", "glpk-edge, fixed values set once", ONCE),
    ("glpk-edge", "glpk-edge, fixed values set once, unsafe calls", {**ONCE, "use_unsafe_api": True}),
)


def build(given: Any, solver: str, settings: dict[str, bool]) -> tuple[Any, list[Any]]:
    """The model, and recorders of deliveries, volumes and the outflow."""
    from pywr.core import Model, Output, Scenario, Storage
    from pywr.nodes import Catchment, PiecewiseLink
    from pywr.parameters import ArrayIndexedParameter, ArrayIndexedScenarioParameter
    from pywr.recorders import NumpyArrayNodeRecorder, NumpyArrayStorageRecorder

    first, steps = date(1991, 1, 1), len(given["days"])
    last = first + timedelta(days=STEP_DAYS * (steps - 1))
    model = Model(solver=solver, start=first, end=last, timestep=STEP_DAYS, solver_args=settings)
    members = Scenario(model, "members", size=given["inflow"].shape[1])
    scale = given["days"] / STEP_DAYS
    nodes: dict[str, Any] = {"sea": Output(model, "sea")}
    for i, name in enumerate(given["sources"]):
        values = np.ascontiguousarray(given["inflow"][:, :, i] * scale[:, None])
        nodes[name] = Catchment(model, name, flow=ArrayIndexedScenarioParameter(model, members, values))
    keys = ("stores", "full_mcm", "start_mcm", "store_weight")
    for name, full, start, weight in zip(*(given[key] for key in keys), strict=True):
        volumes = {"max_volume": full / MCM_PER_UNIT, "initial_volume": start / MCM_PER_UNIT}
        nodes[name] = Storage(model, name, cost=-weight, **volumes)
    for name, flow, weight in zip(*(given[key] for key in ("gauges", "kept", "kept_weight")), strict=True):
        flows = [ArrayIndexedParameter(model, flow * scale), None]
        nodes[name] = PiecewiseLink(model, name=name, nsteps=2, max_flows=flows, costs=[-weight, 0.0])
    connect(model, nodes, given["reaches"])
    recorders = []
    for k, (at, weight) in enumerate(zip(given["at"], given["take_weight"], strict=True)):
        wanted = ArrayIndexedParameter(model, given["demand"][:, k] * scale)
        demand = Output(model, f"D{k + 1}", max_flow=wanted, cost=-weight)
        nodes[at].connect(demand)
        recorders.append(NumpyArrayNodeRecorder(model, demand))
    recorders += [NumpyArrayStorageRecorder(model, nodes[name]) for name in given["stores"]]
    return model, [*recorders, NumpyArrayNodeRecorder(model, nodes["sea"])]


def connect(model: Any, nodes: dict[str, Any], reaches: Any) -> None:
    """Connect the nodes; a place that is not there yet is a plain link."""
    from pywr.core import Link

    for tail, head in reaches:
        for name in (tail, head):
            if name not in nodes:
                nodes[name] = Link(model, name)
        nodes[tail].connect(nodes[head])


def cpu_seconds(model: Any) -> float:
    """Least CPU seconds of a few runs of a model."""
    found = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        model.run()
        found.append(time.process_time() - begun)
    return min(found)


def main() -> None:
    """Run each solver and write the best: its rate, its name, and its results."""
    given = dict(np.load(sys.argv[1], allow_pickle=False))
    given["inflow"] = given["inflow"][:, : int(given["many"])]
    steps, members = given["inflow"].shape[:2]
    rates, results = {}, {}
    for solver, label, settings in TRIED:
        model, recorders = build(given, solver, settings)
        model.setup()
        rates[label] = steps * members / cpu_seconds(model)
        results[label] = [np.asarray(recorder.data) for recorder in recorders]
    best = max(rates, key=lambda label: rates[label])
    claims, scale = len(given["at"]), given["days"][:, None, None] / STEP_DAYS
    values = np.stack(results[best], axis=-1)
    np.savez(
        sys.argv[2],
        label=f"pywr {version('pywr')}, {best}, scenarios: {members}",
        tried="; ".join(f"{label}: {rate:.0f}" for label, rate in rates.items() if label != best),
        rate=rates[best],
        delivered=values[:, :, :claims] / scale,
        volume=values[:, :, claims:-1] * MCM_PER_UNIT,
        outflow=values[:, :, -1] / scale[:, :, 0],
    )


if __name__ == "__main__":
    main()
