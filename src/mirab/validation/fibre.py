"""Cables: connectivity of published networks, shares and latencies of the pack, and two shut-offs.

The maps of the Internet Topology Zoo are read from a folder that does not come with mirab (`harness.data`);
without it those rows are `cannot be checked`. What is said of the region rests on a graph that is mostly
estimated: a verdict of `holds` says that graph and routing agree with a figure, not that the cables are so.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from mirab.core.exits import RESTORED, Connections
from mirab.core.graph import Graph, Link, connectivity
from mirab.core.records import Change
from mirab.domains.fibre.domain import connections
from mirab.observe.region import load
from mirab.validation import harness
from mirab.validation.harness import Finding, Kind, Verdict
from mirab.warn import outages

TITLE = "Cables: published networks, shares, latencies and shut-offs"
ZOO = "Knight et al. (2011), The Internet Topology Zoo; by networkx, parallel links merged, largest part"
ISOC = "Internet Society (2025), country reports"
TREND = "Trend News Agency, 2 February 2023 and 20 June 2024"
RESTS = "rests on estimated links"
FIGURES = ("by_link", "by_node", "bridges", "articulation_points", "diameter")
COLUMNS = (
    "edge_connectivity_lcc",
    "node_connectivity_lcc",
    "bridges_lcc",
    "articulation_points_lcc",
    "diameter_lcc",
)
NETWORKS = (
    *("Abilene", "AsnetAm", "Azrena", "Chinanet", "Geant2012"),
    *("Grena", "Janetbackbone", "Nsfnet", "Ulaknet"),
)
MOMENTS, SEED = 100_000, 1
ONE_WAY_MS_PER_KM = 9.79e-3 / 2


def findings() -> Sequence[Finding]:
    """Networks of the zoo, then the region: shares, primary ways, latencies, shut-offs, and the ensemble."""
    found = connections(load("central_asia"))
    if found is None:
        return list(_zoo())
    return [*_zoo(), *_shares(found), *_latency(), *_alone(found), *_shut_off(found), *_ensemble(found)]


def read(path: Path) -> Graph:
    """The network of a GraphML file of the zoo: its nodes and edges, every edge of length 1."""
    text = path.read_text(encoding="utf-8")
    nodes = tuple(re.findall(r'<node id="([^"]*)"', text))
    edges = [
        re.search(r'source="([^"]*)".*?target="([^"]*)"', tag) for tag in re.findall(r"<edge [^>]*>", text)
    ]
    links = (Link(str(i), edge[1], edge[2]) for i, edge in enumerate(edges) if edge is not None)
    return Graph(nodes, tuple(links))


def expected(folder: Path) -> dict[str, dict[str, str]]:
    """Rows of the table of expected figures beside the folder of networks, by network."""
    with (folder.parent / "topology_zoo_connectivity.csv").open(encoding="utf-8") as file:
        return {row["network"]: row for row in csv.DictReader(file)}


def _zoo() -> Iterator[Finding]:
    folder = harness.data("topology_zoo")
    rows = expected(folder) if folder else {}
    for name in NETWORKS:
        what = f"{name}: links and places to lose, bridges, cut places, diameter"
        path = folder / f"{name}.graphml" if folder else None
        if path is None or not path.is_file():
            why = f"no data: name their folder in {harness.DATA}"
            yield Finding(what, None, None, Verdict.CANNOT_BE_CHECKED, Kind.MUST, source=ZOO, remark=why)
            continue
        ours = connectivity(read(path))
        told = ", ".join(str(getattr(ours, figure)) for figure in FIGURES)
        said = ", ".join(rows[name][column] for column in COLUMNS)
        yield Finding(what, said, told, Verdict.of(told == said), Kind.MUST, "", ZOO, "exact")


def _shares(found: Connections) -> Iterator[Finding]:
    """What is fitted, what that fit says of the others, and the primary ways that are named."""
    exits = found.exits
    through, _ = exits.usual()

    def via(state: str, other: str) -> float:
        return float(through[exits.home.index(state), exits.everywhere.index(other)])

    what = "share of the traffic of Kazakhstan through the Russian Federation"
    fit = "sets the weight of a millisecond, so it proves nothing"
    yield Finding(what, 0.95, via("KAZ", "RUS"), Verdict.FITTED, Kind.AIM, "fraction", ISOC, fit)
    mean = float(np.mean([via(state, "RUS") for state in exits.home]))
    what, told = (
        "the same share, mean of six states alike",
        f"said to hold for the region; within 0.05; {RESTS}",
    )
    yield Finding(what, 0.95, mean, Verdict.of(abs(mean - 0.95) <= 0.05), Kind.AIM, "fraction", ISOC, told)
    for state, source in (("KGZ", "Trend News Agency"), ("UZB", "The Tashkent Times")):
        order = sorted(set(exits.everywhere) - {state, "DEU"}, key=lambda other: -via(state, other))
        ours = ", ".join(sorted(order[:2]))
        holds = Verdict.of(ours == "KAZ, RUS")
        what = f"{state}: the two states that most of its traffic passes"
        yield Finding(what, "KAZ, RUS", ours, holds, Kind.AIM, "", source, f"primary way as named; {RESTS}")


def _latency() -> Iterator[Finding]:
    """One way from the border with China to the Caspian coast, today and by the way that is being built."""
    tables = load("central_asia")
    for title, changes, km, ms in (
        ("today", (), 3500.0, 19.0),
        ("as planned", (Change("opened", "altynkol__aktau", 1.0),), 2800.0, 13.0),
    ):
        found = connections(tables, changes)
        ours = found.exits.graph.distances(["altynkol"])["aktau"] if found else float("nan")
        near = Verdict.FITTED if changes else Verdict.of(abs(ours / km - 1) <= 0.1)
        what = f"route from Altynkol to Aktau, {title}"
        told = "the row of the pack is this figure" if changes else f"within 10 %; {RESTS}"
        yield Finding(what, km, ours, near, Kind.AIM, "km", TREND, told)
        delay = ours * ONE_WAY_MS_PER_KM
        near = Verdict.of(abs(delay / ms - 1) <= 0.1)
        what = f"delay from Altynkol to Aktau one way, {title}"
        told = "within 10 %; light in fibre alone, published delays hold the equipment too"
        yield Finding(what, ms, delay, near, Kind.AIM, "ms", TREND, told)


def _alone(found: Connections) -> Iterator[Finding]:
    """Ways from each capital to the destination when three states abroad carry nothing."""
    tables = load("central_asia")
    for title, changes, said in (
        ("today", (), 1),
        ("with the Trans-Caspian cable", (Change("opened", "aktau__sumgait", 1.0),), 2),
    ):
        one = connections(tables, changes) or found
        gone = [node for node, state in one.exits.states.items() if state in ("RUS", "IRN", "CHN")]
        graph = one.exits.graph.without(gone)
        ways = {len(graph.cut([capital], [one.exits.destination])) for capital in one.capitals.values()}
        ours = ", ".join(map(str, sorted(ways)))
        what = f"ways from each of six capitals to Frankfurt without Russia, Iran and China, {title}"
        told = f"earlier arithmetic on the same rows by networkx; {RESTS}"
        yield Finding(what, said, ours, Verdict.of(ours == str(said)), Kind.MUST, "", "Mirab", told)


def _shut_off(found: Connections) -> Iterator[Finding]:
    """Whether two shut-offs of a whole state could be failures of cables, and how long one lasted."""
    failing = outages.failing(found)
    technical = [i for i, one in enumerate(failing) if one.kind != "shut_off"]
    known = outages.enumerated(found)
    for state, day, lost, source in (
        ("KAZ", "5 January 2022", 1.0, "NetBlocks; Cloudflare Radar"),
        ("AFG", "29 September 2025", 0.99, "NetBlocks"),
    ):
        home = found.exits.home.index(state)
        two = known.two[np.ix_(technical, technical)][np.triu_indices(len(technical), 1)]
        worst = 1.0 - float(min(known.one[technical, RESTORED, home].min(), two[:, RESTORED, home].min()))
        what = f"{state}, {day}: the loss is beyond any one or two failures other than a shut-off"
        told = f"holds where the worst two lose less; {RESTS}"
        yield Finding(what, lost, worst, Verdict.of(worst < lost), Kind.AIM, "fraction lost", source, told)
    hours = next(one.median_h for one in failing if one.failure.states == ("AFG",))
    what, fit = "AFG, 29 September 2025: hours of the shut-off", "the median of the hazard is taken from it"
    yield Finding(what, "40 to 56", hours, Verdict.FITTED, Kind.AIM, "h", "NetBlocks; Daily Times", fit)
    what, why = (
        "connection of the neighbours on both days",
        "no figure in the sources; transit is taken to stay",
    )
    yield Finding(what, None, None, Verdict.CANNOT_BE_CHECKED, Kind.AIM, remark=why)


def _ensemble(found: Connections) -> Iterator[Finding]:
    """Sampled moments against the bounds that single and double failures give."""
    low, high = outages.enumerated(found).lost()
    sets = outages.sampled(found, MOMENTS, SEED)
    lost = 1.0 - found.exits.outcomes([one.failure for one in outages.failing(found)], sets)[:, RESTORED]
    error = 3.0 * lost.std(axis=0) / np.sqrt(MOMENTS)
    inside = (lost.mean(axis=0) >= low - error) & (lost.mean(axis=0) <= high + error)
    what = f"states whose mean loss over {MOMENTS:,} moments lies between the bounds of singles and doubles"
    told = "within three standard errors"
    count = len(found.exits.home)
    yield Finding(what, count, int(inside.sum()), Verdict.of(bool(inside.all())), Kind.MUST, "", "ours", told)
