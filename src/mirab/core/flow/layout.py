"""Layout: one connected component of a network as columns and rows.

Rows are the nodes that conserve (all but boundaries) and one row for each cap and quota. A column is a flow
that a node lets go: a reach, the excess of a capped reach, the volume carried to the next step, evaporation,
a take. Its entries are +1 at the node that it leaves and minus its gain where it arrives in the same step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import sin

import numpy as np
from numpy.typing import NDArray

from mirab.core.network import GroupCap, Network, Profile, Quota, Reach

EVAPORATION_PRIORITY = 0
COST_CARRY, COST_EXCESS, COST_ARTIFICIAL = 20.0, 100.0, 10_000.0


@dataclass(frozen=True)
class Column:
    """One flow: its kind, the part of the network that it belongs to, its entries and its routing cost."""

    kind: str
    part: str
    entries: tuple[tuple[int, float], ...]
    cost: float
    capped: bool = False


@dataclass(frozen=True)
class Need:
    """One profile that a request answers, `ahead` steps before the use, `scale` times its size.

    Needs that consume add up; of those that only pass by, the largest counts.
    """

    profile: Profile
    ahead: int = 0
    scale: float = 1.0
    consumes: bool = True


@dataclass(frozen=True)
class Request:
    """A target for one column at a priority, in m3/s (million m3 for a zone of a store)."""

    kind: str
    part: str
    column: int
    priority: int
    needs: tuple[Need, ...]


@dataclass(frozen=True)
class Layout:
    """One component: its rows, columns and requests (senior first), and the sources folded into rows."""

    network: Network
    rows: dict[str, int]
    columns: tuple[Column, ...]
    requests: tuple[Request, ...]
    folded: dict[str, Reach]
    groups: tuple[str, ...]

    @cached_property
    def place(self) -> dict[tuple[str, str], int]:
        """Number of the column of (kind, part)."""
        return {(column.kind, column.part): j for j, column in enumerate(self.columns)}

    @cached_property
    def size(self) -> int:
        """Number of rows: nodes, caps and quotas."""
        return len(self.rows) + len(self.groups)

    def matrix(self) -> NDArray[np.float64]:
        """The dense matrix A, shape (row, column)."""
        dense = np.zeros((self.size, len(self.columns)))
        for j, column in enumerate(self.columns):
            for row, value in column.entries:
                dense[row, j] += value
        return dense

    def of_kind(self, kind: str) -> Iterator[tuple[int, Column]]:
        """Number and column of each column of a kind, in order."""
        return ((j, column) for j, column in enumerate(self.columns) if column.kind == kind)


@dataclass
class _Draft:
    network: Network
    rows: dict[str, int]
    folded: dict[str, Reach]
    groups: tuple[str, ...]
    columns: list[Column] = field(default_factory=list)

    def add(
        self, kind: str, part: str, entries: dict[int, float], cost: float, *, capped: bool = False
    ) -> int:
        """Add a column and give its number; a small generic part makes every way differ from all others.

        Sines of whole numbers are linearly independent over the rationals (Lindemann and Weierstrass), so
        two ways without loss never cost the same.
        """
        number = len(self.columns)
        cost += 5e-4 * (1.0 + sin(number + 1.0))
        kept = tuple((row, value) for row, value in sorted(entries.items()) if value != 0.0)
        self.columns.append(Column(kind, part, kept, cost, capped))
        return number

    def entries(self, tail: str, head: str | None, gain: float) -> dict[int, float]:
        """Entries by row: 1 where the flow leaves, minus the gain where it arrives, unless at a boundary."""
        found = {self.rows[tail]: 1.0}
        if head is not None and head in self.rows:
            found[self.rows[head]] = found.get(self.rows[head], 0.0) - gain
        return found


def components(network: Network) -> list[list[str]]:
    """Node ids of each connected part, in order of declaration; caps, quotas and returns connect too."""
    parent = {node: node for node in network.nodes}

    def root(node: str) -> str:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for first, second in _ties(network):
        parent[root(second)] = root(first)
    parts: dict[str, list[str]] = {}
    for node in network.nodes:
        parts.setdefault(root(node), []).append(node)
    return [nodes for nodes in parts.values() if any(network.nodes[n].kind != "boundary" for n in nodes)]


def _ties(network: Network) -> Iterator[tuple[str, str]]:
    conserving = {node.id for node in network.nodes.values() if node.kind != "boundary"}
    for reach in all_reaches(network).values():
        if reach.tail in conserving and reach.head in conserving:
            yield reach.tail, reach.head
    for claim in network.claims.values():
        if claim.return_node in conserving:
            yield claim.node, str(claim.return_node)
    for group in groups_of(network).values():
        for claim_id in group.claims[1:]:
            yield network.claims[group.claims[0]].node, network.claims[claim_id].node


def groups_of(network: Network) -> dict[str, GroupCap | Quota]:
    """Caps and quotas by id."""
    return {**network.caps, **network.quotas}


def all_reaches(network: Network) -> dict[str, Reach]:
    """Declared reaches, and one for each excess that leaves its capped reach by a way of its own."""
    ways = {(reach.tail, reach.head) for reach in network.reaches.values()}
    found = dict(network.reaches)
    for reach in network.reaches.values():
        if reach.excess_to and reach.excess_to != reach.tail and (reach.tail, reach.excess_to) not in ways:
            ways.add((reach.tail, reach.excess_to))
            id = f"{reach.tail}__{reach.excess_to}"
            found[id] = Reach(id, reach.tail, reach.excess_to, rank=99, states=reach.states)
    return found


def lay_out(network: Network, nodes: Sequence[str]) -> Layout:
    """Rows, columns and requests of the component with these nodes."""
    inside = set(nodes)
    reaches = [reach for reach in all_reaches(network).values() if reach.tail in inside]
    folded = {reach.tail: reach for reach in reaches if _folds(network, reach, reaches)}
    conserving = [n for n in nodes if network.nodes[n].kind != "boundary" and n not in folded]
    rows = {node: i for i, node in enumerate(conserving)}
    groups = [g for g in groups_of(network).values() if network.claims[g.claims[0]].node in inside]
    draft = _Draft(network, rows, folded, tuple(group.id for group in groups))
    _add_reaches(draft, [reach for reach in reaches if reach.tail in rows])
    _add_stores(draft)
    _add_takes(draft)
    for i in range(len(groups)):
        draft.add("slack", draft.groups[i], {len(rows) + i: 1.0}, 0.0)
    for node, i in rows.items():
        draft.add("artificial", node, {i: 1.0}, COST_ARTIFICIAL, capped=True)
    return Layout(network, rows, tuple(draft.columns), _requests(draft), folded, draft.groups)


def _folds(network: Network, reach: Reach, reaches: Sequence[Reach]) -> bool:
    """Whether a source does nothing but hand its flow on, so that it needs no row of its own."""
    busy = {claim.node for claim in network.claims.values()} | {
        c.return_node for c in network.claims.values()
    }
    named = {instream.reach for instream in network.instreams.values()}
    alone = sum(other.tail == reach.tail for other in reaches) == 1
    fed = any(other.head == reach.tail for other in reaches)
    plain = reach.lag == 0 and reach.capacity_m3s is None and reach.id not in named
    return (
        network.nodes[reach.tail].kind == "source" and alone and plain and not fed and reach.tail not in busy
    )


def _add_reaches(draft: _Draft, reaches: Sequence[Reach]) -> None:
    for reach in reaches:
        head = None if reach.lag else reach.head
        entries = draft.entries(reach.tail, head, 1.0 - reach.loss)
        capped = reach.capacity_m3s is not None
        cost = COST_EXCESS if reach.rank == 99 else float(reach.rank)
        draft.add("reach", reach.id, entries, cost, capped=capped)
        if capped and reach.excess_to == reach.head:
            draft.add("excess", reach.id, entries, COST_EXCESS)


def _add_stores(draft: _Draft) -> None:
    for store in draft.network.stores.values():
        if store.id in draft.rows:
            draft.add("carry", store.id, draft.entries(store.id, None, 0.0), COST_CARRY, capped=True)
            if store.curve is not None and np.any(np.asarray(store.evaporation_mm) > 0):
                draft.add("evaporation", store.id, draft.entries(store.id, None, 0.0), 1.0, capped=True)


def _add_takes(draft: _Draft) -> None:
    groups = groups_of(draft.network)
    for claim in draft.network.claims.values():
        if claim.node not in draft.rows:
            continue
        entries = draft.entries(claim.node, claim.return_node, claim.return_fraction)
        for i, group in enumerate(draft.groups):
            if claim.id in groups[group].claims:
                entries[len(draft.rows) + i] = 1.0
        draft.add("take", claim.id, entries, 1.0, capped=True)


def _requests(draft: _Draft) -> tuple[Request, ...]:
    found = [
        Request("evaporation", column.part, j, EVAPORATION_PRIORITY, (Need(0.0),))
        for j, column in enumerate(draft.columns)
        if column.kind == "evaporation"
    ]
    at = {(column.kind, column.part): j for j, column in enumerate(draft.columns)}
    for kind, part, priority, profile in _wishes(draft):
        column = at.get(("carry" if kind == "zone" else "take" if kind == "take" else "reach", part[0]))
        if column is not None:
            found.append(Request(kind, part[1], column, priority, (Need(profile),)))
    for reach in draft.network.reaches.values():
        if reach.lag and ("reach", reach.id) in at:
            found += _releases(draft.network, reach, at["reach", reach.id])
    return tuple(sorted(found, key=lambda request: request.priority))


def _wishes(draft: _Draft) -> Iterator[tuple[str, tuple[str, str], int, Profile]]:
    """Kind, (column's part, own id), priority and profile of all that is declared."""
    for store in draft.network.stores.values():
        for zone in store.zones:
            yield "zone", (store.id, store.id), zone.priority, zone.top_mcm
    for claim in draft.network.claims.values():
        yield "take", (claim.id, claim.id), claim.priority, claim.demand_m3s
    for instream in draft.network.instreams.values():
        yield "instream", (instream.reach, instream.id), instream.priority, instream.flow_m3s


def _releases(network: Network, reach: Reach, column: int) -> Iterator[Request]:
    """One request for each priority that waits below a lagged reach: all that it and its seniors need."""
    uses = list(uses_beyond(network, reach))
    for priority in sorted({use[0] for use in uses}):
        needs = tuple(need for rank, need in uses if rank <= priority)
        yield Request("release", reach.id, column, priority, needs)


def uses_beyond(network: Network, reach: Reach) -> Iterator[tuple[int, Need]]:
    """Priority and need of each use that waits for water from a lagged reach.

    Followed along all reaches below it, down to the next store or boundary.
    """
    stack, seen = [(reach, reach.lag, 1.0 - reach.loss)], {reach.id}
    while stack:
        link, ahead, gain = stack.pop()
        node = network.nodes[link.head]
        for claim in network.claims.values():
            if claim.node == node.id:
                yield claim.priority, Need(claim.demand_m3s, ahead, 1.0 / gain)
        for onward in network.reaches.values():
            if onward.tail != node.id or node.kind == "store" or onward.id in seen:
                continue
            seen.add(onward.id)
            for instream in network.instreams.values():
                if instream.reach == onward.id:
                    yield instream.priority, Need(instream.flow_m3s, ahead, 1.0 / gain, consumes=False)
            stack.append((onward, ahead + onward.lag, gain * (1.0 - onward.loss)))
