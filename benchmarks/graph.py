"""Failures of a graph: our counts and compiled loops beside networkx and rustworkx.

The network is the largest of the Topology Zoo that is at hand (MIRAB_VALIDATION_DATA), else the pack's own.
A peer answers less than ours: whether a place is joined to a sink, not by which gateway, share and latency.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mirab.core.exits import RESTORED, Element, Exits
from mirab.core.graph import Graph, Link, connectivity
from mirab.domains.fibre.domain import connections
from mirab.observe.region import load
from mirab.validation import harness
from mirab.validation.fibre import read
from mirab.validation.ratios import Ratio
from mirab.warn import outages

TITLE = "graphs of links between places, and what is left when links fail"
LIBRARIES = ("rustworkx==0.18.1", "networkx==3.6.1")
SAMPLES, MOMENTS, ROUNDS, LOST = 10_000, 100_000, 5, 3
PEERS = Path(__file__).parent / "peers"


def figures() -> Sequence[Ratio]:
    """CPU seconds of connectivity, of samples of failures, and of moments of the regional graph."""
    name, graph = _largest()
    rng = np.random.default_rng(1)
    sets = np.argsort(rng.random((SAMPLES, len(graph.links))), axis=1)[:, :LOST]
    sinks = sorted(rng.choice(len(graph.nodes), 4, replace=False).tolist())
    theirs = _peers(graph, sets, sinks)
    whole, check = _best(lambda: connectivity(graph))
    samples, answer = _best(lambda: _sampled(graph, sets, sinks))
    part = f"{name}: {len(graph.nodes)} places, {len(graph.links)} links"
    told = f"one thread, best of {ROUNDS}; {answer:,} places reached by ours"
    found = [
        Ratio(
            "connectivity of the whole", whole, theirs[peer]["whole"]["seconds"], "CPU s", peer, remark, part
        )
        for peer, remark in (
            ("networkx", f"by link {check.by_link}, by node {check.by_node}, {check.bridges} bridges"),
            ("rustworkx", "the peer has no node connectivity: minimum cut and bridges only"),
        )
    ]
    found += [
        Ratio(
            f"{SAMPLES:,} samples of {LOST} lost links",
            samples,
            theirs[peer]["samples"]["seconds"],
            "CPU s",
            peer,
            f"{told}, {theirs[peer]['samples']['answer']:,} by the peer",
            part,
        )
        for peer in ("networkx", "rustworkx")
    ]
    return [*found, _moments()]


def _largest() -> tuple[str, Graph]:
    """The largest network at hand as a simple graph whose places are numbers."""
    folder = harness.data("topology_zoo")
    if folder is None:
        found = connections(load("central_asia"))
        name, graphs = "central_asia", {"central_asia": found.exits.graph} if found else {}
    else:
        graphs = {path.stem: read(path) for path in folder.glob("*.graphml")}
        name = max(graphs, key=lambda one: len(graphs[one].nodes))
    one = graphs[name].simple()
    where = {node: str(i) for i, node in enumerate(one.nodes)}
    links = tuple(Link(str(i), where[link.tail], where[link.head]) for i, link in enumerate(one.links))
    return name, Graph(tuple(where.values()), links)


def _sampled(graph: Graph, sets: Any, sinks: list[int]) -> int:
    """Places that reach a sink over all samples, by the compiled loops."""
    home = [node for node in graph.nodes if int(node) not in sinks]
    exits = Exits(
        graph,
        {node: "home" if node in home else f"abroad {node}" for node in graph.nodes},
        ("home",),
        tuple(map(str, sinks)),
        str(sinks[0]),
        dict.fromkeys(home, 1.0),
        0.05,
    )
    failures = [Element(link.id, links=(link.id,)) for link in graph.links]
    return round(float(exits.outcomes(failures, sets, threads=1)[:, RESTORED].sum()) * len(home))


def _peers(graph: Graph, sets: Any, sinks: list[int]) -> dict[str, Any]:
    given = {
        "nodes": len(graph.nodes),
        "links": [[int(link.tail), int(link.head)] for link in graph.links],
        "sources": [int(node) for node in graph.nodes if int(node) not in sinks],
        "sinks": sinks,
        "sets": sets.tolist(),
    }
    python = _started(sys.executable, str(PEERS / "environment.py"), *LIBRARIES).strip()
    told: dict[str, Any] = json.loads(_started(python, str(PEERS / "graphs.py"), given=json.dumps(given)))
    return told


def _started(*command: str, given: str = "") -> str:
    return subprocess.run(command, input=given, check=True, capture_output=True, text=True).stdout


def _moments() -> Ratio:
    """Moments of the regional graph on all cores, on the clock."""
    found = connections(load("central_asia"))
    if found is None:
        raise ValueError("the pack has no links")
    failures = [one.failure for one in outages.failing(found)]
    sets = outages.sampled(found, MOMENTS, 1)
    found.exits.outcomes(failures, sets[:512])
    begun, cpu = time.perf_counter(), time.process_time()
    found.exits.outcomes(failures, sets)
    clock, cpu = time.perf_counter() - begun, time.process_time() - cpu
    remark = f"all cores, {cpu:.1f} CPU s; the machine was shared"
    what = f"{MOMENTS:,} moments of the regional graph, on the clock"
    return Ratio(what, clock, 10.0, "s", "what is asked", remark, "central_asia", at_most=1.0)


def _best(task: Any) -> tuple[float, Any]:
    answer, times = task(), []
    for _ in range(ROUNDS):
        begun = time.process_time()
        answer = task()
        times.append(time.process_time() - begun)
    return min(times), answer
