"""How old what live sources told is, against the limit of each, and which of them are absent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from mirab.core.marking import Marking
from mirab.core.phrase import Phrase, chained, listed, say, say_count
from mirab.core.presence import Presence
from mirab.core.records import LedgerLine, Observation
from mirab.observe.connector import Terms
from mirab.observe.observed import Observed


class Fault(StrEnum):
    """Why a source is absent."""

    KEY = "key"
    LINE = "line"
    ANSWER = "answer"
    CONNECTOR = "connector"


@dataclass(frozen=True)
class SeriesAge:
    """One quantity of a source: how many items and values, and the last day for which one speaks."""

    quantity: str
    items: int
    values: int
    last: date


@dataclass(frozen=True)
class Age:
    """A source as of a day: its series, when all went well last, and how it was absent since, if it was.

    A source that was never asked has no `asked`. Where it gives no values but pages to read, its age counts
    from the day on which all went well.
    """

    terms: Terms
    on: date
    asked: date | None = None
    last_good: date | None = None
    fault: str = ""
    reason: str = ""
    series: tuple[SeriesAge, ...] = ()
    by_confidence: Mapping[str, int] | None = None

    @property
    def last(self) -> date | None:
        """The last day for which the source speaks."""
        return max((one.last for one in self.series), default=self.last_good)

    @property
    def days(self) -> int | None:
        """Days since then, None where it never spoke."""
        return None if self.last is None else max(0, (self.on - self.last).days)

    @property
    def stale(self) -> bool:
        """Whether it is older than its limit."""
        return self.days is not None and self.days > self.terms.stale_days

    @property
    def values(self) -> int:
        """How many values it told."""
        return sum(one.values for one in self.series)


def ages(
    store: Observed, sources: Sequence[Terms], on: date, audience: Marking = Marking.PUBLIC
) -> list[Age]:
    """The age of each source that the audience may see, in their order, as it was known on a day."""
    told: dict[str, list[Observation]] = {}
    for one in store.known(on):
        if one.marking.rank <= audience.rank and one.presence is Presence.PRESENT:
            told.setdefault(one.evidence.source_id, []).append(one)
    polls = [one for one in store.polls() if one.at.date() <= on]
    found = []
    for terms in sources:
        if terms.marking.rank > audience.rank:
            continue
        own = [one for one in polls if one.source_id == terms.source_id]
        good = max((one.at.date() for one in own if one.good), default=None)
        last = own[-1] if own else None
        values = told.get(terms.source_id, [])
        fault, reason = (last.fault, last.reason) if last and not last.good else ("", "")
        asked = last.at.date() if last else None
        classes = Counter(one.evidence.confidence.value for one in values)
        found.append(Age(terms, on, asked, good, fault, reason, _series(values), classes))
    return found


def lines(found: Sequence[Age]) -> Iterator[LedgerLine]:
    """A line of the ledger for each source that was asked, and one for those that never were.

    Nothing where none was ever asked: whoever lives without a network is told of none.
    """
    asked = [one for one in found if one.asked is not None]
    for one in asked:
        presence = Presence.PRESENT if one.last is not None else Presence.ABSENT
        name = say("{name}, {author}", name=one.terms.title, author=one.terms.publisher)
        yield LedgerLine(name, presence, one.values, dict(one.by_confidence or {}), _remark(one))
    silent = [one.terms.title for one in found if one.asked is None and one.terms.by_default]
    if silent and asked:
        remark = say("{titles}. Nothing is asked but by the command for it.", titles=listed(silent))
        yield LedgerLine(say("Live sources that were never asked"), Presence.ABSENT, 0, {}, remark)


def _series(values: Sequence[Observation]) -> tuple[SeriesAge, ...]:
    groups: dict[str, list[Observation]] = {}
    for one in values:
        groups.setdefault(one.quantity, []).append(one)
    return tuple(
        SeriesAge(name, len({one.item for one in group}), len(group), max(map(_last_day, group)))
        for name, group in sorted(groups.items())
    )


def _last_day(one: Observation) -> date:
    return one.end - timedelta(days=1)


def _remark(one: Age) -> Phrase:
    """Age against its limit, when all went well last, and why it is absent where it is."""
    limit = round(one.terms.stale_days)
    parts = [_age(one)]
    if one.stale:
        parts.append(
            say_count(
                "Older than its limit of {count:,} day.", "Older than its limit of {count:,} days.", limit
            )
        )
    else:
        parts.append(say_count("Its limit is {count:,} day.", "Its limit is {count:,} days.", limit))
    parts.append(say("Asked without fault on {day}.", day=one.last_good) if one.last_good else _NEVER)
    if one.fault and one.asked:
        parts.append(say("Absent on {day}: {reason}.", day=one.asked, reason=_REASONS[Fault(one.fault)]))
    return chained(parts, " ")


def _age(one: Age) -> Phrase:
    if one.last is None or one.days is None:
        return say("No value is known.")
    if not one.series:
        return say("Tells texts or forecasts, no values.")
    if one.days == 0:
        return say("Last value for {last}, up to date.", last=one.last)
    return say_count(
        "Last value for {last}, {count:,} day before {on}.",
        "Last value for {last}, {count:,} days before {on}.",
        one.days,
        last=one.last,
        on=one.on,
    )


_NEVER = say("Never asked without fault.")
_REASONS = {
    Fault.KEY: say("no key is set for it"),
    Fault.LINE: say("it could not be reached, or refused"),
    Fault.ANSWER: say("its answer could not be read"),
    Fault.CONNECTOR: say("its connector failed"),
}
