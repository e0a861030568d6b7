"""What only this field computes: doubles of one event, usual amounts, drivers, onsets, neighbours."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mirab.core.ensemble import Ensemble, to_lanes
from mirab.core.panel import Panel
from mirab.core.phrase import Phrase, say

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


def without_doubles(
    panel: Panel, open_ones: Collection[str], names: Mapping[str, str]
) -> tuple[Panel, list[Phrase]]:
    """The panel without figures of open editions that look like the next step's event, and which they are."""
    values, told = panel.values.copy(), []
    for item, step in doubles(values, np.isin(np.asarray(panel.vintages), list(open_ones))):
        first, second = panel.values[item, step : step + 2]
        before, behind = (f"{panel.axis.starts[at]:%Y-%m}" for at in (step, step + 1))
        told.append(
            say(
                "{name}: {first:,.0f} deaths for {before} and {second:,.0f} for {behind} look like one "
                "event; the first is set aside.",
                name=names[panel.items[item]],
                first=float(first),
                before=before,
                second=float(second),
                behind=behind,
            )
        )
        values[item, step] = np.nan
    return replace(panel, values=values), told


def most(panel: Panel, item: str, length: int) -> float:
    """Largest figure of an item in the last `length` steps, 0 where there is none."""
    return float(np.nan_to_num(panel.values[panel.position(item), -length:]).max())


def drivers(panel: Panel, item: str, year: int, memory: int, event: float) -> Phrase:
    """What the forecast of an item follows from, in words: the last year, the last figure, the bad months."""
    row = panel.values[panel.position(item)]
    last = np.flatnonzero(row > 0)
    when = say("none in the whole record")
    if last.size:
        when = say("last in {month}", month=f"{panel.axis.starts[last[-1]]:%Y-%m}")
    return say(
        "{number:,.0f} in the last {year} months, {when}; {bad} of {memory} months at {event:.0f} or more",
        number=float(np.nansum(row[-year:])),
        year=year,
        when=when,
        bad=int(np.sum(row[-memory:] >= event)),
        memory=memory,
        event=event,
    )


def norms(
    panel: Panel, near: Mapping[str, Sequence[str]], year: int, least: float
) -> dict[str, dict[str, float]]:
    """Mean of the last `year` steps by item, and of what lies around each, where it is `least` or more."""
    last = panel.values[:, -year:]
    mean = np.nansum(last, axis=1) / np.maximum(1, np.sum(~np.isnan(last), axis=1))
    own = {item: float(mean[panel.position(item)]) for item in near}
    nearby = {
        around(item): float(sum(mean[panel.position(n)] for n in group)) for item, group in near.items()
    }
    found = {"deaths": own, "deaths_nearby": nearby}
    return {name: {i: v for i, v in items.items() if v >= least} for name, items in found.items()}


def around(item: str) -> str:
    """Id of what lies around an item; one part before the colon, so that such threats are told as one."""
    return f"around:{item}"


def derived(
    deaths: Ensemble, *, quiet: Sequence[str], near: Mapping[str, Sequence[str]], alerts: int, event: float
) -> tuple[Ensemble, ...]:
    """Deaths of the `alerts` quiet items likeliest to see the event, and deaths around each item."""
    there = {item: tuple(n for n in group if n in deaths.items) for item, group in near.items()}
    groups = {item: group for item, group in there.items() if group}
    calm = tuple(item for item in quiet if item in deaths.items)
    new = (likeliest(deaths, calm, event, alerts),) if calm else ()
    return (*new, nearby(deaths, groups)) if groups else new


def likeliest(deaths: Ensemble, items: Sequence[str], event: float, most: int) -> Ensemble:
    """The `most` items that are likeliest to reach the event in some step, A to Z, as `new_deaths`."""
    chance = {item: float(np.mean(np.any(deaths[item] >= event, axis=0))) for item in items}
    kept = sorted(sorted(items, key=lambda item: (-chance[item], item))[:most])
    return replace(deaths.select(kept), quantity="new_deaths")


def nearby(deaths: Ensemble, groups: Mapping[str, Sequence[str]]) -> Ensemble:
    """Sum over the neighbours of each item in each step and member, as `deaths_nearby`."""
    sums = [np.sum([deaths[item].T for item in group], axis=0) for group in groups.values()]
    return replace(
        deaths,
        quantity="deaths_nearby",
        items=tuple(around(item) for item in groups),
        lanes=to_lanes(np.stack(sums, axis=2)),
        states=tuple((item,) for item in groups),
    )
