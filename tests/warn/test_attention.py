"""Counts of the press against their own past."""

from datetime import date, timedelta
from importlib.resources import files

import pytest

from mirab.core.calendar import next_start
from mirab.core.records import Confidence, Evidence, Level, Observation, Threat
from mirab.warn import attention, rules, threats

ON = date(2025, 5, 20)
NAMES = {"XAA": "Aaland", "XBB": "Bbland"}
MONTHS = [f"2024-{month:02}" for month in range(4, 13)] + [f"2025-{month:02}" for month in range(1, 6)]
RULES = rules.load(
    files("mirab.domains.diplomacy") / "rules.csv",
    quantities=("press_events", "press_reports", "press_meetings", "news_share"),
)


def seen(item: str, quantity: str, start: date, end: date, value: float) -> Observation:
    evidence = Evidence("press_read", Confidence.SECONDARY, "counted", None)
    return Observation(item, quantity, start, end, value, "events", "the press", evidence)


def months(counts: dict[str, float], quantity: str = "press_events") -> list[Observation]:
    starts = {month: date.fromisoformat(f"{month}-01") for month in counts}
    return [
        seen("XAA", quantity, start, next_start(start, "month"), counts[month])
        for month, start in starts.items()
    ]


def judged(told: list[Observation], read: dict[str, int]) -> dict[str, Threat]:
    found = threats.evaluate(RULES, attention.situation("diplomacy", told, read, NAMES, ON))
    return {one.rule: one for one in found}


@pytest.mark.parametrize(
    ("last", "read", "rule"),
    [
        (25.0, 20, "press_events_up"),
        (3.0, 20, "press_events_down"),
        (0.0, 20, "press_events_down"),
        (12.0, 20, ""),
        (25.0, 50, ""),
        (12.0, 80, "press_events_down"),
    ],
)
def test_a_month_is_held_against_the_own_share_of_what_was_read(last: float, read: int, rule: str) -> None:
    told = months(dict.fromkeys(MONTHS, 10.0) | {"2025-04": last})
    found = judged(told, dict.fromkeys(MONTHS, 20) | {"2025-04": read})
    assert set(found) == ({rule} if rule else set())
    assert all(one.level is Level.WATCH and "not what happened" in one.basis for one in found.values())


def test_a_state_of_whom_little_is_told_is_not_judged() -> None:
    told = months(dict.fromkeys(MONTHS, 1.0) | {"2025-04": 9.0})
    assert judged(told, dict.fromkeys(MONTHS, 20)) == {}


def test_many_reports_of_few_events_are_told_apart_from_many_events() -> None:
    events = months(dict.fromkeys(MONTHS, 10.0))
    reports = months(dict.fromkeys(MONTHS, 10.0) | {"2025-04": 60.0}, "press_reports")
    assert set(judged([*events, *reports], dict.fromkeys(MONTHS, 20))) == {"press_reports_up"}


@pytest.mark.parametrize(("times", "ago", "silent"), [(4, 200, True), (4, 100, False), (3, 200, False)])
def test_a_pair_that_used_to_meet_and_does_not_is_silent(times: int, ago: int, silent: bool) -> None:
    days = [ON - timedelta(days=ago + 40 * i) for i in range(times)]
    told = [seen("XAA+XBB", "press_meetings", day, day + timedelta(days=1), 1.0) for day in days]
    found = judged(told, {})
    assert set(found) == ({"press_silence"} if silent else set())
    assert all(one.states == ("XAA", "XBB") for one in found.values())


@pytest.mark.parametrize(
    ("usual", "last", "known", "found"),
    [(2.0, 6.2, 12, True), (2.0, 5.8, 12, False), (2.0, 60.0, 5, False), (0.0, 60.0, 12, False)],
)
def test_news_are_held_against_the_own_past_and_never_more_than_a_watch(
    usual: float, last: float, known: int, found: bool
) -> None:
    counts = dict.fromkeys(MONTHS[: known - 1], usual) | {"2025-04": last}
    told = months(dict(sorted(counts.items())), attention.NEWS)
    threat = judged(told, {}).get("news_share_up")
    assert (threat is not None) is found
    if threat is not None:
        assert threat.level is Level.WATCH
        assert threat.states == ("XAA",)
