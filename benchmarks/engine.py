"""Member-steps a second on a basin of 60 places, beside programmes that solve one LP a step.

Peers: HiGHS through highspy, hot-started from step to step, and pywr 1.31 (GLPK), which is installed into a
throw-away environment of its own. Both reach the order of priorities by weights, which is exact on this
basin: it is convergent and loses nothing. All three must deliver the same.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import months
from mirab.core.ensemble import Ensemble
from mirab.core.flow import arrays
from mirab.core.flow.model import Model
from mirab.core.flow.run import Run
from mirab.core.network import Network
from mirab.validation import engine
from mirab.validation.ratios import Ratio

TITLE = "priority allocation on a basin of 60 places, month by month"
SEED, MEMBERS, STEPS, ROUNDS = 7, 256, 120, 3
# HiGHS gains nothing from more members, pywr does.
FEW, MANY = 8, 100
UNIT = "member-steps per CPU second"
PYWR = "pywr==1.31.1"
Floats = NDArray[np.float64]
BASIN: Network = engine.basin(SEED)


def weight(priority: int) -> float:
    """A weight that keeps the order: the three gauges stand well above the 28 others."""
    return 8_000.0 / 2 ** (priority - 1) if priority <= 3 else 1_100.0 - 20.0 * priority


def figures() -> Sequence[Ratio]:
    """K2 in one thread against each peer, and in two threads against one."""
    model = BASIN.compile()
    inflow = engine.inflow(SEED, MEMBERS, months(date(2001, 1, 1), STEPS))
    run = model.simulate(inflow, threads=1)
    ours = MEMBERS * STEPS / best(time.process_time, lambda: model.simulate(inflow, threads=1))
    return [against_highs(model, run, ours), *against_pywr(model, run, ours), threads(model, inflow)]


def best(clock: Callable[[], float], job: Callable[[], object]) -> float:
    """Least seconds of a few rounds: the machine may be busy, the program may not be slow."""
    found = []
    for _ in range(ROUNDS):
        begun = clock()
        job()
        found.append(clock() - begun)
    return min(found)


def threads(model: Model, inflow: Ensemble) -> Ratio:
    """Wall time of two threads beside one."""
    two, one = (best(time.perf_counter, lambda n=n: model.simulate(inflow, threads=n)) for n in (2, 1))
    return Ratio("two threads", two, one, "wall s", "one thread", "on free cores; a busy machine shows less")


def told(run: Run, theirs: Floats) -> str:
    """Largest difference from deliveries with shape (time, member, claim), in words."""
    mine = run.delivered.values().transpose(1, 0, 2)[: theirs.shape[0], : theirs.shape[1]]
    return f"largest difference of a delivery {np.abs(mine - theirs).max():.0e} m3/s"


class Programme(NamedTuple):
    """One LP a step: the columns of the layout, and one more for each flow that must stay in a reach."""

    solver: Any
    taken: NDArray[np.int32]
    kept: NDArray[np.int32]

    @classmethod
    def of(cls, model: Model, problem: Any) -> Programme:
        """The LP in HiGHS, with weights for costs."""
        import highspy

        layout = model.layouts[0]
        instreams = [r for r in layout.requests if r.kind == "instream"]
        matrix = np.hstack([layout.matrix(), layout.matrix()[:, [r.column for r in instreams]]])
        cost = np.zeros(matrix.shape[1])
        for request in layout.requests:
            cost[request.column] -= weight(request.priority) if request.kind != "instream" else 0.0
        cost[len(layout.columns) :] = [-weight(r.priority) for r in instreams]
        upper = np.append(problem.steps.upper[0], [r.needs[0].profile for r in instreams])
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        solver.passModel(lp_of(matrix, cost, upper))
        return cls(
            solver, problem.parts.take_column.astype(np.int32), problem.parts.carry_column.astype(np.int32)
        )

    def step(self, rhs: Floats, upper: Floats) -> Floats:
        """Column values for a right-hand side and upper bounds in m3/s."""
        rows, columns = np.arange(rhs.size, dtype=np.int32), np.arange(upper.size, dtype=np.int32)
        self.solver.changeRowsBounds(rows.size, rows, rhs, rhs)
        self.solver.changeColsBounds(columns.size, columns, np.zeros(upper.size), upper)
        self.solver.run()
        return np.array(self.solver.getSolution().col_value)


def lp_of(matrix: Floats, cost: Floats, upper: Floats) -> Any:
    """The LP min cost x, matrix x = 0, 0 <= x <= upper; the bounds are set in each step."""
    import highspy

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


def against_highs(model: Model, run: Run, ours: float) -> Ratio:
    """One LP for each step of a few members."""
    problem = arrays.problem_of(model.layouts[0], run.axis, model.items)
    programme = Programme.of(model, problem)
    delivered = np.zeros((STEPS, FEW, len(model.network.claims)))
    begun = time.process_time()
    for member in range(FEW):
        delivered[:, member] = member_by_highs(problem, programme, run.inflow.lanes[0, :, :, member])
    theirs = FEW * STEPS / (time.process_time() - begun)
    peer = f"one LP a step, HiGHS {version('highspy')}, hot start"
    return Ratio("allocation", ours, theirs, UNIT, peer, told(run, delivered))


def member_by_highs(problem: Any, programme: Programme, inflow: Floats) -> Floats:
    """Deliveries of one member in m3/s, shape (time, claim)."""
    parts, steps = problem.parts, problem.steps
    volume = np.array([store.start_mcm for store in BASIN.stores.values()])
    found = []
    for t, length in enumerate(steps.mcm_per_m3s):
        rhs = np.zeros(problem.program.basis.size)
        np.add.at(rhs, parts.source_row, inflow[t, parts.source_item])
        np.add.at(rhs, parts.store_row, volume / length)
        at = programme.step(rhs, np.append(steps.upper[t], list(engine.KEPT_M3S.values())))
        volume = at[programme.kept] * length
        found.append(at[programme.taken])
    return np.array(found)


def against_pywr(model: Model, run: Run, ours: float) -> list[Ratio]:
    """The same basin in pywr; nothing where its environment cannot be made."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        np.savez(place / "in.npz", **as_arrays(model.network, run))
        try:
            python = environment(place / "env")
            script = Path(__file__).parent / "peers" / "pywr_basin.py"
            command = [str(python), str(script), str(place / "in.npz"), str(place / "out.npz")]
            subprocess.run(command, check=True, capture_output=True, text=True)
        except (subprocess.SubprocessError, OSError) as fault:
            print(f"{PYWR} could not be run, its figure is absent: {fault}", file=sys.stderr)
            return []
        found = np.load(place / "out.npz", allow_pickle=False)
        theirs = MANY * STEPS / float(found["seconds"])
        peer = f"pywr {found['version']}, glpk-edge"
        return [Ratio("allocation", ours, theirs, UNIT, peer, told(run, found["delivered"]))]


def environment(place: Path) -> Path:
    """Interpreter of a new environment that holds pywr."""
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True, capture_output=True)
    python = place / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "-q", PYWR], check=True, capture_output=True)
    return python


def as_arrays(network: Network, run: Run) -> dict[str, Any]:
    """The basin in plain arrays; flows stay in m3/s, so volumes are in m3/s times days."""
    stores, claims = list(network.stores.values()), list(network.claims.values())
    per_day = 86_400.0 / 1e6
    return {
        "start": str(run.axis.starts[0]),
        "end": str(run.axis.starts[-1]),
        "sources": list(run.inflow.items),
        "inflow": run.inflow.values()[:MANY].transpose(1, 0, 2),
        "stores": [store.id for store in stores],
        "full": [store.full_mcm / per_day for store in stores],
        "volume": [store.start_mcm / per_day for store in stores],
        "keep": [weight(store.zones[0].priority) for store in stores],
        "gauges": list(engine.KEPT_M3S),
        "kept": list(engine.KEPT_M3S.values()),
        "wish": [weight(kept.priority) for kept in network.instreams.values()],
        "reaches": [(reach.tail, reach.head) for reach in network.reaches.values()],
        "at": [claim.node for claim in claims],
        "weight": [weight(claim.priority) for claim in claims],
        "demand": run.demand(),
    }
