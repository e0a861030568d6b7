"""The benchmark basin as one LP a step in HiGHS, hot-started: reads and writes one .npz file.

python highs.py INPUT.npz OUTPUT.npz

The columns are those of the compiled network, and one more for each flow that must stay in a reach.
"""

from __future__ import annotations

import sys
import time
from importlib.metadata import version
from typing import Any

import highspy
import numpy as np

MEMBERS, ROUNDS, MCM_PER_DAY = 8, 2, 0.0864


def programme(given: Any) -> tuple[Any, Any]:
    """The LP in HiGHS with weights for costs, and its upper bounds without the deliveries and volumes."""
    matrix = np.hstack([given["matrix"], given["matrix"][:, given["kept_column"]]])
    cost = np.zeros(matrix.shape[1])
    cost[given["take_column"]] = -given["take_weight"]
    cost[given["carry_column"]] = -given["store_weight"]
    cost[given["matrix"].shape[1] :] = -given["kept_weight"]
    upper = np.full(cost.size, np.inf)
    upper[given["matrix"].shape[1] :] = given["kept"]
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.passModel(lp_of(matrix, cost, upper))
    return solver, upper


def lp_of(matrix: Any, cost: Any, upper: Any) -> Any:
    """The LP min cost x, matrix x = 0, 0 <= x <= upper; the bounds are set in each step."""
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.zeros(cost.size), upper
    lp.row_lower_ = lp.row_upper_ = np.zeros(matrix.shape[0])
    places = [np.flatnonzero(column) for column in matrix.T]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.cumsum([0, *map(len, places)])
    lp.a_matrix_.index_ = np.concatenate(places)
    lp.a_matrix_.value_ = np.concatenate([matrix[p, j] for j, p in enumerate(places)])
    return lp


def run(given: Any, solver: Any, upper: Any, inflow: Any) -> Any:
    """Deliveries, volumes and outflow of one member, shape (time, item), from inflow (time, source)."""
    take, carry, outlet = (given[key] for key in ("take_column", "carry_column", "outlet_column"))
    rows, columns = np.arange(given["matrix"].shape[0], dtype=np.int32), np.arange(upper.size, dtype=np.int32)
    lower, volume, found = np.zeros(upper.size), given["start_mcm"], []
    for t, length in enumerate(given["days"] * MCM_PER_DAY):
        rhs = np.zeros(rows.size)
        np.add.at(rhs, given["source_row"], inflow[t])
        np.add.at(rhs, given["store_row"], volume / length)
        upper[take], upper[carry] = given["demand"][t], given["full_mcm"] / length
        solver.changeRowsBounds(rows.size, rows, rhs, rhs)
        solver.changeColsBounds(columns.size, columns, lower, upper)
        solver.run()
        at = np.array(solver.getSolution().col_value)
        volume = at[carry] * length
        found.append(np.concatenate([at[take], volume, [at[outlet]]]))
    return np.array(found)


def main() -> None:
    """Run a few members, as HiGHS gains nothing from more, and write rate, name and results."""
    given = dict(np.load(sys.argv[1], allow_pickle=False))
    solver, upper = programme(given)
    found = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        members = [run(given, solver, upper, given["inflow"][:, m]) for m in range(MEMBERS)]
        found.append(time.process_time() - begun)
    values, claims = np.stack(members, axis=1), len(given["at"])
    np.savez(
        sys.argv[2],
        label=f"HiGHS {version('highspy')}, one LP a step, hot start, {MEMBERS} members",
        tried="",
        rate=len(given["days"]) * MEMBERS / min(found),
        delivered=values[:, :, :claims],
        volume=values[:, :, claims:-1],
        outflow=values[:, :, -1],
    )


if __name__ == "__main__":
    main()
