"""The sentences of a threat, made from its numbers: what the level rests on, and why."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np

from mirab.core.calendar import TimeAxis, in_words
from mirab.core.phrase import Part, Phrase, chained, listed, say
from mirab.core.records import Level
from mirab.warn.case import Case
from mirab.warn.observed import Finding, present

COUNTED = "events"


def amount(value: float, unit: str) -> Phrase:
    """Write a value with its unit: fractions in per cent, small numbers with digits, large ones grouped."""
    if unit == "fraction":
        return say("{share:.0f}\u00a0%", share=100 * value)
    digits = 0 if abs(value) >= 100 or unit == COUNTED else 1 if abs(value) >= 1 else 2
    return say("{number} {unit}", number=f"{value:,.{digits}f}", unit=typeset(unit))


def typeset(text: str) -> str:
    """Write the units of a text with a raised three, a space before per cent, and dates in words.

    >>> typeset("held to 8.5 km3, step from 2024-02-21")
    'held to 8.5 km³, the ten days from 21 February 2024'
    """
    text = re.sub(r"(?<=\d)%", "\u00a0%", re.sub(r"\b(k?m)3\b", "\\1³", text))
    text = text.replace("step from ", "the ten days from ")
    return re.sub(r"\b\d{4}-\d\d-\d\d\b", lambda found: in_words(date.fromisoformat(found[0])), text)


def period(first: date, end: date) -> Phrase:
    """Write the days from `first` to the one before `end`, month and year once where they are the same.

    >>> period(date(2024, 2, 21), date(2024, 3, 1))
    '21 to 29 February 2024'
    """
    last = end - timedelta(days=1)
    if first == last:
        return say("{day}", day=last)
    a, b, a_year, b_year = first.day, last.day, str(first.year), str(last.year)
    a_month, b_month = month_name[first.month], month_name[last.month]
    if (a_month, a_year) == (b_month, b_year):
        return say("{a} to {b} {a_month} {a_year}", a=a, b=b, a_month=a_month, a_year=a_year)
    ends: dict[str, Part] = {"a": a, "b": b, "a_month": a_month, "b_month": b_month, "a_year": a_year}
    if a_year == b_year:
        return say("{a} {a_month} to {b} {b_month} {a_year}", **ends)
    return say("{a} {a_month} {a_year} to {b} {b_month} {b_year}", **ends, b_year=b_year)


def basis(case: Case, level: Level) -> Phrase:
    """Say what the level rests on: an observation with its date and author, or a simulation."""
    if level is Level.EXISTING or case.fresh or case.ensemble is None:
        text = chained([_seen(case, found) for found in case.fresh or case.findings])
    else:
        wording, seen = case.situation.wording, _last_seen(case)
        made = wording.made_of.get(case.rule.quantity, wording.made)
        members = case.ensemble.members
        text = say("{made}, share of {members:,} members; {seen}", made=made, members=members, seen=seen)
    return say("{basis}; at most watch, as {reason}", basis=text, reason=case.cap) if case.cap else text


def why(case: Case) -> tuple[Phrase, ...]:
    """Sentences from numbers: what was seen, how far the middle member is from the bound, how it fares."""
    seen = (say("{seen:capital}.", seen=_seen(case, found)) for found in case.findings)
    return (*seen, *_about_simulation(case))


def _about_simulation(case: Case) -> Iterable[Phrase]:
    """Where the median lies worst to the bound, and how far beyond it the members are that cross it.

    A median that stays on the safe side is told last: the members cross the bound at different times.
    """
    crossing, ensemble = case.crossing, case.ensemble
    if crossing is None or ensemble is None:
        return
    unit, below = ensemble.unit, case.rule.comparison == "below"
    what, when = _what(case), _when(case, crossing.worst, ensemble.axis)
    middle, bound = amount(crossing.middle, unit), _bound(case, amount(crossing.bound, unit))
    gap = _distance(float(np.median(crossing.gap[crossing.true])), unit) if crossing.true.any() else ""
    if crossing.middle < crossing.bound if below else crossing.middle > crossing.bound:
        yield say(
            "Median {what}, {when}: {middle}; the bound is {bound}.",
            **{"what": what, "when": when, "middle": middle, "bound": bound},
        )
        if gap:
            yield _beyond(gap, below=below)
        return
    if gap:
        yield _spread(gap, bound, what, below=below)
    yield _safe(when, middle, below=below)


def _beyond(gap: Part, *, below: bool) -> Phrase:
    if below:
        return say("Where it comes true, half of the members are {gap} or more short of the bound.", gap=gap)
    return say("Where it comes true, half of the members are {gap} or more over the bound.", gap=gap)


def _spread(gap: Part, bound: Part, what: Part, *, below: bool) -> Phrase:
    half = say("half of those that do are {gap} or more short of it", gap=gap)
    if not below:
        half = say("half of those that do are {gap} or more over it", gap=gap)
    return say(
        "Members cross the bound of {bound} ({what}) at different times; {half}.",
        **{"bound": bound, "what": what, "half": half},
    )


def _safe(when: Part, middle: Part, *, below: bool) -> Phrase:
    if below:
        return say(
            "The median stays on the safe side: at its lowest, {when}, it is {middle}.",
            **{"when": when, "middle": middle},
        )
    return say(
        "The median stays on the safe side: at its highest, {when}, it is {middle}.",
        **{"when": when, "middle": middle},
    )


def _what(case: Case) -> Phrase:
    name, place = case.situation.wording.name(case.rule.quantity), case.situation.title(case.item)
    at = case.situation.wording.at
    if case.rule.measure == "mean":
        return say("mean {what} {place}", what=name, place=placed(at, place))
    return say("{what} {place}", what=name, place=placed(at, place))


def placed(at: str, place: Part) -> Phrase:
    """A place with the word that stands before it: at, in or for."""
    if at == "in":
        return say("in {place}", place=place)
    return say("for {place}", place=place) if at == "for" else say("at {place}", place=place)


def _when(case: Case, step: int, axis: TimeAxis) -> Phrase:
    """The days of a step, or of the steps whose mean is judged."""
    steps = case.rule.steps_in_a_row if case.rule.measure == "mean" else 1
    return period(axis.starts[step], (*axis.starts, axis.end)[step + steps])


def _distance(gap: float, unit: str) -> Phrase:
    if unit == "fraction":
        return say("{points:.0f} percentage points", points=100 * gap)
    return amount(gap, unit)


def _bound(case: Case, bound: Phrase) -> Phrase:
    """A bound, with what it is a part of."""
    rule = case.rule
    if rule.relative_to == "value":
        return bound
    share = amount(rule.threshold, "fraction")
    return say("{bound} ({share} of the {reference})", bound=bound, share=share, reference=rule.relative_to)


def _seen(case: Case, found: Finding) -> Phrase:
    """One finding in words, with its authors and dates."""
    rule = case.rule
    told = {"authors": listed(found.authors), "what": case.situation.wording.name(rule.quantity)}
    told["place"] = placed(case.situation.wording.at, case.situation.title(case.item))
    if rule.relative_to == "age":
        return say(
            "the last known {what} {place} is of {day} ({authors}), {age:,.0f} days ago",
            **told,
            day=found.end - timedelta(days=1),
            age=found.value,
        )
    told["when"] = period(found.start, found.end)
    if rule.relative_to == "other author":
        share = amount(found.value, "fraction")
        text = say("{authors} differ by {share} over the {what} {place}, {when}", **told, share=share)
    else:
        text = say(
            "observed {what} {place}, {when}: {amount}, {side} {bound} (author: {authors})",
            **told,
            amount=amount(found.value, found.unit),
            side=rule.comparison,
            bound=_bound(case, amount(found.bound, found.unit)),
        )
    if found.is_fresh(rule, case.situation.on):
        return text
    days = rule.max_age_days
    return say("{seen}; older than {days} days, so no evidence of what is now", seen=text, days=days)


def _last_seen(case: Case) -> Phrase:
    known = present(case.situation.observed(case.rule.quantity, case.item), case.situation.on)
    stale = case.situation.wording.stale
    if not known:
        return say("no observation of it; {stale}", stale=stale)
    last = known[-1]
    when = period(last.start, last.end)
    text = say("last observed for {when} ({author})", when=when, author=last.author)
    old = (case.situation.on - last.end).days > case.rule.max_age_days
    return say("{seen}; {stale}", seen=text, stale=stale) if old else text
