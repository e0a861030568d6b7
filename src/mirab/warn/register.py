"""The register of threats: their order, their merging over neighbours, and the analyst's word beside them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from mirab.core.errors import InputError, Problem
from mirab.core.phrase import Part, Phrase, chained, say
from mirab.core.records import Level, Origin, Severity, Threat

CLASSES = (0.01, 0.05, 0.10, 0.33, 0.66, 0.90, 0.95, 0.99)
"""Lower ends of the classes of probability, as in the words of the page (Mastrandrea and others, 2010)."""
ABSENT_SHARE = 0.25


def order(threats: Iterable[Threat]) -> tuple[Threat, ...]:
    """Threats by level, then probability, highest first; ties by id. A missing probability comes last."""
    return tuple(sorted(threats, key=lambda one: (-one.level.rank, -(one.probability or 0.0), one.id)))


def scale(threat: Threat) -> tuple[int, int, float, float]:
    """A threat on the scale that all domains share: level, class of probability, share hit, probability.

    Classes are those of the IPCC words (`CLASSES`), -1 without a probability. The share is the largest of a
    state's perimeter, population or norm, which has no unit: amounts in litres or deaths rank nothing. One
    that is absent is not zero (§3): it counts as ABSENT_SHARE. The scale is ours.
    """
    chance = -1.0 if threat.probability is None else threat.probability
    share = max((hit.share for hit in threat.severity if hit.share is not None), default=ABSENT_SHARE)
    return threat.level.rank, bisect_right(CLASSES, chance) if chance >= 0 else -1, share, chance


def ranked(threats: Iterable[Threat]) -> tuple[Threat, ...]:
    """Threats of all domains by the common scale, highest first; ties by id."""
    return tuple(sorted(threats, key=lambda one: (*(-part for part in scale(one)), one.id)))


def joined(threats: Sequence[Threat]) -> tuple[Threat, ...]:
    """Computed threats of the same states, places and window as one, in the order of the common scale.

    The first leads; it takes the severities and the evidence of the others and names each in its reasons.
    Without a window or a place, or of different markings, threats stay apart; so does an assessed one.
    """
    groups: dict[tuple[object, ...], list[Threat]] = {}
    for one in ranked(threats):
        alone = one.origin is not Origin.COMPUTED or one.window is None or not one.items
        key = (one.id,) if alone else (one.states, one.items, one.window, one.marking)
        groups.setdefault(key, []).append(one)
    return ranked(_with_duplicates(*group) for group in groups.values())


def _with_duplicates(lead: Threat, *others: Threat) -> Threat:
    if not others:
        return lead
    named = (
        say("Same states, place and window under another rule: {title}.", title=one.title) for one in others
    )
    evidence = (line for one in (lead, *others) for line in one.evidence)
    return replace(
        lead,
        severity=_largest((lead, *others)),
        why=(*lead.why, *named),
        evidence=tuple(dict.fromkeys(evidence)),
    )


def merge(threats: Sequence[Threat], neighbours: Callable[[str, str], bool]) -> tuple[Threat, ...]:
    """Threats in order, those of one rule and level at neighbouring items as one.

    The merged threat keeps the highest probability and says so, takes the widest window and all items, states
    and evidence. Of the reasons it keeps all of the most likely one and the first of each other. An assessed
    threat stays by itself.
    """
    groups: list[list[Threat]] = []
    for threat in order(threats):
        near = [group for group in groups if any(_alike(threat, other, neighbours) for other in group)]
        for group in near:
            groups.remove(group)
        groups.append([*(member for group in near for member in group), threat])
    return order(_merged(group) if len(group) > 1 else group[0] for group in groups)


def narrowed(threats: Iterable[Threat], state: str) -> tuple[Threat, ...]:
    """Threats that touch a state, then those elsewhere that lie downstream of it; all where it is empty."""
    if not state:
        return tuple(threats)
    kept = [threat for threat in threats if state in (*threat.states, *threat.upstream)]
    return tuple(sorted(kept, key=lambda one: state not in one.states))


def assess(threat: Threat, level: Level, *, by: str, reason: str) -> Threat:
    """Return the threat with an analyst's level; the computed level is kept beside it.

    Raises InputError where the analyst or the reason is missing: an assessment without them cannot be shown.
    """
    missing = [
        Problem(name, "is empty", fix)
        for name, text, fix in (
            ("by", by, "name the analyst"),
            ("reason", reason, "say what the computation cannot see"),
        )
        if not text.strip()
    ]
    if missing:
        raise InputError(f"assessment of {threat.id}", missing)
    computed = threat.computed_level or threat.level
    return replace(
        threat,
        level=level,
        origin=Origin.ASSESSED,
        assessed_by=by.strip(),
        assessment=reason.strip(),
        computed_level=computed,
    )


def _alike(one: Threat, other: Threat, neighbours: Callable[[str, str], bool]) -> bool:
    computed = one.origin is other.origin is Origin.COMPUTED
    same = all(getattr(one, name) == getattr(other, name) for name in ("domain", "rule", "level", "marking"))
    return same and computed and any(neighbours(a, b) for a in one.items for b in other.items)


def _title(threats: Sequence[Threat]) -> Phrase:
    """The title that the threats share, and their places A to Z; three at most are named.

    Where the places differ in their last part only, as the states of an account do, all are named.
    """
    shared = _split(threats[0].title, "rule", "place", ": ")[0]
    places = sorted(_split(threat.title, "rule", "place", ": ")[1] for threat in threats)
    parts = [_split(place, "account", "state", ", ") for place in places]
    if len({account for account, _ in parts}) == 1 and parts[0][0] != places[0]:
        states = chained([state for _, state in parts], ", ")
        return say("{rule}: {account} ({states})", rule=shared, account=parts[0][0], states=states)
    if len(places) <= 3:
        return say("{rule}: {place}", rule=shared, place=chained(places))
    first, rest = chained(places[:2]), len(places) - 2
    return say("{rule}: {places} and {more} more", rule=shared, places=first, more=rest)


def _split(text: str, first: str, second: str, mark: str) -> tuple[str, str]:
    """The two values of these names that a text was made of, else its parts before and after the last mark.

    A text without the mark is both.
    """
    made = text.values if isinstance(text, Phrase) else {}
    if first in made and second in made:
        return _text(made[first]), _text(made[second])
    head, found, tail = text.rpartition(mark)
    return (head, tail) if found else (text, text)


def _text(part: Part) -> str:
    return part if isinstance(part, str) else str(part)


def _merged(group: Sequence[Threat]) -> Threat:
    """One threat for several; the first of the group in order leads."""
    ordered = order(group)
    lead = ordered[0]
    windows = [threat.window for threat in ordered if threat.window]
    days = [threat.lead_days for threat in ordered if threat.lead_days is not None]
    note = say(
        "{number} neighbouring items together; the probability is that of the most likely one.",
        number=len(ordered),
    )
    others = (line for threat in ordered[1:] for line in threat.why[:1])
    return replace(
        lead,
        title=_title(ordered),
        items=tuple(sorted({item for threat in ordered for item in threat.items})),
        states=tuple(sorted({state for threat in ordered for state in threat.states})),
        window=(min(w[0] for w in windows), max(w[1] for w in windows)) if windows else None,
        lead_days=min(days, default=None),
        severity=_largest(ordered),
        why=tuple(dict.fromkeys((*lead.why, *others, note))),
        evidence=tuple(dict.fromkeys(line for threat in ordered for line in threat.evidence)),
        basis=chained([*dict.fromkeys(threat.basis for threat in ordered)]),
    )


def _largest(threats: Sequence[Threat]) -> tuple[Severity, ...]:
    """Severities of all, the largest where several speak of one state and perimeter."""
    largest: dict[tuple[str, str, str], Severity] = {}
    for severity in (line for threat in threats for line in threat.severity):
        key = (severity.state, severity.perimeter, severity.unit)
        if key not in largest or severity.amount > largest[key].amount:
            largest[key] = severity
    return tuple(largest[key] for key in sorted(largest))
