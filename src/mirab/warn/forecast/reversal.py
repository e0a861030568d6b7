"""Reversals: states that moved away from a target lately, and how far from it the forecast sees them. Ours.

The amount that rules judge is the distance to the target in its year over the distance of the last figure: 1
is as far as now, 0 is met. It is made only where the last figure misses the target by more than the
tolerance, is ten years old at most, and lies further from the target than five years before, with most
pairs of figures between saying the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from mirab.core.calendar import years
from mirab.core.ensemble import Ensemble
from mirab.core.panel import Panel
from mirab.core.phrase import Phrase, chained, listed, say
from mirab.core.records import Evidence, Observation, Threat
from mirab.core.targets import Indicator, Measured, Target, TrackRecord
from mirab.warn.rules import Rule
from mirab.warn.situation import Situation, Wording

QUANTITY, UNIT = "target_distance", "fraction"
WINDOW, FEWEST, OLDEST = 5, 3, 10
WORDING = Wording(
    say("forecast"),
    "for",
    say("too old a figure for a current forecast"),
    {QUANTITY: say("distance to the target (last figure: 100 %)")},
)
METHOD = (
    say(
        "Targets that are moved away from: asked where the figures of the last {window} years moved away, "
        "and the last is {oldest} years old at most (ours). A target that is met now is not asked about.",
        window=WINDOW,
        oldest=OLDEST,
    ),
)


@dataclass(frozen=True)
class Reversal:
    """One state and one target that it moved away from.

    `figures` are those of the last five years by year, in the unit of the indicator, `ahead` (member,) the
    members in the year of the target, `evidence` that of figures and target.
    """

    target: Target
    indicator: Indicator
    state: str
    level: float
    figures: Mapping[int, float]
    ahead: NDArray[np.float64]
    evidence: tuple[Evidence, ...]
    record: TrackRecord | None

    @property
    def item(self) -> str:
        """Id among the items of the rules; states of one indicator share its first part."""
        return f"{self.indicator.id}:{self.state}"

    @property
    def last(self) -> int:
        """Year of the last figure."""
        return max(self.figures)

    @property
    def distances(self) -> NDArray[np.float64]:
        """Distance to the target in its year over that of the last figure, (member,), 0 where it is met.

        A member that has passed a target of parity is no further from it on the side of the last figure.
        """
        now = self.level - self.figures[self.last]
        return np.asarray(np.maximum(0.0, (self.level - self.ahead) / now))

    @property
    def skilful(self) -> bool:
        """Whether the forecast of the indicator beat both baselines on figures that it had not seen."""
        return self.record is not None and self.record.skilful

    def doubt(self, rule: Rule, on: date) -> str:
        """Why a rule finds a watch at most: no skill shown, or a last figure beyond its max_age_days."""
        reasons = [] if self.skilful else [say("its forecast has shown no skill")]
        if (on - date(self.last + 1, 1, 1)).days > rule.max_age_days:
            reasons.append(say("its last figure is of {year}", year=self.last))
        return chained([listed(reasons)]) if reasons else ""

    def told(self, name: str) -> Phrase:
        """The figures behind a reversal as a sentence; `name` is that of the state."""
        first, last, deadline = min(self.figures), self.last, self.target.deadline
        middle, unit = float(np.median(self.ahead)), self.indicator.unit
        return say(
            "{name}: {before:.4g} in {first}, {now:.4g} in {last}, target {level:.4g} by {deadline}; the "
            "median of {deadline} is {middle:.4g} ({unit}).",
            name=name,
            before=self.figures[first],
            first=first,
            now=self.figures[last],
            last=last,
            level=self.level,
            deadline=deadline,
            middle=middle,
            unit=unit,
        )


def reversals(
    measured: Measured,
    panels: Mapping[str, Panel],
    ahead: Mapping[str, Ensemble],
    levels: Mapping[tuple[str, str], float],
    on: date,
) -> tuple[Reversal, ...]:
    """Every state and indicator that moved away from its target, in the order of the targets.

    `panels` hold what was known on the date, `ahead` the members of the years that follow by indicator,
    `levels` what is to be reached by target and state. Of several targets of one indicator the first counts.
    """
    targets = {target.id: target for target in measured.targets}
    found: dict[str, Reversal] = {}
    for (name, state), level in levels.items():
        target = targets[name]
        indicator = measured.indicators[target.indicator or ""]
        figures = _window(panels.get(indicator.id), state)
        members = _members(ahead.get(indicator.id), state, target.deadline)
        if members is None or not _moves_away(figures, indicator, level, on):
            continue
        evidence = tuple(dict.fromkeys((*panels[indicator.id].evidence, *target.evidence)))
        record = measured.records.get(indicator.id)
        one = Reversal(target, indicator, state, level, figures, members, evidence, record)
        found.setdefault(one.item, one)
    return tuple(found.values())


def situation(
    domain: str,
    found: Sequence[Reversal],
    names: Mapping[str, str],
    publishers: Mapping[str, str],
    on: date,
) -> Situation:
    """What the rules see of reversals; `names` are those of the states, `publishers` those of the sources."""
    known = {one.item: one for one in found}
    return Situation(
        domain=domain,
        on=on,
        ensembles={QUANTITY: _ensemble(found, on)} if found else {},
        observations=[_observation(one, publishers) for one in found],
        shares=lambda item: _shares(known[item].evidence),
        titles={
            one.item: say("{account}, {state}", account=one.indicator.name, state=names[one.state])
            for one in found
        },
        states={one.item: (one.state,) for one in found},
        track_records={f"{QUANTITY}:{one.item}": text for one in found if (text := _scored(one))},
        wording=WORDING,
        doubt=lambda rule, item: known[item].doubt(rule, on) if item in known else "",
    )


def with_figures(
    threats: Sequence[Threat], found: Sequence[Reversal], names: Mapping[str, str]
) -> tuple[Threat, ...]:
    """Threats with the figures of their reversal said first, and with its evidence."""
    known = {one.item: one for one in found}

    def told(threat: Threat) -> Threat:
        own = [known[item] for item in threat.items if item in known]
        why = (*(one.told(names[one.state]) for one in own), *threat.why)
        evidence = (*threat.evidence, *(line for one in own for line in one.evidence))
        return replace(threat, why=why, evidence=tuple(dict.fromkeys(evidence)))

    return tuple(map(told, threats))


def _window(panel: Panel | None, state: str) -> dict[int, float]:
    """Figures of a state by year, from five years before its last one."""
    if panel is None or state not in panel.items:
        return {}
    row = zip(panel.axis.starts, panel.values[panel.position(state)], strict=True)
    figures = {start.year: float(value) for start, value in row if np.isfinite(value)}
    last = max(figures, default=0)
    return {year: value for year, value in figures.items() if year >= last - WINDOW}


def _members(ensemble: Ensemble | None, state: str, year: int) -> NDArray[np.float64] | None:
    if ensemble is None or state not in ensemble.items:
        return None
    at = [i for i, start in enumerate(ensemble.axis.starts) if start.year == year]
    values = ensemble[state][at[0]] if at else np.array([np.nan])
    return values if np.isfinite(values).all() else None


def _moves_away(figures: Mapping[int, float], indicator: Indicator, level: float, on: date) -> bool:
    if len(figures) < FEWEST or on.year - max(figures) > OLDEST:
        return False
    distances = [indicator.shortfall(figures[year], level) for year in sorted(figures)]
    away = np.median([later - earlier for earlier, later in combinations(distances, 2)])
    return distances[-1] > max(indicator.tolerance, distances[0]) and bool(away > 0)


def _ensemble(found: Sequence[Reversal], on: date) -> Ensemble:
    """Distances in the years of the targets; other years say nothing (NaN)."""
    axis = years(date(on.year, 1, 1), max(one.target.deadline for one in found) - on.year + 1)
    values = np.full((found[0].ahead.size, len(axis), len(found)), np.nan)
    for i, one in enumerate(found):
        values[:, one.target.deadline - on.year, i] = one.distances
    states = tuple((one.state,) for one in found)
    return Ensemble.of(QUANTITY, UNIT, [one.item for one in found], axis, values, states=states)


def _observation(one: Reversal, publishers: Mapping[str, str]) -> Observation:
    """The last figure as the rules see it: its distance over itself."""
    evidence = one.evidence[0]
    start, end = date(one.last, 1, 1), date(one.last + 1, 1, 1)
    author = publishers.get(evidence.source_id, evidence.source_id)
    return Observation(one.item, QUANTITY, start, end, 1.0, UNIT, author, evidence)


def _shares(evidence: Sequence[Evidence]) -> dict[str, float]:
    """Share of the sources by confidence (§6)."""
    seen = [line.confidence.value for line in evidence]
    return {name: seen.count(name) / len(seen) for name in dict.fromkeys(seen)}


def _scored(one: Reversal) -> str:
    record = one.record
    if record is None or not record.skilful:
        return ""
    return say(
        "CRPS {ours:.3g} against {last:.3g} of the last figure and {line:.3g} of a straight line, one to "
        "five years ahead, {cases} cases",
        **{"ours": record.score, "last": record.last, "line": record.line, "cases": record.cases},
    )
