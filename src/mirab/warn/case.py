"""A case: one rule at one item, with what the simulation and the observations say about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from mirab.core.ensemble import Ensemble
from mirab.core.phrase import say
from mirab.core.records import Confidence
from mirab.warn import crossings, observed
from mirab.warn.crossings import Crossing
from mirab.warn.observed import Finding
from mirab.warn.rules import Rule
from mirab.warn.situation import Situation, bound_on, bounds

MAINLY = 0.5


@dataclass(frozen=True)
class Case:
    """One rule at one item, with what the simulation and the observations say."""

    rule: Rule
    item: str
    situation: Situation
    ensemble: Ensemble | None
    crossing: Crossing | None
    findings: tuple[Finding, ...]

    @property
    def fresh(self) -> tuple[Finding, ...]:
        """Findings young enough to be evidence of what exists."""
        return tuple(found for found in self.findings if found.is_fresh(self.rule, self.situation.on))

    @property
    def shares(self) -> Mapping[str, float]:
        """Share of what the case rests on by confidence (§6).

        These are its fresh figures, or all of them where nothing was simulated; else the input rows.
        """
        told = self.fresh or (self.findings if self.crossing is None else ())
        counts = Counter(figure.evidence.confidence for found in told for figure in found.rests_on)
        if not counts:
            return self.situation.shares(self.item)
        return {one.value: counts[one] / counts.total() for one in Confidence if counts[one]}

    @property
    def is_mainly_recalled(self) -> bool:
        """Whether what the case rests on is mainly recalled (§6)."""
        return self.shares.get(Confidence.RECALLED, 0.0) > MAINLY

    @property
    def cap(self) -> str:
        """Why the level is a watch at most; empty where nothing caps it."""
        if self.is_mainly_recalled:
            return say("it rests mainly on recalled figures")
        if self.rule.potential_probability is None:
            return say("it is a standing condition, not an event")
        if self.situation.ceiling:
            return self.situation.ceiling
        return "" if self.fresh else self.situation.doubt(self.rule, self.item)

    @property
    def owners(self) -> tuple[str, ...]:
        """Owner states of the item and, where authors differ, the states whose services report, A to Z."""
        owners = set(self.situation.owners(self.rule.quantity, self.item))
        if self.rule.relative_to == "other author":
            authors = {author for found in self.findings for author in found.authors}
            owners.update(*(self.situation.author_states.get(author, ()) for author in authors))
        return tuple(sorted(owners))


def build(rule: Rule, item: str, situation: Situation) -> Case:
    """Case of a rule at an item: looks at the ensemble that the rule names, and at all observations."""
    ensemble = None if rule.observed_only else situation.ensembles.get(rule.quantity)
    if ensemble is not None and item not in ensemble.items:
        ensemble = None
    crossing = _crossing(rule, item, situation, ensemble)
    return Case(rule, item, situation, ensemble, crossing, _findings(rule, item, situation))


def _crossing(rule: Rule, item: str, situation: Situation, ensemble: Ensemble | None) -> Crossing | None:
    bound = None if ensemble is None else bounds(rule, situation, item, ensemble.axis)
    if ensemble is None or bound is None:
        return None
    return crossings.find(rule, ensemble.axis, ensemble[item], bound, situation.on)


def _findings(rule: Rule, item: str, situation: Situation) -> tuple[Finding, ...]:
    seen, on = situation.observed(rule.quantity, item), situation.on
    if rule.relative_to == "other author":
        found = observed.disagreement(rule, seen, on=on)
        return () if found is None else (found,)
    if rule.relative_to == "age":
        found = observed.age(rule, seen, on=on)
        return () if found is None else (found,)
    kind = situation.kind(rule.quantity)
    return observed.breaches(rule, seen, lambda day: bound_on(rule, situation, item, day), on=on, kind=kind)
