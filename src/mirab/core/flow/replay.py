"""Replay: steps of a run served again from packing rows, to see which row stopped each request.

The claims kernel serves requests from rows of room and keeps only what they got. Here the room before the
requests is rebuilt from the results of the run, for any (step, member) places side by side, and the requests
are served in the same order. A request that falls short was stopped by the row that was full at that moment.
What the replay gives is held against the run: a place that another kernel served otherwise is not attributed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mirab.core.flow import arrays
from mirab.core.flow.kernels.claims import FULL
from mirab.core.flow.kernels.lanes import Packed
from mirab.core.flow.kernels.stepping import Problem
from mirab.core.flow.layout import Layout, Request, all_reaches
from mirab.core.flow.packed import packed_of
from mirab.core.flow.packing import ZERO, Packing

if TYPE_CHECKING:
    from mirab.core.ensemble import Ensemble
    from mirab.core.flow.run import Run

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]
MATTERS = 1e-6
TIE = 1e-9
TURNS = 2


class Places(NamedTuple):
    """Steps and members of a run, side by side: place i is step[i] of member[i]."""

    step: Ints
    member: Ints

    def chosen(self, which: Truths | Ints) -> Places:
        """Some of the places."""
        return Places(self.step[which], self.member[which])


@dataclass(frozen=True)
class Served:
    """A replay: `level` (variable, place) in m3/s, what each request added to it (request, place), and `row`.

    `row[request, place]` is the packing row that stopped the request, -1 where it was met.
    """

    level: Floats
    added: Floats
    row: Ints


@dataclass(frozen=True)
class Asked:
    """What the requests of one component of a run asked for and got; make it with `asked`."""

    run: Run
    layout: Layout
    problem: Problem

    @cached_property
    def requests(self) -> list[Request]:
        """The requests in the order of service; those of one column and priority count as one."""
        return [group[0] for group in arrays.merged(self.layout.requests)]

    def observed(self, request: int, places: Places) -> Floats:
        """What the column of a request carried in the run, m3/s, one value a place."""
        run, column = self.run, self.layout.columns[self.requests[request].column]
        if column.kind == "take":
            return _at(run.delivered, column.part, places)
        if column.kind == "carry":
            return _at(run.volume, column.part, places) / run.axis.mcm_per_m3s[places.step]
        if column.kind == "evaporation":
            return _at(run.evaporated, column.part, places)
        return _at(run.flow, column.part, places)

    def target(self, request: int, places: Places) -> Floats:
        """What a request asked for, m3/s, one value a place; evaporation asks for what evaporated."""
        if self.requests[request].kind == "evaporation":
            return self.observed(request, places)
        return np.asarray(self.problem.steps.target[places.step, request], dtype=float)

    def missing(self, request: int, places: Places) -> Floats:
        """What a request lacked in the run, m3/s; 0 for what is within rounding."""
        target = self.target(request, places)
        lacks = target - self.observed(request, places)
        return np.where(lacks > MATTERS * np.maximum(target, 1.0), lacks, 0.0)

    def classes(self, until: int) -> Iterator[tuple[int, int]]:
        """First request of each class and of the next one, for all that begin before request `until`."""
        starts = self.problem.requests.class_start
        yield from ((int(a), int(b)) for a, b in zip(starts, starts[1:], strict=False) if a < until)


def asked(run: Run, component: int) -> Asked:
    """What a component, by its number, was asked for; a Replay where packing rows carry it."""
    layout, packing = run.model.layouts[component], run.model.packings[component]
    problem = arrays.problem_of(layout, run.axis, run.model.items)
    if not isinstance(packing, Packing):
        return Asked(run, layout, problem)
    return Replay(run, layout, problem, packing, packed_of(packing, problem))


@dataclass(frozen=True)
class Replay(Asked):
    """One component of a run that packing rows carry, ready to be served again."""

    packing: Packing
    packed: Packed

    @cached_property
    def room_of_water(self) -> Floats:
        """Room (row, node) that 1 m3/s more at a node makes in each row."""
        return self.packing.rows.natural @ self.packing.tree.reached

    @cached_property
    def variable(self) -> Ints:
        """Number of the variable that each request asks for."""
        return np.array(self.packed.asks.variable, dtype=np.int64)

    @cached_property
    def helping(self) -> Ints:
        """Numbers of the variables whose return brings room to rows."""
        return np.flatnonzero((self.packing.rows.y < 0).any(axis=0))

    @cached_property
    def brought(self) -> Floats:
        """Room (row, helping variable) that 1 m3/s of a helping variable brings."""
        return np.maximum(-self.packing.rows.y[:, self.helping], 0.0)

    @cached_property
    def _order(self) -> Ints:
        """Rows by what is named first where several are full at once: caps, capacities, fewest places."""
        rows, kinds = self.packing.rows, np.array([kind != "group" for kind, _ in self.packing.limits])
        capped = np.abs(rows.caps) > ZERO
        own = (capped & ~kinds).any(axis=1) if kinds.size else np.zeros(len(rows.y), dtype=bool)
        parts = (np.abs(rows.natural) > ZERO).sum(axis=1)
        return np.asarray(np.lexsort((parts, ~capped.any(axis=1), ~own)), dtype=np.int64)

    @cached_property
    def _taken(self) -> list[tuple[Ints, Floats]]:
        """Rows that each variable takes from, in the order of naming, and its coefficients."""
        found = []
        for k in range(len(self.packing.variables)):
            part = self.packing.rows.y[self._order, k]
            found.append((self._order[part > ZERO], part[part > ZERO]))
        return found

    def differs(self, served: Served, places: Places) -> Truths:
        """Where a request, or one served before its class ends, got something else in the run.

        Shape (request, place), for the requests that `served` holds.
        """
        found = np.zeros(served.row.shape, dtype=bool)
        for r in range(len(found)):
            target = self.target(r, places)
            gap = np.minimum(target, served.level[self.variable[r]]) - np.minimum(
                target, self.observed(r, places)
            )
            found[r] = np.abs(gap) > MATTERS * np.maximum(target, 1.0)
        found = np.logical_or.accumulate(found, axis=0)
        for first, last in self.classes(len(found)):
            found[first:last] = found[last - 1]
        return found

    def room(self, places: Places) -> Floats:
        """Room of each row before any request, m3/s, shape (row, place).

        The kernel counts on returns in full until it knows better; here they are what came back in the run.
        """
        room = self.packed.water.base[places.step].T + self.room_of_water @ self._local(places)
        if self.helping.size:
            counted_on = self.packed.asks.most[places.step][:, self.helping].T
            room += self.brought @ (self._returned(places) - counted_on)
        for q, row in enumerate(self.packed.carry.quota_row):
            is_open = self.problem.parts.quota_open[places.step, q]
            room[row] = np.where(is_open, self._quota_left(q, places), room[row])
        return np.asarray(room)

    def _returned(self, places: Places) -> Floats:
        """Level in the run of each variable whose return helps others, m3/s, (variable, place)."""
        found = np.zeros((self.helping.size, places.step.size))
        for i, k in enumerate(self.helping):
            for r in (r for r, variable in enumerate(self.variable) if variable == k):
                level = np.minimum(self.target(r, places), self.observed(r, places))
                found[i] = np.maximum(found[i], level)
        return found

    def _local(self, places: Places) -> Floats:
        """Water that comes to each node by itself: sources, stored water, arrivals; m3/s, (node, place)."""
        parts, run = self.problem.parts, self.run
        local, sources = np.zeros((len(self.layout.rows), places.step.size)), list(run.model.items.sources)
        inflow = run.inflow.part(0, run.inflow.members)
        length = run.axis.mcm_per_m3s[places.step]
        for row, item, gain in zip(parts.source_row, parts.source_item, parts.source_gain, strict=True):
            if row >= 0:
                local[row] += gain * _at(inflow, sources[item], places)
        for row, item in zip(parts.store_row, parts.store_item, strict=True):
            local[row] += self._volume_before(int(item), places) / length
        for k, row in enumerate(parts.lag_row):
            if row >= 0:
                local[row] += self._arriving(k, places) / length
        return local

    def _volume_before(self, item: int, places: Places) -> Floats:
        before = Places(np.maximum(places.step - 1, 0), places.member)
        later = _at(self.run.volume, self.run.volume.items[item], before)
        return np.where(places.step > 0, later, self.run.start.volume_mcm[places.member, item])

    def _arriving(self, k: int, places: Places) -> Floats:
        """Million m3 that come out of the component's lagged reach k in each step."""
        run, parts = self.run, self.problem.parts
        id = arrays.lagged_of(self.layout)[k]
        sent = np.maximum(places.step - all_reaches(run.model.network)[id].lag, 0)
        entered = _at(run.flow, id, Places(sent, places.member)) * run.axis.mcm_per_m3s[sent]
        first = run.start.under_way_mcm[:, run.model.items.lagged[id]]
        at_first = first[places.member, np.minimum(places.step, first.shape[1] - 1)]
        is_late = places.step >= parts.lag_steps[k]
        return np.asarray(np.where(is_late, entered * parts.lag_gain[k], at_first))

    def _quota_left(self, q: int, places: Places) -> Floats:
        """What is left of the component's quota q before each step, m3/s."""
        run, parts = self.run, self.problem.parts
        id = arrays.quotas_of(self.layout)[q]
        used = run.start.quota_used_mcm[:, run.model.items.quotas[id]].copy()
        before = np.zeros((int(places.step.max(initial=0)) + 1, used.size))
        takes = np.sum([run.delivered[claim] for claim in run.model.network.quotas[id].claims], axis=0)
        for t in range(len(before)):
            used = np.zeros_like(used) if parts.quota_reset[t, q] else used
            before[t] = used
            used = used + (takes[t] * run.axis.mcm_per_m3s[t] if parts.quota_open[t, q] else 0.0)
        left = np.maximum(parts.quota_volume[q] - before[places.step, places.member], 0.0)
        return np.asarray(left / run.axis.mcm_per_m3s[places.step])

    def serve(self, room: Floats, places: Places, until: int | None = None) -> Served:
        """Serve the requests up to the class of request `until` (all if None) from the room of rows.

        `room` (row, place) is left as it is.
        """
        classes = list(self.classes(len(self.requests) if until is None else until + 1))
        count = classes[-1][1] if classes else 0
        work = _Work(
            room.copy(),
            np.zeros((len(self.packing.variables), places.step.size)),
            np.zeros((count, places.step.size)),
            np.full((count, places.step.size), -1),
        )
        for first, last in classes:
            targets = np.array([self.target(r, places) for r in range(first, last)])
            if last - first == 1:
                self._serve_one(work, first, targets[0])
            else:
                self._serve_together(work, first, targets)
        return Served(work.level, work.added, work.row)

    def serve_more(self, room: Floats, places: Places, before: Served) -> Served:
        """Serve all from a larger room than `before` was; what returns then helps in its turn."""
        served, helped = self.serve(room, places), before.level[self.helping]
        for _ in range(TURNS if self.helping.size else 0):
            room = room + self.brought @ (served.level[self.helping] - helped)
            helped = served.level[self.helping]
            served = self.serve(room, places)
        return served

    def _serve_one(self, work: _Work, request: int, target: Floats) -> None:
        k = self.variable[request]
        rows, part = self._taken[k]
        wanted = np.maximum(target - work.level[k], 0.0)
        amount = wanted
        if rows.size:
            reach = work.room[rows] / part[:, None]
            least = reach.min(axis=0)
            amount = np.maximum(np.minimum(wanted, least), 0.0)
            is_short = wanted - amount > MATTERS * np.maximum(target, 1.0)
            stopped = rows[np.argmax(reach <= least + TIE * np.maximum(np.abs(least), 1.0), axis=0)]
            work.row[request] = np.where(is_short, stopped, -1)
            work.room[rows] -= part[:, None] * amount
        work.level[k] += amount
        work.added[request] = amount

    def _serve_together(self, work: _Work, first: int, targets: Floats) -> None:
        """Raise the requests of a class by equal fractions; those that use a full row stop."""
        variables = self.variable[first : first + len(targets)]
        part = np.maximum(self.packing.rows.y[np.ix_(self._order, variables)], 0.0)
        rows, part = self._order[(part > 0).any(axis=1)], part[(part > 0).any(axis=1)]
        wanted = np.maximum(targets - work.level[variables], 0.0)
        rises, places = wanted.copy(), np.arange(targets.shape[1])
        fraction = np.zeros(targets.shape[1])
        for _ in range(len(targets) + 1):
            use, room = part @ rises[:, places], work.room[np.ix_(rows, places)]
            reach = np.where(use > FULL, room / np.maximum(use, FULL), np.inf)
            step = np.minimum(1.0 - fraction[places], reach.min(axis=0, initial=np.inf)).clip(0.0)
            fraction[places] += step
            work.added[first : first + len(targets), places] += step * rises[:, places]
            room -= step * use
            work.room[np.ix_(rows, places)] = room
            is_full = (use > FULL) & (room <= FULL * np.maximum(1.0, use))
            self._stop(work, first, (rows, part > 0, is_full), rises, places)
            places = places[(fraction[places] < 1.0) & (rises[:, places] > 0).any(axis=0)]
            if not places.size:
                break
        work.level[variables] += work.added[first : first + len(targets)]
        is_short = wanted - work.added[first : first + len(targets)] > MATTERS * np.maximum(targets, 1.0)
        work.row[first : first + len(targets)][~is_short] = -1

    @staticmethod
    def _stop(
        work: _Work, first: int, full: tuple[Ints, Truths, Truths], rises: Floats, places: Ints
    ) -> None:
        """Stop the requests that use a full row, and note the first such row of each.

        `full` are the rows, which request uses which (row, request), and where each is full (row, place).
        """
        rows, uses, is_full = full
        for i in np.flatnonzero(is_full.any(axis=1)):
            for r in np.flatnonzero(uses[i]):
                stopped = places[is_full[i]]
                stopped = stopped[rises[r, stopped] > 0]
                work.row[first + r, stopped] = rows[i]
                rises[r, stopped] = 0.0


@dataclass
class _Work:
    """What a replay changes as it goes on: room of rows, level of variables, and what is found."""

    room: Floats
    level: Floats
    added: Floats
    row: Ints


def _at(ensemble: Ensemble, item: str, places: Places) -> Floats:
    """Values of one item at the places."""
    lanes = ensemble.lanes.shape[3]
    where = ensemble.position(item)
    return np.asarray(ensemble.lanes[places.member // lanes, places.step, where, places.member % lanes])
