"""Failure samples and connectivity with libraries of graphs, in an environment that has both.

Reads JSON on standard input: nodes, links (pairs of numbers), sources, sinks, sets of lost links; writes CPU
seconds and a check sum for each library and task.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any


def timed(task: Callable[[], int]) -> dict[str, float]:
    """CPU seconds and answer of a task."""
    begun = time.process_time()
    answer = task()
    return {"seconds": time.process_time() - begun, "answer": answer}


def by_networkx(given: dict[str, Any]) -> dict[str, Any]:
    """Connectivity of the whole, and sources that reach a sink over all samples, by networkx."""
    import networkx as nx

    graph = nx.Graph([tuple(pair) for pair in given["links"]])
    sinks, sources = set(given["sinks"]), given["sources"]

    def whole() -> int:
        return int(
            nx.edge_connectivity(graph)
            + 100 * nx.node_connectivity(graph)
            + 10_000 * len(list(nx.bridges(graph)))
        )

    def samples() -> int:
        count = 0
        for lost in given["sets"]:
            left = graph.copy()
            left.remove_edges_from([given["links"][i] for i in lost])
            reached = nx.multi_source_dijkstra_path_length(left, sinks, weight=None)
            count += sum(source in reached for source in sources)
        return count

    return {"whole": timed(whole), "samples": timed(samples)}


def by_rustworkx(given: dict[str, Any]) -> dict[str, Any]:
    """The same by rustworkx, which has no node connectivity: bridges and the minimum cut of the whole."""
    import rustworkx as rx

    graph = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(given["nodes"]))
    pairs = [(a, b, 1.0) for a, b in given["links"]]
    graph.add_edges_from(pairs)
    sinks, sources = given["sinks"], given["sources"]

    def whole() -> int:
        cut = rx.stoer_wagner_min_cut(graph, lambda weight: weight)
        return int(cut[0]) + 10_000 * len(rx.bridges(graph))

    def samples() -> int:
        count = 0
        for lost in given["sets"]:
            left = graph.copy()
            left.remove_edges_from([tuple(given["links"][i]) for i in lost])
            hub = left.add_node(None)
            left.add_edges_from([(hub, sink, 0.0) for sink in sinks])
            reached = rx.dijkstra_shortest_path_lengths(left, hub, lambda weight: weight)
            count += sum(source in reached for source in sources)
        return count

    return {"whole": timed(whole), "samples": timed(samples)}


if __name__ == "__main__":
    told = json.load(sys.stdin)
    json.dump({"networkx": by_networkx(told), "rustworkx": by_rustworkx(told)}, sys.stdout)
