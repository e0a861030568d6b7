"""Packing: what all claims of a component may take together, as rows with coefficients on claims only.

Every node hands its water on by one main way, the cheapest; the main ways form trees. Each other way is a
side link. In the flows y that requests ask for and the side flows x, a node's own flow is never negative:

    sum_k G[v, k] y[k] - sum_s H[v, s] x[s] <= natural[v]

where `natural` is what would pass the node if nobody took anything, G the part of a take that is missing
there and H the part of a side flow that is gained there. Fourier-Motzkin elimination of x leaves rows in y
alone. Where their coefficients are not negative they are a packing polytope: whoever is served first takes
what all rows allow, and no junior can help or hurt it (proof: a junior at zero only leaves room). A negative
coefficient (water that returns to where it did not come from) is replaced by the most that it can bring;
the rows are then a relaxation, and what comes out of it is exact wherever its flows exist.

Method: direct allocation in the order of rights, as in StateMod, extended (ours) by the elimination of side
links, equal shares and the proof by flows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mirab.core.flow.layout import Column, Layout

Floats = NDArray[np.float64]
MOST_SIDES = 16
MOST_ROWS = 1_200
MOST_COMPARISONS = 300_000_000
ZERO = 1e-12


@dataclass(frozen=True)
class Tree:
    """Main ways: nodes from the top down, `way` their column (-1 at a dead end), `parent` -1 at an end.

    `reached[v, u]` is the part of a unit at u that passes v; `price` the cost of a unit's way out.
    """

    order: tuple[int, ...]
    way: NDArray[np.int64]
    parent: NDArray[np.int64]
    gain: Floats
    price: Floats
    reached: Floats


@dataclass(frozen=True)
class Rows:
    """Inequalities y G' + x H' <= natural N' + caps C': one row each, in these four parts."""

    y: Floats
    x: Floats
    natural: Floats
    caps: Floats

    def chosen(self, rows: NDArray[np.bool_]) -> Rows:
        """Some of the rows."""
        return Rows(self.y[rows], self.x[rows], self.natural[rows], self.caps[rows])

    @classmethod
    def joined(cls, parts: Iterable[Rows]) -> Rows:
        """All rows of several."""
        each = list(parts)
        return cls(*(np.concatenate([getattr(p, f) for p in each]) for f in ("y", "x", "natural", "caps")))


@dataclass(frozen=True)
class Packing:
    """A component as packing rows.

    `variables` are the columns that requests ask for, `sides` the columns of side links; `rows` have no x
    left; their caps are bounds of `limits`: ("side", column), ("main", node) or ("group", number).
    """

    layout: Layout
    tree: Tree
    variables: tuple[int, ...]
    sides: tuple[int, ...]
    cost: Floats
    taken: Floats
    gained: Floats
    capped: tuple[int, ...]
    limits: tuple[tuple[str, int], ...]
    rows: Rows

    @property
    def is_exact(self) -> bool:
        """Whether the rows are the whole truth, so that no flow needs to be looked at."""
        return not (self.sides or self.capped or (self.rows.y < 0).any())

    @cached_property
    def helping(self) -> tuple[str, ...]:
        """Parts whose return brings water to where it did not come from: counted on in full, then proved."""
        found = np.flatnonzero((self.rows.y < 0).any(axis=0))
        return tuple(self.layout.columns[self.variables[k]].part for k in found)

    def told(self) -> str:
        """The structure in words: what was folded, and what is proved by the flows of each step."""
        columns, names = self.layout.columns, list(self.layout.rows)
        links = [columns[j] for j in self.sides if columns[j].kind == "reach"]
        stops = [names[v] for v in self.capped if self.tree.way[v] >= 0]
        said = ["water has one main way from every node"]
        if links:
            said.append(f"side links folded at {_listed(_forks(self.layout, map(columns.index, links)))}")
        if stops:
            said.append(f"capacities proved below {_listed(stops)}")
        if self.helping:
            said.append(f"returns proved of {_listed(self.helping)}")
        return "; ".join(said)


@dataclass(frozen=True)
class Unsuited:
    """Why a component is not carried by claims."""

    why: str


def pack(layout: Layout) -> Packing | Unsuited:
    """The packing of a component, or why it has none worth having."""
    tree = main_ways(layout)
    variables = tuple(sorted({request.column for request in layout.requests}))
    capped = _capped(layout, tree)
    sides = _sides(layout, tree, capped)
    capped, sides = _without_idle(layout, tree, capped, sides)
    if len(sides) > MOST_SIDES:
        return Unsuited(f"water can take more than one way at {_listed(_forks(layout, sides))}")
    columns = layout.columns
    taken = (
        np.array([_missing(layout, tree, j) for j in variables]).reshape(len(variables), len(layout.rows)).T
    )
    gained = -np.array([_missing(layout, tree, j) for j in sides]).reshape(len(sides), len(layout.rows)).T
    cost = np.array([columns[j].cost + _onward(tree, columns[j]) for j in sides])
    limits = (
        *(("side", j) for j in sides),
        *(("main", v) for v in capped),
        *(("group", i) for i in range(len(layout.groups))),
    )
    full = _all_rows(layout, tree, (variables, sides, capped), (taken, gained), limits)
    most = max(MOST_ROWS, 3 * len(layout.rows))
    rows = eliminated(full, tree.reached, most=most)
    if rows is None:
        return Unsuited(f"its {len(sides)} side links would make more than {most} rows of claims")
    return Packing(layout, tree, variables, sides, cost, taken, gained, capped, limits, rows)


def main_ways(layout: Layout, *, free: bool = False) -> Tree:
    """The cheapest way out of every node, capacities disregarded; or only `free` ways, that have none."""
    count = len(layout.rows)
    ways: list[list[int]] = [[] for _ in range(count)]
    for j, column in enumerate(layout.columns):
        if column.kind == "reach" and not (free and column.capped) or free and column.kind == "excess":
            ways[_tail(column)].append(j)
    heads = {j: _head(layout.columns[j]) for options in ways for j in options}
    order = _top_down(count, [[heads[j] for j in options] for options in ways])
    way, parent = np.full(count, -1), np.full(count, -1)
    gain, price = np.zeros(count), np.zeros(count)
    for v in reversed(order):
        costs = [layout.columns[j].cost + _onward_price(layout.columns[j], price) for j in ways[v]]
        if costs:
            best = int(np.argmin(costs))
            way[v], price[v] = ways[v][best], costs[best]
            parent[v], gain[v] = heads[way[v]], _gain(layout.columns[way[v]])
    reached = np.eye(count)
    for v in order:
        if parent[v] >= 0:
            reached[parent[v]] += gain[v] * reached[v]
    return Tree(tuple(order), way, parent, gain, price, reached)


def _top_down(count: int, heads: Sequence[Sequence[int]]) -> list[int]:
    """Nodes such that water only flows to later ones (there is no circle within a step)."""
    waiting = np.zeros(count, dtype=int)
    for v in range(count):
        for head in heads[v]:
            waiting[head] += head >= 0
    free, order = [v for v in range(count) if waiting[v] == 0], []
    while free:
        v = free.pop()
        order.append(v)
        for head in heads[v]:
            if head >= 0:
                waiting[head] -= 1
                free += [head] if waiting[head] == 0 else []
    return order


def _tail(column: Column) -> int:
    return next(row for row, value in column.entries if value > 0)


def _head(column: Column) -> int:
    return next((row for row, value in column.entries if value < 0), -1)


def _gain(column: Column) -> float:
    return -sum(value for _, value in column.entries if value < 0)


def _onward_price(column: Column, price: Floats) -> float:
    return float(sum(-value * price[row] for row, value in column.entries if value < 0))


def _onward(tree: Tree, column: Column) -> float:
    """What a unit on a side link costs beyond it, less what it would have cost on the main way."""
    return float(sum(-value * tree.price[row] for row, value in column.entries))


def _forks(layout: Layout, sides: Iterable[int]) -> list[str]:
    names = list(layout.rows)
    return list(dict.fromkeys(names[_tail(layout.columns[j])] for j in sides))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _capped(layout: Layout, tree: Tree) -> tuple[int, ...]:
    """Nodes whose main way has a capacity; a dead end has none to give."""
    found = (v for v, j in enumerate(tree.way) if j < 0 or layout.columns[j].capped)
    return tuple(int(v) for v in found)


def _sides(layout: Layout, tree: Tree, capped: Sequence[int]) -> tuple[int, ...]:
    """All ways but the main ones; where a capacity may stop water, also what a store keeps beyond zones."""
    main = set(tree.way)
    found = [j for j, c in enumerate(layout.columns) if c.kind in ("reach", "excess") and j not in main]
    stops = np.array([_may_fill(layout, tree, v) for v in range(len(tree.order))])
    if capped and stops.any():
        found += [
            j
            for j, column in layout.of_kind("carry")
            if (tree.reached[list(capped)][:, _tail(column)] > 0).any() and not _asks_for_all(layout, j)
        ]
    return tuple(sorted(found))


def _may_fill(layout: Layout, tree: Tree, node: int) -> bool:
    return bool(tree.way[node] >= 0 and layout.columns[tree.way[node]].capped)


def _asks_for_all(layout: Layout, carry: int) -> bool:
    """Whether some zone of a store always reaches its full volume."""
    full = layout.network.stores[layout.columns[carry].part].full_mcm
    tops = [n.profile for r in layout.requests if r.column == carry for n in r.needs]
    return any(float(np.min(np.asarray(top))) >= full for top in tops)


def _without_idle(
    layout: Layout, tree: Tree, capped: tuple[int, ...], sides: tuple[int, ...]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Leave out what can play no part: excess that only goes over the bank, and side links nobody asks for.

    A capacity whose excess takes the same way matters only where another side link changes the flow.
    """
    asked = {request.column for request in layout.requests}
    while True:
        effect = {j: -_missing(layout, tree, j) for j in sides}
        over = {_tail(layout.columns[j]): j for j in sides if layout.columns[j].kind == "excess"}
        free = {
            v
            for v in capped
            if v in over and not any(abs(effect[j][v]) > ZERO for j in sides if j != over[v])
        }
        kept = tuple(v for v in capped if v not in free)
        used = tuple(
            j
            for j in sides
            if j in asked
            or (layout.columns[j].kind != "excess" and (effect[j] > ZERO).any())
            or any(effect[j][v] < -ZERO for v in kept)
        )
        if (kept, used) == (capped, sides):
            return capped, sides
        capped, sides = kept, used


def _missing(layout: Layout, tree: Tree, column: int) -> Floats:
    """What passes each node less for a unit of a column; a main way's own flow is only held at its node."""
    found = np.zeros(len(layout.rows))
    if column in set(tree.way):
        found[_tail(layout.columns[column])] = 1.0
        return found
    for row, value in layout.columns[column].entries:
        if row < len(layout.rows):
            found += value * tree.reached[:, row]
    return np.where(np.abs(found) < ZERO, 0.0, found)


def _all_rows(
    layout: Layout,
    tree: Tree,
    parts: tuple[Sequence[int], Sequence[int], Sequence[int]],
    effects: tuple[Floats, Floats],
    limits: Sequence[tuple[str, int]],
) -> Rows:
    """Rows before elimination: node flows, bounds of main ways, bounds of side links, caps and quotas."""
    variables, sides, capped = parts
    taken, gained = effects
    place = {limit: i for i, limit in enumerate(limits)}
    nodes = _busy(layout, tree, variables, sides)
    width = (len(variables), len(sides), len(layout.rows), len(limits))

    def blank(count: int) -> Rows:
        return Rows(*(np.zeros((count, size)) for size in width))

    flows = Rows(
        taken[nodes], -gained[nodes], np.eye(len(layout.rows))[nodes], np.zeros((len(nodes), width[3]))
    )
    kept = np.array([j in set(tree.way) for j in variables], dtype=bool)
    ceilings = blank(len(capped))
    for i, v in enumerate(capped):
        ceilings.y[i], ceilings.x[i] = np.where(kept, 0.0, -taken[v]), gained[v]
        ceilings.natural[i, v], ceilings.caps[i, place["main", v]] = -1.0, 1.0
    bounded = [s for s, j in enumerate(sides) if layout.columns[j].capped]
    bounds = blank(len(bounded))
    for i, s in enumerate(bounded):
        bounds.x[i, s], bounds.caps[i, place["side", sides[s]]] = 1.0, 1.0
        bounds.y[i] = [float(j == sides[s]) for j in variables]
    groups = blank(len(layout.groups))
    for i in range(len(layout.groups)):
        row = len(layout.rows) + i
        groups.y[i] = [dict(layout.columns[j].entries).get(row, 0.0) for j in variables]
        groups.caps[i, place["group", i]] = 1.0
    return Rows.joined([flows, ceilings, bounds, groups])


def _busy(layout: Layout, tree: Tree, variables: Sequence[int], sides: Sequence[int]) -> list[int]:
    """Nodes that something leaves beside the main way; elsewhere the flow cannot be the first to end."""
    return sorted({_tail(layout.columns[j]) for j in (*variables, *sides)})


def eliminated(rows: Rows, reached: Floats, *, most: int) -> Rows | None:
    """The rows without side flows, by Fourier-Motzkin elimination; None where more than `most` arise.

    That a side flow is not negative is a row that is added when its turn comes.
    """
    for s in _by_work(rows):
        rows = Rows.joined([rows, _not_negative(rows, s)])
        above, below = np.flatnonzero(rows.x[:, s] > ZERO), np.flatnonzero(rows.x[:, s] < -ZERO)
        if above.size * below.size > 40 * most:
            return None
        rest = rows.chosen(np.abs(rows.x[:, s]) <= ZERO)
        first, second = np.repeat(above, below.size), np.tile(below, above.size)
        up, down = rows.x[first, s][:, None], -rows.x[second, s][:, None]
        pairs = Rows(
            *(
                getattr(rows, f)[first] / up + getattr(rows, f)[second] / down
                for f in ("y", "x", "natural", "caps")
            )
        )
        rows = _pruned(Rows.joined([rest, pairs]), reached)
        if len(rows.y) > most:
            return None
    return _pruned(rows, reached)


def _not_negative(rows: Rows, side: int) -> Rows:
    found = Rows(*(np.zeros((1, part.shape[1])) for part in (rows.y, rows.x, rows.natural, rows.caps)))
    found.x[0, side] = -1.0
    return found


def _by_work(rows: Rows) -> Iterator[int]:
    """Side links, those first whose elimination makes the fewest pairs."""
    work = (rows.x > ZERO).sum(axis=0) * (rows.x < -ZERO).sum(axis=0)
    return iter(int(s) for s in np.argsort(work, kind="stable"))


def _pruned(rows: Rows, reached: Floats) -> Rows:
    """Rows that can bind: none that always holds, none that another one implies by itself."""
    rows = Rows(*(np.where(np.abs(p) < ZERO, 0.0, p) for p in (rows.y, rows.x, rows.natural, rows.caps)))
    left = np.hstack([rows.y, rows.x])
    right = np.hstack([rows.natural @ reached, rows.caps])
    binds = np.asarray((left > 0).any(axis=1) | (right < -ZERO).any(axis=1))
    rows, left, right = rows.chosen(binds), left[binds], right[binds]
    if len(left) * (left.size + right.size) > MOST_COMPARISONS:
        return rows
    return rows.chosen(~_implied(left, right))


def _implied(left: Floats, right: Floats) -> NDArray[np.bool_]:
    """Rows that another row, scaled to the same size, makes superfluous."""
    size = np.max(np.abs(left), axis=1, initial=ZERO)
    left, right = left / size[:, None], right / size[:, None]
    dropped = np.zeros(len(left), dtype=bool)
    for i in range(len(left)):
        stronger = (left >= left[i] - ZERO).all(axis=1) & (right <= right[i] + ZERO).all(axis=1) & ~dropped
        stronger[i] = False
        dropped[i] = stronger.any()
    return dropped
