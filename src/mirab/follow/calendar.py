"""The calendar of formats and chairs: handovers, terms that end, meetings, and what was agreed.

Dates are ISO text as exact as they are known, a day, a month or a year; no day is made up from a month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from mirab.core.calendar import day_range
from mirab.core.declared import by, codes, evidence
from mirab.core.domain import Row, Tables
from mirab.core.phrase import Part, Phrase, chained, say
from mirab.core.records import Confidence, Event

GROUP = "diplomacy"
AGREEMENT, CHAIR, HANDOVER, MEETING, SEAT = "agreement", "chair", "handover", "meeting", "seat"
TERM_START, TERM_END = "term start", "term end"
OFFICE, EXPIRY = "office", "expiry"
CHAIRED = ("organisation", "ministerial", "summit")
MEETING_DAYS = 7
REACH = timedelta(days=365)
DOUBTS = {
    Confidence.ESTIMATED: say("expected, not confirmed"),
    Confidence.RECALLED: say("recalled, to be verified"),
    Confidence.CONFLICTING: say("sources disagree"),
}
Worded = Callable[[Part, Part], Phrase]
TURNS: Mapping[str, Worded] = {
    MEETING: lambda org, state: say("Summit of {org}, chair {state}", org=org, state=state),
    CHAIR: lambda org, state: say("{org}: {state}", org=org, state=state),
    TERM_START: lambda org, state: say("{state} takes the chair of {org}", org=org, state=state),
    TERM_END: lambda org, state: say(
        "Term of {state} in the chair of {org} ends; no successor in the tables", org=org, state=state
    ),
}


def events(tables: Tables, on: date, *, group: str = GROUP) -> tuple[Event, ...]:
    """Dated events of a group of tables, in order of date, as far as they are known.

    Agreements are those made by the day `on`, with their status; handovers of chairs, terms that begin or
    end without a known neighbour, meetings and seats are those within a year of it. A handover carries the
    evidence of the weaker of its two terms (§6).
    """
    book = _Book.of(tables, group)
    near = (event for event in book.dated() if _touches(event, on - REACH, on + REACH))
    made = (event for event in book.agreements() if _first(event.start) <= on)
    return tuple(sorted((*near, *made), key=lambda event: (event.start, event.kind, event.id)))


def ahead(events: Iterable[Event], on: date, *, days: int = 30) -> tuple[Event, ...]:
    """Events that begin or end from the day `on` to `days` days later, the most exactly dated first.

    Where only a month or a year is known, the event is shown as long as that month or year may hold a day of
    the window. Agreements lie behind by their nature, and chairs held are no events.
    """
    last = on + timedelta(days=days)
    found = [e for e in events if e.kind not in (AGREEMENT, CHAIR, OFFICE) and _touches(e, on, last)]
    return tuple(sorted(found, key=lambda event: (-len(event.start), event.start, event.id)))


def current_chairs(tables: Tables, on: date, *, group: str = GROUP) -> tuple[Event, ...]:
    """Who holds the chair of each organisation on a day, by name of the organisation.

    Where a month or a year is all that is known of a handover, both the old and the new chair are given.
    """
    book = _Book.of(tables, group)
    held = (term for terms in book.terms.values() for term in terms if _holds(term, on))
    return tuple(sorted((book.chair(term) for term in held), key=lambda event: (event.title, event.start)))


@dataclass(frozen=True)
class _Book:
    """The rows of the tables, by what they are, with the words for states and organisations."""

    tables: Tables
    group: str
    states: Mapping[str, str]
    organisations: Mapping[str, str]
    terms: Mapping[str, Sequence[Row]]
    meetings: Sequence[Row]
    seats: Sequence[Row]

    @classmethod
    def of(cls, tables: Tables, group: str) -> _Book:
        """The book of a group of tables; terms in order of date within each organisation."""
        rows = tables.rows(f"{group}/chairmanships")
        chaired = [row for row in rows if row["level"] in CHAIRED or not row["level"]]
        meetings = [row for row in chaired if is_meeting(row)]
        terms = sorted((row for row in chaired if row not in meetings), key=_order)
        return cls(
            tables,
            group,
            {row["state"]: row["name"] for row in (*tables.rows("other_states"), *tables.rows("states"))},
            {row["org_id"]: titled(row) for row in tables.rows(f"{group}/organisations")},
            by(terms, "org_id"),
            meetings,
            [row for row in rows if row not in chaired],
        )

    def agreements(self) -> Iterator[Event]:
        """Agreements with their status; the parties of an agreement of a whole group are that group."""
        for row in self.tables.rows(f"{self.group}/agreements"):
            group = self.organisations.get(row.get("party_group_org_id") or "")
            name = say("{name} ({group})", name=row["name"], group=group) if group else row["name"]
            told = {"name": name, "status": row.get("status") or say("status not known")}
            title = say("{name}: {status}", **told)
            if row.get("status_as_of"):
                title = say("{name}: {status}, as of {since}", **told, since=row["status_as_of"])
            yield self._event(row, AGREEMENT, title, codes(row.get("parties")), (row.get("date"), ""))

    def dated(self) -> Iterator[Event]:
        """Handovers, lone beginnings and ends of terms, meetings, seats, and agreements that end."""
        for terms in self.terms.values():
            for old, new in zip((None, *terms), (*terms, None), strict=True):
                yield from self._turn(old, new)
        for row in self.meetings:
            yield self._of_state(row, MEETING)
        for row in self.tables.rows(f"{self.group}/agreements"):
            if row.get("ends"):
                dates = (row["ends"], "")
                title = say("{name} ends", name=row["name"])
                yield self._event(row, EXPIRY, title, codes(row.get("parties")), dates)
        for row in self.seats:
            yield self._of_state(row, SEAT)

    def chair(self, row: Row) -> Event:
        """The term as a chair held now."""
        return self._of_state(row, CHAIR)

    def _turn(self, old: Row | None, new: Row | None) -> Iterator[Event]:
        """A handover where one term follows on the other, else an end and a beginning."""
        if old and new and _first(new["date_from"]) <= _day_after(_last(old["date_to"])):
            yield self._handover(old, new)
            return
        if old:
            yield self._of_state(old, TERM_END, dates=(old["date_to"], ""))
        if new:
            yield self._of_state(new, TERM_START, dates=(new["date_from"], ""))

    def _handover(self, old: Row, new: Row) -> Event:
        states = codes(old["chair_state"], new["chair_state"])
        row = max((new, old), key=_doubt)
        when = max((new["date_from"] or "", old["date_to"] or ""), key=len)
        turn = {"org": self._name(new), "old": self._names(old), "new": self._names(new)}
        words = _doubted(say("Chair of {org}: {old} to {new}", **turn), new, old)
        event = self._event(row, HANDOVER, words, states, (when, ""))
        return replace(event, id=f"{self.group}:{HANDOVER}:{new['chair_id']}")

    def _of_state(self, row: Row, kind: str, *, dates: tuple[str, str] | None = None) -> Event:
        org, state = self._name(row), self._names(row)
        if kind == SEAT:
            seat = row["level"].replace("_", " ")
            words = say("{org}, {seat}: {state}", org=org, seat=seat, state=state)
        else:
            words = TURNS[kind](org, state)
        known = dates or (row["date_from"], row["date_to"])
        return self._event(row, kind, _doubted(words, row), codes(row["chair_state"]), known)

    def _event(
        self, row: Row, kind: str, title: str, states: Iterable[str], dates: tuple[str | None, str | None]
    ) -> Event:
        id = row["agreement_id"] if kind in (AGREEMENT, EXPIRY) else row["chair_id"]
        start, end = (text or "" for text in dates)
        seen = row["last_verified"] or ""
        name = f"{self.group}:{kind.replace(' ', '_')}:{id}"
        return Event(name, kind, title, tuple(sorted(set(states))), start, end, seen, evidence(row))

    def _name(self, row: Row) -> str:
        return self.organisations.get(row["org_id"], row["org_id"])

    def _names(self, row: Row) -> Part:
        names = sorted(self.states.get(code, code) for code in codes(row["chair_state"]))
        if len(names) == 1:
            return names[0]
        return chained(names, ", ") if names else say("not known")


def titled(row: Row) -> str:
    """Name of an organisation with its acronym."""
    if not row["acronym"]:
        return str(row["name_en"])
    return say("{name} ({acronym})", name=row["name_en"], acronym=row["acronym"])


def is_meeting(row: Row) -> bool:
    """Whether a row of the chairs is one summit, some days long, and no term."""
    if row["level"] != "summit":
        return False
    length = _last(row["date_to"] or row["date_from"]) - _first(row["date_from"])
    return row["date_from"] == row["date_to"] or length < timedelta(days=MEETING_DAYS)


def _holds(term: Row, on: date) -> bool:
    return _first(term["date_from"]) <= on <= _last(term["date_to"])


def _touches(event: Event, first: date, last: date) -> bool:
    """Whether an event begins or ends from `first` to `last`; one of unknown date does not."""
    ranges = (day_range(text) for text in (event.start, event.end) if text)
    return any(days is not None and days[0] <= last and days[1] >= first for days in ranges)


def _first(text: str | None) -> date:
    days = day_range(text or "")
    return days[0] if days else date.min


def _last(text: str | None) -> date:
    days = day_range(text or "")
    return days[1] if days else date.max


def _day_after(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)


def _order(row: Row) -> tuple[date, date]:
    return _first(row["date_from"]), _last(row["date_to"])


def _doubt(row: Row) -> int:
    return list(Confidence).index(Confidence(row["confidence"]))


def _doubted(text: Phrase, *rows: Row) -> Phrase:
    """A text with what is doubtful in its rows, in brackets."""
    classes = dict.fromkeys(Confidence(row["confidence"]) for row in rows)
    doubts = [DOUBTS[one] for one in classes if one in DOUBTS]
    return say("{text} ({doubts})", text=text, doubts=chained(doubts)) if doubts else text
