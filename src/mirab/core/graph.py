"""Graphs of links between places: how many ways lead out, what holds them together, how long they are.

Links are undirected and may run side by side. Disjoint ways are counted by augmenting paths (Ford and
Fulkerson 1956, shortest first: Edmonds and Karp 1972); by Menger (1927) they are as many as the fewest links,
or places, whose loss cuts them all. Bridges and cut places: lowest points of a depth-first search (Tarjan
1972). Why no library of graphs does it: docs/decisions/0008-no-library-of-graphs.md.
"""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from mirab.core.errors import InputError, Problem, suggest

By = Literal["link", "node"]
ANY = 1 << 30
"""Room of what cannot be cut."""


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
        network = _Flow.of(self, sources, sinks, by, {*sources, *firm})
        if set(sources) & set(sinks):
            shared = ", ".join(sorted(set(sources) & set(sinks)))
            raise InputError("cut", [Problem(shared, "is both source and sink", "name two different sides")])
        network.fill()
        found = network.severed()
        if found is None:
            raise InputError(
                "cut", [Problem("sinks", "cannot be parted from the sources", "let places fail")]
            )
        return found

    def components(self) -> tuple[frozenset[str], ...]:
        """Places that hang together, the largest part first."""
        left, found = dict.fromkeys(self.nodes), []
        while left:
            part = set(self.distances([next(iter(left))]))
            found.append(frozenset(part))
            left = {node: None for node in left if node not in part}
        return tuple(sorted(found, key=len, reverse=True))

    def distances(self, starts: Iterable[str]) -> dict[str, float]:
        """Kilometres from the nearest start to each place that it reaches (Dijkstra 1959)."""
        found: dict[str, float] = {}
        waiting = [(0.0, node) for node in starts]
        heapq.heapify(waiting)
        while waiting:
            so_far, node = heapq.heappop(waiting)
            if node not in found:
                found[node] = so_far
                for other, link in self.ways[node]:
                    heapq.heappush(waiting, (so_far + link.length_km, other))
        return found

    def bridges(self) -> tuple[str, ...]:
        """Links whose loss leaves fewer places together, in the order of the links."""
        cut, _ = _lowest(self)
        return tuple(link.id for link in self.links if link.id in cut)

    def articulation_points(self) -> tuple[str, ...]:
        """Places whose loss leaves the others less together, in the order of the places."""
        _, points = _lowest(self)
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


@dataclass
class _Flow:
    """Arcs with room, each beside its reverse (i ^ 1), from place 0 to 1; `names` of what can be cut."""

    ends: list[int]
    room: list[int]
    out: list[list[int]]
    names: dict[int, str]

    @classmethod
    def of(
        cls, graph: Graph, sources: Collection[str], sinks: Collection[str], by: By, firm: Collection[str]
    ) -> _Flow:
        """Every place is two, where it is entered and where it is left."""
        enter = {node: 2 * i + 2 for i, node in enumerate(graph.nodes)}
        strangers = sorted({*sources, *sinks} - enter.keys())
        if strangers:
            raise InputError("cut", [_stranger("node", one, graph.nodes) for one in strangers])
        flow = cls([], [], [[] for _ in range(2 * len(graph.nodes) + 2)], {})
        for node, place in enter.items():
            lost = by == "node" and node not in firm
            flow.join(place, place + 1, 1 if lost else ANY, 0, node if lost else "")
        for link in graph.links:
            room = 1 if by == "link" else ANY
            name = link.id if by == "link" else ""
            flow.join(enter[link.tail] + 1, enter[link.head], room, 0, name)
            flow.join(enter[link.head] + 1, enter[link.tail], room, 0, name)
        for node in dict.fromkeys(sources):
            flow.join(0, enter[node], ANY, 0)
        for node in dict.fromkeys(sinks):
            flow.join(enter[node] + 1, 1, ANY, 0)
        return flow

    def join(self, tail: int, head: int, room: int, back: int, name: str = "") -> None:
        """Add an arc and its reverse."""
        arc = len(self.ends)
        self.ends += [head, tail]
        self.room += [room, back]
        self.out[tail].append(arc)
        self.out[head].append(arc + 1)
        if name:
            self.names[arc] = name

    def fill(self) -> None:
        """Send all that can pass; stops where something without a bound passes."""
        while (path := self._path()) and (least := min(self.room[arc] for arc in path)) < ANY:
            for arc in path:
                self.room[arc] -= least
                self.room[arc ^ 1] += least

    def severed(self) -> tuple[str, ...] | None:
        """Names on the border of what is still reached; None where the other side is."""
        reached = self._reached()
        if 1 in reached:
            return None
        found = (
            name
            for arc, name in self.names.items()
            if self.ends[arc ^ 1] in reached and self.ends[arc] not in reached
        )
        return tuple(dict.fromkeys(found))

    def _reached(self) -> dict[int, int]:
        """The arc by which each place is reached from the first, which has none (-1)."""
        found, waiting = {0: -1}, deque([0])
        while waiting:
            for arc in self.out[waiting.popleft()]:
                if self.room[arc] > 0 and self.ends[arc] not in found:
                    found[self.ends[arc]] = arc
                    waiting.append(self.ends[arc])
        return found

    def _path(self) -> list[int]:
        reached, place, path = self._reached(), 1, list[int]()
        if place not in reached:
            return path
        while reached[place] >= 0:
            path.append(reached[place])
            place = self.ends[reached[place] ^ 1]
        return path


def _lowest(graph: Graph) -> tuple[set[str], set[str]]:
    """Bridges and cut places: where no later place reaches back beyond."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    cut: set[str] = set()
    points: set[str] = set()
    for root in graph.nodes:
        if root not in order:
            branches = _search(graph, root, order, low, cut, points)
            (points.add if branches > 1 else points.discard)(root)
    return cut, points


def _search(
    graph: Graph,
    root: str,
    order: dict[str, int],
    low: dict[str, int],
    cut: set[str],
    points: set[str],
) -> int:
    """One depth-first search; how many branches the root has."""
    branches = 0
    order[root] = low[root] = len(order)
    stack = [(root, "", iter(graph.ways[root]))]
    while stack:
        node, came, ways = stack[-1]
        for other, link in ways:
            if other not in order:
                order[other] = low[other] = len(order)
                stack.append((other, link.id, iter(graph.ways[other])))
                break
            if link.id != came:
                low[node] = min(low[node], order[other])
        else:
            stack.pop()
            if stack:
                above = stack[-1][0]
                branches += above == root
                low[above] = min(low[above], low[node])
                if low[node] > order[above]:
                    cut.add(came)
                if low[node] >= order[above]:
                    points.add(above)
    return branches


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
