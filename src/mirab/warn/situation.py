"""What the rules are judged against: everything known and simulated for one domain on one date."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import StepKind, TimeAxis, steps
from mirab.core.ensemble import Ensemble
from mirab.core.incidents import Counts
from mirab.core.phrase import chained, say
from mirab.core.records import Observation
from mirab.warn import crossings
from mirab.warn.rules import Rule

NO_SKILL = say("base rate, no forecast skill")
SCENARIO = say("scenario from climatology, not a current outlook")
Profile = float | Sequence[float]
BySteps = Sequence[float] | NDArray[np.float64]
Key = tuple[str, str]


@dataclass(frozen=True)
class Impact:
    """What is lost by state: `amounts` has one item per state (its owner state) and adds up over steps.

    `perimeter` says in words what the amount is a part of; `whole[item]` is that whole by step, for shares
    (§13): a percentage never stands without its amount and perimeter.
    """

    amounts: Ensemble
    perimeter: str
    whole: Mapping[str, BySteps] = field(default_factory=dict)


@dataclass(frozen=True)
class Wording:
    """How the sentences of a field speak.

    `made` is what its members are, `at` stands before a place, `stale` is said of members that start from
    figures which are too old to be current, `names` are words for quantities; `made_of` is what members are
    of a quantity that is made another way.
    """

    made: str = say("simulation")
    at: str = "at"
    stale: str = SCENARIO
    names: Mapping[str, str] = field(default_factory=dict)
    made_of: Mapping[str, str] = field(default_factory=dict)

    def name(self, quantity: str) -> str:
        """Name of a quantity in words."""
        return self.names.get(quantity, quantity.replace("_", " "))


@dataclass(frozen=True)
class Situation:
    """One domain on the date `on`, as the rules see it.

    `ensembles` by quantity. `references[(relative_to, quantity)][item]` are values by step of that
    ensemble's axis; `norms`, keyed alike, are profiles of the year (a number, 12 months or 36 dekads) against
    which observations are held, and ensembles where there is no reference. `impacts` by severity quantity.
    `affected(item)` are the impact items that a failure at the item reaches (only itself, unless given: a
    state must not be named where no path leads to it).
    `shares(item)` is the share of input rows on its upstream paths by confidence (§6). `titles` and `states`
    give the name and the owner states of items; `track_records` a score on unseen data by rule, by
    `quantity:item` or by quantity; `author_states` the states whose services report, so that a gap between
    authors names all of them; `wording` how the sentences speak; `doubt(rule, item)` says
    why members show no more than a watch there, and nothing where they may; `ceiling` says why nothing here
    is more than a watch, whatever is observed.
    """

    domain: str
    on: date
    ensembles: Mapping[str, Ensemble] = field(default_factory=dict)
    references: Mapping[Key, Mapping[str, BySteps]] = field(default_factory=dict)
    norms: Mapping[Key, Mapping[str, Profile]] = field(default_factory=dict)
    observations: Sequence[Observation] = ()
    impacts: Mapping[str, Sequence[Impact]] = field(default_factory=dict)
    affected: Callable[[str], Collection[str]] = lambda item: (item,)
    shares: Callable[[str], Mapping[str, float]] = lambda item: {}
    titles: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    track_records: Mapping[str, str] = field(default_factory=dict)
    author_states: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wording: Wording = field(default_factory=Wording)
    doubt: Callable[[Rule, str], str] = lambda rule, item: ""
    ceiling: str = ""

    def title(self, item: str) -> str:
        """Name of an item, its id where it has none."""
        return self.titles.get(item, item)

    def owners(self, quantity: str, item: str) -> tuple[str, ...]:
        """Owner states of an item, A to Z: as given, else as its ensemble says."""
        ensemble = self.ensembles.get(quantity)
        if item in self.states or ensemble is None or item not in ensemble.items:
            return tuple(sorted(self.states.get(item, ())))
        return tuple(sorted(ensemble.states[ensemble.position(item)]))

    def track_record(self, rule: Rule, item: str = "") -> str:
        """Score on unseen data for a rule at an item, or the words that there is none (§11)."""
        place = f"{rule.quantity}:{item}" if not rule.observed_only else ""
        keys = (rule.rule_id, place, rule.quantity)
        return next((self.track_records[key] for key in keys if key in self.track_records), NO_SKILL)

    def observed(self, quantity: str, item: str) -> tuple[Observation, ...]:
        """Observations of a quantity at an item, as given."""
        return tuple(seen for seen in self.observations if (seen.quantity, seen.item) == (quantity, item))

    def kind(self, quantity: str) -> StepKind:
        """Kind of the steps in which a quantity is simulated; dekads where it is not."""
        ensemble = self.ensembles.get(quantity)
        return ensemble.axis.kind if ensemble is not None else "dekad"


def counting(situation: Situation, counts: Counts) -> Situation:
    """The situation with what was counted of dated events beside its own observations."""
    names = {**situation.wording.names, **counts.names}
    return replace(
        situation,
        observations=(*situation.observations, *counts.observations),
        titles={**counts.titles, **situation.titles},
        states={**counts.states, **situation.states},
        wording=replace(situation.wording, names=names),
    )


def items(rule: Rule, situation: Situation) -> tuple[str, ...]:
    """Items that a rule is judged at: those it names, or all that have data and a bound."""
    if rule.where:
        return rule.where
    ensemble = situation.ensembles.get(rule.quantity)
    simulated = ensemble.items if ensemble is not None and not rule.observed_only else ()
    observed = {seen.item for seen in situation.observations if seen.quantity == rule.quantity}
    return tuple(item for item in sorted({*simulated, *observed}) if _has_bound(rule, situation, item))


def bounds(rule: Rule, situation: Situation, item: str, axis: TimeAxis) -> NDArray[np.float64] | None:
    """Bound of a rule at an item by step, in the unit of the quantity; None without its reference."""
    if rule.relative_to == "value":
        return np.full(len(axis), rule.threshold)
    key = (rule.relative_to, rule.quantity)
    given = situation.references.get(key, {}).get(item)
    if given is not None:
        return np.asarray(given, dtype=float) * rule.threshold
    profile = situation.norms.get(key, {}).get(item)
    return None if profile is None else axis.spread(profile) * rule.threshold


def bound_on(rule: Rule, situation: Situation, item: str, day: date) -> float | None:
    """Bound of a rule at an item on a day, for observations; None where there is no norm of the year."""
    if rule.relative_to == "value":
        return rule.threshold
    profile = situation.norms.get((rule.relative_to, rule.quantity), {}).get(item)
    if profile is None:
        return None
    step = steps(day, 1, situation.kind(rule.quantity))
    return float(step.spread(profile)[0]) * rule.threshold


def gaps(rules: Sequence[Rule], situation: Situation) -> tuple[str, ...]:
    """Sentences on what could not be judged: rules and items without data or without a reference (§3)."""
    found = []
    for rule in rules:
        told = {"rule": rule.title, "what": situation.wording.name(rule.quantity)}
        missing = [item for item in rule.where if not _has_data(rule, situation, item)]
        unbounded = [i for i in rule.where if i not in missing and not _has_bound(rule, situation, i)]
        if not rule.where and not items(rule, situation):
            found.append(say("{rule}: no item has both {what} and what it is compared with.", **told))
        if missing:
            names = chained([situation.title(item) for item in missing], ", ")
            found.append(say("{rule}: no {what} for {names}.", **told, names=names))
        if unbounded:
            names = chained([situation.title(item) for item in unbounded], ", ")
            reference = rule.relative_to
            found.append(
                say(
                    "{rule}: no {reference} to compare with for {names}.",
                    rule=rule.title,
                    reference=reference,
                    names=names,
                )
            )
        if _is_out_of_reach(rule, situation):
            found.append(
                say("{rule}: its season does not lie whole within the steps simulated.", rule=rule.title)
            )
    return tuple(found)


def _is_out_of_reach(rule: Rule, situation: Situation) -> bool:
    ensemble = situation.ensembles.get(rule.quantity)
    if ensemble is None or rule.observed_only:
        return False
    return not crossings.fits(rule, ensemble.axis, situation.on)


def _has_data(rule: Rule, situation: Situation, item: str) -> bool:
    ensemble = situation.ensembles.get(rule.quantity)
    simulated = ensemble is not None and item in ensemble.items and not rule.observed_only
    return simulated or bool(situation.observed(rule.quantity, item))


def _has_bound(rule: Rule, situation: Situation, item: str) -> bool:
    key = (rule.relative_to, rule.quantity)
    if rule.observed_only or rule.relative_to == "value":
        return True
    return item in situation.references.get(key, {}) or item in situation.norms.get(key, {})
