"""Outlook of a forecast plan: the members of what follows, and the past score at the same leads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import next_start, steps
from mirab.core.domain import ForecastPlan
from mirab.core.ensemble import Ensemble
from mirab.core.panel import Panel
from mirab.core.phrase import Phrase, say
from mirab.core.records import Observation
from mirab.warn import verify
from mirab.warn.forecast.backtest import Backtest, Leads, backtest, origins
from mirab.warn.forecast.table import forecaster
from mirab.warn.situation import NO_SKILL, Impact, Situation, Wording
from mirab.warn.verify import Reliability

TESTED_MEMBERS = 300
FEWEST_ORIGINS, FEWEST_EVENTS = 5, 3
SEASON = {"dekad": say("ten-day steps"), "month": say("months"), "year": say("years")}
OLD_DAYS = 62


@dataclass(frozen=True)
class Record:
    """How a method did for one item at the leads of the forecast, beside its baseline; NaN where not known.

    `score` and `baseline_score` are Brier scores of an event in the whole window where the plan has an event,
    else mean CRPS in the unit of the quantity; `covered` is the share of steps inside the 90 % interval;
    `events` of `windows` past windows held an event. `skilled` where the CRPS is better than that of the
    baseline and the score no worse, the history is not empty, and there were FEWEST_EVENTS.
    """

    score: float
    baseline_score: float
    crps: float
    baseline_crps: float
    covered: float
    events: int
    windows: int
    skilled: bool


@dataclass(frozen=True)
class Forecast:
    """A plan with its members: `whole` follows the last figure, `judged` the step that holds the date.

    `chance` is the share of members with an event among the judged steps (NaN where the plan has none),
    `records` the past scores by item, `reliability` what came of the past chances of all items told together.
    """

    plan: ForecastPlan
    on: date
    leads: Leads
    whole: Ensemble
    judged: Ensemble
    chance: Mapping[str, float]
    records: Mapping[str, Record]
    reliability: tuple[Reliability, ...] = ()


def project(plan: ForecastPlan, on: date, members: int, seed: int) -> Forecast:
    """Members and past scores of the items that a plan tells of, `horizon` steps from the one of the date on.

    The figures that are known end before; the steps between are forecast too, but not judged. Raises what
    the forecaster raises.
    """
    past = plan.panel.until(on)
    leads = _leads(past, on, plan.horizon)
    method = forecaster(plan.forecaster)
    whole = method.fit(past, on).sample(leads.last, members, seed).select(_known(plan, past))
    judged = whole.steps(leads.first - 1, leads.last)
    scores = _tested(plan, past, leads, seed)
    told = _known(plan, past) if scores else ()
    records = {item: _record(plan, item, *(each.of(item) for each in scores)) for item in told}
    reliability = _reliability(plan, past, scores[0]) if scores else ()
    return Forecast(plan, on, leads, whole, judged, _chances(plan, judged), records, reliability)


def situation(
    domain: str,
    made: Sequence[Forecast],
    on: date,
    observations: Sequence[Observation],
    watched: Collection[str] = (),
) -> Situation:
    """What the rules see of a domain's forecasts: focus items, their norms, past scores, and observations.

    Observations are of the quantities that are forecast and of those that are `watched` beside them.
    """
    focus = {item for one in made for item in one.plan.focus}
    quantities = {one.plan.panel.quantity for one in made}
    seen = [o for o in observations if o.item in focus and o.quantity in quantities]
    beside = [o for o in observations if o.item in focus and o.quantity in watched]
    ensembles = [one for each in made for one in (_focused(each), *each.plan.derive(each.judged))]
    titles = {item: title for one in made for item, title in one.plan.titles.items()}
    return Situation(
        domain=domain,
        on=on,
        ensembles={one.quantity: one for one in ensembles},
        norms={("norm", name): norms for one in made for name, norms in one.plan.norms.items()},
        observations=(*seen, *beside),
        impacts={one.judged.quantity: [Impact(_focused(one), one.plan.perimeter)] for one in made},
        shares=lambda item: _shares(seen, item),
        titles=titles,
        states={item: owners for one in made for item, owners in _owners(one).items()},
        track_records=_said(made),
        wording=_wording(made, on),
    )


def _wording(made: Sequence[Forecast], on: date) -> Wording:
    ends = min((one.whole.axis.starts[0] for one in made), default=on)
    last = ends - timedelta(days=1)
    stale = say("the figures end on {day}", day=last)
    if (on - ends).days > OLD_DAYS:
        stale = say("the figures end on {day}, so this is no current forecast", day=last)
    names = {quantity: words for one in made for quantity, words in one.plan.names.items()}
    return Wording(say("forecast"), "in", stale, names)


def method_words(one: Forecast) -> tuple[str, ...]:
    """Sentences for the page: the method, its baseline, how far ahead, and what was tested."""
    plan, kind = one.plan, SEASON[one.whole.axis.kind]
    name, baseline = (forecaster(each).title for each in (plan.forecaster, plan.baseline))
    what = plan.panel.quantity.replace("_", " ")
    tested = max((record.windows for record in one.records.values()), default=0)
    return (
        *plan.assumptions,
        say(
            "Forecast of {what}: {method}; its baseline: {baseline}.",
            what=what,
            method=name,
            baseline=baseline,
        ),
        say(
            "The figures of {what} end before {day}; the {steps} judged lie {first} to {last} steps ahead. "
            "Past scores are of the same leads, over {windows} windows at most.",
            what=what,
            day=one.whole.axis.starts[0],
            steps=kind,
            first=one.leads.first,
            last=one.leads.last,
            windows=tested,
        ),
    )


def record_words(one: Forecast, item: str) -> Phrase:
    """The past score of an item in words, or that there is no skill to claim (§11)."""
    record = one.records.get(item)
    if record is None or not record.skilled:
        return NO_SKILL
    told = {"crps": record.crps, "theirs": record.baseline_crps, "windows": record.windows}
    told |= {"first": one.leads.first, "last": one.leads.last, "covered": 100 * record.covered}
    if one.plan.event is None:
        return say(
            "CRPS {crps:.4g} against {theirs:.4g} {unit}, {first} to {last} steps ahead, {windows} past "
            "windows; {covered:.0f}\u00a0% of steps in the 90\u00a0% interval",
            **told,
            unit=one.plan.panel.unit,
        )
    return say(
        "Brier {brier:.3f} against {baseline:.3f} of its baseline, CRPS {crps:.4g} against {theirs:.4g} "
        "{unit}, {first} to {last} steps ahead, {windows} past windows with {events} events; "
        "{covered:.0f}\u00a0% of steps in the 90\u00a0% interval",
        **told,
        unit=one.plan.panel.unit,
        brier=record.score,
        baseline=record.baseline_score,
        events=record.events,
    )


def _leads(past: Panel, on: date, horizon: int) -> Leads:
    """Steps ahead of the last known one that are judged."""
    kind = past.axis.kind
    now, first = steps(on, 1, kind).starts[0], 1
    day = past.axis.end
    while day < now:
        day, first = next_start(day, kind), first + 1
    return Leads(first, first + horizon - 1)


def _known(plan: ForecastPlan, past: Panel) -> tuple[str, ...]:
    """Items to be told of which there is a figure at all."""
    told = (*plan.focus, *plan.beside)
    return tuple(i for i in told if not np.isnan(past.values[past.position(i)]).all())


def _focused(one: Forecast) -> Ensemble:
    return one.judged.select([item for item in one.judged.items if item in one.plan.focus])


def _chances(plan: ForecastPlan, judged: Ensemble) -> dict[str, float]:
    if plan.event is None:
        return dict.fromkeys(judged.items, float("nan"))
    return {item: float(np.mean(np.any(judged[item] >= plan.event, axis=0))) for item in judged.items}


def _tested(plan: ForecastPlan, past: Panel, leads: Leads, seed: int) -> tuple[Backtest, ...]:
    """Backtests of the method and its baseline; none on fewer than FEWEST_ORIGINS windows."""
    days = origins(past, leads)
    if len(days) < FEWEST_ORIGINS:
        return ()
    threshold = plan.event if plan.event is not None else float("inf")
    return tuple(
        backtest(forecaster(name), past, days, leads, threshold=threshold, members=TESTED_MEMBERS, seed=seed)
        for name in (plan.forecaster, plan.baseline)
    )


def _reliability(plan: ForecastPlan, past: Panel, ours: Backtest) -> tuple[Reliability, ...]:
    """Past chances of an event in the window against what came, all items told together."""
    if plan.event is None:
        return ()
    told = [past.position(item) for item in _known(plan, past)]
    said, came = ours.any_above[:, told].ravel(), ours.any_happened[:, told].ravel()
    known = np.logical_not(np.isnan(said + came))
    return verify.reliability(said[known], came[known] > 0)


def _record(plan: ForecastPlan, item: str, ours: Backtest, theirs: Backtest) -> Record:
    crps = [_mean(each.crps) for each in (ours, theirs)]
    known = np.logical_not(np.isnan(ours.any_happened + ours.any_above + theirs.any_above))
    happened = ours.any_happened[known] > 0
    scores = crps
    if plan.event is not None and known.any():
        scores = [verify.brier(each.any_above[known], happened) for each in (ours, theirs)]
    told = plan.event is None or happened.sum() >= FEWEST_EVENTS
    better = told and scores[0] <= scores[1] and crps[0] < crps[1]
    return Record(
        score=scores[0],
        baseline_score=scores[1],
        crps=crps[0],
        baseline_crps=crps[1],
        covered=_mean(ours.covered),
        events=int(happened.sum()),
        windows=int(known.sum()),
        skilled=bool(better) and item not in plan.empty,
    )


def _mean(values: NDArray[np.float64]) -> float:
    there = values[~np.isnan(values)]
    return float(there.mean()) if there.size else float("nan")


def _shares(observations: Sequence[Observation], item: str) -> dict[str, float]:
    """Share of the item's figures by confidence (§6)."""
    seen = [o.evidence.confidence.value for o in observations if o.item == item and o.value is not None]
    return {name: seen.count(name) / len(seen) for name in dict.fromkeys(seen)}


def _owners(one: Forecast) -> dict[str, tuple[str, ...]]:
    return dict(zip(one.judged.items, one.judged.states, strict=True))


def _said(made: Sequence[Forecast]) -> dict[str, str]:
    """Words of the past scores by `quantity:item`; what is derived is not scored by itself."""
    return {
        f"{one.plan.panel.quantity}:{item}": record_words(one, item)
        for one in made
        for item in one.plan.focus
    }
