"""What only this field computes: doubles of one event, usual amounts, drivers, onsets and neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mirab.core.ensemble import Ensemble, to_lanes
from mirab.core.panel import Panel

Floats = NDArray[np.float64]
NEAR, LEAST, QUIET, AROUND = 0.25, 10.0, 3.0, 12


def doubles(values: Floats, provisional: NDArray[np.bool_]) -> tuple[tuple[int, int], ...]:
    """Places (item, step) of a figure that looks like the event of the step after it, counted twice.

    Both are provisional, at least LEAST, within NEAR of the larger one, and no step within AROUND of the two
    has more than QUIET. Such a pair comes from an event on the turn of a month that one edition dates before
    it and the next behind it. Ours; it finds the pair of June and July 2022 in Uzbekistan and no other in the
    panel of 15 states.
    """
    found = []
    for item, row in enumerate(values):
        for step in range(len(row) - 1):
            pair = row[step : step + 2]
            if not provisional[item, step : step + 2].all() or not np.min(pair) >= LEAST:
                continue
            near = np.concatenate([row[max(0, step - AROUND) : step], row[step + 2 : step + 2 + AROUND]])
            if np.ptp(pair) <= NEAR * pair.max() and not (near > QUIET).any():
                found.append((item, step))
    return tuple(found)


def most(panel: Panel, item: str, length: int) -> float:
    """Largest figure of an item in the last `length` steps, 0 where there is none."""
    return float(np.nan_to_num(panel.values[panel.position(item), -length:]).max())


def drivers(panel: Panel, item: str, year: int, memory: int, event: float) -> str:
    """What the forecast of an item follows from, in words: the last year, the last figure, the bad months."""
    row = panel.values[panel.position(item)]
    last = np.flatnonzero(row > 0)
    when = f"last in {panel.axis.starts[last[-1]]:%Y-%m}" if last.size else "none in the whole record"
    bad = int(np.sum(row[-memory:] >= event))
    seen = f"{np.nansum(row[-year:]):,.0f} in the last {year} months, {when}"
    return f"{seen}; {bad} of {memory} months at {event:.0f} or more"


def norms(
    panel: Panel, near: Mapping[str, Sequence[str]], year: int, least: float
) -> dict[str, dict[str, float]]:
    """Mean of the last `year` steps by item and of its neighbours together, where it is `least` or more."""
    last = panel.values[:, -year:]
    mean = np.nansum(last, axis=1) / np.maximum(1, np.sum(~np.isnan(last), axis=1))
    own = {item: float(mean[panel.position(item)]) for item in near}
    around = {item: float(sum(mean[panel.position(n)] for n in group)) for item, group in near.items()}
    found = {"deaths": own, "neighbour_deaths": around}
    return {name: {i: v for i, v in items.items() if v >= least} for name, items in found.items()}


def derived(
    deaths: Ensemble, *, quiet: Sequence[str], near: Mapping[str, Sequence[str]], event: float, most: int
) -> tuple[Ensemble, ...]:
    """Onset of the `most` likeliest quiet items, and deaths in the neighbours of each item together."""
    there = {item: tuple(n for n in group if n in deaths.items) for item, group in near.items()}
    groups = {item: group for item, group in there.items() if group}
    calm = tuple(item for item in quiet if item in deaths.items)
    onset = (reached(deaths, calm, event, most),) if calm else ()
    return (*onset, summed(deaths, groups)) if groups else onset


def reached(deaths: Ensemble, items: Sequence[str], threshold: float, most: int) -> Ensemble:
    """1 where an item reaches the threshold in a step and member, else 0; the `most` likeliest items only."""
    chance = {item: float(np.mean(np.any(deaths[item] >= threshold, axis=0))) for item in items}
    kept = sorted(sorted(items, key=lambda item: (-chance[item], item))[:most])
    part = deaths.select(kept)
    return _like(part, "onset", "fraction", (part.values() >= threshold).astype(float))


def summed(deaths: Ensemble, groups: Mapping[str, Sequence[str]]) -> Ensemble:
    """Sum over a group of items for each key, such as the neighbours of a state, in each step and member."""
    sums = [np.sum([deaths[item].T for item in group], axis=0) for group in groups.values()]
    return _like(deaths, "neighbour_deaths", deaths.unit, np.stack(sums, axis=2), tuple(groups))


def _like(
    source: Ensemble, quantity: str, unit: str, values: Floats, items: tuple[str, ...] | None = None
) -> Ensemble:
    names = source.items if items is None else items
    return Ensemble(
        quantity,
        unit,
        names,
        source.axis,
        source.members,
        to_lanes(values),
        tuple((name,) for name in names),
        source.how,
        source.seed,
        source.evidence,
    )
