"""Coalitions: what every group of states can reach together, for every member, in two ways.

With *perfect foresight* the states of a coalition optimise their joint benefit over all steps (`horizon`),
while all others keep what they had in a reference run: soft guarantees, by a weight above all prices. Under
*myopic operation* (`myopic`) nobody knows the inflow to come. Foresight overstates what cooperation brings,
so that both stand side by side. The value of a coalition is the sum of the benefits of its states; weights
of guarantees are in none of them.

Components of the network do not touch: a coalition is worth the sum of what its states reach in each, so
that each component is solved once for each group of states that have something in it. This is exact. Within
a coalition members go from wet to dry, so that each programme starts from the optimum of its neighbour;
each coalition starts afresh, so that results do not depend on how many processes share the work.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from multiprocessing import get_context
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mirab.core.ensemble import Members
from mirab.core.errors import InputError, Problem, SetupError, SolutionError
from mirab.core.flow.expansion import expand
from mirab.core.flow.model import Model
from mirab.core.flow.programme import Sides, Solver
from mirab.core.flow.run import Run, State
from mirab.core.flow.worth import MILLION
from mirab.core.values import Values
from mirab.resolve.game import Coalition, Game
from mirab.resolve.myopic import Plan, adopted

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
Guarantee = Literal["soft", "hard"]
NOTICED_MCM = 1.0
WORTH_A_PROCESS = 400
ASSUMPTIONS = (
    "With perfect foresight a coalition knows all inflow to come; myopic operation knows none of it.",
    "States outside a coalition keep, in each step, the water and power that they had without it.",
    "Evaporation and heads are those of the reference, mean over members; zones of stores do not bind.",
    "Water without a price, and in-stream flows, keep what they had.",
)


@dataclass(frozen=True)
class Unkept:
    """Guarantees that a coalition could not keep: in how many members, and million m3 in the worst."""

    coalition: Coalition
    members: int
    worst_mcm: float


@dataclass(frozen=True)
class Coalitions:
    """Games of the same states and members under perfect foresight and under myopic operation, in USD.

    `foreseen` and `operated` (member, state) are what each state has when all act together in the one way and
    in the other, before anything is handed over; `reference` what each has without any cooperation, at the
    same prices and heads. `plans` say what each coalition changes under myopic operation. `unkept` are
    guarantees that foresight
    could not keep, the worst first. `components` are the states that meet in each part of the network;
    `programmes` counts linear programmes.
    """

    foresight: Game
    myopic: Game
    foreseen: Floats
    operated: Floats
    reference: Floats
    plans: Mapping[Coalition, Plan]
    unkept: tuple[Unkept, ...]
    components: tuple[Coalition, ...]
    programmes: int
    assumptions: tuple[str, ...] = ASSUMPTIONS

    @property
    def states(self) -> Coalition:
        """The states of both games, A to Z."""
        return self.foresight.states


@dataclass(frozen=True)
class _Task:
    """One coalition within one component."""

    component: int
    states: Coalition
    hard: bool


@dataclass(frozen=True)
class _Solved:
    """What the states of a task have, USD (member, state), and million m3 not kept (member,)."""

    usd: Floats
    short: Floats

    @property
    def value(self) -> Floats:
        """What the states have together, by member."""
        return np.asarray(self.usd.sum(axis=1))


def coalitions(
    model: Model,
    inflow: Members,
    values: Values,
    *,
    start: State | Mapping[str, float | Floats] | None = None,
    reference: Run | None = None,
    guarantee: Guarantee = "soft",
    processes: int | None = None,
    progress: Progress | None = None,
) -> Coalitions:
    """The value of every coalition of states for every member of `inflow`.

    `reference` is what happens without cooperation: a simulation of the same members, made where none is
    given. A `guarantee` that is hard raises SolutionError where a coalition cannot keep it. `processes` (as
    many as there are cores) share the coalitions; a short work is done in this one. `progress(done, all)`
    is called after each coalition of a component.

    Raises InputError for values that do not fit the network or where no state has anything of value.
    """
    values.check(model.network)
    run = reference or model.simulate(inflow, start=start)
    sides = [Sides(expand(layout, run, values), run, values) for layout in model.layouts]
    players = [_players(one) for one in sides]
    states = tuple(sorted(set().union(*players)))
    if not states:
        raise InputError(
            "coalitions", [Problem("values", "give no state a benefit", "price claims or power")]
        )
    tasks = [_Task(c, group, guarantee == "hard") for c, own in enumerate(players) for group in _groups(own)]
    found: dict[_Task, _Solved] = {}
    for task, solved in _all(sides, tasks, processes):
        found[task] = solved
        if progress:
            progress(len(found), len(tasks))
    operation = adopted(run, values, sides[0].expansion.frozen.head_m, states)
    return Coalitions(
        Game(states, _table(states, players, found, "value")),
        Game(states, operation.values),
        _together(states, players, found),
        operation.together,
        operation.reference,
        operation.plans,
        tuple(_unkept(states, _table(states, players, found, "short"))),
        tuple(own for own in players if own),
        len(tasks) * inflow.members,
    )


def _players(sides: Sides) -> Coalition:
    """States that have something of value in a component, A to Z."""
    parts = [part for part in sides.expansion.parts if np.any(part.worth > 0)]
    return tuple(sorted({state for part in parts for state, share in part.owners if share > 0}))


def _groups(states: Coalition) -> Iterator[Coalition]:
    return (group for size in range(1, len(states) + 1) for group in combinations(states, size))


def _table(states: Coalition, players: list[Coalition], found: Mapping[_Task, _Solved], what: str) -> Floats:
    """A column for each coalition of all states: the sum over components of what its states reach there."""
    members = len(next(iter(found.values())).short)
    by_group = {(task.component, task.states): getattr(one, what) for task, one in found.items()}
    table = np.zeros((members, 1 << len(states)))
    for mask in range(1, 1 << len(states)):
        group = {state for i, state in enumerate(states) if mask >> i & 1}
        for c, own in enumerate(players):
            present = tuple(state for state in own if state in group)
            if present:
                table[:, mask] += by_group[c, present]
    return table


def _together(states: Coalition, players: list[Coalition], found: Mapping[_Task, _Solved]) -> Floats:
    """What each state has when all act together, (member, state)."""
    table = np.zeros((len(next(iter(found.values())).short), len(states)))
    for task, one in found.items():
        if task.states == players[task.component]:
            table[:, [states.index(state) for state in task.states]] += one.usd
    return table


def _unkept(states: Coalition, short: Floats) -> Iterator[Unkept]:
    worst = short.max(axis=0)
    for mask in np.argsort(-worst, kind="stable"):
        if worst[mask] > NOTICED_MCM:
            names = tuple(state for i, state in enumerate(states) if int(mask) >> i & 1)
            yield Unkept(names, int((short[:, mask] > NOTICED_MCM).sum()), float(worst[mask]))


def _all(sides: list[Sides], tasks: list[_Task], processes: int | None) -> Iterator[tuple[_Task, _Solved]]:
    many = len(tasks) * sides[0].members >= WORTH_A_PROCESS
    count = processes or (min(os.cpu_count() or 1, len(tasks)) if many else 1)
    if count == 1:
        yield from ((task, _solve(sides, task)) for task in tasks)
        return
    with _pool(sides, count) as pool:
        # The largest coalitions take longest: they go first.
        waiting: dict[Future[_Solved], _Task] = {
            pool.submit(_of_worker, task): task for task in sorted(tasks, key=lambda one: -len(one.states))
        }
        for done in as_completed(waiting):
            yield waiting[done], done.result()


@contextmanager
def _pool(sides: list[Sides], count: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that hold the programmes; an interrupt ends them after the coalition that they solve."""
    pool = ProcessPoolExecutor(count, get_context("spawn"), _begin_worker, (sides,))
    try:
        yield pool
    except BrokenProcessPool as fault:
        raise SetupError(
            "the processes that solve coalitions could not start or were ended; a script needs "
            "`if __name__ == '__main__':` around its calls, or give processes=1"
        ) from fault
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_HELD: list[Sides] = []


def _begin_worker(sides: list[Sides]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _HELD[:] = sides


def _of_worker(task: _Task) -> _Solved:
    return _solve(_HELD, task)


def _solve(all_sides: list[Sides], task: _Task) -> _Solved:
    """All members of a coalition in a component, wet to dry."""
    sides = all_sides[task.component]
    order = [int(member) for member in np.argsort(-sides.water(), kind="stable")]
    chosen = [sides.network.states.index(state) for state in task.states]
    usd, short = np.zeros((sides.members, len(chosen))), np.zeros(sides.members)
    bounds = sides.bounds(order[0], task.states)
    solver = Solver(sides.expansion, sides.costs(task.states), bounds)
    guaranteed = sides.guaranteed(task.states)
    for member in order:
        bounds = sides.bounds(member, task.states)
        solver.bound(bounds)
        at = solver.solve()
        usd[member] = sides.accounts(at)[chosen] * MILLION
        short[member] = (bounds.upper - at)[guaranteed].sum() + at[sides.lacking].sum()
    if task.hard and short.max() > NOTICED_MCM:
        raise SolutionError(_refusal(task.states, short))
    return _Solved(usd, short)


def _refusal(states: Coalition, short: Floats) -> str:
    worst = int(short.argmax())
    return (
        f"{', '.join(states)} cannot keep what the others had: {short[worst]:.4g} million m3 are missing in "
        f"member {worst}; take guarantee='soft', or ask model.optimise(states=..., hard=True) which they are"
    )
