"""Outlook: the ensemble run from the last observation to the date of the briefing, and on from there.

Between the two nothing is known but dated readings. Each re-anchors its store in every member when the run
comes to it, so that the bands are as wide as the ignorance is. A reading is not exact: members are spread
around it by READING_ERROR of its value (ours, printed).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis, dekads, water_year
from mirab.core.domain import DriverPlan
from mirab.core.ensemble import Ensemble, Members
from mirab.core.errors import InputError, Problem
from mirab.core.flow.gather import Client, Progress
from mirab.core.flow.model import Model
from mirab.core.flow.run import Run, State
from mirab.core.flow.work import Keep
from mirab.core.phrase import chained, say
from mirab.core.records import Observation
from mirab.warn.drivers import normals
from mirab.warn.sentences import amount

READING_ERROR = {"day": 0.01, "longer": 0.03}
HISTORY_STEPS = 18
AT_A_TIME = 36
MOST_YEARS = 15
EARLIEST = 1900
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Outlook:
    """`run` goes forward from the date; `past` holds the runs of the last steps before it, oldest first."""

    on: date
    run: Run
    past: tuple[Run, ...]


def axis_for(observed: Sequence[Observation], stores: Sequence[str], on: date, steps: int) -> TimeAxis:
    """Dekads from the last observed volume of a regular series to `steps` dekads after the date `on`.

    Readings that come singly do not move the start. Without a series the axis starts on `on`. Raises
    InputError where `on` lies before EARLIEST or more than MOST_YEARS after the start.
    """
    if on.year < EARLIEST:
        fix = f"choose a date from {EARLIEST} on"
        raise InputError("outlook", [Problem("date", f"{on} is too early for an outlook", fix)])
    ends = {store: [o.end for o in observed if o.item == store and _is_regular(o)] for store in stores}
    last = [max(days) for days in ends.values() if days]
    start = min(max(last, default=on), on)
    if on.year - start.year > MOST_YEARS:
        fix = f"choose a date up to {start.year + MOST_YEARS}, or add later observations"
        raise InputError(
            "outlook", [Problem("date", f"{on} is long after the last observation, {start}", fix)]
        )
    count = len(_between(start, on)) + steps
    return dekads(start, count)


@dataclass(frozen=True)
class Way:
    """How to simulate: items to keep by quantity (None: all), who hears of progress, and a cluster."""

    keep: Keep | None = None
    progress: Progress | None = None
    client: Client | None = None


def project(
    model: Model, inflow: Members, plan: DriverPlan, on: date, *, seed: int, way: Way | None = None
) -> Outlook:
    """Run the members of `inflow` over its axis, re-anchored by the plan's readings.

    The start volumes are the plan's, else the network's. Raises what `Model.simulate` raises.
    """
    members = inflow.members
    full = {store.id: store.full_mcm for store in model.network.stores.values()}
    given = {
        store: np.minimum(_spread(seen, members, seed), full[store]) for store, seen in plan.start.items()
    }
    state = model.start_state(inflow.axis, members, given)
    forward = inflow.axis.index(on)
    readings = _by_step(plan.readings, inflow.axis, forward)
    cuts = {0, forward, *readings, len(inflow.axis), *range(0, forward, AT_A_TIME)}
    past: list[Run] = []
    for first, last in pairwise(sorted(cuts)):
        for seen in readings.get(first, ()):
            _anchor(model, state, seen, seed)
        run = model.simulate(inflow.steps(first, last), start=state, **vars(way or Way()))
        state = run.end.copy()  # a reading changes it, the run that ended here stays as it was
        shown = _tail(run, forward - HISTORY_STEPS, inflow.axis) if last <= forward else None
        past += [shown] if shown else []
    return Outlook(on, run, tuple(past))


def mean_year(model: Model, plan: DriverPlan, axis: TimeAxis) -> Run:
    """The run of one member in which every source carries its norm: what `norm` means for derived quantities.

    It starts at the volumes of the tables on the 1 October before the axis, of which they speak, so that the
    norm of a day does not hang on the date of the briefing.
    """
    first = date(water_year(axis.starts[0]) - 1, 10, 1)
    lead = len(_between(first, axis.starts[0]))
    whole = dekads(first, lead + len(axis))
    values = np.stack([whole.spread(norm) for norm in plan.norm], axis=1)[None]
    inflow = Ensemble.of(plan.quantity, plan.unit, plan.items, whole, values, how="the mean year")
    return model.simulate(inflow).steps(lead, len(whole))


def assumptions(plan: DriverPlan, titles: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Sentences for the page on start volumes and readings; `titles` are the names of stores."""
    day, longer = (amount(READING_ERROR[kind], "fraction") for kind in ("day", "longer"))
    names = sorted((titles or {}).get(store, store) for store in plan.start)
    return (
        say(
            "Start volumes are observed for {names}; the other stores start at the volume of their table.",
            names=chained(names, ", ") if names else say("no store"),
        ),
        say(
            "A reading of one day is spread by {day} of its value over the members, one of a longer period "
            "by {longer}; later readings that re-anchor their stores: {count}.",
            day=day,
            longer=longer,
            count=len(plan.readings),
        ),
    )


def _is_regular(seen: Observation) -> bool:
    """Whether an observation belongs to a series: it speaks for a dekad, not for a day or a month."""
    return seen.quantity == "volume" and seen.value is not None and 8 <= (seen.end - seen.start).days <= 11


def _between(start: date, on: date) -> list[date]:
    axis = dekads(start, 36 * (on.year - start.year + 1) + 36)
    return [day for day in axis.starts if day < dekads(on, 1).starts[0]]


def _by_step(readings: Sequence[Observation], axis: TimeAxis, last: int) -> dict[int, list[Observation]]:
    """Readings by the step that holds the middle of their period, up to step `last`."""
    found: dict[int, list[Observation]] = {}
    for seen in readings:
        middle = seen.start + (seen.end - seen.start) // 2
        if axis.starts[0] <= middle < axis.end and axis.index(middle) <= last:
            found.setdefault(axis.index(middle), []).append(seen)
    return found


def _spread(seen: Observation, members: int, seed: int) -> Floats:
    """Volume of each member around a reading, million m3."""
    error = READING_ERROR["day" if (seen.end - seen.start).days <= 11 else "longer"]
    shocks = normals(seed, "reading", f"{seen.item} {seen.start}", 1, members)[0, :, 0]
    return np.asarray(float(seen.value or 0.0) * np.exp(error * shocks - 0.5 * error**2))


def _anchor(model: Model, state: State, seen: Observation, seed: int) -> None:
    store = model.network.stores[seen.item]
    values = _spread(seen, state.volume_mcm.shape[0], seed)
    state.volume_mcm[:, model.items.stores[seen.item]] = np.minimum(values, store.full_mcm)


def _tail(run: Run, first: int, axis: TimeAxis) -> Run | None:
    """The steps of a past run that are shown: those from step `first` of the whole axis."""
    skip = max(first - axis.index(run.axis.starts[0]), 0)
    return run.steps(skip, len(run.axis)) if skip < len(run.axis) else None
