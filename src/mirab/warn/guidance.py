"""Forecasts of others as a guide of the drivers: mapped to the norms, weighed, scored on the past, chosen.

A forecast is used where a user chooses it, or where past editions of it, run through the same mapping and
the same draw, met the gauges better than climatology and than persistence did. Otherwise it is said that it
is at hand, and stays out. Weights and limits are ours, the mapping is that of `quantile_mapping`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import TimeAxis, dekad_start, dekads
from mirab.core.domain import DriverPlan, DriverRequest, Guide
from mirab.core.ensemble import Ensemble
from mirab.core.errors import UnknownNameError
from mirab.core.phrase import Phrase, chained, say
from mirab.warn import drivers, quantile_mapping, verify

Floats = NDArray[np.float64]
ASSUMED, DECAY, LEAST_PAIRS = 0.7, 6.0, 36
DEKAD_DAYS = 365.25 / 36
FEWEST_EDITIONS, LEADS, MEMBERS, SEED = 12, 12, 200, 1


class Guiding(StrEnum):
    """Whether forecasts of others guide the drivers."""

    OFF = "off"
    IF_BETTER = "if-better"
    ON = "on"

    @classmethod
    def of(cls, name: str) -> Guiding:
        """The one of a name; UnknownNameError with the nearest that there is."""
        known = [one.value for one in cls]
        if name not in known:
            raise UnknownNameError("use of forecasts", name, known)
        return cls(name)


@dataclass(frozen=True)
class Skill:
    """Mean CRPS over past editions as a share of the norm: guided, climatology, persistence.

    `cases` are figures of gauges that were met. `surely` says that the ratio to the better of the other two
    stays below 1 in 95 % of draws of the editions.
    """

    editions: int = 0
    cases: int = 0
    guided: float = float("nan")
    climatology: float = float("nan")
    persistence: float = float("nan")
    surely: bool = False

    @property
    def wins(self) -> bool:
        """Whether there are enough editions, and they were better than both."""
        return self.editions >= FEWEST_EDITIONS and self.surely


def guided(plan: DriverPlan, request: DriverRequest, how: Guiding) -> DriverPlan:
    """The plan with the newest forecast as its guide where that is chosen or has won, and what is said of it.

    Without a forecast that reaches beyond the date the plan stays as it is.
    """
    ahead, past = editions(plan, request), _past(plan, request)
    newest = next((one for one in ahead if one.axis.end > request.on), None)
    if newest is None or past is None:
        return plan
    guides = guides_of(plan, request.axis, newest, past, request.on)
    refused = [item for item in plan.items if item in newest.items and item not in guides]
    skill = hindcast(plan, request, ahead, past) if guides and how is not Guiding.OFF else Skill()
    used = bool(guides) and (how is Guiding.ON or (how is Guiding.IF_BETTER and skill.wins))
    said = [_used(plan, newest, guides), _weighed(guides)] if used else [_unused(newest, how)]
    said += [_scored(skill)] if how is not Guiding.OFF else []
    said += [_refused(refused)] if refused else []
    return replace(plan, guides=guides if used else {}, assumptions=(*plan.assumptions, *said))


def editions(plan: DriverPlan, request: DriverRequest) -> tuple[Ensemble, ...]:
    """Forecasts of the plan's quantity that were issued by the date, newest first."""
    found = [one for one in request.forecasts if one.quantity == plan.quantity and one.issued]
    known = [one for one in found if one.issued and one.issued <= request.on]
    return tuple(sorted(known, key=lambda one: one.issued or request.on, reverse=True))


def guides_of(
    plan: DriverPlan, axis: TimeAxis, forecast: Ensemble, past: Ensemble, on: date
) -> Mapping[str, Guide]:
    """Guides on the steps of `axis` from a forecast and the past of the same model, known on a day.

    A source whose past has too few years that differ in a month that is forecast gets none. The weight of the
    dekad of issue is the correlation of model and gauge, where both are known long enough, else ASSUMED.
    """
    before = _until(past, on)
    places = {start: step for step, start in enumerate(axis.starts)}
    steps = [step for step, start in enumerate(forecast.axis.starts) if start in places]
    issued = dekad_start(forecast.issued or on)
    found = {}
    for index, item in enumerate(plan.items):
        if item not in forecast.items or before is None or item not in before.items:
            continue
        mapped = _mapped(plan, index, forecast, before, on)
        if mapped is None:
            continue
        values, weight = np.full((len(axis), forecast.members), np.nan), np.zeros(len(axis))
        first = trust(plan, index, before, on)
        for step in steps:
            start = forecast.axis.starts[step]
            lead = round((start - issued).days / DEKAD_DAYS)
            if lead >= 0:
                values[places[start]] = mapped[step]
                weight[places[start]] = first * np.exp(-lead / DECAY)
        found[item] = Guide(values, weight)
    return found


def trust(plan: DriverPlan, index: int, past: Ensemble, on: date) -> float:
    """Correlation of model and gauge in standard units of the month, at least 0; ASSUMED with few pairs."""
    pairs = _pairs(plan, plan.items[index], past, on)
    if len(pairs) < LEAST_PAIRS:
        return ASSUMED
    months = np.array([start.month for start, _, _ in pairs])
    logs = np.log(np.maximum([(mine, theirs) for _, mine, theirs in pairs], quantile_mapping.LEAST_FLOW))
    for month in set(months.tolist()):
        logs[months == month] -= logs[months == month].mean(axis=0)
    if not logs.std(axis=0).all():
        return 0.0
    return max(0.0, float(np.corrcoef(logs.T)[0, 1]))


def hindcast(plan: DriverPlan, request: DriverRequest, ahead: Sequence[Ensemble], past: Ensemble) -> Skill:
    """How past editions met the gauges: each drawn as it would have been on its day of issue.

    Of editions of one dekad the newest counts. Persistence is the draw that remembers the last figure and
    forgets it as the plan says, climatology the one that knows none.
    """
    gauged = _with_gauges(plan)
    first: dict[date, Ensemble] = {}
    for one in ahead if gauged.items else ():
        first.setdefault(dekad_start(one.issued or request.on), one)
    rows = [row for one in first.values() if (row := _scores(gauged, request, one, past)) is not None]
    if not rows:
        return Skill()
    ours, climatology, persistence = (np.stack(each) for each in zip(*rows, strict=True))
    mine, usual, last = (float(np.nanmean(each)) for each in (ours, climatology, persistence))
    _, high = verify.ratio_interval(ours, climatology if usual <= last else persistence)
    return Skill(len(rows), int((~np.isnan(ours)).sum()), mine, usual, last, high < 1.0)


def _past(plan: DriverPlan, request: DriverRequest) -> Ensemble | None:
    """The past as the model of the forecasts has it, one member."""
    name = f"{plan.quantity}_modelled"
    return next((one for one in request.forecasts if one.quantity == name), None)


def _until(past: Ensemble, on: date) -> Ensemble | None:
    """The steps of the past that had begun before a day."""
    last = sum(start < dekad_start(on) for start in past.axis.starts)
    return past.steps(0, last) if last else None


def _mapped(plan: DriverPlan, index: int, forecast: Ensemble, past: Ensemble, on: date) -> Floats | None:
    """Forecast of a source by quantile mapping month by month, (step, member); None with too few years."""
    item = plan.items[index]
    told, modelled = forecast[item], past[item][:, 0]
    months, years = (np.array([getattr(day, part) for day in past.axis.starts]) for part in ("month", "year"))
    pairs = _pairs(plan, item, past, on)
    sigma = drivers.law(plan, index, forecast.axis.kind).sigma
    mapped = np.empty_like(told)
    ahead = np.array([start.month for start in forecast.axis.starts])
    for month in set(ahead.tolist()):
        own = months == month
        if not quantile_mapping.enough(modelled[own], years[own].tolist()):
            return None
        both = [pair for pair in pairs if pair[0].month == month]
        mine, theirs = (np.array([pair[side] for pair in both], dtype=float) for side in (1, 2))
        here = ahead == month
        if both and quantile_mapping.enough(theirs, [pair[0].year for pair in both]):
            mapped[here] = quantile_mapping.onto_record(told[here], mine, theirs)
        else:
            norm = plan.norm[index][month - 1]
            mapped[here] = quantile_mapping.onto_law(told[here], modelled[own], norm, sigma)
    return mapped


def _pairs(plan: DriverPlan, item: str, past: Ensemble, on: date) -> list[tuple[date, float, float]]:
    """Dekads for which both the model and a gauge have a figure: start, model, gauge."""
    modelled = dict(zip(past.axis.starts, past[item][:, 0].tolist(), strict=True))
    seen = {
        one.start: one.value
        for one in plan.anchors.get(item, ())
        if one.value is not None and one.end <= on and (one.end - one.start).days <= 11
    }
    there = [(start, modelled[start], seen[start]) for start in sorted(seen) if start in modelled]
    return [pair for pair in there if not np.isnan(pair[1])]


def _with_gauges(plan: DriverPlan) -> DriverPlan:
    """The plan of those sources that have figures of a gauge; each is drawn as before."""
    own = [index for index, item in enumerate(plan.items) if plan.anchors.get(item)]
    return replace(
        plan,
        items=tuple(plan.items[index] for index in own),
        states=tuple(plan.states[index] for index in own),
        norm=tuple(plan.norm[index] for index in own),
        cv_annual=tuple(plan.cv_annual[index] for index in own),
        lag1_annual=tuple(plan.lag1_annual[index] for index in own),
    )


def _scores(
    plan: DriverPlan, request: DriverRequest, edition: Ensemble, past: Ensemble
) -> tuple[Floats, Floats, Floats] | None:
    """CRPS over the norm by source and lead of one edition, flat: guided, climatology, persistence.

    None where no figure of a gauge is known for its steps, or no guide can be made of it.
    """
    issued = edition.issued or request.on
    axis = dekads(issued, LEADS)
    guides = guides_of(plan, axis, edition, past, issued)
    outcomes = np.stack([_outcomes(plan, item, axis, request.on) for item in plan.items])
    told = np.stack([guides[item].weight > 0 if item in guides else axis.days < 0 for item in plan.items])
    outcomes = np.where(told, outcomes, np.nan)
    if np.isnan(outcomes).all():
        return None
    asked = DriverRequest(axis, MEMBERS, SEED, issued, ())
    plans = (replace(plan, guides=guides), replace(plan, guides={}, anchors={}), replace(plan, guides={}))
    norm = np.stack([axis.spread(each) for each in plan.norm])
    found = []
    for one in plans:
        members = drivers.draw(one, asked).values().transpose(2, 1, 0).reshape(-1, MEMBERS)
        scores = verify.crps(members, outcomes.ravel())
        found.append(scores / np.maximum(norm.ravel(), quantile_mapping.LEAST_FLOW))
    return found[0], found[1], found[2]


def _outcomes(plan: DriverPlan, item: str, axis: TimeAxis, on: date) -> Floats:
    """What the gauge of a source reported by step of the axis and by the date, NaN where nothing."""
    seen = {one.start: one.value for one in plan.anchors.get(item, ()) if one.end <= on}
    return np.array(
        [np.nan if seen.get(start) is None else seen[start] for start in axis.starts], dtype=float
    )


def _used(plan: DriverPlan, forecast: Ensemble, guides: Mapping[str, Guide]) -> Phrase:
    return say(
        "{count} of {whole} sources of {quantity} follow a forecast: {how}. Its quantiles are mapped onto "
        "their norms by the past of the same model; a member follows one member of it at all sources.",
        count=len(guides),
        whole=len(plan.items),
        quantity=plan.quantity,
        how=forecast.how,
    )


def _weighed(guides: Mapping[str, Guide]) -> Phrase:
    heaviest = [float(one.weight.max()) for one in guides.values()]
    return say(
        "The forecast weighs {low:.2f} to {high:.2f} at first, in standard units, and is forgotten as "
        "exp(-k/{steps:g}) after k dekads; these weights are ours.",
        low=min(heaviest),
        high=max(heaviest),
        steps=DECAY,
    )


def _unused(forecast: Ensemble, how: Guiding) -> Phrase:
    if how is Guiding.OFF:
        return say("A forecast is at hand and is not used, as was chosen: {how}.", how=forecast.how)
    return say(
        "A forecast is at hand and is not used, because it was not shown to be better than climatology and "
        "persistence: {how}.",
        how=forecast.how,
    )


def _scored(skill: Skill) -> Phrase:
    if not skill.cases:
        return say(
            "No skill of the forecast can be shown: no past edition of it meets a figure of a gauge; {least} "
            "editions are needed.",
            least=FEWEST_EDITIONS,
        )
    return say(
        "Hindcast of {editions} past editions of the forecast ({least} are needed) on {cases} figures of "
        "gauges: CRPS {guided:.3f} of the norm; climatology {climatology:.3f}, persistence "
        "{persistence:.3f}.",
        editions=skill.editions,
        least=FEWEST_EDITIONS,
        cases=skill.cases,
        guided=skill.guided,
        climatology=skill.climatology,
        persistence=skill.persistence,
    )


def _refused(items: Sequence[str]) -> Phrase:
    return say(
        "No forecast for {names}: the past of the model holds fewer than {years} years that differ.",
        names=chained(items, ", "),
        years=quantile_mapping.FEWEST_YEARS,
    )
