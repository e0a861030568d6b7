"""Compound threats: two threats of different matters that may hit the same states in the same window.

Where one run holds both, the probability is the share of its members in which both come true, so drivers
that they share are counted. Where they come from different runs it is the product of both probabilities,
and the record says so. The bound and the most that are shown are ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from mirab.core.records import Compound, Threat

LEAST_PROBABILITY = 0.2
MOST = 5
Members = Mapping[str, NDArray[np.bool_]]


def compounds(threats: Iterable[Threat], runs: Sequence[Members], state: str = "") -> tuple[Compound, ...]:
    """At most MOST compounds of at least LEAST_PROBABILITY, the most likely first, ties by id.

    `runs` hold for each run the members (member,) in which its threats come true, by id. With a `state`
    only those that both touch it. One rule at two places, and two rules of one domain at one place, are one
    matter and no compound. A threat of several items counts by the one that leads it.
    """
    known = sorted((one for one in threats if one.probability is not None), key=lambda one: one.id)
    apart = (pair for pair in combinations(known, 2) if not _is_one_matter(*pair))
    pairs = (_pair(one, other, runs) for one, other in apart)
    found = [pair for pair in pairs if pair is not None and pair.probability >= LEAST_PROBABILITY]
    shown = [pair for pair in found if not state or state in pair.states]
    return tuple(sorted(shown, key=lambda pair: (-pair.probability, pair.id))[:MOST])


def _pair(one: Threat, other: Threat, runs: Sequence[Members]) -> Compound | None:
    """Both as a compound; None where they share no state or no day."""
    states, window = sorted({*one.states} & {*other.states}), _shared(one.window, other.window)
    if not states or window is None or one.probability is None or other.probability is None:
        return None
    product = one.probability * other.probability
    joint = _joint(one.id, other.id, runs)
    return Compound(
        id=f"{one.id}+{other.id}",
        threats=(one.id, other.id),
        states=tuple(states),
        window=window,
        probability=product if joint is None else joint,
        product=product,
        common=joint is not None,
        marking=max(one.marking, other.marking, key=lambda marking: marking.rank),
    )


def _is_one_matter(one: Threat, other: Threat) -> bool:
    """Whether both come from one rule, or from one domain at one place."""
    alike = one.rule == other.rule or not {*one.items}.isdisjoint(other.items)
    return one.domain == other.domain and alike


def _joint(one: str, other: str, runs: Sequence[Members]) -> float | None:
    """Share of members in which both come true; None where no run holds both."""
    run = next((run for run in runs if one in run and other in run), None)
    return None if run is None else float(np.mean(run[one] & run[other]))


def _shared(one: tuple[date, date] | None, other: tuple[date, date] | None) -> tuple[date, date] | None:
    """The days that two windows share, None where there is none."""
    if one is None or other is None:
        return None
    first, last = max(one[0], other[0]), min(one[1], other[1])
    return (first, last) if first <= last else None
