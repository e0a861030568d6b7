"""Model: a checked network, compiled; it says which kernel carries each component, and simulates."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis
from mirab.core.ensemble import Ensemble, Members
from mirab.core.errors import InputError, NetworkError, Problem, suggest
from mirab.core.flow import arrays, chunks, gather
from mirab.core.flow.check import problems
from mirab.core.flow.gather import Client, Progress
from mirab.core.flow.layout import Layout, all_reaches, components, lay_out
from mirab.core.flow.packing import Packing, Unsuited, pack
from mirab.core.flow.run import Run, State
from mirab.core.flow.work import Keep, Kernel, Work, check_kernel, kept
from mirab.core.network import Network

if TYPE_CHECKING:
    from mirab.core.flow.horizon import Horizon
    from mirab.core.values import Values

Floats = NDArray[np.float64]


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

    def _begin(self, inflow: Members, start: State | Mapping[str, float | Floats] | None) -> State:
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
        inflow: Members,
        *,
        start: State | Mapping[str, float | Floats] | None = None,
        kernel: Kernel | None = None,
        threads: int | None = None,
        progress: Progress | None = None,
        keep: Keep | None = None,
        reduce: bool = True,
        client: Client | None = None,
    ) -> Run:
        """Run all members of `inflow` (items: the network's sources, m3/s) over its axis.

        `start` is the state that another run ended in, or start volumes by store. `keep` names the items
        whose members are kept in float32, by quantity (flow, volume, delivered, evaporated, energy); all are
        kept in float64 where it is None. Of every item the run has a `summary`, unless `reduce` is False:
        then what is not kept is not even written. `progress(done, all)` is
        called as chunks of members finish. `client` is a cluster that runs them (see `gather.Client`), in
        place of `threads`.

        `kernel` serves all components; None takes for each the one that `describe` names.

        Raises InputError for what does not fit the network, SolutionError when a step has no feasible
        allocation; an interrupt waits for the chunks that run and leaves nothing behind.
        """
        self._check(inflow)
        wanted = tuple(self.items.sources)
        source = inflow.select(wanted) if isinstance(inflow, Ensemble) and inflow.items != wanted else inflow
        begin = self._begin(source, start)
        items = kept(self.network, keep)
        check_kernel(self, kernel)
        work = Work(self, source.axis, kernel, items, np.float64 if keep is None else np.float32, reduce)
        lanes = chunks.room(work, source.members)
        if client is None:
            parts = gather.local(work, source, begin, threads or os.cpu_count() or 1, lanes)
        else:
            parts = gather.remote(work, source, begin, client)
        return gather.together(work, source, begin, parts, lanes, progress)

    def optimise(
        self,
        inflow: Members,
        values: Values,
        *,
        start: State | Mapping[str, float | Floats] | None = None,
        states: Collection[str] | None = None,
        reference: Run | None = None,
        hard: bool = False,
        heads: bool = True,
        progress: Progress | None = None,
    ) -> Horizon:
        """The best that some states can do together with perfect foresight, for each member.

        See `mirab.core.flow.horizon.optimise`, which this calls. Raises InputError for what does not fit the
        network, SolutionError where no optimum is found.
        """
        from mirab.core.flow import horizon

        self._check(inflow)
        return horizon.optimise(
            self,
            inflow,
            values,
            start=start,
            states=states,
            reference=reference,
            hard=hard,
            heads=heads,
            progress=progress,
        )

    def _check(self, inflow: Members) -> None:
        found = [
            Problem(f"source {s}", "has no inflow", suggest(s, inflow.items))
            for s in self.items.sources
            if s not in inflow.items
        ]
        if not len(inflow.axis):
            found.append(Problem("axis", "has no steps", "give one or more"))
        if found:
            raise InputError(f"inflow of {self.network.name}", found)


def _choice(layout: Layout, packing: Packing | Unsuited) -> Choice:
    """The kernel that carries a component when none is asked for."""
    nodes = tuple(layout.rows)
    if isinstance(packing, Unsuited):
        return Choice(nodes, "simplex", layout.size, len(layout.columns), packing.why)
    return Choice(nodes, "claims", len(packing.rows.y), len(packing.variables), packing.told())
