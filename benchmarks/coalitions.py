"""All coalitions of six states on a basin of 60 places over three years, beside cold programmes and linopy.

The basin is that of the engine's benchmark with losses, lags and evaporation; its 20 claims and 8 stores with
plants belong to six states in turn, all on one river, so that nothing is saved by components. Each of the
63 coalitions (nobody is worth nothing) is a linear programme of three years for each of 100 members.

*Cold* are the same programmes, each passed to HiGHS anew and solved with presolve: a sample of them, the same
members in each, because all would take long. Building is compared with linopy, which runs in an environment
of its own and states the same programme in labelled arrays; it has to find the same optimum.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.core.flow.expansion import expand
from mirab.core.flow.model import Model
from mirab.core.flow.programme import Sides, Solver
from mirab.core.flow.run import Run
from mirab.core.network import Curve, Network
from mirab.core.values import Piece, Values
from mirab.resolve.coalition import coalitions
from mirab.validation import engine
from mirab.validation.ratios import Ratio

TITLE = "coalitions of six states on a basin of 60 places over three years of dekads"
SEED, FIRST, STEPS, MEMBERS, PROCESSES = 7, date(1991, 1, 1), 108, 100, 2
STATES = ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF")
COALITIONS = (1 << len(STATES)) - 1
ROUNDS, MOST_SECONDS, ASKED_SECONDS = 5, 300, 60.0
PEERS = Path(__file__).parent / "peers"
LINOPY = ("linopy==0.10.1", "highspy==1.15.1")
UNIT = "programmes per CPU second"


class Case(NamedTuple):
    """The basin with its members, prices, and what happens without cooperation."""

    model: Model
    inflow: Ensemble
    values: Values
    reference: Run


class Outcome(NamedTuple):
    """What linopy found: who it is, CPU seconds to build and pass the programme, and its optimum."""

    label: str
    seconds: float
    optimum: float


def figures() -> Sequence[Ratio]:
    """All coalitions beside the clock and beside cold programmes, then building beside linopy."""
    case = made(MEMBERS)
    return [*of_coalitions(case), *of_building(case)]


def made(members: int, steps: int = STEPS) -> Case:
    """The case of a seed."""
    network = shared_basin()
    model, inflow = network.compile(), engine.inflow(SEED, members, dekads(FIRST, steps))
    return Case(model, inflow, prices(network), model.simulate(inflow))


def shared_basin() -> Network:
    """The full basin of the engine; its claims and its stores, with plants, belong to six states in turn."""
    network = replace(engine.basin(SEED, "full"), states=STATES)
    for k, claim in enumerate(network.claims.values()):
        network.claims[claim.id] = replace(claim, shares=((STATES[k % 6], 1.0),))
    for k, store in enumerate(network.stores.values()):
        network.nodes[store.id] = replace(network.nodes[store.id], states=(STATES[k % 6],))
        top = store.full_mcm
        curve = Curve((0.0, top / 4, top), (1.0, top / 40, top / 15), (20.0, 60.0, 100.0))
        network.stores[store.id] = replace(store, curve=curve)
        way = next(reach.id for reach in network.reaches.values() if reach.tail == store.id)
        most = 0.15 * top / 0.864
        network.turbine(f"plant_{store.id}", reach=way, max_flow_m3s=most, installed_mw=most, store=store.id)
    return network


def prices(network: Network) -> Values:
    """Three falling pieces for each claim, power that is dearer in winter, and water left at the end."""
    rng = np.random.default_rng(SEED)
    shape = np.array([1.0, 0.6, 0.25])
    winter = 0.03 * (1 + 0.5 * np.cos(np.arange(36) / 36 * 2 * np.pi))
    water = {
        claim: tuple(
            Piece(to, float(usd))
            for to, usd in zip((0.5, 0.8, 1.0), rng.uniform(0.02, 0.1) * shape, strict=True)
        )
        for claim in network.claims
    }
    left = dict.fromkeys(network.stores, (Piece(1.0, 0.01),))
    return Values(water, dict.fromkeys(network.turbines, tuple(winter.tolist())), left)


# ---- coalitions ----


def of_coalitions(case: Case) -> Iterator[Ratio]:
    """Wall seconds of all coalitions beside what is asked; programmes per CPU second beside cold ones."""
    print("measuring all coalitions", file=sys.stderr)
    load = f"{os.getloadavg()[0]:.1f} processes were running on {os.cpu_count()} cores when it began"
    before, begun = cpu(), time.perf_counter()
    found = coalitions(case.model, case.inflow, case.values, reference=case.reference, processes=PROCESSES)
    wall, spent = time.perf_counter() - begun, cpu() - before
    broken = [one for one in found.foresight.violations(1e-7) if one.law == "monotonicity"]
    told = f"{PROCESSES} processes, {spent:.1f} CPU s with their start and myopic operation; {load}; "
    told += f"{len(broken)} pairs are not monotone, {len(found.unkept)} coalitions break a guarantee"
    part = f"{COALITIONS} coalitions, {case.inflow.members} members, {STEPS} dekads"
    yield Ratio("all, on the clock", wall, ASKED_SECONDS, "s", "what is asked", told, part, at_most=1.0)
    told = "what the clock would show if each process had a core to itself and nobody waited"
    each = spent / PROCESSES
    yield Ratio("CPU of each process", each, ASKED_SECONDS, "CPU s", "what is asked of the clock", told, part)
    print("measuring cold programmes", file=sys.stderr)
    cold, gap = of_cold(case, found.foresight.values)
    told = f"a sample: one member of each coalition is solved cold; values differ by {gap:.0e} at most"
    rate, theirs = found.programmes / spent, "the same programmes, cold, with presolve"
    yield Ratio("programmes", rate, 1 / cold, UNIT, theirs, told, part, at_least=5.0)


def of_cold(case: Case, values: Any) -> tuple[float, float]:
    """CPU seconds of a cold programme, and the largest relative difference of its value from ours."""
    (layout,) = case.model.layouts
    sides = Sides(expand(layout, case.reference, case.values), case.reference, case.values)
    seconds, gap = 0.0, 0.0
    for mask in range(1, COALITIONS + 1):
        states = tuple(state for i, state in enumerate(STATES) if mask >> i & 1)
        member = mask * 37 % case.inflow.members
        cost, bounds = sides.costs(states), sides.bounds(member, states)
        begun = time.process_time()
        at = Solver(sides.expansion, cost, bounds).solve()
        seconds += time.process_time() - begun
        worth = sides.accounts(at)[[STATES.index(state) for state in states]].sum() * 1e6
        gap = max(gap, abs(worth / values[member, mask] - 1.0))
    return seconds / COALITIONS, gap


def cpu() -> float:
    """CPU seconds of this process and of those that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


# ---- building ----


def of_building(case: Case) -> Iterator[Ratio]:
    """CPU seconds from the declared network to a programme inside HiGHS, beside linopy."""
    seconds, optimum = building(case)
    theirs = linopy(case)
    if theirs is None:
        return
    part = f"Building one programme of {STEPS} dekads and passing it to HiGHS"
    gap = abs(optimum / theirs.optimum - 1)
    told = f"best of {ROUNDS}; ours from the compiled network, linopy from arrays; optima differ by {gap:.0e}"
    yield Ratio("building", seconds, theirs.seconds, "CPU s", theirs.label, told, part, at_most=0.1)


def building(case: Case) -> tuple[float, float]:
    """Least CPU seconds of some rounds, and the optimum of all states in the first member."""
    (layout,) = case.model.layouts
    best = np.inf
    for _ in range(ROUNDS):
        begun = time.process_time()
        sides = Sides(expand(layout, case.reference, case.values), case.reference, case.values)
        cost = sides.costs(STATES)
        solver = Solver(sides.expansion, cost, sides.bounds(0, STATES))
        best = min(best, time.process_time() - begun)
    return best, float(-cost @ solver.solve())


def linopy(case: Case) -> Outcome | None:
    """What linopy found; None, with a line on standard error, where it cannot be installed or run."""
    print("measuring linopy", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        given, results = Path(folder) / "in.npz", Path(folder) / "out.npz"
        np.savez(given, **as_arrays(case))
        try:
            python = started(sys.executable, str(PEERS / "environment.py"), *LINOPY).strip()
            started(python, str(PEERS / "linopy_build.py"), str(given), str(results))
        except (subprocess.SubprocessError, OSError) as fault:
            told = str(getattr(fault, "stderr", "") or fault).strip().splitlines()[-1]
            print(f"linopy could not be run, its figures are absent: {told}", file=sys.stderr)
            return None
        with np.load(results, allow_pickle=False) as found:
            return Outcome(str(found["label"]), float(found["seconds"]), float(found["optimum"]))


def started(*command: str) -> str:
    """Standard output of a program."""
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=MOST_SECONDS)
    return done.stdout


def as_arrays(case: Case) -> dict[str, Any]:
    """The programme of all states in the first member, as tables of reaches, claims, stores and plants."""
    (layout,), network = case.model.layouts, case.model.network
    sides = Sides(expand(layout, case.reference, case.values), case.reference, case.values)
    own, upper = sides.expansion, sides.bounds(0, STATES)
    reaches = [column.part for _, column in layout.of_kind("reach")]
    ways = [network.reaches[reach] for reach in reaches]
    parts = own.by_item
    plants = [reach for reach in reaches if ("turbine", reach) in parts]
    claims, stores = [column.part for _, column in layout.of_kind("take")], list(network.stores)
    a_step, nodes = sides.a_step, len(layout.rows)

    def columns(kind: str, items: list[str]) -> Any:
        return np.stack([upper.upper[parts[kind, item][0].column] for item in items], axis=1)

    return {
        "water": upper.row_lower[: a_step * own.steps].reshape(own.steps, a_step)[:, :nodes],
        "beside": columns("reach", reaches),
        "tail": [layout.rows[way.tail] for way in ways],
        "head": [layout.rows.get(way.head, -1) for way in ways],
        "gain": [1.0 - way.loss for way in ways],
        "lag": [way.lag for way in ways],
        "plant_reach": [reaches.index(reach) for reach in plants],
        "limit": columns("turbine", plants),
        "power_usd": np.stack([parts["turbine", reach][0].worth for reach in plants], axis=1),
        "size": np.stack(
            [np.stack([piece.size for piece in parts["take", claim]], axis=1) for claim in claims], axis=1
        ),
        "usd": [[piece.worth[0] for piece in parts["take", claim]] for claim in claims],
        "claim_node": [layout.rows[network.claims[claim].node] for claim in claims],
        "full": [store.full_mcm for store in network.stores.values()],
        "loss": own.frozen.loss,
        "left_usd": [case.values.stored[store][0].usd_per_m3 for store in stores],
        "store_node": [layout.rows[store] for store in stores],
        "gauge_reach": [reaches.index(network.instreams[id].reach) for id in own.kept],
        "kept": columns("missing", list(own.kept)),
        "weight": sides.weight,
    }
