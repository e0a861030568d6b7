"""Chunks: a run is made 128 members at a time, so that its memory does not grow with its members.

A chunk has result arrays of its own, which the kernels of all components fill; what the run keeps is taken
from them, everything is reduced over members, and they are let go. `gather` puts the chunks together.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis
from mirab.core.ensemble import LANES, Ensemble, Members, Ranged
from mirab.core.errors import InputError, Problem, SolutionError, suggest
from mirab.core.flow import arrays, reference
from mirab.core.flow.kernels import stepping
from mirab.core.flow.kernels.lanes import Places, run_claims
from mirab.core.flow.layout import Layout, all_reaches
from mirab.core.flow.packed import packed_of
from mirab.core.flow.packing import Packing, Unsuited
from mirab.core.flow.relaxation import no_solution
from mirab.core.flow.rescue import rescued
from mirab.core.flow.run import State, demand_of, energy_of
from mirab.core.flow.summary import Summary
from mirab.core.network import Network

if TYPE_CHECKING:
    from mirab.core.flow.model import Model

Kernel = Literal["claims", "simplex", "reference"]
Floats = NDArray[np.float64]
Keep: TypeAlias = Mapping[str, Sequence[str]]


class Server(NamedTuple):
    """The kernel of one component: `run(inflow, state, results, span)`, and what it runs."""

    run: Callable[..., tuple[int, int, int, int]]
    problem: stepping.Problem


CHUNK = 128
USED = threading.local()


class Quantity(NamedTuple):
    """Labels of one quantity of a run."""

    unit: str
    items: tuple[str, ...]
    states: tuple[tuple[str, ...], ...]


def quantities(network: Network) -> dict[str, Quantity]:
    """Unit, items and owner states of all that a run gives, by quantity, in order of declaration."""
    nodes, reaches = network.nodes, all_reaches(network)
    stores = tuple(network.stores), tuple(nodes[id].states for id in network.stores)
    links = tuple(r.states or nodes[r.tail].states for r in reaches.values())
    owners = tuple(tuple(s for s, _ in claim.shares) for claim in network.claims.values())
    plants = tuple(nodes[reaches[plant.reach].tail].states for plant in network.turbines.values())
    return {
        "flow": Quantity("m3/s", tuple(reaches), links),
        "volume": Quantity("million m3", *stores),
        "delivered": Quantity("m3/s", tuple(network.claims), owners),
        "evaporated": Quantity("m3/s", *stores),
        "energy": Quantity("GWh", tuple(network.turbines), plants),
    }


def kept(network: Network, keep: Keep | None) -> dict[str, tuple[str, ...]]:
    """Items to keep by quantity, in order of declaration; all where `keep` is None.

    Raises InputError with every quantity and item of `keep` that a run does not have.
    """
    there = {name: quantity.items for name, quantity in quantities(network).items()}
    if keep is None:
        return there
    wrong = [name for name in keep if name not in there]
    found = [Problem(name, "is not a result of a run", suggest(name, list(there))) for name in wrong]
    found += [
        Problem(f"{name} {item}", "is not in the network", suggest(item, items))
        for name, items in there.items()
        for item in keep.get(name, ())
        if item not in items
    ]
    if found:
        raise InputError(f"keep of {network.name}", found)
    return {name: tuple(i for i in items if i in set(keep.get(name, ()))) for name, items in there.items()}


@dataclass(frozen=True)
class Work:
    """What all chunks of a run share: small, sent to each worker once.

    `keep` are the items to keep by quantity, `precision` the type of what is kept; `reduces` says whether
    all items are summed up over members.
    """

    model: Model
    axis: TimeAxis
    kernel: Kernel | None
    keep: Mapping[str, tuple[str, ...]]
    precision: type[np.floating[Any]]
    reduces: bool = True

    @cached_property
    def servers(self) -> tuple[Server, ...]:
        """The kernel of each component, with its arrays over the axis."""
        model = self.model
        return tuple(
            _server(self, layout, packing)
            for layout, packing in zip(model.layouts, model.packings, strict=True)
        )

    @cached_property
    def labels(self) -> dict[str, Quantity]:
        """Labels of all that the network gives."""
        return quantities(self.model.network)

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Positions of the kept items by quantity."""
        return {
            name: [quantity.items.index(item) for item in self.keep[name]]
            for name, quantity in self.labels.items()
        }

    def ensemble(self, name: str, inflow: Members, lanes: NDArray[Any], items: Sequence[str]) -> Ensemble:
        """Some items of a quantity as a labelled ensemble with the members of `inflow`."""
        label = self.labels[name]
        owners = dict(zip(label.items, label.states, strict=True))
        return Ensemble(
            name, label.unit, tuple(items), self.axis, inflow.members, lanes,
            tuple(owners[item] for item in items), f"simulated on the network {self.model.network.name!r}",
            inflow.seed, inflow.evidence, tuple(item for item in label.items if item not in set(items)),
        )  # fmt: skip


@dataclass(frozen=True)
class Part:
    """What one chunk leaves: members `first` to `last` - 1 of what is kept, and all else reduced."""

    first: int
    last: int
    kept: Mapping[str, NDArray[Any]]
    summary: Mapping[str, Summary]
    end: State
    pivots: int
    repaired: int


def run_chunk(work: Work, inflow: Ensemble, begin: State, first: int) -> Part:
    """Simulate the members of one chunk; `first` is the number of its first member.

    Raises InputError for an inflow that is negative or missing, SolutionError where a step has no allocation.
    """
    model, state = work.model, begin.copy()
    _check(model.network, inflow, first)
    values = np.ascontiguousarray(inflow.lanes, dtype=np.float64)
    results = _empty(work, values.shape[0])
    pivots = repaired = 0
    for layout, serve in zip(model.layouts, work.servers, strict=True):
        own = local_state(model, layout, state)
        turns, again, member, _ = serve.run(values, own, results, (0, values.shape[0]))
        if member >= 0:
            own = local_state(model, layout, state)
            refusal = partial(_refusal, model, inflow, begin, layout, first)
            again += rescued(layout, serve.problem, serve.run, values, own, results, refusal)
        pivots, repaired = pivots + turns, repaired + again
        _write_back(model, layout, state, own)
        for source, reach in layout.folded.items():
            results.flow[:, :, model.items.reaches[reach.id]] = values[:, :, model.items.sources[source]]
    state.quota_used_mcm[:, arrays.seasons_over(model.network, work.axis)] = 0.0
    found = _labelled(work, inflow, begin, results)
    wanted = {"delivered": demand_of(model.network, tuple(model.network.claims), work.axis)}
    return Part(
        first,
        first + inflow.members,
        {name: _taken(one.lanes, work.places[name], work.precision) for name, one in found.items()},
        {name: Summary.of(one, wanted.get(name)) for name, one in found.items()} if work.reduces else {},
        state,
        pivots,
        repaired,
    )


def _refusal(
    model: Model, inflow: Ensemble, begin: State, layout: Layout, first: int, step: int, member: int
) -> SolutionError:
    return no_solution(model, inflow, begin, layout, (step, member), first)


def run_range(work: Work, source: Members, begin: State, first: int, last: int) -> list[Part]:
    """The chunks of members `first` to `last` - 1, one after the other: the task of a worker.

    `source` holds these members only, or makes them; `begin` is their state.
    """
    part = source.part(first, last) if isinstance(source, Ranged) else source
    return [run_chunk(work, *piece) for piece in pieces(work, part, begin, first)]


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


def rows(state: State, first: int, last: int) -> State:
    """The state of members first to last - 1, without a copy."""
    return State(*(values[first:last] for values in vars(state).values()))


def local_state(model: Model, layout: Layout, state: State) -> stepping.State:
    """The part of the state that a component reads and writes, as contiguous copies."""
    stores, slow, quotas = _slots(model, layout)
    return stepping.State(
        np.ascontiguousarray(state.volume_mcm[:, stores]),
        np.ascontiguousarray(state.under_way_mcm[:, slow]),
        np.ascontiguousarray(state.quota_used_mcm[:, quotas]),
    )


def _write_back(model: Model, layout: Layout, state: State, own: stepping.State) -> None:
    stores, slow, quotas = _slots(model, layout)
    state.volume_mcm[:, stores] = own.volume
    state.under_way_mcm[:, slow] = own.arrivals
    state.quota_used_mcm[:, quotas] = own.used


def _slots(model: Model, layout: Layout) -> tuple[list[int], list[int], list[int]]:
    return (
        [model.items.stores[id] for id in arrays.stores_of(layout)],
        [model.items.lagged[id] for id in arrays.lagged_of(layout)],
        [model.items.quotas[id] for id in arrays.quotas_of(layout)],
    )


def check_kernel(model: Model, kernel: Kernel | None) -> None:
    """Raise InputError where the claims kernel is asked for and does not carry a component."""
    why = [packing.why for packing in model.packings if isinstance(packing, Unsuited)]
    if kernel == "claims" and why:
        what = f"'claims' does not carry it: {why[0]}"
        raise InputError("simulate", [Problem("kernel", what, "leave kernel out, or 'simplex'")])


def _server(work: Work, layout: Layout, packing: Packing | Unsuited) -> Server:
    """The kernel that serves a component; it gives counts and the failing member."""
    problem = arrays.problem_of(layout, work.axis, work.model.items)
    if work.kernel == "reference":
        return Server(partial(_by_reference, layout, problem), problem)
    if work.kernel == "simplex" or isinstance(packing, Unsuited):
        return Server(partial(stepping.run_blocks, problem), problem)
    packed = packed_of(packing, problem)
    if not work.reduces:
        packed = packed._replace(places=_only_kept(work, packed.places))
    return Server(partial(run_claims, problem, packed), problem)


def _only_kept(work: Work, places: Places) -> Places:
    """Places in the results for what is kept, and for what the energy of kept plants is made of."""
    plants = [work.model.network.turbines[id] for id in work.keep["energy"]]
    flow = {*work.keep["flow"], *(plant.reach for plant in plants)}
    volume = {*work.keep["volume"], *(plant.store for plant in plants)}
    labels = work.labels

    def there(name: str, items: NDArray[np.int64], wanted: Collection[str | None]) -> NDArray[np.bool_]:
        return np.array([i >= 0 and labels[name].items[i] in wanted for i in items], dtype=bool)

    stores = there("volume", places.store_item, volume)
    evaporated = there("evaporated", places.store_item, work.keep["evaporated"])
    taken = there("delivered", places.take_item, work.keep["delivered"])
    return places._replace(
        flow_item=np.where(there("flow", places.flow_item, flow), places.flow_item, -1),
        side_item=np.where(there("flow", places.side_item, flow), places.side_item, -1),
        take_variable=np.where(taken, places.take_variable, -1),
        store_number=np.where(stores, places.store_number, -1),
        evaporation_variable=np.where(evaporated, places.evaporation_variable, -1),
    )


def _by_reference(
    layout: Layout,
    problem: stepping.Problem,
    inflow: Floats,
    state: stepping.State,
    results: stepping.Results,
    span: tuple[int, int],
) -> tuple[int, int, int, int]:
    reference.run(layout, problem, inflow, state, results)
    return 0, 0, -1, -1


def _check(network: Network, inflow: Ensemble, first: int) -> None:
    """Every source that is negative or missing, at the first member and step where it is."""
    wrong = ~((inflow.lanes >= 0) & (inflow.lanes < np.inf))
    if not wrong.any():
        return
    found = []
    for i, source in enumerate(inflow.items):
        where = np.argwhere(wrong[:, :, i].transpose(0, 2, 1))
        if where.size:
            block, lane, step = where[0]
            value = inflow.lanes[block, step, i, lane]
            place = f"of member {first + block * LANES + lane} in the step from {inflow.axis.starts[step]}"
            what = f"has a negative or missing inflow, {value:g} {place}"
            found.append(Problem(f"source {source}", what, "give m3/s >= 0"))
    raise InputError(f"inflow of {network.name}", found)


def _empty(work: Work, blocks: int) -> stepping.Results:
    """Lane arrays of zeros for all that the kernels fill.

    Where nothing of them is kept as it is, a thread uses those of its last chunk again: new memory costs more
    time than what is written to it.
    """
    names = ("flow", "volume", "delivered", "evaporated")
    shapes = tuple((blocks, len(work.axis), len(work.labels[name].items), LANES) for name in names)
    if work.precision is np.float64:
        return stepping.Results(*map(np.zeros, shapes))
    if getattr(USED, "shapes", None) != shapes:
        USED.shapes, USED.results = shapes, stepping.Results(*map(np.empty, shapes))
    for values in USED.results:
        values.fill(0.0)
    return stepping.Results(*USED.results)


def _labelled(work: Work, inflow: Ensemble, begin: State, results: stepping.Results) -> dict[str, Ensemble]:
    """All results of a chunk as ensembles; lanes beyond the last member repeat it, as in every ensemble."""
    last = (inflow.members - 1) % LANES
    found = {}
    for name, lanes in zip(("flow", "volume", "delivered", "evaporated"), results, strict=True):
        lanes[-1, :, :, last + 1 :] = lanes[-1, :, :, last : last + 1]
        found[name] = work.ensemble(name, inflow, lanes, work.labels[name].items)
    found["energy"] = energy_of(work.model.network, found["flow"], found["volume"], begin)
    return found


def _taken(lanes: NDArray[Any], places: list[int], precision: type[np.floating[Any]]) -> NDArray[Any]:
    chosen = lanes if len(places) == lanes.shape[2] else lanes[:, :, places]
    return np.ascontiguousarray(chosen, dtype=precision)
