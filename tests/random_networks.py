"""Random networks of every structure that the engine claims to carry, small enough for the reference."""

from datetime import date

import numpy as np

from mirab.core.calendar import TimeAxis, dekads
from mirab.core.ensemble import Ensemble
from mirab.core.flow.balance import scale
from mirab.core.flow.model import Model
from mirab.core.flow.work import Kernel
from mirab.core.network import Curve, Network, Zone

STATES = ("AAA", "BBB", "CCC")
SPRING = date(2023, 3, 11)
COMPARED = ("volume", "delivered", "evaporated")


def random_network(rng: np.random.Generator) -> Network:
    """One or two river systems with stores, lags, capacities, side links, claims, returns and bounds."""
    network = Network("random", states=STATES)
    for system in range(1 + int(rng.random() < 0.25)):
        nodes = _rivers(network, rng, f"r{system}")
        _side_links(network, rng, nodes)
        _claims(network, rng, nodes)
        _groups(network, rng, nodes)
    _instreams(network, rng)
    return network


def random_inflow(model: Model, rng: np.random.Generator, members: int, axis: TimeAxis) -> Ensemble:
    """Inflow in m3/s to every source: exponential around 30, one value in five is dry."""
    shape = (members, len(axis), len(model.items.sources))
    values = rng.exponential(30.0, shape) * (rng.random(shape) < 0.8)
    return Ensemble.of("inflow", "m3/s", tuple(model.items.sources), axis, values)


def random_case(seed: int, *, members: int = 2, steps: int = 3) -> tuple[Model, Ensemble]:
    """A compiled random network with inflow that runs over the start of the growing season."""
    rng = np.random.default_rng(seed)
    model = random_network(rng).compile()
    return model, random_inflow(model, rng, members, dekads(SPRING, steps))


def worst_difference(seed: int, kernel: Kernel) -> float:
    """Largest difference from the reference over volumes (million m3), deliveries and evaporation (m3/s)."""
    model, inflow = random_case(seed)
    kernels: tuple[Kernel, Kernel] = (kernel, "reference")
    ours, exact = (model.simulate(inflow, kernel=k, threads=1) for k in kernels)
    assert np.abs(ours.balance()).max() <= 1e-9 * scale(ours), f"balance of network {seed}"
    pairs = ((getattr(ours, name).lanes, getattr(exact, name).lanes) for name in COMPARED)
    return max(float(np.abs(a - b).max(initial=0.0)) for a, b in pairs)


def compare_with_reference(seeds: range, kernel: Kernel) -> None:
    """Hold a kernel to 1e-6 of the reference, and print the worst difference."""
    differences = {seed: worst_difference(seed, kernel) for seed in seeds}
    print(f"networks {seeds.start} to {seeds.stop - 1}: worst difference {max(differences.values()):.2e}")
    assert not {seed: worst for seed, worst in differences.items() if worst > 1e-6}


def _chance(rng: np.random.Generator, probability: float) -> bool:
    return bool(rng.random() < probability)


def _monthly(rng: np.random.Generator, low: float, high: float) -> tuple[float, ...]:
    return tuple(float(value) for value in rng.uniform(low, high, 12))


def _rivers(network: Network, rng: np.random.Generator, name: str) -> list[str]:
    """Nodes, each flowing into one that was there before; the first is the boundary."""
    nodes = [f"{name}_sea"]
    network.boundary(nodes[0])
    for i in range(int(rng.integers(3, 8))):
        head, node = str(rng.choice(nodes)), f"{name}_n{i}"
        if _chance(rng, 0.3):
            _store(network, rng, node)
        else:
            network.node(node, state="AAA")
        _reach(network, rng, node, head, nodes)
        nodes.append(node)
    for i in range(int(rng.integers(1, 4))):
        network.source(f"{name}_s{i}", into=str(rng.choice(nodes[1:])))
    return nodes


def _store(network: Network, rng: np.random.Generator, node: str) -> None:
    full = float(rng.uniform(20, 300))
    low, middle = np.sort(rng.uniform(0, full, 2))
    senior, junior, least = (int(p) for p in rng.integers(1, 7, 3))
    network.store(
        node,
        state="BBB",
        full_mcm=full,
        start_mcm=float(rng.uniform(0, full)),
        zones=[Zone(float(low), senior), Zone(_monthly(rng, middle, full), junior), Zone(full, least)],
        curve=Curve((0.0, full / 2, full), (0.0, 3.0, 5.0)),
        evaporation_mm=float(rng.choice([0, 150])),
    )


def _reach(network: Network, rng: np.random.Generator, tail: str, head: str, below: list[str]) -> None:
    lag = int(rng.integers(1, 3)) if _chance(rng, 0.2) else 0
    capacity = float(rng.uniform(10, 80)) if _chance(rng, 0.3) else None
    over = head if _chance(rng, 0.5) else str(rng.choice(below))
    network.reach(
        tail,
        head,
        loss=float(rng.choice([0, 0.05, 0.2])),
        lag=lag,
        capacity_m3s=capacity,
        excess_to=over if capacity else None,
        under_way_m3s=10.0 if lag else 0.0,
    )


def _side_links(network: Network, rng: np.random.Generator, nodes: list[str]) -> None:
    """Diversions from a later to an earlier node; lagged ones may lead back up and close a circle."""
    for _ in range(int(rng.integers(0, 4))):
        lower, upper = sorted(int(i) for i in rng.choice(np.arange(1, len(nodes)), 2, replace=False))
        tail, head = nodes[upper], nodes[lower]
        over = {reach.excess_to for reach in network.reaches.values() if reach.tail == tail}
        if f"{tail}__{head}" not in network.reaches and head not in over:
            network.diversion(
                tail, head, capacity_m3s=float(rng.uniform(2, 30)), loss=float(rng.choice([0, 0.1]))
            )
        elif f"pump_{head}_{tail}" not in network.reaches:
            network.reach(head, tail, id=f"pump_{head}_{tail}", capacity_m3s=5.0, lag=1, loss=0.1, rank=9)


def _claims(network: Network, rng: np.random.Generator, nodes: list[str]) -> None:
    for i in range(int(rng.integers(2, 7))):
        returns = (str(rng.choice(nodes)), float(rng.uniform(0.05, 0.5))) if _chance(rng, 0.4) else None
        network.claim(
            f"{nodes[0]}_c{i}",
            at=str(rng.choice(nodes[1:])),
            demand=tuple(float(value) for value in rng.exponential(25.0, 12)),
            priority=int(rng.integers(1, 6)),
            shares={"AAA": 0.5, "CCC": 0.5},
            returns=returns,
        )


def _groups(network: Network, rng: np.random.Generator, nodes: list[str]) -> None:
    claims = [claim for claim in network.claims if claim.startswith(nodes[0])]
    if len(claims) > 2 and _chance(rng, 0.4):
        network.cap(f"{nodes[0]}_cap", claims=claims[:2], flow=float(rng.uniform(5, 50)))
    if len(claims) > 2 and _chance(rng, 0.4):
        volume = float(rng.uniform(10, 80))
        network.quota(f"{nodes[0]}_quota", claims=claims[1:3], volume_mcm=volume, season="growing")


def _instreams(network: Network, rng: np.random.Generator) -> None:
    for i in range(int(rng.integers(0, 3))):
        reach = str(rng.choice(list(network.reaches)))
        network.instream(
            f"i{i}", reach=reach, flow=float(rng.exponential(20.0)), priority=int(rng.integers(1, 6))
        )
