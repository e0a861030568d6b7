"""What an item of a network rests on: the input rows upstream of it by confidence, and whom it can reach.

"Share of a result" means share of the input rows on the item's upstream paths (§6). Every row of the tables
that declare the network belongs to one or more nodes: a link, and what is declared on it, to its upstream
end (as in §4), a claim to the node where it takes, a cap to the nodes of its claims, a climatology of
evaporation to its stores. Observations are no such rows: they carry their evidence themselves.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mirab.core.domain import Tables
from mirab.core.errors import UnknownNameError
from mirab.core.network import Network
from mirab.core.records import Confidence

Ways = Mapping[str, frozenset[str]]
Pairs = Iterable[tuple[str, str]]

NAMED_BY = {
    "nodes": "node_id",
    "stores": "node_id",
    "curves": "node_id",
    "zones": "node_id",
    "inflows": "node_id",
    "evaporation": "evaporation_id",
    "links": "link_id",
    "releases": "link_id",
    "instream": "link_id",
    "turbines": "link_id",
    "claims": "claim_id",
    "claim_shares": "claim_id",
    "demands": "claim_id",
    "caps": "cap_id",
}


@dataclass(frozen=True)
class Provenance:
    """Upstream input and downstream users of the items of one network; `of` makes it from a pack.

    `places` gives the nodes of every item: nodes, reaches, claims, flows that must stay, turbines, gauges,
    accounts (`account:STATE`: where that state's claims of the account take), and states (all nodes, reaches
    and claims of the state). `accounts` are the nodes of the accounts alone, `users` the accounts of each
    claim. `rows` are the nodes and the confidence of every input row; `above` and `below` the nodes from
    which water can reach a node, and those that it can reach from there, itself included in both.
    """

    places: Ways
    accounts: Ways
    users: Ways
    rows: tuple[tuple[frozenset[str], Confidence], ...]
    above: Ways
    below: Ways

    @classmethod
    def of(cls, tables: Tables, group: str, network: Network) -> Provenance:
        """The provenance of a network that a group of tables, such as `water`, declares."""
        users = _users(tables, group, network)
        accounts = _sets(
            (user, network.claims[claim].node) for claim, named in users.items() for user in named
        )
        own = ((user, node) for user, places in accounts.items() for node in places)
        ways = tuple(_ways(network))
        return cls(
            places=dict.fromkeys(network.states, frozenset())
            | _sets((*_parts(tables, group, network), *_of_states(network), *own)),
            accounts=accounts,
            users=users,
            rows=tuple(_rows(tables, group)),
            above=_closure(network.nodes, ((head, tail) for tail, head in ways)),
            below=_closure(network.nodes, ways),
        )

    def shares(self, item: str) -> dict[str, float]:
        """Share of the input rows on the upstream paths of an item by confidence, summing to 1.

        Strongest class first; empty where no row speaks. Raises UnknownNameError for an item that the
        network does not have.
        """
        nodes = self.upstream(item)
        counts = Counter(confidence for places, confidence in self.rows if not places.isdisjoint(nodes))
        return {one.value: counts[one] / counts.total() for one in Confidence if counts[one]}

    def affected(self, item: str) -> frozenset[str]:
        """The accounts (`account:STATE`) that water from an item can reach.

        What a claim takes ends there, so a claim reaches its own accounts and an account itself alone.
        Raises UnknownNameError for an item that the network does not have.
        """
        if item in self.accounts:
            return frozenset((item,))
        if item in self.users:
            return self.users[item]
        nodes = self._spread(item, self.below)
        return frozenset(user for user, places in self.accounts.items() if not places.isdisjoint(nodes))

    def upstream(self, item: str) -> frozenset[str]:
        """The nodes from which water can reach an item, its own included.

        Raises UnknownNameError for an item that the network does not have.
        """
        return self._spread(item, self.above)

    def _spread(self, item: str, ways: Ways) -> frozenset[str]:
        if item not in self.places:
            raise UnknownNameError("item", item, self.places)
        return frozenset(node for place in self.places[item] for node in ways[place])


def _ways(network: Network) -> Iterator[tuple[str, str]]:
    """Where water can go in one move: along reaches, over their banks, and back from claims."""
    for reach in network.reaches.values():
        yield reach.tail, reach.head
        if reach.excess_to is not None:
            yield reach.tail, reach.excess_to
    for claim in network.claims.values():
        if claim.return_node is not None and claim.return_fraction > 0:
            yield claim.node, claim.return_node


def _closure(nodes: Iterable[str], ways: Pairs) -> Ways:
    """The nodes that can be reached from each node, itself included."""
    onward = _sets(ways)
    found = {}
    for node in nodes:
        seen, waiting = {node}, [node]
        while waiting:
            fresh = onward.get(waiting.pop(), frozenset()) - seen
            seen |= fresh
            waiting += fresh
        found[node] = frozenset(seen)
    return found


def _columns(tables: Tables, group: str) -> Mapping[str, Ways]:
    """The nodes that rows speak of, by the column that names a part and the id in it."""
    links, claims, stores = (tables.rows(f"{group}/{table}") for table in ("links", "claims", "stores"))
    return {
        "node_id": _sets((row["node_id"], row["node_id"]) for row in tables.rows(f"{group}/nodes")),
        "link_id": _sets((row["link_id"], row["from_node"]) for row in links),
        "claim_id": _sets((row["claim_id"], row["node_id"]) for row in claims),
        "cap_id": _sets((row["cap_id"], row["node_id"]) for row in claims if row["cap_id"]),
        "evaporation_id": _sets((row["evaporation_id"], row["node_id"]) for row in stores),
    }


def _rows(tables: Tables, group: str) -> Iterator[tuple[frozenset[str], Confidence]]:
    """The nodes that each input row speaks of, with its confidence."""
    columns = _columns(tables, group)
    for table, column in NAMED_BY.items():
        for row in tables.rows(f"{group}/{table}"):
            yield columns[column].get(row[column], frozenset()), Confidence(row["confidence"])


def _parts(tables: Tables, group: str, network: Network) -> Iterator[tuple[str, str]]:
    """Each part of the network with the node that it belongs to."""
    tails = {row["link_id"]: row["from_node"] for row in tables.rows(f"{group}/links")}
    tails |= {reach.id: reach.tail for reach in network.reaches.values()}
    yield from zip(network.nodes, network.nodes, strict=True)
    yield from tails.items()
    yield from ((flow.id, tails[flow.reach]) for flow in network.instreams.values())
    yield from ((plant.id, tails[plant.reach]) for plant in network.turbines.values())
    yield from ((claim.id, claim.node) for claim in network.claims.values())
    yield from ((row["gauge_id"], row["node_id"]) for row in tables.rows(f"{group}/gauges"))


def _of_states(network: Network) -> Iterator[tuple[str, str]]:
    """Each state with the nodes that it owns, where its reaches begin and where its claims take."""
    for node in network.nodes.values():
        yield from ((state, node.id) for state in node.states)
    for reach in network.reaches.values():
        yield from ((state, reach.tail) for state in reach.states)
    for claim in network.claims.values():
        yield from ((state, claim.node) for state, share in claim.shares if share > 0)


def _users(tables: Tables, group: str, network: Network) -> Ways:
    """The accounts that count each claim, as `account:STATE`."""
    accounts = {row["claim_id"]: row.get("account") for row in tables.rows(f"{group}/claims")}
    return {
        claim.id: frozenset(f"{account}:{state}" for state, share in claim.shares if account and share > 0)
        for claim in network.claims.values()
        for account in (accounts.get(claim.id),)
    }


def _sets(pairs: Pairs) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name, value in pairs:
        found[name].add(value)
    return {name: frozenset(values) for name, values in found.items()}
