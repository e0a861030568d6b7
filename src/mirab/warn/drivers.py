"""Draws the drivers of a network: members that keep the published norms and variation of every source.

Each source follows its own law (see `laws`): norm by month times a lognormal factor in two lag-one
processes. The shocks of both are shared between sources through one regional factor, the simplest form of
the multi-site lag-one models of Matalas (1967). The last observation shifts the factor by its anomaly in
standard units, which is forgotten as exp(-k / decay_steps) after k steps; the spread grows in step, so that
far ahead the climatology stands again. Sources with enough past years are resampled instead (see `traces`).
A forecast of others draws the steps that it speaks of towards one of its members (see `guidance`).

Member m of a seed is always the same world: its shocks come from a counter-based generator keyed by seed,
driver and source, with the step and the block of READ members as counter and the member as place in the
stream. More members, more steps or another source therefore leave it unchanged, and a range of members is
drawn without those before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import StepKind, TimeAxis
from mirab.core.domain import DriverPlan, DriverRequest, Guide
from mirab.core.ensemble import READ, Ensemble, Ranged
from mirab.core.errors import InputError, Problem
from mirab.core.phrase import chained, say
from mirab.core.presence import Presence
from mirab.core.records import Observation
from mirab.warn import laws, traces
from mirab.warn.laws import Law

LARGEST_ANOMALY = 3.0
REGION = "region"


@dataclass(frozen=True)
class Anchor:
    """What the observations say about one source, by step of the axis.

    `known` are observed values (NaN where there is none), `ratio` the last observed value over its norm
    (NaN before the first), `memory` how much of it is left: 1 in an observed step, then exp(-k/decay).
    """

    known: NDArray[np.float64]
    ratio: NDArray[np.float64]
    memory: NDArray[np.float64]


def draw(plan: DriverPlan, request: DriverRequest) -> Ensemble:
    """Ensemble of `plan.quantity` in `plan.unit` over (item, step, member), drawn by `request.seed`.

    In expectation over members each source has its published norm in every month and its published CV of
    the annual mean, unless an observation known on `request.on` conditions it. Observed steps carry the
    observed value in every member. Raises InputError with every problem of the plan.
    """
    return drawn(plan, request).part(0, request.members)


def drawn(plan: DriverPlan, request: DriverRequest) -> Ranged:
    """The members of `draw` as a source that draws a range of them when it is asked for; the same bit by bit.

    Raises InputError with every problem of the plan.
    """
    check(plan)
    names = [None if traces.enough(plan.traces.get(item, ())) else item for item in plan.items]
    fitted = tuple(None if name is None else law(plan, i, request.axis.kind) for i, name in enumerate(names))
    known = tuple(anchors(plan, i, request.axis, request.on) for i in range(len(plan.items)))
    how = say(
        "drawn from norm, annual CV and persistence, seed {seed}, conditioned up to {day}",
        seed=str(request.seed),
        day=request.on,
    )
    return Ranged(
        plan.quantity,
        plan.unit,
        plan.items,
        request.axis,
        request.members,
        partial(_range, _Draw(plan, request, fitted, known, how)),
        plan.states,
        how,
        request.seed,
    )


@dataclass(frozen=True)
class _Draw:
    """All that the members of a plan are drawn from; a source that is resampled has no law."""

    plan: DriverPlan
    request: DriverRequest
    laws: tuple[Law | None, ...]
    anchors: tuple[Anchor, ...]
    how: str


def _range(draw: _Draw, first: int, last: int) -> Ensemble:
    """Members first to last - 1."""
    plan, axis, seed = draw.plan, draw.request.axis, draw.request.seed
    count = last - first
    shared = normals(seed, plan.quantity, REGION, len(axis), count, first)
    chance = _chance(plan, seed, count, first)
    values = np.empty((len(plan.items), len(axis), count))
    for i, (item, own_law, anchor) in enumerate(zip(plan.items, draw.laws, draw.anchors, strict=True)):
        towards = _towards(plan, item, axis, chance)
        if own_law is None:
            place = normals(seed, plan.quantity, "past years", 1, count, first)[0, :, 0]
            values[i] = _resampled(plan, i, axis, place, (anchor, towards))
        else:
            own = normals(seed, plan.quantity, f"item {item}", len(axis), count, first)
            by = (own_law, _mixed(own, shared, plan.correlation))
            values[i] = _drawn(plan, i, axis, by, (anchor, towards))
        values[i] = np.where(np.isnan(anchor.known)[:, None], values[i], anchor.known[:, None])
    labels = {"states": plan.states, "how": draw.how, "seed": seed}
    return Ensemble.of(plan.quantity, plan.unit, plan.items, axis, values.transpose(2, 1, 0), **labels)


def law(plan: DriverPlan, index: int, kind: StepKind) -> Law:
    """Law of source number `index` on steps of this kind."""
    return laws.fit(
        plan.norm[index],
        cv_annual=plan.cv_annual[index],
        lag1_annual=plan.lag1_annual[index],
        persistence=plan.persistence,
        kind=kind,
    )


def assumptions(plan: DriverPlan, kind: StepKind) -> tuple[str, ...]:
    """Sentences for the page: how the members are drawn, and where a published figure could not be kept."""
    missed = [
        say(
            "{item}: published {published:.2f}, drawn {drawn:.2f}",
            item=item,
            published=published,
            drawn=reached,
        )
        for i, (item, published) in enumerate(zip(plan.items, plan.lag1_annual, strict=True))
        if not traces.enough(plan.traces.get(item, ()))
        and abs((reached := law(plan, i, kind).lag1_annual) - published) > 0.02
    ]
    sentences = (
        *plan.assumptions,
        say(
            "Each {kind} of {quantity} is its monthly norm times a lognormal factor of mean 1; its spread "
            "is solved for so that the published CV of the annual mean comes out.",
            kind=kind,
            quantity=plan.quantity,
        ),
        say(
            "Successive {kind}s correlate by {persistence:.2f} and two sources by {correlation:.2f}, "
            "both in standard units of the logarithm; these are assumptions, not fitted.",
            **{"kind": kind, "persistence": plan.persistence, "correlation": plan.correlation},
        ),
        say(
            "The anomaly of the last observation is forgotten as exp(-k/{steps:g}) after k {kind}s.",
            steps=plan.decay_steps,
            kind=kind,
        ),
        say("The memory between years lasts {years:g} year.", years=laws.MEMORY_YEARS),
    )
    note = say(
        "Correlation of successive annual means out of reach, nearest taken: {missed}.",
        missed=chained(missed),
    )
    return (*sentences, note) if missed else sentences


def normals(
    seed: int, driver: str, name: str, steps: int, members: int, first: int = 0
) -> NDArray[np.float64]:
    """Shocks of one name, standard normal, shape (step, member, 2): for the fast and the slow process.

    They are those of `members` members from number `first` on, a multiple of READ. Philox is counter-based
    (Salmon et al. 2011): the key is a digest of seed, driver and name; of the 256 bits of the counter the
    upper half is the step, the next quarter the number of the block of READ members, and the rest, of which
    a block uses some hundreds, runs. A shorter or narrower draw is a part of a longer or wider one.
    """
    digest = hashlib.blake2b(f"{seed}|{driver}|{name}".encode(), digest_size=16).digest()
    key = int.from_bytes(digest, "little")
    shocks = np.empty((steps, members, 2))
    for step in range(steps):
        for at in range(0, members, READ):
            counter = step << 128 | (first + at) // READ << 64
            generator = np.random.Generator(np.random.Philox(key=key, counter=counter))
            generator.standard_normal(out=shocks[step, at : at + READ])
    return shocks


def anchors(plan: DriverPlan, index: int, axis: TimeAxis, on: date) -> Anchor:
    """Knowledge of source `index` by step, from its observations that ended by `on`.

    Where two overlap, the later start speaks; a plan hands in one author per source and says which.
    """
    usable = sorted(
        (seen for seen in plan.anchors.get(plan.items[index], ()) if _is_usable(seen, plan.norm[index], on)),
        key=lambda seen: (seen.start, seen.author),
    )
    known, ratio, memory = np.full(len(axis), np.nan), np.ones(len(axis)), np.zeros(len(axis))
    for step, start in enumerate(axis.starts):
        last = next((seen for seen in reversed(usable) if seen.start <= start), None)
        if last is None or last.value is None:
            continue
        ratio[step] = last.value / _norm_of(plan.norm[index], last)
        if start < last.end:
            known[step], memory[step] = last.value, 1.0
        else:
            late = 1 + (start - last.end).days / float(axis.days[step])
            memory[step] = np.exp(-late / plan.decay_steps)
    return Anchor(known, ratio, memory)


def check(plan: DriverPlan) -> None:
    """Raise InputError with every figure of the plan that cannot be drawn from."""
    problems = [*_shape_problems(plan), *_figure_problems(plan)]
    if problems:
        raise InputError(f"drivers of {plan.quantity}", problems)


def _is_usable(seen: Observation, norm: Sequence[float], on: date) -> bool:
    """Whether an observation is there, was known on the date, and has a norm to be compared with."""
    there = seen.presence is Presence.PRESENT and seen.value is not None
    return there and seen.end <= on and _norm_of(norm, seen) > 0


def _norm_of(norm: Sequence[float], seen: Observation) -> float:
    """Norm of the middle of an observation's period."""
    return float(norm[(seen.start + (seen.end - seen.start) / 2).month - 1])


def _mixed(own: NDArray[np.float64], shared: NDArray[np.float64], correlation: float) -> NDArray[np.float64]:
    """Shocks of a source: a part that the region shares and a part of its own, unit variance."""
    return np.asarray(np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own)


def _chance(plan: DriverPlan, seed: int, count: int, first: int) -> NDArray[np.float64]:
    """What chooses a member of a forecast, (member,) in [0, 1], one for all sources: their weather is one."""
    if not plan.guides:
        return np.zeros(count)
    return traces.normal_share(normals(seed, plan.quantity, "forecast", 1, count, first)[0, :, 0])


def _towards(plan: DriverPlan, item: str, axis: TimeAxis, chance: NDArray[np.float64]) -> Guide:
    """The forecast of a source with one of its members for each of ours; no weight where it says nothing."""
    if item not in plan.guides:
        return Guide(np.ones((len(axis), chance.size)), np.zeros(len(axis)))
    guide = plan.guides[item]
    count = guide.values.shape[1]
    values = guide.values[:, np.minimum((chance * count).astype(int), count - 1)]
    lacking = np.asarray(np.isnan(values).any(axis=1), dtype=bool)
    return Guide(np.where(lacking[:, None], 1.0, values), np.where(lacking, 0.0, guide.weight))


def _drawn(
    plan: DriverPlan,
    index: int,
    axis: TimeAxis,
    by: tuple[Law, NDArray[np.float64]],
    known: tuple[Anchor, Guide],
) -> NDArray[np.float64]:
    """Values of one source from its law and shocks, shape (step, member)."""
    (own, shocks), (anchor, guide) = by, known
    fast = _lag_one(shocks[:, :, 0], own.fast_lag1)
    slow = _lag_one(shocks[:, :, 1], own.slow_lag1)
    z = np.sqrt(own.slow) * slow + np.sqrt(1 - own.slow) * fast
    seen = np.clip(_standardised(own, anchor.ratio), -LARGEST_ANOMALY, LARGEST_ANOMALY)
    z *= np.sqrt(1 - anchor.memory**2)[:, None]
    z += (anchor.memory * seen)[:, None]
    norm = axis.spread(plan.norm[index])[:, None]
    if guide.weight.any():
        ratio = guide.values / np.maximum(norm, np.finfo(float).tiny)
        told = np.clip(_standardised(own, ratio), -LARGEST_ANOMALY, LARGEST_ANOMALY)
        weight = guide.weight[:, None]
        z = np.sqrt(1 - weight**2) * z + weight * told
    return np.asarray(norm * np.exp(own.sigma * z - own.sigma**2 / 2))


def _standardised(own: Law, ratio: NDArray[np.float64]) -> NDArray[np.float64]:
    """Anomalies in standard units of steps at `ratio` times their norm; 0 for a law without spread."""
    if own.sigma == 0:
        return np.zeros_like(ratio)
    floor = np.exp(-2 * LARGEST_ANOMALY * own.sigma)
    return np.asarray((np.log(np.maximum(ratio, floor)) + own.sigma**2 / 2) / own.sigma)


def _lag_one(shocks: NDArray[np.float64], lag1: float) -> NDArray[np.float64]:
    """Stationary lag-one process of unit variance driven by standard normal shocks, shape (step, member)."""
    path = shocks.copy()
    for step in range(1, len(path)):
        path[step] *= np.sqrt(1 - lag1**2)
        path[step] += lag1 * path[step - 1]
    return path


def _resampled(
    plan: DriverPlan,
    index: int,
    axis: TimeAxis,
    place: NDArray[np.float64],
    known: tuple[Anchor, Guide],
) -> NDArray[np.float64]:
    """Values of one source from its past years, shape (step, member); `place` chooses each member's first.

    An anomaly is blended in as a ratio to the norm: `memory` of it and `1 - memory` of the past year's, and
    so is a forecast by its weight.
    """
    anchor, guide = known
    years = plan.traces[plan.items[index]]
    ratio = traces.ratios(years, plan.norm[index], plan.cv_annual[index], axis, place)
    blend, weight = anchor.memory[:, None], guide.weight[:, None]
    norm = axis.spread(plan.norm[index])[:, None]
    factor = blend * anchor.ratio[:, None] + (1 - blend) * ratio
    return np.asarray((1 - weight) * norm * factor + weight * guide.values)


def _shape_problems(plan: DriverPlan) -> Iterable[Problem]:
    columns = {
        "states": plan.states,
        "norm": plan.norm,
        "cv_annual": plan.cv_annual,
        "lag1_annual": plan.lag1_annual,
    }
    for name, column in columns.items():
        if len(column) != len(plan.items):
            yield Problem(name, f"has {len(column)} entries for {len(plan.items)} items", "give one per item")
    for item in sorted({item for item in plan.items if plan.items.count(item) > 1}):
        yield Problem("items", f"names {item!r} more than once", "give each source once")


def _figure_problems(plan: DriverPlan) -> Iterable[Problem]:
    for item, norm in zip(plan.items, plan.norm, strict=False):
        if len(norm) != 12 or min(norm) < 0 or sum(norm) <= 0:
            yield Problem(f"norm of {item}", f"is {list(norm)}", "give 12 monthly means, not all 0")
    for item, cv in zip(plan.items, plan.cv_annual, strict=False):
        if not 0 <= cv <= 1.5:
            yield Problem(f"cv_annual of {item}", f"is {cv}", "give a fraction from 0 to 1.5")
    for name, value in (("persistence", plan.persistence), ("correlation", plan.correlation)):
        if not 0 <= value < 1:
            yield Problem(name, f"is {value}", "give a correlation from 0 to below 1")
    if plan.decay_steps <= 0:
        yield Problem("decay_steps", f"is {plan.decay_steps}", "give a number of steps above 0")
