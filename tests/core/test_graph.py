from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirab.core.errors import InputError
from mirab.core.graph import Connectivity, Graph, Link, connectivity

RING = Graph(tuple("abcd"), tuple(Link(a + b, a, b, 10.0) for a, b in ("ab", "bc", "cd", "da")))


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    size = draw(st.integers(3, 6))
    place = st.integers(0, size - 1)
    ends = st.tuples(place, place).filter(lambda pair: pair[0] != pair[1])
    pairs = draw(st.lists(ends, min_size=1, max_size=9))
    links = tuple(Link(f"l{i}", f"n{a}", f"n{b}", 1.0 + i) for i, (a, b) in enumerate(pairs))
    return Graph(tuple(f"n{i}" for i in range(size)), links)


def joined(graph: Graph, one: str, other: str) -> bool:
    return other in graph.distances([one])


def fewest_losses(graph: Graph, names: list[str], part: str, one: str, other: str) -> int:
    """The fewest of `names` whose loss parts two places, by trying them all."""
    for count in range(len(names) + 1):
        for lost in combinations(names, count):
            if not joined(graph.without(**{part: lost}), one, other):
                return count
    raise AssertionError("nothing parts them")


@settings(derandomize=True, deadline=None, max_examples=60)
@given(graphs())
def test_a_cut_of_links_is_the_smallest_that_parts_two_places(graph: Graph) -> None:
    cut = graph.cut(["n0"], ["n1"])
    assert not joined(graph.without(links=cut), "n0", "n1")
    assert len(cut) == fewest_losses(graph, [link.id for link in graph.links], "links", "n0", "n1")


@settings(derandomize=True, deadline=None, max_examples=60)
@given(graphs())
def test_a_cut_of_places_is_the_smallest_where_the_ends_stand_firm(graph: Graph) -> None:
    if any({link.tail, link.head} == {"n0", "n1"} for link in graph.links):
        with pytest.raises(InputError, match="cannot be parted"):
            graph.cut(["n0"], ["n1"], "node", firm=["n1"])
        return
    cut = graph.cut(["n0"], ["n1"], "node", firm=["n1"])
    assert len(cut) == fewest_losses(graph, list(graph.nodes[2:]), "nodes", "n0", "n1")


@settings(derandomize=True, deadline=None, max_examples=60)
@given(graphs())
def test_bridges_and_cut_places_are_those_whose_loss_leaves_more_parts(graph: Graph) -> None:
    whole = len(graph.components())
    parts = {link.id: len(graph.without(links=[link.id]).components()) for link in graph.links}
    assert set(graph.bridges()) == {link for link, count in parts.items() if count > whole}
    alone = {node for node in graph.nodes if not graph.ways[node]}
    left = {node: len(graph.without(nodes=[node]).components()) for node in graph.nodes if node not in alone}
    assert set(graph.articulation_points()) == {node for node, count in left.items() if count > whole}


@settings(derandomize=True, deadline=None, max_examples=30)
@given(graphs())
def test_connectivity_is_the_fewest_over_all_pairs_of_the_largest_part(graph: Graph) -> None:
    one = graph.simple()
    found = connectivity(graph)
    assert found.by_link == min(len(one.cut([a], [b])) for a, b in combinations(one.nodes, 2))
    apart = [(a, b) for a, b in combinations(one.nodes, 2) if b not in {other for other, _ in one.ways[a]}]
    places = [len(one.cut([a], [b], "node", firm=[b])) for a, b in apart]
    assert found.by_node == min(places, default=len(one.nodes) - 1)


def test_ways_to_several_exits_count_together() -> None:
    assert set(RING.cut(["a"], ["b", "d"])) == {"ab", "da"}
    assert set(RING.cut(["a"], ["b", "d"], "node")) == {"b", "d"}
    assert RING.without(nodes=["b", "d"]).cut(["a"], ["c"]) == ()


def test_links_side_by_side_are_two_ways_and_no_bridge() -> None:
    double = Graph(("a", "b"), (Link("one", "a", "b"), Link("two", "a", "b")))
    assert len(double.cut(["a"], ["b"])) == 2
    assert double.bridges() == ()
    assert connectivity(double).bridges == 1


def test_a_distance_is_the_shortest_route() -> None:
    assert RING.distances(["a"]) == {"a": 0.0, "b": 10.0, "d": 10.0, "c": 20.0}


def test_all_that_is_wrong_with_a_graph_is_told_at_once() -> None:
    links = (Link("x", "a", "b", 0.0), Link("x", "a", "bb", 1.0))
    told = r"(?s)3 problems.*link x is there 2 times.*nearest is 'b'.*0 km long"
    with pytest.raises(InputError, match=told):
        Graph(("a", "b"), links)


def test_what_a_graph_does_not_have_cannot_be_lost() -> None:
    with pytest.raises(InputError, match="link ad is not in the graph; nearest is 'da'"):
        RING.without(links=["ad"])


def test_a_place_cannot_be_parted_from_itself() -> None:
    with pytest.raises(InputError, match="is both source and sink"):
        RING.cut(["a"], ["a", "b"])


def test_known_small_networks_have_their_connectivity() -> None:
    path = Graph(("a", "b", "c"), (Link("ab", "a", "b"), Link("bc", "b", "c")))
    assert connectivity(path) == Connectivity(3, 2, 1, 1, 1, 2, 1, 2, 2)
    assert connectivity(RING) == Connectivity(4, 4, 1, 2, 2, 0, 0, 0, 2)
    whole = Graph(tuple("abcd"), tuple(Link(a + b, a, b) for a, b in combinations("abcd", 2)))
    assert connectivity(whole) == Connectivity(4, 6, 1, 3, 3, 0, 0, 0, 1)
