"""Rescue: members for which a compiled kernel finds no end are served by the reference.

On rare networks (one member-step in a hundred thousand of random ones, none of a real one) the simplex does
not settle how requests of one priority share. Such a member is set aside with nothing to share, the others
run as they are, and the reference, slow and without a shortcut, serves the member from its own start.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mirab.core.errors import SolutionError
from mirab.core.flow import reference
from mirab.core.flow.kernels.stepping import Parts, Problem, Results, State
from mirab.core.flow.layout import Layout

Floats = NDArray[np.float64]
Server = Callable[..., tuple[int, int, int, int]]
Refusal = Callable[[int, int], SolutionError]


def rescued(
    layout: Layout,
    problem: Problem,
    serve: Server,
    inflow: Floats,
    state: State,
    results: Results,
    refusal: Refusal,
) -> int:
    """Run all members of a component again, those that fail by the reference; how many these are.

    `state` is that before the first step and is left at the end, like `results`. Raises what `refusal` gives
    for a (step, member) for which there is no allocation.
    """
    begin, given, lanes = _copy(state), inflow.copy(), inflow.shape[3]
    saved: dict[int, tuple[State, Results]] = {}
    while True:
        own, fresh = _copy(begin), Results(*(np.zeros_like(values) for values in results))
        for member in saved:
            given[member // lanes, :, :, member % lanes] = 0.0
            for values in own:
                values[member] = 0.0
        *_, member, step = serve(given, own, fresh, (0, inflow.shape[0]))
        if member < 0:
            break
        if member in saved:
            raise refusal(step, member)
        try:
            saved[member] = _by_reference(layout, problem, inflow, begin, member)
        except SolutionError as no_point:
            raise refusal(step, member) from no_point
    for member, (ended, found) in saved.items():
        _put(member, ended, found, (own, fresh))
    _take_over(problem.parts, fresh, results)
    for values, last in zip(state, own, strict=True):
        values[:] = last
    return len(saved)


def _copy(state: State) -> State:
    return State(*(values.copy() for values in state))


def _by_reference(
    layout: Layout, problem: Problem, inflow: Floats, begin: State, member: int
) -> tuple[State, Results]:
    """End and results of one member from its start."""
    block, lane = divmod(member, inflow.shape[3])
    parts, steps = problem.parts, inflow.shape[1]
    alone = State(*(values[member : member + 1].copy() for values in begin))
    sizes = (items.max(initial=-1) + 1 for items in _items(parts))
    out = Results(*(np.zeros((1, steps, size, 1)) for size in sizes))
    reference.run(layout, problem, inflow[block : block + 1, :, :, lane : lane + 1], alone, out)
    return alone, out


def _put(member: int, ended: State, found: Results, into: tuple[State, Results]) -> None:
    """Put one member's end and results among those of all."""
    end, results = into
    block, lane = divmod(member, results.flow.shape[3])
    for values, own in zip(results, found, strict=True):
        values[block, :, : own.shape[2], lane] = own[0, :, :, 0]
    for values, own in zip(end, ended, strict=True):
        values[member] = own[0]


def _items(parts: Parts) -> tuple[NDArray[np.int64], ...]:
    """Items of the component in each of the results."""
    return parts.flow_item, parts.store_item, parts.take_item, parts.store_item


def _take_over(parts: Parts, fresh: Results, results: Results) -> None:
    """Copy what belongs to the component."""
    for places, values, found in zip(_items(parts), results, fresh, strict=True):
        values[:, :, places] = found[:, :, places]
