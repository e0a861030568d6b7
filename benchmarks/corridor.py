"""Member-days a second of the two modes of the queues on one chain, and the seconds that a region takes.

The chain has four stations, a ferry of six vessels, and ports that storms close; consignments are a hundredth
of what enters in a day. Both modes run in the same closures, and what they deliver is compared. The region
has 60 places, 10 routes of 14 places and 5 commodities on each. Time is CPU time of the run with compiled
kernels, the best of several rounds. Of the Central Asian pack the whole step is measured by which shares and
queues meet.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from mirab.core.calendar import days
from mirab.core.ensemble import Ensemble
from mirab.core.queues.engine import RESULTS, run
from mirab.core.queues.events import run_events
from mirab.core.queues.network import (
    Availability,
    Commodity,
    Fleet,
    Link,
    Node,
    QueueNetwork,
    Route,
    Service,
    Stream,
)
from mirab.domains.corridor.domain import DOMAIN
from mirab.stages.carrying import declared, drawn
from mirab.stages.observing import Wish, observe
from mirab.validation.ratios import Ratio
from mirab.warn.carriage import KEPT, carried

TITLE = "fluid and events of a network of queues"
UNIT = "member-days per CPU second"
FIRST, DAYS, SEED, ROUNDS = date(2024, 1, 1), 365, 7, 3
MANY, FEW, PER_DAY = 128, 2, 100.0
PLACES, ROUTES, STOPS = 60, 10, 14
MEMBERS, BUDGET = 500, 20.0
ON, ASKED = date(2026, 11, 22), 15.0


def figures() -> Sequence[Ratio]:
    """The chain in both modes at steps of 6 hours and a day, and the region by the fluid."""
    network = chain()
    carried = [
        run(network, demand(network, FEW), seed=SEED).delivered,
        run_events(network, demand(network, FEW), seed=SEED, lot=PER_DAY / 100).delivered,
    ]
    gap = float(carried[1].values().mean() / carried[0].values().mean() - 1)
    events = rate(lambda: run_events(network, demand(network, FEW), seed=SEED, lot=PER_DAY / 100), FEW)
    remark = f"the events deliver {gap:+.1%} against the fluid in the same closures"
    found = [
        Ratio(f"chain, steps of {step_h:g} h", fluid(network, step_h), events, UNIT, "SimPy 4.1", remark)
        for step_h in (6.0, 24.0)
    ]
    return [*found, *(within_budget(region(), step_h) for step_h in (6.0, 24.0)), kept(region()), *pack()]


def pack() -> Sequence[Ratio]:
    """CPU seconds until shares and queues of `central_asia` meet."""
    wish = Wish("central_asia", ON, ON, Path("briefing"), Path("own.sqlite"), members=MEMBERS)
    seen = observe(wish)
    plan = declared(DOMAIN, seen)
    draws = drawn(plan, seen, wish, MEMBERS)
    carried(plan, drawn(plan, seen, wish, FEW), rounds=1)
    begun = time.process_time()
    found = carried(plan, draws)
    seconds = time.process_time() - begun
    told = (
        f"mean gap {found.gap:.4f} after {found.rounds} rounds, {(found.gaps > 0.02).sum()} members over 0.02"
    )
    unit = f"CPU seconds for {MEMBERS} members and {DAYS} days"
    return [
        Ratio("central_asia, shares and queues", seconds, ASKED, unit, "what is asked", told, at_most=1.0)
    ]


def kept(network: QueueNetwork) -> Ratio:
    """Memory of the results that a briefing reads, beside that of all."""
    few, every = memory(network, KEPT), memory(network, RESULTS)
    remark = f"peak of one run of {MEMBERS} members and {DAYS} days beyond what stood before it"
    return Ratio("region, results that are read", few, every, "MB", "all results", remark)


def memory(network: QueueNetwork, keep: Sequence[str]) -> float:
    """MB at the peak of one run that keeps these results, beyond what stood before it."""
    given = demand(network, MEMBERS)
    tracemalloc.start()
    try:
        run(network, given, seed=SEED, step_h=24.0, keep=keep)
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def within_budget(network: QueueNetwork, step_h: float) -> Ratio:
    """CPU seconds that the region takes for the members of a briefing, against what they may take."""
    seconds = MEMBERS * DAYS / fluid(network, step_h)
    remark = f"{PLACES} places, {ROUTES} routes, 5 commodities, {len(network.stations)} stations"
    what, unit = f"region, steps of {step_h:g} h", f"CPU seconds for {MEMBERS} members and {DAYS} days"
    return Ratio(what, seconds, BUDGET, unit, "10 seconds on two cores", remark, at_most=1.0)


def fluid(network: QueueNetwork, step_h: float) -> float:
    """Member-days per CPU second of the fluid, on one thread."""
    given = demand(network, MANY)
    run(network, demand(network, FEW), seed=SEED, step_h=step_h)
    return rate(lambda: run(network, given, seed=SEED, step_h=step_h, threads=1), MANY)


def rate(job: Callable[[], object], members: int) -> float:
    """Member-days per CPU second, the best of a few rounds."""
    found = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        job()
        found.append(time.process_time() - begun)
    return members * DAYS / min(found)


def demand(network: QueueNetwork, members: int) -> Ensemble:
    """Lognormal demand of each stream around its share of what enters a day."""
    streams = [stream.id for stream in network.streams]
    noise = np.random.default_rng(SEED).lognormal(-0.02, 0.2, (members, DAYS, len(streams)))
    values = noise * PER_DAY / len(streams) * len(network.routes)
    return Ensemble.of("demand", "t/day", streams, days(FIRST, DAYS), values, seed=SEED)


def chain() -> QueueNetwork:
    """Border, port, far port, end; a ferry between the ports, which storms close."""
    nodes = (
        Node("border", (Service(("a",), 120.0, hours=20.0, spread=1.0),)),
        Node("port", (Service(("a",), 150.0),)),
        Node("far_port", (Service(("a",), 150.0),)),
        Node("end", (Service(("a",), 130.0),)),
    )
    links = (
        Link("rail", "border", "port", 70.0),
        Link("sea", "port", "far_port", 24.0),
        Link("sea_back", "far_port", "port", 24.0),
        Link("on", "far_port", "end", 40.0),
    )
    return QueueNetwork(
        "chain",
        "t",
        (Commodity("a"),),
        nodes,
        links,
        (Route("r", ("rail", "sea", "on")),),
        (Stream("r", "a"),),
        (Fleet("ferry", "sea", "sea_back", 6.0, 90.0, (20.0, 20.0)),),
        (Availability("storms", ("port", "far_port"), 0.15, 40.0, 2.0, 0.7),),
    )


def region() -> QueueNetwork:
    """Random routes over places, most with a capacity, some of them closed by storms."""
    rng = np.random.default_rng(SEED)
    commodities = tuple(Commodity(f"c{i}", priority=1 + i // 2) for i in range(5))
    ids = tuple(one.id for one in commodities)
    places = [str(i) for i in range(PLACES)]
    nodes = tuple(
        Node(place, (Service(ids[:3], float(rng.uniform(60, 300)), hours=12.0, spread=1.0, name="boxes"),
                     Service(ids[3:], name="bulk")))
        for place in places
    )  # fmt: skip
    ways = [[str(i) for i in rng.permutation(PLACES)[:STOPS]] for _ in range(ROUTES)]
    pairs = dict.fromkeys((a, b) for way in ways for a, b in zip(way, way[1:], strict=False))
    a, b = ways[0][4:6]
    pairs[b, a] = None
    links = tuple(Link(f"{a}>{b}", a, b, float(rng.uniform(5, 80))) for a, b in pairs)
    routes = tuple(
        Route(f"r{i}", tuple(f"{a}>{b}" for a, b in zip(way, way[1:], strict=False)))
        for i, way in enumerate(ways)
    )
    streams = tuple(Stream(route.id, id) for route in routes for id in ids)
    fleet = Fleet("feeders", f"{a}>{b}", f"{b}>{a}", 6.0, 90.0, (20.0, 20.0))
    storms = Availability("storms", (a, b, ways[1][3]), 0.15, 40.0, 2.0, 0.7)
    return QueueNetwork("region", "t", commodities, nodes, links, routes, streams, (fleet,), (storms,))
