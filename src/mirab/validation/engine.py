"""The engine against its exact reference, against sums that close, and against numbers worked by hand.

`basin` is also what the benchmark runs: 12 catchments, 8 reservoirs, 16 junctions, 3 gauges and an outlet
with 20 demands, 60 places in all. It is drawn from a seed and stands for no river.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

import numpy as np

from mirab.core.calendar import TimeAxis, dekads
from mirab.core.ensemble import Ensemble
from mirab.core.flow.balance import scale
from mirab.core.flow.run import Run
from mirab.core.flow.work import Kernel
from mirab.core.network import Curve, Network, Zone
from mirab.validation.harness import Finding, Kind, Value, Verdict

TITLE = "Engine: allocation, balance and shares"
# From the outlet up: C catchment, R reservoir, J junction, G gauge.
STEMS = {
    "sea": "J1 G1 J2 J3 R1 J4 G2 J5 R2 J6 J7 R3 C1",
    "J3": "J8 G3 J9 R4 J10 R5 C2",
    "J5": "J11 J12 R6 C3",
    "J7": "J13 R7 J14 C4",
    "J9": "J15 R8 J16 C5",
    "J2": "C6",
    "J4": "C7",
    "J6": "C8",
    "J8": "C9",
    "J10": "C10",
    "J12": "C11",
    "J14": "C12",
}
JUNCTIONS = tuple(f"J{i}" for i in range(1, 17))
ENTITLED = (*JUNCTIONS, "J1", "J3", "J5", "J9")
KEPT_M3S = {"G1": 60.0, "G2": 40.0, "G3": 15.0}
REFERENCE = "ours: kernel 'reference', a sequence of exact linear programmes (HiGHS)"
BY_HAND = "worked by hand"
FIRST = date(2023, 4, 1)
NAMES: dict[Kernel, str] = {"claims": "K1", "simplex": "K2"}
Variant = Literal["plain", "full", "rough"]


def basin(seed: int, variant: Variant = "plain") -> Network:
    """A basin of 60 places with 31 requests: a convergent tree, a priority for each request, nothing lost.

    A full one loses water in its reaches and from its reservoirs, has lags on two reaches, and priorities
    that are shared by four requests each. A rough one adds returns, capacities, lower zones of the
    reservoirs, and two side links that make loops.
    """
    rng = np.random.default_rng(seed)
    network = Network("basin", states=("AAA",))
    network.boundary("sea")
    # Gauges come first, then demands and reservoirs mixed.
    order = iter(int(rank) for rank in rng.permutation(28) + 4)
    for outlet, stem in STEMS.items():
        head = outlet
        for place in stem.split():
            _place(network, rng, place, head, order)
            head = place
    season = np.where((np.arange(36) >= 10) & (np.arange(36) <= 26), 1.8, 0.35)
    for k, node in enumerate(ENTITLED):
        demand = tuple(float(value) for value in rng.uniform(15, 90) * season)
        network.claim(f"D{k + 1}", at=node, demand=demand, priority=next(order))
    for rank, (gauge, flow) in enumerate(KEPT_M3S.items(), 1):
        network.instream(gauge, reach=_outlet(network, gauge), flow=flow, priority=rank)
    if variant != "plain":
        _fill(network, rng)
    if variant == "rough":
        _roughen(network)
    return network


def _place(network: Network, rng: np.random.Generator, place: str, head: str, order: Iterator[int]) -> None:
    if place.startswith("C"):
        network.source(place, into=head)
        return
    if place.startswith("R"):
        full = float(rng.uniform(350, 2_600))
        zones = [Zone(full, next(order))]
        network.store(place, full_mcm=full, start_mcm=0.6 * full, zones=zones)
    else:
        network.node(place)
    network.reach(place, head)


def _outlet(network: Network, node: str) -> str:
    return next(reach.id for reach in network.reaches.values() if reach.tail == node)


def _fill(network: Network, rng: np.random.Generator) -> None:
    """Losses, lags, priorities shared by four, and reservoirs that evaporate."""
    for reach in list(network.reaches.values()):
        loss = 0.0 if reach.tail.startswith("C") else float(rng.uniform(0.0, 0.07))
        network.reaches[reach.id] = replace(reach, loss=loss)
    for slow in (_outlet(network, tail) for tail in ("J8", "J13")):
        network.reaches[slow] = replace(network.reaches[slow], lag=1, under_way_m3s=50.0)
    for claim in network.claims.values():
        network.claims[claim.id] = replace(claim, priority=_shared(claim.priority))
    for kept in network.instreams.values():
        network.instreams[kept.id] = replace(kept, priority=_shared(kept.priority))
    for store in network.stores.values():
        curve = Curve((0.0, store.full_mcm), (1.0, store.full_mcm / 15.0))
        zones = (Zone(store.full_mcm, _shared(store.zones[0].priority)),)
        network.stores[store.id] = replace(store, curve=curve, zones=zones, evaporation_mm=120.0)


def _shared(priority: int) -> int:
    return 1 + priority // 4


def _roughen(network: Network) -> None:
    for tail in ("J4", "J9", "J13"):
        reach = network.reaches[_outlet(network, tail)]
        network.reaches[reach.id] = replace(reach, capacity_m3s=80.0, excess_to=reach.head)
    network.diversion("J10", "J5", capacity_m3s=30.0)
    network.diversion("J14", "J2", capacity_m3s=20.0, loss=0.1)
    for claim in list(network.claims.values())[::3]:
        network.claims[claim.id] = replace(claim, return_node="J1", return_fraction=0.2)
    for store in network.stores.values():
        zones = (Zone(0.3 * store.full_mcm, 1), *store.zones)
        network.stores[store.id] = replace(store, zones=zones)


def inflow(seed: int, members: int, axis: TimeAxis) -> Ensemble:
    """Inflow of the 12 catchments in m3/s: a yearly wave times lognormal noise that persists."""
    rng = np.random.default_rng(seed)
    steps, base = len(axis), rng.uniform(20, 150, 12)
    wave = 1 + 0.85 * np.sin(np.arange(steps) / 36 * 2 * np.pi - 1.3)
    noise = rng.standard_normal((members, steps, 12)) * 0.45
    for t in range(1, steps):
        noise[:, t] += 0.75 * noise[:, t - 1]
    items = [place for stem in STEMS.values() for place in stem.split() if place.startswith("C")]
    return Ensemble.of("inflow", "m3/s", items, axis, base * wave[:, None] * np.exp(noise - 0.2), seed=seed)


def findings() -> Sequence[Finding]:
    """Worst differences from the reference, worst residuals, shares, a lag and an energy worked by hand."""
    checks = (_against_reference, _sums, _independence)
    both = [finding for kernel in NAMES for check in checks for finding in check(kernel)]
    return [*both, *_shares(), *_lag(), *_energy()]


def _most(what: str, limit: float, ours: float, unit: str, source: str, remark: str = "") -> Finding:
    verdict = Verdict.of(ours <= limit)
    return Finding(what, f"at most {limit:.0e}", f"{ours:.1e}", verdict, Kind.MUST, unit, source, remark)


def _exactly(what: str, expected: Value, ours: Value, unit: str, source: str = BY_HAND) -> Finding:
    return Finding(what, expected, ours, Verdict.of(ours == expected), Kind.MUST, unit, source)


def _against_reference(kernel: Kernel) -> list[Finding]:
    """Rough basins over two dekads, volumes in million m3, deliveries and evaporation in m3/s."""
    worst = dict.fromkeys(("volume", "delivered", "evaporated"), 0.0)
    cases = range(1, 7)
    kernels: tuple[Kernel, Kernel] = (kernel, "reference")
    for seed in cases:
        model, drivers = basin(seed, "rough").compile(), inflow(seed, 1, dekads(FIRST, 2))
        ours, exact = (model.simulate(drivers, kernel=each) for each in kernels)
        for name in worst:
            gap = np.abs(getattr(ours, name).lanes - getattr(exact, name).lanes).max()
            worst[name] = max(worst[name], float(gap))
    told = f"{len(cases)} basins of 60 places with losses, loops, lags, returns and shared priorities"
    units = {"volume": "million m3", "delivered": "m3/s", "evaporated": "m3/s"}
    what = f"largest difference of {NAMES[kernel]} from the reference"
    return [_most(f"{name}: {what}", 1e-6, gap, units[name], REFERENCE, told) for name, gap in worst.items()]


def _rough_run(kernel: Kernel, *, members: int, threads: int) -> Run:
    drivers = inflow(4, members, dekads(FIRST, 108))
    return basin(4, "rough").compile().simulate(drivers, kernel=kernel, threads=threads)


def _sums(kernel: Kernel) -> list[Finding]:
    run = _rough_run(kernel, members=16, threads=1)
    residual = float(np.abs(run.balance()).max() / scale(run))
    full = np.array([store.full_mcm for store in run.model.network.stores.values()])
    least = min(float(part.lanes.min()) for part in (run.flow, run.volume, run.delivered, run.evaporated))
    over, below = float((run.volume.lanes - full[:, None]).max()), abs(min(least, 0.0))
    about = f"{NAMES[kernel]}, 16 members, 108 dekads"
    return [
        _most("balance of every node and step, relative", 1e-9, residual, "", "conservation of mass", about),
        _most("largest negative flow, volume or delivery", 1e-6, below, "m3/s", "physics", about),
        _most("largest volume above a full store", 1e-6, max(over, 0.0), "million m3", "physics", about),
    ]


def _independence(kernel: Kernel) -> list[Finding]:
    many, few = (_rough_run(kernel, members=n, threads=t) for n, t in ((72, 2), (16, 1)))
    same = np.array_equal(few.delivered.values(), many.delivered.values()[:16])
    what = f"{NAMES[kernel]}: 16 members alone, in one thread, and among 72 in two threads"
    return [
        _exactly(what, "equal bit for bit", "equal bit for bit" if same else "different", "", "house rule")
    ]


def _river(demands: Sequence[float]) -> Network:
    network = Network("river", states=("AAA",))
    network.boundary("sea")
    network.node("head")
    network.source("spring", into="head")
    network.reach("head", "sea")
    for demand in demands:
        network.claim(f"{demand:.0f}", at="head", demand=demand, priority=1)
    return network


def _served(network: Network, spring: float, steps: int = 1) -> Run:
    values = np.full((1, steps, 1), spring)
    return network.compile().simulate(
        Ensemble.of("inflow", "m3/s", ("spring",), dekads(FIRST, steps), values)
    )


def _told(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.6f}" for value in values)


def _shares() -> list[Finding]:
    """Claims of 100, 200 and 300; then 20, 20 and 40 where a canal of 4 stops the first."""
    three = (100.0, 200.0, 300.0)
    found = []
    for estate in (100.0, 200.0, 300.0):
        run = _served(_river(three), estate)
        expected = _told([estate * claim / 600.0 for claim in three])
        what = f"{estate:.0f} m3/s for claims of 100, 200 and 300 at one priority"
        found.append(
            _exactly(what, expected, _told([run.delivered[c][0, 0] for c in run.delivered.items]), "m3/s")
        )
    network = _river((20.0, 40.0))
    network.node("field")
    network.diversion("head", "field", capacity_m3s=4.0)
    network.reach("field", "sea")
    network.claim("behind", at="field", demand=20.0, priority=1)
    run = _served(network, 34.0)
    what = "34 m3/s for claims of 20 and 40, and of 20 behind a canal of 4"
    ours = _told([run.delivered[c][0, 0] for c in run.delivered.items])
    return [*found, _exactly(what, _told([10.0, 20.0, 4.0]), ours, "m3/s")]


def _lag() -> list[Finding]:
    """100 m3/s for 18 dekads over a reach of two dekads that loses a tenth: volumes in million m3."""
    network = _river(())
    network.reaches["head__sea"] = replace(network.reaches["head__sea"], head="mouth", lag=2, loss=0.1)
    network.node("mouth")
    network.reach("mouth", "sea")
    run = _served(network, 100.0, steps=18)
    arrived = float((run.flow["mouth__sea"][:, 0] * run.axis.mcm_per_m3s).sum())
    ours = f"{arrived:.6f} and {float(run.end.under_way_mcm.sum()):.6f}"
    what = (
        "volume arrived and under way after 18 dekads (183 days) at 100 m3/s, two dekads late, a tenth lost"
    )
    # 183 days less the last two dekads of September, 20 days.
    return [_exactly(what, f"{163 * 7.776:.6f} and {20 * 7.776:.6f}", ours, "million m3")]


def _energy() -> list[Finding]:
    network = _river(())
    network.turbine(
        "plant", reach="head__sea", max_flow_m3s=200, installed_mw=100, efficiency=0.9, head_m=100
    )
    ours = round(float(_served(network, 100.0).energy["plant"][0, 0]), 6)
    return [_exactly("100 m3/s at 100 m and 0.9 over ten days", 21.1896, ours, "GWh")]
