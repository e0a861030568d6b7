"""Shortage: what binds over a whole ensemble, who comes before, and what one more unit would bring.

For each (item, step, member) that falls short the replay names the packing row that stopped it; rows are
constraints, and constraints are counted over members and steps. Method: ours; the row that is full when a
request is served is a proof that it could have no more (see `core/flow/packing.py`). A component without
packing rows is explained by the exact programmes of `core/flow/explain.py` in a sample of its members.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mirab.core.ensemble import READ
from mirab.core.flow.explain import TRIFLE, find, label
from mirab.core.flow.packing import ZERO, Packing
from mirab.core.flow.replay import Asked, Places, Replay, Served, asked
from mirab.core.flow.run import Run, state_weights
from mirab.core.flow.shortfall import Constraint, Gain, Holder, Shortfall
from mirab.core.flow.work import rows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SAMPLE = 12
MOST_TOLD = 3
CHUNK = 512
SLIGHT = 0.01
NO_LEVER = ("", -1)


class Name(NamedTuple):
    """A constraint: its kind (of `shortfall.KINDS`), its part, and the limit or node that is behind it."""

    kind: str
    part: str
    lever: tuple[str, int]


def name_of(packing: Packing, row: int) -> Name:
    """The one short name of a row, by its tightest meaning.

    A cap or quota of its own first; then the capacity of a side link or main way, or a full store; where
    there are several, the one with the largest coefficient. A row without any is water: of the places whose
    water it counts, the one with the most places above it, so `the water at Kerki` is what comes from all of
    them, with the stored water of other places that the row counts as well.
    """
    layout, caps = packing.layout, np.abs(packing.rows.caps[row])
    for wanted in (("group",), ("side", "main")):
        found = [i for i in np.flatnonzero(caps > ZERO) if packing.limits[i][0] in wanted]
        if found:
            kind, number = packing.limits[max(found, key=lambda i: caps[i])]
            return _limit_name(packing, kind, number)
    natural = packing.rows.natural[row]
    above = (packing.tree.reached > ZERO).sum(axis=1)
    node = int(np.argmax(np.where(natural > ZERO, above, -1)))
    return Name("water", list(layout.rows)[node], ("node", node))


def _limit_name(packing: Packing, kind: str, number: int) -> Name:
    layout = packing.layout
    if kind == "group":
        name = layout.groups[number]
        return Name("cap" if name in layout.network.caps else "quota", name, (kind, number))
    column = int(packing.tree.way[number]) if kind == "main" else number
    if column < 0:
        return Name("water", list(layout.rows)[number], ("node", number))
    what = "room" if layout.columns[column].kind == "carry" else "capacity"
    return Name(what, layout.columns[column].part, (kind, number))


class _Cells(NamedTuple):
    """Short (item, step, member): the request, million m3 missing, number of the constraint (-1: none)."""

    component: Ints
    item: Ints
    step: Ints
    member: Ints
    request: Ints
    missing: Floats
    constraint: Ints

    def chosen(self, which: NDArray[np.bool_] | Ints) -> _Cells:
        """Some of the cells."""
        parts: list[Any] = [part[which] for part in self]
        return _Cells(*parts)

    @classmethod
    def joined(cls, parts: Sequence[_Cells]) -> _Cells:
        """All cells of several."""
        each: list[Any] = [np.concatenate(values) for values in zip(*parts, strict=True)]
        return cls(*each)


@dataclass(frozen=True)
class Shortages:
    """What binds in a run; what is rebuilt of it is kept for the next question."""

    run: Run

    @cached_property
    def whole(self) -> Run:
        """The run with all items of its members: itself, or its first READ members simulated again.

        A run that kept some items only, or in float32, does not hold the state of each step.
        """
        run = self.run
        kept = run.flow, run.volume, run.delivered, run.evaporated
        if all(not one.reduced and one.lanes.dtype == np.float64 for one in kept):
            return run
        last = min(run.inflow.members, READ)
        return run.model.simulate(run.inflow.part(0, last), start=rows(run.start, 0, last))

    @cached_property
    def components(self) -> tuple[Asked, ...]:
        """What each component was asked for; a Replay where packing rows carry it."""
        return tuple(asked(self.whole, c) for c in range(len(self.whole.model.layouts)))

    def of(self, items: Sequence[str], steps: Sequence[int]) -> Shortfall | None:
        """Why some claims, in-stream flows or stores fall short in these steps; None where they do not.

        Of several requests of one item (the zones of a store) the most senior that falls short counts.
        Raises UnknownNameError for an unknown item.
        """
        found = [self._short(item, number, steps) for number, item in enumerate(items)]
        if not sum(cells.step.size for cells in found):
            return None
        cells, names = _Cells.joined(found), dict[Name, int]()
        parts = []
        for c in np.unique(cells.component):
            own, component = cells.chosen(cells.component == c), self.components[c]
            attribute = _attributed if isinstance(component, Replay) else _sampled
            parts.append(own._replace(constraint=attribute(component, own, items, names)))
        return self._ranked(_Cells.joined(parts), items, list(names))

    def _short(self, item: str, number: int, steps: Sequence[int]) -> _Cells:
        """The cells in which an item falls short."""
        layout, indices = find(self.whole, item)
        component = next(c for c, one in enumerate(self.whole.model.layouts) if one is layout)
        members = self.whole.inflow.members
        places = Places(
            np.repeat(np.array(steps, dtype=int), members), np.tile(np.arange(members), len(steps))
        )
        request, missing = np.full(places.step.size, -1), np.zeros(places.step.size)
        for r in reversed(indices):
            lacks = self.components[component].missing(r, places)
            request, missing = np.where(lacks > 0, r, request), np.where(lacks > 0, lacks, missing)
        step, member = places.chosen(request >= 0)
        amount = missing[request >= 0] * self.whole.axis.mcm_per_m3s[step]
        fixed = np.full(step.size, component), np.full(step.size, number)
        return _Cells(*fixed, step, member, request[request >= 0], amount, np.full(step.size, -1))

    def _ranked(self, cells: _Cells, items: Sequence[str], names: Sequence[Name]) -> Shortfall:
        """The constraints of the cells, by the share of members in which each binds first."""
        leading = cells.chosen(_leading(cells, len(names)))
        found = [_counted(cells, leading, number, name) for number, name in enumerate(names)]
        order = sorted(range(len(names)), key=lambda n: (-found[n].first, -found[n].volume, names[n]))
        for n in order[:MOST_TOLD]:
            own = leading.chosen(leading.constraint == n)
            component = self.components[own.component[0]] if own.step.size else None
            if isinstance(component, Replay):
                found[n] = _Told(component, names[n], own).completed(found[n], items)
        return Shortfall(
            items=tuple(items),
            members=self.whole.inflow.members,
            drawn=self.run.inflow.members,
            short=np.unique(cells.member).size,
            attributed=leading.step.size,
            sampled=any(not isinstance(self.components[c], Replay) for c in np.unique(cells.component)),
            step=self.whole.axis.kind,
            constraints=tuple(found[n] for n in order),
        )


def _attributed(replay: Replay, cells: _Cells, items: Sequence[str], names: dict[Name, int]) -> Ints:
    """The constraint of each cell: the row that stopped it, where the run served it as the rows do."""
    members = replay.run.inflow.members
    keys, place = np.unique(cells.step * members + cells.member, return_inverse=True)
    constraint = np.full(cells.step.size, -1)
    for first in range(0, keys.size, CHUNK):
        own = np.flatnonzero((place >= first) & (place < first + CHUNK))
        places = Places(*divmod(keys[first : first + CHUNK], members))
        served = replay.serve(replay.room(places), places, int(cells.request[own].max()))
        at = cells.request[own], place[own] - first
        row = np.where(replay.differs(served, places)[at], -1, served.row[at])
        for r in np.unique(row[row >= 0]):
            name = name_of(replay.packing, int(r))
            constraint[own[row == r]] = names.setdefault(name, len(names))
    return constraint


def _sampled(component: Asked, cells: _Cells, items: Sequence[str], names: dict[Name, int]) -> Ints:
    """What bound in one cell of a few members, spread over the quantiles of what they lack, by programmes."""
    constraint, run = np.full(cells.step.size, -1), component.run
    leading = _leading(cells._replace(constraint=np.zeros_like(constraint)), 1)
    by_size = leading[np.argsort(cells.missing[leading])]
    for i in by_size[np.unique(np.linspace(0, by_size.size - 1, SAMPLE).round().astype(int))]:
        item = items[cells.item[i]]
        told = run.explain(item, int(cells.step[i]), int(cells.member[i]))
        if told.limits:
            name = Name(told.limits[0].kind, told.limits[0].part, NO_LEVER)
        elif told.one_more:
            name = Name("water", told.one_more[0][0], NO_LEVER)
        else:
            name = Name("seniors", item, NO_LEVER)
        constraint[i] = names.setdefault(name, len(names))
    return constraint


def _leading(cells: _Cells, constraints: int) -> Ints:
    """One cell for each member whose first short step has a constraint.

    The constraint is that of the largest part of what is missing in that step, the cell its largest.
    """
    first = np.full(int(cells.member.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, cells.member, cells.step)
    known = np.flatnonzero((cells.step == first[cells.member]) & (cells.constraint >= 0))
    amount = np.zeros((first.size, max(constraints, 1)))
    np.add.at(amount, (cells.member[known], cells.constraint[known]), cells.missing[known])
    own = known[cells.constraint[known] == amount.argmax(axis=1)[cells.member[known]]]
    own = own[np.lexsort((-cells.missing[own], cells.member[own]))]
    return np.asarray(own[np.unique(cells.member[own], return_index=True)[1]])


def _counted(cells: _Cells, leading: _Cells, number: int, name: Name) -> Constraint:
    """A constraint with its shares of what is attributed."""
    known = cells.chosen(cells.constraint >= 0)
    own = known.constraint == number
    return Constraint(
        kind=name.kind,
        part=name.part,
        limit_m3s=None,
        first=float(np.mean(leading.constraint == number)) if leading.step.size else 0.0,
        often=float(np.mean(own)),
        volume=float(known.missing[own].sum() / known.missing.sum()),
    )


@dataclass(frozen=True)
class _Told:
    """One constraint in the members in which it binds first: `cells` holds one cell for each of them."""

    replay: Replay
    name: Name
    cells: _Cells

    @cached_property
    def places(self) -> Places:
        """Where the cells are."""
        return Places(self.cells.step, self.cells.member)

    @cached_property
    def room(self) -> Floats:
        """Room of each row before any request, m3/s, (row, cell)."""
        return self.replay.room(self.places)

    @cached_property
    def served(self) -> Served:
        """The steps of the cells, served to the last request."""
        return self.replay.serve(self.room, self.places)

    def completed(self, constraint: Constraint, items: Sequence[str]) -> Constraint:
        """The constraint with its limit, who holds the room, and what one more unit would bring."""
        return replace(
            constraint, limit_m3s=self._limit(), holders=tuple(self._holders()), gain=self._gain(items)
        )

    def _limit(self) -> tuple[float, float] | None:
        steps, layout = self.replay.problem.steps, self.replay.layout
        if self.name.kind == "cap":
            values = steps.cap_rhs[self.cells.step, self.name.lever[1]]
        elif self.name.kind == "capacity":
            values = steps.upper[self.cells.step, layout.place["reach", self.name.part]]
        else:
            return None
        return float(values.min()), float(values.max())

    def _holders(self) -> Iterator[Holder]:
        """Requests that took from the row that stopped the cells, by the room they hold; no trifles."""
        found = sorted(self._held(), key=lambda one: (one[0].kind == "evaporation", -one[1]))
        least = max(TRIFLE, SLIGHT * sum(room for _, room in found))
        yield from (holder for holder, room in found if room >= least)

    def _held(self) -> Iterator[tuple[Holder, float]]:
        """Each part that took from the row, senior or of the same class, with the room it holds, m3/s."""
        replay, request = self.replay, self.cells.request
        starts = np.asarray(replay.problem.requests.class_start)
        own = np.searchsorted(starts, request, side="right")
        row = self.served.row[request, np.arange(request.size)]
        room: dict[tuple[str, str, bool], float] = {}
        for r, asking in enumerate(replay.requests):
            taken = np.maximum(replay.packing.rows.y[row, replay.variable[r]], 0.0) * self.served.added[r]
            is_senior, is_equal = r < starts[own - 1], (r >= starts[own - 1]) & (r < starts[own])
            for which, senior in ((is_senior, True), (is_equal & (r != request), False)):
                key = asking.kind, label(asking), senior
                room[key] = room.get(key, 0.0) + float(np.mean(taken * which))
        length = float(replay.run.axis.mcm_per_m3s[self.cells.step].mean())
        for (kind, part, senior), amount in room.items():
            held, unit = (amount * length, "million m3") if kind == "zone" else (amount, "m3/s")
            yield Holder(kind, part, held, unit, senior), amount

    def _gain(self, items: Sequence[str]) -> Gain | None:
        """The step again with 1 m3/s more, in members that the rows serve as the run did; None without."""
        agrees = ~self.replay.differs(self.served, self.places)[-1]
        if not agrees.any():
            return None
        rise, replay = self._rise(agrees), self.replay
        network, columns = replay.run.model.network, replay.layout.columns
        place = {
            columns[j].part: k for k, j in enumerate(replay.packing.variables) if columns[j].kind == "take"
        }
        brought = np.array([rise[place[claim]] if claim in place else 0.0 for claim in network.claims])
        asking = zip(replay.variable, replay.requests, strict=True)
        own = {k for k, request in asking if request.part in items and request.kind != "evaporation"}
        by_state = zip(network.states, state_weights(network) @ brought, strict=True)
        return Gain(
            all_mcm=float(brought.sum()),
            own_mcm=float(rise[list(own)].sum()),
            by_state=tuple((state, float(amount)) for state, amount in by_state),
        )

    def _rise(self, which: NDArray[np.bool_]) -> Floats:
        """Mean rise of each variable, million m3, when the step has 1 m3/s more."""
        before = Served(self.served.level[:, which], self.served.added[:, which], self.served.row[:, which])
        places = self.places.chosen(which)
        more = self.replay.serve_more(self.room[:, which] + self._unit()[:, None], places, before)
        length = self.replay.run.axis.mcm_per_m3s[places.step]
        return np.asarray(((more.level - before.level) * length).mean(axis=1))

    def _unit(self) -> Floats:
        """Room that 1 m3/s more of the limit, or of water at the node, makes in each row."""
        kind, number = self.name.lever
        if kind == "node":
            return self.replay.room_of_water[:, number]
        return self.replay.packing.rows.caps[:, self.replay.packing.limits.index(self.name.lever)]
