"""Work: what all chunks of a run share, what each leaves, and the kernel of each component."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis
from mirab.core.ensemble import LANES, Ensemble, Members
from mirab.core.errors import InputError, Problem, suggest
from mirab.core.flow import arrays, reference
from mirab.core.flow.kernels import stepping
from mirab.core.flow.kernels.lanes import Output, Packed, Places, run_claims
from mirab.core.flow.kernels.reducing import new_sums
from mirab.core.flow.layout import Layout, all_reaches
from mirab.core.flow.packed import packed_of, selected
from mirab.core.flow.packing import Packing, Unsuited
from mirab.core.flow.run import State, demand_of
from mirab.core.flow.summary import Summary
from mirab.core.network import Network, Turbine
from mirab.core.phrase import say

if TYPE_CHECKING:
    from mirab.core.flow.model import Model

Kernel = Literal["claims", "simplex", "reference"]
Floats = NDArray[np.float64]
Keep: TypeAlias = Mapping[str, Sequence[str]]


class Direct(NamedTuple):
    """What the claims kernel reads of a component, and the places of what a chunk of it writes directly."""

    packed: Packed
    driving: Places
    kept: Places
    summed: Places


class Server(NamedTuple):
    """The kernel of one component: `run(inflow, state, results, span)`, and what it runs.

    `direct` is None where it is not the claims kernel.
    """

    run: Callable[..., tuple[int, int, int, int]]
    problem: stepping.Problem
    direct: Direct | None = None


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
        return self.positions(self.keep)

    def positions(self, items: Mapping[str, Sequence[str]]) -> dict[str, list[int]]:
        """Positions of some items by quantity."""
        return {name: [self.labels[name].items.index(item) for item in ids] for name, ids in items.items()}

    @cached_property
    def is_direct(self) -> bool:
        """Whether chunks write what is kept where it stays: single precision, and claims everywhere."""
        return self.precision is np.float32 and all(server.direct for server in self.servers)

    @cached_property
    def plants(self) -> tuple[Turbine, ...]:
        """The plants whose energy is asked for."""
        turbines = self.model.network.turbines
        return tuple(turbines.values() if self.reduces else (turbines[id] for id in self.keep["energy"]))

    @cached_property
    def driving(self) -> dict[str, list[str]]:
        """Reaches and stores whose flow and volume the energy of those plants is made of."""
        stores = [plant.store for plant in self.plants if plant.store]
        reaches = [plant.reach for plant in self.plants]
        return {"flow": list(dict.fromkeys(reaches)), "volume": list(dict.fromkeys(stores))}

    @cached_property
    def wanted(self) -> dict[str, Floats]:
        """Demand by quantity of claims, m3/s, shape (time, claim)."""
        network = self.model.network
        return {"delivered": demand_of(network, tuple(network.claims), self.axis)}

    def ensemble(self, name: str, inflow: Members, lanes: NDArray[Any], items: Sequence[str]) -> Ensemble:
        """Some items of a quantity as a labelled ensemble with the members of `inflow`."""
        label = self.labels[name]
        how = say("simulated on the network “{name}”", name=self.model.network.name)
        owners = dict(zip(label.items, label.states, strict=True))
        return Ensemble(
            name, label.unit, tuple(items), self.axis, inflow.members, lanes,
            tuple(owners[item] for item in items), how,
            inflow.seed, inflow.evidence, tuple(item for item in label.items if item not in set(items)),
        )  # fmt: skip


@dataclass(frozen=True)
class Part:
    """What one chunk leaves of members `first` to `last` - 1 beside what it kept: all reduced, and the end.

    `kept` is what was kept, where it does not stand yet in the run.
    """

    first: int
    last: int
    summary: Mapping[str, Summary]
    end: State
    pivots: int
    repaired: int
    kept: Mapping[str, NDArray[Any]] = field(default_factory=dict)


def rows(state: State, first: int, last: int) -> State:
    """The state of members first to last - 1, without a copy."""
    return State(*(values[first:last] for values in vars(state).values()))


def fill_up(inflow: Ensemble, results: Iterable[NDArray[Any]]) -> None:
    """Repeat the last member in the lanes beyond it, as in every ensemble."""
    last = (inflow.members - 1) % LANES
    for lanes in results:
        lanes[-1, :, :, last + 1 :] = lanes[-1, :, :, last : last + 1]


def local_state(model: Model, layout: Layout, state: State) -> stepping.State:
    """The part of the state that a component reads and writes, as contiguous copies."""
    stores, slow, quotas = _slots(model, layout)
    return stepping.State(
        np.ascontiguousarray(state.volume_mcm[:, stores]),
        np.ascontiguousarray(state.under_way_mcm[:, slow]),
        np.ascontiguousarray(state.quota_used_mcm[:, quotas]),
    )


def write_back(model: Model, layout: Layout, state: State, own: stepping.State) -> None:
    """Put what a component left of its part of the state back."""
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
        problem = problem if work.reduces else problem._replace(parts=_wanted(work, problem.parts))
        return Server(partial(stepping.run_blocks, problem), problem)
    packed = packed_of(packing, problem)
    places = packed.places
    direct = Direct(
        packed,
        selected(places, work.positions(work.driving)),
        selected(places, work.places),
        places if work.reduces else selected(places, {}),
    )
    return Server(partial(_by_claims, problem, packed), problem, direct)


def _wanted(work: Work, parts: stepping.Parts) -> stepping.Parts:
    """The parts without flows and takes that nobody asks for: the simplex writes no others."""
    flows = [*work.places["flow"], *work.positions(work.driving)["flow"]]
    flow, take = np.isin(parts.flow_item, flows), np.isin(parts.take_item, work.places["delivered"])
    return parts._replace(
        flow_column=parts.flow_column[flow],
        flow_item=parts.flow_item[flow],
        take_column=parts.take_column[take],
        take_item=parts.take_item[take],
    )


def _by_claims(
    problem: stepping.Problem,
    packed: Packed,
    inflow: Floats,
    state: stepping.State,
    results: stepping.Results,
    span: tuple[int, int],
) -> tuple[int, int, int, int]:
    """All results by the claims kernel, and nothing else."""
    nowhere = selected(packed.places, {})
    steps, items = results.taken.shape[1:3]
    singles = stepping.Results(*(np.zeros((0, 0, 0, LANES), dtype=np.float32) for _ in results))
    sums = new_sums(steps, (0, 0, items, 0), np.zeros((steps, items)))
    output = Output(packed.places, results, nowhere, singles, nowhere, sums)
    return run_claims(problem, packed, inflow, state, output, span)


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
