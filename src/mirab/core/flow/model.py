"""Model: a checked network, compiled; it says which kernel carries each component, and simulates."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis
from mirab.core.ensemble import LANES, Ensemble
from mirab.core.errors import InputError, NetworkError, Problem, SolutionError, suggest
from mirab.core.flow import arrays, reference
from mirab.core.flow.check import problems
from mirab.core.flow.kernels import lanes, stepping
from mirab.core.flow.layout import Layout, all_reaches, components, lay_out
from mirab.core.flow.packed import packed_of
from mirab.core.flow.packing import Packing, Unsuited, pack
from mirab.core.flow.relaxation import no_solution
from mirab.core.flow.run import Run, State, energy_of
from mirab.core.network import Network

Kernel = Literal["claims", "simplex", "reference"]
Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
Server = Callable[..., tuple[int, int, int, int]]
CHUNK_BLOCKS = 16


@dataclass(frozen=True)
class Choice:
    """Kernel of one component, its size, and the structure that led to it."""

    nodes: tuple[str, ...]
    kernel: Kernel
    rows: int
    columns: int
    why: str


@dataclass(frozen=True)
class Model:
    """A compiled network; make it with `Network.compile`."""

    network: Network
    layouts: tuple[Layout, ...]
    packings: tuple[Packing | Unsuited, ...]
    items: arrays.Items

    @classmethod
    def of(cls, network: Network) -> Model:
        """Check a network and lay out its components; raises NetworkError with all problems."""
        found = problems(network)
        if found:
            raise NetworkError(f"network {network.name}", found)
        layouts = tuple(lay_out(network, nodes) for nodes in components(network))
        return cls(network, layouts, tuple(map(pack, layouts)), arrays.Items.of(network))

    @property
    def kernel(self) -> str:
        """Names of the kernels in use, joined by a comma."""
        return ", ".join(sorted({choice.kernel for choice in self.describe()}))

    def describe(self) -> tuple[Choice, ...]:
        """For each component the kernel that carries it, and why."""
        return tuple(map(_choice, self.layouts, self.packings))

    def start_state(
        self, axis: TimeAxis, members: int, volume_mcm: Mapping[str, float | Floats] | None = None
    ) -> State:
        """State before the first step: declared volumes, or those given by store (one or one a member).

        Raises InputError with every store that is unknown or whose volume it cannot hold.
        """
        volume = self._start_volumes(members, dict(volume_mcm or {}))
        reaches = all_reaches(self.network)
        slow = [reaches[id] for id in self.items.lagged]
        longest = max([reach.lag for reach in slow] + [1])
        length = np.resize(axis.mcm_per_m3s, longest)
        under_way = np.zeros((members, len(slow), longest))
        for k, reach in enumerate(slow):
            under_way[:, k, : reach.lag] = reach.under_way_m3s * (1.0 - reach.loss) * length[: reach.lag]
        return State(volume, under_way, np.zeros((members, len(self.network.quotas))))

    def _start_volumes(self, members: int, given: Mapping[str, float | Floats]) -> Floats:
        stores = self.network.stores
        found = [Problem(id, "is not a store", suggest(id, list(stores))) for id in given if id not in stores]
        volume = np.empty((members, len(stores)))
        for i, store in enumerate(stores.values()):
            volume[:, i] = given.get(store.id, store.start_mcm)
            wrong = volume[~((volume[:, i] >= 0) & (volume[:, i] <= store.full_mcm)), i]
            if wrong.size:
                what = f"start volume {wrong[0]:g} is not between 0 and full_mcm={store.full_mcm:g}"
                found.append(Problem(f"store {store.id}", what, "give million m3 that it can hold"))
        if found:
            raise InputError("start volumes", found)
        return volume

    def _begin(self, inflow: Ensemble, start: State | Mapping[str, float | Floats] | None) -> State:
        """A state of our own to start from; a given one must fit the network and the members."""
        if not isinstance(start, State):
            return self.start_state(inflow.axis, inflow.members, start)
        fresh = self.start_state(inflow.axis, inflow.members)
        for name, wanted in vars(fresh).items():
            shape = getattr(start, name).shape
            if shape != wanted.shape:
                problem = Problem(name, f"has shape {shape}", f"this network and inflow need {wanted.shape}")
                raise InputError(f"start of {self.network.name}", [problem])
        return start.copy()

    def simulate(
        self,
        inflow: Ensemble,
        *,
        start: State | Mapping[str, float | Floats] | None = None,
        kernel: Kernel | None = None,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> Run:
        """Run all members of `inflow` (items: the network's sources, m3/s) over its axis.

        `start` is the state that another run ended in, or start volumes by store. `progress(done, all)` is
        called as chunks of members finish. Raises SolutionError when a step has no feasible allocation.
        """
        inflow = self._ordered(inflow)
        state = self._begin(inflow, start)
        begin = state.copy()
        out = _Outputs.empty(self.network, self.items, inflow)
        for layout, packing in zip(self.layouts, self.packings, strict=True):
            problem = arrays.problem_of(layout, inflow.axis, self.items)
            own = local_state(self, layout, state)
            if kernel == "reference":
                reference.run(layout, problem, inflow.lanes, own, out.results())
            else:
                serve = _server(packing, problem, kernel)
                failed = partial(no_solution, self, inflow, begin, layout)
                _run_chunks(
                    serve, inflow, own, out, _Chunks(threads or os.cpu_count() or 1, progress, failed)
                )
            _write_back(self, layout, state, own)
        state.quota_used_mcm[:, arrays.seasons_over(self.network, inflow.axis)] = 0.0
        out.fill_folded(self, inflow)
        out.repeat_last_lane(inflow.members)
        return out.as_run(self, inflow, begin, state)

    def _ordered(self, inflow: Ensemble) -> Ensemble:
        wanted = tuple(self.items.sources)
        missing = [
            Problem(f"source {s}", "has no inflow", suggest(s, inflow.items))
            for s in wanted
            if s not in inflow.items
        ]
        values = inflow.lanes
        if not missing and not (np.isfinite(values).all() and (values >= 0).all()):
            wrong = ~(np.isfinite(values) & (values >= 0))
            bad = [inflow.items[i] for i in range(values.shape[2]) if wrong[:, :, i].any()]
            missing = [
                Problem(f"source {s}", "has a negative or missing inflow", "give m3/s >= 0") for s in bad
            ]
        if missing:
            raise InputError(f"inflow of {self.network.name}", missing)
        return inflow if inflow.items == wanted else inflow.select(wanted)


def _choice(layout: Layout, packing: Packing | Unsuited) -> Choice:
    """The kernel that carries a component when none is asked for."""
    nodes = tuple(layout.rows)
    if isinstance(packing, Unsuited):
        return Choice(nodes, "simplex", layout.size, len(layout.columns), packing.why)
    return Choice(nodes, "claims", len(packing.rows.y), len(packing.variables), packing.told())


@dataclass(frozen=True)
class _Chunks:
    threads: int
    progress: Progress | None
    failed: Callable[[tuple[int, int]], SolutionError]


def _server(packing: Packing | Unsuited, problem: stepping.Problem, kernel: Kernel | None) -> Server:
    """The kernel that serves a component: (inflow, state, results, span) to counts and the failing member."""
    if kernel == "simplex" or (kernel is None and isinstance(packing, Unsuited)):
        return partial(stepping.run_blocks, problem)
    if isinstance(packing, Unsuited):
        problems = [
            Problem("kernel", f"'claims' does not carry it: {packing.why}", "leave kernel out, or 'simplex'")
        ]
        raise InputError("simulate", problems)
    return partial(lanes.run_claims, problem, packed_of(packing, problem))


def _run_chunks(serve: Server, inflow: Ensemble, own: stepping.State, out: _Outputs, how: _Chunks) -> None:
    blocks = inflow.lanes.shape[0]
    spans = [(first, min(first + CHUNK_BLOCKS, blocks)) for first in range(0, blocks, CHUNK_BLOCKS)]
    results = out.results()
    done = 0
    pool = ThreadPoolExecutor(how.threads)
    try:
        jobs = [pool.submit(serve, inflow.lanes, own, results, span) for span in spans]
        for job in jobs:
            pivots, repaired, member, step = job.result()
            out.pivots += pivots
            out.repaired += repaired
            done += 1
            if member >= 0:
                raise how.failed((step, member))
            if how.progress:
                how.progress(done, len(spans))
    finally:
        pool.shutdown(cancel_futures=True)


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


@dataclass
class _Outputs:
    """Lane arrays that the kernels fill."""

    flow: Floats
    volume: Floats
    taken: Floats
    evaporated: Floats
    pivots: int = 0
    repaired: int = 0

    @classmethod
    def empty(cls, network: Network, items: arrays.Items, inflow: Ensemble) -> _Outputs:
        """Arrays of zeros for all that the network can give."""
        blocks, steps = inflow.lanes.shape[:2]
        sizes = (len(items.reaches), len(network.stores), len(network.claims), len(network.stores))
        flow, volume, taken, evaporated = (np.zeros((blocks, steps, size, LANES)) for size in sizes)
        return cls(flow, volume, taken, evaporated)

    def results(self) -> stepping.Results:
        """The arrays as the kernels want them."""
        return stepping.Results(self.flow, self.volume, self.taken, self.evaporated)

    def fill_folded(self, model: Model, inflow: Ensemble) -> None:
        """A folded source hands its inflow on."""
        for layout in model.layouts:
            for source, reach in layout.folded.items():
                values = inflow.lanes[:, :, model.items.sources[source]]
                self.flow[:, :, model.items.reaches[reach.id]] = values

    def repeat_last_lane(self, members: int) -> None:
        """Lanes beyond the last member repeat it, as in every ensemble."""
        last = (members - 1) % LANES
        for values in (self.flow, self.volume, self.taken, self.evaporated):
            values[-1, :, :, last + 1 :] = values[-1, :, :, last : last + 1]

    def as_run(self, model: Model, inflow: Ensemble, begin: State, end: State) -> Run:
        """The arrays as labelled ensembles, and the energy of the turbines."""
        network, reaches = model.network, all_reaches(model.network)
        owners = {
            "store": tuple(network.nodes[id].states for id in network.stores),
            "reach": tuple(r.states or network.nodes[r.tail].states for r in reaches.values()),
            "claim": tuple(tuple(s for s, _ in claim.shares) for claim in network.claims.values()),
        }

        def ensemble(quantity: str, unit: str, kind: str, ids: Any, lanes: Floats) -> Ensemble:
            return Ensemble(
                quantity, unit, tuple(ids), inflow.axis, inflow.members, lanes, owners[kind],
                f"simulated on the network {network.name!r}", inflow.seed, inflow.evidence,
            )  # fmt: skip

        flow = ensemble("flow", "m3/s", "reach", reaches, self.flow)
        volume = ensemble("volume", "million m3", "store", network.stores, self.volume)
        return Run(
            model=model,
            inflow=inflow,
            start=begin,
            end=end,
            flow=flow,
            volume=volume,
            delivered=ensemble("delivered", "m3/s", "claim", network.claims, self.taken),
            evaporated=ensemble("evaporated", "m3/s", "store", network.stores, self.evaporated),
            energy=energy_of(network, flow, volume, begin),
            pivots=self.pivots,
            repaired=self.repaired,
        )
