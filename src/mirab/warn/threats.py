"""Judges a situation by the rules: threats with probability, window, severity by state, and why.

A simulation alone reaches at most `potential`; `existing` needs an observation that breaks the rule itself
and is younger than the rule's max_age_days; what rests mainly on recalled rows, or on members that the
situation doubts, stays `watch` (§6, §8).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from mirab.core.phrase import say
from mirab.core.records import Confidence, Evidence, Level, Marking, Severity, Threat
from mirab.warn import crossings, register, sentences
from mirab.warn.case import Case, build
from mirab.warn.rules import Rule
from mirab.warn.situation import Impact, Situation, items


def evaluate(rules: Sequence[Rule], situation: Situation) -> tuple[Threat, ...]:
    """Threats that the rules find, one per rule and item, highest level and probability first.

    What a rule could not be judged on is told by `situation.gaps`.
    """
    cases = (build(rule, item, situation) for rule in rules for item in items(rule, situation))
    return register.order([_threat(case, level) for case in cases if (level := _level(case)) is not None])


def coming_true(
    threats: Sequence[Threat], rules: Sequence[Rule], situation: Situation
) -> dict[str, NDArray[np.bool_]]:
    """The members in which each threat comes true in the ensembles of a situation, by the threat's id.

    A threat of several items speaks of the one that leads it. What only observations tell is left out.
    """
    known = {rule.rule_id: rule for rule in rules}
    crossed = {one.id: build(known[one.rule], one.id.split(":", 2)[2], situation).crossing for one in threats}
    return {id: crossing.true for id, crossing in crossed.items() if crossing is not None}


def _level(case: Case) -> Level | None:
    """Level of a case, None where there is no threat."""
    level = _uncapped_level(case)
    return Level.WATCH if level is not None and case.cap else level


def _uncapped_level(case: Case) -> Level | None:
    rule = case.rule
    if rule.relative_to == "age":
        return Level.WATCH if case.findings else None
    if case.fresh:
        return Level.EXISTING
    probability = case.crossing.probability if case.crossing else 0.0
    if rule.potential_probability is not None and probability >= rule.potential_probability:
        return Level.POTENTIAL
    if probability >= rule.watch_probability or (rule.observed_only and case.findings):
        return Level.WATCH
    return None


def _threat(case: Case, level: Level) -> Threat:
    rule, situation, crossing = case.rule, case.situation, case.crossing
    span = _window(case)
    severity = (*_own_severity(case), *_impact_severity(case))
    return Threat(
        id=f"{situation.domain}:{rule.rule_id}:{case.item}",
        domain=situation.domain,
        rule=rule.rule_id,
        title=_title(rule.title, situation.title(case.item)),
        items=(case.item,),
        states=tuple(sorted({*case.owners, *(hit.state for hit in severity)})),
        level=level,
        probability=None if crossing is None else crossing.probability,
        window=span,
        lead_days=None if span is None else (span[0] - situation.on).days,
        severity=severity,
        why=sentences.why(case),
        evidence=_evidence(case),
        confidence_shares=dict(case.shares),
        track_record=situation.track_record(rule, case.item),
        basis=sentences.basis(case, level),
        addressee=say("{who}", who=rule.addressee),
        marking=_marking(case),
        catalogue=rule.catalogue,
    )


def _title(rule: str, place: str) -> str:
    """The title of the rule and the place, which is not said twice."""
    if place in rule:
        return say("{rule}", rule=sentences.typeset(rule))
    return say("{rule}: {place}", rule=sentences.typeset(rule), place=place)


def _window(case: Case) -> tuple[date, date] | None:
    crossing = case.crossing
    if crossing is None or case.ensemble is None or not crossing.true.any():
        return None
    return crossings.window(crossing, case.ensemble.axis, case.situation.on)


def _own_severity(case: Case) -> tuple[Severity, ...]:
    """Widest distance to the bound at the item itself, for each owner state."""
    crossing, rule = case.crossing, case.rule
    unit = case.ensemble.unit if case.ensemble else rule.unit
    perimeter = say(
        "{what} {place}, distance to the bound",
        what=case.situation.wording.name(rule.quantity),
        place=sentences.placed(case.situation.wording.at, case.situation.title(case.item)),
    )
    if crossing is not None and crossing.true.any():
        amounts = crossing.gap[crossing.true]
        share = crossing.bound if rule.comparison == "below" else 0.0
        return tuple(_severity(state, amounts, unit, perimeter, share) for state in case.owners)
    shown = case.fresh or case.findings
    if not shown or rule.relative_to == "age":
        return ()
    widest = max(shown, key=lambda found: found.gap)
    unit = widest.rests_on[-1].unit
    return tuple(Severity(state, widest.gap, unit, perimeter) for state in case.owners)


def _impact_severity(case: Case) -> tuple[Severity, ...]:
    """Sum what the states lose from now on, in the members in which the threat comes true."""
    crossing = case.crossing
    if crossing is None or not crossing.true.any():
        return ()
    reached = set(case.situation.affected(case.item))
    found = (
        _loss(impact, item, crossing.true, case.situation)
        for impact in case.situation.impacts.get(case.rule.severity_quantity, ())
        for item in impact.amounts.items
        if item in reached and impact.amounts.members == crossing.true.size
    )
    hits = (hit for losses in found for hit in losses if hit.amount > 0)
    return tuple(sorted(hits, key=lambda hit: (hit.state, hit.perimeter)))


def _loss(impact: Impact, item: str, true: NDArray[np.bool_], situation: Situation) -> tuple[Severity, ...]:
    axis = impact.amounts.axis
    ends = np.array([end.toordinal() for end in (*axis.starts[1:], axis.end)])
    ahead = ends > situation.on.toordinal()
    amounts = impact.amounts[item][ahead][:, true].sum(axis=0)
    whole = float(np.asarray(impact.whole[item])[ahead].sum()) if item in impact.whole else 0.0
    period = sentences.period(max(situation.on, axis.starts[0]), axis.end)
    perimeter = say("{perimeter}, {period}", perimeter=impact.perimeter, period=period)
    states = impact.amounts.states[impact.amounts.position(item)]
    return tuple(_severity(state, amounts, impact.amounts.unit, perimeter, whole) for state in states)


def _severity(state: str, amounts: NDArray[np.float64], unit: str, perimeter: str, whole: float) -> Severity:
    """Severity from the amounts by member, sorted first: their order must not matter to the last bit."""
    ordered = np.sort(amounts)
    amount = float(ordered.mean())
    low, high = (float(value) for value in np.quantile(ordered, (0.1, 0.9)))
    return Severity(state, amount, unit, perimeter, low, high, amount / whole if whole > 0 else None)


def _evidence(case: Case) -> tuple[Evidence, ...]:
    threshold = Evidence(
        case.rule.source, Confidence.ESTIMATED, say("threshold of the rule; {note}", note=case.rule.note)
    )
    simulated = case.ensemble.evidence if case.ensemble and case.crossing else ()
    seen = (observation.evidence for found in case.findings for observation in found.rests_on)
    return tuple(dict.fromkeys((threshold, *simulated, *seen)))


def _marking(case: Case) -> Marking:
    """Find the narrowest marking of the observations that the threat rests on."""
    order = list(Marking)
    marks = [seen.marking for found in case.findings for seen in found.rests_on]
    return max(marks, key=order.index, default=Marking.PUBLIC)
