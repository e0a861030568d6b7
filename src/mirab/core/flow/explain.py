"""Why short: what bound a request in one step, who was senior, and what one more unit would bring.

The step is served again by the reference kernel, from the state in which the run found it. The linear
programme in which the request could rise no further is the proof: its duals name the capacities and the
senior requests that hold the water. What one more m3/s would bring is not read from duals, which forget that
a senior who is short too comes first: the compiled kernel serves the step again with that m3/s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mirab.core.ensemble import Ensemble, Members, one_member
from mirab.core.errors import InputError, Problem, SolutionError, UnknownNameError
from mirab.core.flow import arrays, reference
from mirab.core.flow.kernels import stepping
from mirab.core.flow.layout import Layout, Request
from mirab.core.phrase import say

if TYPE_CHECKING:
    from mirab.core.flow.model import Model
    from mirab.core.flow.run import Run, State

Floats = NDArray[np.float64]
MATTERS = 1e-6
TRIFLE = 0.05
WORDS = {
    "take": say("a use"),
    "zone": say("water kept in store"),
    "instream": say("a flow kept in the river"),
    "release": say("a release for uses downstream"),
    "evaporation": say("evaporation"),
}


@dataclass(frozen=True)
class Holder:
    """A request that was served before and holds water that the item could have used.

    `gain` is what the item would get, in m3/s, for each m3/s that this request alone let go.
    """

    kind: str
    part: str
    priority: int
    held: float
    unit: str
    gain: float


@dataclass(frozen=True)
class Limit:
    """A capacity, cap or quota that was full; `gain` is what one more m3/s of it would bring the item.

    It is zero where seniors would take all of it.
    """

    kind: str
    part: str
    limit_m3s: float
    gain: float


@dataclass(frozen=True)
class Explanation:
    """What one claim, in-stream flow or storage zone got in one step of one member, and why.

    `fraction` is the part of its request that was met. `one_more` gives, for the five nodes where it is
    most, what 1 m3/s more would bring the item, in m3/s; it is empty where seniors come first. `sharing`
    are the others of its priority that were held to the same fraction.
    """

    item: str
    start: date
    member: int
    priority: int
    asked: float
    got: float
    unit: str
    fraction: float
    seniors: tuple[Holder, ...]
    limits: tuple[Limit, ...]
    sharing: tuple[str, ...]
    one_more: tuple[tuple[str, float], ...]

    def lines(self, names: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """The explanation in sentences; `names` are the titles of claims, reaches and nodes."""
        return tuple(_sentences(self, names or {}))


def explain(run: Run, item: str, time: int, member: int) -> Explanation:
    """Explain `item` in step `time` of `member`: a claim, an in-stream flow, or a store.

    Of several requests of one item (the zones of a store) the most senior that fell short is explained.
    Raises UnknownNameError or InputError for a wrong item, step or member.
    """
    _check(run, time, member)
    layout, indices = find(run, item)
    problem = arrays.problem_of(layout, run.axis, run.model.items)
    state = state_before(run.model, run.inflow, run.start, layout, (time, member))
    inflow = _own_inflow(run.model, run.inflow, member).lanes[0, time, :, 0]
    at, closings = reference.step(layout, problem, time, inflow, state)
    bases = [_base(run, (layout, problem, at), index, item, (time, member)) for index in indices]
    short = (n for n, base in enumerate(bases) if base.asked - base.got > MATTERS * max(base.asked, 1.0))
    chosen = next(short, None)
    closing = next((c for c in closings if chosen is not None and c.request == indices[chosen]), None)
    if chosen is None or closing is None:
        return bases[-1]
    where = _Where(layout, problem, time, indices[chosen])
    return _with_proof(bases[chosen], where, closing, _Again.of(where, inflow, state))


def _base(
    run: Run, step: tuple[Layout, stepping.Problem, Floats], index: int, item: str, place: tuple[int, int]
) -> Explanation:
    """What a request asked for and got; volumes in million m3 for the zone of a store."""
    layout, problem, at = step
    request = _groups(layout)[index][0]
    is_zone = request.kind == "zone"
    scale = float(problem.steps.mcm_per_m3s[place[0]]) if is_zone else 1.0
    asked = float(problem.steps.target[place[0], index]) * scale
    got = min(float(at[problem.requests.column[index]]) * scale, asked)
    unit = "million m3" if is_zone else "m3/s"
    start = run.axis.starts[place[0]]
    return Explanation(item, start, place[1], request.priority, asked, got, unit, 1.0, (), (), (), ())


@dataclass(frozen=True)
class _Where:
    layout: Layout
    problem: stepping.Problem
    time: int
    index: int


@dataclass(frozen=True)
class _Again:
    """The step served by the compiled kernel, ready to be served again with something changed."""

    problem: stepping.Problem
    tableau: Any
    targets: Floats
    column: int
    asked: float
    got: float

    @classmethod
    def of(cls, where: _Where, inflow: Floats, state: stepping.State) -> _Again:
        """The step as it was served; its evaporation stays as the corrector left it."""
        from mirab.core.flow.kernels.filling import new_tableau

        problem, parts = where.problem, where.problem.parts
        tableau = new_tableau(problem.program)
        if not stepping.run_step(problem, tableau, where.time, np.ascontiguousarray(inflow), state):
            raise SolutionError("the step has no allocation; check capacities without excess_to")
        targets = problem.steps.target[where.time].copy()
        wet = parts.evaporation_column >= 0
        targets[parts.evaporation_request[wet]] = tableau.upper[parts.evaporation_column[wet]]
        column = int(problem.requests.column[where.index])
        got = min(float(tableau.at[column]), float(targets[where.index]))
        return cls(problem, tableau, targets, column, float(targets[where.index]), got)

    def gain(self, bound: Floats, place: int) -> float:
        """What the item gets more when `bound[place]` (of the tableau) is 1 m3/s larger."""
        from mirab.core.flow.kernels.filling import allocate

        before = bound[place]
        bound[place] = before + 1.0
        served = allocate(self.problem.program, self.tableau, self.problem.requests, self.targets)
        bound[place] = before
        return min(float(self.tableau.at[self.column]), self.asked) - self.got if served else 0.0


def _with_proof(base: Explanation, where: _Where, closing: reference.Closing, again: _Again) -> Explanation:
    """Read the proof, the programme that maximises the common fraction, and try one m3/s more."""
    groups = _groups(where.layout)
    rise = base.got / closing.fraction if closing.fraction > MATTERS else base.asked
    rise /= float(where.problem.steps.mcm_per_m3s[where.time]) if base.unit == "million m3" else 1.0
    gains = [(node, again.gain(again.tableau.rhs, row)) for node, row in where.layout.rows.items()]
    helping = sorted((pair for pair in gains if pair[1] > MATTERS), key=lambda pair: -pair[1])
    return replace(
        base,
        fraction=closing.fraction,
        seniors=tuple(_holders(where, closing, rise)),
        limits=(*_full_columns(where, closing, again), *_full_groups(where, closing, again)),
        sharing=tuple(label(groups[r][0]) for r in closing.together if r != where.index),
        one_more=tuple(helping[:5]),
    )


def _holders(where: _Where, closing: reference.Closing, rise: float) -> Iterator[Holder]:
    """Requests at their lower bound whose easing would raise the item, largest first, no trifles."""
    duals, at = closing.proof.column_dual, closing.proof.at
    served = {int(where.problem.requests.column[r]): r for r in range(where.index)}
    own = {int(where.problem.requests.column[r]) for r in closing.together}
    groups = _groups(where.layout)
    for j, r in sorted(
        served.items(), key=lambda pair: (groups[pair[1]][0].kind == "evaporation", -at[pair[0]])
    ):
        gain, held = float(duals[j]) * rise, float(at[j])
        request = groups[r][0]
        least = TRIFLE * rise if request.kind == "evaporation" else MATTERS
        if gain > MATTERS and held > least and j not in own:
            length = float(where.problem.steps.mcm_per_m3s[where.time]) if request.kind == "zone" else 1.0
            unit = "million m3" if request.kind == "zone" else "m3/s"
            yield Holder(request.kind, request.part, request.priority, held * length, unit, gain)


def _full_columns(where: _Where, closing: reference.Closing, again: _Again) -> Iterator[Limit]:
    """Reaches at their capacity that the proof rests on."""
    for j, column in where.layout.of_kind("reach"):
        limit = float(where.problem.steps.upper[where.time, j])
        if closing.proof.column_dual[j] < -MATTERS and np.isfinite(limit):
            yield Limit("capacity", column.part, limit, max(again.gain(again.tableau.upper, j), 0.0))


def _full_groups(where: _Where, closing: reference.Closing, again: _Again) -> Iterator[Limit]:
    """Caps and quotas that the proof rests on; the limit of a quota is what was left of it."""
    first = len(where.layout.rows)
    for i, name in enumerate(where.layout.groups):
        if closing.proof.row_dual[first + i] < -MATTERS:
            kind = "cap" if name in where.layout.network.caps else "quota"
            limit = float(again.tableau.rhs[first + i])
            yield Limit(kind, name, limit, max(again.gain(again.tableau.rhs, first + i), 0.0))


def label(request: Request) -> str:
    """The part that a request is of, as it is told; a release is not the reach that it goes into."""
    return f"the release into {request.part}" if request.kind == "release" else request.part


def _groups(layout: Layout) -> list[list[Request]]:
    return arrays.merged(layout.requests)


def _check(run: Run, time: int, member: int) -> None:
    found = []
    for field, value, count in (("time", time, len(run.axis)), ("member", member, run.inflow.members)):
        if not 0 <= value < count:
            found.append(Problem(field, f"{value} is not in the run", f"choose 0 to {count - 1}"))
    if found:
        raise InputError("explain", found)


def find(run: Run, item: str) -> tuple[Layout, list[int]]:
    """The component of an item and the numbers of its requests, senior first; UnknownNameError without."""
    known = []
    for layout in run.model.layouts:
        groups = _groups(layout)
        known += [request.part for group in groups for request in group]
        own = [r for r, group in enumerate(groups) if any(_is_asked(request, item) for request in group)]
        if own:
            return layout, own
    raise UnknownNameError("claim, in-stream flow or store", item, set(known))


def _is_asked(request: Request, item: str) -> bool:
    return request.part == item and request.kind != "evaporation"


def _own_inflow(model: Model, inflow: Members, member: int) -> Ensemble:
    """The inflow of one member, its sources in the order of the network."""
    return one_member(inflow, member).select(tuple(model.items.sources))


def state_before(
    model: Model, inflow: Members, start: State, layout: Layout, place: tuple[int, int]
) -> stepping.State:
    """The state in which a run from `start` finds a component at (time, member): simulated up to it again."""
    from mirab.core.flow.work import local_state, rows

    time, member = place
    found = rows(start, member, member + 1)
    if time > 0:
        earlier = _own_inflow(model, inflow, member).steps(0, time)
        found = model.simulate(earlier, start=found, threads=1, keep={}).end
    own = local_state(model, layout, found)
    return stepping.State(own.volume[0], own.arrivals[0], own.used[0])


def _sentences(found: Explanation, names: Mapping[str, str]) -> Iterator[str]:
    def named(part: str) -> str:
        return names.get(part, part)

    yield (
        f"{named(found.item)}, step from {found.start}, member {found.member}: asked for "
        f"{found.asked:.4g} {found.unit} at priority {found.priority}, got {found.got:.4g} {found.unit}."
    )
    if found.fraction >= 1.0:
        yield "Nothing bound: the request was met."
        return
    for limit in found.limits:
        full = f"The {limit.kind} of {named(limit.part)} was full at {limit.limit_m3s:.4g} m3/s"
        yield f"{full}; 1 m3/s more of it would bring {limit.gain:.3g} m3/s."
    for holder in found.seniors:
        word = "shares its priority and stopped earlier" if holder.priority == found.priority else "is senior"
        what = f"{named(holder.part)} ({WORDS[holder.kind]}, priority {holder.priority})"
        yield f"{what} {word} and holds {holder.held:.4g} {holder.unit}."
    if found.sharing:
        others = ", ".join(map(named, found.sharing))
        if len(found.sharing) > 3:
            others = f"{len(found.sharing)} others of its priority"
        yield f"It was held to {found.fraction:.1%} together with {others}."
    if not found.one_more:
        yield "1 m3/s more at any one node would bring it nothing: others come first, or a limit is full."
    for node, gain in found.one_more[:3]:
        yield f"1 m3/s more at {named(node)} would bring it {gain:.3g} m3/s."
