"""Horizon (K3): what states can reach together when the inflow of all steps is known beforehand.

One linear programme a member over all steps (`expansion`, `programme`), solved by HiGHS from raw arrays. It
takes what the network declares: losses, lags with the water under way, return flows, capacities, caps,
quotas, in-stream flows. Frozen from a reference run are evaporation (linear in what is carried over) and
heads; `head` then lets the heads follow the volumes. Zones of stores do not bind, but for dead volumes, and
release rules are what is optimised. Perfect foresight is a bound: nobody operates a river like this.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis
from mirab.core.ensemble import Ensemble, Members, to_lanes
from mirab.core.errors import InputError, Problem, SolutionError, suggest
from mirab.core.flow import arrays, head
from mirab.core.flow.expansion import Expansion, expand
from mirab.core.flow.layout import all_reaches
from mirab.core.flow.programme import FLOWS, Sides, Solver, inflow_of
from mirab.core.flow.run import Run, State, energy_of
from mirab.core.flow.work import quantities
from mirab.core.flow.worth import Worth, worth
from mirab.core.values import Values

if TYPE_CHECKING:
    from mirab.core.flow.model import Model

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
NOTICED_MCM = 1e-6
WORDS = {
    "take": "claim {} gets less than in the reference",
    "turbine": "reach {} drives its plants with less water than in the reference",
    "end": "store {} ends with less water than in the reference",
    "end_dead": "store {} ends with less than its dead volume",
    "dead": "store {} holds less than its dead volume",
    "missing": "in-stream flow {} is not kept",
}


@dataclass(frozen=True)
class Shortfall:
    """A guarantee that is not kept: its kind and item, and million m3 missing by member."""

    kind: str
    item: str
    missing_mcm: Floats

    def __str__(self) -> str:
        worst = int(self.missing_mcm.argmax())
        what = WORDS[self.kind].format(self.item)
        return f"{what}: {self.missing_mcm[worst]:.4g} million m3 in member {worst}"


@dataclass(frozen=True)
class Horizon:
    """The best that `states` can do together with perfect foresight, for each member.

    `run` has flows, volumes, deliveries, evaporation and energy as ensembles, as of a simulation, and its
    balance. `worth` is what it brings each state, energy at the heads that the volumes give, or at frozen
    ones where heads were to stay; `value` (member,) the sum of it over `states`, million USD. `head_gain`
    (member,) is by how much the search with moving heads beats the optimum of frozen ones, both counted with
    moving ones; 0 where heads were to stay. `shortfalls` are guarantees that are not kept.
    `programmes` and `iterations` count the linear programmes and steps of the simplex.
    """

    run: Run
    reference: Run
    states: tuple[str, ...]
    worth: Worth
    value: Floats
    head_gain: Floats
    shortfalls: tuple[Shortfall, ...]
    programmes: int
    iterations: int
    status: str = "optimal"


@dataclass
class Found:
    """Column values of all members of one component, and what the search took."""

    at: Floats
    head_gain: Floats
    programmes: int = 0
    iterations: int = 0


def optimise(
    model: Model,
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
    """The joint optimum of some states (None: all) for each member, others held at the reference.

    Who takes no part keeps, in each step, the deliveries and the water through its plants that it had in the
    `reference` (a simulation with the same members is made where none is given), and what its stores held at
    the end; so does what has no value. These guarantees are soft, by a weight above all prices; where they
    cannot all be kept, `shortfalls` says which. `hard` raises SolutionError instead, with the smallest
    violations. With `heads` the heads follow the volumes (successive programmes), else they stay frozen.

    Raises InputError for values or states that do not fit, SolutionError where no optimum is found.
    """
    values.check(model.network)
    together = acting(model, states)
    run = reference or model.simulate(inflow, start=start)
    found = []
    for done, layout in enumerate(model.layouts, start=1):
        sides = Sides(expand(layout, run, values), run, values)
        if hard:
            _refuse(sides, together)
        found.append((sides, _solved(sides, together, heads)))
        if progress:
            progress(done, len(model.layouts))
    best = assembled(run, [(sides.expansion, one.at) for sides, one in found])
    brings = worth(best, values, None if heads else found[0][0].expansion.frozen.head_m)
    return Horizon(
        best,
        run,
        together,
        brings,
        brings.of(together),
        np.asarray(sum(one.head_gain for _, one in found)),
        tuple(s for sides, one in found for s in shortfalls(sides, together, one.at)),
        sum(one.programmes for _, one in found),
        sum(one.iterations for _, one in found),
    )


def acting(model: Model, states: Collection[str] | None) -> tuple[str, ...]:
    """The states that act together, in the order of the network; InputError for one that is not there."""
    known = model.network.states
    found = [
        Problem(s, "is no state of the network", suggest(s, known)) for s in states or () if s not in known
    ]
    if found:
        raise InputError(f"states of {model.network.name}", found)
    return tuple(known if states is None else (state for state in known if state in states))


def _solved(sides: Sides, states: Collection[str], heads: bool) -> Found:
    cost = sides.costs(states)
    order = np.argsort(-sides.water(), kind="stable")
    solver = Solver(sides.expansion, cost, sides.bounds(int(order[0]), states))
    found = Found(np.zeros((sides.members, sides.expansion.columns)), np.zeros(sides.members))
    plants = head.varying(sides, states) if heads else []
    for member in map(int, order):
        bounds = sides.bounds(member, states)
        solver.price(cost)
        solver.bound(bounds)
        found.at[member] = solver.solve()
        found.programmes, found.iterations = found.programmes + 1, found.iterations + solver.iterations
        if plants:
            search = head.Search(sides, solver, plants, member, cost, bounds)
            found.at[member], found.head_gain[member] = search.best(found.at[member])
            found.programmes += search.programmes
            found.iterations += search.iterations
    return found


def _refuse(sides: Sides, states: Collection[str]) -> None:
    """Raise SolutionError for the member in which the least violation of the guarantees is not nothing."""
    weights = sides.guarantees(states)
    solver = Solver(sides.expansion, weights, sides.bounds(0, states))
    least = np.zeros((sides.members, sides.expansion.columns))
    for member in range(sides.members):
        solver.bound(sides.bounds(member, states))
        least[member] = solver.solve()
    broken = sorted(shortfalls(sides, states, least), key=lambda one: -one.missing_mcm.max())
    if broken:
        told = "\n  ".join(map(str, broken[:5]))
        raise SolutionError(
            f"the guarantees of {sides.network.name} cannot all be kept; the smallest violations:\n  {told}\n"
            "  make them soft (hard=False), let the owner take part, or ask for less there"
        )


def shortfalls(sides: Sides, states: Collection[str], at: Floats) -> list[Shortfall]:
    """Guarantees that columns (member, column) do not keep, by more than a m3 in some member."""
    found = []
    for (kind, item), missing in sides.missing(states, at).items():
        if missing.max(initial=0.0) > NOTICED_MCM:
            found.append(Shortfall(kind, item, missing))
    return found


def assembled(reference: Run, parts: list[tuple[Expansion, Floats]]) -> Run:
    """The run that the column values (member, column) of all components make."""
    model, axis = reference.model, reference.axis
    members, steps = reference.inflow.members, len(axis)
    labels = quantities(model.network)
    flow, volume, taken, evaporated = (
        np.zeros((members, steps, len(labels[name].items)))
        for name in ("flow", "volume", "delivered", "evaporated")
    )
    inflow = inflow_of(reference)
    for expansion, at in parts:
        for source, reach in expansion.layout.folded.items():
            flow[:, :, model.items.reaches[reach.id]] = inflow[:, :, model.items.sources[source]]
        for member in range(members):
            _fill(expansion, at[member], axis, model.items, flow[member], taken[member])
            _fill_stores(expansion, at[member], model.items, volume[member], evaporated[member])
        evaporated[:, :, _stores(expansion, model.items)] += expansion.frozen.fixed_mcm
    evaporated /= axis.mcm_per_m3s[:, None]
    made = {"flow": flow, "volume": volume, "delivered": taken, "evaporated": evaporated}
    how = f"optimised with perfect foresight on the network {model.network.name!r}"
    own = {name: _ensemble(name, labels, reference, np.maximum(a, 0.0), how) for name, a in made.items()}
    plants = tuple(model.network.turbines.values())
    energy = energy_of(model.network, own["flow"], own["volume"], reference.start, plants)
    begin, end = reference.start, _end(reference, own)
    flows = own["flow"], own["volume"], own["delivered"], own["evaporated"]
    return Run(model, reference.inflow, begin, end, *flows, energy)


def _ensemble(name: str, labels: Mapping[str, object], run: Run, values: Floats, how: str) -> Ensemble:
    label = quantities(run.model.network)[name]
    return Ensemble(
        name, label.unit, label.items, run.axis, run.inflow.members, to_lanes(values), label.states, how,
        run.inflow.seed, run.inflow.evidence,
    )  # fmt: skip


def _fill(
    expansion: Expansion, at: Floats, axis: TimeAxis, items: arrays.Items, flow: Floats, taken: Floats
) -> None:
    names = dict.fromkeys(
        (part.kind in FLOWS, part.part) for part in expansion.parts if part.kind in (*FLOWS, "take")
    )
    for passing, name in names:
        if passing:
            flow[:, items.reaches[name]] = expansion.total(at, FLOWS, name) / axis.mcm_per_m3s
        else:
            taken[:, items.claims[name]] = expansion.total(at, ("take",), name) / axis.mcm_per_m3s


def _stores(expansion: Expansion, items: arrays.Items) -> list[int]:
    return [items.stores[store] for store in arrays.stores_of(expansion.layout)]


def _fill_stores(
    expansion: Expansion, at: Floats, items: arrays.Items, volume: Floats, lost_mcm: Floats
) -> None:
    for s, store in enumerate(arrays.stores_of(expansion.layout)):
        held = expansion.total(at, ("dead", "carry"), store)
        volume[:, items.stores[store]] = held
        lost_mcm[:, items.stores[store]] = held * expansion.frozen.loss[:, s]


def _end(reference: Run, own: Mapping[str, Ensemble]) -> State:
    """The state after the last step: volumes, water under way, quotas of seasons that go on."""
    model, axis = reference.model, reference.axis
    reaches, length = all_reaches(model.network), axis.mcm_per_m3s
    under_way = np.zeros_like(reference.start.under_way_mcm)
    for id, k in model.items.lagged.items():
        lag = reaches[id].lag
        sent = own["flow"][id].T * length * (1.0 - reaches[id].loss)
        both = np.concatenate([reference.start.under_way_mcm[:, k, :lag], sent], axis=1)
        under_way[:, k, :lag] = both[:, -lag:]
    volume = own["volume"].values()[:, -1, :]
    return State(volume, under_way, _quota_use(reference, own["delivered"]))


def _quota_use(reference: Run, delivered: Ensemble) -> Floats:
    network, axis = reference.model.network, reference.axis
    used = reference.start.quota_used_mcm.copy()
    over = arrays.seasons_over(network, axis)
    for q, quota in enumerate(network.quotas.values()):
        counts, reset = arrays.marks_of(quota, axis)
        taken = np.asarray(sum(delivered[claim] for claim in quota.claims)).T * axis.mcm_per_m3s
        for t in range(len(axis)):
            used[:, q] = (0.0 if reset[t] else used[:, q]) + (taken[:, t] if counts[t] else 0.0)
        used[:, q] *= not over[q]
    return used
