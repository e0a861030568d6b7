"""Expansion: one component of a network over all steps at once, as the arrays of one linear programme.

Columns are volumes in million m3: for each step the flows of the layout, a claim split into the pieces of
its benefit, a reach with plants into what each limit lets through and what passes beside. Rows are the
nodes of each step, the caps, the in-stream flows, one row for each season of a quota, and one for what each
store holds at the end. Nothing in the matrix depends on the member or on who takes part: a member changes
right-hand sides and bounds, a coalition costs and bounds.

Evaporation is what each member lost in the reference, and changes with what is carried over by the smallest
ratio of the two over members: the reference of every member is a point of its programme. Heads are those of
the reference volumes, mean over members. Zones of stores do not bind, but for the dead volume.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis
from mirab.core.flow import arrays
from mirab.core.flow.kernels import stepping
from mirab.core.flow.layout import Column, Layout, all_reaches
from mirab.core.flow.run import GRAVITY, Run
from mirab.core.network import Network, Reach, Store, Turbine
from mirab.core.values import Piece, Values

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
WHOLE = (Piece(1.0, 0.0),)
NEARLY_EMPTY_MCM = 1e-6
GWH_PER_MCM_M = GRAVITY / 3600.0
"""Energy of one million m3 that falls one metre without loss."""


@dataclass(frozen=True)
class Part:
    """Columns of one piece of a flow in all steps (or at the end): what it is and how it is paid.

    `column` are their numbers and `first`, `size` where the piece begins and how large it is, million m3,
    each of shape (time,). `worth` is what each m3 earns its owner in USD; `owners` are the shares of the
    states in it. `beyond` marks the twin of a piece of a claim that several states share: what goes beyond
    the reference there.
    """

    kind: str
    part: str
    column: Ints
    first: Floats
    size: Floats
    worth: Floats
    owners: tuple[tuple[str, float], ...] = ()
    beyond: bool = False


@dataclass(frozen=True)
class Frozen:
    """What is taken from the reference, of this component's stores and all turbines of the network.

    `loss` (time, store) is by how much evaporation rises with what is carried over, `fixed_mcm` (member,
    time, store) what evaporates beside, both so that each member loses what it did. `head_m` (time, turbine).
    """

    loss: Floats
    fixed_mcm: Floats
    head_m: Floats


@dataclass(frozen=True)
class Expansion:
    """The programme of one component: its matrix by columns, its parts, and what fills its sides."""

    layout: Layout
    problem: stepping.Problem
    frozen: Frozen
    parts: tuple[Part, ...]
    begins: Ints
    row: Ints
    value: Floats
    rows: int
    kept: tuple[str, ...]
    quota_rows: tuple[tuple[int, int, int], ...] = field(default=())

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.problem.steps.mcm_per_m3s)

    @property
    def columns(self) -> int:
        """Number of columns."""
        return len(self.begins) - 1

    @cached_property
    def by_item(self) -> dict[tuple[str, str], list[Part]]:
        """Parts of each (kind, part) in order."""
        found: dict[tuple[str, str], list[Part]] = {}
        for part in self.parts:
            found.setdefault((part.kind, part.part), []).append(part)
        return found

    def total(self, at: Floats, kinds: tuple[str, ...], part: str) -> Floats:
        """Volume of all parts of some kinds, million m3, shape (time,)."""
        found = [at[one.column] for kind in kinds for one in self.by_item.get((kind, part), ())]
        return np.asarray(sum(found, start=np.zeros(self.steps)))


def dead_volume(store: Store) -> float:
    """Volume that the outlets cannot release: the lowest of several zones where it is of priority 1."""
    lowest = store.zones[0]
    if len(store.zones) < 2 or lowest.priority > 1:
        return 0.0
    return float(np.max(lowest.top_mcm))


def binding(network: Network) -> list[str]:
    """In-stream flows that an optimum keeps: all but the release rules (`release_REACH`) of operators."""
    return [flow.id for flow in network.instreams.values() if flow.id != f"release_{flow.reach}"]


def frozen(layout: Layout, reference: Run) -> Frozen:
    """Evaporation of each member and mean heads, at the volumes of the reference."""
    network, axis = layout.network, reference.axis
    middle = {store: _middle(reference, store) for store in network.stores}
    stores = arrays.stores_of(layout)
    shape = (reference.inflow.members, len(axis), len(stores))
    held, lost = np.zeros(shape), np.zeros(shape)
    for s, store in enumerate(stores):
        held[:, :, s] = reference.volume[store].T
        lost[:, :, s] = (reference.evaporated[store] * axis.mcm_per_m3s[:, None]).T
    ratio = np.divide(lost, held, out=np.full(shape, np.inf), where=held > NEARLY_EMPTY_MCM)
    loss = ratio.min(axis=0)
    loss[np.isinf(loss)] = 0.0
    heads = [head_of(network, plant, middle) for plant in network.turbines.values()]
    head_m = np.array([np.broadcast_to(head, len(axis)) for head in heads]).reshape(-1, len(axis)).T
    return Frozen(loss, np.maximum(lost - loss * held, 0.0), head_m.copy())


def _middle(run: Run, store: str) -> Floats:
    """Volume in the middle of each step, mean over members, million m3."""
    after = run.volume[store].mean(axis=1)
    before = run.start.volume_mcm[:, run.model.items.stores[store]].mean()
    return np.asarray(0.5 * (after + np.concatenate([[before], after[:-1]])))


def head_of(network: Network, plant: Turbine, middle: dict[str, Floats]) -> Floats | float:
    """Head of a plant in m at the volumes in the middle of the steps."""
    curve = network.stores[plant.store].curve if plant.store else None
    if plant.head_m is not None or plant.store is None or curve is None:
        return plant.head_m or 0.0
    return np.asarray(np.interp(middle[plant.store], curve.volume_mcm, curve.head_m))


def expand(layout: Layout, reference: Run, values: Values) -> Expansion:
    """The programme of one component over the steps of a reference run, with what it freezes from it."""
    problem = arrays.problem_of(layout, reference.axis, reference.model.items)
    draft = _Draft(layout, reference, values, problem, frozen(layout, reference))
    for j, column in enumerate(layout.columns):
        draft.place(j, column)
    for flow in draft.kept:
        draft.keep_flow(flow)
    for s, store in enumerate(arrays.stores_of(layout)):
        draft.end(s, layout.network.stores[store])
    return draft.expansion()


class _Draft:
    """Columns and entries as they are placed; `expansion` sorts them into a matrix by columns."""

    def __init__(
        self, layout: Layout, reference: Run, values: Values, problem: stepping.Problem, kept: Frozen
    ) -> None:
        self.layout, self.network, self.values = layout, layout.network, values
        self.axis, self.problem, self.frozen = reference.axis, problem, kept
        self.length = self.axis.mcm_per_m3s
        self.steps = len(self.axis)
        self.kept = [
            id for id in binding(self.network) if ("reach", self.network.instreams[id].reach) in layout.place
        ]
        self.caps = [group for group in layout.groups if group in self.network.caps]
        self.a_step = len(layout.rows) + len(self.caps) + len(self.kept)
        self.spells = list(_spells(problem.parts, self.steps))
        self.rows = self.a_step * self.steps + len(self.spells) + len(arrays.stores_of(layout))
        self.parts: list[Part] = []
        self.entries: list[tuple[Ints, Ints, Floats]] = []
        self.columns = 0

    def place(self, number: int, column: Column) -> None:
        """Place one column of the layout in every step, split into its parts."""
        if column.kind == "reach":
            self._flow(number, column)
        elif column.kind == "take":
            self._take(number, column)
        elif column.kind == "carry":
            self._carry(number, column)

    def _flow(self, number: int, column: Column) -> None:
        plants = [p for p in self.network.turbines.values() if p.reach == column.part]
        nothing, end = np.zeros(self.steps), np.zeros(self.steps)
        # What does not fit goes over the bank of the same reach: its capacity then bounds nothing.
        free = ("excess", column.part) in self.layout.place
        upper = np.where(free, np.inf, self.problem.steps.upper[:, number]) * self.length
        if plants:
            owner = self.network.nodes[self._reach(column).tail].states[:1]
            owners = tuple((state, 1.0) for state in owner)
            for last, worth in slices(plants, self.network, self.values, self.axis, self.frozen.head_m):
                last = np.minimum(last, upper)
                part = self._add("turbine", column.part, end, last - end, worth, owners)
                self._flow_entries(number, column, part)
                end = last
        part = self._add(column.kind, column.part, end, upper - end, nothing)
        self._flow_entries(number, column, part)

    def _take(self, number: int, column: Column) -> None:
        claim = self.network.claims[column.part]
        whole = self.problem.steps.upper[:, number] * self.length
        for beyond in (False, True)[: 2 if len(claim.shares) > 1 else 1]:
            below = 0.0
            for piece in self.values.water.get(claim.id, WHOLE):
                size = (piece.to - below) * whole
                worth = np.full(self.steps, piece.usd_per_m3)
                part = self._add("take", claim.id, below * whole, size, worth, claim.shares, beyond)
                self._layout_entries(number, part)
                below = piece.to

    def _carry(self, number: int, column: Column) -> None:
        store = self.network.stores[column.part]
        s = arrays.stores_of(self.layout).index(store.id)
        dead, nothing = min(dead_volume(store), store.full_mcm), np.zeros(self.steps)
        pieces = ((0.0, dead, "dead"), (dead, store.full_mcm, "carry")) if dead else ()
        for first, last, kind in pieces or ((0.0, store.full_mcm, "carry"),):
            size = np.full(self.steps, last - first)
            part = self._add(kind, store.id, nothing + first, size, nothing)
            row = self.layout.rows[store.id] + self.a_step * np.arange(self.steps)
            self._enter(part.column, row, 1.0 + self.frozen.loss[:, s])
            self._enter(part.column[:-1], row[1:], np.full(self.steps - 1, -1.0))
            self._enter(part.column[-1:], np.array([self._end_row(s)]), np.array([-1.0]))

    def _end_row(self, store: int) -> int:
        return self.a_step * self.steps + len(self.spells) + store

    def end(self, s: int, store: Store) -> None:
        """What a store holds after the last step: the dead volume, then piece by piece of its worth."""
        owners = tuple((state, 1.0) for state in self.network.nodes[store.id].states[:1])
        dead = min(dead_volume(store), store.full_mcm)
        edges = [0.0, dead] if dead else [0.0]
        worths = [0.0] if dead else []
        for piece in self.values.stored.get(store.id, WHOLE):
            if piece.to * store.full_mcm > edges[-1]:
                edges.append(piece.to * store.full_mcm)
                worths.append(piece.usd_per_m3)
        for k, worth in enumerate(worths):
            kind = "end_dead" if dead and not k else "end"
            size = np.array([edges[k + 1] - edges[k]])
            part = self._add(kind, store.id, np.array([edges[k]]), size, np.array([worth]), owners)
            self._enter(part.column, np.array([self._end_row(s)]), np.ones(1))
        spare = self._add("spare", store.id, np.zeros(1), np.array([store.full_mcm]), np.zeros(1))
        self._enter(spare.column, np.array([self._end_row(s)]), np.ones(1))

    def keep_flow(self, id: str) -> None:
        """A row that holds an in-stream flow, and the column of what is missing."""
        flow, nothing = self.network.instreams[id], np.zeros(self.steps)
        rows = self.a_step * np.arange(self.steps) + len(self.layout.rows) + len(self.caps)
        rows = rows + self.kept.index(id)
        wanted = self.axis.spread(flow.flow_m3s) * self.length
        for part in [p for p in self.parts if p.part == flow.reach]:
            if part.kind in ("reach", "turbine"):
                self._enter(part.column, rows, np.ones(self.steps))
        missing = self._add("missing", id, nothing, wanted, nothing)
        self._enter(missing.column, rows, np.ones(self.steps))

    def _reach(self, column: Column) -> Reach:
        return all_reaches(self.network)[column.part]

    def _add(
        self,
        kind: str,
        part: str,
        first: Floats,
        size: Floats,
        worth: Floats,
        owners: tuple[tuple[str, float], ...] = (),
        beyond: bool = False,
    ) -> Part:
        numbers = self.columns + np.arange(size.size)
        self.columns += size.size
        self.parts.append(Part(kind, part, numbers, first, size, worth, owners, beyond))
        return self.parts[-1]

    def _flow_entries(self, number: int, column: Column, part: Part) -> None:
        self._layout_entries(number, part)
        reach = self._reach(column)
        if reach.lag and reach.head in self.layout.rows and reach.lag < self.steps:
            later = self.layout.rows[reach.head] + self.a_step * np.arange(reach.lag, self.steps)
            self._enter(part.column[: -reach.lag], later, np.full(later.size, reach.loss - 1.0))

    def _layout_entries(self, number: int, part: Part) -> None:
        nodes = len(self.layout.rows)
        for row, value in self.layout.columns[number].entries:
            if row < nodes:
                self._every_step(part, row, value)
                continue
            group = self.layout.groups[row - nodes]
            if group in self.caps:
                self._every_step(part, nodes + self.caps.index(group), value)
            for k, (quota, first, last) in enumerate(self.spells):
                if arrays.quotas_of(self.layout)[quota] == group:
                    steps = np.arange(first, last)
                    own = np.full(steps.size, self.a_step * self.steps + k)
                    self._enter(part.column[steps], own, np.full(steps.size, value))

    def _every_step(self, part: Part, row: int, value: float) -> None:
        self._enter(part.column, row + self.a_step * np.arange(self.steps), np.full(self.steps, value))

    def _enter(self, column: Ints, row: Ints, value: Floats) -> None:
        self.entries.append((column, row, np.asarray(value, dtype=float)))

    def expansion(self) -> Expansion:
        """The matrix by columns, rows rising within each."""
        nothing = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))
        column, row, value = (np.concatenate(own) for own in zip(nothing, *self.entries, strict=True))
        order = np.lexsort((row, column))
        begins = np.searchsorted(column[order], np.arange(self.columns + 1))
        return Expansion(
            self.layout, self.problem, self.frozen, tuple(self.parts), begins.astype(np.int64),
            row[order], value[order], self.rows, tuple(self.kept), tuple(self.spells),
        )  # fmt: skip


def flow_limit(plant: Turbine, head: Floats) -> Floats:
    """Flow in m3/s above which a plant earns nothing: its largest flow, or that of the installed power."""
    by_power = plant.installed_mw * 1000.0 / np.maximum(GRAVITY * plant.efficiency * head, 1e-9)
    return np.minimum(plant.max_flow_m3s, by_power)


def slices(
    plants: list[Turbine], network: Network, values: Values, axis: TimeAxis, head_m: Floats
) -> Iterator[tuple[Floats, Floats]]:
    """Water that drives the same plants of a reach: up to how many million m3, and what a m3 earns, by step.

    The water up to the smallest limit drives all plants, the next all but that one. Limits change with the
    heads (time, turbine), so that plants are sorted in each step.
    """
    names = list(network.turbines)
    limit, worth = np.zeros((2, len(plants), len(axis)))
    for k, plant in enumerate(plants):
        head = head_m[:, names.index(plant.id)]
        limit[k] = flow_limit(plant, head) * axis.mcm_per_m3s
        worth[k] = axis.spread(values.power.get(plant.id, 0.0)) * GWH_PER_MCM_M * plant.efficiency * head
    order = np.argsort(limit, axis=0, kind="stable")
    limit, worth = np.take_along_axis(limit, order, 0), np.take_along_axis(worth, order, 0)
    for k in range(len(plants)):
        yield limit[k], worth[k:].sum(axis=0)


def _spells(parts: stepping.Parts, steps: int) -> Iterator[tuple[int, int, int]]:
    """Quota, first step and the one after the last, of each run of steps in which a quota counts."""
    for q in range(parts.quota_row.size):
        first: int | None = None
        for t in range(steps + 1):
            open_now = t < steps and bool(parts.quota_open[t, q])
            if first is not None and (not open_now or parts.quota_reset[t, q]):
                yield q, first, t
                first = None
            if open_now and first is None:
                first = t
