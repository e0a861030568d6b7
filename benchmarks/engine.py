"""Member-steps a second on a basin of 60 places over 30 years of dekads, beside programmes that solve LPs.

Every programme gets the same 1,080 dekads of 8 to 11 days. pywr can step by a fixed number of days only: its
flows are what a dekad brings, spread over ten days, so that it divides the same volumes of water in as many
steps, and its results are turned back. Peers reach the order of priorities by weights, which is exact on the
plain basin: it is convergent and loses nothing. All of them keep deliveries, volumes and the outflow (ours
keeps every flow beside), and each is compared with ours in every step, member and item.

A peer runs in a process of its own, pywr in environments that are made once in the user's cache. The time is
that of the run, not of building the model; of several solvers and settings the best counts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import dekads
from mirab.core.ensemble import Ensemble
from mirab.core.flow.model import Choice, Model
from mirab.core.flow.run import Run, State
from mirab.core.flow.work import Keep
from mirab.core.network import Network
from mirab.validation import engine
from mirab.validation.ratios import Ratio

Floats = NDArray[np.float64]
TITLE = "priority allocation on a basin of 60 places over 30 years of dekads"
SEED, FIRST, STEPS = 7, date(1991, 1, 1), 1080
ROUNDS, ENOUGH_SECONDS = 3, 2.0
UNIT = "member-steps per CPU second"
# pywr runs the first hundred of the thousand members, the slower kernel too: it gains nothing from more.
MANY = 100
MEMBERS = {"claims": 1_000, "simplex": MANY}
KERNELS = list(MEMBERS)
NAMES = {"claims": "K1 claims", "simplex": "K2 simplex"}
# Times as fast as pywr 1.31 with 100 scenarios.
AIMS = {"plain": {"claims": 300.0, "simplex": 15.0}, "full": {"claims": 100.0, "simplex": 8.0}}
SIZES = (100, 1_000, 10_000, 100_000)
PEERS = Path(__file__).parent / "peers"
MOST_SECONDS = 300
REGION, ON, FULL_YEAR = "central_asia", date(2024, 4, 1), date(2023, 10, 1)


class Peer(NamedTuple):
    """A script of `peers/` and what its environment holds; without packages it runs in ours."""

    name: str
    script: str
    packages: tuple[str, ...] = ()


class Outcome(NamedTuple):
    """What a peer found: who it is, member-steps per CPU second, other settings tried, and its results."""

    label: str
    rate: float
    tried: str
    delivered: Floats
    volume: Floats
    outflow: Floats


PYWR1 = Peer("pywr 1.31", "pywr1.py", ("pywr==1.31.1",))
PYWR2 = Peer("pywr 2.0 pre-release", "pywr2.py", ("pywr==2.0.0rc1", "polars", "numpy"))
HIGHS = Peer("HiGHS", "highs.py")
IN_C = Peer("the loop in C", "c_loop.py")


def figures() -> Sequence[Ratio]:
    """Each kernel on the plain and the full basin beside each peer, then ceiling, rivers, growth, threads."""
    plain, full = (engine.basin(SEED, variant).compile() for variant in ("plain", "full"))
    inflow = engine.inflow(SEED, MEMBERS[KERNELS[0]], dekads(FIRST, STEPS))
    runs = {kernel: measured(plain, inflow, kernel) for kernel in KERNELS}
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "in.npz"
        np.savez(given, **as_arrays(plain, inflow))
        outcomes = {peer: outcome(peer, given) for peer in (PYWR1, PYWR2, HIGHS, IN_C)}
    found = {peer: result for peer, result in outcomes.items() if result is not None}
    programmes = {peer: result for peer, result in found.items() if peer is not IN_C}
    return [
        *on_plain(runs, programmes),
        *same_results(runs, found),
        *on_full(full, inflow, programmes),
        *(under_ceiling(runs, found[IN_C]) if IN_C in found else ()),
        *on_rivers(),
        *whole_region(),
        *growth(),
        threads(plain, inflow),
    ]


def best(clock: Callable[[], float], job: Callable[[], object]) -> float:
    """Least seconds of a few rounds, more of a short job: the machine may be busy, the program not slow."""
    found: list[float] = []
    while len(found) < ROUNDS or sum(found) < ENOUGH_SECONDS:
        begun = clock()
        job()
        found.append(clock() - begun)
    return min(found)


def first(inflow: Ensemble, members: int) -> Ensemble:
    """The first members of an ensemble."""
    values = inflow.values()[:members]
    return Ensemble.of(inflow.quantity, inflow.unit, inflow.items, inflow.axis, values, seed=inflow.seed)


def measured(model: Model, inflow: Ensemble, kernel: Any) -> tuple[float, Run]:
    """Member-steps per CPU second of one thread, and a run that keeps everything in full and is not timed."""
    own = first(inflow, MEMBERS[kernel])
    run = model.simulate(own, kernel=kernel, threads=1)
    job = partial(model.simulate, own, kernel=kernel, threads=1, keep=recorded(model.network), reduce=False)
    return own.members * len(own.axis) / best(time.process_time, job), run


def recorded(network: Network) -> Keep:
    """What the peers record: deliveries, volumes and the outflow."""
    outflow = [reach.id for reach in network.reaches.values() if reach.head == "sea"]
    return {"delivered": list(network.claims), "volume": list(network.stores), "flow": outflow}


# ---- peers ----


def outcome(peer: Peer, given: Path) -> Outcome | None:
    """What a peer found; None, with a line on standard error, where it cannot be installed or run."""
    print(f"measuring {peer.name}", file=sys.stderr)
    results = given.with_name("out.npz")
    try:
        python = environment(peer) if peer.packages else Path(sys.executable)
        started(str(python), str(PEERS / peer.script), str(given), str(results))
    except (subprocess.SubprocessError, OSError) as fault:
        told = str(getattr(fault, "stderr", "") or fault).strip().splitlines()[-1]
        print(f"{peer.name} could not be run, its figures are absent: {told}", file=sys.stderr)
        return None
    with np.load(results, allow_pickle=False) as found:
        flows = (found[name] for name in ("delivered", "volume", "outflow"))
        return Outcome(str(found["label"]), float(found["rate"]), str(found["tried"]), *flows)


def started(*command: str) -> str:
    """Standard output of a program."""
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=MOST_SECONDS)
    return done.stdout


def environment(peer: Peer) -> Path:
    """Interpreter of an environment with the packages of a peer."""
    return Path(started(sys.executable, str(PEERS / "environment.py"), *peer.packages).strip())


def as_arrays(model: Model, inflow: Ensemble) -> dict[str, Any]:
    """The plain basin for the peers: names and weights of its parts, and the columns of the compiled network.

    Flows in m3/s and volumes in million m3; inflow (time, member, source), demand (time, claim).
    """
    network, axis = model.network, inflow.axis
    stores, claims = list(network.stores.values()), list(network.claims.values())
    kept = list(network.instreams.values())
    return {
        "days": axis.days,
        "many": MANY,
        "sources": list(inflow.items),
        "inflow": inflow.values().transpose(1, 0, 2),
        "stores": [store.id for store in stores],
        "full_mcm": [store.full_mcm for store in stores],
        "start_mcm": [store.start_mcm for store in stores],
        "store_weight": [weight(store.zones[0].priority) for store in stores],
        "gauges": [instream.id for instream in kept],
        "kept": [instream.flow_m3s for instream in kept],
        "kept_weight": [weight(instream.priority) for instream in kept],
        "reaches": [(reach.tail, reach.head) for reach in network.reaches.values()],
        "at": [claim.node for claim in claims],
        "demand": np.stack([axis.spread(claim.demand_m3s) for claim in claims], axis=1),
        "take_weight": [weight(claim.priority) for claim in claims],
        **columns(model),
    }


def weight(priority: int) -> float:
    """A weight that keeps the order: the three gauges stand well above the 28 others."""
    return 8_000.0 / 2 ** (priority - 1) if priority <= 3 else 1_100.0 - 20.0 * priority


def columns(model: Model) -> dict[str, Any]:
    """Matrix of the flows of the compiled basin, and where stores, claims, gauges and sources stand in it."""
    (layout,), network = model.layouts, model.network
    kept = [j for j, column in enumerate(layout.columns) if column.kind in ("reach", "carry", "take")]
    place = {(layout.columns[j].kind, layout.columns[j].part): i for i, j in enumerate(kept)}
    return {
        "matrix": layout.matrix()[:, kept],
        "take_column": [place["take", claim] for claim in network.claims],
        "carry_column": [place["carry", store] for store in network.stores],
        "kept_column": [place["reach", instream.reach] for instream in network.instreams.values()],
        "outlet_column": place["reach", outlet(network)],
        "source_row": [layout.rows[layout.folded[source].head] for source in model.items.sources],
        "store_row": [layout.rows[store] for store in network.stores],
    }


def outlet(network: Network) -> str:
    """The reach that leaves the basin."""
    return next(reach.id for reach in network.reaches.values() if reach.head == "sea")


# ---- parts of the table ----


def gaps(run: Run, theirs: Outcome) -> dict[str, float]:
    """Largest difference from a peer by quantity, on the members that both ran; volumes in million m3."""
    outflow = run.flow.select([outlet(run.model.network)]).values()
    mine = {"delivered": run.delivered.values(), "volume": run.volume.values(), "outflow": outflow}
    found = {}
    for name, values in mine.items():
        ours, their = values.transpose(1, 0, 2), np.atleast_3d(getattr(theirs, name))
        both = min(ours.shape[1], their.shape[1])
        found[name] = float(np.abs(ours[:, :both] - their[:, :both]).max())
    return found


def same_results(runs: dict[str, tuple[float, Run]], peers: dict[Peer, Outcome]) -> Iterator[Ratio]:
    """The largest difference of each kernel from each peer beside the one that is allowed."""
    part = "Plain basin, same results: largest difference over 30 years"
    unit = "m3/s or million m3"
    for kernel, (_, run) in runs.items():
        for peer, theirs in peers.items():
            found = gaps(run, theirs)
            limit = 1e-9 if peer is IN_C else 1e-6
            told = ", ".join(f"{name} {gap:.0e}" for name, gap in found.items())
            remark = f"{told}; {min(run.inflow.members, theirs.outflow.shape[1])} members"
            what, worst = f"{NAMES[kernel]} and {peer.name}", max(found.values())
            yield Ratio(what, worst, limit, unit, "what is allowed", remark, part, at_most=1.0)


def on_plain(runs: dict[str, tuple[float, Run]], peers: dict[Peer, Outcome]) -> Iterator[Ratio]:
    """Each kernel beside each peer."""
    for kernel, (rate, run) in runs.items():
        for peer, theirs in peers.items():
            tried = f"; it also tried {theirs.tried}" if theirs.tried else ""
            remark = f"ours: {run.inflow.members:,} members{tried}"
            yield against(NAMES[kernel], rate, theirs, "Plain basin", remark, aim(peer, "plain", kernel))


def aim(peer: Peer, variant: str, kernel: str) -> float | None:
    """The aim of a kernel against pywr 1.31; none against others."""
    return AIMS[variant][kernel] if peer is PYWR1 else None


def against(what: str, rate: float, theirs: Outcome, part: str, remark: str, at_least: float | None) -> Ratio:
    """A figure beside a peer's."""
    return Ratio(what, rate, theirs.rate, UNIT, theirs.label, remark, part, at_least)


def on_full(model: Model, inflow: Ensemble, peers: dict[Peer, Outcome]) -> Iterator[Ratio]:
    """Each kernel on the full basin beside the same peers on the plain one."""
    part = "Full basin: evaporation, losses, lags, priorities shared by four"
    remark = "its rate on the plain basin: it has no equal share within a priority"
    for kernel in KERNELS:
        rate, _ = measured(model, inflow, kernel)
        for peer, theirs in peers.items():
            yield against(NAMES[kernel], rate, theirs, part, remark, aim(peer, "full", kernel))


def under_ceiling(runs: dict[str, tuple[float, Run]], loop: Outcome) -> Iterator[Ratio]:
    """Each kernel beside the loop in C."""
    for kernel, (rate, _) in runs.items():
        half = 0.5 if kernel == "claims" else None
        yield against(
            NAMES[kernel], rate, loop, "Ceiling: the plain basin in C", f"it also tried {loop.tried}", half
        )


def on_rivers() -> Iterator[Ratio]:
    """Each component of the real basins with the kernel that `describe` names, beside the reference."""
    print("measuring the real basins", file=sys.stderr)
    run = outlook()
    model = run.model
    for layout, packing, choice in zip(model.layouts, model.packings, model.describe(), strict=True):
        alone = replace(model, layouts=(layout,), packings=(packing,))
        yield river(choice, speed(alone, run, choice.kernel), speed(alone, of_one(run), "reference"))


def whole_region() -> Iterator[Ratio]:
    """Time and memory of ten thousand members of all rivers, drawn and run, beside what is asked."""
    print("measuring ten thousand members of the real basins", file=sys.stderr)
    command = (sys.executable, str(PEERS / "rivers.py"), REGION, str(FULL_YEAR), "10000")
    seconds, peak, repaired, steps = map(float, started(*command).split())
    part = f"Real basins together: 10,000 members, {steps:.0f} dekads, all threads"
    told = f"{repaired:.0%} of the member-steps of a river are served again by K2"
    yield Ratio("drawn, run and kept", seconds, 10.0, "s", "what is asked", told, part, at_most=1.0)
    yield Ratio("most memory", peak, 1_000.0, "MB", "what is asked", "", part, at_most=1.0)


def of_one(run: Run) -> Run:
    """The start and the inflow of the first member: the reference is slow."""
    start = State(*(values[:1] for values in vars(run.start).values()))
    return replace(run, inflow=first(run.inflow.part(0, run.inflow.members), 1), start=start)


def speed(model: Model, run: Run, kernel: Any) -> float:
    """Member-steps per CPU second of a model from the start of a run and with its inflow."""
    inflow = run.inflow.part(0, run.inflow.members)
    job = partial(model.simulate, inflow, start=run.start, kernel=kernel, threads=1)
    return inflow.members * len(run.axis) / best(time.process_time, job)


def river(choice: Choice, ours: float, theirs: float) -> Ratio:
    """The figure of one component of a real basin."""
    what = f"{choice.nodes[0]} and {len(choice.nodes) - 1} more places, {NAMES[choice.kernel]}"
    peer = "ours: kernel 'reference', a sequence of LPs a step (HiGHS)"
    return Ratio(what, ours, theirs, UNIT, peer, choice.why, "Real basins: 1,000 members, 36 dekads")


def outlook() -> Run:
    """The run of a briefing of Central Asia over the year from its date."""
    from mirab import centre

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        wish = centre.Wish(REGION, ON, ON, place / "out", place / "own.sqlite")
        seen = centre.observe(wish)
        domain = next(domain for domain in seen.domains if domain.network)
        return centre.project(domain, seen, wish).outlook.run


def growth() -> Iterator[Ratio]:
    """Time of a member-step and memory by the number of members, each size in a process of its own."""
    print("measuring the growth with members", file=sys.stderr)
    found = []
    for members in SIZES:
        seconds, peak = map(float, started(sys.executable, str(PEERS / "growth.py"), str(members)).split())
        found.append((f"{members:,} members", members * 36 / seconds, peak))
    smallest, rate, memory = found[0]
    part = "Growth with members: the plain basin, 36 dekads, the kernel that describe names"
    for what, own, _ in found[1:]:
        yield Ratio(what, own, rate, UNIT, smallest, "", part, at_least=0.8)
    for what, _, own in found[1:]:
        remark = "peak of the process less the inflow itself; nothing is kept, everything is summed up"
        yield Ratio(what, own, memory, "MB", smallest, remark, part, at_most=1.25)


def threads(model: Model, inflow: Ensemble) -> Ratio:
    """Two threads beside one."""
    own = first(inflow, MEMBERS[KERNELS[0]])
    work = own.members * len(own.axis)
    kernel: Any = KERNELS[0]
    load = f"{os.getloadavg()[0]:.1f} processes on {os.cpu_count()} cores"
    jobs = (
        partial(model.simulate, own, kernel=kernel, threads=count, keep=recorded(model.network))
        for count in (2, 1)
    )
    two, one = (work / best(time.perf_counter, job) for job in jobs)
    unit, part = "member-steps per second on the clock", "Threads: the plain basin"
    remark = f"the machine was running {load} when it began; two free cores are needed"
    return Ratio("two threads", two, one, unit, "one thread", remark, part, at_least=1.7)
