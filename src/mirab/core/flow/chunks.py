"""Chunks: a run is made 128 members at a time, so that its memory does not grow with its members.

A chunk of claims writes what the run keeps where it stays, and sums up over members as it goes (`direct`).
Other kernels fill result arrays of the chunk's own; what the run keeps is taken from them, everything is
reduced over members, and they are let go. `gather` puts the chunks together.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mirab.core.ensemble import LANES, Ensemble, Members, Ranged
from mirab.core.errors import InputError, Problem, SolutionError
from mirab.core.flow import arrays
from mirab.core.flow.direct import NAMES, run_direct
from mirab.core.flow.kernels import stepping
from mirab.core.flow.layout import Layout
from mirab.core.flow.relaxation import no_solution
from mirab.core.flow.rescue import rescued
from mirab.core.flow.run import State, energy_of
from mirab.core.flow.summary import Summary
from mirab.core.flow.work import Part, Work, fill_up, local_state, rows, write_back
from mirab.core.network import Network

if TYPE_CHECKING:
    from mirab.core.flow.model import Model

CHUNK = 128
USED = threading.local()


def room(work: Work, members: int) -> dict[str, NDArray[Any]]:
    """Lane arrays of zeros for what is kept of so many members, by quantity.

    Nothing is written to them here, so that their memory is taken up by the threads that fill them.
    """
    blocks, steps = -(-members // LANES), len(work.axis)
    return {
        name: np.zeros((blocks, steps, len(items), LANES), dtype=work.precision)
        for name, items in work.keep.items()
    }


def run_chunk(
    work: Work, inflow: Ensemble, begin: State, first: int, into: Mapping[str, NDArray[Any]]
) -> Part:
    """Simulate the members of one chunk; `first` is the number of its first member.

    What is kept is written to `into`, lane arrays of the chunk by quantity, which hold zeros.
    Raises InputError for an inflow that is negative or missing, SolutionError where a step has no allocation.
    """
    _check(work.model.network, inflow, first)
    part = run_direct(work, inflow, begin, first, into) if work.is_direct else None
    part = part or _run_whole(work, inflow, begin, first, into)
    part.end.quota_used_mcm[:, arrays.seasons_over(work.model.network, work.axis)] = 0.0
    return part


def _run_whole(
    work: Work, inflow: Ensemble, begin: State, first: int, into: Mapping[str, NDArray[Any]]
) -> Part:
    """The same by way of the results of all items, from any kernel."""
    model, state = work.model, begin.copy()
    values = np.ascontiguousarray(inflow.lanes, dtype=np.float64)
    results = _room(work, into)
    pivots = repaired = 0
    for layout, serve in zip(model.layouts, work.servers, strict=True):
        own = local_state(model, layout, state)
        turns, again, member, _ = serve.run(values, own, results, (0, values.shape[0]))
        if member >= 0:
            own = local_state(model, layout, state)
            refusal = partial(_refusal, model, inflow, begin, layout, first)
            again += rescued(layout, serve.problem, serve.run, values, own, results, refusal)
        pivots, repaired = pivots + turns, repaired + again
        write_back(model, layout, state, own)
        for source, reach in layout.folded.items():
            results.flow[:, :, model.items.reaches[reach.id]] = values[:, :, model.items.sources[source]]
    found = _labelled(work, inflow, begin, results)
    for name, one in found.items():
        if not np.shares_memory(into[name], one.lanes):
            into[name][:] = one.lanes[:, :, work.places[name]]
    summary = {name: Summary.of(one, work.wanted.get(name)) for name, one in found.items()}
    reduced = summary if work.reduces else {}
    return Part(first, first + inflow.members, reduced, state, pivots, repaired)


def _refusal(
    model: Model, inflow: Ensemble, begin: State, layout: Layout, first: int, step: int, member: int
) -> SolutionError:
    return no_solution(model, inflow, begin, layout, (step, member), first)


def run_range(work: Work, source: Members, begin: State, first: int, last: int) -> list[Part]:
    """The chunks of members `first` to `last` - 1, one after the other: the task of a worker.

    `source` holds these members only, or makes them; `begin` is their state.
    """
    part = source.part(first, last) if isinstance(source, Ranged) else source
    found = []
    for piece in pieces(work, part, begin, first):
        into = room(work, piece[0].members)
        found.append(replace(run_chunk(work, *piece, into), kept=into))
    return found


def pieces(work: Work, part: Ensemble, begin: State, first: int) -> Iterator[tuple[Ensemble, State, int]]:
    """Inflow, start and first member of each chunk of a range that starts at member `first`.

    The sources are in the order of the network.
    """
    wanted = tuple(work.model.items.sources)
    part = part if part.items == wanted else part.select(wanted)
    for at in range(0, part.members, CHUNK):
        last = min(at + CHUNK, part.members)
        lanes = part.lanes[at // LANES : -(-last // LANES)]
        yield replace(part, members=last - at, lanes=lanes), rows(begin, at, last), first + at


def _check(network: Network, inflow: Ensemble, first: int) -> None:
    """Every source that is negative or missing, at the first member and step where it is."""
    if inflow.lanes.min(initial=0.0) >= 0.0 and inflow.lanes.max(initial=0.0) < np.inf:
        return
    found, wrong = [], ~((inflow.lanes >= 0) & (inflow.lanes < np.inf))
    for i, source in enumerate(inflow.items):
        where = np.argwhere(wrong[:, :, i].transpose(0, 2, 1))
        if where.size:
            block, lane, step = where[0]
            value = inflow.lanes[block, step, i, lane]
            place = f"of member {first + block * LANES + lane} in the step from {inflow.axis.starts[step]}"
            what = f"has a negative or missing inflow, {value:g} {place}"
            found.append(Problem(f"source {source}", what, "give m3/s >= 0"))
    raise InputError(f"inflow of {network.name}", found)


def _room(work: Work, into: Mapping[str, NDArray[Any]]) -> stepping.Results:
    """Lane arrays of zeros for all that the kernels fill: those of the run where it keeps all as it is.

    Else a thread uses those of its last chunk again: new memory costs more time than what is written to it.
    """
    if work.precision is np.float64:
        return stepping.Results(*(into[name] for name in NAMES))
    blocks = len(into["flow"])
    shapes = tuple((blocks, len(work.axis), len(work.labels[name].items), LANES) for name in NAMES)
    if getattr(USED, "shapes", None) != shapes:
        USED.shapes, USED.results = shapes, stepping.Results(*map(np.empty, shapes))
    for values in USED.results:
        values.fill(0.0)
    return stepping.Results(*USED.results)


def _labelled(work: Work, inflow: Ensemble, begin: State, results: stepping.Results) -> dict[str, Ensemble]:
    """All results of a chunk as ensembles."""
    fill_up(inflow, results)
    found = {
        name: work.ensemble(name, inflow, lanes, work.labels[name].items)
        for name, lanes in zip(NAMES, results, strict=True)
    }
    network = work.model.network
    plants = tuple(network.turbines.values())
    return {**found, "energy": energy_of(network, found["flow"], found["volume"], begin, plants)}
