"""What differs between two issues, and which part of it each cause has."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from issues_of import AS_OF, issue, threat

from mirab.core.imprint import Cause, Part, Way
from mirab.core.records import (
    Briefing,
    Commitment,
    Confidence,
    Event,
    Evidence,
    Level,
    Marking,
    Origin,
    Series,
    Status,
    StatusChange,
    Threat,
)
from mirab.follow.turns import Between, Node, Path

PROOF = Evidence("a", Confidence.PUBLISHED)
LATER = AS_OF + timedelta(days=30)
OLD = issue(threat("dam", 0.2))
NEW = issue(threat("dam", 0.6, Level.POTENTIAL), as_of=LATER, data="other")
BOTH = (Cause.TIME, Cause.DATA)


def found(probability: float, level: Level = Level.WATCH) -> Node:
    return Node((threat("dam", probability, level),))


def parts(between: Between) -> dict[Cause, Part]:
    (turn,) = between.turns()
    return {part.cause: part for part in turn.parts}


def test_the_part_of_a_cause_is_what_changes_when_it_alone_is_let_in() -> None:
    path = Path(((Cause.TIME, found(0.15)), (Cause.DATA, Node.of(NEW))))
    told = parts(Between(OLD, NEW, BOTH, (path,)))
    assert told[Cause.TIME].probability == pytest.approx(-0.05)
    assert told[Cause.DATA].probability == pytest.approx(0.45)
    assert (told[Cause.TIME].levels, told[Cause.DATA].levels) == (0, 1)


def test_the_largest_part_stands_first_and_one_that_moves_nothing_is_not_told() -> None:
    path = Path(
        ((Cause.METHOD, found(0.5)), (Cause.TIME, found(0.5)), (Cause.DATA, Node.of(replace_p(0.55))))
    )
    (turn,) = Between(OLD, replace_p(0.55), (Cause.METHOD, *BOTH), (path,)).turns()
    assert [part.cause for part in turn.parts] == [Cause.METHOD, Cause.DATA]


def replace_p(probability: float) -> Briefing:
    return replace(NEW, threats=(threat("dam", probability),))


chances = st.floats(0, 1)


@settings(derandomize=True, max_examples=100)
@given(*[chances] * 6)
def test_parts_add_up_to_the_whole_change_and_two_orders_are_averaged(
    p0: float, a: float, b: float, c: float, d: float, p1: float
) -> None:
    old, new = issue(threat("dam", p0)), issue(threat("dam", p1, Level.POTENTIAL))
    causes = (Cause.METHOD, *BOTH)
    last = Node.of(new)
    forward = Path(((Cause.METHOD, found(a)), (Cause.TIME, found(b)), (Cause.DATA, last)))
    backward = Path(((Cause.TIME, found(c)), (Cause.DATA, found(d)), (Cause.METHOD, last)))
    between = Between(old, new, causes, (forward, backward))
    whole = {
        one.cause: one for one in between._parts(lambda node: (0, node.threats[0].probability or 0.0, None))
    }
    assert sum(one.probability or 0.0 for one in whole.values()) == pytest.approx(p1 - p0)
    assert whole[Cause.METHOD].probability == pytest.approx(((a - p0) + (p1 - d)) / 2)


def test_without_an_order_several_causes_are_named_and_not_told_apart() -> None:
    told = parts(Between(OLD, NEW, BOTH))
    assert set(told) == set(BOTH)
    assert {part.probability for part in told.values()} == {None}


def test_an_analysts_word_has_its_own_part_beside_what_was_computed() -> None:
    word: dict[str, Any] = {"origin": Origin.ASSESSED, "assessed_by": "A.", "assessment": "seen"}
    new = issue(threat("dam", 0.6, Level.EXISTING, computed_level=Level.POTENTIAL, **word))
    path = Path(((Cause.DATA, Node.of(new)),))
    told = parts(Between(OLD, new, (Cause.DATA,), (path,)))
    assert (told[Cause.JUDGEMENT].levels, told[Cause.DATA].levels) == (1, 1)


def test_a_threat_that_an_analyst_entered_is_a_judgement_alone() -> None:
    own: dict[str, Any] = {"origin": Origin.ASSESSED, "assessed_by": "A.", "assessment": "seen"}
    entered = replace(threat("ferry", 0.2, **own), rule="judgement")
    new = issue(threat("dam", 0.2), entered, as_of=LATER)
    (turn,) = Between(OLD, new, (Cause.TIME,), (Path(((Cause.TIME, Node.of(new)),)),)).turns()
    assert [part.cause for part in turn.parts] == [Cause.JUDGEMENT]
    assert turn.way is Way.NEW


@pytest.mark.parametrize(
    ("old", "new", "way"),
    [
        ([], [threat("dam")], Way.NEW),
        ([threat("dam")], [], Way.CLOSED),
        ([threat("dam", 0.2)], [threat("dam", 0.4)], Way.UP),
        ([threat("dam", 0.4)], [threat("dam", 0.2)], Way.DOWN),
        ([threat("dam")], [threat("dam", window=(date(2027, 3, 1), date(2027, 4, 1)))], Way.MOVED),
    ],
)
def test_threats_come_go_rise_fall_and_move(old: list[Threat], new: list[Threat], way: Way) -> None:
    (turn,) = Between(issue(*old), issue(*new), (Cause.DATA,)).turns()
    assert turn.way is way


def promise(status: Status, *steps: Status, **more: Any) -> Commitment:
    history = tuple(StatusChange(AS_OF, step, PROOF) for step in steps)
    parts: dict[str, Any] = {"due": AS_OF + timedelta(days=9), "adopted": "2026-01-01"} | more
    return Commitment(
        "p", (), (), "Open the gate", "", None, "", parts.pop("due"), status, history, (), **parts
    )


@pytest.mark.parametrize(
    ("old", "new", "way", "cause"),
    [
        (promise(Status.SCHEDULED), promise(Status.OVERDUE), Way.DOWN, Cause.TIME),
        (promise(Status.SCHEDULED), promise(Status.MET, Status.MET), Way.CLOSED, Cause.DATA),
        (promise(Status.OVERDUE), promise(Status.PARTIALLY_MET, Status.PARTIALLY_MET), Way.UP, Cause.DATA),
        (promise(Status.SCHEDULED), promise(Status.OVERDUE, due=AS_OF), Way.DOWN, Cause.DATA),
        (None, promise(Status.SCHEDULED), Way.NEW, Cause.DATA),
        (None, promise(Status.SCHEDULED, adopted="2026-10-05"), Way.NEW, Cause.TIME),
        (promise(Status.SCHEDULED), None, Way.CLOSED, Cause.DATA),
    ],
)
def test_a_promise_changes_by_the_date_only_where_nothing_was_written(
    old: Commitment | None, new: Commitment | None, way: Way, cause: Cause
) -> None:
    before, now = (issue(commitments=tuple(filter(None, [one]))) for one in (old, new))
    (turn,) = Between(before, replace(now, as_of=LATER), (Cause.TIME,)).turns()
    assert (turn.kind, turn.way, turn.parts) == ("promise", way, (Part(cause),))


def chair(holder: str, start: str, end: str) -> Event:
    return Event(f"diplomacy:chair:{holder}", "chair", f"Fund: {holder}", (), start, end, "", PROOF)


@pytest.mark.parametrize(
    ("start", "cause"), [("2026-10-11", Cause.TIME), ("2026-10", Cause.TIME), ("2026-01-01", Cause.DATA)]
)
def test_a_chair_changes_hands_by_the_calendar_or_by_a_correction(start: str, cause: Cause) -> None:
    before = issue(events=(chair("Ardia", "2023-10-11", "2026-10-10"),))
    now = issue(events=(chair("Boria", start, "2029-10-10"),), as_of=LATER)
    (turn,) = Between(before, now, (Cause.TIME,)).turns()
    assert (turn.kind, turn.old, turn.new, turn.parts) == ("chair", "Ardia", "Boria", (Part(cause),))


def odds(chance: float) -> Series:
    return Series("odds:deaths", "", "1", {"place": ("Upland",), "chance": (chance,)}, (), "computed")


def test_a_chance_that_moves_is_a_forecast_with_its_causes() -> None:
    before, now = issue(series=(odds(0.2),)), issue(series=(odds(0.5),), as_of=LATER)
    path = Path(((Cause.TIME, Node((), (odds(0.3),))), (Cause.DATA, Node.of(now))))
    (turn,) = Between(before, now, BOTH, (path,)).turns()
    assert (turn.kind, turn.way) == ("forecast", Way.UP)
    assert [(p.cause, round(p.probability or 0, 2)) for p in turn.parts] == [
        (Cause.DATA, 0.2),
        (Cause.TIME, 0.1),
    ]


def test_what_the_audience_may_not_see_is_no_turn() -> None:
    hidden = {"marking": Marking.INTERNAL}
    secret = replace(promise(Status.OVERDUE), marking=Marking.INTERNAL)
    now = issue(threat("dam", 0.2), threat("weir", **hidden), commitments=(secret,))
    assert Between(OLD, now, (Cause.DATA,)).turns() == ()
