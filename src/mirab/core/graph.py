"""Graphs of links between places: how many ways lead out, what holds them together, how long they are.

Links are undirected and may run side by side. By Menger (1927) ways that share no link, or no place, are as
many as the fewest whose loss cuts them all: a minimum cut, which networkx finds (docs/decisions/0009).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from mirab.core.errors import InputError, Problem, suggest

By = Literal["link", "node"]
IN, OUT, SOURCE, SINK, LENGTH = "in", "out", "source", "sink", "length_km"


@dataclass(frozen=True)
class Link:
    """An undirected link between two places, `length_km` long by its route."""

    id: str
    tail: str
    head: str
    length_km: float = 1.0


@dataclass(frozen=True)
class Graph:
    """Places and links. Raises InputError with all that is wrong: repeated ids, unknown ends, lengths.

    >>> ring = Graph(("a", "b", "c"), (Link("ab", "a", "b"), Link("bc", "b", "c"), Link("ca", "c", "a")))
    >>> len(ring.cut(["a"], ["c"])), ring.without(links=["ab"]).bridges()
    (2, ('bc', 'ca'))
    """

    nodes: tuple[str, ...]
    links: tuple[Link, ...]

    def __post_init__(self) -> None:
        if problems := [*_repeated(self), *_ends(self.links, set(self.nodes)), *_lengths(self.links)]:
            raise InputError("graph", problems)

    @cached_property
    def ways(self) -> Mapping[str, tuple[tuple[str, Link], ...]]:
        """Of each place the neighbouring places, each with the link that leads there."""
        found: dict[str, list[tuple[str, Link]]] = {node: [] for node in self.nodes}
        for link in self.links:
            found[link.tail].append((link.head, link))
            found[link.head].append((link.tail, link))
        return {node: tuple(ways) for node, ways in found.items()}

    @cached_property
    def _joined(self) -> Any:
        """The graph of networkx, of links side by side the shortest."""
        import networkx

        found = networkx.Graph()
        found.add_nodes_from(self.nodes)
        for link in sorted(self.links, key=lambda link: -link.length_km):
            found.add_edge(link.tail, link.head, **{LENGTH: link.length_km})
        return found

    def without(self, nodes: Iterable[str] = (), links: Iterable[str] = ()) -> Graph:
        """The graph that is left when these places, with their links, and these links are gone.

        Raises InputError for a name that it does not have.
        """
        lost, cut = set(nodes), set(links)
        ids = [link.id for link in self.links]
        problems = [_stranger("node", one, self.nodes) for one in sorted(lost - set(self.nodes))]
        problems += [_stranger("link", one, ids) for one in sorted(cut - set(ids))]
        if problems:
            raise InputError("graph", problems)
        kept = [one for one in self.links if one.id not in cut and not {one.tail, one.head} & lost]
        return Graph(tuple(node for node in self.nodes if node not in lost), tuple(kept))

    def cut(
        self, sources: Collection[str], sinks: Collection[str], by: By = "link", *, firm: Collection[str] = ()
    ) -> tuple[str, ...]:
        """The fewest links, or places, whose loss parts all sources from all sinks; as many as disjoint ways.

        Sources cannot be lost, nor can places that are `firm`; sinks can. No way at all needs no loss. Raises
        InputError where a source is a sink, or where nothing that can be lost parts them.
        """
        known = set(self.nodes)
        if strangers := sorted({*sources, *sinks} - known):
            raise InputError("cut", [_stranger("node", one, self.nodes) for one in strangers])
        if shared := ", ".join(sorted(set(sources) & set(sinks))):
            raise InputError("cut", [Problem(shared, "is both source and sink", "name two different sides")])
        near = _nearest_cut(self, sources, sinks, by, {*sources, *firm})
        if near is None:
            fix = "let places fail"
            raise InputError("cut", [Problem("sinks", "cannot be parted from the sources", fix)])
        names = [link.id for link in self.links] if by == "link" else self.nodes
        return tuple(one for one in names if (by, one, IN) in near and (by, one, OUT) not in near)

    def components(self) -> tuple[frozenset[str], ...]:
        """Places that hang together, the largest part first."""
        import networkx

        parts = map(frozenset, networkx.connected_components(self._joined))
        return tuple(sorted(parts, key=len, reverse=True))

    def distances(self, starts: Iterable[str]) -> dict[str, float]:
        """Kilometres from the nearest start to each place that it reaches (Dijkstra 1959)."""
        import networkx

        found: dict[str, float] = networkx.multi_source_dijkstra_path_length(
            self._joined, set(starts), weight=LENGTH
        )
        return found

    def bridges(self) -> tuple[str, ...]:
        """Links whose loss leaves fewer places together, in the order of the links."""
        import networkx

        cut = {frozenset(ends) for ends in networkx.bridges(self._joined)}
        beside = Counter(frozenset((link.tail, link.head)) for link in self.links)
        pairs = ((link.id, frozenset((link.tail, link.head))) for link in self.links)
        return tuple(id for id, ends in pairs if ends in cut and beside[ends] == 1)

    def articulation_points(self) -> tuple[str, ...]:
        """Places whose loss leaves the others less together, in the order of the places."""
        import networkx

        points = set(networkx.articulation_points(self._joined))
        return tuple(node for node in self.nodes if node in points)

    def simple(self) -> Graph:
        """The largest part that hangs together, links side by side merged, loops left out."""
        inside = self.components()[0] if self.nodes else frozenset()
        pairs: dict[frozenset[str], Link] = {}
        for link in self.links:
            if link.tail != link.head and link.tail in inside:
                pairs.setdefault(frozenset((link.tail, link.head)), link)
        return Graph(tuple(node for node in self.nodes if node in inside), tuple(pairs.values()))


@dataclass(frozen=True)
class Connectivity:
    """What is known of how a graph holds together; all of its largest part, links side by side merged.

    `size` places and `count` links; `by_link` and `by_node` are the fewest whose loss parts it somewhere,
    `ends` the places with one link, `diameter` the most links on a shortest way.
    """

    size: int
    count: int
    components: int
    by_link: int
    by_node: int
    bridges: int
    articulation_points: int
    ends: int
    diameter: int


def connectivity(graph: Graph) -> Connectivity:
    """Connectivity of a graph with two places or more.

    By link: the fewest over ways from one place to each other one. By node: over pairs without a link of a
    place of fewest links with all others, and of its neighbours with each other (Esfahanian and Hakimi 1984).
    """
    one = graph.simple()
    near = {node: {other for other, _ in one.ways[node]} for node in one.nodes}
    first, *others = sorted(one.nodes, key=lambda node: len(near[node]))
    hops = Graph(one.nodes, tuple(Link(link.id, link.tail, link.head, 1.0) for link in one.links))
    return Connectivity(
        size=len(one.nodes),
        count=len(one.links),
        components=len(graph.components()),
        by_link=min(len(one.cut([first], [other])) for other in others),
        by_node=min(_apart(one, near, first, others), default=len(one.nodes) - 1),
        bridges=len(one.bridges()),
        articulation_points=len(one.articulation_points()),
        ends=sum(len(ways) == 1 for ways in near.values()),
        diameter=int(max(max(hops.distances([node]).values()) for node in one.nodes)),
    )


def _apart(graph: Graph, near: Mapping[str, set[str]], first: str, others: Sequence[str]) -> Iterator[int]:
    """Places to lose between pairs without a link, enough pairs to find the fewest of all."""
    around = sorted(near[first])
    pairs = [(first, other) for other in others if other not in near[first]]
    pairs += [(a, b) for i, a in enumerate(around) for b in around[i + 1 :] if b not in near[a]]
    for one, other in pairs:
        yield len(graph.cut([one], [other], "node", firm=[other]))


def _nearest_cut(
    graph: Graph, sources: Collection[str], sinks: Collection[str], by: By, firm: Collection[str]
) -> set[Any] | None:
    """The side of the sources at the minimum cut that lies nearest to them; None where nothing parts them.

    Every place and every link is entered and left; what lies between has room for one way where it can be
    lost, else without a bound. Of several minimum cuts networkx gives the one nearest to the sink, so it is
    asked on the reversed network.
    """
    import networkx

    network = networkx.DiGraph()
    for kind, names in (("node", graph.nodes), ("link", [link.id for link in graph.links])):
        for name in names:
            room = {"capacity": 1} if kind == by and name not in firm else {}
            network.add_edge((kind, name, OUT), (kind, name, IN), **room)
    for link in graph.links:
        for end in (link.tail, link.head):
            network.add_edge(("link", link.id, IN), ("node", end, OUT))
            network.add_edge(("node", end, IN), ("link", link.id, OUT))
    network.add_nodes_from((SOURCE, SINK))
    network.add_edges_from((("node", one, IN), SOURCE) for one in sources)
    network.add_edges_from((SINK, ("node", one, OUT)) for one in sinks)
    try:
        _, (_, near) = networkx.minimum_cut(network, SINK, SOURCE)
    except networkx.NetworkXUnbounded:
        return None
    return set(near)


def _repeated(graph: Graph) -> Iterator[Problem]:
    for kind, ids in (("node", graph.nodes), ("link", [link.id for link in graph.links])):
        for id, count in Counter(ids).items():
            if count > 1:
                yield Problem(f"{kind} {id}", f"is there {count} times", "give each an id of its own")


def _ends(links: Sequence[Link], nodes: set[str]) -> Iterator[Problem]:
    for link in links:
        for end in (link.tail, link.head):
            if end not in nodes:
                yield Problem(
                    f"link {link.id}", f"ends at {end!r}, which is no node", suggest(end, sorted(nodes))
                )


def _lengths(links: Sequence[Link]) -> Iterator[Problem]:
    for link in links:
        if not 0.0 < link.length_km < float("inf"):
            yield Problem(
                f"link {link.id}", f"is {link.length_km:g} km long", "give the length of its route, above 0"
            )


def _stranger(kind: str, name: str, known: Sequence[str]) -> Problem:
    return Problem(f"{kind} {name}", "is not in the graph", suggest(name, sorted(known)))
