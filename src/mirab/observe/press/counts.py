"""What the press tells, counted as Observations: events and the reports of them, and meetings of two states.

A story that several documents tell is one event with its number of reports. Only what took place is counted.
Counts follow what a user gives to read: a month without a document has none, a month with documents has
noughts too. Method ours.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from mirab.core.calendar import next_start
from mirab.core.records import Confidence, Evidence, Observation, Source, Span
from mirab.observe.press.deeds import MET
from mirab.observe.press.store import PressStore, Stored

PRESS = Source(
    "press_read", "Releases and news that were read", "the publishers named", licence="of each publisher"
)
AUTHOR = "the press that was read"
UNITS = {"press_events": "events", "press_reports": "reports", "press_meetings": "meetings"}


@dataclass(frozen=True)
class Told:
    """One story: its records in the order of their documents; the first one is quoted."""

    records: tuple[Stored, ...]

    @property
    def first(self) -> Stored:
        """The record that is quoted."""
        return self.records[0]

    @property
    def reports(self) -> int:
        """Number of documents that tell it."""
        return len({record.document for record in self.records})


def told(records: Iterable[Stored]) -> list[Told]:
    """Records by story: one that was put right comes first, then the first published.

    A record without a story is one of its own.
    """
    groups: dict[str, list[Stored]] = defaultdict(list)
    for record in sorted(records, key=lambda one: (not one.corrections, one.published or "9999", one.id)):
        groups[record.story or record.id].append(record)
    return [Told(tuple(group)) for group in groups.values()]


def observations(store: PressStore, on: date, states: Sequence[str]) -> tuple[Observation, ...]:
    """Events and reports by state and month up to a day, and days on which two states of a region met.

    A pair is one item, such as `KAZ+UZB`; `states` are the codes of the region.
    """
    held = [one for one in store.records(until=on) if one.mode == "held" and one.start]
    meetings = told(one for one in held if one.kind == "meeting" and one.type in MET)
    months = sorted(documents(store, on))
    return (*_by_month(told(one for one in held if one.kind == "event"), months), *_pairs(meetings, states))


def documents(store: PressStore, on: date) -> dict[str, int]:
    """Number of documents read by month of publication up to a day, copies left out."""
    count: Counter[str] = Counter()
    for (month, _), number in store.document_counts(date(1900, 1, 1), on).items():
        count[month] += number
    return dict(count)


def _by_month(stories: Iterable[Told], months: Sequence[str]) -> Iterator[Observation]:
    """Events and reports of each state that is ever told of, by month with documents or events."""
    events: Counter[tuple[str, str]] = Counter()
    reports: Counter[tuple[str, str]] = Counter()
    sample: dict[str, Span] = {}
    for story in stories:
        for place in story.first.body["actors"]:
            events[place, story.first.start[:7]] += 1
            reports[place, story.first.start[:7]] += story.reports
            sample[place] = _span(story.first)
    for place, month in sorted({*events, *((place, month) for place in sample for month in months)}):
        start = date.fromisoformat(f"{month}-01")
        for quantity, count in (("press_events", events), ("press_reports", reports)):
            end = next_start(start, "month")
            yield _observation(place, quantity, start, end, count[place, month], sample[place])


def _pairs(meetings: Iterable[Told], states: Sequence[str]) -> Iterator[Observation]:
    """Days on which two states met, with the number of their meetings."""
    count: Counter[tuple[str, str]] = Counter()
    sample: dict[tuple[str, str], Span] = {}
    for story in meetings:
        for pair in pairs(story.first, states):
            count[pair, story.first.start] += 1
            sample[pair, story.first.start] = _span(story.first)
    for (pair, day), number in sorted(count.items()):
        start = date.fromisoformat(day)
        end = start + timedelta(days=1)
        yield _observation(pair, "press_meetings", start, end, number, sample[pair, day])


def pairs(meeting: Stored, states: Sequence[str]) -> list[str]:
    """The pairs of states that a meeting brought together, each as `KAZ+UZB`, A to Z."""
    places = sorted({party["place"] for party in meeting.body["parties"]} & set(states))
    return ["+".join(pair) for pair in combinations(places, 2)]


def _observation(item: str, quantity: str, start: date, end: date, count: int, span: Span) -> Observation:
    evidence = Evidence(PRESS.id, Confidence.SECONDARY, "counted from what was read", span)
    return Observation(item, quantity, start, end, float(count), UNITS[quantity], AUTHOR, evidence)


def _span(one: Stored) -> Span:
    trigger = one.body["evidence"][0]
    return Span(trigger["document"], trigger["start"], trigger["end"], trigger["rule"])
