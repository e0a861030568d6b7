"""What an item rests on is what lies upstream of it, and whom it reaches lies downstream."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from random_networks import random_network

from mirab.core import declared
from mirab.core.errors import UnknownNameError
from mirab.core.network import Network
from mirab.core.provenance import Provenance
from mirab.core.records import Confidence
from mirab.observe.region import load

CLASSES = [one.value for one in Confidence]


class Drawn:
    """Tables of a random network: nodes, links and claims, each row of a random confidence and account."""

    def __init__(self, network: Network, rng: np.random.Generator) -> None:
        def row(**cells: Any) -> Mapping[str, Any]:
            return {**cells, "confidence": str(rng.choice(CLASSES))}

        self.tables = {
            "g/nodes": [row(node_id=id) for id in network.nodes],
            "g/links": [row(link_id=r.id, from_node=r.tail) for r in network.reaches.values()],
            "g/claims": [
                row(claim_id=c.id, node_id=c.node, cap_id=None, account=rng.choice(["x", "y", ""]))
                for c in network.claims.values()
            ],
        }

    def rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        return self.tables.get(table, ())


def reachable(network: Network) -> Mapping[str, Mapping[str, bool]]:
    """Whether water can come from one node to another, by the powers of the matrix of single moves."""
    names = list(network.nodes)
    moves = np.eye(len(names), dtype=bool)
    for reach in network.reaches.values():
        for head in {reach.head, reach.excess_to or reach.head}:
            moves[names.index(reach.tail), names.index(head)] = True
    for claim in network.claims.values():
        if claim.return_node:
            moves[names.index(claim.node), names.index(claim.return_node)] = True
    far = np.linalg.matrix_power(moves.astype(float), len(names)) > 0
    return {a: dict(zip(names, far[i].tolist(), strict=True)) for i, a in enumerate(names)}


def counted(drawn: Drawn, reach: Mapping[str, Mapping[str, bool]], ends: set[str]) -> Any:
    """Shares of the rows from which water reaches any of the nodes `ends`, counted row by row."""
    found = []
    for rows in drawn.tables.values():
        for row in rows:
            place = row.get("node_id") or row["from_node"]
            found += [row["confidence"]] * any(reach[place][end] for end in ends)
    return {name: n / len(found) for name, n in Counter(found).items()}


@pytest.mark.parametrize("seed", range(40))
def test_shares_and_users_are_those_found_by_brute_force(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = random_network(rng)
    drawn, reach = Drawn(network, rng), reachable(network)
    found = Provenance.of(drawn, "g", network)
    ends = {id: {id} for id in network.nodes} | {r.id: {r.tail} for r in network.reaches.values()}
    assert {id: found.shares(id) for id in ends} == {
        id: pytest.approx(counted(drawn, reach, nodes)) for id, nodes in ends.items()
    }
    for id, nodes in ends.items():
        assert found.upstream(id) == {node for node in network.nodes for end in nodes if reach[node][end]}
    takes = [
        (row["node_id"], f"{row['account']}:{state}")
        for row in drawn.rows("g/claims")
        for state, share in network.claims[row["claim_id"]].shares
        if row["account"] and share > 0
    ]
    for id, (node,) in ends.items():
        assert found.affected(id) == {user for place, user in takes if reach[node][place]}


def toy() -> Provenance:
    region = load("toy")
    return Provenance.of(region, "water", declared.network(region, "water", name="toy"))


@pytest.mark.parametrize(
    ("item", "nodes"),
    [
        ("mira_upper", {"mira_upper"}),
        ("highdam__midtown", {"highdam", "mira_upper"}),
        ("highdam_plant", {"highdam", "mira_upper"}),
        ("midtown", {"midtown", "highdam", "mira_upper", "side_upper"}),
        ("left_bank", {"fork", "midtown", "highdam", "mira_upper", "side_upper"}),
        ("flood_plain", {"flood_plain", "midtown", "highdam", "mira_upper", "side_upper"}),
        ("XAA", {"highdam", "mira_upper"}),
    ],
)
def test_upstream_of_an_item_of_the_toy(item: str, nodes: set[str]) -> None:
    found = toy()
    assert {node for place in found.places[item] for node in found.above[place]} == nodes
    assert found.shares(item) == {"estimated": 1.0}


def test_an_account_rests_on_the_claims_of_its_state_and_reaches_itself() -> None:
    net = Network("n", states=("A", "B", "C"))
    net.source("spring", into="weir")
    net.node("weir")
    net.boundary("sea")
    net.reach("weir", "sea")
    net.claim("canal", at="weir", demand=1.0, priority=1, shares={"A": 0.5, "B": 0.5})
    drawn = Drawn(net, np.random.default_rng(1))
    drawn.tables["g/claims"] = [
        {"claim_id": "canal", "node_id": "weir", "cap_id": None, "account": "x", "confidence": "recalled"}
    ]
    found = Provenance.of(drawn, "g", net)
    assert found.affected("spring") == found.affected("canal") == {"x:A", "x:B"}
    assert found.affected("x:A") == {"x:A"}
    assert found.affected("sea") == frozenset()
    assert found.shares("x:A") == found.shares("weir")
    assert found.shares("C") == {}


def test_an_unknown_item_is_refused_with_its_nearest() -> None:
    with pytest.raises(UnknownNameError, match="item 'highdom' is not known; nearest is 'highdam'"):
        toy().shares("highdom")


def test_all_items_of_the_large_pack_take_under_a_third_of_a_second() -> None:
    region = load("central_asia")
    network = declared.network(region, "water", name="rivers")
    start = time.perf_counter()
    found = Provenance.of(region, "water", network)
    shares = {item: found.shares(item) for item in found.places}
    _ = [found.affected(item) for item in found.places]
    assert time.perf_counter() - start < 0.3
    assert all(sum(share.values()) == pytest.approx(1.0) for share in shares.values())
