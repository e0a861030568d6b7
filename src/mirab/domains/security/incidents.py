"""Incidents of the field: the rows of a pack, and the counts of them that rules judge.

Kinds are rows of a table, which says of each whether it strains agreements between the states that it names
and whether it is counted in the states around. Nothing counts by group of people, and nothing will. Windows
and numbers are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

from mirab.core.declared import codes, evidence
from mirab.core.domain import Row, Tables
from mirab.core.incidents import QUANTITIES, Counts, Incident
from mirab.core.phrase import chained, say
from mirab.core.records import Confidence, Evidence, Marking, Observation
from mirab.domains.security.methods import around

GROUP, UNIT, AUTHOR = "security", "events", "dated events, each counted once"
DAYS, LONG_DAYS, MOST_PARTIES = 90, 180, 4
IN_STATE, NEARBY, BETWEEN, LAST = QUANTITIES
STANDING = ("in force", "signed", "agreed")
NAMES = {
    IN_STATE: "number of dated events",
    NEARBY: "number of dated events",
    BETWEEN: "number of dated events between the parties",
    LAST: "dated event",
}
COMPUTED = Evidence("mirab_estimate", Confidence.COMPUTED, "counted from the dated events that stand")


def events(tables: Tables) -> tuple[Incident, ...]:
    """The incidents of a pack: dated, sourced events of the kinds that its table names."""
    kinds = {row["kind"]: row for row in tables.rows(f"{GROUP}/kinds")}
    return tuple(_incident(row, kinds[row["kind"]]) for row in tables.rows(f"{GROUP}/events"))


def _incident(row: Row, kind: Row) -> Incident:
    return Incident(
        id=f"{GROUP}:{row['event_id']}",
        kind=f"{GROUP}:{row['kind']}",
        kind_title=kind["title"],
        day=row["date"],
        states=codes(row["states"]),
        place=row["place"] or "",
        title=row["title"],
        vintage=row["vintage"],
        told=row["told"],
        evidence=evidence(row),
        author=row["author"],
        apart=frozenset(codes(row["apart"])),
        catalogue=kind["catalogue"] or "",
    )


def counts(tables: Tables, standing: Sequence[Incident], on: date) -> Counts:
    """Counts of incidents before the date by state, around each state, and between parties of agreements.

    The last event of a state stands by itself, for rules on how long ago it was. A state without any event is
    told among the gaps: absent is not none.
    """
    kinds = tables.rows(f"{GROUP}/kinds")
    if not kinds:
        return Counts()
    straining, spreading = (
        {f"{GROUP}:{row['kind']}" for row in kinds if row[column]} for column in ("strains", "spreads")
    )
    own = [one for one in standing if one.kind in {f"{GROUP}:{row['kind']}" for row in kinds}]
    states = {row["state"]: row for row in tables.rows(f"{GROUP}/states") if row["role"] == "focus"}
    near = {state: codes(row["neighbours"]) for state, row in states.items()}
    agreed = _agreements(tables, on)
    names = {row["state"]: row["name"] for t in ("other_states", "states") for row in tables.rows(t)}
    spread = [one for one in own if one.kind in spreading]
    strained = [one for one in own if one.kind in straining]
    return Counts(
        (
            *_counted(IN_STATE, spread, {s: _touches([s]) for s in states}, (on, DAYS)),
            *_counted(NEARBY, spread, {around(s): _beside(s, near[s]) for s in states}, (on, DAYS)),
            *_counted(BETWEEN, strained, {i: _between(p) for i, (_, p) in agreed.items()}, (on, LONG_DAYS)),
            *(one for state in states for one in _last(state, own)),
        ),
        names
        | {around(state): f"the states around {names[state]}" for state in states}
        | {id: name for id, (name, _) in agreed.items()},
        {around(state): (state,) for state in states}
        | {id: parties for id, (_, parties) in agreed.items()}
        | {state: (state,) for state in states},
        NAMES,
        _never(states, own, names),
    )


def _touches(states: Collection[str]) -> Callable[[Incident], bool]:
    return lambda one: not set(states).isdisjoint(one.states)


def _beside(state: str, near: Collection[str]) -> Callable[[Incident], bool]:
    """Whether an incident lies in a neighbour and not in the state itself."""
    return lambda one: state not in one.states and not set(near).isdisjoint(one.states)


def _between(parties: Collection[str]) -> Callable[[Incident], bool]:
    """Whether an incident names two parties or more."""
    return lambda one: len(set(parties) & set(one.states)) > 1


def _counted(
    quantity: str,
    incidents: Sequence[Incident],
    items: Mapping[str, Callable[[Incident], bool]],
    window: tuple[date, int],
) -> Iterable[Observation]:
    """Incidents of each item in the days before the date; no figure where none ever was of it."""
    on, days = window
    for item, is_of in items.items():
        ever = [one for one in incidents if is_of(one)]
        found = [one for one in ever if on - one.day <= timedelta(days)]
        if ever:
            marking = max((one.marking for one in found), key=list(Marking).index, default=Marking.PUBLIC)
            start, value = on - timedelta(days), float(len(found))
            yield Observation(item, quantity, start, on, value, UNIT, AUTHOR, COMPUTED, marking=marking)


def _last(state: str, incidents: Sequence[Incident]) -> Iterable[Observation]:
    """The last event of a state, as an observation of its day."""
    found = [one for one in incidents if state in one.states]
    for one in found[-1:]:
        end = one.day + timedelta(days=1)
        author = one.author or one.evidence.source_id
        yield Observation(
            state,
            LAST,
            one.day,
            end,
            1.0,
            UNIT,
            author,
            one.evidence,
            marking=one.marking,
            vintage=one.vintage,
        )


def _agreements(tables: Tables, on: date) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Name and parties of the agreements that stand, of at most MOST_PARTIES states, by `agreement:ID`."""
    return {
        f"agreement:{row['agreement_id']}": (row["name"], codes(row["parties"]))
        for row in tables.rows("diplomacy/agreements")
        if 1 < len(codes(row["parties"])) <= MOST_PARTIES
        and row["status"].startswith(STANDING)
        and _day(row["date"]) <= on
    }


def _day(text: str) -> date:
    """The first day of a day, month or year."""
    parts = [int(part) for part in text.split("-")]
    return date(parts[0], *(parts[1:] + [1, 1])[:2])


def _never(
    states: Collection[str], incidents: Sequence[Incident], names: Mapping[str, str]
) -> tuple[str, ...]:
    """A sentence on the states of which no event at all is written down (§3)."""
    seen = {state for one in incidents for state in one.states}
    missing = [names[state] for state in sorted(states) if state not in seen]
    if not missing:
        return ()
    return (
        say("No dated event is written down of {states}: absent is not none.", states=chained(missing, ", ")),
    )
