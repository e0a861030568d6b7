"""Direct: a chunk of claims writes what the run keeps where it stays, and sums up over members as it goes.

Nothing stands in memory but what is kept. Flows and volumes that energy is made of are held for the chunk, in
full precision. The sums are made in the order of `Summary.of`, so that both ways agree bit by bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mirab.core.ensemble import LANES, Ensemble
from mirab.core.flow.kernels.lanes import Output, run_claims
from mirab.core.flow.kernels.reducing import Sums, new_sums, reduce_members
from mirab.core.flow.kernels.stepping import Results
from mirab.core.flow.run import State, energy_of
from mirab.core.flow.summary import Summary, short_below
from mirab.core.flow.work import Floats, Part, Work, fill_up, local_state, write_back

NAMES = ("flow", "volume", "delivered", "evaporated")


def run_direct(
    work: Work, inflow: Ensemble, begin: State, first: int, into: Mapping[str, NDArray[Any]]
) -> Part | None:
    """Simulate the members of one chunk; `first` is the number of its first member.

    What is kept is written to `into`, lane arrays of zeros by quantity. None where the results of all items
    are needed: another kernel serves a component, or this one does not settle a member.
    """
    model, state = work.model, begin.copy()
    values = np.ascontiguousarray(inflow.lanes, dtype=np.float64)
    singles, driving, sums = (
        Results(*(into[name] for name in NAMES)),
        _driving(work, len(values)),
        _sums(work),
    )
    pivots = repaired = 0
    for layout, (_, problem, way) in zip(model.layouts, work.servers, strict=True):
        own = local_state(model, layout, state)
        if way is None:
            return None
        output = Output(way.driving, driving, way.kept, singles, way.summed, sums)
        turns, again, member, _ = run_claims(problem, way.packed, values, own, output, (0, len(values)))
        if member >= 0:
            return None
        pivots, repaired = pivots + turns, repaired + again
        write_back(model, layout, state, own)
    _pass_through(work, inflow, values, (driving.flow, singles.flow, sums))
    energy = _energy(work, inflow, begin, driving)
    into["energy"][:] = energy.lanes[:, :, [energy.items.index(item) for item in work.keep["energy"]]]
    fill_up(inflow, into.values())
    summary = _summary(work, inflow, sums, energy) if work.reduces else {}
    return Part(first, first + inflow.members, summary, state, pivots, repaired)


def _driving(work: Work, blocks: int) -> Results:
    """Room for the flows and volumes that energy is made of."""
    sizes = (len(work.driving.get(name, ())) for name in NAMES)
    return Results(*(np.zeros((blocks, len(work.axis), size, LANES)) for size in sizes))


def _sums(work: Work) -> Sums:
    flow, volume, taken, evaporated = (len(work.labels[name].items) for name in NAMES)
    return new_sums(len(work.axis), (flow, volume, taken, evaporated), short_below(work.wanted["delivered"]))


def _pass_through(
    work: Work, inflow: Ensemble, values: Floats, into: tuple[Floats, NDArray[Any], Sums]
) -> None:
    """The flow of reaches that carry a source alone."""
    model, sums = work.model, into[2]
    of = {reach.id: source for layout in model.layouts for source, reach in layout.folded.items()}
    for ids, lanes in zip((work.driving["flow"], work.keep["flow"]), into[:2], strict=True):
        for i, id in enumerate(ids):
            if id in of:
                lanes[:, :, i] = values[:, :, model.items.sources[of[id]]]
    if work.reduces and of:
        drawn = values[:, :, [model.items.sources[source] for source in of.values()]]
        found = [np.empty((drawn.shape[1], drawn.shape[2])) for _ in sums.flow]
        reduce_members(drawn, inflow.members, *found)
        for moment, one in zip(sums.flow, found, strict=True):
            moment[:, [model.items.reaches[id] for id in of]] = one


def _energy(work: Work, inflow: Ensemble, begin: State, driving: Results) -> Ensemble:
    """Energy of the plants that are asked for."""
    fill_up(inflow, driving)
    flow = work.ensemble("flow", inflow, driving.flow, work.driving["flow"])
    volume = work.ensemble("volume", inflow, driving.volume, work.driving["volume"])
    return energy_of(work.model.network, flow, volume, begin, work.plants)


def _summary(work: Work, inflow: Ensemble, sums: Sums, energy: Ensemble) -> dict[str, Summary]:
    """The sums with their labels."""
    moments = zip(NAMES, (sums.flow, sums.volume, sums.taken, sums.evaporated), strict=True)
    none = np.zeros((len(work.axis), 0), dtype=np.int64)
    found = {}
    for name, own in moments:
        label, short = work.labels[name], sums.short if name in work.wanted else none
        found[name] = Summary(name, label.unit, label.items, inflow.members, *own, short)
    return {**found, "energy": Summary.of(energy)}
