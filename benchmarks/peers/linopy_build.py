"""linopy states the programme of the coalition benchmark in labelled arrays and passes it to HiGHS.

python linopy_build.py GIVEN.npz FOUND.npz

Time is CPU seconds of the best of some rounds from arrays to a model inside HiGHS; the first round, which
imports, does not count. The optimum is that of the last.
"""

from __future__ import annotations

import sys
import time
import warnings
from typing import Any

import linopy
import numpy as np
import pandas as pd
import xarray as xr

ROUNDS = 5
WAY = ("tail", "head", "gain", "lag")
# What is shifted out of the steps counts nothing, which is meant.
warnings.simplefilter("ignore")


def labelled(values: Any, *dims: str) -> xr.DataArray:
    """An array whose labels are positions."""
    values = np.asarray(values)
    coords = {dim: pd.RangeIndex(size) for dim, size in zip(dims, values.shape, strict=True)}
    return xr.DataArray(values, dims=dims, coords=coords)


def model(given: Any) -> linopy.Model:
    """The programme: node balances in every step, in-stream flows, and falling benefits."""
    m = linopy.Model()
    steps, nodes = given["water"].shape
    flow = m.add_variables(lower=0, upper=labelled(given["beside"], "time", "reach"), name="flow")
    through = m.add_variables(lower=0, upper=labelled(given["limit"], "time", "plant"), name="through")
    take = m.add_variables(lower=0, upper=labelled(given["size"], "time", "claim", "piece"), name="take")
    full = np.tile(given["full"], (steps, 1))
    volume = m.add_variables(lower=0, upper=labelled(full, "time", "store"), name="volume")
    gap = m.add_variables(lower=0, upper=labelled(given["kept"], "time", "gauge"), name="gap")
    served = take.sum("piece")
    terms = [
        *_moved(flow, "reach", given["tail"], given["head"], given["gain"], given["lag"], nodes),
        *_moved(
            through,
            "plant",
            *(given[name][given["plant_reach"]] for name in ("tail", "head", "gain", "lag")),
            nodes,
        ),
        _at(served, "claim", given["claim_node"], nodes),
        _at((1 + labelled(given["loss"], "time", "store")) * volume, "store", given["store_node"], nodes),
        -1 * _at(1 * volume.shift(time=1), "store", given["store_node"], nodes),
    ]
    m.add_constraints(sum(terms[1:], terms[0]) == labelled(given["water"], "time", "node"), name="balance")
    kept = (
        flow.isel(reach=given["gauge_reach"]).rename(reach="gauge").assign_coords(gauge=range(gap.shape[1]))
    )
    m.add_constraints(kept + gap >= labelled(given["kept"], "time", "gauge"), name="kept")
    left = (volume.isel(time=-1) * labelled(given["left_usd"], "store")).sum()
    power = (through * labelled(given["power_usd"], "time", "plant")).sum()
    water = (take * labelled(given["usd"], "claim", "piece")).sum()
    m.add_objective(-1 * water - power - left + float(given["weight"]) * gap.sum())
    return m


def _at(expression: Any, dim: str, node: Any, nodes: int) -> Any:
    """An expression summed over what stands at each node."""
    groups = labelled(np.asarray(node), dim).rename("node")
    return (1 * expression).groupby(groups).sum().reindex(node=pd.RangeIndex(nodes))


def _moved(flow: Any, dim: str, tail: Any, head: Any, gain: Any, lag: Any, nodes: int) -> Any:
    """What leaves each node, and what arrives at it after its lag, negative."""
    yield _at(flow, dim, tail, nodes)
    for steps in np.unique(lag):
        own = np.flatnonzero((lag == steps) & (head >= 0))
        if own.size:
            part = flow.isel({dim: own}).assign_coords({dim: range(own.size)}).shift(time=int(steps))
            yield -1 * _at(labelled(gain[own], dim) * part, dim, head[own], nodes)


def main(given_path: str, found_path: str) -> None:
    """Build and pass some times, solve once."""
    with np.load(given_path) as file:
        given = {name: file[name] for name in file.files}
    seconds = []
    for _ in range(ROUNDS + 1):
        begun = time.process_time()
        solver = model(given).to_highspy()
        seconds.append(time.process_time() - begun)
    solver.setOptionValue("output_flag", False)
    solver.run()
    np.savez(
        found_path,
        label=f"linopy {linopy.__version__}, to_highspy",
        seconds=min(seconds[1:]),
        optimum=-solver.getInfo().objective_function_value,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
